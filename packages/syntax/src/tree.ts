import { Edit } from "web-tree-sitter";
import type { Node, Parser, Point, Tree } from "web-tree-sitter";

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
 * A text and its parse, which do not change. Positions are UTF-16 units, as in JavaScript strings.
 *
 * Parsing gives up after a fixed number of steps, not after a time: no text can block the caller, and the answer is
 * the same on every machine.
 */
export class SourceTree {
  readonly text: string;
  readonly #parser: Parser;
  /** Undefined if parsing gave up. */
  readonly #tree: Tree | undefined;
  readonly #lines: Int32Array;
  #errors: number | undefined;

  private constructor(parser: Parser, text: string, tree: Tree | undefined) {
    this.text = text;
    this.#parser = parser;
    this.#tree = tree;
    this.#lines = lineStarts(text);
  }

  /** Parses a text. */
  static parse(parser: Parser, text: string): SourceTree {
    return new SourceTree(
      parser,
      text,
      run(parser, reader(text, 0, 0, ""), undefined, PARSE_LIMIT),
    );
  }

  /** The outermost node; undefined if parsing gave up. */
  get root(): Node | undefined {
    return this.#tree?.rootNode;
  }

  /** How many errors the tree has; undefined if parsing gave up. */
  errors(): number | undefined {
    if (this.#tree !== undefined) this.#errors ??= countErrors(this.#tree.rootNode);
    return this.#errors;
  }

  /** The parse of the text with `replacement` in place of what is between `start` and `end`; this one stays. */
  edited(start: number, end: number, replacement: string): SourceTree {
    const text = this.text.slice(0, start) + replacement + this.text.slice(end);
    return new SourceTree(this.#parser, text, this.#parse(start, end, replacement, PARSE_LIMIT));
  }

  /** How many errors {@link SourceTree.edited} would have; undefined if parsing gave up. */
  errorsAfter(start: number, end: number, replacement: string): number | undefined {
    const tree = this.#parse(start, end, replacement, TRIAL_LIMIT);
    if (tree === undefined) return undefined;
    const errors = countErrors(tree.rootNode);
    tree.delete();
    return errors;
  }

  /** Frees the tree, which lives outside of the garbage collector's reach. Nothing else may be called afterwards. */
  dispose(): void {
    this.#tree?.delete();
  }

  #parse(start: number, end: number, replacement: string, limit: number): Tree | undefined {
    const before = this.#tree?.copy();
    if (before === undefined) return undefined;
    const startPosition = this.#position(start);
    before.edit(
      new Edit({
        startIndex: start,
        oldEndIndex: end,
        newEndIndex: start + replacement.length,
        startPosition,
        oldEndPosition: this.#position(end),
        newEndPosition: advance(startPosition, replacement),
      }),
    );
    const tree = run(this.#parser, reader(this.text, start, end, replacement), before, limit);
    before.delete();
    return tree;
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

/** Counts the ERROR and MISSING nodes: text that was skipped, tokens that were made up. Goes only where there are some. */
export function countErrors(root: Node): number {
  const open = [root];
  let errors = 0;
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (!node.hasError) continue;
    if (node.isError || node.isMissing) errors++;
    for (const child of node.children) open.push(child);
  }
  return errors;
}

function run(
  parser: Parser,
  read: (index: number) => string,
  before: Tree | undefined,
  limit: number,
): Tree | undefined {
  let steps = 0;
  const tree = parser.parse(read, before, { progressCallback: () => ++steps > limit });
  if (tree !== null) return tree;
  // Otherwise the next parse would resume this one.
  parser.reset();
  return undefined;
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
