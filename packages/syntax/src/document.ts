import type { Parser } from "web-tree-sitter";
import { SyntaxFailure } from "./errors.ts";
import { createExcerpt } from "./excerpt.ts";
import type { Excerpt } from "./excerpt.ts";
import { SourceTree } from "./tree.ts";

/** A text that has changed by more than this many units, and is not worse for it, becomes the new reference. */
const SETTLED_UNITS = 1_000;

/** The same if the reference has errors: they may be gone, or have moved, without the excerpt showing it. */
const DOUBTFUL_UNITS = 50;

/** A text that has changed by more than this becomes the new reference even if it is worse. */
const DRIFTED_UNITS = 16_000;

/** By how much a text with `errors` may differ from a reference with `before` and be judged by it. */
function toleratedUnits(before: number, errors: number | undefined): number {
  if (errors === undefined) return SETTLED_UNITS;
  if (errors < before) return 0;
  if (errors > before) return DRIFTED_UNITS;
  return before === 0 ? SETTLED_UNITS : DOUBTFUL_UNITS;
}

/** What differs between two texts: up to `start` they are the same, and behind `end` and `referenceEnd` too. */
interface Difference {
  readonly start: number;
  readonly end: number;
  readonly referenceEnd: number;
}

/**
 * One text that is being written, and a judgement of what could be written next. Positions are UTF-16 units.
 *
 * While someone types, the text has errors, and the tree of a text with errors is a poor start for parsing the next:
 * little of it fits a text without them. So the document keeps the tree of a *reference*, the text as it was when
 * it had the fewest errors, and judges every edit by its difference from that; and of the reference it parses only an
 * excerpt around the difference.
 */
export class SyntaxDocument {
  readonly #parser: Parser;
  #text: string;
  #reference: SourceTree;
  /** Undefined while the text is the reference's. */
  #difference: Difference | undefined;
  #excerpt: { readonly part: Excerpt; readonly tree: SourceTree } | undefined;
  /** True if no excerpt serves for the current text. */
  #entire = false;
  #errors: number | undefined;
  #disposed = false;

  /** Parses `text`. Use {@link Grammars.open}. */
  constructor(parser: Parser, text: string) {
    this.#parser = parser;
    this.#text = text;
    this.#reference = SourceTree.parse(parser, text);
    this.#errors = this.#reference.errors();
  }

  /** The text as it was opened or updated last. */
  get text(): string {
    return this.#text;
  }

  /** Replaces the text. Only what differs is parsed again. */
  update(text: string): void {
    this.#requireOpen();
    if (text === this.#text) return;
    this.#text = text;
    this.#entire = false;
    this.#difference = undefined;
    const before = this.#reference.errors();
    if (text === this.#reference.text) {
      this.#errors = before;
      return;
    }
    const changed = difference(this.#reference.text, text);
    if (before === undefined) {
      // The reference was too long to be parsed; to try again with each key would block the caller.
      this.#errors = undefined;
      if (text.length < this.#reference.text.length / 2) this.#refer(changed);
      return;
    }
    this.#difference = changed;
    const errors = this.#trial(changed.start, changed.start, "");
    this.#errors = errors;
    const units = Math.max(changed.end, changed.referenceEnd) - changed.start;
    if (units > toleratedUnits(before, errors)) this.#refer(changed);
  }

  /**
   * How many errors the text has: places where text has to be skipped, and tokens that have to be made up. Undefined if
   * that is not known, because parsing took more steps than allowed.
   */
  errors(): number | undefined {
    this.#requireOpen();
    return this.#errors;
  }

  /**
   * How many errors the text would have with `replacement` in place of what is between `start` and `end`; the document
   * stays as it is. To be compared with {@link SyntaxDocument.errors}; undefined if it is not known, because parsing
   * took more steps than allowed. Throws a {@link SyntaxFailure} `RANGE_OUTSIDE` unless 0 ≤ start ≤ end ≤ length.
   */
  errorsAfter(start: number, end: number, replacement: string): number | undefined {
    this.#requireOpen();
    if (!(start >= 0 && start <= end && end <= this.#text.length)) {
      throw new SyntaxFailure(
        "RANGE_OUTSIDE",
        `The range ${start}–${end} is not within the document's ${this.#text.length} units. Update the document before asking.`,
      );
    }
    return this.#trial(start, end, replacement);
  }

  /** Frees the trees, which live outside of the garbage collector's reach. The document cannot be used afterwards. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#excerpt?.tree.dispose();
    this.#reference.dispose();
  }

  #requireOpen(): void {
    if (this.#disposed) {
      throw new SyntaxFailure(
        "DOCUMENT_DISPOSED",
        "The document was disposed of. Open its text again.",
      );
    }
  }

  /** Makes the current text, which differs from the reference by `changed`, the reference. */
  #refer(changed: Difference): void {
    const { start, end, referenceEnd } = changed;
    const text = this.#text;
    const before = this.#reference;
    this.#reference =
      before.root === undefined
        ? SourceTree.parse(this.#parser, text)
        : before.edited(start, referenceEnd, text.slice(start, end));
    before.dispose();
    this.#excerpt?.tree.dispose();
    this.#excerpt = undefined;
    this.#difference = undefined;
    this.#errors = this.#reference.errors();
  }

  /** Counts the errors after an edit of the current text, as one edit of the reference. */
  #trial(start: number, end: number, replacement: string): number | undefined {
    const text = this.#text;
    const known = this.#difference ?? { start, end, referenceEnd: end };
    const from = Math.min(start, known.start);
    const to = Math.max(end, known.end);
    const referenceTo = to - known.end + known.referenceEnd;
    const inserted = text.slice(from, start) + replacement + text.slice(end, to);
    const excerpt = this.#excerptOf(from, referenceTo);
    if (excerpt === undefined) return this.#reference.errorsAfter(from, referenceTo, inserted);
    const { part, tree } = excerpt;
    const shift = part.offset - part.start;
    const errors = tree.errorsAfter(from + shift, referenceTo + shift, inserted);
    return errors === undefined ? undefined : errors + part.errors;
  }

  /** An excerpt of the reference that has what is between `start` and `end`; undefined if the reference itself serves better. */
  #excerptOf(
    start: number,
    end: number,
  ): { readonly part: Excerpt; readonly tree: SourceTree } | undefined {
    const known = this.#excerpt;
    if (known !== undefined && known.part.start <= start && end <= known.part.end) return known;
    const { root, text } = this.#reference;
    if (this.#entire || root === undefined) return undefined;
    known?.tree.dispose();
    this.#excerpt = undefined;
    const part = createExcerpt(root, text, start, end);
    if (part.text.length <= text.length / 2) {
      const tree = SourceTree.parse(this.#parser, part.text);
      // Where leaving out items made or mended an error, they were no mere list.
      if (tree.errors() === (this.#reference.errors() ?? 0) - part.errors) {
        this.#excerpt = { part, tree };
        return this.#excerpt;
      }
      tree.dispose();
    }
    this.#entire = true;
    return undefined;
  }
}

/** Finds the longest common beginning and then the longest common end of two texts. */
function difference(reference: string, text: string): Difference {
  const shorter = Math.min(reference.length, text.length);
  let start = 0;
  while (start < shorter && text.charCodeAt(start) === reference.charCodeAt(start)) start++;
  let end = text.length;
  let referenceEnd = reference.length;
  while (
    end > start &&
    referenceEnd > start &&
    text.charCodeAt(end - 1) === reference.charCodeAt(referenceEnd - 1)
  ) {
    end--;
    referenceEnd--;
  }
  return { start, end, referenceEnd };
}
