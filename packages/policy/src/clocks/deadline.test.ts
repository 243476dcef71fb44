import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { regimes, type Region } from "../regimes.ts";
import {
  addMonths,
  addWorkingDays,
  dayAt,
  endOfDay,
  isWorkingDay,
  parseDay,
  printDay,
} from "./calendar.ts";
import { deadline, rulesFor, type ClockCase, type ClockEvent } from "./deadline.ts";
import { countriesWithHolidays, isHoliday } from "./holidays.ts";
import { clockRules, type ClockRuleKey, type Task } from "./rules.ts";

const utc = { timeZone: "UTC" };
const dublin = { country: "IE", timeZone: "Europe/Dublin" } as const;
const at = (text: string): number => Date.parse(text);
const day = (dueMs: number, timeZone = "UTC"): string => printDay(dayAt(dueMs, timeZone));

/** When the rule says a case is due: a day, or for hours an instant. */
function check(
  rule: ClockRuleKey,
  received: string,
  expected: string,
  more: Partial<ClockCase> = {},
): void {
  const { task, region, grade, critical } = clockRules[rule];
  const subject: ClockCase = {
    tasks: [task],
    region: region === "promise" ? "other" : region,
    receivedMs: at(received),
    events: [],
    place: utc,
    ...(grade === undefined ? {} : { grade }),
    ...(critical === undefined ? {} : { critical }),
    ...more,
  };
  const line = deadline(subject, at(received))?.rules.find((each) => each.rule === rule);
  expect(line, rule).toBeDefined();
  const due = line?.dueMs ?? Number.NaN;
  const { timeZone } = subject.place;
  if (expected.includes("T")) expect(new Date(due).toISOString(), rule).toBe(`${expected}.000Z`);
  else {
    expect(day(due, timeZone), rule).toBe(expected);
    // To the end of the day and not a millisecond longer.
    expect(day(due + 1, timeZone), rule).not.toBe(expected);
  }
}

/** One line for every row of the law. */
const everyRow: Readonly<Record<ClockRuleKey, readonly [received: string, due: string]>> = {
  "promise.answer": ["2026-01-31T10:00:00Z", "2026-02-28"],
  "promise.support": ["2026-11-22T23:59:00Z", "2026-12-07"],
  "promise.opt-out": ["2026-11-22T10:00:00Z", "2026-11-22T10:00:00"],
  "promise.notify-people": ["2026-11-22T10:00:00Z", "2026-11-25T10:00:00"],
  "eu.answer": ["2026-01-31T10:00:00Z", "2026-03-02"],
  "eu.collection-notice": ["2026-01-31T10:00:00Z", "2026-03-02"],
  "eu.notify-authority": ["2026-12-24T18:30:00Z", "2026-12-27T18:30:00"],
  "uk.answer": ["2026-11-25T10:00:00Z", "2026-12-25"],
  "uk.support": ["2026-11-22T10:00:00Z", "2026-12-21"],
  "uk.notify-authority": ["2026-11-22T10:00:00Z", "2026-11-25T10:00:00"],
  "cn.answer": ["2026-01-31T10:00:00Z", "2026-03-02"],
  "cn.close-account": ["2026-01-30T03:00:00Z", "2026-02-20"],
  "cn.notify-authority": ["2026-11-22T10:00:00Z", "2026-11-22T14:00:00"],
  "cn.notify-authority-critical": ["2026-11-22T10:00:00Z", "2026-11-22T11:00:00"],
  "cn.final-report": ["2026-11-22T10:00:00Z", "2026-12-22"],
  "us.answer": ["2026-01-31T10:00:00Z", "2026-03-16"],
  "us.acknowledge": ["2026-11-20T10:00:00Z", "2026-12-04"],
  "us.opt-out": ["2026-11-20T10:00:00Z", "2026-12-11"],
  "us.notify-people": ["2026-11-22T10:00:00Z", "2026-12-22"],
};

describe("every row of the law", () => {
  test.each(Object.entries(everyRow))("[C7] %s", (rule, [received, due]) => {
    check(rule as ClockRuleKey, received, due);
  });
});

test("[C7] a month ends on the same date, or on the last day of a month that has no such date", () => {
  check("promise.answer", "2026-01-29T10:00:00Z", "2026-02-28");
  check("promise.answer", "2028-01-31T10:00:00Z", "2028-02-29");
  check("promise.answer", "2026-08-31T10:00:00Z", "2026-09-30");
  check("promise.answer", "2026-12-31T10:00:00Z", "2027-01-31");
  check("promise.answer", "2026-11-22T10:00:00Z", "2026-12-22");
});

