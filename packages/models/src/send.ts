import { request as requestPlain, type IncomingMessage } from "node:http";
import { request as requestSecure } from "node:https";
import type { Agent } from "node:http";
import {
  assertPermit,
  isLoopback,
  type ItemKey,
  type Permit,
  type PurposeKey,
} from "@cloud-code/policy";
import { parseProviderError, upstreamError } from "./dialects/reading.ts";
import { ModelError } from "./error.ts";
import type { Call, EventReader, Operation } from "./message.ts";
import type { Moment } from "./moment.ts";
import { authorize, type Credential } from "./signing.ts";
import { readEvents } from "./stream.ts";

/** Where a model is, and how to be let in. */
export interface Endpoint {
  /** What a call's path is appended to, for example `https://dashscope.aliyuncs.com` or `http://127.0.0.1:8080/v1`. */
  readonly root: string;
  readonly credential: Credential;
  /** Allow plain HTTP to a machine other than this one; default false. */
  readonly allowPlainHttp?: boolean;
  /** Sent with every request, and covered by the signature. Cannot replace a call's own or the signing headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For proxies, private certificate authorities and connection reuse. */
  readonly agent?: Agent;
}

/** One thing to be sent, and what is in it. */
export interface Sending {
  readonly call: Call;
  readonly endpoint: Endpoint;
  /** Every datum in the call; the permit must cover them. */
  readonly items: readonly ItemKey[];
  readonly purpose: PurposeKey;
  readonly signal?: AbortSignal;
  readonly timeouts?: Partial<Timeouts>;
  /** Time and nonce of the signature; the present ones when not given. */
  readonly moment?: Moment;
}

/** How long to wait, in milliseconds. */
export interface Timeouts {
  /** For the connection, TLS included; default 10 s. */
  readonly connectMs: number;
  /** For the answer's status line, from the moment the connection stands; default 300 s. */
  readonly firstByteMs: number;
  /** Between two pieces of the answer; default 60 s. */
  readonly idleMs: number;
}

/** What came back. The body must be read or left by `break`: an unread one holds its connection. */
export interface Reply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
}

const defaultTimeouts: Timeouts = { connectMs: 10_000, firstByteMs: 300_000, idleMs: 60_000 };
// What a caller's extra headers must never decide: who is asking, where it goes, and how the body is framed.
const reservedHeaders =
  /^(host|content-length|transfer-encoding|connection|upgrade|te|trailer|expect|authorization|x-ca-.*|content-md5)$/i;

/**
 * Sends one call to a model: the only way by which anything leaves for one. Signs last, sends nothing but the call's
 * bytes and headers, follows no redirect, retries nothing, keeps nothing.
 * Throws a `PolicyError` when the permit does not cover this very use, and a `ModelError`: `INSECURE_ENDPOINT`,
 * `INVALID_CREDENTIAL`, `INVALID_REQUEST` for a bad extra header, `CONNECTION_FAILED`.
 */
