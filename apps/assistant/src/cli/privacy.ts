import { renderNotice, toPlainText } from "@cloud-code/policy";
import type { Given } from "./command.ts";
import { print, type Terminal } from "./terminal.ts";

// The notice speaks of the whole product. Where to see what holds on this machine is said before it.
const THIS_VERSION = {
  en: "This program sends nothing unless you allowed it: see `cloud-code telemetry show` for usage statistics, and `cloud-code model status` for a model that helps the search.",
  zh: "未经您允许，本程序不发送任何数据：使用统计见 `cloud-code telemetry show`，协助搜索的模型见 `cloud-code model status`。",
} as const;

/** `cloud-code privacy`: the assistant's privacy notice, printed from the inventory that also decides what the program may do. */
export function runPrivacy(_: Given, terminal: Terminal): Promise<number> {
  print(terminal, terminal.locale === "en" ? THIS_VERSION.en : THIS_VERSION.zh);
  print(terminal, "");
  print(terminal, toPlainText(renderNotice("assistant", terminal.locale)).trimEnd());
  return Promise.resolve(0);
}
