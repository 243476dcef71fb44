import type { RequestOptions } from "node:https";
import { isIP } from "node:net";
import {
  anthropicVersion,
  authorize,
  type Credential,
  ModelError,
  type SignedRequest,
} from "@cloud-code/models";
import {
  assertPermit,
  decide,
  type ItemKey,
  type Permit,
  permitLifetimeMs,
  strictest,
} from "@cloud-code/policy";
import type { buildConnector, Dispatcher } from "undici";
import createConnector from "undici/lib/core/connect.js";
import Pool from "undici/lib/dispatcher/pool.js";
import { WebSocket } from "ws";
import type { ConfigFile } from "./config/schema.ts";
import {
  afterNothing,
  afterOutcome,
  atDeparture,
  type Circuit,
  closedCircuit,
  isPassable,
  isTargetFailure,
  type Outcome,
} from "./plan.ts";
import type { RouteName } from "./routes.ts";

/** Settings of an upstream in the configuration. */
export type UpstreamSettings = ConfigFile["upstreams"][string];

/** What is sent to an upstream: path and headers are complete but for the credential. */
export interface Departure {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array | string | AsyncIterable<Uint8Array> | null;
  readonly items: readonly ItemKey[];
  readonly method?: "GET" | "POST";
  /** The path lies beside the root's `/v1`, not below it. */
  readonly besideVersion?: boolean;
  /** For the answer, and between its pieces; default as configured. */
  readonly timeoutMs?: number;
}

/**
 * One configured provider: its connections, its credential and how it has been doing. Requests go to the configured
 * address and nowhere else: no part of a request chooses a host, and redirects are not followed.
 */
export class Upstream {
  readonly name: string;
  readonly settings: UpstreamSettings;
  /** Scheme, host and port. */
  readonly origin: string;
  readonly credential: Credential;
  /** Requests in progress. */
  live = 0;
  readonly #basePath: string;
  readonly #host: string;
  readonly #pool: Pool;
  readonly #certificateAuthority: string | undefined;
  readonly #permits = new Map<readonly ItemKey[], Permit>();
  /** The credential's header, when it is the same for every request. */
  readonly #staticHeaders: Readonly<Record<string, string>> | undefined;
  #circuit: Circuit = closedCircuit;

