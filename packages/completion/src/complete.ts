/** From a cursor to a ranked list: context, search, blanks, brackets, the parser's veto, order. */
import { isKeyword, type Language } from "@cloud-code/syntax";
import { AnalogyModel, renameWord, type Naming } from "./analogy.ts";
import { searchLine, type Path } from "./beam.ts";
import { applyBracket, closersBetween, type Brackets } from "./brackets.ts";
import { calibrate, type Cut } from "./calibration.ts";
import { DocumentModel } from "./document.ts";
import { fillersFor } from "./fillers.ts";
import { Predictor } from "./predictor.ts";
import type { Project } from "./project.ts";
import { readAbove, readBelow, type Above, type Part } from "./readings.ts";
import { CONTEXT } from "./sorting.ts";
import type {
  CompletionRequest,
  CompletionResult,
  CountErrors,
  Silence,
  Suggestion,
} from "./suggestion.ts";
import { isWordCharacter, meetRest, normalizeBlanks, renderWords } from "./text.ts";
import { readTyped, type Fit, type Reading } from "./typed.ts";
import { FIRST_WORD, isLineEnd, Mark, Overlay, type Words } from "./vocabulary.ts";

const DEFAULT_LIMIT = 5;
/** A half-typed word asks for every word that fits, however improbable. */
const ALL = 1 << 20;

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

  const { path, language, text, offset } = request;
  const reading = project.readings.open(path, language, text);
  // Made after the reading, which may have added words to the vocabulary below it.
  const words = new Overlay(project.vocabulary);
  const above = readAbove(reading, text, offset, words);
  if (above.place === "comment") return silent("inside-comment");
  if (above.place === "literal" && above.literal === "") return silent("inside-string");
  const below = readBelow(reading, text, line.end, words);

  const search = new Search(project, language, words, above, below, line.isAfterBlank);
  const paths = search.run();
  const { suggestions, hasRejected } = offer(paths, search, request, line, countErrors);
  if (suggestions.length > 0) return { candidates: suggestions };
  if (hasRejected) return silent("all-rejected-by-parser");
  if (above.place === "literal") return silent("inside-string");
  return silent(search.isLineFinished ? "line-finished" : "no-evidence");
}

function silent(why: Silence): CompletionResult {
  return { candidates: [], why };
}

/** The cursor's line. */
interface Line {
  readonly start: number;
  readonly end: number;
  /** Text right of the cursor. */
  readonly rest: string;
  readonly isAfterBlank: boolean;
  readonly isInsideWord: boolean;
}

function readLine({ text, offset }: CompletionRequest): Line {
  const start = offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
  let end = text.indexOf("\n", offset);
  if (end < 0) end = text.length;
  if (end > offset && text[end - 1] === "\r") end -= 1;
  const isAfterWord = offset > start && isWordCharacter(text.charAt(offset - 1));
  const isInsideWord = isAfterWord && offset < end && isWordCharacter(text.charAt(offset));
  const isAfterBlank = offset === start || /\s/u.test(text.charAt(offset - 1));
  return { start, end, rest: text.slice(offset, end), isAfterBlank, isInsideWord };
}

/** One search: what was typed, what is known, and the ways to go on. */
class Search {
  /** The unfinished word or literal before the cursor; empty after a blank or a sign. */
  readonly typed: string;
  readonly cut: Cut;
  readonly #words: Words;
  readonly #project: Project;
  readonly #tokens: Int32Array;
  readonly #holeAt: number;
  readonly #predictor: Predictor;
  #fits: ReadonlyMap<number, Fit> = new Map();
  #isLineFinished = false;

