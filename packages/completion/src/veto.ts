/**
 * The parser's veto: a candidate that brings an error of its own is not shown.
 *
 * A document being written may have errors elsewhere, so candidates are held to the fewest errors that any line could leave in
 * the cursor's place, as far as can be told by trying: the line as it is, no line, each candidate, and lines that open, close or
 * carry on what a line taken out may have opened, closed or carried on. What none of them puts right stands elsewhere.
 */
import type { Language } from "@cloud-code/syntax";
import { indentAt, indentBelow, type Line } from "./line.ts";
import type { CompletionRequest, CountErrors } from "./suggestion.ts";

/** Lines after which something is open. */
const OPENING = ["{", "class X {", "void x(", "try {", "x({", "x => {", "void x(X x,", "? x(", "["];
/** Lines that close something or carry it on. */
const CLOSING = ["}", ")", "})", ") {", "X x) {", ": x;", "+ x;", "x ||", "]", "} else {", "x"];

const PYTHON_OPENING = ["if x:", "try:", "def x(x):", "def x(x,", "x(", "class X:", "{", "["];
const PYTHON_CLOSING = [")", "x,", "}", "]", "x)", "x):", "else:", "except X:", "x"];

/** A text in place of `start … end`. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Judges replacements of one document; each is parsed once at most. */
export class Veto {
  readonly #countErrors: CountErrors;
  readonly #counts = new Map<string, number>();
  /** Undefined when there is no parser: then nothing is refused. */
  readonly #fewest: number | undefined;
  /** True once the parser ran out of time: then only what is free of errors can be trusted. */
  #isOutOfTime = false;

  constructor(
    countErrors: CountErrors,
    request: CompletionRequest,
    line: Line,
    candidates: readonly Replacement[],
  ) {
    this.#countErrors = countErrors;
    const now = countErrors(request.offset, request.offset, "");
    this.#fewest = now === undefined ? undefined : this.#findFewest(now, request, line, candidates);
  }

  /** True when the replacement leaves no more errors than the best line could. One that could not be parsed in time is refused. */
  allows(replacement: Replacement): boolean {
    if (this.#fewest === undefined) return true;
    return this.#count(replacement) <= (this.#isOutOfTime ? 0 : this.#fewest);
  }

  #findFewest(
    now: number,
    { text, language }: CompletionRequest,
    line: Line,
    candidates: readonly Replacement[],
  ): number {
    let fewest = now;
    const start = line.start + indentAt(text, line.start);
    const isNextLineDeeper = indentBelow(text, line.end) > start - line.start;
    const without = { start: line.start, end: line.end, text: "" };
    const fillers = fillersFor(language, isNextLineDeeper).map((filler) => ({
      start,
      end: line.end,
      text: filler,
    }));
    // By turns, because either kind may put it right at once, and the parser's time is limited.
    for (let i = -1; i < Math.max(candidates.length, fillers.length); i++) {
      for (const attempt of i < 0 ? [without] : [candidates[i], fillers[i]]) {
        if (fewest === 0) return 0;
        if (attempt !== undefined) fewest = Math.min(fewest, this.#count(attempt));
      }
    }
    return fewest;
  }

  #count({ start, end, text }: Replacement): number {
    const key = `${start} ${end} ${text}`;
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    const count = this.#countErrors(start, end, text);
    this.#isOutOfTime ||= count === undefined;
    this.#counts.set(key, count ?? Infinity);
    return count ?? Infinity;
  }
}

/** Lines to try, the likeliest first; what follows an indentation was probably opened by the line before it. */
function fillersFor(language: Language, isNextLineDeeper: boolean): readonly string[] {
  const [opening, closing] =
    language === "python" ? [PYTHON_OPENING, PYTHON_CLOSING] : [OPENING, CLOSING];
  return isNextLineDeeper ? [...opening, ...closing] : [...closing, ...opening];
}
