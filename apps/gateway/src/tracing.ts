import { randomBytes } from "node:crypto";
import { Agent as PlainAgent } from "node:http";
import { Agent as SecureAgent } from "node:https";
import { type Credential, readText, send } from "@cloud-code/models";
import type { RequestLine } from "./log.ts";
import { monitoredItems, permitMonitoring } from "./monitoring.ts";
import {
  encodeTraces,
  type FinishedTrace,
  isSampled,
  parseTraceparent,
  type Trace,
  type TraceSource,
} from "./trace.ts";

/** Where traces go, as configured. */
export interface TraceSettings {
  /** The collector's whole address, such as `https://collector.example:4318/v1/traces`. */
  readonly url: string;
  readonly credential: Credential;
  /** Share of the traces that begin here; a caller that began one has decided itself. */
  readonly sample: number;
  readonly allowPlainHttp: boolean;
}

/** What became of the traces, for the operator's metrics. */
export interface TraceCounts {
  sent: number;
  dropped: number;
}

/** Finished traces that wait to be sent at most; beyond it new ones are dropped: a collector that is down costs 2 MB, not the gateway. */
const maxWaiting = 2048;
const maxBatch = 512;
const timeoutMs = 10_000;
/** Answers after which the collector wants to be asked again (OTLP over HTTP). */
const retryable = new Set([429, 502, 503, 504]);

/** Sends finished traces to one collector, gathered for a second. Failures never reach a request. */
export class Tracing {
  readonly counts: TraceCounts = { sent: 0, dropped: 0 };
  readonly #settings: TraceSettings;
  readonly #source: TraceSource;
  readonly #delayMs: number;
  readonly #agent: PlainAgent | SecureAgent;
  #waiting: FinishedTrace[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;

  constructor(settings: TraceSettings, version: string, delayMs = 1000) {
    this.#settings = settings;
    this.#source = { version, instanceId: randomBytes(16).toString("hex") };
    this.#delayMs = delayMs;
    const options = { keepAlive: true, maxSockets: 1 };
    this.#agent = settings.url.startsWith("https:")
      ? new SecureAgent(options)
      : new PlainAgent(options);
  }

  /** Begins a request's trace, or does not: when its caller or the configured share says so. */
  begin(traceparent: string | string[] | undefined, requestId: string): Trace | undefined {
    const parent = parseTraceparent(traceparent);
    if (!(parent?.sampled ?? isSampled(requestId, this.#settings.sample))) return undefined;
    return {
      traceId: parent?.traceId ?? requestId,
      spanId: randomBytes(8).toString("hex"),
      parentSpanId: parent?.parentSpanId,
      attempts: [],
    };
  }

  /** Adds a finished one. */
  add(trace: Trace, line: RequestLine, startedMs: number): void {
    if (this.#waiting.length >= maxWaiting) {
      this.counts.dropped += 1;
      return;
    }
    this.#waiting.push({ trace, line, startedMs });
    this.#timer ??= setTimeout(() => void this.flush(), this.#delayMs).unref();
  }

  /** Sends what is waiting; never rejects. Call it before the process ends. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#sending;
    while (this.#waiting.length > 0) {
      this.#sending = this.#sendBatch(this.#waiting.splice(0, maxBatch));
      await this.#sending;
      // What has to be sent again waits for its moment.
      if (this.#timer !== undefined) return;
    }
  }

  /** Sends what is waiting and closes the connection. */
  async close(): Promise<void> {
    await this.flush();
    clearTimeout(this.#timer);
    this.#agent.destroy();
  }

  async #sendBatch(batch: readonly FinishedTrace[]): Promise<void> {
    const outcome = await this.#post(encodeTraces(batch, this.#source));
    if (outcome.kind === "taken") {
      this.counts.sent += batch.length;
      return;
    }
    const again = outcome.kind === "again" && this.#waiting.length + batch.length <= maxWaiting;
    if (!again) {
      this.counts.dropped += batch.length;
      return;
    }
    this.#waiting.unshift(...batch);
    this.#timer ??= setTimeout(() => void this.flush(), outcome.waitMs).unref();
  }

  async #post(
    body: string,
  ): Promise<{ kind: "taken" } | { kind: "refused" } | { kind: "again"; waitMs: number }> {
    const { url, credential, allowPlainHttp } = this.#settings;
    const waitMs = this.#delayMs * 5;
    try {
      const permit = permitMonitoring(new URL(url).origin, allowPlainHttp, Date.now());
      const reply = await send(
        {
          call: { path: "", headers: { "content-type": "application/json" }, body },
          endpoint: { root: url, credential, allowPlainHttp, agent: this.#agent },
          items: monitoredItems,
          purpose: "measure-use",
          timeouts: { connectMs: timeoutMs, firstByteMs: timeoutMs, idleMs: timeoutMs },
        },
        permit,
      );
      await readText(reply, 1_048_576);
      if (reply.status >= 200 && reply.status < 300) return { kind: "taken" };
      if (!retryable.has(reply.status)) return { kind: "refused" };
      const named = Number(reply.headers["retry-after"]) * 1000;
      return { kind: "again", waitMs: named > 0 ? Math.min(named, 60_000) : waitMs };
    } catch {
      // The collector is away: traces are worth less than requests, so nobody is told but the metrics.
      return { kind: "again", waitMs };
    }
  }
}
