import { describe, expect, it } from "vitest";
import { Allowance } from "./limits.ts";

describe("an allowance", () => {
  it("refuses requests beyond a minute's worth and says how long to wait", () => {
    const allowance = new Allowance();
    allowance.configure({ requestsPerMinute: 60 }, 1, 0);
    for (let count = 0; count < 60; count += 1) expect(allowance.begin(0)).toBe(0);
    expect(allowance.begin(0)).toBe(1000);
    expect(allowance.begin(999)).toBe(1);
    expect(allowance.begin(1000)).toBe(0);
  });
  it("counts tokens when the answer has ended, so the next request pays for an overshoot", () => {
    const allowance = new Allowance();
    allowance.configure({ tokensPerMinute: 600 }, 1, 0);
    expect(allowance.begin(0)).toBe(0);
    allowance.end(1200, 0);
    expect(allowance.begin(0)).toBe(60_100);
    expect(allowance.begin(60_100)).toBe(0);
  });
  it("takes whole tokens only and gives none back, whatever a provider calls a count", () => {
    const allowance = new Allowance();
    allowance.configure({ tokensPerMinute: 600 }, 1, 0);
    for (const counted of [-1e9, 12.4, 1e300]) {
      allowance.begin(0);
      allowance.end(counted, 0);
    }
    expect(allowance.unshared.tokens).toBe(1_000_000_012);
  });
  it("bounds requests in progress", () => {
    const allowance = new Allowance();
    allowance.configure({ concurrent: 1 }, 1, 0);
    expect(allowance.begin(0)).toBe(0);
    expect(allowance.begin(0)).toBe(1000);
    allowance.end(0, 0);
    expect(allowance.begin(0)).toBe(0);
  });
  it("survives a reload without forgetting what was used", () => {
    const allowance = new Allowance();
    allowance.configure({ requestsPerMinute: 2 }, 1, 0);
    expect([allowance.begin(0), allowance.begin(0)]).toEqual([0, 0]);
    expect(allowance.begin(0)).toBeGreaterThan(0);
    allowance.configure({ requestsPerMinute: 3 }, 1, 0);
    expect(allowance.begin(0)).toBe(0);
    expect(allowance.begin(0)).toBeGreaterThan(0);
    allowance.configure({}, 1, 0);
    expect(allowance.begin(0)).toBe(0);
  });
  it("divides requests in progress among processes, rounded up", () => {
    const allowance = new Allowance();
    allowance.configure({ concurrent: 3 }, 2, 0);
    expect([allowance.begin(0), allowance.begin(0), allowance.begin(0)]).toEqual([0, 0, 1000]);
  });
});
