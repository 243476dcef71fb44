import { randomFillSync } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Attempt, type AttemptEnd, type Caller } from "./attempt.ts";
import type { Placed } from "./bag.ts";
import { RequestBody } from "./body.ts";
import { admit, type Consumer, type Consumers, type Identity } from "./consumers.ts";
import type { Config } from "./config/load.ts";
import { GatewayFailure, toFailure } from "./failure.ts";
import type { Log, RequestLine } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { decideNext, isStale, orderTargets, type Outcome } from "./plan.ts";
import type { Routing, RoutedModel } from "./routing.ts";
import type { Route } from "./routes.ts";
import type { Trace } from "./trace.ts";
import type { Tracing } from "./tracing.ts";
import { isRelayed, type Target } from "./translate.ts";
import type { Metered } from "./usage.ts";

/** Everything an exchange needs, of one configuration: a reload makes another one and leaves this to those in progress. */
export interface Setup {
  readonly config: Config;
  readonly consumers: Consumers;
  readonly routing: Routing;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Undefined when the configuration names no collector. */
  readonly tracing: Tracing | undefined;
  /** Price of a million tokens of a model. */
  priceOf(
    model: string,
  ): { readonly inputPerMillion: number; readonly outputPerMillion: number } | undefined;
}

const noUsage: Metered = { usage: {}, estimated: false, failed: false };
/** How much of a request is read away behind an early answer, so that its connection can be used again. */
const maxUnreadBytes = 65_536;
/** For how long, however much it is. */
const lingerMs = 2000;

/**
 * One request and its answer, from the first header to the last byte: who asks, for which model, where it goes, what
 * happens when that fails. It keeps nothing; when it is done, numbers remain.
 */
export class Exchange implements Caller, Placed {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly route: Route;
  readonly setup: Setup;
  /** Among the exchanges in progress. */
  place = -1;
  /** Called once, when everything is over. */
  readonly #done: (exchange: Exchange) => void;
  readonly #startedMs = performance.now();
  readonly requestId: string = createRequestId();
  #consumer: Consumer | undefined;
  #body: RequestBody | undefined;
  #model: RoutedModel | undefined;
  #order: Target[] = [];
  #position = 0;
  #attempts = 0;
  /** Connections that had ended and were replaced: attempts beyond those that are bounded. */
  #renewals = 0;
  /** Since when what is left of the request is read away behind an early answer; 0 when it is not. */
  #lingersSinceMs = 0;
  #attempt: Attempt | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #metered: Metered = noUsage;
  #failure: GatewayFailure | undefined;
  #firstByteMs: number | null = null;
  #responseBytes = 0;
  #streaming = false;
  #status = 0;
  #blockedSinceMs = 0;
  /** Whether what was sent so far ends with a whole event of a stream. */
  #betweenEvents = false;
  #over = false;
  #trace: Trace | undefined;

  constructor(
    setup: Setup,
    route: Route,
    request: IncomingMessage,
    response: ServerResponse,
    done: (exchange: Exchange) => void,
  ) {
    this.setup = setup;
    this.route = route;
    this.request = request;
    this.response = response;
    this.#done = done;
  }

