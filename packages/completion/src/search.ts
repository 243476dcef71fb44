/** From the text around the cursor to the ways its line may go on. */
import { isKeyword, TokenKind, type Language } from "@cloud-code/syntax";
import { AnalogyModel, renameWord, type Naming } from "./analogy.ts";
import { searchLine, type Path } from "./beam.ts";
import { applyBracket, closersBehind, type Brackets } from "./brackets.ts";
import type { Cut } from "./calibration.ts";
import { DocumentModel } from "./document.ts";
import { Predictor } from "./predictor.ts";
import type { Project } from "./project.ts";
import type { Above, Part } from "./readings.ts";
import { CONTEXT } from "./sorting.ts";
import { isWordCharacter, renderWords } from "./text.ts";
import { readTyped, type Fit, type Reading } from "./typed.ts";
import { FIRST_WORD, isLineEnd, Mark, type Overlay, type Words } from "./vocabulary.ts";

/** A half-typed word asks for every word that fits, however improbable. */
const ALL = 1 << 20;

/** What each line mark does to the level of indentation. */
const LEVELS: Readonly<Record<number, number>> = {
  [Mark.lineDeeper]: 1,
  [Mark.lineOut1]: -1,
  [Mark.lineOut2]: -2,
  [Mark.lineOut3]: -3,
};

/** One search: what was typed, what is known, and the ways to go on. */
export class Search {
  /** The unfinished word or literal before the cursor; empty after a blank or a sign. */
  readonly typed: string;
  readonly cut: Cut;
  /** Brackets open before the cursor, as far as the part read reaches up. */
  readonly openBefore: Brackets | undefined;
  /** Ends of blocks around the cursor that may not have been written yet; see `closersBehind`. */
  readonly tails: readonly string[];
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

    const { open, level } = this.#followBrackets();
    this.openBefore = open;
    this.tails = closersBehind(open, level);

    if (this.typed !== "") words.idOf(this.typed);
    project.scratch.reserve(words.size);
    const naming = namingOf(language, words);
    const names = new Uint8Array(this.#tokens.length);
    const mark = (kinds: Uint8Array, length: number, at: number): void => {
      for (let i = 0; i < length; i++) if (kinds[i] === TokenKind.Identifier) names[at + i] = 1;
    };
    mark(above.part.kinds, this.#holeAt, 0);
    mark(below.kinds, below.kinds.length, this.#holeAt + 1);
    this.#predictor = new Predictor(
      new DocumentModel(this.#tokens, spaced, this.#holeAt),
      new AnalogyModel(this.#tokens, names, this.#holeAt, naming),
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
    const open = this.openBefore;
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

  /** Follows brackets and indentation down to the cursor. */
  #followBrackets(): { open: Brackets | undefined; level: number } {
    let open: Brackets | undefined;
    let level = 0;
    const signs = ["(", ")", "[", "]", "{", "}"];
    const numbers = Int32Array.from(signs, (sign) => this.#words.find(sign) ?? Mark.hole);
    for (let i = 0; i < this.#holeAt; i++) {
      const token = this.#tokens[i] as number;
      level += LEVELS[token] ?? 0;
      const sign = signs[numbers.indexOf(token)];
      if (sign === undefined) continue;
      const after = applyBracket(open, sign, level);
      if (after !== "mismatch") open = after;
    }
    return { open, level };
  }

  #readings(context: Int32Array): Reading[] {
    const carried = context.subarray(Math.max(0, context.length - CONTEXT * 2));
    const predictions = this.#predictor.next(carried, carried.length, ALL);
    const { attached, scratch } = this.#project;
    return readTyped(this.typed, predictions, this.#tokens, attached, this.#words, scratch);
  }
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
