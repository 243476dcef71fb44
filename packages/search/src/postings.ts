import { MAX_REPEATS, type Passage } from "./passage.ts";

/** The fields of a passage in the order of their bits. */
const FIELDS = ["name", "doc", "parameters", "body"] as const;
/** How much an occurrence counts, by field: what code is called says most, then what its author says about it. */
const WEIGHTS = [5, 3, 0.5, 0.7] as const;
/** BM25's saturation and its share of length. */
const K1 = 1.2;
const B = 0.75;
/** How much a passage gains by having all words of a question instead of some often. */
const COVERAGE = 0.25;

/** The weighted number of occurrences for each packed byte of counts. */
const FREQUENCY = Float32Array.from({ length: 256 }, (_, packed) =>
  WEIGHTS.reduce((sum, weight, field) => sum + weight * ((packed >> (2 * field)) & MAX_REPEATS), 0),
);

/** A stretch of passages that were indexed together. Their numbers follow each other from `first`. */
export interface Block {
  /** The number of its first passage. */
  readonly first: number;
  /** For each term where it occurs: pairs of how far the next passage is, as a variable-length number, and its counts by field. */
  readonly postings: ReadonlyMap<string, Uint8Array>;
  /** How many terms each passage has. */
  readonly lengths: Uint16Array;
}

/** Where a term occurs in one block. */
export interface Postings {
  /** The number of the block's first passage. */
  readonly first: number;
  /** As in {@link Block}. */
  readonly data: Uint8Array;
}

/**
 * Builds the inverted index of some passages.
 *
 * A posting is two bytes: "sheet" once in the name and twice in the body of passage 7, after passage 4, is 3, 0b10_00_00_01. That is a third of what
 * SQLite's full-text table needs for the same, and it leaves the counts by field to the ranking, which `bm25()` sums up before one sees them.
 */
export function buildBlock(first: number, passages: readonly Passage[]): Block {
  const lists = new Map<string, { last: number; bytes: number[] }>();
  const lengths = new Uint16Array(passages.length);
  for (const [at, passage] of passages.entries()) {
    const counts = new Map<string, number>();
    for (const [field, name] of FIELDS.entries()) {
      for (const term of passage[name]) {
        const packed = counts.get(term) ?? 0;
        const count = (packed >> (2 * field)) & MAX_REPEATS;
        counts.set(term, count === MAX_REPEATS ? packed : packed + (1 << (2 * field)));
      }
      lengths[at] = Math.min(65_535, (lengths[at] ?? 0) + passage[name].length);
    }
    for (const [term, packed] of counts) {
      let list = lists.get(term);
      if (list === undefined) lists.set(term, (list = { last: 0, bytes: [] }));
      pushNumber(list.bytes, at - list.last);
      list.bytes.push(packed);
      list.last = at;
    }
  }
  const postings = new Map(
    Array.from(lists, ([term, { bytes }]) => [term, Uint8Array.from(bytes)] as const),
  );
  return { first, postings, lengths };
}

/** Reads what {@link buildBlock} wrote: calls `visit` with each passage's number and its packed counts, in ascending order. */
export function readPostings(
  { first, data }: Postings,
  visit: (passage: number, packed: number) => void,
): void {
  let passage = first;
  for (let at = 0; at < data.length; at++) {
    let step = 0;
    let shift = 0;
    let byte = data[at] ?? 0;
    while (byte >= 0x80) {
      step |= (byte & 0x7f) << shift;
      shift += 7;
      at++;
      byte = data[at] ?? 0;
    }
    passage += step | (byte << shift);
    at++;
    visit(passage, data[at] ?? 0);
  }
}

/** Puts postings of blocks that follow each other into one list that starts at `first`. */
export function mergePostings(first: number, parts: readonly Postings[]): Uint8Array {
  const bytes: number[] = [];
  let last = first;
  for (const part of parts) {
    readPostings(part, (passage, packed) => {
      pushNumber(bytes, passage - last);
      bytes.push(packed);
      last = passage;
    });
  }
  return Uint8Array.from(bytes);
}

/** One thing that a question asks for, and the terms that say it, each with what it is worth. The first one is the question's own. */
export type TermGroup = readonly (readonly [term: string, weight: number])[];

/** The passages that a question is put to. */
export interface Extent {
  /** How many there are. */
  readonly passages: number;
  /** The mean number of terms in one. */
  readonly averageLength: number;
  /** The number of terms of each by its number; 0: it is gone, or not to be seen. */
  readonly lengths: Uint16Array;
}

/** What the ranking knows about one index. */
export interface Collection extends Extent {
  /** The postings of each term of the question, of passages that are not to be seen as well. */
  readonly postings: ReadonlyMap<string, readonly Postings[]>;
}

/** A passage and how well it answers. */
export interface Scored {
  /** Its number in the collection. */
  readonly passage: number;
  /** Above 0, comparable between the collections of one call. */
  readonly score: number;
}

