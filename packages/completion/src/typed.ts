/**
 * Half-typed words: how a typed beginning may be meant, and how likely each reading is.
 *
 * The word before the cursor may be complete (`foo▮` → `foo(bar)`) or unfinished (`fo▮` → `foo(bar)`). Both readings compete in
 * one distribution over whole words: what the context predicts, what stands in the document, what stands in the project, each
 * restricted to words that fit what was typed.
 */
import type { AttachedSegment } from "./neighbours.ts";
import type { Prediction, Scratch } from "./predictor.ts";
import { FIRST_WORD, type Words } from "./vocabulary.ts";

/** How a word fits what was typed: it is the same, it begins so, it begins so in another case, or its humps do (`nPE`). */
export type Fit = "same" | "prefix" | "case" | "humps";

/** One reading of the typed word, with its probability among all readings. */
export interface Reading {
  readonly token: number;
  readonly fit: Fit;
  readonly probability: number;
  readonly documentShare: number;
}

/** A word in another spelling than typed has to be that much more likely. */
const TRUST: Readonly<Record<Fit, number>> = { same: 1, prefix: 1, case: 0.2, humps: 0.1 };
/** Probability kept for words of the document and of the project that the context did not predict. */
const DOCUMENT_MASS = 0.02;
const PROJECT_MASS = 0.01;
/** Probability that the typed word is complete, beside what the context says of it. */
const KNOWN_WORD_MASS = 0.02;
const NEW_WORD_MASS = 0.001;
/** One typed letter begins too many words of a project. */
const MIN_PROJECT_CHARS = 2;
/** Readings the search starts from. */
const MAX_READINGS = 8;

/** The readings of `typed`, the most probable first. `isKnown` says that the typed word itself stands elsewhere. */
export function readTyped(
  typed: string,
  predictions: readonly Prediction[],
  documentTokens: Int32Array,
  segments: readonly AttachedSegment[],
  words: Words,
  scratch: Scratch,
): Reading[] {
  const own = words.idOf(typed);
  const sums = new Map<number, { weight: number; fromDocument: number; fit: Fit }>();
  let isKnown = false;
  const add = (token: number, probability: number, documentShare: number): void => {
    const fit = fitOf(typed, words.wordOf(token));
    if (fit === undefined) return;
    const sum = sums.get(token) ?? { weight: 0, fromDocument: 0, fit };
    sum.weight += probability * TRUST[fit];
    sum.fromDocument += probability * TRUST[fit] * documentShare;
    sums.set(token, sum);
  };

  for (const { token, probability, documentShare } of predictions) {
    if (token >= FIRST_WORD) add(token, probability, documentShare);
  }
  scratch.tally(documentTokens, (token, count) => {
    isKnown ||= token === own;
    if (token >= FIRST_WORD) add(token, (DOCUMENT_MASS * count) / documentTokens.length, 1);
  });
  if (typed.length >= MIN_PROJECT_CHARS) {
    for (const segment of segments) {
      segment.eachWordWith(typed, (token, share) => {
        isKnown ||= token === own;
        add(token, PROJECT_MASS * share, 0);
      });
    }
  }
  add(own, isKnown ? KNOWN_WORD_MASS : NEW_WORD_MASS, 1);

  let total = 0;
  for (const { weight } of sums.values()) total += weight;
  return [...sums]
    .map(([token, { weight, fromDocument, fit }]) => ({
      token,
      fit,
      probability: weight / total,
      documentShare: fromDocument / weight,
    }))
    .sort((a, b) => b.probability - a.probability || a.token - b.token)
    .slice(0, MAX_READINGS);
}

/** How `word` fits `typed`; undefined when it does not. */
export function fitOf(typed: string, word: string): Fit | undefined {
  if (word === typed) return "same";
  if (word.startsWith(typed)) return "prefix";
  // The first letter must agree, whatever its case: a hump match that begins elsewhere looks like a mistake.
  if (
    word.length <= typed.length ||
    word.charAt(0).toLowerCase() !== typed.charAt(0).toLowerCase()
  ) {
    return undefined;
  }
  if (word.slice(0, typed.length).toLowerCase() === typed.toLowerCase()) return "case";
  return typed.length >= 2 && fitsHumps(typed, word) ? "humps" : undefined;
}

/** True when each letter of `typed` is the next letter of `word` or the first of a later hump; both have agreed in their first. */
function fitsHumps(typed: string, word: string): boolean {
  // All places in `word` where the letters so far may end: with only the first, "sSt" would miss "sizeSetStart".
  let ends = new Set([1]);
  for (const letter of typed.slice(1).toLowerCase()) {
    const next = new Set<number>();
    const first = Math.min(...ends);
    for (let at = first; at < word.length; at++) {
      const isReached = ends.has(at) || isHump(word, at);
      if (isReached && word.charAt(at).toLowerCase() === letter) next.add(at + 1);
    }
    if (next.size === 0) return false;
    ends = next;
  }
  return true;
}

/** True where a part of a compound word begins: `readHTTPFile`, `read_file`, `v2`. */
function isHump(word: string, at: number): boolean {
  const letter = word.charAt(at);
  const before = word.charAt(at - 1);
  const isUpper = letter !== letter.toLowerCase();
  if (isUpper) {
    const after = word.charAt(at + 1);
    return before === before.toLowerCase() || (after !== "" && after !== after.toUpperCase());
  }
  return before === "_" || before === "-" || (/\d/u.test(letter) && !/\d/u.test(before));
}