  constructor(
    name: string,
    settings: UpstreamSettings,
    resolved: { root: string; credential: Credential; certificateAuthority: string | undefined },
  ) {
    const url = new URL(resolved.root);
    this.name = name;
    this.settings = settings;
    this.origin = url.origin;
    this.credential = resolved.credential;
    this.#host = url.host;
    this.#basePath = url.pathname.replace(/\/$/, "");
    this.#certificateAuthority = resolved.certificateAuthority;
    this.#staticHeaders = staticHeaders(resolved.credential);
    this.#pool = new Pool(url.origin, {
      connections: settings.connections,
      pipelining: 1,
      keepAliveTimeout: 60_000,
      headersTimeout: settings.timeouts.firstByteMs,
      bodyTimeout: settings.timeouts.idleMs,
      connect: tellingConnector(
        createConnector({
          timeout: settings.timeouts.connectMs,
          ...(resolved.certificateAuthority === undefined
            ? {}
            : { ca: resolved.certificateAuthority }),
          ...(url.protocol === "https:" && isIP(url.hostname) === 0
            ? { servername: url.hostname }
            : {}),
        }),
      ),
    });
  }

  /** Whether a request may go there now: its circuit is closed or due for a try, and it has a place. */
  isAvailable(nowMs: number): boolean {
    return (
      this.live < (this.settings.maxConcurrent ?? this.settings.connections) &&
      isPassable(this.#circuit, nowMs)
    );
  }

  /** The circuit, for the operator's metrics. */
  get resting(): boolean {
    return !isPassable(this.#circuit, Date.now());
  }

  /** The upstream's own path of a route, or undefined when its kind has none. */
  pathOf(route: RouteName): string | undefined {
    return this.settings.paths?.[route] ?? pathsByKind[this.settings.kind][route];
  }

  /** Leave to send these items there: asked for anew every half minute, because a permit does not outlive a change of mind. */
  permitFor(items: readonly ItemKey[], nowMs: number = Date.now()): Permit {
    const known = this.#permits.get(items);
    if (
      known !== undefined &&
      nowMs >= known.issuedAtMs &&
      nowMs < known.issuedAtMs + permitLifetimeMs / 2
    )
      return known;
    const decision = decide({
      items,
      purpose: "relay",
      destination: { recipient: "configured-service", origin: this.origin },
      circumstances: {
        ...strictest,
        plainHttpOrigins: this.settings.allowPlainHttp ? [this.origin] : [],
      },
      collectedSinceMs: nowMs,
      nowMs,
    });
    if (decision.kind === "denied")
      throw new Error(`the policy does not let requests go to ${this.origin}: ${decision.because}`);
    this.#permits.set(items, decision.permit);
    return decision.permit;
  }

  /** All headers of a request: its own, the configured ones and the credential's. Signed last. */
  headersFor(
    departure: Departure,
    path: string,
  ): Record<string, string> | Promise<Record<string, string>> {
    const headers = departure.headers;
    const fixed = this.settings.headers;
    if (fixed !== undefined)
      for (const name of Object.keys(fixed)) headers[name.toLowerCase()] = fixed[name] ?? "";
    if (this.#staticHeaders !== undefined) {
      for (const name of Object.keys(this.#staticHeaders))
        headers[name] = this.#staticHeaders[name] ?? "";
      return headers;
    }
    // A signature may cover it; otherwise the connection adds it.
    headers["host"] = this.#host;
    const request: SignedRequest = {
      method: departure.method ?? "POST",
      url: path,
      headers,
      body:
        typeof departure.body === "string" || departure.body instanceof Uint8Array
          ? departure.body
          : undefined,
    };
    return authorize(this.credential, request).then((added) => Object.assign(headers, added));
  }

  /** Sends a request on its way. The permit is checked against the very origin the connections go to. */
  dispatch(
    departure: Departure,
    handler: Dispatcher.DispatchHandler,
    fail: (error: unknown) => void,
  ): void {
    const base =
      departure.besideVersion === true ? this.#basePath.replace(/\/v1$/, "") : this.#basePath;
    const path = base + departure.path;
    const permit = this.permitFor(departure.items);
    const go = (headers: Record<string, string>): void => {
      assertPermit(permit, {
        items: departure.items,
        purpose: "relay",
        origin: this.origin,
        nowMs: Date.now(),
      });
      this.#pool.dispatch(
        // undici's types know no asynchronous iterables; its code does.
        {
          method: departure.method ?? "POST",
          path,
          headers,
          body: departure.body as Dispatcher.DispatchOptions["body"] & object,
          headersTimeout: departure.timeoutMs ?? null,
          bodyTimeout: departure.timeoutMs ?? null,
        },
        handler,
      );
    };
    const headers = this.headersFor(departure, path);
    if (headers instanceof Promise) headers.then(go).catch(fail);
    else go(headers);
  }

  /** Opens a WebSocket below the root. The permit is checked against the very origin it goes to. */
  async openSocket(path: string, items: readonly ItemKey[]): Promise<WebSocket> {
    const target = this.#basePath + path;
    const permit = this.permitFor(items);
    const headers = await this.headersFor(
      { path, method: "GET", headers: {}, body: null, items },
      target,
    );
    assertPermit(permit, { items, purpose: "relay", origin: this.origin, nowMs: Date.now() });
    return new WebSocket(`${this.origin.replace(/^http/, "ws")}${target}`, {
      headers,
      handshakeTimeout: this.settings.timeouts.connectMs,
      perMessageDeflate: false,
      followRedirects: false,
      ...(this.#certificateAuthority === undefined ? {} : { ca: this.#certificateAuthority }),
    });
  }

  /** Options for `node:http` to open a connection that is upgraded, signed and permitted like every other. */
  async upgradeOptions(departure: Departure): Promise<RequestOptions> {
    const url = new URL(this.origin);
    const path = this.#basePath + departure.path;
    const permit = this.permitFor(departure.items);
    const headers = await this.headersFor(departure, path);
    assertPermit(permit, {
      items: departure.items,
      purpose: "relay",
      origin: this.origin,
      nowMs: Date.now(),
    });
    return {
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port: url.port === "" ? (url.protocol === "https:" ? 443 : 80) : url.port,
      path,
      headers,
      ...(this.#certificateAuthority === undefined ? {} : { ca: this.#certificateAuthority }),
    };
  }

  /** A request sets out. Every `depart` is followed by one `settle`. */
  depart(nowMs: number): void {
    this.live += 1;
    this.#circuit = atDeparture(this.#circuit, nowMs);
  }

  /** How it ended; undefined when that says nothing about the provider: the caller left, or its request was at fault. */
  settle(outcome: Outcome | undefined, nowMs: number): void {
    this.live -= 1;
    this.#circuit =
      outcome === undefined
        ? afterNothing(this.#circuit)
        : afterOutcome(this.#circuit, !isTargetFailure(outcome), this.settings.circuit, nowMs);
  }

  /** Asks the health path, by default the list of models, and gives the answer's status; 0 when none came within ten seconds. */
  ask(): Promise<number> {
    const { kind, health } = this.settings;
    return new Promise((resolve) => {
      let answered = 0;
      this.dispatch(
        {
          path: health?.path ?? listPaths[kind],
          method: "GET",
          headers: {
            accept: "application/json",
            ...(kind === "anthropic" ? { "anthropic-version": anthropicVersion } : {}),
          },
          body: null,
          items: healthItems,
          timeoutMs: healthMs,
        },
        {
          onRequestStart: () => undefined,
          onResponseStart: (_, status) => void (answered = status),
          onResponseData: () => undefined,
          onResponseEnd: () => resolve(answered),
          onResponseError: () => resolve(0),
        },
        (error) => resolve(isBadCredential(error) ? 401 : 0),
      );
    });
  }

  /** Asks the health path; a failure counts for the circuit. */
  async probe(): Promise<boolean> {
    this.#circuit = atDeparture(this.#circuit, Date.now());
    const status = await this.ask();
    const good = status !== 0 && status < 500 && status !== 401 && status !== 403;
    this.#circuit = afterOutcome(this.#circuit, good, this.settings.circuit, Date.now());
    return good;
  }

  /** Lets requests in progress end, then closes the connections. */
  async close(): Promise<void> {
    await this.#pool.close();
  }

  /** Closes the connections at once. */
  async destroy(): Promise<void> {
    await this.#pool.destroy();
  }
}

/** Whether a request could not set out because the configured key cannot sign it: as good as refused. */
export function isBadCredential(error: unknown): boolean {
  return error instanceof ModelError && error.code === "INVALID_CREDENTIAL";
}

/** Opens connections whose errors tell how much they had brought: one that had brought something was kept from an earlier exchange. */
function tellingConnector(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) =>
    connect(options, (...[error, socket]: Parameters<buildConnector.Callback>) => {
      socket?.prependListener("error", (broken) => {
        Object.assign(broken, { socket: { bytesRead: socket.bytesRead } });
      });
      if (error === null) callback(error, socket);
      else callback(error, null);
    });
}

const healthItems: readonly ItemKey[] = ["gateway.credentials"];
const healthMs = 10_000;

/** Where each kind lists its models: a question that costs nothing and needs the credential. */
const listPaths: Readonly<Record<UpstreamSettings["kind"], string>> = {
  openai: "/models",
  higress: "/models",
  dashscope: "/compatible-mode/v1/models",
  anthropic: "/v1/models",
};

function staticHeaders(credential: Credential): Record<string, string> | undefined {
  if (credential.kind === "none") return {};
  if (credential.kind !== "key") return undefined;
  const header = credential.header?.toLowerCase() ?? "authorization";
  const prefix = credential.prefix ?? (header === "authorization" ? "Bearer" : "");
  return { [header]: prefix === "" ? credential.key : `${prefix} ${credential.key}` };
}

/** Where each kind has what: a route that is missing here is translated, or refused. */
const pathsByKind: Readonly<
  Record<UpstreamSettings["kind"], Readonly<Partial<Record<RouteName, string>>>>
> = {
  openai: {
    chat: "/chat/completions",
    completions: "/completions",
    embeddings: "/embeddings",
    rerank: "/rerank",
    transcription: "/audio/transcriptions",
    speech: "/audio/speech",
    responses: "/responses",
    messages: "/messages",
    count_tokens: "/messages/count_tokens",
    realtime: "/realtime",
  },
  higress: {
    chat: "/chat/completions",
    completions: "/completions",
    embeddings: "/embeddings",
    // With Model Studio behind it, Higress maps the plural alone.
    rerank: "/reranks",
    transcription: "/audio/transcriptions",
    speech: "/audio/speech",
    responses: "/responses",
    messages: "/messages",
    count_tokens: "/messages/count_tokens",
    realtime: "/realtime",
  },
  dashscope: {
    chat: "/compatible-mode/v1/chat/completions",
    completions: "/compatible-mode/v1/completions",
    embeddings: "/compatible-mode/v1/embeddings",
    responses: "/compatible-mode/v1/responses",
    messages: "/apps/anthropic/v1/messages",
    count_tokens: "/apps/anthropic/v1/messages/count_tokens",
    realtime: "/api-ws/v1/realtime",
  },
  anthropic: { messages: "/v1/messages", count_tokens: "/v1/messages/count_tokens" },
};
