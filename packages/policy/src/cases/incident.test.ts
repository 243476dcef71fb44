import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Text } from "../text.ts";
import {
  addressees,
  applyIncidentEvent,
  incidentClocks,
  incidentGuards,
  noticeParts,
  printIncidentNotice,
  type Incident,
  type IncidentEvent,
  type IncidentNotice,
  type IncidentRefusal,
} from "./incident.ts";

const place = { timeZone: "UTC", critical: false };
const aware = Date.parse("2026-11-22T10:00:00Z");
const hours = (count: number): number => aware + count * 3_600_000;
const said = (en: string): Text => ({ en, zh: "内容" });
const notice: IncidentNotice = {
  basics: said("A backup was copied."),
  impact: said("Your address may be used for fraud."),
  measures: said("The key was changed."),
  advice: said("Distrust letters that ask for money."),
  remedies: said("You can complain to the authority."),
  contact: said("privacy@example.com"),
};

const recorded = (drill = false, awareMs = aware): IncidentEvent => ({
  kind: "recorded",
  atMs: aware,
  awareMs,
  drill,
});
const assessed = (
  hour: number,
  more: Partial<Extract<IncidentEvent, { kind: "assessed" }>> = {},
): IncidentEvent => ({
  kind: "assessed",
  atMs: hours(hour),
  risk: "high",
  grade: "minor",
  items: ["service.email"],
  regions: ["eu"],
  reason: "Addresses in clear text.",
  ...more,
});
const told = (hour: number, region: "eu" | "cn" = "eu", delayReason?: string): IncidentEvent => ({
  kind: "authority-notified",
  atMs: hours(hour),
  region,
  ...(delayReason === undefined ? {} : { delayReason }),
});
const people = (hour: number, more: Partial<IncidentNotice> = {}): IncidentEvent => ({
  kind: "people-notified",
  atMs: hours(hour),
  notice: { ...notice, ...more },
});
const exempt = (hour: number, reason = "The backup was encrypted."): IncidentEvent => ({
  kind: "people-exempt",
  atMs: hours(hour),
  exemption: "unreadable",
  reason,
});
const contained = (hour: number): IncidentEvent => ({
  kind: "contained",
  atMs: hours(hour),
  measures: "Key changed.",
});
const closed = (hour: number, lessons = "Backups are encrypted now."): IncidentEvent => ({
  kind: "closed",
  atMs: hours(hour),
  lessons,
});
const report = (hour: number): IncidentEvent => ({
  kind: "final-report",
  atMs: hours(hour),
  region: "cn",
});
const china = { grade: "significant", regions: ["cn"] } as const;

type Outcome = IncidentRefusal | Incident["status"];

function run(events: readonly IncidentEvent[], guards = incidentGuards): Incident | Outcome {
  let incident: Incident | undefined;
  for (const event of events) {
    const answer = applyIncidentEvent(incident, event, place, guards);
    if (answer.kind === "refused") return answer.because;
    incident = answer.state;
  }
  if (incident === undefined) throw new Error("Done, and nothing is there.");
  return incident;
}

function outcome(events: readonly IncidentEvent[], guards = incidentGuards): Outcome {
  const answer = run(events, guards);
  return typeof answer === "string" ? answer : answer.status;
}

const cases: readonly (readonly [
  name: string,
  events: readonly IncidentEvent[],
  expected: Outcome,
])[] = [
  [
    "ends when all were told, it is contained and something was learned",
    [recorded(), assessed(1), told(20), people(30), contained(40), closed(50)],
    "closed",
  ],
  [
    "ends without telling anyone where there is no risk",
    [recorded(), assessed(1, { risk: "none", items: [], regions: [] }), contained(2), closed(3)],
    "closed",
  ],
  [
    "asks nobody to be told one by one where the data was unreadable",
    [recorded(), assessed(1), told(20), exempt(30), contained(40), closed(50)],
    "closed",
  ],
  ["is recorded once", [recorded(), recorded()], "recorded-before"],
  ["is recorded first", [contained(1)], "not-recorded"],
  ["is known before it is written down", [recorded(false, aware + 1)], "aware-later"],
  ["does not run backwards", [recorded(), assessed(5), told(4)], "time-reversed"],
  [
    "stays closed",
    [recorded(), assessed(1, { risk: "none" }), contained(2), closed(3), contained(4)],
    "already-closed",
  ],
  [
    "cannot be closed before it is understood",
    [recorded(), contained(1), closed(2)],
    "not-assessed",
  ],
  ["is not told to people before it is understood", [recorded(), people(1)], "not-assessed"],
  ["names the affected data", [recorded(), assessed(1, { items: [] })], "assessment-empty"],
  ["and where the people are", [recorded(), assessed(1, { regions: [] })], "assessment-empty"],
  ["is assessed with a reason", [recorded(), assessed(1, { reason: "" })], "reason-missing"],
  ["an exemption has a reason", [recorded(), assessed(1), exempt(2, " ")], "reason-missing"],
  ["reaches the authority in 72 hours", [recorded(), assessed(1), told(72)], "assessed"],
  ["or says why not", [recorded(), assessed(1), told(73)], "delay-unexplained"],
  [
    "saying why, it may be late",
    [recorded(), assessed(1), told(73, "eu", "The logs were encrypted.")],
    "assessed",
  ],
  [
    "reaches the authority in China in 4 hours",
    [recorded(), assessed(1, china), told(5, "cn")],
    "delay-unexplained",
  ],
  ["even before it is assessed", [recorded(), told(5, "cn")], "delay-unexplained"],
  [
    "a notice has all its parts",
    [recorded(), assessed(1), people(2, { advice: said(" ") })],
    "notice-incomplete",
  ],
  [
    "in both languages",
    [recorded(), assessed(1), people(2, { remedies: { en: "Complain.", zh: "" } })],
    "notice-incomplete",
  ],
  [
    "says the cause to people in China",
    [recorded(), assessed(1, china), people(2)],
    "cause-missing",
  ],
  [
    "is not closed before the authority knows",
    [recorded(), assessed(1), people(2), contained(3), closed(4)],
    "authority-untold",
  ],
  [
    "nor before the people know",
    [recorded(), assessed(1), told(2), contained(3), closed(4)],
    "people-untold",
  ],
  [
    "nor before the final report in China",
    [
      recorded(),
      assessed(1, china),
      told(2, "cn"),
      people(3, { cause: said("A leaked key.") }),
      contained(4),
      closed(5),
    ],
    "report-missing",
  ],
  [
    "and may be after it",
    [
      recorded(),
      assessed(1, china),
      told(2, "cn"),
      people(3, { cause: said("A leaked key.") }),
      contained(4),
      report(5),
      closed(6),
    ],
    "closed",
  ],
  [
    "nor before it is contained",
    [recorded(), assessed(1), told(2), people(3), closed(4)],
    "not-contained",
  ],
  [
    "nor without having learned",
    [recorded(), assessed(1), told(2), people(3), contained(4), closed(5, " ")],
    "lessons-missing",
  ],
];

