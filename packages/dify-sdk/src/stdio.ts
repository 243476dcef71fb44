/** The local transport: the daemon starts the plugin and speaks to it through stdin and stdout. */
import { once } from "node:events";
import { LineCutter } from "./protocol.ts";
import { Sessions, type Plugin, type SendLine, type SessionOptions } from "./session.ts";

/** What lines are written to: any writable stream will do. */
export interface LineOutput {
  /** False when the reader is slow; `done` is told when the text has left. */
  write(text: string, done?: () => void): boolean;
  /** Tells of `drain`, `close` and `error`. */
  on(event: "drain" | "close" | "error", listener: () => void): unknown;
}

/** The two ends of a byte stream; a process's own by default. */
export interface StdioStreams {
  readonly input: NodeJS.ReadableStream;
  readonly output: LineOutput;
}

/**
 * Serves until the input ends, then finishes what is in flight and returns: the daemon's one-shot runner writes a request,
 * closes the input and reads on.
 */
export async function serveStdio(
  plugin: Plugin,
  streams: StdioStreams,
  options: SessionOptions = {},
): Promise<void> {
  const sessions = new Sessions(plugin, createSender(streams.output), options);
  // Nobody reads any more: nothing of what runs can be delivered.
  streams.output.on("error", () => sessions.close());
  await sessions.startHeart();
  const ended = once(streams.input, "end");
  acceptLines(streams.input, sessions);
  await ended;
  await sessions.finish();
}

/** Starts a session for every request line of a stream, its last one without a newline included. */
function acceptLines(input: NodeJS.ReadableStream, sessions: Sessions): void {
  const cutter = new LineCutter();
  input.on("data", (bytes: Uint8Array) => {
    for (const line of cutter.push(bytes)) sessions.accept(line);
  });
  input.on("end", () => {
    for (const line of cutter.end()) sessions.accept(line);
  });
}

/** Writes lines one after the other and waits while the reader is slow; rejects once the stream is closed. */
export function createSender(output: LineOutput): SendLine {
  let closed = false;
  let waiting: (() => void)[] = [];
  const wake = (): void => {
    const resumed = waiting;
    waiting = [];
    for (const resume of resumed) resume();
  };
  output.on("drain", wake);
  for (const event of ["close", "error"] as const) {
    output.on(event, () => {
      closed = true;
      wake();
    });
  }
  return async (line) => {
    if (closed) throw new Error("The output is closed.");
    if (!output.write(line)) await new Promise<void>((resume) => waiting.push(resume));
    if (closed) throw new Error("The output is closed.");
  };
}

/**
 * Under this symbol the first statement of a bundle keeps the true stdout, so that nothing can print to it before `runPlugin`
 * has a say.
 */
export const stdoutSymbol = "dify-sdk.stdout";

/**
 * Keeps stdout for the protocol alone: whatever else the process writes there, `console.log` of a library included, goes
 * to stderr. Returns the true stdout.
 */
export function reserveStdout(): LineOutput {
  const { stdout, stderr } = process;
  const kept: unknown = Reflect.get(globalThis, Symbol.for(stdoutSymbol));
  const write = isWrite(kept) ? kept : stdout.write.bind(stdout);
  stdout.write = stderr.write.bind(stderr);
  return { write, on: stdout.on.bind(stdout) };
}

function isWrite(value: unknown): value is LineOutput["write"] {
  return typeof value === "function";
}
