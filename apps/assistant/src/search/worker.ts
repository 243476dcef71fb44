import { parentPort, workerData } from "node:worker_threads";
import { SearchError, type Similarity } from "@cloud-code/search";
import { AssistantError, reasonOf } from "../errors.ts";
import type { Notice } from "../session.ts";
import { createSimilarity, judgeModel, readMeaning, type SimilarityListener } from "./meaning.ts";
import { Searcher, type SearcherOptions } from "./searcher.ts";
import type { Order, Told } from "./thread.ts";

// The thread that indexes and searches, so that the one that talks to people never waits.
if (parentPort !== null) {
  const port = parentPort;
  const tell = (told: Told): void => port.postMessage(told);
  const notice = (each: Notice): void => tell({ kind: "notice", notice: each });
  // Whoever started this thread passes these options; both ends are in this package.
  const options = workerData as SearcherOptions;
  const similarity = chooseSimilarity({
    notice,
    sent: (request) => tell({ kind: "sent", request }),
  });
  const searcher = new Searcher(similarity === undefined ? options : { ...options, similarity }, {
    progress: (progress) => tell({ kind: "progress", progress }),
    notice,
  });
  const running = new Map<number, AbortController>();
  const answer = (order: Order, signal: AbortSignal): Promise<unknown> => {
    switch (order.kind) {
      case "update":
        return searcher.update(order.order, signal);
      case "search":
        return searcher.search(order.request, signal);
      case "source":
        return searcher.source(order.file);
      case "suggest":
        return searcher.suggest(order.typed, order.limit);
      case "changed":
        return searcher.changed(order.path);
      case "facts":
        return searcher.facts();
      case "clear":
        return searcher.clear();
      case "close":
        for (const each of running.values()) each.abort();
        return searcher.close().finally(() => port.close());
    }
  };
  port.on(
    "message",
    (message: { readonly id: number; readonly order: Order } | { readonly cancel: number }) => {
      if ("cancel" in message) {
        running.get(message.cancel)?.abort();
        return;
      }
      const { id, order } = message;
      const control = new AbortController();
      running.set(id, control);
      answer(order, control.signal)
        .then(
          (value) => tell({ kind: "answer", id, value }),
          (error: unknown) =>
            tell({ kind: "failure", id, failure: toFailure(error, control.signal) }),
        )
        .finally(() => running.delete(id));
    },
  );
}

/** What the environment sets up; a mistake there costs the meaning, not the search. */
function chooseSimilarity(listener: SimilarityListener): Similarity | undefined {
  try {
    const settings = readMeaning(process.env);
    return settings === undefined
      ? undefined
      : createSimilarity(settings, (origin) => judgeModel(origin, process.env), listener);
  } catch (error) {
    if (!(error instanceof AssistantError)) throw error;
    listener.notice({ code: error.code, details: error.details });
    return undefined;
  }
}

function toFailure(
  error: unknown,
  signal: AbortSignal,
): { code: AssistantError["code"]; details: AssistantError["details"] } {
  if (error instanceof AssistantError) return { code: error.code, details: error.details };
  if (signal.aborted) return { code: "CANCELLED", details: {} };
  if (error instanceof SearchError) return { code: error.code, details: { reason: error.reason } };
  return { code: "SEARCH_FAILED", details: { reason: reasonOf(error) } };
}
