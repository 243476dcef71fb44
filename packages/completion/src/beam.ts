/** Beam search from the cursor to the end of the line: the few most probable ways to go on are carried side by side. */
import { applyBracket, type Brackets } from "./brackets.ts";
import type { Prediction } from "./predictor.ts";
import { CONTEXT } from "./sorting.ts";
import { Mark } from "./vocabulary.ts";

/** A way the line may go on. */
export interface Path {
  readonly tokens: readonly number[];
  /** Whether a blank stands before each token. */
  readonly spaced: readonly boolean[];
  /** Natural logarithm of the path's probability. */
  readonly logProbability: number;
  /** Mean share of the document in its tokens' probabilities, 0 to 1. */
  readonly documentShare: number;
  /** Brackets open at its end, those open before the cursor included. */
  readonly open: Brackets | undefined;
}

/** What the search asks about tokens. */
export interface Oracle {
  /** The next tokens after `context[0 … length - 1]`, best first, at most `most`. */
  next(context: Int32Array, length: number, most: number): readonly Prediction[];
  wordOf(token: number): string;
}

/** Paths carried side by side. */
const WIDTH = 5;
/** Longer lines are not worth reading as a suggestion. */
const MAX_TOKENS = 40;
/** Natural logarithm of the probability below which a path is given up. */
const FLOOR = -9;
/** Finished paths wanted: some will not parse, some will turn out to be the same text. */
const WANTED = 12;
/** Tokens before the cursor that the search hands on; no context is compared further. */
const CARRIED = CONTEXT * 2;

/** Finished paths, the most probable first, grown from `starts`. `before` is the text before the cursor as tokens. */
export function searchLine(before: Int32Array, starts: readonly Path[], oracle: Oracle): Path[] {
  const finished: Path[] = [];
  const context = new Int32Array(CARRIED + MAX_TOKENS + 2);
  const carried = Math.min(before.length, CARRIED);
  context.set(before.subarray(before.length - carried));
  let open = [...starts].sort(byProbability).slice(0, WIDTH * 2);
  while (open.length > 0) {
    const grown: Path[] = [];
    for (const path of open) {
      context.set(path.tokens, carried);
      const length = path.tokens.length;
      for (const prediction of oracle.next(context, carried + length, WIDTH + 3)) {
        const logProbability = path.logProbability + Math.log(prediction.probability);
        if (logProbability < FLOOR) break;
        const { token } = prediction;
        if (token === Mark.opaque || token === Mark.file || token === Mark.hole) continue;
        const documentShare =
          (path.documentShare * length + prediction.documentShare) / (length + 1);
        if (token === Mark.lineSame) {
          finished.push({ ...path, logProbability, documentShare });
          continue;
        }
        const brackets = applyBracket(path.open, oracle.wordOf(token));
        if (brackets === "mismatch" || length >= MAX_TOKENS) continue;
        grown.push({
          tokens: [...path.tokens, token],
          spaced: [...path.spaced, prediction.isSpaced],
          logProbability,
          documentShare,
          open: brackets,
        });
      }
    }
    open = grown.sort(byProbability).slice(0, WIDTH);
    finished.sort(byProbability);
    const worst = finished[WANTED - 1];
    // No open path can overtake: going on only makes it less probable.
    if (worst !== undefined && (open[0]?.logProbability ?? -Infinity) < worst.logProbability) break;
  }
  return finished.slice(0, WANTED);
}

function byProbability(a: Path, b: Path): number {
  return b.logProbability - a.logProbability;
}
