import { expect, test } from "vitest";
import type { Retention } from "./retention.ts";
import { describeRetention, retentionEndMs } from "./retention.ts";
import type { Text } from "./text.ts";

function check(retention: Retention, expected: Text): void {
  expect(describeRetention(retention)).toEqual(expected);
}

test("[C12] a period says from when it runs and how it ends", () => {
  check(
    { kind: "days", days: 30, after: "account-closed", ending: "delete" },
    {
      en: "30 days after you close your account, then deleted",
      zh: "自账户注销起 30 天，期满删除",
    },
  );
  check(
    { kind: "days", days: 0, after: "session-ended", ending: "anonymize" },
    { en: "Until the session ends, then anonymized at once", zh: "至会话结束为止，随即匿名化" },
  );
  check({ kind: "memory" }, { en: "In memory while in use", zh: "仅使用期间留存于内存" });
});

test("[C12] a period ends so many days after its anchor, and memory has no end on a server", () => {
  const month: Retention = { kind: "days", days: 30, after: "ticket-closed", ending: "delete" };
  expect(retentionEndMs(month, 1_000)).toBe(1_000 + 30 * 86_400_000);
  expect(retentionEndMs({ kind: "memory" }, 1_000)).toBeUndefined();
});
