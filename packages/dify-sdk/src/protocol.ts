/**
 * The lines a plugin and Dify's daemon exchange: one JSON object per line, the same over stdio, TCP and HTTP.
 *
 * Each direction is written and read in this file, so that a test, or a stand-in for the daemon, uses the very functions
 * the plugin uses.
 */
import { PluginError, type WireError } from "./errors.ts";

/**
 * The longest line a plugin may send, in bytes. The daemon ends the whole process, with every session in it, at
 * 5,242,880; the margin leaves room for the envelope.
 */
export const maxLineBytes = 4_000_000;

/** One request of Dify, before an action has looked at its fields. */
export interface PluginRequest {
  /** Ties every answer to its request; unique among the sessions of a daemon. */
  readonly sessionId: string;
  /** Kind of plugin asked: `model`, `tool`, `endpoint` … */
  readonly type: string;
  /** What is asked of it, such as `invoke_llm`. */
  readonly action: string;
  /** All fields of the request, as they came. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** One line from the plugin to the daemon. */
export type PluginEvent =
  | { readonly kind: "heartbeat" }
  | { readonly kind: "stream"; readonly sessionId: string; readonly data: unknown }
  | { readonly kind: "end"; readonly sessionId: string }
  | { readonly kind: "error"; readonly sessionId: string; readonly error: WireError };

/**
 * The line of an event, with its newline.
 * @throws PluginError `BAD_REQUEST` when it would exceed {@link maxLineBytes}.
 */
export function formatEvent(event: PluginEvent): string {
  const line = `${JSON.stringify(toWire(event))}\n`;
  // A character is at most three bytes of UTF-8 (a surrogate pair four), so most lines need not be measured.
  if (line.length * 3 > maxLineBytes && Buffer.byteLength(line) > maxLineBytes) {
    throw new PluginError(
      "BAD_REQUEST",
      `The answer has ${Buffer.byteLength(line)} bytes in one message; Dify's limit leaves room for ${maxLineBytes}. Ask for less at a time (for embeddings, lower the model's max_chunks).`,
    );
  }
  return line;
}

function toWire(event: PluginEvent): object {
  switch (event.kind) {
    case "heartbeat":
      return { event: "heartbeat", session_id: null, data: {} };
    case "stream":
      return {
        event: "session",
        session_id: event.sessionId,
        data: { type: "stream", data: event.data },
      };
    case "end":
      return { event: "session", session_id: event.sessionId, data: { type: "end", data: {} } };
    case "error":
      return {
        event: "session",
        session_id: event.sessionId,
        data: { type: "error", data: event.error },
      };
  }
}

/** Reads a line of a plugin; null for one the daemon would log and ignore. */
export function parseEvent(line: string): PluginEvent | null {
  const message = parseObject(line);
  if (message === null) return null;
  if (message["event"] === "heartbeat") return { kind: "heartbeat" };
  const body = message["data"];
  const sessionId = message["session_id"];
  if (
    message["event"] !== "session" ||
    typeof sessionId !== "string" ||
    !isObject(body) ||
    !("data" in body)
  )
    return null;
  switch (body["type"]) {
    case "stream":
      return { kind: "stream", sessionId, data: body["data"] };
    case "end":
      return { kind: "end", sessionId };
    case "error":
      return isWireError(body["data"]) ? { kind: "error", sessionId, error: body["data"] } : null;
    default:
      return null;
  }
}

/** The line of a request, with its newline. */
export function formatRequest(request: PluginRequest): string {
  return `${JSON.stringify({
    session_id: request.sessionId,
    event: "request",
    data: { type: request.type, action: request.action, ...request.data },
  })}\n`;
}

/** Reads a line of the daemon; null when it is not a request (for instance the answer to a backwards invocation). */
export function parseRequest(line: string): PluginRequest | null {
  const message = parseObject(line);
  if (message === null || message["event"] !== "request") return null;
  const sessionId = message["session_id"];
  const data = message["data"];
  if (typeof sessionId !== "string" || !isObject(data)) return null;
  const { type, action } = data;
  if (typeof type !== "string" || typeof action !== "string") return null;
  return { sessionId, type, action, data };
}

/**
 * Cuts bytes into lines without their newline, skipping blank ones. A line may arrive in any number of pieces and a character
 * may be cut between them: nothing is decoded before its line is whole.
 *
 * Invariant: once `push` has returned, no line it gave is referenced here. That is why this is not an async generator: a
 * suspended one keeps the last value it yielded, and the last request would stay in memory until the next.
 */
export class LineCutter {
  readonly #maxBytes: number;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;

  /** Default: no limit, because Dify sends a recording as one line. */
  constructor(maxBytes: number = Number.POSITIVE_INFINITY) {
    this.#maxBytes = maxBytes;
  }

  /**
   * The lines that end within these bytes.
   * @throws RangeError when a line exceeds the limit.
   */
  push(bytes: Uint8Array): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
      this.#pending.push(bytes.subarray(start, end));
      lines.push(...this.end());
      start = end + 1;
    }
    if (start < bytes.length) {
      this.#pending.push(bytes.subarray(start));
      this.#pendingBytes += bytes.length - start;
      if (this.#pendingBytes > this.#maxBytes)
        throw new RangeError(`A line has more than ${this.#maxBytes} bytes.`);
    }
    return lines;
  }

  /** The last line, when the stream ended without a newline. */
  end(): string[] {
    const line = Buffer.concat(this.#pending).toString("utf8");
    this.#pending = [];
    this.#pendingBytes = 0;
    return line.trim() === "" ? [] : [line];
  }
}

/** JSON that is an object, or null. The parser's own error quotes the text, so it stops here. */
function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null; // not JSON: the caller decides what a strange line means
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isWireError(value: unknown): value is WireError {
  return (
    isObject(value) &&
    typeof value["error_type"] === "string" &&
    typeof value["message"] === "string"
  );
}
