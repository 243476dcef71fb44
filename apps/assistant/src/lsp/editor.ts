/** An editor and sessions in memory: what the protocol tests of this folder talk to the real server with. */
import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { createMessageConnection } from "vscode-languageserver-protocol/node";
import type {
  CompletionList,
  InlineCompletionList,
  MessageConnection,
} from "vscode-languageserver-protocol/node";
import type { Answer, Notice, Question, Session, Status } from "../session.ts";
import { AssistantError } from "../errors.ts";
import type { UsageEvent } from "@cloud-code/telemetry";
import { openTelemetry } from "../telemetry/open.ts";
import { statusMethod, type StatusReport } from "./protocol.ts";
import { createServer } from "./server.ts";

/** What the sessions of an editor find. A test replaces `find` to say something else. */
export interface Engine {
  find: (question: Question) => Promise<Answer> | Answer;
}

/** Finds the same endings everywhere, ranked in this order, each over `before` units left and `after` right of the cursor. */
export function finding(
  endings: readonly (readonly [text: string, probability: number])[],
  before = 0,
  after = 0,
): Engine["find"] {
  return ({ offset }) => ({
    latencyMs: 1.5,
    candidates: endings.map(([text, probability], index) => ({
      text,
      probability,
      rank: index + 1,
      source: "project",
      replace: { start: offset - before, end: offset + after },
    })),
    ...(endings.length === 0 ? { why: "no-evidence" } : {}),
  });
}

/** A session that answers what its engine finds and remembers what it was asked. */
export class MemorySession implements Session {
  readonly root: string;
  readonly watch: boolean;
  readonly questions: Question[] = [];
  readonly changes: string[] = [];
  notices: readonly Notice[] = [];
  closed = false;
  readonly #engine: Engine;
  readonly #listeners = new Set<(status: Status) => void>();
  #activity: Status["activity"] = { kind: "ready" };

  constructor(root: string, watch: boolean, engine: Engine) {
    this.root = root;
    this.watch = watch;
    this.#engine = engine;
  }

