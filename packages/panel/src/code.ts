import type { Mark } from "@cloud-code/search";
import { colourNames, type Colours } from "./protocol.ts";

/** A part of a line that looks the same from end to end. */
interface Piece {
  readonly text: string;
  readonly colour?: (typeof colourNames)[number];
  readonly isMarked: boolean;
}

/** A line of code, for the screen. */
export interface Line {
  /** In the file, from 1. */
  readonly number: number;
  /** How far in the line begins, in characters, at most {@link MAX_INDENT}: for what follows when it is wrapped. */
  readonly indent: number;
  readonly pieces: readonly Piece[];
}

/** In a narrow side bar little would be left of a line that is deeper in. */
const MAX_INDENT = 8;
/** Longer lines are cut: they are data, and a browser lays out a line as one. */
const MAX_LINE_LENGTH = 2_000;

/**
 * Cuts a text into lines, and each line where its colour or its marking changes. Spans that lie outside of the text or overlap an earlier
 * one are left out: the page shows the text in any case.
 *
 * `toLines("a = 1", 7, [4, 5, 2], [{ start: 0, end: 1 }])` is line 7 with the pieces `a` (marked), ` = ` and `1` (a number).
 */
export function toLines(
  text: string,
  firstLine: number,
  colours: Colours = [],
  marks: readonly Mark[] = [],
): Line[] {
  const spans = toSpans(colours);
  const marked = sorted(marks);
  const lines: Line[] = [];
  let nextSpan = 0;
  let nextMark = 0;
  let start = 0;
  for (const content of text.split("\n")) {
    const end = start + content.length;
    const shown = content.endsWith("\r") ? end - 1 : end;
    const limit = Math.min(shown, start + MAX_LINE_LENGTH);
    const pieces: Piece[] = [];
    let at = start;
    while (at < limit) {
      while ((spans[nextSpan]?.end ?? Infinity) <= at) nextSpan++;
      while ((marked[nextMark]?.end ?? Infinity) <= at) nextMark++;
      const span = spans[nextSpan];
      const mark = marked[nextMark];
      const isMarked = mark !== undefined && mark.start <= at;
      const isColoured = span !== undefined && span.start <= at;
      const until = Math.min(
        limit,
        span === undefined ? limit : isColoured ? span.end : span.start,
        mark === undefined ? limit : isMarked ? mark.end : mark.start,
      );
      const colour = isColoured ? colourNames[span.colour] : undefined;
      pieces.push({
        text: text.slice(at, until),
        isMarked,
        ...(colour === undefined ? {} : { colour }),
      });
      at = until;
    }
    if (limit < shown) pieces.push({ text: " …", isMarked: false });
    const indent = Math.min(MAX_INDENT, content.length - content.trimStart().length);
    lines.push({ number: firstLine + lines.length, indent, pieces });
    start = end + 1;
  }
  return lines;
}

function toSpans(colours: Colours): { start: number; end: number; colour: number }[] {
  const spans: { start: number; end: number; colour: number }[] = [];
  let from = 0;
  for (let at = 0; at + 2 < colours.length; at += 3) {
    const [start = 0, end = 0, colour = 0] = colours.slice(at, at + 3);
    if (start < from || end <= start) continue;
    spans.push({ start, end, colour });
    from = end;
  }
  return spans;
}

function sorted(marks: readonly Mark[]): Mark[] {
  let from = 0;
  return marks
    .filter(({ start, end }) => end > start)
    .sort((left, right) => left.start - right.start)
    .filter(({ start, end }) => {
      const isFree = start >= from;
      if (isFree) from = end;
      return isFree;
    });
}

/** The same lines without the blanks that all of them begin with: a method is read without the indentation of its class. */
export function dedent(lines: readonly Line[]): readonly Line[] {
  const blanks = lines
    .map(({ pieces }) => pieces.map(({ text }) => text).join(""))
    .filter((text) => text.trim() !== "")
    .map((text) => /^[ \t]*/.exec(text)?.[0] ?? "");
  const common = blanks.reduce((left, right) => {
    let length = 0;
    while (length < left.length && left[length] === right[length]) length++;
    return left.slice(0, length);
  }, blanks[0] ?? "").length;
  if (common === 0) return lines;
  return lines.map((line) => ({
    ...line,
    indent: Math.max(0, line.indent - common),
    pieces: dropStart(line.pieces, common),
  }));
}

function dropStart(pieces: readonly Piece[], count: number): Piece[] {
  let left = count;
  return pieces.flatMap((piece) => {
    const dropped = Math.min(left, piece.text.length);
    left -= dropped;
    return dropped === piece.text.length ? [] : [{ ...piece, text: piece.text.slice(dropped) }];
  });
}

/** Lines of a snippet that are shown at first. */
export const SHORT_LINES = 12;

/** The lines of a snippet that show most: from its beginning, or around what is marked when that lies further down. */
export function shorten(lines: readonly Line[]): readonly Line[] {
  // Hiding two lines behind a button is worse than showing them.
  if (lines.length <= SHORT_LINES + 2) return lines;
  const first = lines.findIndex(({ pieces }) => pieces.some(({ isMarked }) => isMarked));
  const from = first < SHORT_LINES - 2 ? 0 : Math.min(first - 2, lines.length - SHORT_LINES);
  return lines.slice(from, from + SHORT_LINES);
}
