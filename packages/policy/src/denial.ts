import type { Text } from "./text.ts";

/** Why a use is denied. A closed list, so that every caller can handle each. */
export type DenialReason =
  | "malformed-request"
  | "unknown-item"
  | "item-refused"
  | "item-not-collected"
  | "purpose-not-declared"
  | "recipient-not-declared"
  | "origin-not-understood"
  | "not-this-machine"
  | "not-encrypted"
  | "organisation-forbids"
  | "do-not-track"
  | "editor-forbids"
  | "notice-not-shown"
  | "consent-missing"
  | "consent-refused"
  | "consent-outdated"
  | "collected-before-consent"
  | "workspace-not-trusted"
  | "no-transfer-mechanism";

/** What to tell the person: what was not done, and what they can do if they want it. */
export const denials: Readonly<Record<DenialReason, Text>> = {
  "malformed-request": {
    en: "Nothing was sent: the request to use data was incomplete. Please report this as a fault of the program.",
    zh: "未发送任何内容：数据使用请求不完整。请将此作为程序缺陷反馈。",
  },
  "unknown-item": {
    en: "Nothing was sent: the data is not in the inventory. Please report this as a fault of the program.",
    zh: "未发送任何内容：该数据不在清单中。请将此作为程序缺陷反馈。",
  },
  "item-refused": {
    en: "Nothing was sent: Cloud Code does not collect this kind of data, whoever asks for it.",
    zh: "未发送任何内容：无论由谁要求，Cloud Code 均不收集此类数据。",
  },
  "item-not-collected": {
    en: "Nothing was sent: this version does not collect this kind of data.",
    zh: "未发送任何内容：当前版本不收集此类数据。",
  },
  "purpose-not-declared": {
    en: "Nothing was sent: the notice does not name this purpose for this data.",
    zh: "未发送任何内容：隐私声明未就此数据列明该用途。",
  },
  "recipient-not-declared": {
    en: "Nothing was sent: the notice does not name this recipient for this data.",
    zh: "未发送任何内容：隐私声明未就此数据列明该接收方。",
  },
  "origin-not-understood": {
    en: "Nothing was sent: the address is not a web address this program understands. Check it in the settings, for example https://models.example.",
    zh: "未发送任何内容：无法识别该网址。请在设置中检查，例如 https://models.example。",
  },
  "not-this-machine": {
    en: "Nothing was sent: the address is not on this computer. Use 127.0.0.1 or localhost, or choose the address as a model service.",
    zh: "未发送任何内容：该地址不在本机。请使用 127.0.0.1 或 localhost，或将该地址选定为模型服务。",
  },
  "not-encrypted": {
    en: "Nothing was sent: the address is not encrypted. Use https, or explicitly allow plain HTTP for this address.",
    zh: "未发送任何内容：该地址未加密。请改用 https，或明确允许对该地址使用明文 HTTP。",
  },
  "organisation-forbids": {
    en: "Nothing was sent: your organisation does not allow it. Ask your administrator.",
    zh: "未发送任何内容：您的组织不允许此操作。请联系管理员。",
  },
  "do-not-track": {
    en: "Nothing was sent: DO_NOT_TRACK is set. Unset it if you want to send usage statistics.",
    zh: "未发送任何内容：已设置 DO_NOT_TRACK。如需发送使用统计，请取消该设置。",
  },
  "editor-forbids": {
    en: "Nothing was sent: the editor does not allow telemetry. Switch it on in the editor's settings if you want to send usage statistics.",
    zh: "未发送任何内容：编辑器未允许遥测。如需发送使用统计，请在编辑器设置中开启。",
  },
  "notice-not-shown": {
    en: "Nothing was sent: you have not seen the current privacy notice yet. Open it and decide.",
    zh: "未发送任何内容：您尚未看到当前的隐私声明。请打开阅读后再作决定。",
  },
  "consent-missing": {
    en: "Nothing was sent: you have not allowed it. You can do so in the settings.",
    zh: "未发送任何内容：您尚未允许。您可以在设置中允许。",
  },
  "consent-refused": {
    en: "Nothing was sent: you said no. You can change your mind in the settings.",
    zh: "未发送任何内容：您已拒绝。您可以在设置中更改选择。",
  },
  "consent-outdated": {
    en: "Nothing was sent: the privacy notice has changed since you agreed. Read it and decide anew.",
    zh: "未发送任何内容：在您同意之后隐私声明已有变更。请阅读后重新作出决定。",
  },
  "collected-before-consent": {
    en: "Nothing was sent: the data is older than your consent, and a consent does not reach back.",
    zh: "未发送任何内容：该数据产生于您同意之前，同意不溯及既往。",
  },
  "workspace-not-trusted": {
    en: "Nothing was sent: this workspace is not trusted. Trust it in the editor if its code may be sent to the model service you chose.",
    zh: "未发送任何内容：此工作区未受信任。如允许将其代码发送至您选定的模型服务，请在编辑器中信任该工作区。",
  },
  "no-transfer-mechanism": {
    en: "Nothing was sent: the recipient is in another region, or in an unknown one, and no mechanism for the transfer is recorded.",
    zh: "未发送任何内容：接收方位于其他地区或所在地区不明，且没有已记录的跨境传输机制。",
  },
};
