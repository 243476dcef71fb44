import { TokenKind } from "../token.ts";
import type { Tokens } from "../token.ts";
import type { Span } from "./symbol.ts";

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** The tokens that matter for structure, without comments and line breaks, each with its bracket partner and its comment. */
export class Code {
  /** The text the tokens are of. */
  readonly text: string;
  /** How many tokens there are. */
  readonly count: number;
  readonly #kinds: Uint8Array;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #partners: Int32Array;
  readonly #afterBreak: Uint8Array;
  readonly #docStarts: Int32Array;
  readonly #docEnds: Int32Array;

  constructor(text: string, tokens: Tokens) {
    this.text = text;
    this.#kinds = new Uint8Array(tokens.count);
    this.#starts = new Int32Array(tokens.count);
    this.#ends = new Int32Array(tokens.count);
    this.#afterBreak = new Uint8Array(tokens.count);
    this.#docStarts = new Int32Array(tokens.count).fill(-1);
    this.#docEnds = new Int32Array(tokens.count);
    let count = 0;
    let breaks = 1;
    let docStart = -1;
    let docEnd = -1;
    for (let at = 0; at < tokens.count; at++) {
      const kind = tokens.kinds[at] ?? 0;
      if (kind === TokenKind.Newline) {
        breaks++;
        // A blank line parts a comment from what follows: a licence is no documentation of the first import.
        if (breaks > 1) docStart = -1;
      } else if (kind === TokenKind.Comment) {
        // A comment behind code on the same line belongs to that code.
        if (breaks > 0 && docStart < 0) docStart = tokens.starts[at] ?? 0;
        docEnd = tokens.ends[at] ?? 0;
        breaks = Math.min(breaks, 0);
        this.#afterBreak[count] = 1;
      } else {
        this.#kinds[count] = kind;
        this.#starts[count] = tokens.starts[at] ?? 0;
        this.#ends[count] = tokens.ends[at] ?? 0;
        if (breaks > 0) this.#afterBreak[count] = 1;
        this.#docStarts[count] = docStart;
        this.#docEnds[count] = docEnd;
        docStart = -1;
        breaks = 0;
        count++;
      }
    }
    this.count = count;
    this.#partners = this.#pair();
  }

  /** The text of token `at`; "" outside of the file. */
  word(at: number): string {
    return at < 0 || at >= this.count ? "" : this.text.slice(this.#starts[at], this.#ends[at]);
  }

  /** Whether token `at` is a name. */
  isName(at: number): boolean {
    return at >= 0 && at < this.count && this.#kinds[at] === TokenKind.Identifier;
  }

  /** Whether token `at` is of this kind. */
  is(at: number, kind: TokenKind): boolean {
    return at >= 0 && at < this.count && this.#kinds[at] === kind;
  }

  /** Whether token `at` is this sign, rather than a string that holds it. */
  isSign(at: number, sign: string): boolean {
    return (
      at >= 0 &&
      at < this.count &&
      this.#kinds[at] === TokenKind.Punctuator &&
      (this.#ends[at] ?? 0) - (this.#starts[at] ?? 0) === sign.length &&
      this.text.startsWith(sign, this.#starts[at])
    );
  }

  /** Whether token `at` is the first on its line. */
  isFirst(at: number): boolean {
    return this.#afterBreak[at] === 1;
  }

  /** The token that closes the bracket `at`; the last one when none does. */
  partner(at: number): number {
    return this.#partners[at] ?? at;
  }

  /** Where token `at` starts. */
  start(at: number): number {
    return this.#starts[Math.min(at, this.count - 1)] ?? 0;
  }

  /** Where token `at` ends. */
  end(at: number): number {
    return this.#ends[Math.min(at, this.count - 1)] ?? 0;
  }

  /** The comment directly above token `at`. */
  doc(at: number): Span | undefined {
    const start = this.#docStarts[at] ?? -1;
    return start < 0 ? undefined : { start, end: this.#docEnds[at] ?? start };
  }

  /** How far token `at` is from the beginning of its line. */
  column(at: number): number {
    return this.start(at) - (this.text.lastIndexOf("\n", this.start(at) - 1) + 1);
  }

  #pair(): Int32Array {
    const partners = new Int32Array(this.count).fill(this.count - 1);
    const open: number[] = [];
    for (let at = 0; at < this.count; at++) {
      if (this.#kinds[at] !== TokenKind.Punctuator) continue;
      const sign = this.word(at);
      if (sign in CLOSING) open.push(at);
      else if (sign === ")" || sign === "]" || sign === "}") {
        // Unfinished code: the nearest bracket of this kind is meant, and those inside it end here as well.
        const from = open.findLastIndex((each) => CLOSING[this.word(each)] === sign);
        if (from < 0) continue;
        for (const each of open.splice(from)) partners[each] = at;
      }
    }
    return partners;
  }
}