test("[C7] the law's month moves over weekends and holidays of the operator's country; the promise does not", () => {
  check("eu.answer", "2026-11-25T10:00:00Z", "2026-12-25");
  // 25 December 2026 is a Friday; in Ireland Stephen's day is a Saturday.
  check("eu.answer", "2026-11-25T10:00:00Z", "2026-12-28", { place: dublin });
  check("promise.answer", "2026-11-25T10:00:00Z", "2026-12-25", { place: dublin });
  // Good Friday to Easter Monday 2027 in Germany.
  check("eu.answer", "2027-02-26T10:00:00Z", "2027-03-30", {
    place: { country: "DE", timeZone: "Europe/Berlin" },
  });
});

test("[C7] a day is counted where the operator is", () => {
  // Already 1 February in Shanghai.
  const shanghai = { timeZone: "Asia/Shanghai" };
  check("promise.answer", "2026-01-31T17:00:00Z", "2026-03-01", { place: shanghai });
  check("promise.answer", "2026-01-31T15:00:00Z", "2026-02-28", { place: shanghai });
});

test("business days leave out holidays of the country, and count the weekends China works", () => {
  check("us.acknowledge", "2026-11-20T10:00:00Z", "2026-12-07", {
    place: { country: "US", timeZone: "UTC" },
  });
  // Spring Festival 2026: 14 and 28 February are worked.
  check("cn.close-account", "2026-01-30T03:00:00Z", "2026-02-27", {
    place: { country: "CN", timeZone: "Asia/Shanghai" },
  });
});

test("[C7] the examples of the British authority's guidance on the right of access come out as it prints them", () => {
  const place = { country: "GB", timeZone: "Europe/London" } as const;
  // "Received on 1 January (a bank holiday), so the one-month period ends at the end of 1 February."
  check("uk.answer", "2024-01-01T10:00:00Z", "2024-02-01", { place });
  // "Received on Monday 25 November … until the end of Friday 27 December": 25 and 26 are bank holidays.
  check("uk.answer", "2024-11-25T10:00:00Z", "2024-12-27", { place });
  // "Received on 31 January will run until the end of 28 February … if that date falls on a weekend, the next Monday."
  check("uk.answer", "2025-01-31T10:00:00Z", "2025-02-28", { place });
  check("uk.answer", "2026-01-31T10:00:00Z", "2026-03-02", { place });
});

test("[C7] holidays count only under the law of the country that has them", () => {
  const shanghai = { country: "CN", timeZone: "Asia/Shanghai" } as const;
  // 1 October is free in China; Saturday 14 February 2026 is worked there, and Monday 16 is free.
  check("eu.answer", "2026-09-01T03:00:00Z", "2026-10-01", { place: shanghai });
  check("eu.answer", "2026-01-14T03:00:00Z", "2026-02-16", { place: shanghai });
  // Thanksgiving is no holiday of Ireland's, and 26 October no holiday of California's.
  check("us.acknowledge", "2026-11-20T10:00:00Z", "2026-12-04", { place: dublin });
  check("us.acknowledge", "2026-10-16T10:00:00Z", "2026-10-30", { place: dublin });
});

test("[C7] of a year whose holidays are not announced nothing is known, so every day of it might be worked", () => {
  check("cn.close-account", "2027-01-29T03:00:00Z", "2027-02-13", {
    place: { country: "CN", timeZone: "Asia/Shanghai" },
  });
  expect(isWorkingDay(parseDay("2026-10-11"), "CN")).toBe(false);
  expect(isWorkingDay(parseDay("2026-10-10"), "CN")).toBe(true);
});

test("holidays are where the calendars of the countries say", () => {
  const yes = (country: (typeof countriesWithHolidays)[number], ...days: string[]): void => {
    for (const each of days)
      expect(isHoliday(parseDay(each), country), `${country} ${each}`).toBe(true);
  };
  yes("DE", "2026-04-03", "2026-04-06", "2026-05-14", "2026-05-25", "2026-10-03");
  yes("GR", "2026-02-23", "2026-04-10", "2026-04-13", "2026-06-01");
  yes("GB", "2026-05-04", "2026-05-25", "2026-04-03");
  yes("IE", "2026-06-01", "2026-08-03", "2026-10-26");
  yes("US", "2026-07-04", "2026-11-26", "2026-09-07", "2027-07-05", "2026-01-19");
  yes("FR", "2025-04-21", "2024-05-09", "2026-07-14");
  const no = (country: (typeof countriesWithHolidays)[number], ...days: string[]): void => {
    for (const each of days)
      expect(isHoliday(parseDay(each), country), `${country} ${each}`).toBe(false);
  };
  // Worked in Scotland; moved by decree; a Saturday's holiday, which California does not move; Juneteenth, which it does not either.
  no("GB", "2026-04-06", "2026-08-31");
  no("GR", "2024-05-01");
  no("US", "2026-07-03", "2022-06-20");
  for (const country of countriesWithHolidays)
    expect(isWorkingDay(parseDay("2027-01-01"), country), country).toBe(country === "CN");
  for (const text of ["2026-02-30", "2026-2-3", "soon", "", "+012026-02-03"])
    expect(() => parseDay(text), text).toThrow(`"${text}" is not a day.`);
});

