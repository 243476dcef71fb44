/**
 * The document under the cursor as a model of its own: what stands before the cursor and after the cursor's line, with hash
 * chains from each pair of tokens to its earlier places. No sorting, so it is built anew for every request.
 */
import { CONTEXT } from "./sorting.ts";
import { Mark } from "./vocabulary.ts";

const TABLE_BITS = 15;
const TABLE_SIZE = 1 << TABLE_BITS;

/** Receives one earlier place: how many tokens of context agree, and the position of the token that followed there. */
export type VisitPlace = (matchLength: number, position: number) => void;

/** Token sequence of a document with the cursor's line cut out, and its chains. Invariant: `tokens[holeAt]` is the hole mark. */
export class DocumentModel {
  readonly tokens: Int32Array;
  readonly spaced: Uint8Array;
  readonly holeAt: number;
  readonly #pairHeads = new Int32Array(TABLE_SIZE).fill(-1);
  readonly #pairLinks: Int32Array;
  readonly #singleHeads = new Int32Array(TABLE_SIZE).fill(-1);
  readonly #singleLinks: Int32Array;

  constructor(tokens: Int32Array, spaced: Uint8Array, holeAt: number) {
    this.tokens = tokens;
    this.spaced = spaced;
    this.holeAt = holeAt;
    const n = tokens.length;
    this.#pairLinks = new Int32Array(n).fill(-1);
    this.#singleLinks = new Int32Array(n).fill(-1);
    // Chains run from the place nearest above the cursor upwards, so what comes after the cursor is entered first, farthest first.
    for (let position = n - 1; position > holeAt + 1; position--) this.#link(position);
    for (let position = 1; position < holeAt; position++) this.#link(position);
  }

  /** Calls `visit` for up to `limit` places whose context ends like `context` (read from its end), nearest above the cursor first. */
  eachPlace(context: Int32Array, length: number, limit: number, visit: VisitPlace): void {
    if (length === 0) return;
    const last = context[length - 1] as number;
    let seen = 0;
    if (length > 1) {
      const before = context[length - 2] as number;
      let position = this.#pairHeads[hashPair(before, last)] as number;
      while (position >= 0 && seen < limit) {
        if (this.tokens[position - 1] === last && this.tokens[position - 2] === before) {
          visit(this.#matchLength(context, length, position), position);
          seen += 1;
        }
        position = this.#pairLinks[position] as number;
      }
    }
    let position = this.#singleHeads[hashSingle(last)] as number;
    let steps = 0;
    while (position >= 0 && seen < limit && steps < limit * 2) {
      if (
        this.tokens[position - 1] === last &&
        (length < 2 || this.tokens[position - 2] !== context[length - 2])
      ) {
        visit(1, position);
        seen += 1;
      }
      steps += 1;
      position = this.#singleLinks[position] as number;
    }
  }

  #link(position: number): void {
    const last = this.tokens[position - 1] as number;
    if (last === Mark.hole) return;
    const single = hashSingle(last);
    this.#singleLinks[position] = this.#singleHeads[single] as number;
    this.#singleHeads[single] = position;
    if (position < 2) return;
    const pair = hashPair(this.tokens[position - 2] as number, last);
    this.#pairLinks[position] = this.#pairHeads[pair] as number;
    this.#pairHeads[pair] = position;
  }

  #matchLength(context: Int32Array, length: number, position: number): number {
    const most = Math.min(CONTEXT, length, position);
    let matched = 2;
    while (
      matched < most &&
      this.tokens[position - 1 - matched] === context[length - 1 - matched] &&
      this.tokens[position - 1 - matched] !== Mark.hole
    ) {
      matched += 1;
    }
    return matched;
  }
}

function hashSingle(token: number): number {
  return (Math.imul(token, 0x9e3779b1) >>> (32 - TABLE_BITS)) | 0;
}

function hashPair(before: number, last: number): number {
  return ((Math.imul(before, 0x85ebca6b) ^ Math.imul(last, 0x9e3779b1)) >>> (32 - TABLE_BITS)) | 0;
}
