/** Starts a plugin the way its environment asks: by stdin and stdout, over TCP, or as an HTTP service. */
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin, SessionOptions } from "./session.ts";
import { reserveStdout, serveStdio, type LineOutput } from "./stdio.ts";
import type { RemoteState } from "./tcp.ts";

/** What `runPlugin` reads; the process's own by default. */
export interface RunOptions {
  /** Default `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Where manifest and assets lie, needed over TCP only. Default: the working directory. */
  readonly folder?: string;
}

/** Thrown for an environment that does not say where to connect. */
class EnvironmentError extends Error {
  readonly code = "ENVIRONMENT";
}

/**
 * Serves until there is nobody left to serve. Reads the variables Dify's own SDK reads: `INSTALL_METHOD` (`local`,
 * `remote`, `serverless`; default `local`), `REMOTE_INSTALL_URL` or `REMOTE_INSTALL_HOST` and `_PORT`,
 * `REMOTE_INSTALL_KEY`, `SERVERLESS_HOST`, `SERVERLESS_PORT`, `PLUGIN_MAX_EXECUTION_TIMEOUT` (seconds).
 *
 * It is the whole of a process: when it cannot start, it says why on stderr, where Dify shows it, and exits with 1.
 */
export async function runPlugin(plugin: Plugin, options: RunOptions = {}): Promise<void> {
  const output = reserveStdout();
  try {
    await serve(plugin, output, options);
  } catch (error) {
    // Before the first request there is nothing of anybody's in a message.
    process.stderr.write(
      `${error instanceof Error ? error.message : "The plugin cannot start."}\n`,
    );
    process.exit(1);
  }
}

/** @throws EnvironmentError, DeclarationError, or a system error when the port cannot be opened. */
async function serve(plugin: Plugin, output: LineOutput, options: RunOptions): Promise<void> {
  const environment = options.environment ?? process.env;
  const sessionOptions = readSessionOptions(environment);
  const method = environment["INSTALL_METHOD"] || "local";
  switch (method) {
    case "local":
      surviveAccidents();
      await serveStdio(plugin, { input: process.stdin, output }, sessionOptions);
      // What is written may still be on its way; what a library keeps open must not keep the process.
      await new Promise<void>((resolve) => output.write("", () => resolve()));
      process.exit(0);
    case "serverless": {
      const { serveHttp } = await import("./http.ts");
      const server = await serveHttp(plugin, {
        ...sessionOptions,
        host: environment["SERVERLESS_HOST"] || "0.0.0.0",
        port: readPort(environment["SERVERLESS_PORT"] || "8080", "SERVERLESS_PORT"),
      });
      surviveAccidents();
      await new Promise<void>((resolve) => {
        process.once("SIGTERM", () => server.close(() => resolve()));
      });
      return;
    }
    case "remote": {
      const [{ serveRemote }, { readDeclaration }] = await Promise.all([
        import("./tcp.ts"),
        import("./declaration.ts"),
      ]);
      const address = readAddress(environment);
      const key = need(environment, "REMOTE_INSTALL_KEY", "copy it from Dify's plugin page, Debug");
      const files = await readDeclarationFiles(options.folder ?? process.cwd());
      const declaration = readDeclaration(files);
      surviveAccidents();
      await serveRemote(plugin, {
        ...sessionOptions,
        ...address,
        key,
        declaration,
        onState(state) {
          process.stderr.write(`${describeState(state)}\n`);
          if (state.kind === "refused") process.exitCode = 1;
        },
      });
      return;
    }
    default:
      throw new EnvironmentError(
        `INSTALL_METHOD is ${method}; set it to local, remote or serverless.`,
      );
  }
}

/** One session must not end the others, nor print what it worked on. */
function surviveAccidents(): void {
  // Whoever read stderr may be gone; telling of that on stderr would fail again, and again.
  process.stderr.on("error", () => undefined);
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => {
      const kind = error instanceof Error ? error.constructor.name : "error";
      process.stderr.write(`The plugin survived an unexpected ${kind}.\n`);
    });
  }
}

function describeState(state: RemoteState): string {
  switch (state.kind) {
    case "connected":
      return "Connected to Dify; the plugin is installed for debugging.";
    case "lost":
      return `The connection to Dify is lost; dialling again in ${state.retryInMs / 1000} s.`;
    case "refused":
      return `Dify refused the plugin: ${state.reason}. A debugging key lives two hours; copy a fresh one.`;
  }
}

function readSessionOptions(
  environment: Readonly<Record<string, string | undefined>>,
): SessionOptions {
  const seconds = Number(environment["PLUGIN_MAX_EXECUTION_TIMEOUT"] ?? "");
  return seconds > 0 ? { maxExecutionMs: seconds * 1000 } : {};
}

function readAddress(environment: Readonly<Record<string, string | undefined>>): {
  host: string;
  port: number;
} {
  const url = environment["REMOTE_INSTALL_URL"];
  if (url) {
    const match = /^(?:\w+:\/\/)?\[?([^\]/]+?)\]?:(\d+)\/?$/.exec(url);
    if (match?.[1] === undefined || match[2] === undefined)
      throw new EnvironmentError(
        `REMOTE_INSTALL_URL is ${url}; write it as host:port, for example localhost:5003.`,
      );
    return { host: match[1], port: readPort(match[2], "REMOTE_INSTALL_URL") };
  }
  return {
    host: environment["REMOTE_INSTALL_HOST"] || "localhost",
    port: readPort(environment["REMOTE_INSTALL_PORT"] || "5003", "REMOTE_INSTALL_PORT"),
  };
}

function readPort(text: string, variable: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new EnvironmentError(`${variable} is ${text}; write a port between 1 and 65535.`);
  return port;
}

function need(
  environment: Readonly<Record<string, string | undefined>>,
  variable: string,
  advice: string,
): string {
  const value = environment[variable];
  if (!value) throw new EnvironmentError(`${variable} is not set; ${advice}.`);
  return value;
}

/** The files a declaration is made of; code and dependencies stay where they are. */
async function readDeclarationFiles(folder: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(folder.length).replaceAll("\\", "/").replace(/^\/+/, "");
    if (!entry.isFile() || /(^|\/)(node_modules|\.git|\.venv)\//.test(name)) continue;
    if (/\.(ya?ml|md)$/.test(name) || name.startsWith("_assets/"))
      files.set(name, await readFile(path));
  }
  return files;
}