  /** Sets out. Everything that goes wrong from here on ends in an answer or a closed connection, never in a throw. */
  start(): void {
    this.response.on("close", () => this.#close());
    // A broken connection also closes, which is where it is handled.
    this.response.on("error", () => undefined);
    this.#trace = this.setup.tracing?.begin(this.request.headers["traceparent"], this.requestId);
    try {
      const { request } = this;
      const identity = this.setup.consumers.identify(
        {
          method: request.method ?? "POST",
          url: request.url ?? "/",
          headers: request.headers,
          hasBody: declaredLength(request) !== 0,
        },
        Date.now(),
      );
      if (identity instanceof Promise)
        identity
          .then((known) => this.#identified(known))
          .catch((error: unknown) => this.fail(error));
      else this.#identified(identity);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Ends what has taken too long. Called a few times a second. */
  tick(nowMs: number): void {
    const { limits } = this.setup.config.file;
    if (this.#lingersSinceMs !== 0) {
      if (nowMs - this.#lingersSinceMs > lingerMs) this.response.destroy();
    } else if (this.#body !== undefined && this.#body.idleMs(nowMs) > limits.bodyIdleMs) {
      this.fail(new GatewayFailure("body_timeout"));
    } else if (this.#blockedSinceMs !== 0 && nowMs - this.#blockedSinceMs > limits.readerIdleMs) {
      this.response.destroy();
    } else {
      this.#attempt?.tick(nowMs);
    }
  }

  /** Ends at once: the gateway has to stop. */
  cut(): void {
    if (!this.response.headersSent)
      this.fail(new GatewayFailure("draining", { retryAfterSeconds: 1 }));
    else this.response.destroy();
  }

  #identified({ consumer, bodyDigest }: Identity): void {
    if (this.#over) return;
    admit(consumer, Date.now());
    this.#consumer = consumer;
    const { file } = this.setup.config;
    const rule = {
      limits: file.limits,
      kind: this.route.body,
      digest: bodyDigest,
    };
    this.#body = new RequestBody(this.request, rule, performance.now());
    this.#body.peek(
      (model, has) =>
        this.#choose(model).tiers.some((tier) =>
          tier.some((target) => !isRelayed(this.route, target, has("suffix"))),
        ),
      (error) => {
        if (this.#over) return;
        try {
          if (error === undefined) this.#plan();
          else this.fail(error);
        } catch (failure) {
          this.fail(failure);
        }
      },
    );
    // Asked for by callers who would rather not send what is refused anyway.
    if (this.request.headers.expect !== undefined && this.#failure === undefined)
      this.response.writeContinue();
  }

  /** The model that was asked for, if this consumer may use it. */
  #choose(asked: string): RoutedModel {
    if (this.#model !== undefined) return this.#model;
    const { routing } = this.setup;
    if (routing.upstreams.size === 0) throw new GatewayFailure("no_upstream");
    const model = routing.find(asked);
    if (model === undefined)
      throw new GatewayFailure("model_not_found", {
        param: "model",
        detail: `This gateway has no model "${asked.slice(0, 128)}". GET /v1/models lists them.`,
      });
    if (this.#consumer?.mayUse(asked) !== true)
      throw new GatewayFailure("model_not_allowed", { param: "model" });
    this.#model = model;
    return model;
  }

  #plan(): void {
    const body = this.#body;
    if (body === undefined) return;
    const model = this.#choose(body.model);
    this.#streaming = body.field("stream") === true;
    this.#order = orderOf(model, Date.now());
    if (this.#order.length === 0) throw new GatewayFailure("overloaded", { retryAfterSeconds: 1 });
    this.#try();
  }

  #try(): void {
    const target = this.#order[this.#position];
    const body = this.#body;
    if (target === undefined || body === undefined || this.#over) return;
    this.#attempts += 1;
    this.#trace?.attempts.push({
      upstream: target.upstream.name,
      startedMs: performance.now(),
      endedMs: 0,
      status: 0,
    });
    this.#attempt = new Attempt(this, target, body, (end) => this.#attempted(target, end));
    this.#attempt.start();
  }

  #attempted(target: Target, end: AttemptEnd): void {
    this.#attempt = undefined;
    const traced = this.#trace?.attempts.at(-1);
    if (traced !== undefined) {
      traced.endedMs = performance.now();
      traced.status = end.outcome?.kind === "answered" ? end.outcome.status : 0;
    }
    this.#metered = end.metered;
    this.#betweenEvents = end.betweenEvents;
    if (end.outcome === undefined || this.#over) return;
    if (end.failure === undefined) {
      if (end.last !== undefined) this.#responseBytes += byteLengthOf(end.last);
      this.response.end(end.last);
      return;
    }
    const body = this.#body;
    const step = decideNext(end.outcome, {
      attempts: this.#attempts - this.#renewals,
      maxAttempts: this.#model?.maxAttempts ?? 1,
      answered: this.response.headersSent,
      replayable:
        body?.replayable === true ||
        (end.outcome.kind === "unreachable" && body?.sendable === true),
      repeatable: this.route.repeatable || this.request.headers["idempotency-key"] !== undefined,
      another: this.#position + 1 < this.#order.length,
      renewals: this.#renewals,
      random: Math.random(),
    });
    if (step.kind === "stop" || (body?.sendable !== true && !this.response.headersSent)) {
      this.#refuse(end.outcome, end.failure, end.raw);
      return;
    }
    if (step.target === "same" && isStale(end.outcome)) this.#renewals += 1;
    if (step.target === "next") this.#position += 1;
    else if (!target.upstream.isAvailable(Date.now() + step.delayMs)) {
      this.#refuse(end.outcome, end.failure, end.raw);
      return;
    }
    if (step.delayMs === 0) this.#try();
    else this.#retryTimer = setTimeout(() => this.#try(), step.delayMs);
  }

  /** Tells the caller how the last attempt ended: in the provider's own words, unless they are about the gateway's credentials. */
  #refuse(outcome: Outcome, failure: GatewayFailure, raw: AttemptEnd["raw"]): void {
    const refused =
      outcome.kind === "answered" && (outcome.status === 401 || outcome.status === 403);
    if (refused && failure.provider !== undefined)
      this.fail(new GatewayFailure("upstream_auth", { cause: failure }));
    else this.fail(failure, raw);
  }

  // -------------------------------------------------------------------------------------------------------------------
  // What an attempt does to the caller

  /** Sends the head of a good answer. From here on nothing can be taken back. */
  begin(status: number, headers: Record<string, string>): void {
    this.#status = status;
    this.#body?.release();
    this.#firstByteMs = performance.now() - this.#startedMs;
    this.#writeHead(status, headers);
  }

  /** Sends a piece of the answer; false when the caller reads too slowly and should be waited for. */
  write(piece: string | Uint8Array): boolean {
    this.#responseBytes += byteLengthOf(piece);
    const flowing = this.response.write(piece);
    if (!flowing && this.#blockedSinceMs === 0) {
      this.#blockedSinceMs = performance.now();
      this.response.once("drain", () => this.#drained());
    }
    return flowing;
  }

  #drained(): void {
    this.#blockedSinceMs = 0;
    this.#attempt?.resume();
  }

  /** Answers with a failure, or closes the connection when an answer had begun: a cut answer must not look complete. */
  fail(
    error: unknown,
    raw?: { readonly headers: Record<string, string>; readonly body: Buffer },
  ): void {
    if (this.#over) return;
    const failure = toFailure(error);
    this.#failure = failure;
    this.#attempt?.abort();
    this.#body?.release();
    if (this.response.headersSent) {
      this.#cutOff(failure);
      return;
    }
    const status = failure.status;
    this.#status = status;
    const headers: Record<string, string> = raw?.headers ?? { "content-type": "application/json" };
    if (failure.retryAfterSeconds !== undefined)
      headers["retry-after"] = String(failure.retryAfterSeconds);
    if (status === 401) headers["www-authenticate"] = "Bearer";
    const body = raw?.body ?? Buffer.from(failure.toBody(this.route.errors, this.requestId));
    const unread = this.#body?.ended !== true && !this.request.complete;
    // To keep the connection the body would have to be read to its end: 1 GB of it, perhaps.
    const lingers = unread && failure.code !== "body_timeout";
    if (unread && !(lingers && declaredLength(this.request) <= maxUnreadBytes))
      headers["connection"] = "close";
    headers["content-length"] = String(body.length);
    this.#responseBytes = body.length;
    this.#writeHead(status, headers);
    if (lingers) this.#linger(body);
    else this.response.end(body);
  }

  /**
   * Answers, and reads on for a moment. The system resets a connection that is closed while its other end is still
   * sending, and with that the caller would lose the answer that says why.
   */
  #linger(body: Buffer): void {
    this.response.write(body);
    this.#lingersSinceMs = performance.now();
    this.request.on("end", () => this.response.end()).resume();
  }

  #cutOff(failure: GatewayFailure): void {
    // Between two events of a stream there is a way to say it; anywhere else the connection has to break.
    if (this.#betweenEvents) {
      const body = failure.toBody(this.route.errors, this.requestId);
      this.write(
        this.route.errors === "anthropic" ? `event: error\ndata: ${body}\n\n` : `data: ${body}\n\n`,
      );
      this.response.end();
    } else {
      this.response.destroy();
    }
  }

  #writeHead(status: number, headers: Record<string, string>): void {
    headers["cache-control"] = "no-store";
    headers["x-request-id"] = this.requestId;
    headers["x-content-type-options"] = "nosniff";
    this.response.writeHead(status, headers);
  }

  /** Whether the caller is gone or was answered. */
  get over(): boolean {
    return this.#over;
  }

  #close(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#retryTimer);
    const left = !this.response.writableFinished;
    this.#attempt?.abort();
    this.#attempt = undefined;
    this.#body?.release();
    this.#report(left && this.#failure === undefined);
    this.#done(this);
  }

