import { products } from "./product.ts";
import type { Text } from "./text.ts";

/** The purposes a person is asked about by a question of its own. */
export type AskedPurpose = "usage-statistics" | "ask-chosen-model";

/**
 * A question for consent, ready for a dialog in an editor, a terminal or a page. Both answers have the same rank; closing the
 * dialog is neither and records nothing.
 */
export interface Question {
  readonly purpose: AskedPurpose;
  /** The receiver that a yes will be recorded for. */
  readonly origin: string;
  /** The version of the notice that a yes will be recorded for. */
  readonly noticeVersion: number;
  readonly title: Text;
  readonly body: Text;
  readonly allow: Text;
  readonly refuse: Text;
  /** Opens the notice. */
  readonly more: Text;
}

const bodies: Readonly<Record<AskedPurpose, { title: Text; body: (origin: string) => Text }>> = {
  "usage-statistics": {
    title: { en: "Send anonymous usage statistics?", zh: "是否发送匿名使用统计？" },
    body: (origin) => ({
      en: `Once a week eight figures would go to ${origin}, such as how many suggestions you accepted. No code, no name, no device. You can see every report, and change your mind in the settings at any time. Everything works without it.`,
      zh: `每周会向 ${origin} 发送八项数据，例如您采纳了多少条建议。不含代码、姓名或设备信息。您可以查看每一份报告，并随时在设置中更改选择。不允许也不影响任何功能。`,
    }),
  },
  "ask-chosen-model": {
    title: { en: "Send code to this model service?", zh: "是否将代码发送至该模型服务？" },
    body: (origin) => ({
      en: `To suggest or find code, the text around the cursor, what you search for and related code from this workspace would go to ${origin}, which handles it under its own policy. Only in workspaces you trust, and never files that hold secrets. You can change your mind in the settings at any time.`,
      zh: `为了建议或查找代码，光标附近的文本、您搜索的内容以及本工作区的相关代码会发送至 ${origin}，由其按自身政策处理。仅限您信任的工作区，且绝不发送含有机密的文件。您可以随时在设置中更改选择。`,
    }),
  },
};

/** Words the question for a purpose and a receiver, the latter as `new URL(address).origin` prints it. */
export function consentQuestion(purpose: AskedPurpose, origin: string): Question {
  const { title, body } = bodies[purpose];
  return {
    purpose,
    origin,
    noticeVersion: products.assistant.notice.version,
    title,
    body: body(origin),
    allow: { en: "Allow", zh: "允许" },
    refuse: { en: "Do not allow", zh: "不允许" },
    more: { en: "Read the privacy notice", zh: "阅读隐私声明" },
  };
}
