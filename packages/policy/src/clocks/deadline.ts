/**
 * When something is due. Several rules may apply to one case; each gives a date, and the strictest counts. Example: a request received
 * on 31 January 2026 from Ireland is due on 28 February by our promise; the law would wait until Monday 2 March.
 */
import { regionOfCountry, type Region } from "../regimes.ts";
import {
  addMonths,
  addWorkingDays,
  dayAt,
  endOfDay,
  nextWorkingDay,
  type Day,
} from "./calendar.ts";
import type { Operator } from "../operator.ts";
import { countriesWithHolidays, type CountryCode } from "./holidays.ts";
import type { ClockRule, ClockRuleKey, Period, Task } from "./rules.ts";
import { clockRules, limits } from "./rules.ts";

/** What happened to a case that moves its clock, in the order in which it happened. */
export type ClockEvent =
  | { readonly kind: "identity-asked"; readonly atMs: number }
  | { readonly kind: "identity-given"; readonly atMs: number }
  /** The person was told, with the reason, that it takes longer. */
  | { readonly kind: "extended"; readonly atMs: number; readonly reason: string };

/** A case whose due date is asked for. */
export interface ClockCase {
  /** What has to be done; more than one where the same act does both: who erases a person answers them and closes their account. */
  readonly tasks: readonly Task[];
  /** Where the person is. Unknown means that every region's rules apply. */
  readonly region: Region | undefined;
  /** When it came in, when an incident became known, or for its final report when it had been dealt with. */
  readonly receivedMs: number;
  readonly events: readonly ClockEvent[];
  readonly place: ClockPlace;
  /** Incidents only. */
  readonly grade?: "minor" | "significant";
  /** Whether the operator runs critical infrastructure. */
  readonly critical?: boolean;
}

/** Where the days are counted: at the operator's, who has to act. */
export interface ClockPlace {
  /** Whose holidays count, under the law of that country's own region; under any other law, and without a country, no holiday does. */
  readonly country?: CountryCode | undefined;
  /** A name of the IANA time zone database. */
  readonly timeZone: string;
}

/**
 * The place of an operator. Without a time zone days end in UTC; without a country, or for one whose holidays are not known here, only
 * Saturdays and Sundays are free, which makes the law's own limit stricter and never later.
 */
export function clockPlace({
  country,
  timeZone,
}: Pick<Operator, "country" | "timeZone">): ClockPlace {
  return {
    country: countriesWithHolidays.find((each) => each === country),
    timeZone: timeZone ?? "UTC",
  };
}

/** What one rule says about a case. */
export interface RuleDeadline {
  readonly rule: ClockRuleKey;
  /** The last millisecond in time. */
  readonly dueMs: number;
  /** The end of the first period, until which an extension has to be announced; pauses included. */
  readonly extendUntilMs: number | undefined;
  readonly extended: boolean;
}

/** What all rules together say. */
export interface Deadline {
  /** The strictest rule's last millisecond. */
  readonly dueMs: number;
  readonly rule: ClockRuleKey;
  /** The strictest of the laws alone; `undefined` where only our promise applies. After it the law is broken. */
  readonly lawfulUntilMs: number | undefined;
  /** Whether the clock stands still now, because the person was asked who they are. */
  readonly paused: boolean;
  /** Until when the person may still be told that it takes longer; `undefined` where that is not possible (any more). */
  readonly extendUntilMs: number | undefined;
  /** Every rule that applies, strictest first. */
  readonly rules: readonly RuleDeadline[];
}

/** Computes when a case is due, or `undefined` if no rule asks for anything. While the clock stands still, the answer moves with `nowMs`. */
export function deadline(subject: ClockCase, nowMs: number): Deadline | undefined {
  const rules = rulesFor(subject)
    .map((key) => ruleDeadline(key, subject, nowMs))
    .toSorted((a, b) => a.dueMs - b.dueMs);
  const [strictest] = rules;
  if (strictest === undefined) return undefined;
  const law = rules.find(({ rule }) => clockRules[rule].region !== "promise");
  const windows = rules.map(({ extendUntilMs }) => extendUntilMs);
  const open = windows.every((until) => until !== undefined);
  return {
    dueMs: strictest.dueMs,
    rule: strictest.rule,
    lawfulUntilMs: law?.dueMs,
    paused: pauses(subject, nowMs).standing,
    // An extension that one of the rules does not know would change nothing: the strictest still counts.
    extendUntilMs:
      open && !subject.events.some(({ kind }) => kind === "extended")
        ? Math.min(...windows)
        : undefined,
    rules,
  };
}

