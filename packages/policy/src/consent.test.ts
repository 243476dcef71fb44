import fc from "fast-check";
import { expect, test } from "vitest";
import type { ConsentEvent, ConsentState } from "./consent.ts";
import { findConsent } from "./consent.ts";
import { decide, strictest } from "./decide.ts";
import { reportItems } from "./figures.ts";
import { products } from "./product.ts";

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

const versionNow = products.assistant.notice.version;
const origins = [origin, "https://else.example"] as const;

type Step =
  | { readonly kind: "give"; readonly origin: string; readonly version: number }
  | {
      readonly kind: "refused" | "withdrawn";
      /** Left out: for every receiver. */
      readonly origin: string | undefined;
    }
  | { readonly kind: "read"; readonly version: number }
  | { readonly kind: "wait"; readonly ms: number };

const version = fc.constantFrom(versionNow, versionNow - 1, versionNow + 1);
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("give" as const), origin: fc.constantFrom(...origins), version }),
  fc.record({
    kind: fc.constantFrom("refused" as const, "withdrawn" as const),
    origin: fc.constantFrom(...origins, undefined),
  }),
  fc.record({ kind: fc.constant("read" as const), version }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: -50, max: 50 }) }),
);

test("[A3] [A4] [A8] [C8] whatever was answered and read, only a live yes to this receiver and this notice permits", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 30 }), (steps) => {
      const events: ConsentEvent[] = [];
      // The model: for each receiver the last yes that nothing took back.
      const live = new Map<string, { version: number; atMs: number }>();
      let atMs = 1_800_000_000_000;
      let read: number | undefined;
      for (const step of steps) {
        switch (step.kind) {
          case "give":
            events.push({
              answer: "given",
              purpose,
              origin: step.origin,
              noticeVersion: step.version,
              atMs,
            });
            live.set(step.origin, { version: step.version, atMs });
            break;
          case "refused":
          case "withdrawn": {
            const { origin: from } = step;
            events.push({
              answer: step.kind,
              purpose,
              ...(from === undefined ? {} : { origin: from }),
              atMs,
            });
            for (const each of from === undefined ? origins : [from]) live.delete(each);
            // Taking it back works in every state, and at once.
            for (const each of from === undefined ? origins : [from])
              expect(findConsent(events, purpose, each, atMs).kind).toBe("refused");
            break;
          }
          case "read": {
            const before = origins.map((each) => findConsent(events, purpose, each, atMs));
            read = step.version;
            expect(origins.map((each) => findConsent(events, purpose, each, atMs))).toEqual(before);
            break;
          }
          case "wait":
            atMs += step.ms;
            break;
        }
        for (const each of origins) {
          const yes = live.get(each);
          const { kind } = decide({
            items: reportItems,
            purpose,
            destination: { recipient: "statistics-receiver", origin: each },
            circumstances: {
              ...strictest,
              consents: events,
              noticesShown: read === undefined ? {} : { assistant: read },
              editorTelemetry: true,
              doNotTrack: false,
              workspaceTrusted: true,
            },
            collectedSinceMs: atMs,
            nowMs: atMs,
          });
          const permitted =
            yes !== undefined &&
            yes.atMs <= atMs &&
            yes.version === versionNow &&
            read === versionNow;
          expect(kind).toBe(permitted ? "granted" : "denied");
        }
      }
    }),
    { numRuns: 500 },
  );
});
