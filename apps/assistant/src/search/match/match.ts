import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { type Mark, SearchError } from "@cloud-code/search";
import type { MatchOrder } from "./worker.ts";

// The built file, from here and from the sources alike: a thread cannot load TypeScript.
const WORKER = new URL("../../../dist/search/match/worker.js", import.meta.url);
const TIMEOUT_MS = 2_000;

/** Runs regular expressions in a thread that is ended when one of them takes too long. */
export class Matcher {
  #worker: Worker | undefined;

  /** The matches in each text. Rejects with `PATTERN_TOO_BROAD` after two seconds. One call at a time. */
  async match(order: MatchOrder): Promise<readonly (readonly Mark[])[]> {
    // A thread takes its time to start, on a busy machine seconds: that is not the pattern's.
    this.#worker ??= await start();
    const worker = this.#worker;
    worker.ref();
    let timeout: NodeJS.Timeout | undefined;
    try {
      return await new Promise<readonly (readonly Mark[])[]>((resolve, reject) => {
        timeout = setTimeout(
          () => reject(new SearchError("PATTERN_TOO_BROAD", `> ${TIMEOUT_MS / 1000} s`)),
          TIMEOUT_MS,
        );
        worker.once("message", resolve);
        worker.once("error", reject);
        worker.postMessage(order);
      });
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      clearTimeout(timeout);
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
