import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Region } from "../regimes.ts";
import { exemptions, exemptionsFor } from "./exemptions.ts";
import {
  applyRequestEvent,
  isEnded,
  replayRequest,
  requestDeadline,
  requestGuards,
  rights,
  type RequestEvent,
  type RequestRefusal,
  type Right,
  type RightsRequest,
} from "./request.ts";

const place = { timeZone: "UTC" };
const start = Date.parse("2026-11-02T09:00:00Z");
const days = (count: number): number => start + count * 86_400_000;

const received = (right: Right, verified = true): RequestEvent => ({
  kind: "received",
  atMs: start,
  right,
  region: "eu",
  verified,
});
const plain = (
  kind:
    | "identity-asked"
    | "identity-given"
    | "begun"
    | "fulfilled"
    | "revoked"
    | "expired"
    | "lifting-announced"
    | "lifted"
    | "released",
  day: number,
): RequestEvent => ({ kind, atMs: days(day) });
const checked = (day: number, found: number): RequestEvent => ({
  kind: "checked",
  atMs: days(day),
  found,
});
const extended = (day: number, reason = "Many requests came at once."): RequestEvent => ({
  kind: "extended",
  atMs: days(day),
  reason,
});
const denied = (
  day: number,
  more: Partial<Extract<RequestEvent, { kind: "denied" }>> = {},
): RequestEvent => ({
  kind: "denied",
  atMs: days(day),
  because: "claim_not_covered",
  exemption: "eu.rights-of-others",
  explanation: "The data was never collected.",
  authority: "https://www.dataprotection.ie",
  court: "The courts of Ireland",
  ...more,
});

const withheld = (
  day: number,
  more: Partial<Extract<RequestEvent, { kind: "withheld" }>> = {},
): RequestEvent => ({
  kind: "withheld",
  atMs: days(day),
  items: ["service.support-messages"],
  explanation: "A claim needs it.",
  authority: "https://www.dataprotection.ie",
  court: "The courts of Ireland",
  ...more,
});

type Outcome = RequestRefusal | RightsRequest["status"];

function outcome(events: readonly RequestEvent[], guards = requestGuards): Outcome {
  let state: RightsRequest | undefined;
  for (const event of events) {
    const answer = applyRequestEvent(state, event, place, guards);
    if (answer.kind === "refused") return answer.because;
    ({ state } = answer);
  }
  if (state === undefined) throw new Error("Done, and nothing is there.");
  return state.status;
}

