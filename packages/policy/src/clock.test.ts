import { expect, test } from "vitest";
import { answerDeadline } from "./clock.ts";

function check(received: string, due: string, escalate: string): void {
  const { dueMs, escalateMs } = answerDeadline(Date.parse(received));
  expect(new Date(dueMs).toISOString()).toBe(due);
  expect(new Date(escalateMs).toISOString()).toBe(escalate);
}

test("[A9] [C15] an answer is due 15 days after the question, and escalates five days before", () => {
  check("2026-11-22T10:00:00Z", "2026-12-07T10:00:00.000Z", "2026-12-02T10:00:00.000Z");
  check("2028-02-20T00:00:00Z", "2028-03-06T00:00:00.000Z", "2028-03-01T00:00:00.000Z");
});
