import { Breaks, breakEnd, isBreak, lineEnd, quotedEnd } from "../scan.ts";

/** Deeper strings within holes within strings are read without regard to their holes. */
const DEPTH_LIMIT = 16;

/** How the literal is written whose end is asked for. */
export interface Quoting {
  /** The code of the character that closes it. */
  readonly close: number;
  /** The code of a bracket that may nest inside, as in Ruby's `%Q(a (b) c)`; 0 for none. */
  readonly nest?: number;
  /** True if a doubled closing quote stands for itself and a backslash for nothing else. */
  readonly verbatim?: boolean;
  /** What a line break does. */
  readonly breaks: Breaks;
}

/**
 * Finds the ends of string literals with code in them: `f"{names["a"]}"` ends at its last quote, not at its second.
 *
 * A hole that its line does not close is plain text, and so is every later one on that line: someone is typing
 * there. Invariant: that memory, the depth limit, and inner strings that never leave the line bound the work to a
 * constant number of looks at each character.
 */
export class Holes {
  readonly #text: string;
  readonly #open: string;
  #broken = 0;

  /** `open` begins a hole (`{`, `#{`, `{$`); `}` ends it, and inside `"` and `'` quote strings. */
  constructor(text: string, open: string) {
    this.#text = text;
    this.#open = open;
  }

  /** Where the literal ends whose content starts at `at`; unterminated, the line break or the end of the text. */
  literalEnd(at: number, quoting: Quoting, depth = 0): number {
    const text = this.#text;
    const { close, breaks, nest = 0, verbatim = false } = quoting;
    const open = this.#open.charCodeAt(0);
    let nested = 0;
    let end = at;
    while (end < text.length) {
      const code = text.charCodeAt(end);
      if (code === close) {
        if (verbatim && text.charCodeAt(end + 1) === close) end += 2;
        else if (nested === 0) return end + 1;
        else {
          nested--;
          end++;
        }
      } else if (code === 92 /* \ */ && !verbatim) {
        const next = text.charCodeAt(end + 1);
        if (!isBreak(next)) end += 2;
        else if (breaks === Breaks.End) return end + 1;
        else end = breakEnd(text, end + 1);
      } else if (code === nest && nest !== 0) {
        nested++;
        end++;
      } else if (isBreak(code)) {
        if (breaks !== Breaks.Inside) return end;
        end++;
      } else if (
        code === open &&
        end >= this.#broken &&
        depth < DEPTH_LIMIT &&
        text.startsWith(this.#open, end)
      ) {
        end = this.#behindHole(end, depth);
      } else {
        end++;
      }
    }
    return text.length;
  }

  /** Goes on behind the hole that opens at `at`, or behind its opening if it is none after all. */
  #behindHole(at: number, depth: number): number {
    const text = this.#text;
    const inside = at + this.#open.length;
    // "{{" stands for a brace where "{" opens a hole.
    if (this.#open === "{" && text.charCodeAt(inside) === 123) return inside + 1;
    let braces = 1;
    let end = inside;
    while (end < text.length) {
      const code = text.charCodeAt(end);
      if (isBreak(code)) break;
      if (code === 125 /* } */) {
        end++;
        if (--braces === 0) return end;
      } else if (code === 123 /* { */) {
        braces++;
        end++;
      } else if (code === 39 /* ' */) {
        end = quotedEnd(text, end + 1, code, Breaks.End);
      } else if (code === 34 /* " */) {
        end = this.literalEnd(end + 1, { close: code, breaks: Breaks.End }, depth + 1);
      } else {
        end++;
      }
    }
    this.#broken = lineEnd(text, at);
    return inside;
  }
}