const cases: readonly (readonly [
  name: string,
  events: readonly RequestEvent[],
  expected: Outcome,
])[] = [
  [
    "a signed-in person's copy is made",
    [received("access"), plain("begun", 1), plain("fulfilled", 1)],
    "fulfilled",
  ],
  [
    "a letter is answered once its writer is known",
    [
      received("access", false),
      plain("identity-asked", 1),
      plain("identity-given", 3),
      plain("begun", 3),
      plain("fulfilled", 4),
    ],
    "fulfilled",
  ],
  [
    "nothing is begun for someone unknown",
    [received("access", false), plain("begun", 1)],
    "identity-missing",
  ],
  [
    "nobody is asked for more than is needed",
    [received("access"), plain("identity-asked", 1)],
    "identity-known",
  ],
  [
    "a person who stays silent has thirty days",
    [received("access", false), plain("identity-asked", 1), plain("expired", 30)],
    "identity-wait-running",
  ],
  [
    "and no longer",
    [received("access", false), plain("identity-asked", 1), plain("expired", 31)],
    "expired",
  ],
  [
    "it cannot be denied for want of identity sooner",
    [
      received("access", false),
      plain("identity-asked", 1),
      denied(20, { because: "insuf_verification" }),
    ],
    "identity-wait-running",
  ],
  [
    "what nobody asked cannot run out",
    [received("access", false), plain("expired", 60)],
    "identity-wait-running",
  ],
  ["nothing is done that was not begun", [received("access"), plain("fulfilled", 1)], "not-begun"],
  ["nothing is checked that was not begun", [received("delete"), checked(1, 0)], "not-begun"],
  [
    "an erasure is not done before it was checked",
    [received("delete"), plain("begun", 1), plain("fulfilled", 1)],
    "check-missing",
  ],
  [
    "nor when the check found something",
    [received("delete"), plain("begun", 1), checked(1, 3), plain("fulfilled", 1)],
    "check-missing",
  ],
  [
    "it is when nothing was found at last",
    [received("delete"), plain("begun", 1), checked(1, 3), checked(2, 0), plain("fulfilled", 2)],
    "fulfilled",
  ],
  [
    "an erasure can be called off before it begins",
    [received("delete"), plain("revoked", 1)],
    "revoked",
  ],
  ["not afterwards", [received("delete"), plain("begun", 1), plain("revoked", 1)], "already-begun"],
  ["nor be denied halfway", [received("delete"), plain("begun", 1), denied(2)], "already-begun"],
  ["nor begun twice", [received("access"), plain("begun", 1), plain("begun", 2)], "already-begun"],
  [
    "a copy can be called off any time",
    [received("access"), plain("begun", 1), plain("revoked", 1)],
    "revoked",
  ],
  [
    "an ended request stays ended",
    [received("access"), plain("revoked", 1), plain("begun", 2)],
    "already-ended",
  ],
  [
    "time does not run backwards",
    [received("access"), plain("begun", 3), plain("fulfilled", 2)],
    "time-reversed",
  ],
  ["a request is received once", [received("access"), received("access")], "received-before"],
  ["and first", [plain("begun", 1)], "not-received"],
  ["and before it is extended", [extended(1)], "not-received"],
  [
    "a refusal has words",
    [received("access"), denied(1, { explanation: " " })],
    "explanation-missing",
  ],
  ["names the authority", [received("access"), denied(1, { authority: "" })], "remedies-missing"],
  ["and the court", [received("access"), denied(1, { court: "" })], "remedies-missing"],
  [
    "who calls a request excessive has to show it",
    [received("access"), denied(1, { because: "too_many_requests" })],
    "evidence-missing",
  ],
  [
    "or fraud",
    [received("access"), denied(1, { because: "suspected_fraud", evidence: " " })],
    "evidence-missing",
  ],
  [
    "shown, it may be denied",
    [
      received("access"),
      denied(1, { because: "too_many_requests", evidence: "Daily for a month." }),
    ],
    "denied",
  ],
  [
    "a right that does not reach that far is refused on a ground of the law",
    [received("access"), denied(1, { exemption: undefined })],
    "exemption-missing",
  ],
  [
    "of the person's region",
    [received("access"), denied(1, { exemption: "cn.secrecy" })],
    "exemption-missing",
  ],
  [
    "and of that right",
    [received("access"), denied(1, { exemption: "eu.legal-claims" })],
    "exemption-missing",
  ],
  [
    "what a hold keeps of an erasure is told with its reason",
    [received("delete"), plain("begun", 1), withheld(1, { explanation: " " })],
    "explanation-missing",
  ],
  [
    "and the remedies",
    [received("delete"), plain("begun", 1), withheld(1, { court: "" })],
    "remedies-missing",
  ],
  ["after the erasure began", [received("delete"), withheld(1)], "not-begun"],
  [
    "and names what it is",
    [received("delete"), plain("begun", 1), withheld(1, { items: [] })],
    "nothing-withheld",
  ],
  [
    "nothing is withheld of a copy",
    [received("access"), plain("begun", 1), withheld(1)],
    "nothing-withheld",
  ],
  [
    "the rest is erased and searched for, and later what was held",
    [
      received("delete"),
      plain("begun", 1),
      withheld(1),
      checked(1, 0),
      plain("fulfilled", 1),
      plain("released", 90),
    ],
    "fulfilled",
  ],
  [
    "once",
    [
      received("delete"),
      plain("begun", 1),
      withheld(1),
      checked(1, 0),
      plain("fulfilled", 1),
      plain("released", 90),
      plain("released", 91),
    ],
    "nothing-withheld",
  ],
  ["more time needs a reason", [received("access"), extended(5, "")], "reason-missing"],
  ["inside the first month", [received("access"), extended(31)], "extension-too-late"],
  ["and only once", [received("access"), extended(5), extended(6)], "extension-too-late"],
  [
    "a restriction is lifted after it was announced",
    [
      received("restrict"),
      plain("begun", 1),
      plain("fulfilled", 1),
      plain("lifting-announced", 9),
      plain("lifted", 20),
    ],
    "fulfilled",
  ],
  [
    "and not before",
    [received("restrict"), plain("begun", 1), plain("fulfilled", 1), plain("lifted", 20)],
    "lifting-unannounced",
  ],
  [
    "what is not restricted cannot be lifted",
    [received("access"), plain("begun", 1), plain("fulfilled", 1), plain("lifting-announced", 9)],
    "nothing-restricted",
  ],
  [
    "nor twice",
    [
      received("restrict"),
      plain("begun", 1),
      plain("fulfilled", 1),
      plain("lifting-announced", 9),
      plain("lifted", 20),
      plain("lifted", 21),
    ],
    "nothing-restricted",
  ],
];

describe("[C7] a request", () => {
  test.each(cases)("%s", (_, events, expected) => {
    expect(outcome(events)).toBe(expected);
  });

  test.each(requestGuards.map(({ code }) => code))(
    "would go wrong without the guard %s",
    (code) => {
      const weakened = requestGuards.filter((guard) => guard.code !== code);
      const noticed = cases.filter(
        ([, events, expected]) => outcome(events, weakened) !== expected,
      );
      expect(noticed).not.toEqual([]);
    },
  );
});

