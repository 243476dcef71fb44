import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawDue, drawRetry, isTooOld } from "./schedule.ts";
import { startOf, weekMs } from "./week.ts";

const chance = fc.nat({ max: 2 ** 20 - 1 }).map((drawn) => drawn / 2 ** 20);
const week = "2026-W47";
const endMs = (startOf(week) ?? 0) + weekMs;

describe("the hour of a report", () => {
  it("[A6] is any full hour of the week after, the first left out", () => {
    const hours = new Set<number>();
    fc.assert(
      fc.property(chance, (drawn) => {
        const hour = (drawDue(week, drawn).atMs - endMs) / 3_600_000;
        expect(Number.isInteger(hour) && hour >= 1 && hour <= 167).toBe(true);
        hours.add(hour);
      }),
    );
    expect(drawDue(week, 0).atMs).toBe(endMs + 3_600_000);
    expect(drawDue(week, 1 - 2 ** -53).atMs).toBe(endMs + 167 * 3_600_000);
    expect(hours.size).toBeGreaterThan(10);
  });

  it("is put off for longer each time, a day and a half at most", () => {
    const waits: number[] = [];
    let due = drawDue(week, 0);
    for (let attempt = 0; attempt < 8; attempt++) {
      const retry = drawRetry(due, due.atMs, 0);
      waits.push((retry.atMs - due.atMs) / 3_600_000);
      due = retry;
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 24, 24, 24]);
    expect(drawRetry(due, 0, 0.999).atMs).toBeLessThanOrEqual(36 * 3_600_000);
  });

  it("does not come any more after five weeks", () => {
    expect(isTooOld(week, endMs + 5 * weekMs)).toBe(false);
    expect(isTooOld(week, endMs + 5 * weekMs + 1)).toBe(true);
  });
});
