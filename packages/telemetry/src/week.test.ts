import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { startOf, weekMs, weekOf } from "./week.ts";

describe("a week", () => {
  it("is the ISO week of the moment in UTC", () => {
    const check = (moment: string, week: string): void =>
      expect([moment, weekOf(Date.parse(moment))]).toEqual([moment, week]);
    check("1970-01-01T00:00:00Z", "1970-W01");
    check("2026-11-22T23:59:59.999Z", "2026-W47");
    check("2026-11-23T00:00:00Z", "2026-W48");
    check("2027-01-01T12:00:00Z", "2026-W53");
    check("2024-12-30T00:00:00Z", "2025-W01");
    check("2021-01-03T23:59:59Z", "2020-W53");
  });

  it("begins on the Monday that is found again from its name", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(2200, 0) }), (atMs) => {
        const startMs = startOf(weekOf(atMs)) ?? Number.NaN;
        expect(new Date(startMs).getUTCDay()).toBe(1);
        expect(atMs - startMs).toBeGreaterThanOrEqual(0);
        expect(atMs - startMs).toBeLessThan(weekMs);
      }),
    );
  });

  it("is none when its name is not one", () => {
    for (const name of [
      "",
      "2026-47",
      "2026-W00",
      "2026-W54",
      "2025-W53",
      "2026-W4",
      "2026-W047",
      " 2026-W47",
    ])
      expect([name, startOf(name)]).toEqual([name, undefined]);
  });
});
