import type { Text } from "./text.ts";

/** The moment from which a period of days runs. */
export type RetentionStart =
  | "collected"
  | "account-closed"
  | "session-ended"
  | "ticket-closed"
  | "withdrawn";

/** How long a datum is kept. Nothing is kept for ever: there is no variant for it. */
export type Retention =
  /** Held in memory while it is being used, never written to disk. */
  | { readonly kind: "memory" }
  /** On the person's own machine, in a place the notice names, until they remove it. */
  | { readonly kind: "own-machine" }
  /** Whole days after `after`; 0 means at once. */
  | {
      readonly kind: "days";
      readonly days: number;
      readonly after: RetentionStart;
      readonly ending: "delete" | "anonymize";
    };

/**
 * The last millisecond for which a datum may be kept, from its anchor event; `undefined` for what no server keeps. A day is 24 hours
 * here, so nothing is kept longer than the notice says, whatever the clocks do.
 */
export function retentionEndMs(retention: Retention, anchorMs: number): number | undefined {
  return retention.kind === "days" ? anchorMs + retention.days * 86_400_000 : undefined;
}

const starts: Readonly<Record<RetentionStart, Text>> = {
  collected: { en: "it was recorded", zh: "记录之日" },
  "account-closed": { en: "you close your account", zh: "账户注销" },
  "session-ended": { en: "the session ends", zh: "会话结束" },
  "ticket-closed": { en: "the matter is closed", zh: "事项办结" },
  withdrawn: {
    en: "you withdraw your consent or close your account",
    zh: "您撤回同意或注销账户",
  },
};

/** The period in words, for the tables of a notice. */
export function describeRetention(retention: Retention): Text {
  switch (retention.kind) {
    case "memory":
      return { en: "In memory while in use", zh: "仅使用期间留存于内存" };
    case "own-machine":
      return { en: "On your machine until you remove it", zh: "留存于您的设备，直至您将其清除" };
    case "days": {
      const start = starts[retention.after];
      const ended =
        retention.ending === "delete"
          ? { en: "deleted", zh: "删除" }
          : { en: "anonymized", zh: "匿名化" };
      return retention.days === 0
        ? {
            en: `Until ${start.en}, then ${ended.en} at once`,
            zh: `至${start.zh}为止，随即${ended.zh}`,
          }
        : {
            en: `${retention.days} days after ${start.en}, then ${ended.en}`,
            zh: `自${start.zh}起 ${retention.days} 天，期满${ended.zh}`,
          };
    }
  }
}