export async function send(sending: Sending, permit: Permit): Promise<Reply> {
  const { call, endpoint } = sending;
  const url = new URL(endpoint.root.replace(/\/+$/, "") + call.path);
  if (url.protocol !== "https:" && !isLoopback(url.origin) && endpoint.allowPlainHttp !== true) {
    throw new ModelError(
      "INSECURE_ENDPOINT",
      `${url.origin} is plain HTTP. Use https, or allow plain HTTP for this endpoint explicitly.`,
    );
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(endpoint.headers ?? {})) {
    if (
      reservedHeaders.test(name) ||
      !/^[\w!#$%&'*+.^`|~-]+$/.test(name) ||
      /[^\t\x20-\x7e\x80-\xff]/.test(value)
    ) {
      throw new ModelError(
        "INVALID_REQUEST",
        `The extra header "${name.replaceAll(/[^\w-]/g, "?").slice(0, 64)}" cannot be sent.`,
        { param: "headers" },
      );
    }
    headers[name.toLowerCase()] = value;
  }
  Object.assign(headers, call.headers);
  const signed = { method: "POST", url: url.pathname + url.search, headers, body: call.body };
  Object.assign(headers, await authorize(endpoint.credential, signed, sending.moment));
  headers["content-length"] = String(Buffer.byteLength(call.body));
  assertPermit(permit, {
    items: sending.items,
    purpose: sending.purpose,
    origin: url.origin,
    nowMs: Date.now(),
  });
  return post(url, headers, sending);
}

function post(url: URL, headers: Record<string, string>, sending: Sending): Promise<Reply> {
  const timeouts = { ...defaultTimeouts, ...sending.timeouts };
  const open = url.protocol === "https:" ? requestSecure : requestPlain;
  const { agent } = sending.endpoint;
  return new Promise<Reply>((resolve, reject) => {
    const request = open(url, {
      method: "POST",
      ...(agent === undefined ? {} : { agent }),
      ...(sending.signal === undefined ? {} : { signal: sending.signal }),
    });
    // Not as an option: a kept connection holds the options of the request that opened it, and these hold the credential.
    for (const [name, value] of Object.entries(headers)) request.setHeader(name, value);
    let timer = setTimeout(() => request.destroy(new Error("connect timeout")), timeouts.connectMs);
    const connected = (): void => {
      clearTimeout(timer);
      timer = setTimeout(
        () => request.destroy(new Error("first byte timeout")),
        timeouts.firstByteMs,
      );
    };
    request.once("socket", (socket) => {
      if (!socket.connecting) connected();
      else socket.once(url.protocol === "https:" ? "secureConnect" : "connect", connected);
    });
    request.once("response", (response) => {
      clearTimeout(timer);
      resolve({
        status: response.statusCode ?? 0,
        headers: flatten(response.headers),
        body: readBody(response, timeouts.idleMs),
      });
    });
    request.once("error", (cause) => {
      clearTimeout(timer);
      const reason: unknown = sending.signal?.aborted === true ? sending.signal.reason : undefined;
      reject(reason instanceof Error ? reason : connectionFailed(url.origin, cause));
    });
    request.end(sending.call.body);
  });
}

async function* readBody(
  response: IncomingMessage,
  idleMs: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const timer = setTimeout(() => response.destroy(new Error("idle timeout")), idleMs);
  try {
    for await (const piece of response as AsyncIterable<Uint8Array>) {
      timer.refresh();
      yield piece;
      // The time the reader takes is not the provider's.
      timer.refresh();
    }
  } catch (cause) {
    if (cause instanceof Error && cause.name === "AbortError") throw cause;
    throw connectionFailed("The endpoint", cause);
  } finally {
    clearTimeout(timer);
    response.destroy();
  }
}

function connectionFailed(who: string, cause: unknown): ModelError {
  const reason =
    cause instanceof Error
      ? "code" in cause && typeof cause.code === "string"
        ? cause.code
        : cause.message
      : "unknown";
  return new ModelError(
    "CONNECTION_FAILED",
    `${who} could not be reached or broke off (${reason}). Check the address, the network and that the server runs.`,
    { cause },
  );
}

function flatten(headers: IncomingMessage["headers"]): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flat;
}

/** Reads a whole body as text; throws `BODY_TOO_LARGE` beyond the limit. */
export async function readText(reply: Reply, maxBytes: number = 64 * 1024 * 1024): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of reply.body) {
    length += piece.length;
    if (length > maxBytes)
      throw new ModelError("BODY_TOO_LARGE", `The answer is larger than ${maxBytes} bytes.`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

/** Throws `UPSTREAM_ERROR` with what the provider said when the status is not a success; `provider.code` is the HTTP status where it named none. */
export async function expectSuccess(reply: Reply): Promise<Reply> {
  if (reply.status >= 200 && reply.status < 300) return reply;
  const text = await readText(reply, 1024 * 1024);
  let said;
  try {
    said = parseProviderError(JSON.parse(text));
  } catch {
    // An error page of some proxy: the status says what can be said.
  }
  throw upstreamError(
    said ?? {
      message: `The provider answered with status ${reply.status}.`,
      type: "api_error",
      code: String(reply.status),
      param: null,
    },
  );
}

/** Sends a request and reads its whole answer. */
export async function ask<Request, Answer>(
  operation: Operation<Request, Answer, unknown>,
  request: Request,
  sending: Omit<Sending, "call">,
  permit: Permit,
): Promise<Answer> {
  const reply = await expectSuccess(
    await send({ ...sending, call: operation.call(request) }, permit),
  );
  const text = await readText(reply);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new ModelError(
      "INVALID_RESPONSE",
      "The provider answered with something that is not JSON. Check that the address is that of an API, not of a web page.",
    );
  }
  return operation.parse(body);
}

/** Sends a request and reads its answer as it is made. Leaving the loop cancels the request at the provider. */
export async function* follow<Request, Chunk>(
  operation: { call(request: Request): Call; stream?(): EventReader<Chunk> },
  request: Request,
  sending: Omit<Sending, "call">,
  permit: Permit,
): AsyncGenerator<Chunk, void, undefined> {
  const reader = operation.stream?.();
  if (reader === undefined)
    throw new ModelError("UNSUPPORTED", "The provider does not stream this.", { param: "stream" });
  const reply = await expectSuccess(
    await send({ ...sending, call: operation.call(request) }, permit),
  );
  for await (const event of readEvents(reply.body)) yield* reader.push(event);
  yield* reader.finish();
}