  #report(left: boolean): void {
    const { setup } = this;
    const durationMs = performance.now() - this.#startedMs;
    const { usage, estimated } = this.#metered;
    const inputTokens = usage.prompt_tokens ?? 0;
    const outputTokens = usage.completion_tokens ?? 0;
    this.#consumer?.allowance.end(usage.total_tokens ?? inputTokens + outputTokens, Date.now());
    const model = this.#model?.name ?? null;
    const upstream = this.#order[this.#position]?.upstream.name ?? null;
    const status = left ? 499 : this.#status;
    const line: RequestLine = {
      event: "request",
      requestId: this.requestId,
      route: this.route.name,
      consumer: this.#consumer?.name ?? null,
      model,
      upstream,
      status,
      code: this.#failure?.code ?? null,
      stream: this.#streaming,
      attempts: this.#attempts,
      durationMs: round(durationMs),
      firstByteMs: this.#firstByteMs === null ? null : round(this.#firstByteMs),
      requestBytes: this.#body?.received ?? 0,
      responseBytes: this.#responseBytes,
      inputTokens,
      outputTokens,
      estimated,
    };
    const price = model === null ? undefined : setup.priceOf(model);
    const cost =
      price === undefined
        ? 0
        : (inputTokens * price.inputPerMillion + outputTokens * price.outputPerMillion) / 1_000_000;
    setup.metrics.add(line, cost);
    setup.log.write(line);
    if (this.#trace !== undefined) setup.tracing?.add(this.#trace, line, this.#startedMs);
  }
}