describe("[C10] an incident", () => {
  test.each(cases)("%s", (_, events, expected) => {
    expect(outcome(events)).toBe(expected);
  });
  test.each(incidentGuards.map(({ code }) => code))(
    "would go wrong without the guard %s",
    (code) => {
      const weakened = incidentGuards.filter((guard) => guard.code !== code);
      expect(
        cases.filter(([, events, expected]) => outcome(events, weakened) !== expected),
      ).not.toEqual([]);
    },
  );
});

function checkClocks(
  events: readonly IncidentEvent[],
  critical: boolean,
  expected: readonly string[],
): void {
  const incident = run(events);
  if (typeof incident === "string") throw new Error(incident);
  const clocks = incidentClocks(incident, { ...place, critical }, aware);
  expect(
    clocks.map(
      ({ task, region, deadline, done }) =>
        `${region} ${task} ${(deadline.dueMs - aware) / 3_600_000 < 100 ? `${(deadline.dueMs - aware) / 3_600_000} h` : `${Math.floor((deadline.dueMs - aware) / 86_400_000)} d`}${done ? " done" : ""}`,
    ),
  ).toEqual(expected);
}

test("[C10] its clocks are those of the regions its people are in", () => {
  checkClocks([recorded(), assessed(1)], false, [
    "eu notify-authority 72 h",
    "eu notify-people 72 h",
  ]);
  checkClocks([recorded(), assessed(1, { risk: "some" }), told(2)], false, [
    "eu notify-authority 72 h done",
  ]);
  checkClocks([recorded(), assessed(1, china)], false, [
    "cn notify-authority 4 h",
    "cn notify-people 72 h",
  ]);
  // The report sums up what is over: its thirty days run from there.
  checkClocks([recorded(), assessed(1, china), contained(10 * 24)], true, [
    "cn notify-authority 1 h",
    "cn final-report 40 d",
    "cn notify-people 72 h",
  ]);
  checkClocks([recorded(), assessed(1, { risk: "none" })], false, []);
  checkClocks([recorded()], false, [
    "eu notify-authority 72 h",
    "uk notify-authority 72 h",
    "cn notify-authority 4 h",
    ...["eu", "uk", "cn", "us", "other"].map((region) => `${region} notify-people 72 h`),
  ]);
});

test("[C10] everybody of whom an affected item is kept is told once, and nobody else", () => {
  const item = fc.constantFrom("service.email", "service.phone", "service.username");
  const holder = fc.record({
    subject: fc.constantFrom("a", "b", "c", "d"),
    region: fc.constant("eu"),
    items: fc.uniqueArray(item),
  });
  fc.assert(
    fc.property(fc.uniqueArray(item), fc.array(holder), (affected, holders) => {
      const found = [...addressees(affected, holders)].map(({ subject }) => subject);
      const expected = new Set(
        holders
          .filter(({ items }) => items.some((each) => affected.includes(each)))
          .map(({ subject }) => subject),
      );
      expect(found.toSorted()).toEqual([...expected].toSorted());
    }),
  );
});

test("[C10] a notice reads part by part, and an exercise says that it is one", () => {
  const text = printIncidentNotice({ ...notice, cause: said("A leaked key.") }, "en", false);
  const order = [
    "What happened",
    "Why it happened",
    "What it may mean",
    "What we did",
    "What you can do",
    "What you can claim",
    "Whom you can ask",
  ].map((heading) => text.indexOf(heading));
  expect(order.every((position, index) => position > (order[index - 1] ?? -1))).toBe(true);
  expect(noticeParts).toHaveLength(6);
  expect(printIncidentNotice(notice, "zh", true)).toMatch(/^这是一次演练/);
});
