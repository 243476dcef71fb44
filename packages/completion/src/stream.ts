/**
 * Source text as the model reads it: comments out, line breaks as indentation marks, long literals opaque.
 *
 * Example (Python):  `if a:⏎    b()  # call⏎c` → ⟨same⟩ `if` `a` `:` ⟨deeper⟩ `b` `(` `)` ⟨out1⟩ `c`
 */
import { TokenKind, tokenize, type Language } from "@cloud-code/syntax";
import { isLineEnd, Mark } from "./vocabulary.ts";

/** Literals longer than this are context only; nobody accepts a suggestion that quotes a paragraph. UTF-16 units. */
const MAX_LITERAL_CHARS = 100;

/** Kind of a line mark whose line begins outside of every token, so that lexing can start there. */
export const LINE = 0;
/** Kind of a line mark whose line begins while brackets are open. */
export const LINE_IN_BRACKETS = 254;
/** Kind of a line mark whose line begins inside a comment, or inside the expression of a template literal. */
const LINE_INSIDE = 255;

/** The model's tokens of one text, in order. All arrays have `length` meaningful entries. */
export interface Stream {
  readonly length: number;
  /** Token numbers: marks and words. */
  readonly ids: Int32Array;
  /** The lexer's kind of each token; for a line mark, `LINE`, `LINE_IN_BRACKETS` or `LINE_INSIDE`. */
  readonly kinds: Uint8Array;
  /** 1 where a blank stands before the token on its line. */
  readonly spaced: Uint8Array;
  /** UTF-16 offsets of the token; a line mark covers the indentation, so its length is the line's column. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/**
 * Reads `text` into model tokens; `idOf` numbers the words. Every line that holds a token begins with a line mark. A text that is
 * the rest of a longer one passes the indentations open before it, outermost first.
 */
export function readStream(
  text: string,
  language: Language,
  idOf: (word: string) => number,
  openIndents: readonly number[] = [0],
): Stream {
  const tokens = tokenize(text, language);
  // Each lexer token gives at most one word and one line mark before it.
  const capacity = tokens.count * 2 + 1;
  const ids = new Int32Array(capacity);
  const kinds = new Uint8Array(capacity);
  const spaced = new Uint8Array(capacity);
  const starts = new Int32Array(capacity);
  const ends = new Int32Array(capacity);
  const indents = [...openIndents];
  let length = 0;
  let lineStart = 0;
  let previousEnd = 0;
  let isLineStart = true;
  let isLineInComment = false;
  let templateDepth = 0;
  let bracketDepth = 0;

  for (let i = 0; i < tokens.count; i++) {
    const kind = tokens.kinds[i] as number;
    const start = tokens.starts[i] as number;
    const end = tokens.ends[i] as number;
    if (kind === TokenKind.Newline) {
      lineStart = end;
      isLineStart = true;
      isLineInComment = false;
      continue;
    }
    if (kind === TokenKind.Comment) {
      const lastBreak = lastBreakIn(text, start, end);
      if (lastBreak >= 0) {
        lineStart = lastBreak + 1;
        isLineInComment = true;
      }
      // A comment between two words on one line separates them like a blank.
      previousEnd = start - 1;
      continue;
    }
    if (isLineStart) {
      ids[length] = indentMark(indents, start - lineStart);
      kinds[length] =
        isLineInComment || templateDepth > 0
          ? LINE_INSIDE
          : bracketDepth > 0
            ? LINE_IN_BRACKETS
            : LINE;
      starts[length] = lineStart;
      ends[length] = start;
      length += 1;
    }
    const isLiteral =
      kind === TokenKind.String || kind === TokenKind.Template || kind === TokenKind.Markup;
    const lastBreak = isLiteral ? lastBreakIn(text, start, end) : -1;
    if (kind === TokenKind.Punctuator && end === start + 1) {
      const sign = text.charAt(start);
      if (sign === "(" || sign === "[" || sign === "{") bracketDepth += 1;
      if (sign === ")" || sign === "]" || sign === "}") bracketDepth -= 1;
      // One closed too many: from here on nobody can tell what is open.
      if (bracketDepth < 0) bracketDepth = Infinity;
    }
    if (kind === TokenKind.Template) {
      if (text.charAt(start) === "}") templateDepth -= 1;
      if (text.charAt(end - 1) === "{") templateDepth += 1;
    }
    const isOpaque = lastBreak >= 0 || end - start > MAX_LITERAL_CHARS;
    ids[length] = isOpaque ? Mark.opaque : idOf(text.slice(start, end));
    kinds[length] = kind;
    spaced[length] = !isLineStart && start > previousEnd ? 1 : 0;
    starts[length] = start;
    ends[length] = end;
    length += 1;
    if (lastBreak >= 0) lineStart = lastBreak + 1;
    previousEnd = end;
    isLineStart = false;
  }
  return { length, ids, kinds, spaced, starts, ends };
}

/** The last line break of a token; -1 without one. Looks no further left: on one long line that would be done for every token. */
function lastBreakIn(text: string, start: number, end: number): number {
  const at = text.slice(start, end).lastIndexOf("\n");
  return at < 0 ? -1 : start + at;
}

/** The indentations open before token `index`, outermost first: what `readStream` needs to go on there. */
export function openIndentsAt(stream: Stream, index: number): number[] {
  const indents = [0];
  for (let i = 0; i < index; i++) {
    if (isLineEnd(stream.ids[i] as number)) {
      indentMark(indents, (stream.ends[i] as number) - (stream.starts[i] as number));
    }
  }
  return indents;
}

/** Which line mark leads to a line indented by `column`; keeps the stack of open indentations up to date. */
function indentMark(indents: number[], column: number): number {
  const top = indents[indents.length - 1] as number;
  if (column === top) return Mark.lineSame;
  if (column > top) {
    indents.push(column);
    return Mark.lineDeeper;
  }
  let left = 0;
  while (indents.length > 1 && (indents[indents.length - 1] as number) > column) {
    indents.pop();
    left += 1;
  }
  if (indents[indents.length - 1] !== column) indents.push(column);
  return left === 1 ? Mark.lineOut1 : left === 2 ? Mark.lineOut2 : Mark.lineOut3;
}