const received = "2026-11-02T09:00:00Z";

/** When a request from a region is due in the end, by which rule. */
function checkCase(
  region: Region | undefined,
  events: readonly ClockEvent[],
  now: string,
  expected: {
    readonly due: string;
    readonly rule: ClockRuleKey;
    readonly law?: string;
    readonly extend?: string;
    readonly paused?: boolean;
  },
): void {
  const answer = deadline(
    { tasks: ["answer"], region, receivedMs: at(received), events, place: dublin },
    at(now),
  );
  expect({
    due: answer && day(answer.dueMs),
    rule: answer?.rule,
    law: answer?.lawfulUntilMs && day(answer.lawfulUntilMs),
    extend: answer?.extendUntilMs && day(answer.extendUntilMs),
    paused: answer?.paused,
  }).toEqual({ law: undefined, extend: undefined, paused: false, ...expected });
}

test("[C7] the strictest of law and promise counts, and the law's own limit stays visible", () => {
  const both = { due: "2026-12-02", law: "2026-12-02", extend: "2026-12-02" };
  checkCase("eu", [], received, { ...both, rule: "promise.answer" });
  checkCase("cn", [], received, { due: "2026-12-02", rule: "promise.answer", law: "2026-12-02" });
  checkCase("us", [], received, {
    due: "2026-12-02",
    rule: "promise.answer",
    law: "2026-12-16",
    extend: "2026-12-02",
  });
  checkCase("other", [], received, {
    due: "2026-12-02",
    rule: "promise.answer",
    extend: "2026-12-02",
  });
  checkCase(undefined, [], received, {
    due: "2026-12-02",
    rule: "promise.answer",
    law: "2026-12-02",
  });
});

const extended = (time: string, reason = "Many requests came at once."): ClockEvent => ({
  kind: "extended",
  atMs: at(time),
  reason,
});

test("[C7] two further months need notice and reason inside the first", () => {
  const late = { due: "2026-12-02", law: "2026-12-02" };
  checkCase("eu", [extended("2026-11-30T09:00:00Z")], "2026-12-01T00:00:00Z", {
    due: "2027-02-02",
    rule: "promise.answer",
    law: "2027-02-02",
  });
  checkCase("eu", [extended("2026-12-03T09:00:00Z")], "2026-12-03T10:00:00Z", {
    ...late,
    rule: "promise.answer",
  });
  checkCase("eu", [extended("2026-11-30T09:00:00Z", "  ")], "2026-12-01T00:00:00Z", {
    ...late,
    rule: "promise.answer",
  });
  // China knows no extension, so ours is of no use there.
  checkCase("cn", [extended("2026-11-30T09:00:00Z")], "2026-12-01T00:00:00Z", {
    due: "2026-12-02",
    rule: "cn.answer",
    law: "2026-12-02",
  });
  // California: 90 days, the first of which is the day of receipt.
  checkCase("us", [extended("2026-11-30T09:00:00Z")], "2026-12-01T00:00:00Z", {
    due: "2027-01-30",
    rule: "us.answer",
    law: "2027-01-30",
  });
});

const asked = (time: string): ClockEvent => ({ kind: "identity-asked", atMs: at(time) });
const given = (time: string): ClockEvent => ({ kind: "identity-given", atMs: at(time) });

test("[C7] the clock stands still while identity is missing, if asked without delay, and only where the law knows that", () => {
  const events = [asked("2026-11-03T09:00:00Z"), given("2026-11-08T21:00:00Z")];
  const moved = { due: "2026-12-07", law: "2026-12-07", extend: "2026-12-07" };
  checkCase("eu", events, "2026-11-09T00:00:00Z", { ...moved, rule: "promise.answer" });
  checkCase("eu", events.slice(0, 1), "2026-11-08T21:00:00Z", {
    ...moved,
    rule: "promise.answer",
    paused: true,
  });
  checkCase("cn", events, "2026-11-09T00:00:00Z", {
    due: "2026-12-02",
    rule: "cn.answer",
    law: "2026-12-02",
  });
  const unmoved = { due: "2026-12-02", law: "2026-12-02", extend: "2026-12-02" };
  checkCase(
    "eu",
    [asked("2026-11-10T09:00:00Z"), given("2026-11-20T09:00:00Z")],
    "2026-11-21T00:00:00Z",
    { ...unmoved, rule: "promise.answer" },
  );
});

