/**
 * Days without hours. A day is a whole number, days since 1 January 1970, so adding and comparing are arithmetic; an instant becomes a
 * day only by saying in which time zone. Example: `parseDay("2026-01-31")` plus one month is 28 February 2026.
 */
import type { CountryCode } from "./holidays.ts";
import { isHoliday, isMakeUpDay } from "./holidays.ts";

/** A day of the calendar: whole days since 1970-01-01. */
export type Day = number;

const dayMs = 86_400_000;

/** Reads `YYYY-MM-DD`. Throws a `RangeError` for a day that does not exist, such as 30 February. */
export function parseDay(text: string): Day {
  const day = Date.parse(`${text}T00:00:00Z`) / dayMs;
  if (Number.isNaN(day) || printDay(day) !== text)
    throw new RangeError(`"${text}" is not a day. Write YYYY-MM-DD.`);
  return day;
}

/** Prints a day as `YYYY-MM-DD`. */
export function printDay(day: Day): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

/** The day it is at an instant, in a time zone of the IANA database such as `Europe/Dublin`. */
export function dayAt(atMs: number, timeZone: string): Day {
  return Math.floor((atMs + offsetMs(atMs, timeZone)) / dayMs);
}

/** The last millisecond of a day in a time zone: a day may be used to its end (Regulation 1182/71, article 3(2)). */
export function endOfDay(day: Day, timeZone: string): number {
  return instantOf((day + 1) * dayMs, timeZone) - 1;
}

/** The instant at which the clocks of a time zone show a local time, which is given in milliseconds as if it were UTC. */
export function instantOf(localMs: number, timeZone: string): number {
  // The offset at the local time is not known before the instant is; the second round settles it.
  const guess = localMs - offsetMs(localMs, timeZone);
  return localMs - offsetMs(guess, timeZone);
}

/** The same date some months on, or the last day of that month if there is none: 31 January + 1 = 28 or 29 February. */
export function addMonths(day: Day, months: number): Day {
  const date = new Date(day * dayMs);
  const wanted = date.getUTCDate();
  const first = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1);
  const lastDate = new Date(
    Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months + 1, 0),
  ).getUTCDate();
  return first / dayMs + Math.min(wanted, lastDate) - 1;
}

/** Whether people work on a day. Without a country only Saturdays and Sundays are free. */
export function isWorkingDay(day: Day, country: CountryCode | undefined): boolean {
  // 1 January 1970 was a Thursday.
  const weekday = (((day + 4) % 7) + 7) % 7;
  const weekend = weekday === 0 || weekday === 6;
  if (country === undefined) return !weekend;
  return weekend ? isMakeUpDay(day, country) : !isHoliday(day, country);
}

/** The day itself if people work on it, else the first one after it on which they do. */
export function nextWorkingDay(day: Day, country: CountryCode | undefined): Day {
  let next = day;
  while (!isWorkingDay(next, country)) next += 1;
  return next;
}

/** The n-th working day after a day, which itself does not count. */
export function addWorkingDays(day: Day, count: number, country: CountryCode | undefined): Day {
  let next = day;
  for (let counted = 0; counted < count; counted += 1) next = nextWorkingDay(next + 1, country);
  return next;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** How far the clocks of a time zone are ahead of UTC at an instant, in milliseconds. */
function offsetMs(atMs: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(timeZone, format);
  }
  const part = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const read = (name: Intl.DateTimeFormatPartTypes): number => part.get(name) ?? 0;
  const local = Date.UTC(
    read("year"),
    read("month") - 1,
    read("day"),
    read("hour"),
    read("minute"),
    read("second"),
  );
  return local - Math.floor(atMs / 1000) * 1000;
}
