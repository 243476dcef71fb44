import type { Completion, SearchAnswer } from "@cloud-code/search";
import type { Notice } from "../session.ts";
import type { ModelRequest } from "./meaning.ts";
import type { AskedSearch } from "./request.ts";
import type { FoundFile, SearcherOptions } from "./searcher.ts";
import { Finder } from "./thread.ts";

const FRESH_MS = 3_000;
const KEPT_REQUESTS = 100;
/** Packages are installed now and then; whether they are the same as before is soon seen. */
const PACKAGES_MS = 60_000;

/**
 * The search of a workspace for a surface that stays: nothing is read before the first question; that one waits for the workspace's files, and the dependencies
 * follow in the background, then and every minute in which something is asked. Later questions look for changes first when nobody tells of them.
 */
export class LiveSearch {
  readonly #finder: Finder;
  readonly #isTold: boolean;
  readonly #hasDependencies: boolean;
  readonly #requests: ModelRequest[] = [];
  #updated: Promise<void> | undefined;
  #updatedMs = 0;
  #packages: Promise<void> | undefined;
  #packagesMs = -Infinity;

  /** `isTold`: `changed` will be called for every change on disk. */
  constructor(
    options: SearcherOptions & { readonly isTold: boolean },
    notice: (notice: Notice) => void,
  ) {
    this.#isTold = options.isTold;
    this.#hasDependencies = options.dependencies ?? true;
    this.#finder = new Finder(
      { root: options.root, cache: options.cache, dependencies: this.#hasDependencies },
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

  /** Answers a question; with `isIndexing` when the dependencies are still being read, and there may be more soon. Rejects with an `AssistantError`. */
  async search(
    request: AskedSearch,
    signal?: AbortSignal,
  ): Promise<SearchAnswer & { readonly isIndexing?: boolean }> {
    await this.#fresh();
    const isIndexing = this.#packages !== undefined;
    const answer = await this.#finder.search(request, signal);
    return isIndexing ? { ...answer, isIndexing } : answer;
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
    // Without an index there is nothing to correct; one that cannot be corrected is built anew with the next question.
    if (this.#updated !== undefined)
      this.#finder.changed(path).catch(() => (this.#updated = undefined));
  }

  /** Ends the thread. */
  close(): Promise<void> {
    return this.#finder.close();
  }

  async #fresh(): Promise<void> {
    const isOld = !this.#isTold && performance.now() - this.#updatedMs > FRESH_MS;
    if (this.#updated === undefined || isOld) {
      const updated = this.#finder.update({ workspace: true, dependencies: false });
      this.#updated = updated;
      // What failed is tried again with the next question.
      updated.catch(() => {
        if (this.#updated === updated) this.#updated = undefined;
      });
    }
    await this.#updated;
    this.#updatedMs = performance.now();
    if (!this.#hasDependencies) return;
    if (this.#packages === undefined && performance.now() - this.#packagesMs > PACKAGES_MS)
      // What cannot be read of the dependencies is told by a notice; the workspace is searched all the same.
      this.#packages = this.#finder
        .update({ workspace: false, dependencies: true })
        .catch(() => undefined)
        .finally(() => {
          this.#packages = undefined;
          this.#packagesMs = performance.now();
        });
  }
}
