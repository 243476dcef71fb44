import { setImmediate as immediate } from "node:timers/promises";
import type { Readable, Writable } from "node:stream";
import {
  createProtocolConnection,
  ErrorCodes,
  Message,
  MessageType,
  ResponseError,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";
import type {
  CancellationToken,
  MessageStrategy,
  ProtocolConnection,
} from "vscode-languageserver-protocol/node";
import { type Log, toLogLine } from "./log.ts";
import { FrameReader, type Refusal } from "./transport.ts";

/** Where a server is in its life: only `initialize` is answered before it, and nothing but `exit` is heard after `shutdown`. */
export type Phase = "waiting" | "running" | "shut-down";

/**
 * The connection to one editor. It keeps the protocol's order of life, survives malformed input and failing handlers, and knows when
 * the messages that have arrived are handled.
 *
 * `vscode-languageserver` would bring a connection of its own, which ends the process by itself, answers requests before
 * `initialize`, and puts the texts of foreign errors into answers and logs; so this is built on the protocol package below it.
 */
export class Wire {
  readonly #connection: ProtocolConnection;
  readonly #writer: StreamMessageWriter;
  phase: Phase = "waiting";
  #handled = 0;
  /** Called once, when the editor has closed the connection. */
  onClose: () => void = () => undefined;

  constructor(input: Readable, output: Writable) {
    const reader = new FrameReader(input, (refusal) => this.#refuse(refusal));
    this.#writer = new StreamMessageWriter(output);
    // The connection's own logger would write parameters into the log, and so it is given none.
    this.#connection = createProtocolConnection(reader, this.#writer, undefined, {
      messageStrategy: { handleMessage: this.#handle },
    });
    this.#connection.onClose(() => this.onClose());
    this.#connection.onError(() => this.onClose());
  }

  listen(): void {
    this.#connection.listen();
  }

  /** Ends the connection; what is sent afterwards is dropped. */
  close(): void {
    this.#connection.dispose();
  }

  /** Answers `method`. An error that is no `ResponseError` is answered and logged without its text. */
  onRequest(method: string, handler: (params: unknown, token: CancellationToken) => unknown): void {
    this.#connection.onRequest(method, async (params: unknown, token: CancellationToken) => {
      try {
        return await handler(params, token);
      } catch (error) {
        if (error instanceof ResponseError) throw error;
        this.log("handler-failed", method);
        throw new ResponseError(
          ErrorCodes.InternalError,
          `${method} failed inside Cloud Code; see [handler-failed] in its log.`,
        );
      }
    });
  }

  onNotification(method: string, handler: (params: unknown) => unknown): void {
    this.#connection.onNotification(method, async (params: unknown) => {
      try {
        await handler(params);
      } catch {
        // A notification has no answer; the log names the method, and the error's own text may hold code.
        this.log("handler-failed", method);
      }
    });
  }

  /** Asks the editor. Rejects when it refuses, or does not know the method. */
  request(method: string, params: unknown): Promise<unknown> {
    return this.#connection.sendRequest(method, params);
  }

  /** Tells the editor; an editor that is gone is told nothing. */
  notify(method: string, params: unknown): void {
    if (this.phase === "waiting") return;
    const ignore = (): void => undefined;
    // A dead editor shows as a closed connection, which ends the server; there is nobody left to tell here.
    new Promise((resolve) => resolve(this.#connection.sendNotification(method, params))).catch(
      ignore,
    );
  }

  /** One line in the editor's log for this server. */
  readonly log: Log = (problem, detail) => {
    this.notify("window/logMessage", {
      type: MessageType.Warning,
      message: toLogLine(problem, detail),
    });
  };

  /** Resolves when the messages that have arrived are handled, those in the pipe at this moment included. */
  async settled(): Promise<void> {
    // The connection handles one message a turn of the event loop, perhaps after ours in the same turn: two turns without one mean
    // that its queue is empty.
    let before: number;
    do {
      before = this.#handled;
      await immediate();
      await immediate();
    } while (this.#handled > before);
  }

  readonly #handle: MessageStrategy["handleMessage"] = (message, next) => {
    this.#handled += 1;
    const isExit = Message.isNotification(message) && message.method === "exit";
    const isFirst = Message.isRequest(message) && message.method === "initialize";
    const inTurn = this.phase === "running" ? !isFirst : this.phase === "waiting" && isFirst;
    if (inTurn || isExit || Message.isResponse(message)) return next(message);
    this.log("out-of-turn");
    if (!Message.isRequest(message)) return undefined;
    const code =
      this.phase === "waiting" ? ErrorCodes.ServerNotInitialized : ErrorCodes.InvalidRequest;
    return this.#sendError(message.id, code, OUT_OF_TURN[this.phase]);
  };

  #refuse({ code, id }: Refusal): void {
    this.log(code === ErrorCodes.ParseError ? "frame-malformed" : "message-malformed");
    const text =
      code === ErrorCodes.ParseError
        ? "The input is not a framed JSON message."
        : "The message is not JSON-RPC 2.0.";
    // A refusal that cannot be delivered has no reader; the closed connection is noticed elsewhere.
    this.#sendError(id, code, text).catch(() => undefined);
  }

  #sendError(id: string | number | null, code: number, message: string): Promise<void> {
    const answer = { jsonrpc: "2.0", id, error: { code, message } };
    return this.#writer.write(answer);
  }
}

const OUT_OF_TURN: Record<Phase, string> = {
  waiting: "The server waits for initialize.",
  running: "The server is initialized already.",
  "shut-down": "The server has shut down; only exit is left.",
};