test("[C7] in the United Kingdom the month begins again when the person has shown who they are", () => {
  const place = { country: "GB", timeZone: "Europe/London" } as const;
  const events = [asked("2026-01-15T12:00:00Z"), given("2026-02-01T12:00:00Z")];
  // 1 March 2026 is a Sunday. Standing still for 17 days would have given 4 March.
  check("uk.answer", "2026-01-15T09:00:00Z", "2026-03-02", { place, events });
  // Two more months, announced in the month that began again.
  const later = extended("2026-02-20T09:00:00Z");
  check("uk.answer", "2026-01-15T09:00:00Z", "2026-05-01", { place, events: [...events, later] });
  // While nothing was answered the month has not begun: it moves with the day of asking.
  const standing = (now: string): string | undefined => {
    const answer = deadline(
      {
        tasks: ["answer"],
        region: "uk",
        receivedMs: at("2026-01-15T09:00:00Z"),
        events: events.slice(0, 1),
        place,
      },
      at(now),
    );
    const law = answer?.rules.find(({ rule }) => rule === "uk.answer");
    return law && day(law.dueMs);
  };
  expect(standing("2026-01-20T09:00:00Z")).toBe("2026-02-20");
  expect(standing("2026-01-21T09:00:00Z")).toBe("2026-02-23");
  // Asked too late, it runs on.
  const late = [asked("2026-01-25T09:00:00Z"), given("2026-02-01T09:00:00Z")];
  check("uk.answer", "2026-01-15T09:00:00Z", "2026-02-16", { place, events: late });
});

const regions = [...(Object.keys(regimes) as Region[]), undefined];
const tasks = [...new Set(Object.values(clockRules).map(({ task }) => task))] as readonly Task[];
const anyCase = fc.record({
  task: fc.constantFrom(...tasks),
  region: fc.constantFrom(...regions),
  receivedMs: fc.integer({ min: at("2026-01-01T00:00:00Z"), max: at("2032-12-31T00:00:00Z") }),
  country: fc.constantFrom(undefined, ...countriesWithHolidays),
  timeZone: fc.constantFrom("UTC", "Europe/Dublin", "Asia/Shanghai", "America/Los_Angeles"),
  askedHours: fc.integer({ min: 0, max: 200 }),
  answeredHours: fc.integer({ min: 0, max: 2000 }),
});

test("for every case: the strictest counts, an unknown region is never later than a known one, a pause never shortens", () => {
  fc.assert(
    fc.property(
      anyCase,
      ({ task, region, receivedMs, country, timeZone, askedHours, answeredHours }) => {
        const plain: ClockCase = {
          tasks: [task],
          region,
          receivedMs,
          events: [],
          place: { country, timeZone },
        };
        const answer = deadline(plain, receivedMs);
        if (answer === undefined) {
          expect(rulesFor(plain)).toEqual([]);
          return;
        }
        expect(answer.dueMs).toBe(Math.min(...answer.rules.map(({ dueMs }) => dueMs)));
        expect(answer.dueMs).toBeGreaterThanOrEqual(receivedMs);
        const unknown = deadline({ ...plain, region: undefined }, receivedMs);
        expect(unknown?.dueMs).toBeLessThanOrEqual(answer.dueMs);
        const askedMs = receivedMs + askedHours * 3_600_000;
        const givenMs = askedMs + answeredHours * 3_600_000;
        const events: readonly ClockEvent[] = [
          { kind: "identity-asked", atMs: askedMs },
          { kind: "identity-given", atMs: givenMs },
        ];
        const paused = deadline({ ...plain, events }, givenMs);
        expect(paused?.dueMs).toBeGreaterThanOrEqual(answer.dueMs);
      },
    ),
  );
});

test("calendar arithmetic agrees with itself", () => {
  const anyDay = fc.integer({ min: parseDay("1990-01-01"), max: parseDay("2090-01-01") });
  fc.assert(
    fc.property(
      anyDay,
      fc.integer({ min: 0, max: 30 }),
      fc.constantFrom("UTC", "Europe/Berlin", "Asia/Shanghai", "America/New_York", "Pacific/Apia"),
      (each, count, timeZone) => {
        expect(parseDay(printDay(each))).toBe(each);
        const end = endOfDay(each, timeZone);
        expect([dayAt(end, timeZone), dayAt(end + 1, timeZone)]).toEqual([each, each + 1]);
        expect(addMonths(each, 12 * count)).toBeGreaterThanOrEqual(each + 365 * count - 1);
        const worked = addWorkingDays(each, count, undefined);
        const between = Array.from({ length: worked - each }, (_, index) => each + 1 + index);
        expect(between.filter((other) => isWorkingDay(other, undefined))).toHaveLength(count);
      },
    ),
  );
});
