import { Worker } from "node:worker_threads";
import type { Completion, SearchAnswer, SearchRequest } from "@cloud-code/search";
import { AssistantError, reasonOf } from "../errors.ts";
import type { Notice } from "../session.ts";
import type { ModelRequest } from "./meaning.ts";
import type {
  FoundFile,
  SearcherListener,
  SearcherOptions,
  SearchFacts,
  UpdateOrder,
  UpdateProgress,
} from "./searcher.ts";

/** What is asked of the search thread. */
export type Order =
  | { readonly kind: "update"; readonly order: UpdateOrder }
  | { readonly kind: "search"; readonly request: Omit<SearchRequest, "signal"> }
  | { readonly kind: "source"; readonly file: FoundFile }
  | { readonly kind: "suggest"; readonly typed: string; readonly limit: number }
  | { readonly kind: "changed"; readonly path: string }
  | { readonly kind: "facts" }
  | { readonly kind: "clear" }
  | { readonly kind: "close" };

/** What the search thread says. */
export type Told =
  | { readonly kind: "progress"; readonly progress: UpdateProgress }
  | { readonly kind: "notice"; readonly notice: Notice }
  | { readonly kind: "sent"; readonly request: ModelRequest }
  | { readonly kind: "answer"; readonly id: number; readonly value: unknown }
  | {
      readonly kind: "failure";
      readonly id: number;
      readonly failure: Pick<AssistantError, "code" | "details">;
    };

// The built file, from here and from the sources alike: a thread cannot load TypeScript.
const WORKER = new URL("../../dist/search/worker.js", import.meta.url);
const CLOSE_TIMEOUT_MS = 5_000;
/** What indexing makes is soon of no use: with less room for it the collector comes by more often, and the process stays small. */
const YOUNG_MB = 16;
const OLD_MB = 384;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: AssistantError) => void;
}

/** What a finder tells while it works. */
export interface FinderListener extends SearcherListener {
  /** A model was asked. */
  sent?(request: ModelRequest): void;
}

/** The search of a workspace, in a thread that starts with the first question and again after it died. */
export class Finder {
  readonly #options: SearcherOptions;
  readonly #listener: FinderListener;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #count = 0;

  constructor(options: SearcherOptions, listener: FinderListener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** Brings the index up to date with the disk. */
  update(order: UpdateOrder, signal?: AbortSignal): Promise<void> {
    return this.#ask({ kind: "update", order }, signal) as Promise<void>;
  }

  /** Answers a question. Rejects with an `AssistantError`. */
  search(request: Omit<SearchRequest, "signal">, signal?: AbortSignal): Promise<SearchAnswer> {
    return this.#ask({ kind: "search", request }, signal) as Promise<SearchAnswer>;
  }

  /** What the last word of a question may become. */
  suggest(typed: string, limit: number): Promise<readonly Completion[]> {
    return this.#ask({ kind: "suggest", typed, limit }) as Promise<readonly Completion[]>;
  }

  /** The whole text of a file that was found, as it is now; undefined when it is gone or in no index. */
  source(file: FoundFile): Promise<string | undefined> {
    return this.#ask({ kind: "source", file }) as Promise<string | undefined>;
  }

  /** Tells that a file of the workspace is different; `path` is relative to it. */
  changed(path: string): Promise<void> {
    return this.#ask({ kind: "changed", path }) as Promise<void>;
  }

  /** What is in the indexes. */
  facts(): Promise<SearchFacts> {
    return this.#ask({ kind: "facts" }) as Promise<SearchFacts>;
  }

  /** Throws the workspace's index away. */
  clear(): Promise<void> {
    return this.#ask({ kind: "clear" }) as Promise<void>;
  }

  /** Ends the thread; one that hangs is ended. */
  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise((resolve) => worker.once("exit", resolve));
    this.#ask({ kind: "close" }).catch(() => undefined);
    const timeout = setTimeout(() => void worker.terminate(), CLOSE_TIMEOUT_MS);
    await ended;
    clearTimeout(timeout);
  }

  #ask(order: Order, signal?: AbortSignal): Promise<unknown> {
    if (signal?.aborted === true) return Promise.reject(new AssistantError("CANCELLED"));
    const worker = (this.#worker ??= this.#start());
    const id = ++this.#count;
    const cancel = (): void => worker.postMessage({ cancel: id });
    signal?.addEventListener("abort", cancel, { once: true });
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ id, order });
    }).finally(() => signal?.removeEventListener("abort", cancel));
  }

  #start(): Worker {
    // Loaders and flags of the program around us are none of the thread's business.
    const worker = new Worker(WORKER, {
      workerData: this.#options,
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB, maxOldGenerationSizeMb: OLD_MB },
    });
    let reason = "";
    worker.on("message", (told: Told) => this.#hear(told));
    worker.on("error", (error) => (reason = reasonOf(error)));
    worker.on("exit", (code) => {
      this.#worker = undefined;
      const failed = new AssistantError("SEARCH_FAILED", {
        reason: reason === "" ? `exit ${code}` : reason,
      });
      for (const { reject } of this.#waiting.values()) reject(failed);
      this.#waiting.clear();
    });
    return worker;
  }

  #hear(told: Told): void {
    if (told.kind === "progress") this.#listener.progress(told.progress);
    else if (told.kind === "notice") this.#listener.notice(told.notice);
    else if (told.kind === "sent") this.#listener.sent?.(told.request);
    else {
      const waiting = this.#waiting.get(told.id);
      this.#waiting.delete(told.id);
      if (told.kind === "answer") waiting?.resolve(told.value);
      else waiting?.reject(new AssistantError(told.failure.code, told.failure.details));
    }
  }
}
