import { z } from "zod";
import { readAsset } from "./assets.ts";

const shape = z.object({
  date: z.iso.date(),
  projects: z.number(),
  confirmProjects: z.number(),
  positions: z.number(),
  firstPercent: z.number(),
  fivePercent: z.number(),
  completionCpuMs: z.number(),
  completionCpuP95Ms: z.number(),
  searchFirst: z.number(),
  searchFirstRipgrep: z.number(),
  searchQuestions: z.number(),
  gatewayStreamsMb: z.number(),
});

/** Figures out of the committed results of the benchmarks (`bench/`). */
export type MeasuredFigures = z.output<typeof shape>;

/** The figures of this build; undefined when it was made without the results. */
export function readFigures(): MeasuredFigures | undefined {
  const asset = readAsset("figures.json");
  return asset === undefined
    ? undefined
    : shape.parse(JSON.parse(new TextDecoder().decode(asset.bytes)));
}
