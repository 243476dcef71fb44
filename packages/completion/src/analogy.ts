/**
 * Places of the document that are *shaped* like the cursor's surroundings, names exchanged.
 *
 * Example: above stands `this.width = width;`, the cursor is in `this.height = ▮`. Read with every name as ⟨name⟩, both places
 * look the same, and lining them up gives width → height; so the word that followed there, `width`, means `height` here.
 */
import { CONTEXT } from "./sorting.ts";
import { Mark } from "./vocabulary.ts";

const TABLE_BITS = 13;
const SHAPE = 3;
/** Contexts longer than this tell no more about the shape. */
const MAX_LENGTH = 24;

/** Receives one place: tokens of agreeing shape, how many of them were names that changed, and the token to expect here. */
export type VisitAnalogy = (
  matchLength: number,
  exchanged: number,
  token: number,
  position: number,
) => void;

export class AnalogyModel {
  readonly #tokens: Int32Array;
  readonly #isName: (token: number) => boolean;
  readonly #heads = new Int32Array(1 << TABLE_BITS).fill(-1);
  readonly #links: Int32Array;
  readonly #shapes: Int32Array;
  readonly #rename: (here: number, there: number, next: number) => number | undefined;
  // The pairing of names found while walking back: there[i] ↔ here[i].
  readonly #there = new Int32Array(MAX_LENGTH);
  readonly #here = new Int32Array(MAX_LENGTH);

  constructor(
    tokens: Int32Array,
    holeAt: number,
    isName: (token: number) => boolean,
    rename: (here: number, there: number, next: number) => number | undefined,
  ) {
    this.#tokens = tokens;
    this.#isName = isName;
    this.#rename = rename;
    this.#links = new Int32Array(tokens.length).fill(-1);
    this.#shapes = new Int32Array(tokens.length);
    for (let i = 0; i < tokens.length; i++) this.#shapes[i] = this.#shapeOf(tokens[i] as number);
    for (let position = tokens.length - 1; position > holeAt + SHAPE; position--)
      this.#link(position);
    for (let position = SHAPE; position < holeAt; position++) this.#link(position);
  }

  eachAnalogy(context: Int32Array, length: number, limit: number, visit: VisitAnalogy): void {
    if (length < SHAPE) return;
    let position = this.#heads[
      hashShape(
        this.#shapeOf(context[length - 3] as number),
        this.#shapeOf(context[length - 2] as number),
        this.#shapeOf(context[length - 1] as number),
      )
    ] as number;
    for (let seen = 0; position >= 0 && seen < limit; position = this.#links[position] as number) {
      seen += 1;
      let pairs = 0;
      let exchanged = 0;
      let matched = 0;
      walk: while (matched < MAX_LENGTH && matched < length && position - 1 - matched >= 0) {
        const there = this.#tokens[position - 1 - matched] as number;
        const here = context[length - 1 - matched] as number;
        if (there === Mark.hole || there === Mark.file) break;
        if (this.#shapes[position - 1 - matched] !== this.#shapeOf(here)) break;
        if (this.#isName(there)) {
          let isKnown = false;
          for (let i = 0; i < pairs; i++) {
            if (this.#there[i] === there) {
              if (this.#here[i] !== here) break walk;
              isKnown = true;
              break;
            }
          }
          if (!isKnown) {
            this.#there[pairs] = there;
            this.#here[pairs] = here;
            pairs += 1;
            if (there !== here) exchanged += 1;
          }
        }
        matched += 1;
      }
      if (matched < SHAPE || exchanged === 0) continue;
      const next = this.#tokens[position] as number;
      if (next === Mark.hole || next === Mark.file) continue;
      let expected = next;
      if (this.#isName(next)) {
        let found = -1;
        for (let i = 0; i < pairs; i++) if (this.#there[i] === next) found = i;
        if (found >= 0) expected = this.#here[found] as number;
        else {
          for (let i = 0; i < pairs && found < 0; i++) {
            if (this.#there[i] === this.#here[i]) continue;
            const renamed = this.#rename(this.#here[i] as number, this.#there[i] as number, next);
            if (renamed !== undefined) {
              expected = renamed;
              found = i;
            }
          }
        }
      }
      visit(matched, exchanged, expected, position);
    }
  }

  #shapeOf(token: number): number {
    return this.#isName(token) ? -1 : token;
  }

  #link(position: number): void {
    const hash = hashShape(
      this.#shapes[position - 3] as number,
      this.#shapes[position - 2] as number,
      this.#shapes[position - 1] as number,
    );
    this.#links[position] = this.#heads[hash] as number;
    this.#heads[hash] = position;
  }
}

function hashShape(a: number, b: number, c: number): number {
  return (
    ((Math.imul(a, 0x85ebca6b) ^ Math.imul(b, 0xc2b2ae35) ^ Math.imul(c, 0x9e3779b1)) >>>
      (32 - TABLE_BITS)) |
    0
  );
}
void CONTEXT;