  async complete(question: Question): Promise<Answer> {
    this.questions.push(question);
    return this.#engine.find(question);
  }
  status(): Status {
    const index = { files: 3, tokens: 30, bytes: 0, skipped: {} };
    const notices = this.notices;
    return { root: this.root, activity: this.#activity, index, notices };
  }
  onStatus(listener: (status: Status) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  become(activity: Status["activity"]): void {
    this.#activity = activity;
    for (const listener of this.#listeners) listener(this.status());
  }
  changed(path: string): void {
    this.changes.push(path);
  }
  ready(): Promise<void> {
    return Promise.resolve();
  }
  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

/** How an editor introduces itself. */
export interface Introduction {
  readonly capabilities?: object;
  readonly folders?: readonly string[];
  readonly locale?: string;
  readonly initializationOptions?: unknown;
  /** The text of the document that is opened at once. Default: "user.get\n". */
  readonly text?: string;
}

/** The workspace folder of every editor that names no other. Sessions in memory do not need it to exist. */
export const root: string = join(tmpdir(), "cloud-code-lsp");
/** The document that editors open. */
export const uri: string = pathToFileURL(join(root, "src", "a.ts")).href;

/** An editor connected to a server in this process. Its shorthands edit and ask on the first line of the document at `uri`. */
export class Editor {
  readonly connection: MessageConnection;
  readonly sessions: MemorySession[] = [];
  /** What was counted, whatever the person chose. */
  readonly counted: UsageEvent[] = [];
  /** Where this editor's usage statistics are kept; it does not exist until something is. */
  readonly telemetryFolder: string = join(tmpdir(), `cloud-code-lsp-${randomUUID()}`);
  /** Notifications and requests of the server, in order. */
  readonly told: { readonly method: string; readonly params: unknown }[] = [];
  /** What the editor answers to the server's requests, by method. Default: null. */
  readonly replies: Map<string, (params: unknown) => unknown> = new Map();
  readonly engine: Engine = {
    find: finding([
      ["Name()", 0.9],
      ["Size()", 0.3],
      ["Me", 0.01],
    ]),
  };
  readonly exitCode: Promise<number>;
  /** The result of `initialize`. */
  capabilities: Record<string, unknown> = {};
  readonly #input = new PassThrough();
  readonly #output = new PassThrough();
  #written = "";

  constructor() {
    const server = createServer({
      version: "1.2.3",
      openSession: ({ root: folder, watch }) => {
        if (folder.endsWith("broken")) throw new Error("SECRET text of an error");
        if (folder.endsWith("missing"))
          throw new AssistantError("WORKSPACE_NOT_FOUND", { path: folder });
        const session = new MemorySession(folder, watch, this.engine);
        this.sessions.push(session);
        return session;
      },
      openTelemetry: async (surface) => {
        const telemetry = await openTelemetry(surface, {
          CLOUD_CODE_TELEMETRY_DIR: this.telemetryFolder,
        });
        const count = telemetry.count.bind(telemetry);
        telemetry.count = (event) => {
          this.counted.push(event);
          count(event);
        };
        return telemetry;
      },
    });
    this.#output.on("data", (chunk: unknown) => (this.#written += String(chunk)));
    this.exitCode = server.listen(this.#input, this.#output);
    this.connection = createMessageConnection(this.#output, this.#input);
    const hear = (method: string, params: unknown): void => void this.told.push({ method, params });
    this.connection.onNotification((method, params) => hear(method, params));
    // The connection has handlers of its own for these.
    for (const method of ["$/progress", "$/logTrace"]) {
      this.connection.onNotification(method, (params: unknown) => hear(method, params));
    }
    this.connection.onRequest((method, params) => {
      hear(method, params);
      return this.replies.get(method)?.(params) ?? null;
    });
    this.connection.listen();
  }

  /** An editor that has introduced itself and opened a document. */
  static async start(introduction: Introduction = {}): Promise<Editor> {
    const editor = new Editor();
    await editor.initialize(introduction);
    editor.open(introduction.text ?? "user.get\n");
    return editor;
  }

  async initialize({
    capabilities,
    folders,
    locale,
    initializationOptions,
  }: Introduction): Promise<void> {
    const result = await this.connection.sendRequest<{ capabilities: Record<string, unknown> }>(
      "initialize",
      {
        processId: process.pid,
        capabilities: capabilities ?? {},
        workspaceFolders: (folders ?? [root]).map((folder) => ({
          uri: pathToFileURL(folder).href,
          name: "x",
        })),
        locale,
        initializationOptions,
      },
    );
    this.capabilities = result.capabilities;
    this.notify("initialized", {});
  }

  open(text: string, at: string = uri, languageId = "typescript"): void {
    this.notify("textDocument/didOpen", {
      textDocument: { uri: at, languageId, version: 1, text },
    });
  }

  type(version: number, from: number, text: string, until: number = from): void {
    const contentChanges = [{ range: span(from, until), text }];
    this.notify("textDocument/didChange", { textDocument: { uri, version }, contentChanges });
  }

  list(character = 8, context?: object, at: string = uri): Promise<CompletionList> {
    const position = { line: 0, character };
    return this.ask("textDocument/completion", { textDocument: { uri: at }, position, context });
  }

  ghost(character = 8, context: object = { triggerKind: 2 }): Promise<InlineCompletionList> {
    const position = { line: 0, character };
    return this.ask("textDocument/inlineCompletion", { textDocument: { uri }, position, context });
  }

  status(): Promise<StatusReport> {
    return this.connection.sendRequest(statusMethod);
  }

  ask<Result>(method: string, params: unknown): Promise<Result> {
    return this.connection.sendRequest<Result>(method, params);
  }

  notify(method: string, params: unknown): void {
    void this.connection.sendNotification(method, params);
  }

  /** The parameters of the first `count` and all further messages of the server with this method. */
  async wait(method: string, count = 1): Promise<unknown[]> {
    await until(() => this.told.filter((each) => each.method === method).length >= count);
    return this.told.filter((each) => each.method === method).map(({ params }) => params);
  }

  /** Writes bytes as they are. */
  write(text: string): void {
    this.#input.write(text);
  }

  /** Writes messages in one piece, as a pipe delivers them to a busy server; resolves with the error code of the answer to `id`. */
  async writeTogether(id: number, messages: readonly object[]): Promise<number> {
    const bodies = messages.map((message) => JSON.stringify({ jsonrpc: "2.0", ...message }));
    this.write(
      bodies.map((body) => `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`).join(""),
    );
    const answer = new RegExp(`"id":${id},"error":\\{"code":(-?\\d+)`);
    await until(() => answer.test(this.#written));
    return Number(answer.exec(this.#written)?.[1]);
  }

  /** Dies, perhaps after some last bytes. */
  die(lastWords = ""): void {
    this.connection.dispose();
    this.#input.end(lastWords);
  }
}

/** A range on the first line. */
export function span(from: number, until: number): object {
  return { start: { line: 0, character: from }, end: { line: 0, character: until } };
}

/** The error code of a request, or "answered". */
export function codeOf(request: Promise<unknown>): Promise<unknown> {
  return request.then(
    () => "answered",
    (error: unknown) => (error instanceof Error && "code" in error ? error.code : error),
  );
}

/** Waits for something to become true; fails after five seconds. */
export async function until(isSo: () => boolean): Promise<void> {
  for (let waitedMs = 0; !isSo(); waitedMs += 5) {
    if (waitedMs > 5_000) throw new Error("What was waited for did not happen in time.");
    await pause(5);
  }
}
