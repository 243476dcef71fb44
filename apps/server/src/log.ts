/**
 * The log. What can be written is a closed type: events, codes, counts and durations. There is no field that could take a name, an
 * address or a text, so none can get in by carelessness. [C3]
 */
import { pino } from "pino";

/** Everything the log can say. */
export type LogEntry =
  | { readonly event: "started"; readonly port: number; readonly database: "embedded" | "server" }
  | { readonly event: "stopped" }
  | {
      readonly event: "answered";
      readonly method: string;
      /** The route's pattern, `/account/sessions/:id/end`, never the address that was asked for. */
      readonly route: string;
      readonly status: number;
      readonly durationMs: number;
    }
  | {
      readonly event: "failed";
      readonly route: string;
      readonly code: string;
      readonly place: string;
    }
  /** A letter that the mail server did not take; it is tried again. */
  | { readonly event: "mail-waiting"; readonly code: string }
  /** A letter nobody will get: refused for good, or tried for three days. */
  | { readonly event: "mail-lost"; readonly code: string }
  | { readonly event: "limited"; readonly route: string }
  | {
      readonly event: "job-done";
      readonly job: string;
      readonly count: number;
      readonly durationMs: number;
    }
  | { readonly event: "job-failed"; readonly job: string; readonly code: string };

/** Writes entries. */
export interface Log {
  readonly write: (entry: LogEntry) => void;
}

/** A log of one JSON object a line. Neither process number nor host name is in it. */
export function createLog(writeLine: (line: string) => void): Log {
  const logger = pino(
    {
      base: null,
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    { write: writeLine },
  );
  return { write: (entry) => logger.info(entry) };
}

/** The kind of an error and the place in our code it came from; never its message, which may quote what was being handled. */
export function describeError(error: unknown): { readonly code: string; readonly place: string } {
  if (!(error instanceof Error)) return { code: "not-an-error", place: "" };
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  const place = /([\w-]+\.[jt]sx?:\d+):\d+\)?$/m.exec(
    error.stack?.split("\n").slice(1).join("\n") ?? "",
  );
  return { code: /^[\w-]{1,60}$/.test(code) ? code : "Error", place: place?.[1] ?? "" };
}
