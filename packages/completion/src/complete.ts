/** From a cursor to a ranked list: context, search, blanks, brackets, the parser's veto, order. */
import type { Path } from "./beam.ts";
import { closersBetween } from "./brackets.ts";
import { calibrate } from "./calibration.ts";
import { excerptAround } from "./excerpt.ts";
import { lineBelow, readLine, type Line } from "./line.ts";
import type { Project } from "./project.ts";
import { readAbove, readBelow } from "./readings.ts";
import { Search } from "./search.ts";
import type {
  CompletionRequest,
  CompletionResult,
  CountErrors,
  Silence,
  Suggestion,
} from "./suggestion.ts";
import { meetRest, normalizeBlanks } from "./text.ts";
import { Veto, type Replacement } from "./veto.ts";
import { Overlay } from "./vocabulary.ts";

const DEFAULT_LIMIT = 5;

/**
 * Suggests how the cursor's line goes on, best first. Synchronous: a few milliseconds on a project of millions of tokens. The
 * same project, document and cursor always give the same list. Each candidate was parsed in its place by `countErrors`; one that
 * leaves an error the document need not have is not returned.
 */
export function complete(
  project: Project,
  request: CompletionRequest,
  countErrors: CountErrors,
): CompletionResult {
  if (request.signal?.aborted === true) return silent("cancelled");
  const line = readLine(request);
  if (line.isInsideWord && request.explicit !== true) return silent("inside-word");

  const { path, language, offset } = request;
  const { start, end } = excerptAround(request.text, offset);
  const text = request.text.slice(start, end);
  const reading = project.readings.open(`${path}:${start}`, language, text);
  // Made after the reading, which may have added words to the vocabulary below it.
  const words = new Overlay(project.vocabulary);
  const above = readAbove(reading, text, offset - start, words);
  if (above.place === "comment") return silent("inside-comment");
  if (above.place === "literal" && above.literal === "") return silent("inside-string");
  const below = readBelow(reading, text, line.end - start, words);

  const search = new Search(project, language, words, above, below, line.isAfterBlank);
  const paths = search.run();
  const { suggestions, refused } = offer(paths, search, request, line, countErrors);
  if (suggestions.length > 0) return { candidates: suggestions };
  if (refused !== undefined) return silent(refused);
  if (above.place === "literal") return silent("inside-string");
  return silent(search.isLineFinished ? "line-finished" : "no-evidence");
}

function silent(why: Silence): CompletionResult {
  return { candidates: [], why };
}

/** A path as text in its place: as it is, and with the brackets closed that it opens. */
interface Candidate {
  readonly path: Path;
  readonly spellings: readonly Replacement[];
}

/** Turns paths into suggestions: fitted to the rest of the line, without doubles, without what the parser refuses. */
function offer(
  paths: readonly Path[],
  search: Search,
  request: CompletionRequest,
  line: Line,
  countErrors: CountErrors,
): { suggestions: Suggestion[]; refused: Silence | undefined } {
  const candidates = toCandidates(paths, search, request, line);
  const veto = new Veto(
    countErrors,
    request,
    line,
    candidates.flatMap(({ spellings }) => spellings),
    search.tails,
  );
  const suggestions: Suggestion[] = [];
  let hasRejected = false;
  for (const { path, spellings } of candidates) {
    if (suggestions.length >= (request.limit ?? DEFAULT_LIMIT)) break;
    const allowed = spellings.find((spelling) => veto.allows(spelling));
    if (allowed === undefined) {
      hasRejected = true;
      continue;
    }
    const { start, end, text } = allowed;
    suggestions.push({
      text,
      rank: suggestions.length + 1,
      probability: calibrate(search.cut, Math.exp(path.logProbability)),
      source: path.documentShare > 0.5 ? "file" : "project",
      replace: { start, end },
    });
  }
  const reason = veto.isOutOfTime ? "out-of-time" : "all-rejected-by-parser";
  return { suggestions, refused: hasRejected ? reason : undefined };
}

function toCandidates(
  paths: readonly Path[],
  search: Search,
  { text, offset }: CompletionRequest,
  line: Line,
): Candidate[] {
  const before = text.slice(line.start, offset);
  const nextLine = lineBelow(text, line.end);
  const seen = new Set<string>();
  const candidates: Candidate[] = [];
  for (const path of paths) {
    const { text: whole, respells } = search.textOf(path, before);
    const met = meetRest(whole, line.rest);
    if (met === undefined || met.text.trim() === "") continue;
    const key = normalizeBlanks(met.text);
    const start = respells ? offset - search.typed.length : offset;
    const end = offset + met.overwrite;
    const newLine = text.slice(line.start, start) + met.text + text.slice(end, line.end);
    const isCopyOfNext = nextLine.length > 3 && normalizeBlanks(newLine) === nextLine;
    if (seen.has(key) || isCopyOfNext) continue;
    seen.add(key);
    const closed = closeBrackets(met.text, before, closersBetween(path.open, search.openBefore));
    const spellings = closed === undefined ? [met.text] : [met.text, closed];
    candidates.push({
      path,
      spellings: spellings.map((spelling) => ({ start, end, text: spelling })),
    });
  }
  return candidates;
}

/** The candidate with the brackets it opens closed: on the line, or for a block, on a line of their own; undefined when it opens none. */
function closeBrackets(candidate: string, before: string, closers: string): string | undefined {
  if (closers === "") return undefined;
  if (!candidate.endsWith("{")) return candidate + closers;
  const indent = /^[ \t]*/u.exec(before)?.[0] ?? "";
  return `${candidate}\n${indent}${closers}`;
}
