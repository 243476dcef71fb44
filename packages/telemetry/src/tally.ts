import type { Choice } from "./choice.ts";
import { addCounts, type Counts, noCounts } from "./counts.ts";
import type { Week } from "./week.ts";

/** What one program counted in one week. */
export interface Tally {
  readonly week: Week;
  /** Unique. */
  readonly name: string;
  /** Whether the policy allowed sending when it was counted. */
  readonly isQueued: boolean;
  /** When the first of it was counted. */
  readonly sinceMs: number;
  readonly counts: Counts;
}

/** Whether a tally may go out under the latest choice: allowed when it was counted, and all of it after the yes. */
export function isSendable(
  { isQueued, sinceMs }: Pick<Tally, "isQueued" | "sinceMs">,
  latest: Choice | undefined,
): boolean {
  return isQueued && latest?.mode === "on" && sinceMs >= latest.atMs;
}

/** What all tallies counted together. */
export function sumOf(tallies: readonly Pick<Tally, "counts">[]): Counts {
  return tallies.reduce((sum, { counts }) => addCounts(sum, counts), noCounts);
}
