/** The daemon's side of a connection: sends requests, sorts the answers by session, and checks each as the daemon does. */
import { randomUUID } from "node:crypto";
import type { WireError } from "../errors.ts";
import { formatRequest, parseEvent } from "../protocol.ts";
import { responseSchemas, toFieldNames, type ModelAction } from "../wire.ts";

/** The daemon reads no longer line than this (`PLUGIN_RUNTIME_MAX_BUFFER_SIZE`). */
export const lineLimitBytes = 5_242_880;

/** A failed invocation, as Dify hears of it. */
export class InvocationError extends Error {
  /** Such as `InvokeAuthorizationError`; `unmarshal_error` when the answer broke the daemon's rules. */
  readonly errorType: string;
  readonly wire: WireError;

  constructor(wire: WireError) {
    super(`${wire.error_type}: ${wire.message}`);
    this.name = "InvocationError";
    this.errorType = wire.error_type;
    this.wire = wire;
  }
}

/** What is asked of the plugin: the action, and its fields as Dify's server sends them. */
export interface Invocation {
  readonly action: ModelAction;
  readonly data: Readonly<Record<string, unknown>>;
  /** Default 600 000, as `PLUGIN_MAX_EXECUTION_TIMEOUT`. */
  readonly timeoutMs?: number;
}

type Ending =
  | { readonly kind: "end" }
  | { readonly kind: "error"; readonly error: InvocationError };

/** One session's answers, in order, read at the reader's pace. */
class Session {
  readonly action: ModelAction;
  readonly #messages: unknown[] = [];
  #ending: Ending | undefined;
  #wake: () => void = () => undefined;

  constructor(action: ModelAction) {
    this.action = action;
  }

  push(message: unknown): void {
    this.#messages.push(message);
    this.#wake();
  }

  /** The first ending counts: a plugin sends `error`, then `end`. */
  finish(ending: Ending): void {
    this.#ending ??= ending;
    this.#wake();
  }

  async *read(): AsyncGenerator<unknown, void, undefined> {
    for (;;) {
      while (this.#messages.length > 0) yield this.#messages.shift();
      if (this.#ending?.kind === "error") throw this.#ending.error;
      if (this.#ending !== undefined) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** All sessions of one connection. */
export class Invocations {
  readonly #write: (line: string) => void;
  readonly #sessions = new Map<string, Session>();
  readonly #onHeartbeat: () => void;

  constructor(write: (line: string) => void, onHeartbeat: () => void = () => undefined) {
    this.#write = write;
    this.#onHeartbeat = onHeartbeat;
  }

  /**
   * Asks and yields every message of the answer.
   * @throws InvocationError for the plugin's own error, a broken answer, or a timeout.
   */
  async *stream({
    action,
    data,
    timeoutMs = 600_000,
  }: Invocation): AsyncGenerator<unknown, void, undefined> {
    const sessionId = randomUUID();
    const session = new Session(action);
    this.#sessions.set(sessionId, session);
    const limit = setTimeout(
      () => session.finish(toEnding("killed by timeout", `no end after ${timeoutMs} ms`)),
      timeoutMs,
    );
    try {
      this.#write(
        formatRequest({ sessionId, type: "model", action, data: { user_id: "", ...data } }),
      );
      yield* session.read();
    } finally {
      clearTimeout(limit);
      this.#sessions.delete(sessionId);
    }
  }

  /** Asks and gathers. */
  async all(invocation: Invocation): Promise<unknown[]> {
    const messages: unknown[] = [];
    for await (const message of this.stream(invocation)) messages.push(message);
    return messages;
  }

  /** Asks for an answer of exactly one message. */
  async one(invocation: Invocation): Promise<Record<string, unknown>> {
    const messages = await this.all(invocation);
    const [message] = messages;
    if (messages.length !== 1 || typeof message !== "object" || message === null) {
      throw new Error(
        `${invocation.action} answered ${messages.length} messages; one was expected.`,
      );
    }
    return { ...message };
  }

  /** Takes a line of the plugin. Returns false for one that is none of the protocol: the daemon would log it. */
  accept(line: string): boolean {
    const event = parseEvent(line);
    if (event === null) return false;
    if (event.kind === "heartbeat") {
      this.#onHeartbeat();
      return true;
    }
    const session = this.#sessions.get(event.sessionId);
    if (session === undefined) return true; // ended already, for instance by timeout
    switch (event.kind) {
      case "end":
        session.finish({ kind: "end" });
        return true;
      case "error":
        session.finish(
          Object.keys(event.error.args ?? {}).length > 10
            ? toEnding("unmarshal_error", "more than 10 args")
            : { kind: "error", error: new InvocationError(event.error) },
        );
        return true;
      case "stream": {
        const checked = responseSchemas[session.action].safeParse(event.data);
        if (checked.success) session.push(event.data);
        else
          session.finish(
            toEnding("unmarshal_error", `check ${toFieldNames(checked.error).join(", ")}`),
          );
        return true;
      }
    }
  }

  /** Fails everything still open: the plugin is gone. */
  fail(reason: string): void {
    for (const session of this.#sessions.values())
      session.finish(toEnding("ConnectionClosedError", reason));
  }
}

function toEnding(type: string, message: string): Ending {
  return { kind: "error", error: new InvocationError({ error_type: type, message, args: {} }) };
}
