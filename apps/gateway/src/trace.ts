import type { ItemKey } from "@cloud-code/policy";
import type { RequestLine } from "./log.ts";
import type { RouteName } from "./routes.ts";

/**
 * Traces without content: one span for a request and one below it for each attempt at a provider, in OTLP's JSON
 * encoding (opentelemetry.io/docs/specs/otlp, 1.x: identifiers in hexadecimal, 64-bit numbers as text, enumerations as
 * numbers). Names are those of OpenTelemetry's conventions for generative AI where they have one. Values come from the
 * log line, whose type is closed: what cannot be logged cannot be traced.
 */

/** A request that is being traced. */
export interface Trace {
  /** 32 hexadecimal digits: the caller's, or the number of the request. */
  readonly traceId: string;
  readonly spanId: string;
  /** The caller's span, if it named one. */
  readonly parentSpanId: string | undefined;
  readonly attempts: TracedAttempt[];
}

/** One try at one provider. Times are those of `performance.now()`. */
interface TracedAttempt {
  readonly upstream: string;
  readonly startedMs: number;
  endedMs: number;
  /** HTTP status of the answer; 0 when there was none. */
  status: number;
}

/** A trace with what became of the request. */
export interface FinishedTrace {
  readonly trace: Trace;
  readonly line: RequestLine;
  /** Start of the request, by `performance.now()`. */
  readonly startedMs: number;
}

/** Who sends the spans. */
export interface TraceSource {
  readonly version: string;
  /** Random for each process, so that several can be told apart. */
  readonly instanceId: string;
}

/** What a caller says of its own trace (W3C Trace Context, `traceparent`); undefined when it says nothing that is understood. */
export function parseTraceparent(
  header: string | string[] | undefined,
): { traceId: string; parentSpanId: string; sampled: boolean } | undefined {
  // Longer ones belong to versions to come, whose first four fields are these.
  const match =
    typeof header === "string"
      ? /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(header)
      : null;
  const [, version, traceId = "", parentSpanId = "", flags = "", rest] = match ?? [];
  if (match === null || (version === "00" && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(parentSpanId)) return undefined;
  return { traceId, parentSpanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** Whether a trace is among the share that is kept: decided by its number, so that every process decides alike. */
export function isSampled(traceId: string, share: number): boolean {
  return Number.parseInt(traceId.slice(-13), 16) < share * 2 ** 52;
}

/** What each attribute is in the policy's inventory; one that is missing here does not compile. */
export const traceInventory = {
  "gen_ai.operation.name": "operations",
  "gen_ai.provider.name": "operations",
  "gen_ai.request.model": "gateway.token-counts",
  "gen_ai.request.stream": "operations",
  "gen_ai.usage.input_tokens": "gateway.token-counts",
  "gen_ai.usage.output_tokens": "gateway.token-counts",
  "http.request.method": "operations",
  "http.response.status_code": "operations",
  "http.request.body.size": "operations",
  "http.response.body.size": "operations",
  "error.type": "operations",
  "cloud_code.request_id": "gateway.request-id",
  "cloud_code.consumer": "gateway.token-counts",
  "cloud_code.attempts": "operations",
  "cloud_code.time_to_first_byte_ms": "operations",
} as const satisfies Record<string, ItemKey | "operations">;

type Attributes = Partial<
  Record<keyof typeof traceInventory, string | number | boolean | null | undefined>
>;

/** The conventions' names of what can be asked of a model; rerank and audio have none there yet. */
const operations: Readonly<Record<RouteName, string>> = {
  chat: "chat",
  completions: "text_completion",
  embeddings: "embeddings",
  rerank: "rerank",
  transcription: "transcription",
  speech: "speech",
  responses: "chat",
  messages: "chat",
  count_tokens: "count_tokens",
  realtime: "realtime",
};

const serverSpan = 2;
const clientSpan = 3;
const failed = 2;

/** The body of an OTLP request. */
export function encodeTraces(traces: readonly FinishedTrace[], source: TraceSource): string {
  const scope = { name: "cloud-code-gateway", version: source.version };
  const resource = attributesOf({
    "service.name": "cloud-code-gateway",
    "service.version": source.version,
    "service.instance.id": source.instanceId,
  });
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: resource },
        scopeSpans: [{ scope, spans: traces.flatMap(spansOf) }],
      },
    ],
  });
}

