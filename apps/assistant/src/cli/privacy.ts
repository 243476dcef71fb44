import { renderNotice, toPlainText } from "@cloud-code/policy";
import type { Given } from "./command.ts";
import { print, type Terminal } from "./terminal.ts";

// The notice speaks of the whole product. What this program cannot do at all is said before it.
const THIS_VERSION = {
  en: "Unless you allowed usage statistics (`cloud-code telemetry show`), this version sends nothing: model services, which the notice describes, are not part of it yet.",
  zh: "除非您已允许使用统计（见 `cloud-code telemetry show`），此版本不发送任何数据：声明中所述的模型服务尚未包含在内。",
} as const;

/** `cloud-code privacy`: the assistant's privacy notice, printed from the inventory that also decides what the program may do. */
export function runPrivacy(_: Given, terminal: Terminal): Promise<number> {
  print(terminal, terminal.locale === "en" ? THIS_VERSION.en : THIS_VERSION.zh);
  print(terminal, "");
  print(terminal, toPlainText(renderNotice("assistant", terminal.locale)).trimEnd());
  return Promise.resolve(0);
}
