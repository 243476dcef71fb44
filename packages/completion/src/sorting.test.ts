import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CONTEXT, sortByContext } from "./sorting.ts";

/** The same order by comparing contexts token by token. */
function sortNaively(tokens: readonly number[]): number[] {
  const compare = (a: number, b: number): number => {
    for (let back = 1; back <= CONTEXT; back++) {
      const left = tokens[a - back] ?? -1;
      const right = tokens[b - back] ?? -1;
      if (left !== right) return left - right;
    }
    return 0;
  };
  return tokens.map((_, position) => position).sort(compare);
}

describe("sorting by context", () => {
  it("puts places with the same last tokens side by side", () => {
    const [a, b, c, d] = [0, 1, 2, 3];
    const { order, heads } = sortByContext(Int32Array.from([a, b, c, a, b, d]), 4);
    // Contexts: 0 ‹nothing›, 1 "a", 4 "…c a", 2 "a b", 5 "…c a b", 3 "a b c".
    expect([...order]).toEqual([0, 1, 4, 2, 5, 3]);
    expect([...heads]).toEqual([1, 3, 5, 6, 6]);
  });

  it("agrees with comparing every context token by token", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 200 }), (tokens) => {
        const { order } = sortByContext(Int32Array.from(tokens), 4);
        const compared = sortNaively(tokens);
        const contextOf = (position: number): string =>
          tokens.slice(Math.max(0, position - CONTEXT), position).join();
        expect([...order].map(contextOf)).toEqual(compared.map(contextOf));
        expect([...order].toSorted((x, y) => x - y)).toEqual(tokens.map((_, i) => i));
      }),
    );
  });
});
