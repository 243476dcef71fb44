/**
 * From the search's own probabilities to ones that come true as often as they say.
 *
 * The search is over-confident, and differently so by kind of cut. A logistic curve per kind, fitted on the development positions
 * of bench/completion, maps the log-odds of what the search says to the rate at which such candidates were right.
 */

/** What kind of place the cursor is in: after some tokens of its line, on a blank line, or in the middle of a word. */
export type Cut = "mid" | "start" | "partial";

const CURVES: Readonly<Record<Cut, { readonly bias: number; readonly slope: number }>> = {
  mid: { bias: -0.26, slope: 0.69 },
  start: { bias: -0.8, slope: 0.69 },
  partial: { bias: -0.24, slope: 0.75 },
};

/** The calibrated probability of a candidate the search gives `probability`, 0 to 1. Never reorders candidates of one cut. */
export function calibrate(cut: Cut, probability: number): number {
  const bounded = Math.min(Math.max(probability, 1e-6), 1 - 1e-6);
  const { bias, slope } = CURVES[cut];
  return 1 / (1 + Math.exp(-(bias + slope * Math.log(bounded / (1 - bounded)))));
}
