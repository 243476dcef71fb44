/**
 * Commands to a service that is running. The embedded database belongs to one process, so `user` and `notice` are carried out by that
 * process: it listens on a unix socket in its data directory, which only its own user can open.
 */
import { chmodSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import type { Services } from "../services.ts";
import type { Result } from "./administer.ts";

type Run = (services: Services, words: readonly string[]) => Promise<Result>;

/** Listens for commands; the result ends it. */
export async function listenForCommands(
  directory: string,
  services: Services,
  run: Run,
): Promise<() => Promise<void>> {
  const path = socketPath(directory);
  // Left by a process that was killed; the lock of the data directory says that none lives.
  rmSync(path, { force: true });
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let text = "";
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      text += chunk;
      if (text.length > 100_000) socket.destroy();
    });
    // Whoever asked has gone away; nothing to answer.
    socket.on("error", () => socket.destroy());
    socket.on("end", () => {
      void answer(text, services, run).then((result) => socket.end(JSON.stringify(result)));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return async () => new Promise<void>((resolve) => server.close(() => resolve()));
}

async function answer(text: string, services: Services, run: Run): Promise<Result> {
  try {
    return await run(services, JSON.parse(text) as string[]);
  } catch (error) {
    return { code: 1, text: error instanceof Error ? error.message : String(error) };
  }
}

/** Has a running service carry a command out; `undefined` when none listens. */
export async function askRunning(
  directory: string,
  words: readonly string[],
): Promise<Result | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path: socketPath(directory), allowHalfOpen: true });
    let text = "";
    socket.setEncoding("utf8");
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ECONNREFUSED") resolve(undefined);
      else reject(error);
    });
    socket.on("data", (chunk: string) => {
      text += chunk;
    });
    socket.on("end", () => {
      socket.destroy();
      resolve(JSON.parse(text) as Result);
    });
    socket.end(JSON.stringify(words));
  });
}

function socketPath(directory: string): string {
  return join(directory, "control.sock");
}
