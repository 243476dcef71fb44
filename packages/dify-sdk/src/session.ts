/**
 * One request, one session: the core that the three transports share.
 *
 * A session fails alone. Whatever a handler throws becomes that session's `error` and `end`; the others go on.
 */
import { setMaxListeners } from "node:events";
import { PluginError, toWireError } from "./errors.ts";
import type { Context } from "./model.ts";
import { formatEvent, parseRequest, type PluginEvent, type PluginRequest } from "./protocol.ts";

/** Everything a transport needs to know of a plugin: a request goes in, the messages of its answer come out. */
export interface Plugin {
  /** The messages of the answer, in the wire form of the action; throwing fails the session. */
  answer(request: PluginRequest, context: Context): AsyncIterable<unknown>;
}

/** Sends one line; resolves when there is room for the next (back-pressure), rejects when nobody reads any more. */
export type SendLine = (line: string) => Promise<void>;

/** Limits of a session. */
export interface SessionOptions {
  /** The time after which an answer is given up, in ms. Default 600 000, as in the daemon. */
  readonly maxExecutionMs?: number;
}

/** The daemon's own limit, `PLUGIN_MAX_EXECUTION_TIMEOUT`. */
export const defaultMaxExecutionMs = 600_000;

/** Heartbeats go out this often; the daemon gives up after 120 s of silence, 60 s over TCP. */
const heartbeatMs = 10_000;

/**
 * Answers one request: its messages, then `end`; on failure `error`, then `end`. Never throws: when even the error cannot
 * be sent there is nobody left to tell. Aborting `closed` says just that; the handler is told and nothing more is sent.
 */
export async function runSession(
  plugin: Plugin,
  request: PluginRequest,
  send: SendLine,
  closed: AbortSignal,
  options: SessionOptions = {},
): Promise<void> {
  const { sessionId } = request;
  const sendEvent = (event: PluginEvent): Promise<void> => send(formatEvent(event));
  const stop = new AbortController();
  // One slot instead of Promise.race: a race against a long-lived promise would keep every message until the session ends.
  let giveUp: (reason: Error) => void = () => undefined;
  stop.signal.addEventListener("abort", () => giveUp(toError(stop.signal.reason)), { once: true });

  const limitMs = options.maxExecutionMs ?? defaultMaxExecutionMs;
  const limit = setTimeout(() => {
    stop.abort(
      new PluginError(
        "SERVER_UNAVAILABLE",
        `The answer took longer than ${Math.round(limitMs / 1000)} s. Ask for less, or raise PLUGIN_MAX_EXECUTION_TIMEOUT.`,
      ),
    );
  }, limitMs);
  const onClosed = (): void => stop.abort(closed.reason);
  if (closed.aborted) onClosed();
  closed.addEventListener("abort", onClosed, { once: true });

  // A generator of our own, so that a plugin which throws at once fails like one that throws later.
  const messages = (async function* () {
    yield* plugin.answer(request, { signal: stop.signal });
  })();
  const nextMessage = (): Promise<IteratorResult<unknown>> =>
    new Promise((resolve, reject) => {
      giveUp = reject;
      if (stop.signal.aborted) reject(toError(stop.signal.reason));
      else messages.next().then(resolve, reject);
    });
  try {
    for (let next = await nextMessage(); !next.done; next = await nextMessage()) {
      await sendEvent({ kind: "stream", sessionId, data: next.value });
    }
    await sendEvent({ kind: "end", sessionId });
  } catch (thrown) {
    // A handler that ignores its signal would keep us here: it is told to stop, and left to itself.
    stop.abort(thrown);
    messages.return().catch(() => undefined);
    if (closed.aborted) return;
    await sendEvent({ kind: "error", sessionId, error: toWireError(thrown) })
      .then(() => sendEvent({ kind: "end", sessionId }))
      .catch(() => undefined); // the reader is gone: the transport itself learns of that and ends
  } finally {
    clearTimeout(limit);
    closed.removeEventListener("abort", onClosed);
  }
}

/** An abort may carry anything; what is thrown is an error. */
function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error("Aborted.", { cause: reason });
}

/** The sessions of one connection: starts one per request line, beats the heart, waits for the last. */
export class Sessions {
  readonly #plugin: Plugin;
  readonly #send: SendLine;
  readonly #options: SessionOptions;
  readonly #running = new Set<Promise<void>>();
  readonly #closed = new AbortController();
  #heart: ReturnType<typeof setInterval> | undefined;

  constructor(plugin: Plugin, send: SendLine, options: SessionOptions = {}) {
    setMaxListeners(0, this.#closed.signal); // one per session; hundreds are no leak
    this.#plugin = plugin;
    this.#send = send;
    this.#options = options;
  }

  /** Sends the first heartbeat, by which the daemon knows the plugin is ready, and keeps beating until closed. */
  async startHeart(): Promise<void> {
    const beat = (): Promise<void> => this.#send(formatEvent({ kind: "heartbeat" }));
    this.#heart = setInterval(() => {
      beat().catch(() => undefined); // the reader is gone: the connection's own close event ends the sessions
    }, heartbeatMs);
    await beat();
  }

  /** Starts the session a line asks for; other lines are ignored, as the daemon's own side does. */
  accept(line: string): void {
    const request = parseRequest(line);
    if (request === null) return;
    const session: Promise<void> = runSession(
      this.#plugin,
      request,
      this.#send,
      this.#closed.signal,
      this.#options,
    ).finally(() => {
      this.#running.delete(session);
    });
    this.#running.add(session);
  }

  /** Resolves when every session in flight has been answered: for an input that ended while the output still stands. */
  async finish(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
    this.close();
  }

  /** Stops the heart and aborts what is still running: for a connection that is gone. */
  close(): void {
    clearInterval(this.#heart);
    this.#closed.abort(new Error("The connection to Dify is closed."));
  }
}
