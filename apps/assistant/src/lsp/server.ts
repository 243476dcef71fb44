import type { Readable, Writable } from "node:stream";
import { parseClient } from "./client.ts";
import { Desk } from "./desk.ts";
import type { OpenSession } from "./roots.ts";
import type { OpenTelemetry } from "./statistics.ts";
import { Wire } from "./wire.ts";

/** What a server is made of. */
export interface ServerOptions {
  /** Opens the session of a workspace folder. */
  readonly openSession: OpenSession;
  /** The program's version, told to the editor. Default: not told. */
  readonly version?: string;
  /** Opens the usage statistics of the person at the editor. */
  readonly openTelemetry: OpenTelemetry;
}

/** A language server that waits for its one editor. */
export interface Server {
  /** Serves until the editor leaves; resolves with the exit code: 0 after `shutdown`, otherwise 1. */
  listen(input: Readable, output: Writable): Promise<0 | 1>;
}

/** How often the editor's process is looked for, in case it died without closing the pipe. */
const parentIntervalMs = 2_000;
/** How long sessions may take to close before the server ends without them. */
const closeTimeoutMs = 2_000;

/** Builds a language server; see the README of this folder for what it speaks. */
export function createServer(options: ServerOptions): Server {
  return { listen: (input, output) => serve(input, output, options) };
}

async function serve(input: Readable, output: Writable, options: ServerOptions): Promise<0 | 1> {
  const wire = new Wire(input, output);
  let desk: Desk | undefined;
  let parentTimer: NodeJS.Timeout | undefined;
  await new Promise<void>((end) => {
    wire.onRequest("initialize", (params) => {
      const client = parseClient(params);
      desk = new Desk(client, wire, options.openSession, options.openTelemetry);
      const { processId } = client;
      if (processId !== undefined) {
        parentTimer = setInterval(() => isAlive(processId) || end(), parentIntervalMs);
        parentTimer.unref();
      }
      wire.phase = "running";
      return desk.capabilities(options.version);
    });
    wire.onRequest("shutdown", async () => {
      wire.phase = "shut-down";
      await desk?.close();
      return null;
    });
    wire.onNotification("exit", () => end());
    wire.onClose = end;
    wire.listen();
  });
  clearInterval(parentTimer);
  await Promise.race([desk?.close(), timeout(closeTimeoutMs)]);
  wire.close();
  // An open standard input would keep the process alive.
  input.destroy();
  return wire.phase === "shut-down" ? 0 : 1;
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // EPERM: there is such a process, and it is somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function timeout(afterMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, afterMs).unref();
  });
}
