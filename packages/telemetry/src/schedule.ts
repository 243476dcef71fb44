import { startOf, type Week, weekMs } from "./week.ts";

const hourMs = 3_600_000;
/** A report that could not be delivered for so long is given up, in weeks after its own. */
export const maxAgeWeeks = 5;

/** When a report goes out, and how often it was tried. */
export interface Due {
  readonly atMs: number;
  readonly attempts: number;
}

/**
 * Draws the hour at which the report of a finished week goes out: any of the week after it but the first, so that the time of arrival
 * says nothing about the sender. The first is left to programs that still write down what happened before midnight.
 * `chance` is a number from 0 up to and without 1.
 */
export function drawDue(week: Week, chance: number): Due {
  const endMs = (startOf(week) ?? 0) + weekMs;
  const hours = weekMs / hourMs - 1;
  return { atMs: endMs + (1 + Math.floor(chance * hours)) * hourMs, attempts: 0 };
}

/** When to try again: an hour later, then two, four …, a day at most, each up to half as long again by `chance`. */
export function drawRetry({ attempts }: Due, nowMs: number, chance: number): Due {
  const waitMs = Math.min(hourMs * 2 ** attempts, 24 * hourMs);
  return { atMs: nowMs + Math.round(waitMs * (1 + chance / 2)), attempts: attempts + 1 };
}

/** Whether the report of a week is too old to be sent. */
export function isTooOld(week: Week, nowMs: number): boolean {
  return nowMs > (startOf(week) ?? 0) + (1 + maxAgeWeeks) * weekMs;
}
