/**
 * The parser's veto: a candidate that brings an error of its own is not shown.
 *
 * A document being written may have errors elsewhere, so candidates are held to the fewest errors that any line could leave in
 * the cursor's place, as far as can be told by trying: the line as it is, no line, each candidate, and lines that open, close or
 * carry on what a line taken out may have opened, closed or carried on. What none of them puts right stands elsewhere.
 *
 * While a block is being written its end may not be there yet. If the end of a block that was opened further left puts the
 * document right, everything is judged as if it stood behind the line.
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
  readonly #text: string;
  readonly #line: Line;
  readonly #counts = new Map<string, number>();
  /** What is taken to follow the line: the end of a block that has not been written yet. */
  #tail = "";
  /** Undefined when there is no parser: then nothing is refused. */
  readonly #fewest: number | undefined;
  // Then only what is free of errors can be trusted.
  #isOutOfTime = false;

  /** True once the parser ran out of time. */
  get isOutOfTime(): boolean {
    return this.#isOutOfTime;
  }

  /** `tails` are ends of blocks that may be missing behind the line, the shortest first. */
  constructor(
    countErrors: CountErrors,
    request: CompletionRequest,
    line: Line,
    candidates: readonly Replacement[],
    tails: readonly string[],
  ) {
    this.#countErrors = countErrors;
    this.#text = request.text;
    this.#line = line;
    const now = countErrors(request.offset, request.offset, "");
    this.#fewest =
      now === undefined ? undefined : this.#findFewest(now, request.language, candidates, tails);
  }

  /** True when the replacement leaves no more errors than the best line could. One that could not be parsed in time is refused. */
  allows(replacement: Replacement): boolean {
    if (this.#fewest === undefined) return true;
    return this.#count(replacement) <= (this.#isOutOfTime ? 0 : this.#fewest);
  }

  #findFewest(
    now: number,
    language: Language,
    candidates: readonly Replacement[],
    tails: readonly string[],
  ): number {
    if (now === 0) return 0;
    const { start: lineStart, end } = this.#line;
    const without = { start: lineStart, end, text: "" };
    let fewest = Math.min(now, this.#count(without));
    if (fewest === 0) return 0;
    for (const tail of tails) {
      if (this.#count({ ...without, text: tail }) > 0) continue;
      this.#tail = tail;
      return 0;
    }

    const start = lineStart + indentAt(this.#text, lineStart);
    const isNextLineDeeper = indentBelow(this.#text, end) > start - lineStart;
    const fillers = fillersFor(language, isNextLineDeeper).map((text) => ({ start, end, text }));
    // By turns, because either kind may put it right at once, and the parser's time is limited.
    for (let i = 0; i < Math.max(candidates.length, fillers.length); i++) {
      for (const attempt of [candidates[i], fillers[i]]) {
        if (fewest === 0) return 0;
        if (attempt !== undefined) fewest = Math.min(fewest, this.#count(attempt));
      }
    }
    return fewest;
  }

  #count({ start, end, text }: Replacement): number {
    const behind = this.#tail === "" ? "" : this.#text.slice(end, this.#line.end) + this.#tail;
    const key = `${start} ${end} ${text}${this.#tail}`;
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    const count =
      behind === ""
        ? this.#countErrors(start, end, text)
        : this.#countErrors(start, this.#line.end, text + behind);
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
