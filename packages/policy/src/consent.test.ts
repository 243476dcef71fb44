import { expect, test } from "vitest";
import type { ConsentEvent, ConsentState } from "./consent.ts";
import { findConsent } from "./consent.ts";

const origin = "https://statistics.example";
const nowMs = 1000;
const purpose = "usage-statistics";
const yes: ConsentEvent = { answer: "given", purpose, origin, noticeVersion: 1, atMs: 10 };
const no: ConsentEvent = { answer: "withdrawn", purpose, origin, atMs: 20 };

function check(events: readonly ConsentEvent[], expected: ConsentState["kind"]): void {
  expect(findConsent(events, purpose, origin, nowMs).kind).toBe(expected);
}

test("[A3] nothing recorded means unasked", () => {
  check([], "unasked");
});

test("[C8] the last answer counts, and the history stays", () => {
  check([yes], "given");
  check([yes, no], "refused");
  check([yes, no, { ...yes, atMs: 30 }], "given");
  check([{ ...no, answer: "refused" }], "refused");
});

test("a wrong clock does not let an old yes outlive a newer no", () => {
  check(
    [
      { ...yes, atMs: 900 },
      { ...no, atMs: 5 },
    ],
    "refused",
  );
  check([{ ...yes, atMs: nowMs + 1 }], "unasked");
  check([{ ...yes, atMs: Number.NaN }], "unasked");
});

test("[A8] answers for another purpose or receiver are other answers", () => {
  check([{ ...yes, origin: "https://else.example" }], "unasked");
  check([{ ...yes, purpose: "ask-chosen-model" }], "unasked");
  check([yes, { ...no, origin: "https://else.example" }], "given");
});

test("[A4] a no without a receiver holds for all of them", () => {
  check([yes, { answer: "withdrawn", purpose, atMs: 20 }], "refused");
});