test("[C7] every right can be refused somewhere only on a ground of that place's law", () => {
  for (const { region, rights: covered, title, source } of Object.values(exemptions)) {
    expect(covered.length).toBeGreaterThan(0);
    for (const text of [title, source]) expect(text.en && text.zh).toBeTruthy();
    for (const right of covered)
      expect(exemptionsFor(right, region).every((key) => key.startsWith(`${region}.`))).toBe(true);
  }
  const check = (right: Right, region: Region | undefined, expected: readonly string[]): void =>
    expect(exemptionsFor(right, region), `${right} ${region}`).toEqual(expected);
  // PIPL, article 47(2); article 45(1) with the conditions of a transfer; 46(2). Nothing stands against a wish to restrict.
  check("delete", "cn", ["cn.retention-period"]);
  check("access", "cn", ["cn.secrecy"]);
  check("transfer", "cn", ["cn.secrecy", "cn.not-portable"]);
  check("correct", "cn", ["cn.accurate"]);
  check("restrict", "cn", []);
  // GDPR, article 17(3)(e), (b), (a), (c) and (d), and article 11(2); in the United Kingdom the same.
  const erasure = [
    "legal-claims",
    "legal-obligation",
    "expression",
    "public-interest",
    "not-identifiable",
  ];
  for (const region of ["eu", "uk"] as const)
    check(
      "delete",
      region,
      erasure.map((key) => `${region}.${key}`),
    );
  // Article 11(2) ends with article 20: an objection (21) cannot be refused for want of identification.
  check("object", undefined, ["eu.compelling-grounds", "uk.compelling-grounds"]);
  // California Civil Code, § 1798.105(d)(8), (2) and (1).
  check("delete", "us", ["us.legal-obligation", "us.security", "us.transaction"]);
});

test("[C7] an erasure in China is due when an account has to be closed, which is sooner than an answer", () => {
  const due = (right: Right, region: Region): string | undefined => {
    const request = replayRequest([{ ...received(right), region } as RequestEvent], place);
    return request && requestDeadline(request, place, start)?.rule;
  };
  // 15 working days from Monday 2 November 2026 end on the 23rd, a month on 2 December.
  expect([due("delete", "cn"), due("access", "cn"), due("delete", "eu")]).toEqual([
    "cn.close-account",
    "promise.answer",
    "promise.answer",
  ]);
});

test("[C7] a due date is there until the request has ended", () => {
  const open = replayRequest([received("access")], place);
  const ended = replayRequest([received("access"), plain("revoked", 1)], place);
  expect(open && requestDeadline(open, place, start)?.rule).toBe("promise.answer");
  expect(ended && requestDeadline(ended, place, start)).toBeUndefined();
  expect(() => replayRequest([plain("begun", 1)], place)).toThrow(RangeError);
});

const anyEvent = fc
  .record({
    pick: fc.nat(14),
    day: fc.nat(40),
    found: fc.nat(2),
    right: fc.constantFrom(...rights),
    verified: fc.boolean(),
  })
  .map(({ pick, day, found, right, verified }): RequestEvent => {
    const simple = [
      "identity-asked",
      "identity-given",
      "begun",
      "fulfilled",
      "revoked",
      "expired",
      "lifting-announced",
      "lifted",
      "released",
    ] as const;
    const kind = simple[pick];
    if (kind !== undefined) return plain(kind, day);
    if (pick === 9) return checked(day, found);
    if (pick === 10) return extended(day);
    if (pick === 11) return denied(day);
    if (pick === 12) return withheld(day);
    return received(right, verified);
  });

test("[C7] whatever happens in whatever order, no unlawful request comes to be", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...rights),
      fc.boolean(),
      fc.array(anyEvent, { maxLength: 30 }),
      (right, verified, events) => {
        let state: RightsRequest | undefined;
        const history: RequestEvent[] = [];
        for (const event of [
          received(right, verified),
          ...events.toSorted((a, b) => a.atMs - b.atMs),
        ]) {
          const before = state;
          const answer = applyRequestEvent(state, event, place);
          if (answer.kind === "refused") continue;
          history.push(event);
          ({ state } = answer);
          if (before !== undefined && isEnded(before)) expect(state.status).toBe(before.status);
          if (state.status === "fulfilled") {
            expect(state.verified && state.begun).toBe(true);
            if (state.right === "delete")
              expect(history.findLast(({ kind }) => kind === "checked")).toMatchObject({
                found: 0,
              });
          }
          if (state.withheld.length > 0)
            expect([state.right, state.begun]).toEqual(["delete", true]);
          if (state.denial === "claim_not_covered")
            expect(exemptionsFor(right, "eu")).toContain("eu.rights-of-others");
          if (state.restriction === "lifted")
            expect(history.some(({ kind }) => kind === "lifting-announced")).toBe(true);
          if (state.right === "delete" && state.status === "revoked")
            expect(state.begun).toBe(false);
        }
        expect(replayRequest(history, place)).toEqual(state);
      },
    ),
    { numRuns: 500 },
  );
});
