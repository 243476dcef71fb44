import type { SearchTools } from "./answer.ts";
import { SearchError } from "./errors.ts";
import type { Findings, Hit } from "./hit.ts";
import type { Library } from "./library.ts";
import { type TextPattern, piecesOf } from "./pattern.ts";
import { worthOf } from "./rank.ts";
import { type Mark, shorten, unitAround } from "./snippet.ts";
import type { SearchStore, StoredFile } from "./store.ts";

/** Files that may match: so many are named at first, since most questions find enough in them, and so many are opened in all. */
const FIRST_FILES = 64;
const MAX_FILES = 5_000;
const FILES_AT_ONCE = 16;
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
  const hits: Hit[] = [];
  let isTotalExact = true;
  for (const store of library.stores) {
    const seen = new Set<StoredFile["content"]>();
    for (const limit of [FIRST_FILES, MAX_FILES]) {
      library.check();
      const named = await store.filesWith(piecesOf(pattern), library.filter, limit);
      const files = named.filter(({ content }) => !seen.has(content)).sort(byWorth);
      for (const { content } of files) seen.add(content);
      for (let from = 0; from < files.length; from += FILES_AT_ONCE) {
        library.check();
        // One more than the page tells that there is another.
        if (hits.length > wanted) return { hits, isTotalExact: false };
        const part = files.slice(from, from + FILES_AT_ONCE);
        const found = await lookInto(library, store, part, pattern, tools).catch(
          (error: unknown) => {
            // What was found before the time was over is an answer, though not the whole.
            if (
              hits.length > 0 &&
              error instanceof SearchError &&
              error.code === "PATTERN_TOO_BROAD"
            )
              return undefined;
            throw error;
          },
        );
        if (found === undefined) return { hits, isTotalExact: false };
        hits.push(...found.hits);
        isTotalExact &&= !found.isCut;
      }
      if (named.length < limit) break;
      if (limit === MAX_FILES) isTotalExact = false;
    }
  }
  return { hits, isTotalExact };
}

function byWorth(a: StoredFile, b: StoredFile): number {
  return worthOf(b, "description") - worthOf(a, "description") || (a.path < b.path ? -1 : 1);
}

async function lookInto(
  library: Library,
  store: SearchStore,
  files: readonly StoredFile[],
  pattern: TextPattern,
  tools: SearchTools,
): Promise<{ readonly hits: readonly Hit[]; readonly isCut: boolean }> {
  const texts = (await Promise.all(files.map((file) => library.read({ store, file })))).map(
    (text) => text ?? "",
  );
  const found =
    pattern.kind === "literal"
      ? texts.map((text) => findLiteral(text, pattern))
      : await tools.match(pattern, texts);
  const hits: Hit[] = [];
  let isCut = false;
  for (const [at, marks] of found.entries()) {
    const file = files[at];
    if (file === undefined || marks.length === 0) continue;
    const inFile = await toHits({ store, file }, texts[at] ?? "", marks);
    hits.push(...inFile);
    isCut ||= inFile.length === MAX_HITS_PER_FILE || marks.length === MAX_MARKS_PER_FILE;
  }
  return { hits, isCut };
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
        : unitAround(lines, line, await store.symbolsIn(file.content, line, line));
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
