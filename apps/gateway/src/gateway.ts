import {
  createServer as createPlainServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createSecureServer, type Server as SecureServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { sameText } from "@cloud-code/models";
import { Bag } from "./bag.ts";
import type { Config } from "./config/load.ts";
import {
  type AcceptNonce,
  type ConsumerMemory,
  Consumers,
  createMatcher,
  createMemory,
  isFromHere,
  presentedKey,
} from "./consumers.ts";
import { createRequestId, declaredLength, Exchange, type Setup } from "./exchange.ts";
import { type FailureCode, GatewayFailure, toFailure } from "./failure.ts";
import type { Log } from "./log.ts";
import { Metrics } from "./metrics.ts";
import { type Ledger, RedisLedger } from "./ledger.ts";
import { RealtimeRelay } from "./realtime.ts";
import { Routing } from "./routing.ts";
import { realtimePath, routes } from "./routes.ts";
import { Sharing } from "./sharing.ts";
import { Tracing } from "./tracing.ts";

/** What a gateway needs beside its configuration. */
export interface Surroundings {
  readonly log: Log;
  /** Callers at once; default as configured. */
  readonly maxConnections?: number;
  /** Told in traces; default "0". */
  readonly version?: string;
  /** Counters that the processes of this machine share; a configured store takes its place. */
  readonly ledger?: Ledger;
  /** Whether a signature's nonce is new to the other processes of this machine; default there are none. */
  readonly acceptNonce?: AcceptNonce;
  /** What all processes together have counted; default what this one has. */
  collectMetrics?(own: Metrics): Promise<Metrics>;
}

/** How often slow exchanges are looked for. */
const sweepMs = 250;
/** How long a connection is silent before the system asks whether its other end is still there. */
const keepAliveMs = 60_000;
/** What leads to no model. */
const ownPaths: ReadonlySet<string> = new Set(["/healthz", "/readyz", "/metrics", "/v1/models"]);
/** For a collector or counter store that does not answer when the gateway ends. */
const farewellMs = 2000;

/**
 * A running gateway: its listeners and the exchanges in progress. All that it holds is in memory and counts something;
 * it can be killed at any moment without loss.
 */
export class Gateway {
  readonly metrics: Metrics = new Metrics();
  readonly #surroundings: Surroundings;
  readonly #memory: ConsumerMemory;
  /** What the listeners were made from. */
  readonly #listening: string;
  readonly #servers: (Server | SecureServer)[] = [];
  readonly #live = new Bag<Exchange>();
  readonly #relays = new Set<RealtimeRelay>();
  #setup: Setup;
  #sharing: Sharing | undefined;
  #draining = false;
  #sweeper: NodeJS.Timeout | undefined;
  #healthTimers: NodeJS.Timeout[] = [];

  private constructor(config: Config, surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.#listening = JSON.stringify(config.file.listen);
    this.#memory = createMemory(surroundings.acceptNonce);
    this.#setup = this.#createSetup(config);
    this.#sharing = this.#createSharing(config);
  }

  /** Starts listening; throws when an address is taken or a certificate is none. */
  static async start(config: Config, surroundings: Surroundings): Promise<Gateway> {
    const gateway = new Gateway(config, surroundings);
    try {
      for (const [index, settings] of config.file.listen.entries()) {
        const server = gateway.#createServer(config, index);
        gateway.#servers.push(server);
        await listen(server, settings.host, settings.port);
        surroundings.log.write({ event: "started", port: portOf(server) });
      }
    } catch (error) {
      await gateway.stop();
      throw error;
    }
    gateway.#sweeper = setInterval(() => gateway.#sweep(), sweepMs);
    gateway.#sweeper.unref();
    gateway.#watchHealth();
    return gateway;
  }

  /** The ports in use, in the order of the configuration. */
  get ports(): readonly number[] {
    return this.#servers.map(portOf);
  }

  /** Requests in progress. */
  get live(): number {
    return this.#live.size + this.#relays.size;
  }

  /**
   * Replaces the configuration in one step: requests that arrive from now on follow the new one, those in progress end
   * under the old one. Listeners keep their addresses, and take new certificates.
   */
  reload(config: Config): void {
    const previous = this.#setup;
    const next = this.#createSetup(config);
    if (JSON.stringify(config.file.listen) === this.#listening) {
      this.#servers.forEach((server, index) => {
        const pair = config.certificates[index];
        if (pair !== undefined && "setSecureContext" in server)
          server.setSecureContext({ cert: pair.certificate, key: pair.key });
      });
    } else {
      this.#surroundings.log.write({ event: "warning", subject: "listen-needs-restart" });
    }
    this.#setup = next;
    this.#watchHealth();
    previous.routing.close().catch(() => undefined); // Connections that broke while closing are closed.
    void previous.tracing?.close();
    if (JSON.stringify(config.sharing) !== JSON.stringify(previous.config.sharing)) {
      void this.#sharing?.close();
      this.#sharing = this.#createSharing(config);
    }
    this.#surroundings.log.write({ event: "reloaded" });
  }

  /** Takes no new connections, lets answers end for as long as the configuration allows, then cuts off the rest. */
  async stop(drainMs = 0): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    const closed = this.#servers.map(
      (server) => new Promise<void>((resolve) => server.close(() => resolve())),
    );
    for (const server of this.#servers) server.closeIdleConnections();
    this.#surroundings.log.write({ event: "draining", count: this.live });
    const deadline = performance.now() + drainMs;
    while (this.live > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      for (const server of this.#servers) server.closeIdleConnections();
    }
    const cut = this.live;
    for (const exchange of this.#live.all()) exchange.cut();
    for (const relay of this.#relays) relay.cut();
    if (cut > 0) await new Promise((resolve) => setTimeout(resolve, 50));
    for (const server of this.#servers) server.closeAllConnections();
    await Promise.all(closed);
    clearInterval(this.#sweeper);
    for (const timer of this.#healthTimers) clearInterval(timer);
    await this.#setup.routing.destroy();
    // The operator's monitoring hears the last of it, unless it makes us wait.
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, farewellMs);
      void Promise.all([this.#sharing?.close(), this.#setup.tracing?.close()]).then(() => {
        clearTimeout(timer);
        resolve();
      });
    });
    this.#surroundings.log.write({ event: "stopped", count: cut });
    this.#surroundings.log.flush();
  }

  #createSetup(config: Config): Setup {
    const { log } = this.#surroundings;
    log.level = config.file.log.level;
    const prices = Object.keys(config.prices)
      .toSorted((left, right) => right.length - left.length)
      .map((pattern) => ({ fits: createMatcher([pattern]), price: config.prices[pattern] }));
    return {
      config,
      log,
      metrics: this.metrics,
      tracing:
        config.traces === undefined
          ? undefined
          : new Tracing(config.traces, this.#surroundings.version ?? "0"),
      consumers: new Consumers(config, this.#memory),
      routing: new Routing(config),
      priceOf: (model) => prices.find(({ fits }) => fits(model))?.price,
    };
  }

  #createSharing(config: Config): Sharing | undefined {
    const ledger =
      config.sharing === undefined ? this.#surroundings.ledger : new RedisLedger(config.sharing);
    if (ledger === undefined) return undefined;
    return new Sharing(ledger, this.#memory.allowances, (failing) =>
      this.#surroundings.log.write({ event: failing ? "sharing-lost" : "sharing-restored" }),
    );
  }

  #createServer(config: Config, index: number): Server | SecureServer {
    const { limits } = config.file;
    const options = {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      // Bodies have a limit of their own, between two pieces: a whole one may take as long as it needs.
      requestTimeout: 0,
      keepAliveTimeout: 75_000,
      connectionsCheckingInterval: Math.min(5000, limits.headersMs),
      noDelay: true,
      // Finds out about callers that are gone without a word: a realtime conversation may be silent for long.
      keepAlive: true,
      keepAliveInitialDelay: keepAliveMs,
    };
    const handle = (request: IncomingMessage, response: ServerResponse): void =>
      this.#handle(request, response);
    const pair = config.certificates[index];
    const server =
      pair === undefined
        ? createPlainServer(options, handle)
        : createSecureServer(
            {
              ...options,
              cert: pair.certificate,
              key: pair.key,
              minVersion: "TLSv1.2",
              handshakeTimeout: limits.headersMs,
            },
            handle,
          );
    server.maxConnections =
      this.#surroundings.maxConnections ?? Math.ceil(limits.connections / config.file.processes);
    // The exchange says when it wants the body; whoever is refused before need not send it.
    server.on("checkContinue", handle);
    server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (request.headers.upgrade?.toLowerCase() === "websocket")
        this.#upgrade(request, socket, head);
      else ignoreUpgrade(server, pair !== undefined, request, socket, head);
    });
    server.on("clientError", (error: Error & { code?: string }, socket: Socket) =>
      refuseBytes(error, socket),
    );
    return server;
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    if (this.#draining) response.setHeader("connection", "close");
    const url = request.url ?? "/";
    const mark = url.indexOf("?");
    const path = mark === -1 ? url : url.slice(0, mark);
    const route = routes.get(path);
    if (route === undefined) {
      this.#answer(path, request, response).catch((error: unknown) =>
        answerFailure(request, response, toFailure(error)),
      );
    } else if (request.method === "POST") {
      const exchange = new Exchange(this.#setup, route, request, response, (done) =>
        this.#live.remove(done),
      );
      this.#live.add(exchange);
      exchange.start();
    } else {
      response.setHeader("allow", "POST");
      answerFailure(request, response, new GatewayFailure("method_not_allowed"));
    }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if ((request.url ?? "").split("?", 1)[0] !== realtimePath) {
      socket.end("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
      return;
    }
    const relay = new RealtimeRelay(this.#setup, socket, (done) => this.#relays.delete(done));
    this.#relays.add(relay);
    void relay.start(request, head);
  }

  /** Everything that leads to no model. */
  async #answer(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const known = ownPaths.has(path) || path.startsWith("/v1/models/");
    if (!known) throw new GatewayFailure("not_found");
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      throw new GatewayFailure("method_not_allowed");
    }
    if (path === "/healthz") return answer(response, 200, "application/json", '{"status":"ok"}\n');
    if (path === "/readyz") {
      const { upstreams } = this.#setup.routing;
      const able = upstreams.size === 0 || [...upstreams.values()].some(({ resting }) => !resting);
      const status = this.#draining ? "draining" : able ? "ready" : "all-upstreams-resting";
      return answer(
        response,
        status === "ready" ? 200 : 503,
        "application/json",
        `${JSON.stringify({ status })}\n`,
      );
    }
    if (path === "/metrics")
      return answer(
        response,
        200,
        "text/plain; version=0.0.4; charset=utf-8",
        await this.#metricsFor(request),
      );
    return answer(response, 200, "application/json", await this.#modelsFor(path, request));
  }

  async #metricsFor(request: IncomingMessage): Promise<string> {
    const { config, routing, tracing } = this.#setup;
    const { metricsKey } = config;
    const forwarded =
      request.headers["x-forwarded-for"] !== undefined ||
      request.headers["forwarded"] !== undefined;
    const address = request.socket.remoteAddress ?? "";
    const local =
      /^(127\.|::1$|::ffff:127\.)/.test(address) && !forwarded && isFromHere(request.headers);
    const allowed =
      metricsKey === undefined ? local : sameText(presentedKey(request.headers) ?? "", metricsKey);
    if (!allowed)
      throw new GatewayFailure("missing_credentials", {
        detail:
          "Metrics are for the operator: ask from this machine, or with the key of metrics.key.",
      });
    const all = (await this.#surroundings.collectMetrics?.(this.metrics)) ?? this.metrics;
    return all.toText({
      liveRequests: this.live,
      upstreams: [...routing.upstreams.values()].map(({ name, live, resting }) => ({
        name,
        live,
        resting,
      })),
      traces: tracing?.counts,
      sharingFails: this.#sharing?.failing,
    });
  }

  async #modelsFor(path: string, request: IncomingMessage): Promise<string> {
    const { consumers, routing } = this.#setup;
    const { consumer } = await consumers.identify(
      {
        method: request.method ?? "GET",
        url: request.url ?? path,
        headers: request.headers,
        hasBody: false,
      },
      Date.now(),
    );
    // The fields of OpenAI's list and of Anthropic's do not collide, so one answer serves both kinds of clients.
    const describe = (id: string): object => ({
      id,
      object: "model",
      created: 0,
      owned_by: routing.find(id)?.tiers[0]?.[0]?.upstream.name ?? "",
      type: "model",
      display_name: id,
      created_at: "1970-01-01T00:00:00Z",
    });
    const wanted = decode(path.slice("/v1/models/".length));
    if (wanted !== "") {
      if (routing.find(wanted) === undefined || !consumer.mayUse(wanted))
        throw new GatewayFailure("model_not_found", { param: "model" });
      return JSON.stringify(describe(wanted));
    }
    const data = routing.names
      .filter((name) => !name.endsWith("*") && consumer.mayUse(name))
      .map(describe);
    return JSON.stringify({ object: "list", data, has_more: false });
  }

  #sweep(): void {
    const nowMs = performance.now();
    for (const exchange of this.#live.all()) exchange.tick(nowMs);
  }

  #watchHealth(): void {
    for (const timer of this.#healthTimers) clearInterval(timer);
    this.#healthTimers = [...this.#setup.routing.upstreams.values()]
      .filter(({ settings }) => settings.health !== undefined)
      .map((upstream) => {
        let good = true;
        const check = (): void =>
          void upstream.probe().then((now) => {
            if (now !== good)
              this.#surroundings.log.write({
                event: now ? "health-restored" : "health-failed",
                subject: upstream.name,
              });
            good = now;
          });
        const timer = setInterval(check, upstream.settings.health?.intervalMs);
        timer.unref();
        return timer;
      });
  }
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    // Not an encoding of anything, so not a model's name either.
    return encoded;
  }
}

