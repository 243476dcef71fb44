/** The built program as a language server in a process of its own, a copy of a real project, and a client that talks to them. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";

const repository = fileURLToPath(new URL("..", import.meta.url));

/** The command line of the built language server. */
export const command: readonly string[] = [
  process.execPath,
  join(repository, "apps/assistant/bin/cloud-code.js"),
  "lsp",
];

/** A copy of the sources of this repository, which serve as a real project to edit; nobody's own files are touched. */
export interface Copy {
  readonly folder: string;
  /** A folder for indexes that belongs to this test alone. */
  readonly cache: string;
  path(name: string): string;
  uri(name: string): string;
  read(name: string): string;
  remove(): void;
}

/** Copies the sources of this product into a folder of their own. */
export function copyProject(): Copy {
  const home = mkdtempSync(join(tmpdir(), "cloud-code-e2e-"));
  const folder = join(home, "project");
  for (const name of [
    "packages/syntax/src",
    "packages/completion/src",
    "packages/policy/src",
    "apps/assistant/src",
  ]) {
    cpSync(join(repository, name), join(folder, name), { recursive: true });
  }
  const path = (name: string): string => join(folder, name);
  return {
    folder,
    cache: join(home, "cache"),
    path,
    uri: (name) => pathToFileURL(path(name)).href,
    read: (name) => readFileSync(path(name), "utf8"),
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** A file of the project with a line cut in the middle of a word: what is left out is what must be suggested. */
export interface Gap {
  readonly file: string;
  readonly lineNumber: number;
  readonly typed: string;
  /** The part of `typed` that belongs to the half-typed word. */
  readonly word: string;
  readonly missing: string;
}

/**
 * A line that most files of the project have in common, cut where everything the project has with that beginning goes on in the same
 * way. Found by looking, so that it need not be changed whenever the sources are.
 */
export function findGap(copy: Copy): Gap {
  const names = readdirSync(copy.folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .toSorted();
  const files = names.map((name) => ({ name, lines: copy.read(name).split("\n") }));
  const counts = new Map<string, number>();
  for (const { lines } of files)
    for (const line of new Set(lines)) counts.set(line, (counts.get(line) ?? 0) + 1);
  const common = [...counts]
    .filter(([line]) => line.length >= 30)
    .toSorted(([, one], [, other]) => other - one);
  for (const [line] of common) {
    const others = [...counts.keys()].filter((each) => each !== line);
    for (const { index, 0: word } of line.matchAll(/\b\w\w(?=\w)/g)) {
      const typed = line.slice(0, index + word.length);
      const isInString = typed.split('"').length % 2 === 0;
      if (index < 10 || isInString || others.some((each) => each.startsWith(typed))) continue;
      const found = files.find(({ lines }) => lines.includes(line));
      if (found === undefined) continue;
      const missing = line.slice(typed.length);
      return { file: found.name, lineNumber: found.lines.indexOf(line), typed, word, missing };
    }
  }
  throw new Error("No line of the project can be completed with certainty.");
}

/** Environment of a server: no setting of the person who runs the tests gets in. */
export function environment(copy: Copy): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    HOME: copy.folder,
    LANG: "C.UTF-8",
    CLOUD_CODE_CACHE_DIR: copy.cache,
  };
}

/** A server process with a client. */
export class Served {
  readonly process: ChildProcess;
  readonly connection: MessageConnection;
  /** Notifications of the server. */
  readonly told: { readonly method: string; readonly params: unknown }[] = [];
  /** Every byte the server wrote, on both outputs. */
  written = "";
  readonly #ended: Promise<unknown[]>;

  /** `wrap` is a command line that runs the server's: a recorder, a network without a way out. */
  constructor(copy: Copy, wrap: readonly string[] = []) {
    const [program = "", ...words] = [...wrap, ...command];
    this.process = spawn(program, words, {
      cwd: copy.folder,
      env: environment(copy),
      stdio: "pipe",
    });
    const { stdin, stdout, stderr } = this.process;
    if (stdin === null || stdout === null || stderr === null)
      throw new Error("The server has no pipes.");
    this.#ended = once(this.process, "exit");
    for (const output of [stdout, stderr])
      output.on("data", (chunk: unknown) => (this.written += String(chunk)));
    // A test may end the server while the client still writes.
    stdin.on("error", () => undefined);
    this.connection = createMessageConnection(
      new StreamMessageReader(stdout),
      new StreamMessageWriter(stdin),
    );
    const hear = (method: string, params: unknown): void => void this.told.push({ method, params });
    this.connection.onNotification((method, params) => hear(method, params));
    this.connection.onNotification("$/progress", (params: unknown) => hear("$/progress", params));
    this.connection.onRequest(() => null);
    this.connection.listen();
  }

  /** Introduces the client; resolves with the server's capabilities. */
  async initialize(
    folder: string,
    capabilities: object = {},
    processId: number | null = process.pid,
  ): Promise<object> {
    const workspaceFolders = [{ uri: pathToFileURL(folder).href, name: "project" }];
    const params = { processId, capabilities, workspaceFolders };
    const { capabilities: known } = await this.connection.sendRequest<{ capabilities: object }>(
      "initialize",
      params,
    );
    await this.connection.sendNotification("initialized", {});
    return known;
  }

  /** Waits until the project is indexed. */
  async indexed(): Promise<void> {
    const state = async (): Promise<unknown> => {
      const { sessions } = await this.ask<{ sessions: { activity: { kind: string } }[] }>(
        "cloud-code/status",
      );
      return sessions[0]?.activity.kind;
    };
    for (let waitedMs = 0; (await state()) !== "ready"; waitedMs += 50) {
      if (waitedMs > 60_000) throw new Error("The project was not indexed within a minute.");
      await pause(50);
    }
  }

  ask<Result>(method: string, params?: object): Promise<Result> {
    return this.connection.sendRequest<Result>(method, params);
  }

  notify(method: string, params?: object): void {
    void this.connection.sendNotification(method, params);
  }

  open(uri: string, text: string, languageId = "typescript"): void {
    this.notify("textDocument/didOpen", { textDocument: { uri, languageId, version: 1, text } });
  }

  write(bytes: string): void {
    this.process.stdin?.write(bytes);
  }

  /** Resolves with the exit code once the process has ended by itself. */
  async ended(): Promise<unknown> {
    const [code] = await this.#ended;
    return code;
  }

  /** Ends the process, if it still runs, as an editor does that is closed. */
  async stop(): Promise<void> {
    this.connection.dispose();
    this.process.stdin?.end();
    const stopped = new AbortController();
    await Promise.race([
      this.#ended,
      pause(10_000, undefined, stopped).then(() => this.process.kill("SIGKILL")),
    ]);
    stopped.abort();
  }
}
