/** Beam search from the cursor to the end of the line. */
import { CONTEXT } from "./sorting.ts";
import type { Prediction } from "./predictor.ts";
import { Mark } from "./vocabulary.ts";

/** A way the line may go on: its tokens, whether a blank stands before each, and the natural logarithm of its probability. */
export interface Path {
  readonly tokens: readonly number[];
  readonly spaced: readonly boolean[];
  readonly logProbability: number;
  readonly documentShare: number;
}

/** Bounds of the search. */
export interface BeamOptions {
  readonly width: number;
  readonly maxTokens: number;
  /** Paths less probable than this (natural logarithm) are dropped. */
  readonly floor: number;
  /** Finished paths wanted. */
  readonly wanted: number;
}

export const DEFAULT_BEAM: BeamOptions = { width: 5, maxTokens: 40, floor: -9, wanted: 10 };

/** Gives the next tokens after `context[0 … length - 1]`, best first. */
export type NextTokens = (
  context: Int32Array,
  length: number,
  most: number,
) => readonly Prediction[];

/** Finished paths, most probable first. `before` is the context; `starts` are the paths already decided (an empty one for a plain cursor). */
export function searchLine(
  before: Int32Array,
  starts: readonly Path[],
  next: NextTokens,
  options: BeamOptions = DEFAULT_BEAM,
): Path[] {
  const finished: Path[] = [];
  let open = starts.slice(0, options.width * 2);
  const context = new Int32Array(CONTEXT * 2 + options.maxTokens + 8);
  const kept = Math.min(before.length, CONTEXT * 2);
  context.set(before.subarray(before.length - kept));
  for (let step = 0; step < options.maxTokens && open.length > 0; step++) {
    const grown: Path[] = [];
    for (const path of open) {
      for (let i = 0; i < path.tokens.length; i++) context[kept + i] = path.tokens[i] as number;
      for (const prediction of next(context, kept + path.tokens.length, options.width + 3)) {
        const logProbability = path.logProbability + Math.log(prediction.probability);
        if (logProbability < options.floor) break;
        if (
          prediction.token === Mark.opaque ||
          prediction.token === Mark.file ||
          prediction.token === Mark.hole
        )
          continue;
        const n = path.tokens.length;
        const documentShare = (path.documentShare * n + prediction.documentShare) / (n + 1);
        if (prediction.token === Mark.lineSame) {
          if (n > 0) finished.push({ ...path, logProbability, documentShare });
          continue;
        }
        grown.push({
          tokens: [...path.tokens, prediction.token],
          spaced: [...path.spaced, prediction.isSpaced],
          logProbability,
          documentShare,
        });
      }
    }
    grown.sort((a, b) => b.logProbability - a.logProbability);
    open = grown.slice(0, options.width);
    finished.sort((a, b) => b.logProbability - a.logProbability);
    const worst = finished[options.wanted - 1];
    if (
      worst !== undefined &&
      (open[0] === undefined || open[0].logProbability < worst.logProbability)
    )
      break;
  }
  return finished.slice(0, options.wanted);
}
