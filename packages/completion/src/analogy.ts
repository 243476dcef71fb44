/**
 * Places of the document that are *shaped* like the cursor's surroundings, with names exchanged.
 *
 * Example: above stands `this.width = width;` and the cursor is in `this.height = ▮`. With every name read as ⟨name⟩ both places
 * look the same; lining them up pairs width with height, so the `width` that followed there means `height` here. Names that
 * contain a paired name follow it: `getWidth` pairs with `getHeight`, therefore `setWidth` becomes `setHeight`.
 */
import { Mark, type Words } from "./vocabulary.ts";

const TABLE_BITS = 13;
/** Two places are compared when the last so many tokens have one shape. */
const SHAPE = 3;
/** A longer agreement tells no more. */
const MAX_LENGTH = 24;
/** The shape of every name. */
const NAME = -1;

/** Receives one place: tokens of agreeing shape, the token to expect here, and the position there of the token it came from. */
export type VisitAnalogy = (matchLength: number, expected: number, position: number) => void;

/** What the model needs to know of words. */
export interface Naming {
  /** True for tokens a person chose: identifiers, no keywords. */
  isName(token: number): boolean;
  /** The name that is to `next` as `here` is to `there`; undefined when there is none among known words. */
  rename(here: number, there: number, next: number): number | undefined;
}

/** Hash chains over the shapes of a token sequence with the cursor's line cut out at `holeAt`. */
export class AnalogyModel {
  readonly #tokens: Int32Array;
  readonly #shapes: Int32Array;
  readonly #naming: Naming;
  readonly #heads = new Int32Array(1 << TABLE_BITS).fill(-1);
  readonly #links: Int32Array;
  // The pairing found while walking back from one place: there[i] ↔ here[i].
  readonly #there = new Int32Array(MAX_LENGTH);
  readonly #here = new Int32Array(MAX_LENGTH);

  /** `names` says of each token whether it is a name, as `naming` would: the lexer has told already. */
  constructor(tokens: Int32Array, names: Uint8Array, holeAt: number, naming: Naming) {
    this.#tokens = tokens;
    this.#naming = naming;
    this.#links = new Int32Array(tokens.length).fill(-1);
    this.#shapes = tokens.map((token, i) => (names[i] === 1 ? NAME : token));
    // As in the document model: chains run upwards from the cursor, what lies below it comes last.
    for (let position = tokens.length - 1; position > holeAt + SHAPE; position--)
      this.#link(position);
    for (let position = SHAPE; position < holeAt; position++) this.#link(position);
  }

  /** Looks at up to `limit` places shaped like the end of `context`; visits those where at least one name is exchanged. */
  eachAnalogy(context: Int32Array, length: number, limit: number, visit: VisitAnalogy): void {
    if (length < SHAPE) return;
    const shapeAt = (back: number): number => this.#shapeOf(context[length - back] as number);
    let position = this.#heads[hashShape(shapeAt(3), shapeAt(2), shapeAt(1))] as number;
    for (let seen = 0; position >= 0 && seen < limit; seen++) {
      const { matched, pairs, exchanged } = this.#align(context, length, position);
      const next = this.#tokens[position] as number;
      if (matched >= SHAPE && exchanged > 0 && next !== Mark.hole) {
        visit(matched, this.#expect(next, pairs), position);
      }
      position = this.#links[position] as number;
    }
  }

  /** Walks back from both places while shapes agree and each name there stands for one name here. */
  #align(
    context: Int32Array,
    length: number,
    position: number,
  ): { matched: number; pairs: number; exchanged: number } {
    let pairs = 0;
    let exchanged = 0;
    let matched = 0;
    const most = Math.min(MAX_LENGTH, length, position);
    while (matched < most) {
      const at = position - 1 - matched;
      const there = this.#tokens[at] as number;
      const here = context[length - 1 - matched] as number;
      if (there === Mark.hole || this.#shapes[at] !== this.#shapeOf(here)) break;
      if (this.#shapes[at] === NAME) {
        let known = pairs - 1;
        while (known >= 0 && this.#there[known] !== there) known -= 1;
        if (known >= 0 && this.#here[known] !== here) break;
        if (known < 0) {
          this.#there[pairs] = there;
          this.#here[pairs] = here;
          pairs += 1;
          if (there !== here) exchanged += 1;
        }
      }
      matched += 1;
    }
    return { matched, pairs, exchanged };
  }

  /** What `next`, seen there, means here. */
  #expect(next: number, pairs: number): number {
    if (!this.#naming.isName(next)) return next;
    for (let i = 0; i < pairs; i++) {
      if (this.#there[i] === next) return this.#here[i] as number;
    }
    for (let i = 0; i < pairs; i++) {
      const here = this.#here[i] as number;
      const there = this.#there[i] as number;
      const renamed = here === there ? undefined : this.#naming.rename(here, there, next);
      if (renamed !== undefined) return renamed;
    }
    return next;
  }

  #shapeOf(token: number): number {
    return this.#naming.isName(token) ? NAME : token;
  }

  #link(position: number): void {
    const shapeAt = (back: number): number => this.#shapes[position - back] as number;
    const hash = hashShape(shapeAt(3), shapeAt(2), shapeAt(1));
    this.#links[position] = this.#heads[hash] as number;
    this.#heads[hash] = position;
  }
}

/**
 * The word that is to `next` as `here` is to `there`, among the words known: `width:height = setWidth:?` → setHeight. A beginning
 * that `here` and `there` share is set aside first, so `getWidth:getHeight = width:?` → height.
 */
export function renameWord(
  words: Words,
  here: string,
  there: string,
  next: string,
): number | undefined {
  let shared = 0;
  while (shared < there.length && here[shared] === there[shared]) shared += 1;
  for (const skip of shared > 0 ? [0, shared] : [0]) {
    const from = there.slice(skip);
    const to = here.slice(skip);
    // Shorter pieces turn up inside unrelated words.
    if (from.length < 3 || to.length < 2) continue;
    for (const spell of [upperFirst, lowerFirst]) {
      if (next.includes(spell(from))) return words.find(next.replace(spell(from), spell(to)));
    }
  }
  return undefined;
}

function upperFirst(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function lowerFirst(word: string): string {
  return word.charAt(0).toLowerCase() + word.slice(1);
}

function hashShape(a: number, b: number, c: number): number {
  const mixed = Math.imul(a, 0x85ebca6b) ^ Math.imul(b, 0xc2b2ae35) ^ Math.imul(c, 0x9e3779b1);
  return mixed >>> (32 - TABLE_BITS);
}
