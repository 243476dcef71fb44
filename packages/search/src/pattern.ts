import { SearchError } from "./errors.ts";

/** Text to be found as it is, or by a regular expression. */
export type TextPattern =
  | { readonly kind: "literal"; readonly text: string; readonly ignoreCase: boolean }
  | { readonly kind: "regex"; readonly source: string; readonly flags: string };

/** What a file must hold for a pattern to match in it: lower-case pieces of three characters or more. */
export type Pieces = readonly string[];

const MAX_PATTERN = 2_000;

/** Checks a regular expression; throws a {@link SearchError} `PATTERN_INVALID`. */
export function toRegExp({
  source,
  flags,
}: {
  readonly source: string;
  readonly flags: string;
}): RegExp {
  if (source.length > MAX_PATTERN)
    throw new SearchError("PATTERN_INVALID", `> ${MAX_PATTERN} characters`);
  try {
    return new RegExp(source, `g${flags.replace(/[gy]/g, "")}`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/^.*: /, "") : String(cause);
    throw new SearchError("PATTERN_INVALID", reason, { cause });
  }
}

/** The pieces that every match of a pattern contains, so that an index of trigrams can name the files to look into. Empty: any file may match. */
export function piecesOf(pattern: TextPattern): Pieces {
  const pieces =
    pattern.kind === "literal" ? [pattern.text] : new PieceReader(pattern.source).read();
  return pieces.map((piece) => piece.toLowerCase()).filter((piece) => piece.length >= 3);
}

/**
 * Reads the literal pieces out of a regular expression: `get(User|Account)\w+Name` gives get and Name. What stands in alternatives, groups that may
 * be absent and classes is given up, so the answer may be less than could be known but never wrong.
 */
class PieceReader {
  readonly #source: string;
  readonly #pieces: string[] = [];
  #at = 0;
  #piece = "";

  constructor(source: string) {
    this.#source = source;
  }

  read(): Pieces {
    // At the top level an alternative makes every piece optional.
    return this.#sequence() ? this.#pieces : [];
  }

  /** Reads up to the end or the closing bracket; false when there were alternatives. */
  #sequence(): boolean {
    let isPlain = true;
    while (this.#at < this.#source.length && this.#source[this.#at] !== ")") {
      const sign = this.#source[this.#at] ?? "";
      if (sign === "|") {
        this.#end();
        isPlain = false;
        this.#at++;
      } else if (sign === "(") this.#group();
      else if (sign === "[") this.#skipClass();
      else if (sign === "." || sign === "^" || sign === "$") this.#skip(1);
      else if (sign === "\\") this.#escape();
      else this.#letter(sign, 1);
    }
    this.#end();
    return isPlain;
  }

  #group(): void {
    this.#end();
    const kept = this.#pieces.length;
    const opening =
      /^\((?:\?(?:[:=!]|<[=!]|<[^>]*>))?/.exec(this.#source.slice(this.#at))?.[0] ?? "(";
    this.#at += opening.length;
    const isPlain = this.#sequence();
    this.#at++;
    const isPresent = this.#skipQuantifier() && !opening.includes("!");
    if (!isPlain || !isPresent) this.#pieces.length = kept;
  }

  #skipClass(): void {
    let end = this.#at + 1;
    while (end < this.#source.length && this.#source[end] !== "]")
      end += this.#source[end] === "\\" ? 2 : 1;
    this.#skip(end + 1 - this.#at);
  }

  #escape(): void {
    const next = this.#source[this.#at + 1] ?? "";
    // A letter or digit behind the backslash is a class, a position or a code; any other sign stands for itself.
    if (/[\p{L}\p{N}]/u.test(next)) {
      const code =
        /^\\(?:u\{[^}]*\}|u[\da-f]{4}|x[\da-f]{2}|[pPk][{<][^}>]*[}>]|c[A-Z]|\d+|.)/iu.exec(
          this.#source.slice(this.#at),
        );
      this.#skip(code?.[0].length ?? 2);
    } else this.#letter(next, 2);
  }

  #letter(letter: string, length: number): void {
    this.#at += length;
    const before = this.#piece;
    if (!this.#isQuantified()) {
      this.#piece += letter;
      return;
    }
    // The letter may be absent ("?", "*"), or come again ("+"): either way the piece ends here.
    const isPresent = this.#skipQuantifier();
    this.#piece = before + (isPresent ? letter : "");
    this.#end();
  }

  #skip(length: number): void {
    this.#end();
    this.#at += length;
    this.#skipQuantifier();
  }

  #isQuantified(): boolean {
    return /^(?:[*+?]|\{\d)/.test(this.#source.slice(this.#at, this.#at + 2));
  }

  /** Steps over a quantifier; false when it allows none at all. */
  #skipQuantifier(): boolean {
    const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(this.#source.slice(this.#at))?.[0];
    if (quantifier === undefined) return true;
    this.#at += quantifier.length;
    return !/^(?:[*?]|\{0)/.test(quantifier);
  }

  #end(): void {
    if (this.#piece !== "") this.#pieces.push(this.#piece);
    this.#piece = "";
  }
}
