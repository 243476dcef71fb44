import type { Reason } from "./answer.ts";
import type { Mark, Unit } from "./snippet.ts";
import type { SearchStore, StoredFile } from "./store.ts";

/** Something found, before its text is cut out. */
export interface Hit {
  readonly store: SearchStore;
  readonly file: StoredFile;
  readonly score: number;
  readonly why: Reason;
  /** Settles which lines are shown; undefined when the file is gone or does not hold what was indexed. */
  readonly show: (lines: readonly string[]) => Promise<
    | {
        readonly unit: Unit;
        readonly mark: (snippet: string) => readonly Mark[];
        readonly why?: Reason;
      }
    | undefined
  >;
}

/** What was found for one question: the hits in order, as many as the page may need. */
export interface Findings {
  readonly hits: readonly Hit[];
  readonly isTotalExact: boolean;
}
