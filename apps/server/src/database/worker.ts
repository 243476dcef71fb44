/** The thread of the embedded database: a query of half a second must not stop the pages of others. */
import { parentPort, workerData } from "node:worker_threads";
import { openEngine } from "./embedded/engine.ts";
import type { ThreadAnswer, ThreadQuestion } from "./embedded/thread.ts";

if (parentPort === null) throw new Error("worker.ts runs in a worker thread only.");
const port = parentPort;
const { directory } = workerData as { readonly directory: string };

const engine = await openEngine(directory);
// One at a time and in order: the protocol is a conversation.
let last: Promise<void> = Promise.resolve();
port.on("message", (question: ThreadQuestion) => {
  last = last.then(async () => answer(question));
});
port.postMessage({ kind: "ready" } satisfies ThreadAnswer);

async function answer(question: ThreadQuestion): Promise<void> {
  try {
    switch (question.kind) {
      case "exchange": {
        const bytes = await engine.exchange(question.bytes);
        port.postMessage({ kind: "bytes", bytes } satisfies ThreadAnswer);
        return;
      }
      case "syncs":
        port.postMessage({ kind: "syncs", count: engine.syncs() } satisfies ThreadAnswer);
        return;
      case "close":
        await engine.close();
        port.postMessage({ kind: "closed" } satisfies ThreadAnswer);
        port.close();
        return;
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    port.postMessage({ kind: "failed", message } satisfies ThreadAnswer);
  }
}
