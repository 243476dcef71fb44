/** One segment attached to a project: translates token numbers and finds the places whose context is most like a given one. */
import { CONTEXT } from "./sorting.ts";
import { hasBit, type Segment } from "./segment.ts";
import { FIRST_WORD, type Vocabulary } from "./vocabulary.ts";

/** A token this segment has never seen; it equals nothing. */
const UNKNOWN = -2;
/** Left of the first token. */
const NOTHING = -1;

/** See the head of this file. */
export class AttachedSegment {
  readonly segment: Segment;
  /** Project number of each local word. */
  readonly globals: Int32Array;
  readonly #locals: Map<number, number> | Int32Array;
  /** One bit per token that belongs to a file which was replaced or deleted; undefined while all are alive. */
  #dead: Uint8Array | undefined;
  readonly #context = new Int32Array(CONTEXT);

  constructor(segment: Segment, vocabulary: Vocabulary) {
    this.segment = segment;
    this.globals = new Int32Array(segment.words.length);
    for (let local = 0; local < segment.words.length; local++) {
      this.globals[local] =
        local < FIRST_WORD ? local : vocabulary.idOf(segment.words[local] as string);
    }
    this.#locals = localsOf(this.globals, vocabulary.size);
  }

  /** Hides the tokens `start … start + length`: their file was replaced or deleted. */
  hide(start: number, length: number): void {
    this.#dead ??= new Uint8Array((this.segment.tokens.length + 7) >> 3);
    for (let i = start; i < start + length; i++) this.#dead[i >> 3]! |= 1 << (i & 7);
  }

  /** The local number of a project number. */
  localOf(global: number): number {
    if (this.#locals instanceof Int32Array) return this.#locals[global] ?? UNKNOWN;
    return this.#locals.get(global) ?? UNKNOWN;
  }

  /** The project number of the token at `position`. */
  globalAt(position: number): number {
    return this.globals[this.segment.tokens[position] as number] as number;
  }

  isSpacedAt(position: number): boolean {
    return hasBit(this.segment.spaces, position);
  }

  /**
   * Visits places whose context agrees with the end of `context` in at least `minLength` tokens, longest agreement first, at
   * most `limit` of them. Returns the range of the order whose contexts share the last token, for sampling.
   */
  eachNeighbour(
    context: Int32Array,
    length: number,
    minLength: number,
    limit: number,
    visit: (matchLength: number, position: number) => void,
  ): void {
    const depth = Math.min(length, CONTEXT);
    for (let i = 0; i < depth; i++)
      this.#context[i] = this.localOf(context[length - 1 - i] as number);
    const last = this.#context[0] as number;
    if (depth === 0 || last < 0) return;
    const { order, heads } = this.segment;
    const from = heads[last] as number;
    const to = heads[last + 1] as number;
    if (from >= to) return;

    const place = this.#search(from, to, depth);
    let left = place - 1;
    let right = place;
    let leftLength = left >= from ? this.#agreement(order[left] as number, depth) : 0;
    let rightLength = right < to ? this.#agreement(order[right] as number, depth) : 0;
    for (let seen = 0; seen < limit;) {
      const isLeft = leftLength >= rightLength;
      const matchLength = isLeft ? leftLength : rightLength;
      if (matchLength < minLength) return;
      const position = order[isLeft ? left : right] as number;
      if (this.#isAlive(position)) {
        visit(matchLength, position);
        seen += 1;
      }
      if (isLeft) {
        left -= 1;
        leftLength = left >= from ? this.#agreement(order[left] as number, depth) : 0;
      } else {
        right += 1;
        rightLength = right < to ? this.#agreement(order[right] as number, depth) : 0;
      }
    }
  }

  /**
   * Visits an even sample, at most `limit`, of all places whose context agrees in exactly the last `matchLength` (1 or 2) tokens or more.
   * Returns how many places there are. The neighbours' own order would be a biased sample: it clusters by what stands further left.
   */
  sample(
    context: Int32Array,
    length: number,
    matchLength: 1 | 2,
    limit: number,
    visit: (position: number) => void,
  ): number {
    if (length < matchLength) return 0;
    const last = this.localOf(context[length - 1] as number);
    if (last < 0) return 0;
    const { order, heads } = this.segment;
    let from = heads[last] as number;
    let to = heads[last + 1] as number;
    if (matchLength === 2) {
      const before = this.localOf(context[length - 2] as number);
      if (before < 0) return 0;
      from = this.#boundary(from, to, before);
      to = this.#boundary(from, to, before + 1);
    }
    const count = to - from;
    if (count <= 0) return 0;
    const step = Math.max(1, count / limit);
    for (let at = from; at < to; at += step) {
      const position = order[Math.floor(at)] as number;
      if (this.#isAlive(position)) visit(position);
    }
    return count;
  }

  /** Visits the words that begin with `prefix`, each with its share among all of them, counted over the segment. */
  eachWordWith(prefix: string, visit: (token: number, share: number) => void): void {
    const { words, heads } = this.segment;
    let low = FIRST_WORD;
    let high = words.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((words[middle] as string) < prefix) low = middle + 1;
      else high = middle;
    }
    let end = low;
    while (end < words.length && (words[end] as string).startsWith(prefix)) end += 1;
    const total = (heads[end] as number) - (heads[low] as number);
    if (total === 0) return;
    for (let local = low; local < end; local++) {
      visit(
        this.globals[local] as number,
        ((heads[local + 1] as number) - (heads[local] as number)) / total,
      );
    }
  }

  #isAlive(position: number): boolean {
    return this.#dead === undefined || !hasBit(this.#dead, position);
  }

  /** First place in `from … to` whose context is not smaller than the wanted one. */
  #search(from: number, to: number, depth: number): number {
    const { order } = this.segment;
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#isBefore(order[middle] as number, depth)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** First place in `from … to` whose second token from the right is at least `token`. */
  #boundary(from: number, to: number, token: number): number {
    const { order, tokens } = this.segment;
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const position = (order[middle] as number) - 2;
      if ((position >= 0 ? (tokens[position] as number) : NOTHING) < token) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #isBefore(position: number, depth: number): boolean {
    const { tokens } = this.segment;
    for (let i = 1; i < depth; i++) {
      const at = position - 1 - i;
      const token = at >= 0 ? (tokens[at] as number) : NOTHING;
      const wanted = this.#context[i] as number;
      if (token !== wanted) return token < wanted;
    }
    return false;
  }

  #agreement(position: number, depth: number): number {
    const { tokens } = this.segment;
    let matched = 0;
    while (
      matched < depth &&
      position - 1 - matched >= 0 &&
      tokens[position - 1 - matched] === this.#context[matched]
    )
      matched += 1;
    return matched;
  }
}

/** Local numbers by project number: an array where the segment uses a good part of the vocabulary, else a map. */
function localsOf(globals: Int32Array, vocabularySize: number): Map<number, number> | Int32Array {
  if (globals.length * 8 < vocabularySize) {
    const locals = new Map<number, number>();
    for (let local = 0; local < globals.length; local++)
      locals.set(globals[local] as number, local);
    return locals;
  }
  const locals = new Int32Array(vocabularySize).fill(UNKNOWN);
  for (let local = 0; local < globals.length; local++) locals[globals[local] as number] = local;
  return locals;
}
