import type { UsageEvent } from "@cloud-code/telemetry";
import type { Answer, Why } from "../session.ts";

/** Counts what happens, if the person chose that anything is counted. All that a surface knows of usage statistics. */
export interface Counter {
  count(event: UsageEvent): void;
}

/** Counts nothing. */
export const countNothing: Counter = { count: () => undefined };

/** Files that completion never looks into: there was no question to the engine. */
const refused: ReadonlySet<Why | undefined> = new Set<Why>([
  "unsupported-language",
  "refused-file",
  "file-too-large",
]);

/** Counts a question to the completion engine by its answer, `milliseconds` after it was asked. */
export function countAnswer(counter: Counter, answer: Answer, milliseconds: number): void {
  if (refused.has(answer.why)) return;
  counter.count({ kind: "trigger" });
  if (answer.candidates.length > 0) counter.count({ kind: "response", milliseconds });
}