function spansOf({ trace, line, startedMs }: FinishedTrace): object[] {
  const operation = operations[line.route];
  const name = line.model === null ? operation : `${operation} ${line.model}`;
  const shared = {
    "gen_ai.operation.name": operation,
    "gen_ai.request.model": line.model,
    "http.request.method": line.route === "realtime" ? "GET" : "POST",
  } satisfies Attributes;
  const root = {
    ...shared,
    "gen_ai.provider.name": line.upstream,
    "gen_ai.request.stream": line.stream,
    // Counted by events is not counted by the provider.
    "gen_ai.usage.input_tokens": line.estimated ? undefined : line.inputTokens,
    "gen_ai.usage.output_tokens": line.estimated ? undefined : line.outputTokens,
    "http.response.status_code": line.status,
    "http.request.body.size": line.requestBytes,
    "http.response.body.size": line.responseBytes,
    "error.type": line.code ?? (line.status >= 400 ? String(line.status) : undefined),
    "cloud_code.request_id": line.requestId,
    "cloud_code.consumer": line.consumer,
    "cloud_code.attempts": line.attempts,
    "cloud_code.time_to_first_byte_ms": line.firstByteMs,
  } satisfies Attributes;
  return [
    {
      traceId: trace.traceId,
      spanId: trace.spanId,
      ...(trace.parentSpanId === undefined ? {} : { parentSpanId: trace.parentSpanId }),
      name,
      kind: serverSpan,
      startTimeUnixNano: toUnixNano(startedMs),
      endTimeUnixNano: toUnixNano(startedMs + line.durationMs),
      attributes: attributesOf(root),
      // By the conventions a server's span has failed when the server has, not when it was asked wrongly.
      status: line.status >= 500 ? { code: failed } : {},
    },
    ...trace.attempts.map((attempt, index) => ({
      traceId: trace.traceId,
      spanId: numberedSpanId(trace.spanId, index),
      parentSpanId: trace.spanId,
      name,
      kind: clientSpan,
      startTimeUnixNano: toUnixNano(attempt.startedMs),
      endTimeUnixNano: toUnixNano(Math.max(attempt.startedMs, attempt.endedMs)),
      attributes: attributesOf({
        ...shared,
        "gen_ai.provider.name": attempt.upstream,
        "http.response.status_code": attempt.status === 0 ? undefined : attempt.status,
        "error.type":
          attempt.status === 0
            ? "no_answer"
            : attempt.status >= 400
              ? String(attempt.status)
              : undefined,
      } satisfies Attributes),
      status: attempt.status === 0 || attempt.status >= 400 ? { code: failed } : {},
    })),
  ];
}

/** The number of the span's child: as random as its own, so it needs no drawing. */
function numberedSpanId(spanId: string, index: number): string {
  const next = (BigInt(`0x${spanId}`) + BigInt(index + 1)) % 2n ** 64n;
  return (next === 0n ? 1n : next).toString(16).padStart(16, "0");
}

function attributesOf(
  values: Readonly<Record<string, string | number | boolean | null | undefined>>,
): object[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === null || value === undefined ? [] : [{ key, value: toAnyValue(value) }],
  );
}

function toAnyValue(value: string | number | boolean): object {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

/** Nanoseconds since 1970 as text: as a number they would be rounded to some 200. */
function toUnixNano(monotonicMs: number): string {
  const unixMs = performance.timeOrigin + monotonicMs;
  const wholeMs = Math.floor(unixMs);
  return `${wholeMs}${String(Math.floor((unixMs - wholeMs) * 1e6)).padStart(6, "0")}`;
}
