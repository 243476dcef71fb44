/**
 * The part of a long document that a request looks at, so that a request takes as long in a file of ten thousand lines as in one
 * of two thousand. It moves in steps: while a person types, it begins at the same place.
 */

/** Documents up to this are read whole. All figures in UTF-16 units. */
const WHOLE_UNITS = 96 * 1024;
const ABOVE_UNITS = 64 * 1024;
const BELOW_UNITS = 32 * 1024;
const STEP_UNITS = 32 * 1024;

/** What opens and closes literals that span lines; inside one, code would be read as text and text as code. */
const FENCES = ['"""', "'''", "`"] as const;

/** `start … end` of the text, at line starts. */
export interface Excerpt {
  readonly start: number;
  readonly end: number;
}

/** Chooses the excerpt around `offset`; the whole text where it is short enough. */
export function excerptAround(text: string, offset: number): Excerpt {
  if (text.length <= WHOLE_UNITS) return { start: 0, end: text.length };
  const from = Math.floor(Math.max(0, offset - ABOVE_UNITS) / STEP_UNITS) * STEP_UNITS;
  const to = Math.ceil((offset + BELOW_UNITS) / STEP_UNITS) * STEP_UNITS;
  const lineBreak = to < text.length ? text.indexOf("\n", to) : -1;
  return {
    start: from === 0 ? 0 : findStart(text, from, offset),
    end: lineBreak < 0 ? text.length : lineBreak + 1,
  };
}

/**
 * The first line after `from` that looks like the beginning of a statement outside of comments and literals: it follows a blank
 * line or one that ends a statement, does not begin like a comment, and every fence before it is closed. A wrong guess costs
 * little: a comment ends somewhere, and the place is far from the cursor.
 */
function findStart(text: string, from: number, offset: number): number {
  const open = FENCES.map((fence) => countOf(text, fence, 0, from) % 2 === 1);
  let start = from;
  let previous = "";
  for (let line = 0; ; line++) {
    const lineBreak = text.indexOf("\n", start);
    if (lineBreak < 0 || lineBreak >= offset) break;
    const trimmed = text.slice(start, lineBreak).trim();
    const follows = line > 0 && /^$|[;{}:)]$/u.test(previous);
    if (follows && trimmed !== "" && !/^[*/#"'`]/u.test(trimmed) && !open.includes(true))
      return start;
    FENCES.forEach((fence, i) => {
      if (countOf(text, fence, start, lineBreak) % 2 === 1) open[i] = open[i] !== true;
    });
    previous = trimmed;
    start = lineBreak + 1;
  }
  const lineBreak = text.indexOf("\n", from);
  return lineBreak < 0 || lineBreak >= offset ? from : lineBreak + 1;
}

function countOf(text: string, piece: string, from: number, to: number): number {
  let count = 0;
  for (
    let at = text.indexOf(piece, from);
    at >= 0 && at < to;
    at = text.indexOf(piece, at + piece.length)
  )
    count += 1;
  return count;
}
