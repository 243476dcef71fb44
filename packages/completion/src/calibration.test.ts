import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calibrate } from "./calibration.ts";

const cut = fc.constantFrom("mid" as const, "start" as const, "partial" as const);
const probability = fc.double({ min: 0, max: 1, noNaN: true });

describe("calibrating", () => {
  it("gives a probability, and never turns an order round", () => {
    fc.assert(
      fc.property(cut, probability, probability, (kind, a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)].map((value) =>
          calibrate(kind, value),
        ) as [number, number];
        expect(low).toBeGreaterThan(0);
        expect(high).toBeLessThan(1);
        expect(low).toBeLessThanOrEqual(high);
      }),
    );
  });

  it("takes back what the search claims too much", () => {
    expect(calibrate("mid", 0.9)).toBeLessThan(0.9);
    expect(calibrate("start", 0.9)).toBeLessThan(calibrate("mid", 0.9));
  });
});
