import { Worker } from "node:worker_threads";
import { AssistantError, reasonOf } from "../errors.ts";
import type { IndexerOptions, Report } from "./indexer.ts";
import type { Message, Order } from "./worker.ts";

// The built file, from here and from the sources alike: a thread cannot load TypeScript.
const WORKER = new URL("../../dist/workspace/worker.js", import.meta.url);
const RESTART_DELAYS_MS = [1_000, 5_000, 30_000];
const LONG_LIFE_MS = 600_000;
const CLOSE_TIMEOUT_MS = 5_000;

/** What a session hears from its indexing thread. */
export interface ThreadListener {
  report(report: Report): void;
  /** The thread died; it is started again unless `final`. */
  failed(error: AssistantError, final: boolean): void;
}

/** The indexer of a session in a thread of its own, started again a few times should it die: the session must outlive it. */
export class IndexerThread {
  readonly #options: IndexerOptions;
  readonly #listener: ThreadListener;
  #worker: Worker | undefined;
  #restart: NodeJS.Timeout | undefined;
  #failures = 0;
  #startedMs = 0;
  #closed = false;

  constructor(options: IndexerOptions, listener: ThreadListener) {
    this.#options = options;
    this.#listener = listener;
    this.#start();
  }

  /** Tells the indexer of a change; `path` is relative to the root. */
  changed(path: string): void {
    this.#order({ kind: "changed", path });
  }

  /** Lets the thread store what it has and end; one that hangs is ended. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#restart);
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise((resolve) => worker.once("exit", resolve));
    this.#order({ kind: "close" });
    const timeout = setTimeout(() => void worker.terminate(), CLOSE_TIMEOUT_MS);
    await ended;
    clearTimeout(timeout);
  }

  #order(order: Order): void {
    this.#worker?.postMessage(order);
  }

  #start(): void {
    // Loaders and flags of the program around us are none of the thread's business.
    const worker = new Worker(WORKER, { workerData: this.#options, execArgv: [] });
    this.#worker = worker;
    this.#startedMs = performance.now();
    let failure: AssistantError | undefined;
    worker.on("message", (message: Message) => {
      if (message.kind === "failed")
        failure = new AssistantError("INDEXER_FAILED", { reason: message.reason });
      else this.#listener.report(message);
    });
    worker.on("error", (error) => {
      failure = new AssistantError("INDEXER_FAILED", { reason: reasonOf(error) }, { cause: error });
    });
    worker.on("exit", (code) => {
      this.#worker = undefined;
      if (this.#closed) return;
      // Whatever ended a thread that had worked for long has nothing to do with how it started.
      if (performance.now() - this.#startedMs > LONG_LIFE_MS) this.#failures = 0;
      const delayMs = RESTART_DELAYS_MS[this.#failures++];
      this.#listener.failed(
        failure ?? new AssistantError("INDEXER_FAILED", { reason: `exit ${code}` }),
        delayMs === undefined,
      );
      if (delayMs !== undefined) this.#restart = setTimeout(() => this.#start(), delayMs);
    });
  }
}
