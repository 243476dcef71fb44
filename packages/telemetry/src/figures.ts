import { type FigureKey, figures } from "@cloud-code/policy";
import type { Counts } from "./counts.ts";

/** One of the eight figures with its value. */
export interface FigureValue {
  readonly figure: FigureKey;
  /** Counts in the order of the figure's title, or one average; undefined when there is nothing to average. */
  readonly values: readonly number[] | undefined;
}

/** The eight figures that follow from the counters, in the order of the promise. */
export function toFigures(counts: Counts): readonly FigureValue[] {
  return (Object.keys(figures) as FigureKey[]).map((figure) => {
    const { value } = figures[figure];
    if (value.kind === "counts") return { figure, values: value.of.map((key) => counts[key]) };
    const by = counts[value.by];
    return { figure, values: by === 0 ? undefined : [counts[value.sum] / by] };
  });
}