/**
 * The passages that answer best, by BM25 over weighted fields (Robertson, Zaragoza and Taylor 2004), at most `limit` for each collection.
 *
 * The terms of a group stand for each other: with "directory" also "folder" and "dir" are looked for at a part of the weight, as one word with one
 * rarity. Summing them up as words of their own would reward the passage that says the same thing in three ways.
 *
 * What is not to be seen is not counted either: the code of another project must not change the order in this one.
 */
export function scorePassages(
  groups: readonly TermGroup[],
  collections: readonly Collection[],
  limit: number,
): Scored[][] {
  const total = collections.reduce((sum, { passages }) => sum + passages, 0);
  const read = collections.map((collection) => groups.map((group) => readGroup(group, collection)));
  const rarity = groups.map((group, at) => {
    const counts = group.map((_, term) =>
      read.reduce((sum, parts) => sum + (parts[at]?.counts[term] ?? 0), 0),
    );
    // That of its own word; one that occurs nowhere lends it from the best of those that stand for it.
    const count = counts.find((each) => each > 0) ?? 0;
    return Math.log(1 + (total - count + 0.5) / (count + 0.5)) * (group[0]?.[1] ?? 1);
  });
  const all = rarity.reduce((sum, each) => sum + each, 0);
  return collections.map(({ lengths, averageLength }, which) => {
    const scores = zeros("scores", lengths.length);
    const coverage = zeros("coverage", lengths.length);
    const found: number[] = [];
    for (const [at, { passages, frequencies }] of (read[which] ?? []).entries()) {
      const weight = rarity[at] ?? 0;
      for (let each = 0; each < passages.length; each++) {
        const passage = passages[each] ?? 0;
        const frequency = frequencies[each] ?? 0;
        if (scores[passage] === 0) found.push(passage);
        const norm = K1 * (1 - B + (B * (lengths[passage] ?? 0)) / averageLength);
        scores[passage] =
          (scores[passage] ?? 0) + (weight * frequency * (K1 + 1)) / (frequency + norm);
        coverage[passage] = (coverage[passage] ?? 0) + weight * Math.min(1, frequency * 2);
      }
    }
    const final = new Float32Array(found.length);
    for (let at = 0; at < found.length; at++) {
      const passage = found[at] ?? 0;
      final[at] = (scores[passage] ?? 0) * ((coverage[passage] ?? 0) / all) ** COVERAGE;
      scores[passage] = 0;
      coverage[passage] = 0;
    }
    return best(found, final, limit);
  });
}

/** Where a group occurs among what is to be seen, how much, and in how many passages each of its terms does. */
function readGroup(
  group: TermGroup,
  { lengths, postings }: Collection,
): {
  readonly passages: readonly number[];
  readonly frequencies: Float32Array;
  readonly counts: readonly number[];
} {
  const sums = zeros("frequencies", lengths.length);
  const passages: number[] = [];
  const counts = group.map(([term, share]) => {
    let count = 0;
    for (const list of postings.get(term) ?? []) {
      readPostings(list, (passage, packed) => {
        if ((lengths[passage] ?? 0) === 0) return;
        count++;
        const sum = sums[passage] ?? 0;
        if (sum === 0) passages.push(passage);
        sums[passage] = sum + share * (FREQUENCY[packed] ?? 0);
      });
    }
    return count;
  });
  const frequencies = new Float32Array(passages.length);
  for (let at = 0; at < passages.length; at++) {
    frequencies[at] = sums[passages[at] ?? 0] ?? 0;
    sums[passages[at] ?? 0] = 0;
  }
  return { passages, frequencies, counts };
}

/** Arrays with a number for each passage; making them anew costs as much as the counting. Invariant: whoever used one leaves it full of zeros. */
const scratch = {
  scores: new Float32Array(),
  coverage: new Float32Array(),
  frequencies: new Float32Array(),
};

function zeros(name: keyof typeof scratch, length: number): Float32Array {
  if (scratch[name].length < length) scratch[name] = new Float32Array(length);
  return scratch[name];
}

const STEPS = 1_024;

// These loops run over tens of thousands of numbers with every question; `from`, `entries` and `reduce` take several times as long.

/** The best of many, in two passes over the scores: one counts how many reach each step of the scale, the other takes those above the step that is enough. */
function best(passages: readonly number[], scores: Float32Array, limit: number): Scored[] {
  let highest = 0;
  for (let at = 0; at < scores.length; at++) highest = Math.max(highest, scores[at] ?? 0);
  if (highest === 0) return [];
  const steps = new Uint16Array(scores.length);
  const counts = new Uint32Array(STEPS + 1);
  for (let at = 0; at < scores.length; at++) {
    const step = Math.floor(((scores[at] ?? 0) / highest) * STEPS);
    steps[at] = step;
    counts[step] = (counts[step] ?? 0) + 1;
  }
  let least = STEPS;
  for (let taken = counts[STEPS] ?? 0; least > 0 && taken < limit; taken += counts[least] ?? 0)
    least--;
  const enough: Scored[] = [];
  for (let at = 0; at < steps.length; at++)
    if ((steps[at] ?? 0) >= least)
      enough.push({ passage: passages[at] ?? 0, score: scores[at] ?? 0 });
  return enough.sort((a, b) => b.score - a.score || a.passage - b.passage).slice(0, limit);
}

function pushNumber(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
}
