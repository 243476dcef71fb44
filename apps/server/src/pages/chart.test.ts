import fc from "fast-check";
import { expect, test } from "vitest";
import { niceCeiling } from "./chart.tsx";

function check(value: number, expected: number): void {
  expect(niceCeiling(value)).toBe(expected);
}

test("an axis ends at a number people count in", () => {
  check(37, 50);
  check(1, 1);
  check(2.01, 5);
  check(99, 100);
  check(0, 1);
});

test("every value is below the end of the axis, and not far below", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), (value) => {
      const top = niceCeiling(value);
      expect(top).toBeGreaterThanOrEqual(value * 0.999_999);
      expect(top).toBeLessThanOrEqual(value * 2.501);
    }),
  );
});
