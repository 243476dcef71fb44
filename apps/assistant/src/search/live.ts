import type { Completion, SearchAnswer } from "@cloud-code/search";
import type { Notice } from "../session.ts";
import type { ModelRequest } from "./meaning.ts";
import type { AskedSearch } from "./request.ts";
import type { FoundFile, SearcherOptions } from "./searcher.ts";
import { Finder } from "./thread.ts";

const FRESH_MS = 3_000;
const KEPT_REQUESTS = 100;

/**
 * The search of a workspace for a surface that stays: nothing is read before the first question; that one waits for the workspace's files, and the dependencies
 * follow in the background. Later questions look for changes first when nobody tells of them.
 */
export class LiveSearch {
  readonly #finder: Finder;
  readonly #isTold: boolean;
  readonly #requests: ModelRequest[] = [];
  #updated: Promise<void> | undefined;
  #updatedMs = 0;

  /** `isTold`: `changed` will be called for every change on disk. */
  constructor(
    options: SearcherOptions & { readonly isTold: boolean },
    notice: (notice: Notice) => void,
  ) {
    this.#isTold = options.isTold;
    this.#finder = new Finder(
      { root: options.root, cache: options.cache },
      {
        notice,
        progress: () => undefined,
        sent: (request) => {
          this.#requests.unshift(request);
          this.#requests.length = Math.min(this.#requests.length, KEPT_REQUESTS);
        },
      },
    );
  }

  /** What was sent to a model since the start, the latest first. */
  get requests(): readonly ModelRequest[] {
    return this.#requests;
  }

  /** Answers a question. Rejects with an `AssistantError`. */
  async search(request: AskedSearch, signal?: AbortSignal): Promise<SearchAnswer> {
    await this.#fresh();
    return this.#finder.search(request, signal);
  }

  /** What the last word of a question may become; nothing before the first index is there. */
  async suggest(typed: string, limit: number): Promise<readonly Completion[]> {
    await this.#fresh();
    return this.#finder.suggest(typed, limit);
  }

  /** The whole text of a file that was found; undefined when it is gone or in no index. */
  source(file: FoundFile): Promise<string | undefined> {
    return this.#finder.source(file);
  }

  /** Tells that a file is different; `path` is relative to the workspace. */
  changed(path: string): void {
    // Without an index there is nothing to correct; one that cannot be corrected is built anew with the next start.
    if (this.#updated !== undefined) this.#finder.changed(path).catch(() => undefined);
  }

  /** Ends the thread. */
  close(): Promise<void> {
    return this.#finder.close();
  }

  async #fresh(): Promise<void> {
    const isFirst = this.#updated === undefined;
    if (isFirst || (!this.#isTold && performance.now() - this.#updatedMs > FRESH_MS)) {
      this.#updated = this.#finder.update({ workspace: true, dependencies: false });
      if (isFirst)
        // What cannot be read of the dependencies is told by a notice; the workspace is searched all the same.
        this.#updated
          .then(() => this.#finder.update({ workspace: false, dependencies: true }))
          .catch(() => undefined);
    }
    await this.#updated;
    this.#updatedMs = performance.now();
  }
}
