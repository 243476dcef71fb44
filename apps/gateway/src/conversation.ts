import type { IncomingMessage } from "node:http";
import type { Task } from "@cloud-code/models";
import type { WebSocket } from "ws";

/** Who listens to a conversation. After `done`, `refused`, `misread` or `broke` it is over. */
export interface Listener<Chunk> {
  opened(): void;
  /** Takes a piece of the answer; what it throws goes to `misread`. */
  take(chunk: Chunk): void;
  /** The task is finished; what this throws goes to `misread` too. */
  done(): void;
  /** The provider answered the handshake with an HTTP answer. */
  refused(response: IncomingMessage): void;
  misread(error: unknown): void;
  broke(error: unknown): void;
}

/** A task of Model Studio's protocol held over a socket: sends what the task says and hands on what it makes of what comes. */
export class Conversation<Chunk = unknown> {
  readonly #socket: WebSocket;
  readonly #task: Task<Chunk>;
  readonly #listener: Listener<Chunk>;
  #lastActivityMs: number = performance.now();
  #over = false;

  constructor(socket: WebSocket, task: Task<Chunk>, listener: Listener<Chunk>) {
    this.#socket = socket;
    this.#task = task;
    this.#listener = listener;
    socket.on("open", () => {
      this.#active();
      listener.opened();
      socket.send(task.opening);
    });
    socket.on("message", (data: Buffer, binary: boolean) => this.#receive(data, binary));
    socket.on("unexpected-response", (_, response) => listener.refused(response));
    socket.on("error", (error) => listener.broke(error));
    socket.on("close", () => listener.broke(new Error("the provider closed the socket")));
  }

  /** How long nothing has moved, in milliseconds. */
  idleMs(nowMs: number): number {
    return nowMs - this.#lastActivityMs;
  }

  /** Stops reading until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  /** Reads on. */
  resume(): void {
    this.#socket.resume();
  }

  /** Hangs up. */
  end(): void {
    this.#over = true;
    this.#socket.terminate();
  }

  #active(): void {
    this.#lastActivityMs = performance.now();
  }

  #receive(data: Buffer, binary: boolean): void {
    if (this.#over) return;
    this.#active();
    try {
      if (binary) {
        for (const chunk of this.#task.receiveAudio(data)) this.#listener.take(chunk);
        return;
      }
      const step = this.#task.receive(data.toString("utf8"));
      for (const chunk of step.chunks) this.#listener.take(chunk);
      if (step.done) this.#listener.done();
      else void this.#sendAll(step.send);
    } catch (error) {
      this.#listener.misread(error);
    }
  }

  /** One frame after the other, each when the one before has been written: a recording is not copied into the socket's memory at once. */
  async #sendAll(frames: Iterable<string | Uint8Array>): Promise<void> {
    for (const frame of frames) {
      if (this.#over) return;
      const error = await new Promise<Error | undefined | null>((resolve) =>
        this.#socket.send(frame, resolve),
      );
      this.#active();
      if (error !== undefined && error !== null) return this.#listener.broke(error);
    }
  }
}
