/** An ISO 8601 week in UTC, "2026-W47": the only time that a report tells. */
export type Week = string;

const dayMs = 86_400_000;
/** A week in milliseconds. */
export const weekMs: number = 7 * dayMs;

/** The week that a moment is in. 2027-01-01 is a Friday, so its week is "2026-W53": a week belongs to the year of its Thursday. */
export function weekOf(atMs: number): Week {
  const thursdayMs = startOfWeek(atMs) + 3 * dayMs;
  const year = new Date(thursdayMs).getUTCFullYear();
  const number = Math.floor((thursdayMs - Date.UTC(year, 0, 1)) / weekMs) + 1;
  return `${String(year).padStart(4, "0")}-W${String(number).padStart(2, "0")}`;
}

/** When a week begins, in milliseconds since 1970; undefined when there is no such week. */
export function startOf(week: string): number | undefined {
  const [, year, number] = /^(\d{4})-W(\d{2})$/.exec(week) ?? [];
  if (year === undefined || number === undefined) return undefined;
  // The fourth of January is in the first week of every year.
  const startMs = startOfWeek(Date.UTC(Number(year), 0, 4)) + (Number(number) - 1) * weekMs;
  return weekOf(startMs) === week ? startMs : undefined;
}

function startOfWeek(atMs: number): number {
  const day = Math.floor(atMs / dayMs);
  // Day 0, the first of January 1970, was a Thursday.
  const sinceMonday = (((day + 3) % 7) + 7) % 7;
  return (day - sinceMonday) * dayMs;
}
