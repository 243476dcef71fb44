import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Passage } from "./passage.ts";
import {
  buildBlock,
  mergePostings,
  type Postings,
  readPostings,
  scorePassages,
} from "./postings.ts";

const terms = fc.array(fc.constantFrom("read", "file", "sheet", "lock", "文件"), { maxLength: 6 });
const passages = fc.array(
  fc.record({
    startLine: fc.constant(1),
    endLine: fc.constant(1),
    name: terms,
    doc: terms,
    parameters: terms,
    body: terms,
  }),
  { maxLength: 400 },
);

/** For each term the passages and their counts by field, read the slow way. */
function count(list: readonly Passage[], first: number): Map<string, [number, number][]> {
  const counts = new Map<string, [number, number][]>();
  for (const [at, passage] of list.entries()) {
    const packed = new Map<string, number>();
    for (const [field, name] of (["name", "doc", "parameters", "body"] as const).entries())
      for (const term of new Set(passage[name])) {
        const times = Math.min(3, passage[name].filter((each) => each === term).length);
        packed.set(term, (packed.get(term) ?? 0) | (times << (2 * field)));
      }
    for (const [term, value] of packed)
      counts.set(term, [...(counts.get(term) ?? []), [first + at, value]]);
  }
  return counts;
}

function read(postings: Postings): [number, number][] {
  const found: [number, number][] = [];
  readPostings(postings, (passage, packed) => found.push([passage, packed]));
  return found;
}

describe("postings", () => {
  it("what was built is read again", () => {
    fc.assert(
      fc.property(passages, fc.nat(1e6), (list, first) => {
        const block = buildBlock(first, list);
        const found = new Map(
          Array.from(block.postings, ([term, data]) => [term, read({ first, data })]),
        );
        expect(found).toEqual(count(list, first));
        expect(block.lengths.length).toBe(list.length);
      }),
    );
  });
  it("blocks that were put together say what they said alone", () => {
    fc.assert(
      fc.property(passages, passages, (one, other) => {
        const whole = buildBlock(7, [...one, ...other]);
        const parts = [buildBlock(7, one), buildBlock(7 + one.length, other)];
        for (const [term, data] of whole.postings) {
          const lists = parts.flatMap((part) => {
            const own = part.postings.get(term);
            return own === undefined ? [] : [{ first: part.first, data: own }];
          });
          expect(mergePostings(7, lists)).toEqual(data);
        }
      }),
    );
  });
});

describe("scorePassages", () => {
  const empty = { startLine: 1, endLine: 1, name: [], doc: [], parameters: [], body: [] };
  /** The numbers of the passages, best first; those in `hidden` are not to be seen. */
  function rank(
    list: readonly Partial<Passage>[],
    groups: Parameters<typeof scorePassages>[0],
    hidden: readonly number[] = [],
  ): number[] {
    const { postings, lengths } = buildBlock(
      0,
      list.map((each) => ({ ...empty, ...each })),
    );
    for (const passage of hidden) lengths[passage] = 0;
    const collection = {
      passages: list.length - hidden.length,
      averageLength: 2,
      lengths,
      postings: new Map(Array.from(postings, ([term, data]) => [term, [{ first: 0, data }]])),
    };
    return (scorePassages(groups, [collection], 10)[0] ?? []).map(({ passage }) => passage);
  }
  it("puts a name before a comment before a body", () => {
    expect(
      rank([{ body: ["sheet"] }, { doc: ["sheet"] }, { name: ["sheet"] }], [[["sheet", 1]]]),
    ).toEqual([2, 1, 0]);
  });
  it("puts what has all words before what has one often", () => {
    const list = [
      { body: ["read", "read", "read"] },
      { body: ["read", "sheet"] },
      { body: ["sheet"] },
      {},
    ];
    expect(rank(list, [[["read", 1]], [["sheet", 1]]])[0]).toBe(1);
  });
  it("puts the word itself before one that stands for it, and finds that too", () => {
    expect(
      rank(
        [{ name: ["folder"] }, { name: ["directori"] }, {}],
        [
          [
            ["directori", 1],
            ["folder", 0.35],
          ],
        ],
      ),
    ).toEqual([1, 0]);
    expect(
      rank(
        [{ name: ["folder"] }, {}],
        [
          [
            ["directori", 1],
            ["folder", 0.35],
          ],
        ],
      ),
    ).toEqual([0]);
  });
  it("neither finds nor counts what is not to be seen", () => {
    const common: Partial<Passage>[] = Array.from({ length: 20 }, () => ({ name: ["sheet"] }));
    const list = [{ name: ["sheet"] }, { name: ["read"] }, { body: ["read"] }, ...common];
    const question = [[["sheet", 1] as const], [["read", 1] as const]];
    // Among all, "sheet" says little; among the first three, it is the rarer word.
    expect(rank(list, question).slice(0, 1)).toEqual([1]);
    expect(
      rank(
        list,
        question,
        Array.from(common, (_, at) => at + 3),
      ),
    ).toEqual([0, 1, 2]);
  });
  it("finds nothing in nothing", () => {
    expect(rank([], [[["read", 1]]])).toEqual([]);
    expect(rank([{ name: ["read"] }], [])).toEqual([]);
  });
});
