import type {
  WorkDoneProgressBegin,
  WorkDoneProgressEnd,
  WorkDoneProgressReport,
} from "vscode-languageserver-protocol/node";
import type { Status } from "../session.ts";

/** What the protocol sends for one stretch of work. */
type ProgressValue = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

/** The editor's side of progress. */
export interface ProgressSink {
  /** Asks the editor for a place to show progress; rejects when it has none. */
  create(token: string): Promise<unknown>;
  report(token: string, value: ProgressValue): void;
}

/** Shows how far indexing is, over all projects together. */
export class Progress {
  readonly #sink: ProgressSink;
  readonly #title: string;
  #token: string | undefined;
  #begun = false;
  #count = 0;

  constructor(sink: ProgressSink, title: string) {
    this.#sink = sink;
    this.#title = title;
  }

  /** Brings the display up to date. Rejects when the editor refused to show progress; then nothing is shown for this stretch of work. */
  async update(statuses: readonly Status[]): Promise<void> {
    const indexing = statuses.flatMap(({ activity }) =>
      activity.kind === "indexing" ? [activity] : [],
    );
    if (indexing.length === 0) {
      this.#end();
      return;
    }
    const done = indexing.reduce((sum, activity) => sum + activity.filesDone, 0);
    const total = indexing.reduce((sum, activity) => sum + activity.filesTotal, 0);
    const values = {
      message: `${done}/${total}`,
      percentage: total === 0 ? 0 : Math.floor((100 * done) / total),
    };
    if (this.#token === undefined) {
      this.#count += 1;
      const token = `cloud-code-indexing-${this.#count}`;
      this.#token = token;
      await this.#sink.create(token);
      // The work may have ended while the editor answered; a token that never begins is never shown.
      if (this.#token !== token) return;
      this.#begun = true;
      this.#sink.report(token, {
        kind: "begin",
        title: this.#title,
        cancellable: false,
        ...values,
      });
    } else if (this.#begun) {
      this.#sink.report(this.#token, { kind: "report", ...values });
    }
  }

  #end(): void {
    if (this.#token !== undefined && this.#begun) this.#sink.report(this.#token, { kind: "end" });
    this.#token = undefined;
    this.#begun = false;
  }
}
