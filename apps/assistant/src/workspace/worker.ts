import { parentPort, workerData } from "node:worker_threads";
import { reasonOf } from "../errors.ts";
import { Indexer, type IndexerOptions, type Report } from "./indexer.ts";

/** What the answering thread asks of the indexing thread. */
export type Order =
  | { readonly kind: "changed"; readonly path: string }
  | { readonly kind: "close" };

/** What the indexing thread says; after "failed" it ends. */
export type Message = Report | { readonly kind: "failed"; readonly reason: string };

// The thread that reads and sorts, so that the one that answers never waits.
if (parentPort !== null) {
  const port = parentPort;
  const say = (message: Message): void => port.postMessage(message);
  // Whoever started this thread passes these options; both ends are in this package.
  const indexer = new Indexer(workerData as IndexerOptions, say);
  let closing = false;
  const close = (): Promise<void> => {
    closing = true;
    // What could not be stored now is read again next time.
    return indexer
      .close()
      .catch(() => undefined)
      .finally(() => port.close());
  };
  const fail = (error: unknown): void => {
    if (closing) return;
    say({ kind: "failed", reason: reasonOf(error) });
    void close();
  };
  port.on("message", (order: Order) => {
    if (order.kind === "changed") indexer.changed(order.path);
    else void close();
  });
  indexer.start().catch(fail);
}
