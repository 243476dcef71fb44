import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { type Mark, SearchError } from "@cloud-code/search";
import type { MatchOrder } from "./worker.ts";

// The built file, from here and from the sources alike: a thread cannot load TypeScript.
const WORKER = new URL("../../../dist/search/match/worker.js", import.meta.url);
const BUDGET_MS = 2_000;

/** The matches in each text. */
type Match = (order: MatchOrder) => Promise<readonly (readonly Mark[])[]>;

/** Runs regular expressions in a thread that is ended when one of them takes too long. */
export class Matcher {
  #worker: Worker | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  /**
   * What matches the pattern of one question, however many calls it takes. Rejects with `PATTERN_TOO_BROAD` when they have taken two seconds in all, and with
   * `CANCELLED` as soon as nobody waits any more. Questions wait for each other; that is not counted.
   */
  forQuestion(signal?: AbortSignal): Match {
    let leftMs = BUDGET_MS;
    return (order) => {
      const turn = this.#queue.then(async () => {
        // A thread takes its time to start, on a busy machine seconds: that is not the pattern's.
        this.#worker ??= await start();
        const beganMs = performance.now();
        try {
          return await this.#ask(this.#worker, order, leftMs, signal);
        } finally {
          leftMs -= performance.now() - beganMs;
        }
      });
      this.#queue = turn.catch(() => undefined);
      return turn;
    };
  }

  async #ask(
    worker: Worker,
    order: MatchOrder,
    leftMs: number,
    signal: AbortSignal | undefined,
  ): ReturnType<Match> {
    if (signal?.aborted === true) throw new SearchError("CANCELLED");
    worker.ref();
    let timeout: NodeJS.Timeout | undefined;
    let cancel = (): void => undefined;
    try {
      return await new Promise<readonly (readonly Mark[])[]>((resolve, reject) => {
        timeout = setTimeout(
          () => reject(new SearchError("PATTERN_TOO_BROAD", `> ${BUDGET_MS / 1000} s`)),
          Math.max(0, leftMs),
        );
        cancel = () => reject(new SearchError("CANCELLED"));
        signal?.addEventListener("abort", cancel, { once: true });
        worker.once("message", resolve);
        worker.once("error", reject);
        worker.postMessage(order);
      });
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      clearTimeout(timeout);
      signal?.removeEventListener("abort", cancel);
      worker.removeAllListeners("message");
      worker.removeAllListeners("error");
      // An idle thread must not keep the program alive.
      worker.unref();
    }
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }
}

async function start(): Promise<Worker> {
  const worker = new Worker(WORKER, { execArgv: [] });
  await once(worker, "message");
  return worker;
}