/** The rules that apply to a case. */
export function rulesFor(
  subject: Pick<ClockCase, "tasks" | "region" | "grade" | "critical">,
): readonly ClockRuleKey[] {
  return (Object.entries(clockRules) as [ClockRuleKey, ClockRule][]).flatMap(([key, rule]) =>
    subject.tasks.includes(rule.task) &&
    (rule.region === "promise" || subject.region === undefined || rule.region === subject.region) &&
    (rule.grade === undefined || subject.grade === rule.grade) &&
    (rule.critical === undefined || subject.critical === true)
      ? [key]
      : [],
  );
}

function ruleDeadline(key: ClockRuleKey, subject: ClockCase, nowMs: number): RuleDeadline {
  const rule = clockRules[key];
  const { totalMs, standing, answeredMs } = pauses(subject, nowMs);
  const pausedMs = rule.whileUnidentified === "stands" ? totalMs : 0;
  const fromMs =
    rule.whileUnidentified === "restarts"
      ? Math.max(subject.receivedMs, standing ? nowMs : (answeredMs ?? subject.receivedMs))
      : subject.receivedMs;
  const counted = { fromMs, pausedMs, place: subject.place };
  const first = endOf(rule, [rule.period], counted);
  const extended =
    rule.extension !== undefined &&
    subject.events.some(
      (event) => event.kind === "extended" && event.atMs <= first && event.reason.trim() !== "",
    );
  const periods =
    extended && rule.extension !== undefined ? [rule.period, rule.extension] : [rule.period];
  return {
    rule: key,
    dueMs: endOf(rule, periods, counted),
    extendUntilMs: rule.extension === undefined ? undefined : first,
    extended,
  };
}

function endOf(
  rule: ClockRule,
  periods: readonly Period[],
  {
    fromMs,
    pausedMs,
    place,
  }: { readonly fromMs: number; readonly pausedMs: number; readonly place: ClockPlace },
): number {
  const hours = periods.reduce((sum, { unit, count }) => sum + (unit === "hours" ? count : 0), 0);
  if (periods.every(({ unit }) => unit === "hours")) return fromMs + hours * 3_600_000 + pausedMs;
  // The day of the event does not count (Regulation 1182/71, article 3(1)). Months are added together, not one after the other:
  // 30 November and three months is the last of February, and not what is left of it after a detour.
  const months = periods.reduce((sum, { unit, count }) => sum + (unit === "months" ? count : 0), 0);
  const country = holidaysUnder(rule, place);
  const from = dayAt(fromMs, place.timeZone) - (rule.countsFirstDay === true ? 1 : 0);
  let day: Day = addMonths(from, months);
  for (const { unit, count } of periods) {
    if (unit === "days") day += count;
    if (unit === "working-days") day = addWorkingDays(day, count, country);
  }
  // Whole days only: what is begun of a day is not given.
  day += Math.floor(pausedMs / 86_400_000);
  if (rule.endsOnWorkingDay) day = nextWorkingDay(day, country);
  return endOfDay(day, place.timeZone);
}

/** Whose holidays a rule knows: a law does not wait for the holidays of a country it does not hold in. */
function holidaysUnder({ region }: ClockRule, { country }: ClockPlace): CountryCode | undefined {
  return country !== undefined && regionOfCountry(country) === region ? country : undefined;
}

/** How long the clock stood still, whether it does now, and when the last answer came. Asked too late, it did not. */
function pauses(
  { events, receivedMs }: ClockCase,
  nowMs: number,
): {
  readonly totalMs: number;
  readonly standing: boolean;
  readonly answeredMs: number | undefined;
} {
  let totalMs = 0;
  let answeredMs: number | undefined;
  let askedMs: number | undefined;
  const latest = receivedMs + limits.identityAskDays * 86_400_000;
  for (const { kind, atMs } of events) {
    if (kind === "identity-asked" && askedMs === undefined && atMs <= latest) askedMs = atMs;
    if (kind === "identity-given" && askedMs !== undefined) {
      totalMs += Math.max(0, atMs - askedMs);
      answeredMs = atMs;
      askedMs = undefined;
    }
  }
  if (askedMs === undefined) return { totalMs, standing: false, answeredMs };
  return { totalMs: totalMs + Math.max(0, nowMs - askedMs), standing: true, answeredMs };
}
