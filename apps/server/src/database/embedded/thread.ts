import { Worker } from "node:worker_threads";
import type { Engine } from "./engine.ts";

/** What the main thread asks of the database's thread. */
export type ThreadQuestion =
  | { readonly kind: "exchange"; readonly bytes: Uint8Array }
  | { readonly kind: "syncs" }
  | { readonly kind: "close" };

/** What the database's thread answers; one answer to each question, in order, after one `ready`. */
export type ThreadAnswer =
  | { readonly kind: "ready" }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "syncs"; readonly count: number }
  | { readonly kind: "closed" }
  | { readonly kind: "failed"; readonly message: string };

/** The embedded engine in a thread of its own. */
export interface EngineThread {
  readonly exchange: Engine["exchange"];
  /** How many real fsyncs the thread did. */
  readonly syncs: () => Promise<number>;
  readonly close: () => Promise<void>;
}

/** Starts the thread from its bundled program and waits until the database is open. */
export async function startThread(program: URL, directory: string): Promise<EngineThread> {
  const worker = new Worker(program, { workerData: { directory }, execArgv: [] });
  const waiting: { resolve: (answer: ThreadAnswer) => void; reject: (error: Error) => void }[] = [];
  let lost: Error | undefined;
  const lose = (error: Error): void => {
    lost = error;
    for (const { reject } of waiting.splice(0)) reject(error);
  };
  worker.on("message", (answer: ThreadAnswer) => waiting.shift()?.resolve(answer));
  worker.on("error", lose);
  worker.on("exit", (code) => lose(new Error(`The database's thread ended with code ${code}.`)));

  const next = async (): Promise<ThreadAnswer> => {
    if (lost !== undefined) throw lost;
    const answer = await new Promise<ThreadAnswer>((resolve, reject) =>
      waiting.push({ resolve, reject }),
    );
    if (answer.kind === "failed") throw new Error(answer.message);
    return answer;
  };
  const ask = async (question: ThreadQuestion): Promise<ThreadAnswer> => {
    const answer = next();
    worker.postMessage(question);
    return answer;
  };

  await next();
  return {
    exchange: async (bytes) => {
      const answer = await ask({ kind: "exchange", bytes });
      return answer.kind === "bytes" ? answer.bytes : new Uint8Array();
    },
    syncs: async () => {
      const answer = await ask({ kind: "syncs" });
      return answer.kind === "syncs" ? answer.count : 0;
    },
    close: async () => {
      await ask({ kind: "close" });
      await worker.terminate();
    },
  };
}
