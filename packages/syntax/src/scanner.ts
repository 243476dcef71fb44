import { TokenKind } from "./token.ts";
import type { Tokens } from "./token.ts";
import { Trie } from "./trie.ts";
import {
  breakEnd,
  characterEnd,
  isBreak,
  isDigit,
  isLetterAt,
  numberEnd,
  partEnd,
} from "./scan.ts";
import type { NumberStyle } from "./scan.ts";

/** What the words and signs of a language are, apart from the constructs its lexer handles itself. */
export interface Lexicon {
  /** Reserved words, each with a number above 0 that tells its lexer what the word does. */
  readonly keywords: Trie;
  /** Operators and brackets. */
  readonly operators: Trie;
  /** True where a backslash before a line break joins the lines. */
  readonly continuation: boolean;
  /** How numbers are written. */
  readonly numbers: NumberStyle;
  /** The {@link Shape} of each ASCII code. */
  readonly shapes: Uint8Array;
}

/** What an ASCII character can begin. */
const Shape = { Other: 0, Blank: 1, Break: 2, Word: 3, Digit: 4, Operator: 5 } as const;

/**
 * Describes a language from lists of words separated by blanks.
 *
 * `keywords` maps a number (see {@link Lexicon.keywords}) to the words that have it; `letters` are further
 * characters that names may hold, such as `$`; with `caseless`, `If` and `IF` are the keyword `if`.
 */
export function createLexicon(options: {
  readonly keywords: Readonly<Record<number, string>>;
  readonly operators: string;
  readonly numbers: NumberStyle;
  readonly letters?: string;
  readonly continuation?: boolean;
  readonly caseless?: boolean;
}): Lexicon {
  const keywords: [string, number][] = [];
  for (const [value, words] of Object.entries(options.keywords)) {
    for (const word of words.trim().split(/\s+/)) keywords.push([word, Number(value)]);
  }
  const operators = options.operators.trim().split(/\s+/);
  const shapes = new Uint8Array(128);
  for (const operator of operators) shapes[operator.charCodeAt(0)] = Shape.Operator;
  for (const blank of " \t\f") shapes[blank.charCodeAt(0)] = Shape.Blank;
  for (const lineBreak of "\r\n") shapes[lineBreak.charCodeAt(0)] = Shape.Break;
  for (let code = 48; code <= 57; code++) shapes[code] = Shape.Digit;
  for (let code = 65; code <= 90; code++) shapes[code] = shapes[code + 32] = Shape.Word;
  for (const letter of `_${options.letters ?? ""}`) shapes[letter.charCodeAt(0)] = Shape.Word;
  return {
    keywords: new Trie(keywords, options.caseless),
    operators: new Trie(operators.map((operator) => [operator, 1] as const)),
    continuation: options.continuation ?? false,
    numbers: options.numbers,
    shapes,
  };
}

/**
 * A text, a place in it and the tokens found so far.
 *
 * A lexer asks for the character at {@link Scanner.at}, handles what is special in its language with
 * {@link Scanner.push}, and leaves everything else to {@link Scanner.plain}. It is one class for all languages, so that
 * the engine sees the same fields wherever it reads them.
 */
export class Scanner {
  readonly text: string;
  readonly lexicon: Lexicon;
  /** Where the next token or blank starts. Invariant: everything before it is covered by tokens and blanks. */
  at = 0;
  /** The number of the keyword that {@link Scanner.plain} found last. */
  keyword = 0;
  #count = 0;
  #kinds: Uint8Array;
  #starts: Int32Array;
  #ends: Int32Array;

  constructor(text: string, lexicon: Lexicon) {
    this.text = text;
    this.lexicon = lexicon;
    // Code has a token per four to five characters; the arrays grow when a text has more.
    const capacity = (text.length >> 2) + 64;
    this.#kinds = new Uint8Array(capacity);
    this.#starts = new Int32Array(capacity);
    this.#ends = new Int32Array(capacity);
  }

  /** True while there is text left. */
  get more(): boolean {
    return this.at < this.text.length;
  }

  /** The UTF-16 unit `offset` behind the current place; NaN beyond the end. */
  peek(offset: number): number {
    return this.text.charCodeAt(this.at + offset);
  }

  /** The kind of the last token; 0 before the first. */
  get lastKind(): number {
    return this.#count === 0 ? 0 : (this.#kinds[this.#count - 1] ?? 0);
  }

