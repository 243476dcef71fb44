import { renderNotice, toPlainText } from "@cloud-code/policy";
import type { Given } from "./command.ts";
import { print, type Terminal } from "./terminal.ts";

/** `cloud-code privacy`: the assistant's privacy notice, printed from the inventory that also decides what the program may do. */
export function runPrivacy(_: Given, terminal: Terminal): Promise<number> {
  print(terminal, toPlainText(renderNotice("assistant", terminal.locale)).trimEnd());
  return Promise.resolve(0);
}
