/** What a token is. The numbers are stable: indices on disk may hold them. */
export const TokenKind = {
  /** A name, with its sigil where the language has one (`$x`, `@field`, `#secret`, `'lifetime`). */
  Identifier: 1,
  /** A reserved word; words that are reserved only in places (`async`, `record`) are identifiers. */
  Keyword: 2,
  /** A numeric literal with its suffix. */
  Number: 3,
  /** A string, character or heredoc literal, quotes included. */
  String: 4,
  /** One chunk of a JavaScript template literal: `` `a${ ``, `}b${` or `` }c` ``. */
  Template: 5,
  /** An operator or a bracket, the longest the language has. */
  Punctuator: 6,
  /** A comment, without the line break that ends it. */
  Comment: 7,
  /** One line break: "\n", "\r\n" or "\r". */
  Newline: 8,
  /** A regular expression literal with its flags. */
  Regex: 9,
  /** The name of a preprocessor directive with its `#`. */
  Preprocessor: 10,
  /** One line of JSX text or of the HTML around PHP, without the blanks at its ends. */
  Markup: 11,
  /** Characters that the language gives no meaning to; neighbours are one token. */
  Unknown: 12,
} as const;

/** One of the numbers in {@link TokenKind}. */
export type TokenKind = (typeof TokenKind)[keyof typeof TokenKind];

/**
 * The tokens of one text, in order, as parallel arrays: token `i` is `text.slice(starts[i], ends[i])`.
 *
 * Invariant: `starts[i] < ends[i] <= starts[i + 1]`, and what lies between two tokens is blank: spaces, tabs,
 * form feeds, byte order marks, and a backslash with its line break in languages that continue lines so.
 */
export interface Tokens {
  /** How many tokens there are; the length of each array. */
  readonly count: number;
  /** The {@link TokenKind} of each token. */
  readonly kinds: Uint8Array;
  /** Where each token starts, in UTF-16 units. */
  readonly starts: Int32Array;
  /** Where each token ends (exclusive), in UTF-16 units. */
  readonly ends: Int32Array;
}