function listen(server: Server | SecureServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      // Running out of file descriptors refuses one connection; it must not end all others.
      server.on("error", () => undefined);
      resolve();
    });
  });
}

function portOf(server: Server | SecureServer): number {
  return (server.address() as AddressInfo | null)?.port ?? 0;
}

function answer(response: ServerResponse, status: number, mediaType: string, body: string): void {
  response.writeHead(status, {
    "content-type": mediaType,
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(body);
}

function answerFailure(
  request: IncomingMessage,
  response: ServerResponse,
  failure: GatewayFailure,
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const requestId = createRequestId();
  response.setHeader("x-request-id", requestId);
  if (failure.status === 401) response.setHeader("www-authenticate", "Bearer");
  // Nobody watches over a body that nobody wants.
  if (declaredLength(request) !== 0) response.setHeader("connection", "close");
  answer(response, failure.status, "application/json", failure.toBody("openai", requestId));
}

/**
 * Goes on with a request as if it had not asked to change the protocol, which a server may do (RFC 9110, section 7.8).
 * Java's HTTP client asks for HTTP/2 with its first request to every plain address, and sends the body right behind it.
 */
function ignoreUpgrade(
  server: Server | SecureServer,
  secure: boolean,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  const { method = "", url = "", httpVersion, rawHeaders } = request;
  let text = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    if (!/^(upgrade|connection|http2-settings)$/i.test(name))
      text += `${name}: ${rawHeaders[index + 1] ?? ""}\r\n`;
  }
  socket.unshift(Buffer.concat([Buffer.from(`${text}\r\n`, "latin1"), head]));
  // Both servers take a connection whose first bytes were already read.
  server.emit(secure ? "secureConnection" : "connection", socket);
}

/** Answers bytes that are no request. What they were is not repeated. */
function refuseBytes(error: Error & { code?: string }, socket: Socket): void {
  // Only HTTP's own faults can be answered: a broken connection has no reader, a TLS handshake that failed no channel.
  if (!socket.writable || !/^(HPE_|ERR_HTTP_)/.test(error.code ?? "")) {
    socket.destroy();
    return;
  }
  const [status, code] = ((): [string, FailureCode] => {
    if (error.code === "HPE_HEADER_OVERFLOW")
      return ["431 Request Header Fields Too Large", "body_too_large"];
    return error.code === "ERR_HTTP_REQUEST_TIMEOUT"
      ? ["408 Request Timeout", "body_timeout"]
      : ["400 Bad Request", "invalid_request"];
  })();
  const body = new GatewayFailure(code, {
    detail: "These bytes are no HTTP request this gateway takes.",
  }).toBody("openai", "");
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\ncache-control: no-store\r\nconnection: close\r\n\r\n${body}`,
  );
}
