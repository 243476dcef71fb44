import type { SearchTools } from "./answer.ts";
import type { Findings, Hit } from "./hit.ts";
import type { Library } from "./library.ts";
import { type TextPattern, piecesOf } from "./pattern.ts";
import { worthOf } from "./rank.ts";
import { type Mark, shorten, unitAround } from "./snippet.ts";
import type { SearchStore, StoredFile } from "./store.ts";

/** Files that may match; more are not opened for one question. */
const MAX_FILES = 5_000;
const FILES_AT_ONCE = 40;
const MAX_HITS_PER_FILE = 20;
const MAX_MARKS_PER_FILE = 1_000;

/**
 * Finds text as it is, or by a regular expression: the index of trigrams names the files, the files themselves decide. Stops when `wanted` hits and a few
 * more are there.
 */
export async function findText(
  library: Library,
  pattern: TextPattern,
  wanted: number,
  tools: SearchTools,
): Promise<Findings> {
  const pieces = piecesOf(pattern);
  const files: { store: SearchStore; file: StoredFile }[] = [];
  for (const store of library.stores)
    for (const file of await store.filesWith(pieces, library.filter, MAX_FILES))
      files.push({ store, file });
  files.sort(
    (a, b) =>
      worthOf(b.file, "description") - worthOf(a.file, "description") ||
      (a.file.path < b.file.path ? -1 : 1),
  );
  const hits: Hit[] = [];
  for (let from = 0; from < files.length; from += FILES_AT_ONCE) {
    library.check();
    // One more page tells whether there is one.
    if (hits.length > wanted * 2) return { hits, isTotalExact: false };
    const part = files.slice(from, from + FILES_AT_ONCE);
    const texts = (await Promise.all(part.map((each) => library.read(each)))).map(
      (text) => text ?? "",
    );
    const found =
      pattern.kind === "literal"
        ? texts.map((text) => findLiteral(text, pattern))
        : await tools.match(pattern, texts);
    for (const [at, marks] of found.entries()) {
      const each = part[at];
      if (each !== undefined && marks.length > 0)
        hits.push(...(await toHits(each, texts[at] ?? "", marks)));
    }
  }
  return { hits, isTotalExact: files.length < MAX_FILES };
}

/** The places of a text, at most a thousand. */
export function findLiteral(
  text: string,
  pattern: TextPattern & { readonly kind: "literal" },
): Mark[] {
  const marks: Mark[] = [];
  const [body, wanted] = pattern.ignoreCase
    ? [text.toLowerCase(), pattern.text.toLowerCase()]
    : [text, pattern.text];
  // Letters that change their length with their case would shift every mark behind them.
  if (body.length !== text.length) return findLiteral(text, { ...pattern, ignoreCase: false });
  for (
    let at = body.indexOf(wanted);
    at >= 0 && marks.length < MAX_MARKS_PER_FILE;
    at = body.indexOf(wanted, at + wanted.length)
  )
    marks.push({ start: at, end: at + wanted.length });
  return marks;
}

/** One hit for each unit that holds a match. */
async function toHits(
  { store, file }: { readonly store: SearchStore; readonly file: StoredFile },
  text: string,
  marks: readonly Mark[],
): Promise<Hit[]> {
  const lineStarts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1))
    lineStarts.push(at + 1);
  const lines = text.split(/\r\n?|\n/);
  const symbols = await store.symbolsIn(file.content, 1, lines.length);
  const units = new Map<
    number,
    { unit: ReturnType<typeof unitAround>; line: number; texts: Set<string>; count: number }
  >();
  let line = 1;
  for (const { start, end } of marks) {
    while (line < lineStarts.length && (lineStarts[line] ?? Infinity) <= start) line++;
    const last = [...units.values()].at(-1);
    const unit =
      last !== undefined && line <= last.unit.endLine
        ? last.unit
        : unitAround(lines, line, symbols);
    const known = units.get(unit.startLine);
    if (known === undefined) {
      if (units.size === MAX_HITS_PER_FILE) break;
      units.set(unit.startLine, { unit, line, texts: new Set([text.slice(start, end)]), count: 1 });
    } else {
      known.count++;
      known.texts.add(text.slice(start, end));
    }
  }
  return Array.from(units.values(), ({ unit, line: first, texts, count }) => ({
    store,
    file,
    score: worthOf(file, "description"),
    why: { kind: "match", count },
    show: async () => ({
      unit: shorten(unit, first),
      mark: (snippet: string) => markTexts(snippet, texts),
    }),
  }));
}

function markTexts(snippet: string, texts: ReadonlySet<string>): Mark[] {
  return [...texts]
    .filter((text) => text !== "")
    .flatMap((text) => findLiteral(snippet, { kind: "literal", text, ignoreCase: false }))
    .sort((a, b) => a.start - b.start);
}
