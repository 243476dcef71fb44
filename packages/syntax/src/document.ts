import { Edit } from "web-tree-sitter";
import type { Node, Parser, Point, Tree } from "web-tree-sitter";
import { SyntaxFailure } from "./errors.ts";

/**
 * How much text the parser gets per request, in UTF-16 units. It asks anew at every place where it resumes, and each
 * unit is copied into its memory, so that its own default, the rest of the text, makes a small edit slow.
 */
const CHUNK_UNITS = 512;

/** Hundreds of parser operations that a whole parse may take: some 4 MB of code, a second. */
const PARSE_LIMIT = 20_000;

/** Hundreds of parser operations that a trial may take: some 100 kB parsed anew, 20 ms. */
const TRIAL_LIMIT = 500;

/**
 * One text and its tree. Positions are UTF-16 units, as in JavaScript strings.
 *
 * Invariant: the tree, if there is one, is the parse of the text.
 */
export class SyntaxDocument {
  readonly #parser: Parser;
  #text: string;
  #tree: Tree | undefined;
  #lines: Int32Array;
  #errors: number | undefined;
  #disposed = false;

  /** Parses `text`. Use {@link Grammars.open}. */
  constructor(parser: Parser, text: string) {
    this.#parser = parser;
    this.#text = text;
    this.#lines = lineStarts(text);
    this.#tree = this.#parse(reader(text, text.length, text.length, ""), undefined, PARSE_LIMIT);
  }

  /** The text as it was opened or updated last. */
  get text(): string {
    return this.#text;
  }

  /**
   * Replaces the text. What lies between the longest common beginning and the longest common end of the two texts
   * is taken for one edit, and only what it concerns is parsed again.
   */
  update(text: string): void {
    const old = this.#use();
    if (text === old) return;
    const shorter = Math.min(text.length, old.length);
    let start = 0;
    while (start < shorter && text.charCodeAt(start) === old.charCodeAt(start)) start++;
    let same = 0;
    while (
      same < shorter - start &&
      text.charCodeAt(text.length - 1 - same) === old.charCodeAt(old.length - 1 - same)
    )
      same++;
    const before = this.#tree;
    before?.edit(this.#edit(start, old.length - same, text.slice(start, text.length - same)));
    this.#text = text;
    this.#lines = lineStarts(text);
    this.#errors = undefined;
    this.#tree = this.#parse(reader(text, text.length, text.length, ""), before, PARSE_LIMIT);
    before?.delete();
  }

  /**
   * How many errors the tree has: places where text was skipped, and tokens that the parser had to make up.
   * Undefined if that is not known, because parsing took more steps than allowed.
   */
  errors(): number | undefined {
    this.#use();
    if (this.#tree !== undefined) this.#errors ??= countErrors(this.#tree.rootNode);
    return this.#errors;
  }

  /**
   * How many errors the text would have with `replacement` in place of what is between `start` and `end`; the
   * document stays as it is. Undefined if that is not known: the parser gives up after a fixed number of steps, so that
   * no text can block the caller, and the answer is the same on every machine. Throws a {@link SyntaxFailure}
   * `RANGE_OUTSIDE` unless 0 ≤ start ≤ end ≤ length.
   */
  errorsAfter(start: number, end: number, replacement: string): number | undefined {
    const text = this.#use();
    if (!(start >= 0 && start <= end && end <= text.length)) {
      throw new SyntaxFailure(
        "RANGE_OUTSIDE",
        `The range ${start}–${end} is not within the document's ${text.length} units. Update the document before asking.`,
      );
    }
    const edited = this.#tree?.copy();
    if (edited === undefined) return undefined;
    edited.edit(this.#edit(start, end, replacement));
    const tree = this.#parse(reader(text, start, end, replacement), edited, TRIAL_LIMIT);
    const errors = tree === undefined ? undefined : countErrors(tree.rootNode);
    tree?.delete();
    edited.delete();
    return errors;
  }

  /** Frees the tree, which lives outside of the garbage collector's reach. The document cannot be used afterwards. */
  dispose(): void {
    this.#tree?.delete();
    this.#tree = undefined;
    this.#disposed = true;
  }

  /** The text, if the document may still be used. */
  #use(): string {
    if (this.#disposed) {
      throw new SyntaxFailure(
        "DOCUMENT_DISPOSED",
        "The document was disposed of. Open its text again.",
      );
    }
    return this.#text;
  }

  #parse(
    read: (index: number) => string,
    before: Tree | undefined,
    limit: number,
  ): Tree | undefined {
    let steps = 0;
    const tree = this.#parser.parse(read, before, { progressCallback: () => ++steps > limit });
    if (tree !== null) return tree;
    // Otherwise the next parse would resume this one.
    this.#parser.reset();
    return undefined;
  }

  #edit(start: number, end: number, replacement: string): Edit {
    const startPosition = this.#position(start);
    return new Edit({
      startIndex: start,
      oldEndIndex: end,
      newEndIndex: start + replacement.length,
      startPosition,
      oldEndPosition: this.#position(end),
      newEndPosition: advance(startPosition, replacement),
    });
  }

  #position(index: number): Point {
    let low = 0;
    let high = this.#lines.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#lines[middle] ?? 0) <= index) low = middle;
      else high = middle;
    }
    return { row: low, column: index - (this.#lines[low] ?? 0) };
  }
}

/** Reads the text with `replacement` in place of what is between `start` and `end`, without putting it together. */
function reader(
  text: string,
  start: number,
  end: number,
  replacement: string,
): (index: number) => string {
  const replaced = start + replacement.length;
  return (index) => {
    if (index < start) return text.slice(index, Math.min(start, index + CHUNK_UNITS));
    if (index < replaced) return replacement.slice(index - start, index - start + CHUNK_UNITS);
    const from = index - replaced + end;
    return text.slice(from, from + CHUNK_UNITS);
  };
}

/** Where the lines start. Rows are counted as tree-sitter does: only "\n" ends one. */
function lineStarts(text: string): Int32Array {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return Int32Array.from(starts);
}

/** The position behind `text` if it starts at `from`. */
function advance(from: Point, text: string): Point {
  const last = text.lastIndexOf("\n");
  if (last < 0) return { row: from.row, column: from.column + text.length };
  let row = from.row;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) row++;
  return { row, column: text.length - last - 1 };
}

/** Counts ERROR and MISSING nodes; goes only where there are some. Nodes by the list are cheaper than a cursor here. */
function countErrors(root: Node): number {
  const open = [root];
  let errors = 0;
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (!node.hasError) continue;
    if (node.isError || node.isMissing) errors++;
    for (const child of node.children) open.push(child);
  }
  return errors;
}