  /** Where the last token starts; 0 before the first. */
  get lastStart(): number {
    return this.#count === 0 ? 0 : (this.#starts[this.#count - 1] ?? 0);
  }

  /** Where the last token ends; 0 before the first. */
  get lastEnd(): number {
    return this.#count === 0 ? 0 : (this.#ends[this.#count - 1] ?? 0);
  }

  /** True if the next token is the first on its line. */
  get fresh(): boolean {
    return this.#count === 0 || this.#kinds[this.#count - 1] === TokenKind.Newline;
  }

  /** Adds a token from the current place to `end`, and goes there. */
  push(kind: TokenKind, end: number): void {
    const count = this.#count;
    if (count === this.#kinds.length) this.#grow();
    this.#kinds[count] = kind;
    this.#starts[count] = this.at;
    this.#ends[count] = end;
    this.#count = count + 1;
    this.at = end;
  }

  /** Takes what every language has: blanks, a line break, a word, a number, an operator. Answers with the kind, 0 for blanks. */
  plain(code: number): TokenKind | 0 {
    const { text, lexicon, at } = this;
    switch (code < 128 ? lexicon.shapes[code] : Shape.Other) {
      case Shape.Blank:
        this.at = at + 1;
        return 0;
      case Shape.Break:
        this.push(TokenKind.Newline, breakEnd(text, at));
        return TokenKind.Newline;
      case Shape.Word:
        return this.word();
      case Shape.Digit:
        this.push(TokenKind.Number, numberEnd(text, at, lexicon.numbers));
        return TokenKind.Number;
      case Shape.Operator:
        if (code === 46 /* . */ && lexicon.numbers.leading && isDigit(text.charCodeAt(at + 1))) {
          this.push(TokenKind.Number, numberEnd(text, at, lexicon.numbers));
          return TokenKind.Number;
        }
        break;
      default:
        if (code === 0xfeff) {
          this.at = at + 1;
          return 0;
        }
        if (code === 92 && lexicon.continuation && isBreak(text.charCodeAt(at + 1))) {
          this.at = breakEnd(text, at + 1);
          return 0;
        }
        if (code >= 128 && isLetterAt(text, at)) return this.word();
    }
    const end = lexicon.operators.longest(text, at);
    if (end > at) {
      this.push(TokenKind.Punctuator, end);
      return TokenKind.Punctuator;
    }
    return this.#unknown();
  }

  /** Takes a name or keyword, whose first character is the current one. */
  word(): TokenKind {
    const { text, lexicon, at } = this;
    let end = at;
    for (;;) {
      const code = text.charCodeAt(end);
      if (code < 128) {
        const shape = lexicon.shapes[code];
        if (shape !== Shape.Word && shape !== Shape.Digit) break;
        end++;
      } else {
        // Here also at the end of the text, where no part of a name is found.
        const next = partEnd(text, end);
        if (next === end) break;
        end = next;
      }
    }
    this.keyword = lexicon.keywords.value(text, at, end);
    const kind = this.keyword === 0 ? TokenKind.Identifier : TokenKind.Keyword;
    this.push(kind, end);
    return kind;
  }

  /** Takes one character without meaning, together with such characters right before it. */
  #unknown(): TokenKind {
    const end = characterEnd(this.text, this.at);
    if (this.lastKind === TokenKind.Unknown && this.lastEnd === this.at) {
      this.#ends[this.#count - 1] = end;
      this.at = end;
    } else {
      this.push(TokenKind.Unknown, end);
    }
    return TokenKind.Unknown;
  }

  /** The tokens, in arrays of exactly their length. */
  finish(): Tokens {
    const count = this.#count;
    return {
      count,
      kinds: this.#kinds.slice(0, count),
      starts: this.#starts.slice(0, count),
      ends: this.#ends.slice(0, count),
    };
  }

  #grow(): void {
    const capacity = this.#kinds.length * 2;
    const kinds = new Uint8Array(capacity);
    const starts = new Int32Array(capacity);
    const ends = new Int32Array(capacity);
    kinds.set(this.#kinds);
    starts.set(this.#starts);
    ends.set(this.#ends);
    this.#kinds = kinds;
    this.#starts = starts;
    this.#ends = ends;
  }
}

/** One language's lexer. */
export interface Lexer {
  /** Its words and signs. */
  readonly lexicon: Lexicon;
  /** Takes tokens until the scanner has no more text. */
  readonly lex: (scanner: Scanner) => void;
}
