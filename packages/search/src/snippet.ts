import type { IndexedSymbol } from "./passage.ts";
import { termsOfWord } from "./terms.ts";

/** A part of a snippet to be marked, in UTF-16 units. */
export interface Mark {
  readonly start: number;
  readonly end: number;
}

/** Lines of a file, the first and the last included, and what they are called. */
export interface Unit {
  readonly startLine: number;
  readonly endLine: number;
  /** What they declare, for example "HashMap.put"; absent for lines that are no unit. */
  readonly symbol?: IndexedSymbol;
}

/** A unit longer than this is shown around its best lines. */
const MAX_LINES = 60;
const AROUND_LINES = 3;
/** In characters. */
const MAX_LINE = 400;
const MAX_SNIPPET = 8_000;

/**
 * The smallest complete unit among the lines of a passage that answers: the function, the member or the example with most of the words. Two of equal
 * worth: the shorter. A class is an answer only when none of its members has as many.
 */
export function chooseUnit(
  lines: readonly string[],
  passage: { readonly startLine: number; readonly endLine: number },
  symbols: readonly IndexedSymbol[],
  wanted: ReadonlySet<string>,
): Unit {
  const hits = new Map<number, ReadonlySet<string>>();
  const hitsOf = (line: number): ReadonlySet<string> => {
    let found = hits.get(line);
    if (found === undefined) hits.set(line, (found = termsIn(lines[line - 1] ?? "", wanted)));
    return found;
  };
  const worth = (from: number, to: number): number => {
    const found = new Set<string>();
    for (let line = from; line <= Math.min(to, from + 200); line++)
      for (const term of hitsOf(line)) found.add(term);
    return found.size;
  };
  let best: { unit: Unit; worth: number; length: number } | undefined;
  for (const symbol of symbols) {
    const length = symbol.endLine - symbol.startLine + 1;
    const isWhole = symbol.startLine >= passage.startLine || symbol.endLine <= passage.endLine;
    if (!isWhole && length > MAX_LINES * 5) continue;
    // A name that says it decides between two with the same words; a field alone shows little.
    const value =
      worth(symbol.startLine, symbol.endLine) +
      termsIn(symbol.name, wanted).size / 4 -
      (symbol.kind === "field" || symbol.kind === "constant" ? 0.5 : 0);
    if (best === undefined || value > best.worth || (value === best.worth && length < best.length))
      best = {
        unit: { startLine: symbol.startLine, endLine: symbol.endLine, symbol },
        worth: value,
        length,
      };
  }
  if (best !== undefined && best.worth > 0) return best.unit;
  return trimBlank(lines, passage);
}

/** The smallest unit that holds a line, or some lines around it. */
export function unitAround(
  lines: readonly string[],
  line: number,
  symbols: readonly IndexedSymbol[],
): Unit {
  const around = symbols
    .filter(({ startLine, endLine }) => startLine <= line && endLine >= line)
    .sort((a, b) => a.endLine - a.startLine - (b.endLine - b.startLine))[0];
  if (around !== undefined && around.endLine - around.startLine < MAX_LINES)
    return { startLine: around.startLine, endLine: around.endLine, symbol: around };
  const unit = {
    startLine: Math.max(1, line - AROUND_LINES),
    endLine: Math.min(lines.length, line + AROUND_LINES),
  };
  return around === undefined ? unit : { ...unit, symbol: around };
}

/** The fenced example in a passage of prose that has most of the words; undefined if none has any. */
export function exampleIn(
  lines: readonly string[],
  passage: { readonly startLine: number; readonly endLine: number },
  wanted: ReadonlySet<string>,
): Unit | undefined {
  let best: { unit: Unit; worth: number } | undefined;
  let open = 0;
  for (let line = passage.startLine; line <= passage.endLine; line++) {
    if (!/^\s*(?:```|~~~)/.test(lines[line - 1] ?? "")) continue;
    if (open === 0) open = line;
    else {
      const worth = termsIn(lines.slice(open, line - 1).join("\n"), wanted).size;
      if (worth > 0 && open + 1 < line && (best === undefined || worth > best.worth))
        best = { unit: { startLine: open + 1, endLine: line - 1 }, worth };
      open = 0;
    }
  }
  return best?.unit;
}

/** At most sixty lines of a unit: from its beginning, or around the line that must be seen. */
export function shorten(unit: Unit, mustShow: number): Unit {
  if (unit.endLine - unit.startLine < MAX_LINES) return unit;
  const startLine =
    mustShow < unit.startLine + MAX_LINES ? unit.startLine : mustShow - AROUND_LINES;
  return { ...unit, startLine, endLine: Math.min(unit.endLine, startLine + MAX_LINES - 1) };
}

/**
 * The lines of a unit as text that a person can look at: a line of a hundred thousand characters, as tools write them, is shown around its first mark, and a
 * unit of many such lines to where it becomes too long.
 */
export function clip(
  lines: readonly string[],
  { startLine, endLine }: Unit,
  mark: (snippet: string) => readonly Mark[],
): { readonly snippet: string; readonly endLine: number } {
  const kept: string[] = [];
  let length = 0;
  for (const line of lines.slice(startLine - 1, endLine)) {
    const short = line.length <= MAX_LINE ? line : clipLine(line, mark(line)[0]?.start ?? 0);
    length += short.length + 1;
    if (length > MAX_SNIPPET && kept.length > 0) break;
    kept.push(short);
  }
  return { snippet: kept.join("\n"), endLine: startLine + kept.length - 1 };
}

function clipLine(line: string, mustShow: number): string {
  const from = Math.max(0, Math.min(mustShow - MAX_LINE / 4, line.length - MAX_LINE));
  const part = line.slice(from, from + MAX_LINE);
  return `${from > 0 ? "…" : ""}${part}${from + MAX_LINE < line.length ? "…" : ""}`;
}

/** Where the words of a question stand in a snippet. */
export function markTerms(snippet: string, wanted: ReadonlySet<string>): Mark[] {
  const marks: Mark[] = [];
  for (const match of snippet.matchAll(/[\p{L}\p{N}_$]+/gu)) {
    if (termsOfWord(match[0]).some((term) => wanted.has(term)))
      marks.push({ start: match.index, end: match.index + match[0].length });
  }
  return marks;
}

/** The terms of a text that are wanted. */
export function termsIn(text: string, wanted: ReadonlySet<string>): Set<string> {
  const found = new Set<string>();
  for (const word of text.match(/[\p{L}\p{N}_$]+/gu) ?? [])
    for (const term of termsOfWord(word)) if (wanted.has(term)) found.add(term);
  return found;
}

function trimBlank(
  lines: readonly string[],
  { startLine, endLine }: { readonly startLine: number; readonly endLine: number },
): Unit {
  let from = startLine;
  let to = Math.min(endLine, lines.length);
  while (from < to && (lines[from - 1] ?? "").trim() === "") from++;
  while (to > from && (lines[to - 1] ?? "").trim() === "") to--;
  return { startLine: from, endLine: to };
}
