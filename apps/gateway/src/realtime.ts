import { type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import type { Duplex } from "node:stream";
import { admit, keyProtocol } from "./consumers.ts";
import { createRequestId, type Setup } from "./exchange.ts";
import { GatewayFailure, toFailure } from "./failure.ts";
import { orderTargets } from "./plan.ts";
import { realtimeItems } from "./routes.ts";
import type { RequestLine } from "./log.ts";
import type { Trace } from "./trace.ts";
import type { Target } from "./translate.ts";

/** Headers of the WebSocket handshake (RFC 6455) that go on as they are; the key proves that both ends speak it. */
const handshakeHeaders = [
  "sec-websocket-key",
  "sec-websocket-version",
  "sec-websocket-extensions",
  "openai-beta",
] as const;

/** How long a provider is silent before the system asks whether it is still there. */
const keepAliveMs = 60_000;

/**
 * Relays a realtime conversation: after the handshake, bytes pass both ways unread, with back-pressure, until either
 * side closes. Nothing is retried: a conversation cannot be begun twice.
 */
export class RealtimeRelay {
  readonly #setup: Setup;
  readonly #socket: Duplex;
  readonly #done: (relay: RealtimeRelay) => void;
  readonly #startedMs = performance.now();
  readonly #requestId: string = createRequestId();
  #consumer: string | null = null;
  #model: string | null = null;
  #target: Target | undefined;
  #upstream: string | null = null;
  #firstByteMs: number | null = null;
  #trace: Trace | undefined;
  #finish: ((tokens: number) => void) | undefined;
  #status = 0;
  #code: GatewayFailure["code"] | null = null;
  #received = 0;
  #sent = 0;
  #over = false;

  constructor(setup: Setup, socket: Duplex, done: (relay: RealtimeRelay) => void) {
    this.#setup = setup;
    this.#socket = socket;
    this.#done = done;
    socket.on("close", () => this.#close());
    // A broken connection also closes.
    socket.on("error", () => undefined);
  }

  /** Sets out with the caller's handshake; `head` is what came right behind it. */
  async start(request: IncomingMessage, head: Buffer): Promise<void> {
    this.#trace = this.#setup.tracing?.begin(request.headers["traceparent"], this.#requestId);
    try {
      const url = new URL(request.url ?? "/", "http://gateway.invalid");
      const nowMs = Date.now();
      const { consumer } = await this.#setup.consumers.identify(
        { method: "GET", url: request.url ?? "/", headers: request.headers, hasBody: false },
        nowMs,
      );
      // Fetching keys may take longer than the caller stays.
      if (this.#over) return;
      admit(consumer, nowMs);
      this.#consumer = consumer.name;
      this.#finish = (tokens) => consumer.allowance.end(tokens, Date.now());
      const asked = url.searchParams.get("model");
      if (asked === null)
        throw new GatewayFailure("model_missing", {
          param: "model",
          detail: "Name the model in the address: /v1/realtime?model=…",
        });
      const model = this.#setup.routing.find(asked);
      if (model === undefined) throw new GatewayFailure("model_not_found", { param: "model" });
      if (!consumer.mayUse(asked))
        throw new GatewayFailure("model_not_allowed", { param: "model" });
      this.#model = model.name;
      const options = model.tiers.map((tier) =>
        tier
          .filter(({ upstream }) => upstream.pathOf("realtime") !== undefined)
          .map((target) => ({
            target,
            weight: target.weight,
            available: target.upstream.isAvailable(nowMs),
          })),
      );
      if (options.every((tier) => tier.length === 0))
        throw new GatewayFailure("unsupported", {
          detail: "The provider of this model has no realtime endpoint.",
          param: "model",
        });
      const chosen = orderTargets(options, Math.random)[0]?.target;
      if (chosen === undefined) throw new GatewayFailure("overloaded", { retryAfterSeconds: 1 });
      url.searchParams.set("model", chosen.model ?? asked);
      await this.#connect(
        chosen,
        `${chosen.upstream.pathOf("realtime") ?? ""}${url.search}`,
        request,
        head,
      );
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Ends at once: the gateway has to stop. */
  cut(): void {
    this.#socket.destroy();
  }

  async #connect(
    target: Target,
    path: string,
    request: IncomingMessage,
    head: Buffer,
  ): Promise<void> {
    const { upstream } = target;
    const headers: Record<string, string> = { connection: "Upgrade", upgrade: "websocket" };
    for (const name of handshakeHeaders) {
      const value = request.headers[name];
      if (typeof value === "string") headers[name] = value;
    }
    const protocols = (request.headers["sec-websocket-protocol"] ?? "")
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "" && !name.startsWith(keyProtocol));
    if (protocols.length > 0) headers["sec-websocket-protocol"] = protocols.join(", ");
    const options = await upstream.upgradeOptions({
      path,
      method: "GET",
      headers,
      body: null,
      items: realtimeItems,
    });
    if (this.#over) return;
    this.#target = target;
    this.#upstream = upstream.name;
    const traced = {
      upstream: upstream.name,
      startedMs: performance.now(),
      endedMs: 0,
      status: 0,
    };
    this.#trace?.attempts.push(traced);
    upstream.depart(Date.now());
    const outgoing = (upstream.origin.startsWith("https:") ? requestSecure : requestPlain)(options);
    const settle = (good: boolean, status = 101): void => {
      if (this.#target !== undefined)
        upstream.settle(
          good
            ? { kind: "answered", status, retryAfterSeconds: undefined }
            : { kind: "unreachable" },
          Date.now(),
        );
      this.#target = undefined;
      traced.endedMs = performance.now();
      traced.status = good ? (this.#status === 101 ? 101 : status) : 0;
    };
    this.#socket.once("close", () => {
      outgoing.destroy();
      settle(true);
    });
    outgoing.setTimeout(upstream.settings.timeouts.connectMs, () =>
      outgoing.destroy(new Error("timeout")),
    );
    outgoing.once("error", (error) => {
      settle(false);
      this.#refuse(new GatewayFailure("upstream_unreachable", { cause: error }));
    });
    outgoing.once("response", (response) => {
      settle(true, response.statusCode ?? 502);
      response.destroy();
      const status = response.statusCode ?? 502;
      this.#refuse(
        new GatewayFailure(status === 401 || status === 403 ? "upstream_auth" : "upstream_broken", {
          detail: `The provider refused the realtime connection with status ${status}.`,
        }),
      );
    });
    outgoing.once("upgrade", (response, provider, rest) => {
      outgoing.setTimeout(0);
      this.#status = 101;
      this.#firstByteMs = performance.now() - this.#startedMs;
      const names = [
        "upgrade",
        "connection",
        "sec-websocket-accept",
        "sec-websocket-protocol",
        "sec-websocket-extensions",
      ];
      const lines = names.flatMap((name) => {
        const value = response.headers[name];
        return typeof value === "string" ? [`${name}: ${value}`] : [];
      });
      this.#socket.write(
        `HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\nx-request-id: ${this.#requestId}\r\n\r\n`,
      );
      provider.setKeepAlive(true, keepAliveMs);
      if (rest.length > 0) provider.unshift(rest);
      if (head.length > 0) this.#socket.unshift(head);
      provider.on("data", (piece: Buffer) => (this.#sent += piece.length));
      this.#socket.on("data", (piece: Buffer) => (this.#received += piece.length));
      provider.on("error", () => undefined).on("close", () => this.#socket.destroy());
      this.#socket.on("close", () => provider.destroy());
      provider.pipe(this.#socket);
      this.#socket.pipe(provider);
    });
    outgoing.end();
  }

  #refuse(error: unknown): void {
    if (this.#over || this.#status !== 0) return;
    const failure = toFailure(error);
    this.#status = failure.status;
    this.#code = failure.code;
    const body = failure.toBody("openai", this.#requestId);
    const retry =
      failure.retryAfterSeconds === undefined
        ? ""
        : `retry-after: ${failure.retryAfterSeconds}\r\n`;
    this.#socket.end(
      `HTTP/1.1 ${failure.status} Refused\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\ncache-control: no-store\r\nx-request-id: ${this.#requestId}\r\n${retry}connection: close\r\n\r\n${body}`,
    );
  }

  #close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#finish?.(0);
    const line: RequestLine = {
      event: "request",
      requestId: this.#requestId,
      route: "realtime",
      consumer: this.#consumer,
      model: this.#model,
      upstream: this.#upstream,
      status: this.#status === 0 ? 499 : this.#status,
      code: this.#code,
      stream: true,
      attempts: this.#upstream === null ? 0 : 1,
      durationMs: Math.round(performance.now() - this.#startedMs),
      firstByteMs: this.#firstByteMs === null ? null : Math.round(this.#firstByteMs),
      requestBytes: this.#received,
      responseBytes: this.#sent,
      // What passes is not read, so nothing is known of its tokens.
      inputTokens: 0,
      outputTokens: 0,
      estimated: true,
    };
    this.#setup.metrics.add(line, 0);
    this.#setup.log.write(line);
    if (this.#trace !== undefined) this.#setup.tracing?.add(this.#trace, line, this.#startedMs);
    this.#done(this);
  }
}
