/**
 * What can go wrong at the edge, by code. Sentences are fixed: a log line never holds a path, a text or a foreign error's message, so
 * nothing of the user's code can be in it. English only, since logs are read in support threads; what people read is in `words.ts`.
 */
const PROBLEMS = {
  "frame-malformed": "Input that is not a message was skipped up to the next header.",
  "message-malformed": "A message that is not JSON-RPC 2.0 was refused.",
  "out-of-turn":
    "A message was refused because it came before initialize, after shutdown, or was a second initialize.",
  "never-opened": "A change or close of a document that was never opened was ignored.",
  "opened-twice": "A document was opened twice; the later text holds.",
  "stale-version":
    "A change to an older version of a document arrived; the document waits for its full text.",
  "malformed-change":
    "A change with an impossible range or text arrived; the document waits for its full text.",
  "malformed-params": "Parameters that do not fit their method were refused.",
  "handler-failed": "A handler failed; the server goes on.",
  "session-failed": "A workspace could not be opened or did not answer.",
  "client-refused": "The editor refused a request of the server.",
  "statistics-failed":
    "Usage statistics could not be read, written or sent; everything else goes on.",
  "settings-refused": "Settings with unusable values were ignored.",
} as const;

/** The stable name of a problem, in front of its line in the editor's log. */
export type ProblemCode = keyof typeof PROBLEMS;

/** Writes one line about a problem; `detail` is a method or error code of a fixed set. */
export type Log = (problem: ProblemCode, detail?: string) => void;

/** The line for a problem: "[stale-version] A change to …". */
export function toLogLine(problem: ProblemCode, detail?: string): string {
  return `[${problem}] ${PROBLEMS[problem]}${detail === undefined ? "" : ` (${detail})`}`;
}

/** What of an unknown error may be logged: its stable code, or else its class. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code = "code" in error ? error.code : undefined;
  return typeof code === "string" || typeof code === "number" ? String(code) : error.name;
}
