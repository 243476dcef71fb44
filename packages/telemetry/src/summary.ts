import { counterKeys, type Counts, noCounts } from "./counts.ts";
import type { Report } from "./report.ts";
import type { Week } from "./week.ts";

/** Fewer reports are not shown together: their sum would tell about single people. */
export const minGroup = 10;

/** What a receiver shows of a week. */
export type WeekSummary =
  | {
      readonly week: Week;
      readonly kind: "shown";
      readonly reports: number;
      readonly counts: Counts;
    }
  | { readonly week: Week; readonly kind: "too-few" };

/** Sums the reports of each week, oldest first. Of a week with fewer than `minGroup` reports not even their number is told. */
export function summarise(reports: readonly Report[]): readonly WeekSummary[] {
  const weeks = [...new Set(reports.map(({ week }) => week))].sort();
  return weeks.map((week) => {
    const group = reports.filter((report) => report.week === week);
    if (group.length < minGroup) return { week, kind: "too-few" };
    // No upper bound here: that is one of a single machine.
    const total = counterKeys.map((key) => [
      key,
      group.reduce((sum, { counts }) => sum + counts[key], 0),
    ]);
    const counts: Counts = { ...noCounts, ...(Object.fromEntries(total) as Counts) };
    return { week, kind: "shown", reports: group.length, counts };
  });
}