  constructor(
    project: Project,
    language: Language,
    words: Overlay,
    above: Above,
    below: Part,
    isAfterBlank: boolean,
  ) {
    this.#project = project;
    this.#words = words;
    const { ids } = above.part;
    const last = ids.length - 1;
    const lastWord = words.wordOf(ids[last] ?? Mark.file);
    const isTyping =
      above.literal === "" && !isAfterBlank && (isWord(lastWord) || isOperator(lastWord));
    this.typed = isTyping ? lastWord : above.literal;
    this.#holeAt = isTyping ? last : ids.length;
    this.#tokens = new Int32Array(this.#holeAt + 1 + below.ids.length + 1);
    this.#tokens.set(ids.subarray(0, this.#holeAt));
    this.#tokens[this.#holeAt] = Mark.hole;
    this.#tokens.set(below.ids, this.#holeAt + 1);
    // The last line of a document ends like any other.
    this.#tokens[this.#tokens.length - 1] = Mark.lineSame;
    const spaced = new Uint8Array(this.#tokens.length);
    spaced.set(above.part.spaced.subarray(0, this.#holeAt));
    spaced.set(below.spaced, this.#holeAt + 1);
    const isBlankLine = this.#holeAt === 0 || isLineEnd(ids[this.#holeAt - 1] as number);
    const isPartial = this.typed !== "" && !isOperator(this.typed);
    this.cut = isPartial ? "partial" : isBlankLine ? "start" : "mid";

    if (this.typed !== "") words.idOf(this.typed);
    project.scratch.reserve(words.size);
    const naming = namingOf(language, words);
    this.#predictor = new Predictor(
      new DocumentModel(this.#tokens, spaced, this.#holeAt),
      new AnalogyModel(this.#tokens, this.#holeAt, naming),
      project.attached,
      project.scratch,
    );
  }

  /** True when the most likely thing to come is the end of the line. Meaningful after `run`. */
  get isLineFinished(): boolean {
    return this.#isLineFinished;
  }

  /** Ways to go on, the most probable first. */
  run(): Path[] {
    const context = this.#tokens.slice(0, this.#holeAt);
    const open = this.openBefore();
    let starts: Path[] = [{ tokens: [], spaced: [], logProbability: 0, documentShare: 0, open }];
    if (this.typed !== "") {
      const readings = this.#readings(context);
      this.#fits = new Map(readings.map(({ token, fit }) => [token, fit]));
      starts = readings.map(({ token, probability, documentShare }) => ({
        tokens: [token],
        spaced: [false],
        logProbability: Math.log(probability),
        documentShare,
        open,
      }));
    }
    const paths = searchLine(context, starts, {
      next: (tokens, length, most) => this.#predictor.next(tokens, length, most),
      wordOf: (token) => this.#words.wordOf(token),
    });
    this.#isLineFinished = paths[0] !== undefined && this.textOf(paths[0], "").text === "";
    return paths;
  }

  /** What a path inserts behind `before`, and whether it re-spells the typed word. */
  textOf(path: Path, before: string): { text: string; respells: boolean } {
    const words = path.tokens.map((token) => this.#words.wordOf(token));
    if (this.typed === "")
      return { text: renderWords(before, words, path.spaced), respells: false };
    const first = words[0] ?? "";
    const rest = renderWords(first, words.slice(1), path.spaced.slice(1));
    const fit = this.#fits.get(path.tokens[0] ?? Mark.file);
    const respells = fit === "case" || fit === "humps";
    return { text: (respells ? first : first.slice(this.typed.length)) + rest, respells };
  }

  /** Brackets open before the cursor, as far as the part read reaches up. */
  openBefore(): Brackets | undefined {
    let open: Brackets | undefined;
    const signs = new Map(
      ["(", ")", "[", "]", "{", "}"].map((sign) => [this.#words.find(sign), sign]),
    );
    for (let i = 0; i < this.#holeAt; i++) {
      const sign = signs.get(this.#tokens[i]);
      if (sign === undefined) continue;
      const after = applyBracket(open, sign);
      if (after !== "mismatch") open = after;
    }
    return open;
  }

  #readings(context: Int32Array): Reading[] {
    const carried = context.subarray(Math.max(0, context.length - CONTEXT * 2));
    const predictions = this.#predictor.next(carried, carried.length, ALL);
    return readTyped(this.typed, predictions, this.#tokens, this.#project.attached, this.#words);
  }
}

/** A path as text in its place. */
interface Candidate {
  readonly path: Path;
  readonly start: number;
  readonly end: number;
  /** What may be inserted: the path as it is, and with the brackets closed that it opens. */
  readonly spellings: readonly string[];
}

/** Turns paths into suggestions: fitted to the rest of the line, without doubles, without what the parser refuses. */
function offer(
  paths: readonly Path[],
  search: Search,
  request: CompletionRequest,
  line: Line,
  countErrors: CountErrors,
): { suggestions: Suggestion[]; hasRejected: boolean } {
  const { limit = DEFAULT_LIMIT } = request;
  const candidates = toCandidates(paths, search, request, line);
  const counts = new Map<string, number | undefined>();
  const count = (start: number, end: number, text: string): number | undefined => {
    const key = `${start} ${end} ${text}`;
    if (!counts.has(key)) counts.set(key, countErrors(start, end, text));
    return counts.get(key);
  };
  const allowed = fewestErrors(request, line, candidates, count);
  const suggestions: Suggestion[] = [];
  let hasRejected = false;
  for (const { path, start, end, spellings } of candidates) {
    if (suggestions.length >= limit) break;
    const text = spellings.find(
      (spelling) => allowed === undefined || (count(start, end, spelling) ?? Infinity) <= allowed,
    );
    if (text === undefined) {
      hasRejected = true;
      continue;
    }
    suggestions.push({
      text,
      rank: suggestions.length + 1,
      probability: calibrate(search.cut, Math.exp(path.logProbability)),
      source: path.documentShare > 0.5 ? "file" : "project",
      replace: { start, end },
    });
  }
  return { suggestions, hasRejected };
}

function toCandidates(
  paths: readonly Path[],
  search: Search,
  { text, offset }: CompletionRequest,
  line: Line,
): Candidate[] {
  const before = text.slice(line.start, offset);
  const nextLine = lineBelow(text, line.end);
  const openBefore = search.openBefore();
  const seen = new Set<string>();
  const candidates: Candidate[] = [];
  for (const path of paths) {
    const { text: whole, respells } = search.textOf(path, before);
    const met = meetRest(whole, line.rest);
    if (met === undefined || met.text.trim() === "") continue;
    const key = normalizeBlanks(met.text);
    const start = respells ? offset - search.typed.length : offset;
    const newLine = text.slice(line.start, start) + met.text + line.rest.slice(met.overwrite);
    const isCopyOfNext = nextLine.length > 3 && normalizeBlanks(newLine) === nextLine;
    if (seen.has(key) || isCopyOfNext) continue;
    seen.add(key);
    const repaired = repair(met.text, before, closersBetween(path.open, openBefore));
    candidates.push({
      path,
      start,
      end: offset + met.overwrite,
      spellings: repaired === undefined ? [met.text] : [met.text, repaired],
    });
  }
  return candidates;
}

/**
 * The fewest errors that any line could leave in the cursor's place, as far as can be told by trying: the line as it is, no line,
 * one that opens or closes something, each candidate. What is left then are errors that stand elsewhere, and a candidate that
 * leaves more brings one of its own. Undefined when the parser cannot tell.
 */
function fewestErrors(
  { text, offset, language }: CompletionRequest,
  line: Line,
  candidates: readonly Candidate[],
  count: CountErrors,
): number | undefined {
  let fewest = count(offset, offset, "");
  if (fewest === undefined) return undefined;
  const attempt = (start: number, end: number, text: string): void => {
    fewest = Math.min(fewest ?? 0, count(start, end, text) ?? Infinity);
  };
  attempt(line.start, line.end, "");
  const isNextLineDeeper = indentBelow(text, line.end) > indentAt(text, line.start);
  for (const filler of fillersFor(language, isNextLineDeeper)) {
    if (fewest === 0) return 0;
    attempt(line.start + indentAt(text, line.start), line.end, filler);
  }
  for (const { start, end, spellings } of candidates) {
    for (const spelling of spellings) attempt(start, end, spelling);
  }
  return fewest;
}

/** The candidate with the brackets it opens closed: on the line, or for a block, on a line of their own; undefined when it opens none. */
function repair(candidate: string, before: string, closers: string): string | undefined {
  if (closers === "") return undefined;
  if (!candidate.endsWith("{")) return candidate + closers;
  const indent = /^[ \t]*/u.exec(before)?.[0] ?? "";
  return `${candidate}\n${indent}${closers}`;
}

/** The next line below `end` that is not blank, its blanks normalized. */
function lineBelow(text: string, end: number): string {
  const found = /\S[^\n]*/u.exec(text.slice(end, end + 2000));
  return normalizeBlanks(found?.[0] ?? "");
}

/** How far the line at `start` is indented, in characters. */
function indentAt(text: string, start: number): number {
  return /^[ \t]*/u.exec(text.slice(start, start + 200))?.[0].length ?? 0;
}

/** How far the next line below `end` is indented that is not blank. */
function indentBelow(text: string, end: number): number {
  return /\n([ \t]*)[^\s]/u.exec(text.slice(end, end + 2000))?.[1]?.length ?? 0;
}

function isWord(word: string): boolean {
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(word);
}

/** True for signs that may be the beginning of a longer one, as `+` is of `+=`. */
function isOperator(word: string): boolean {
  return /^[=+\-*/%<>!&|^?:.~]+$/u.test(word);
}

/** Which tokens are names, remembered for one request: the search asks again and again for the same ones. */
function namingOf(language: Language, words: Words): Naming {
  const known = new Map<number, boolean>();
  return {
    isName(token) {
      if (token < FIRST_WORD) return false;
      let answer = known.get(token);
      if (answer === undefined) {
        const word = words.wordOf(token);
        answer =
          isWordCharacter(word.charAt(0)) && !/^\d/u.test(word) && !isKeyword(word, language);
        known.set(token, answer);
      }
      return answer;
    },
    rename: (here, there, next) =>
      renameWord(words, words.wordOf(here), words.wordOf(there), words.wordOf(next)),
  };
}
