import { parentPort } from "node:worker_threads";
import { type Mark, toRegExp } from "@cloud-code/search";

/** A pattern and the texts to look for it in. */
export interface MatchOrder {
  readonly source: string;
  readonly flags: string;
  readonly texts: readonly string[];
}

const MAX_MARKS = 1_000;

// A thread for regular expressions alone: one that runs wild is ended with its thread, and nothing else stops.
if (parentPort !== null) {
  const port = parentPort;
  port.postMessage([]);
  port.on("message", ({ source, flags, texts }: MatchOrder) => {
    const pattern = toRegExp({ source, flags });
    port.postMessage(texts.map((text) => findAll(pattern, text)));
  });
}

function findAll(pattern: RegExp, text: string): Mark[] {
  const marks: Mark[] = [];
  for (const match of text.matchAll(pattern)) {
    // A match of nothing marks nothing.
    if (match[0] !== "") marks.push({ start: match.index, end: match.index + match[0].length });
    if (marks.length === MAX_MARKS) break;
  }
  return marks;
}
