import { counters } from "@cloud-code/policy";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addCounts,
  counterKeys,
  noCounts,
  parseCounts,
  toCounts,
  type UsageEvent,
} from "./counts.ts";

describe("[A5] what is counted", () => {
  it("is what the README defines, and nothing else", () => {
    const check = (event: UsageEvent, counts: object): void =>
      expect(toCounts(event)).toEqual(counts);
    check({ kind: "trigger" }, { triggers: 1 });
    check({ kind: "response", milliseconds: 12.4 }, { responses: 1, responseMsSum: 12 });
    check(
      { kind: "accept", rank: 3, characters: 17 },
      { accepts: 1, acceptRankSum: 3, acceptCharSum: 17 },
    );
    check({ kind: "search-prompt" }, { searchPrompts: 1 });
    check({ kind: "search" }, { searches: 1 });
    check({ kind: "search-accept", rank: 12 }, { searchAccepts: 1, searchAcceptRankSum: 12 });
    check({ kind: "snippet-click" }, { snippetClicks: 1 });
    check({ kind: "page-turn" }, { pageTurns: 1 });
    check({ kind: "response", milliseconds: Number.NaN }, { responses: 1, responseMsSum: 0 });
    check({ kind: "response", milliseconds: -3 }, { responses: 1, responseMsSum: 0 });
  });

  it("has twelve counters, those of the inventory", () => {
    expect(counterKeys).toEqual(Object.keys(counters));
    expect(counterKeys.length).toBe(12);
  });

  it("never exceeds what a week can hold, and survives being written and read", () => {
    const counts = fc.record(
      Object.fromEntries(
        counterKeys.map((key) => [key, fc.integer({ min: 0, max: counters[key].maxPerWeek })]),
      ),
    );
    fc.assert(
      fc.property(counts, counts, (one, other) => {
        const sum = addCounts({ ...noCounts, ...one }, other);
        expect(parseCounts(JSON.parse(JSON.stringify(sum)))).toEqual(sum);
      }),
    );
  });

  it("is not read from anything else", () => {
    const check = (value: unknown): void => expect(parseCounts(value)).toBeUndefined();
    check(null);
    check([]);
    check({});
    check({ ...noCounts, triggers: -1 });
    check({ ...noCounts, triggers: 1.5 });
    check({ ...noCounts, triggers: "1" });
    check({ ...noCounts, user: 1 });
    check({ ...noCounts, triggers: counters.triggers.maxPerWeek + 1 });
  });
});