const randomBytes = Buffer.alloc(16 * 256);
let randomPosition = randomBytes.length;

/**
 * 128 random bits in hexadecimal, as trace ids are written: clients that repeat no text of a server still show such a number.
 * Drawn many at a time: one at a time costs as much as checking a key.
 */
export function createRequestId(): string {
  if (randomPosition === randomBytes.length) {
    randomFillSync(randomBytes);
    randomPosition = 0;
  }
  randomPosition += 16;
  return randomBytes.toString("hex", randomPosition - 16, randomPosition);
}

function orderOf(model: RoutedModel, nowMs: number): Target[] {
  const [[only, ...others] = [], ...fallbacks] = model.tiers;
  // The common case needs no shuffling.
  if (only !== undefined && others.length === 0 && fallbacks.length === 0) {
    return only.upstream.isAvailable(nowMs) ? [only] : [];
  }
  const tiers = model.tiers.map((tier) => tier.map((target) => new Option(target, nowMs)));
  return orderTargets(tiers, Math.random).map(({ target }) => target);
}

/** A target as the plan sees it. */
class Option {
  readonly target: Target;
  readonly weight: number;
  readonly available: boolean;

  constructor(target: Target, nowMs: number) {
    this.target = target;
    this.weight = target.weight;
    this.available = target.upstream.isAvailable(nowMs);
  }
}

/** How long a request says its body is, in bytes; NaN when it does not say. */
export function declaredLength({ headers }: IncomingMessage): number {
  return headers["transfer-encoding"] === undefined
    ? Number(headers["content-length"] ?? 0)
    : Number.NaN;
}

function byteLengthOf(piece: string | Uint8Array): number {
  return typeof piece === "string" ? Buffer.byteLength(piece) : piece.length;
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
