import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  applyHoldEvent,
  everyone,
  holdGuards,
  isHeld,
  type Hold,
  type HoldEvent,
  type HoldRefusal,
  type HoldScope,
} from "./hold.ts";

const day = 86_400_000;
const ann: HoldScope = { subject: "p-ann", items: ["service.email"] };
const placed = (at = 0, more: Partial<Extract<HoldEvent, { kind: "placed" }>> = {}): HoldEvent => ({
  kind: "placed",
  atMs: at * day,
  scope: ann,
  reason: "Claim 12/2026",
  reviewMs: (at + 90) * day,
  ...more,
});
const reviewed = (at: number, reviewAt: number): HoldEvent => ({
  kind: "reviewed",
  atMs: at * day,
  reason: "Still in court.",
  reviewMs: reviewAt * day,
});
const lifted = (at: number, reason = "Settled."): HoldEvent => ({
  kind: "lifted",
  atMs: at * day,
  reason,
});

type Outcome = HoldRefusal | Hold["status"];

function outcome(events: readonly HoldEvent[], guards = holdGuards): Outcome {
  let hold: Hold | undefined;
  for (const event of events) {
    const answer = applyHoldEvent(hold, event, guards);
    if (answer.kind === "refused") return answer.because;
    hold = answer.state;
  }
  if (hold === undefined) throw new Error("Done, and nothing is there.");
  return hold.status;
}

const cases: readonly (readonly [name: string, events: readonly HoldEvent[], expected: Outcome])[] =
  [
    ["holds once placed", [placed()], "active"],
    ["holds on after its review was due", [placed(), reviewed(200, 400)], "active"],
    ["ends when it is lifted", [placed(), lifted(5)], "lifted"],
    ["is placed once", [placed(), placed()], "placed-before"],
    ["is placed first", [lifted(1)], "not-placed"],
    ["is lifted once", [placed(), lifted(5), lifted(6)], "already-lifted"],
    ["needs a reason", [placed(0, { reason: " " })], "reason-missing"],
    ["needs a reason to end", [placed(), lifted(5, "")], "reason-missing"],
    ["says what it keeps", [placed(0, { scope: { subject: "p-ann", items: [] } })], "scope-empty"],
    ["says whose", [placed(0, { scope: { subject: "", items: "all" } })], "scope-empty"],
    ["is looked at again", [placed(0, { reviewMs: 0 })], "review-missing"],
    ["within a year", [placed(), reviewed(1, 400)], "review-missing"],
    ["does not run backwards", [placed(5), lifted(4)], "time-reversed"],
  ];

describe("[C12] a legal hold", () => {
  test.each(cases)("%s", (_, events, expected) => {
    expect(outcome(events)).toBe(expected);
  });
  test.each(holdGuards.map(({ code }) => code))("would go wrong without the guard %s", (code) => {
    const weakened = holdGuards.filter((guard) => guard.code !== code);
    expect(
      cases.filter(([, events, expected]) => outcome(events, weakened) !== expected),
    ).not.toEqual([]);
  });
});

test("[C12] keeps what it names, of whom it names, until it is lifted", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("p-ann", "p-bob"),
      fc.constantFrom("service.email", "service.phone"),
      fc.constantFrom<HoldScope["items"]>("all", ["service.email"]),
      fc.constantFrom("p-ann", everyone),
      fc.constantFrom("active", "lifted"),
      (subject, item, items, held, status) => {
        const expected =
          status === "active" &&
          (held === everyone || held === subject) &&
          (items === "all" || item === "service.email");
        expect(isHeld([{ status, scope: { subject: held, items } }], subject, item)).toBe(expected);
        // One more hold never sets free what another holds.
        expect(
          isHeld(
            [
              { status, scope: { subject: held, items } },
              { status: "lifted", scope: { subject: everyone, items: "all" } },
            ],
            subject,
            item,
          ),
        ).toBe(expected);
      },
    ),
  );
});
