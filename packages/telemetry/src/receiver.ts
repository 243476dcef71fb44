/**
 * The receiving end: takes a `Request` and gives a `Response`, so that any server can mount it.
 *
 *     app.post(reportPath, (context) => receive(context.req.raw));
 *
 * Invariant: of a request that is answered with 204 exactly its body is stored, and of every other one nothing. No header and no address
 * is read, logged or stored.
 */
import { maxReportBytes, parseReport, type Report, type ReportFault } from "./report.ts";
import { maxAgeWeeks } from "./schedule.ts";
import { reportPath } from "./upload.ts";
import { startOf, weekMs, weekOf } from "./week.ts";

/** Where a receiver keeps reports. */
export interface ReportStore {
  /** Resolves once the report is safe. `false`: no more reports of that week are taken. */
  add(report: Report): Promise<boolean>;
}

/** What a receiver is made of. */
export interface ReceiverOptions {
  readonly store: ReportStore;
  /** Whether a yes to this version of the notice still counts. */
  readonly isConsentValid: (version: number) => boolean | Promise<boolean>;
  /** Default `Date.now`. */
  readonly now?: () => number;
  /** Hears of a store that failed; the sender is told no more than that it did. */
  readonly failed?: (error: unknown) => void;
}

/** Why a request was not taken: the `code` in the body of the answer. */
export type ReceiverFault =
  | ReportFault
  | "not-found"
  | "method-not-allowed"
  | "unsupported-media-type"
  | "too-large"
  | "not-utf8"
  | "consent-not-valid"
  | "week-not-taken"
  | "week-full"
  | "store-failed";

/** Builds the handler of `POST /v1/usage-reports`: 204 when the report is stored, else a problem with `code` and `field`. Never rejects. */
export function createReceiver(options: ReceiverOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    try {
      return await receive(request, options);
    } catch (error) {
      options.failed?.(error);
      return refuse(503, "store-failed");
    }
  };
}

async function receive(request: Request, options: ReceiverOptions): Promise<Response> {
  if (new URL(request.url).pathname !== reportPath) return refuse(404, "not-found");
  if (request.method !== "POST") return refuse(405, "method-not-allowed", { Allow: "POST" });
  if (!/^application\/json\s*(?:;|$)/i.test(request.headers.get("content-type") ?? ""))
    return refuse(415, "unsupported-media-type");
  const body = await readBody(request);
  if (typeof body !== "string") return refuse(body.status, body.code);
  const parsed = parseReport(body);
  if (parsed.kind === "refused")
    return refuse(parsed.because === "not-json" ? 400 : 422, parsed.because, {}, parsed.field);
  const { report } = parsed;
  if (!(await options.isConsentValid(report.consentVersion)))
    return refuse(403, "consent-not-valid", {}, "consentVersion");
  if (!isTaken(report, (options.now ?? Date.now)()))
    return refuse(422, "week-not-taken", {}, "week");
  return (await options.store.add(report))
    ? new Response(null, { status: 204 })
    : refuse(429, "week-full", {}, "week");
}

/** A week is taken when it is over, and for as long as a sender tries. Clocks may differ by an hour. */
function isTaken({ week }: Report, nowMs: number): boolean {
  const startMs = startOf(week) ?? 0;
  const isOver = week < weekOf(nowMs + 3_600_000);
  return isOver && nowMs <= startMs + (2 + maxAgeWeeks) * weekMs;
}

async function readBody(
  request: Request,
): Promise<string | { readonly status: number; readonly code: ReceiverFault }> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Not by Content-Length alone: it may be missing, or wrong.
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > maxReportBytes) return { status: 413, code: "too-large" };
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch {
    // The only failure of a fatal decoder.
    return { status: 400, code: "not-utf8" };
  }
}

const sentences: Readonly<Partial<Record<ReceiverFault, string>>> = {
  "not-found": `Reports go to ${reportPath}.`,
  "method-not-allowed": "Reports are posted.",
  "unsupported-media-type": "A report is application/json.",
  "too-large": `A report has ${maxReportBytes} bytes at most.`,
  "consent-not-valid":
    "No consent to this version of the notice counts any more. Ask the person again.",
  "week-not-taken": `Reports are taken once their week is over, and for ${maxAgeWeeks + 1} weeks.`,
  "week-full": "This receiver takes no more reports of that week.",
  "store-failed": "The report was not stored. Try again later.",
};

function refuse(
  status: number,
  code: ReceiverFault,
  headers: Readonly<Record<string, string>> = {},
  field?: string,
): Response {
  const message = sentences[code] ?? "The body is not a report of this format.";
  const problem = { code, message, ...(field === undefined ? {} : { field }) };
  return Response.json(problem, { status, headers });
}
