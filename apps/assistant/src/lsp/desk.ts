import {
  MessageType,
  ResponseError,
  ErrorCodes,
  TextDocumentSyncKind,
} from "vscode-languageserver-protocol/node";
import type { InitializeResult } from "vscode-languageserver-protocol/node";
import { AssistantError } from "../errors.ts";
import type { Notice, Status } from "../session.ts";
import { wordActivity, wordError } from "../words.ts";
import { type Client, toPath } from "./client.ts";
import { Documents, type SyncFault } from "./document.ts";
import { type Feature, Features } from "./features.ts";
import { acceptedCommand } from "./items.ts";
import { listenForModels } from "./models.ts";
import { arrayAt, at, stringAt } from "./params.ts";
import { Progress } from "./progress.ts";
import {
  type LastRequest,
  searchMethod,
  sourceMethod,
  statusMethod,
  type StatusReport,
  suggestMethod,
} from "./protocol.ts";
import { type OpenSession, Roots } from "./roots.ts";
import { Searching } from "./searching.ts";
import { parseSettings, section, type Settings } from "./settings.ts";
import { type OpenTelemetry, Statistics } from "./statistics.ts";
import { Suggesting } from "./suggesting.ts";
import type { Wire } from "./wire.ts";
import { wordIndexing, wordReason, wordRefusedSettings } from "./words.ts";

/** Indexing reports many times a second; people and editors are shown ten. */
const statusIntervalMs = 100;

/**
 * Characters after which a list is worth asking for; inside words editors ask by themselves. Not the blank: a list that opens after
 * every word is in the way, and ghost text is there for that.
 */
const triggerCharacters = [".", ":", "(", "[", "{", ",", "=", "@"];

/** What the server does for one editor, from the moment it said who it is. */
export class Desk {
  readonly #client: Client;
  readonly #wire: Wire;
  readonly #statistics: Statistics;
  readonly #documents: Documents;
  readonly #roots: Roots;
  readonly #suggesting: Suggesting;
  readonly #searching: Searching;
  readonly #features: Features;
  readonly #progress: Progress;
  readonly #initial: Settings;
  #settings: Settings;
  #last: LastRequest | undefined;
  #tracing = false;
  #statusTimer: NodeJS.Timeout | undefined;
  #sentStatus = "";
  /** What the sessions knew at the latest change. */
  #knowledge = "";
  /** Failures that were shown; the same one is not shown at every change of status. */
  readonly #shown = new Set<string>();

  constructor(client: Client, wire: Wire, openSession: OpenSession, openTelemetry: OpenTelemetry) {
    this.#client = client;
    this.#wire = wire;
    this.#initial = parseSettings(client.initializationOptions).settings;
    this.#settings = this.#initial;
    this.#statistics = new Statistics(client, wire, openTelemetry, this.#initial);
    this.#documents = new Documents(client.encoding);
    this.#roots = new Roots({
      openSession,
      // The editor's own watcher is shared by all its servers; without one the session looks itself.
      watch: !client.can.registerWatchers,
      changed: () => this.#sessionChanged(),
      failed: (root, error) => {
        // The text of any other error may hold code; the log says that there was one.
        if (error instanceof AssistantError) this.#showFailure(root, error);
      },
    });
    this.#suggesting = new Suggesting({
      client,
      documents: this.#documents,
      roots: this.#roots,
      log: wire.log,
      settings: () => this.#settings,
      counter: this.#statistics,
      settled: () => wire.settled(),
      answered: (last) => this.#answered(last),
    });
    this.#searching = new Searching(client.locale, client.can.registerWatchers, this.#statistics);
    this.#features = new Features(
      (registrations) => wire.request("client/registerCapability", { registrations }),
      // The protocol's own spelling.
      (unregisterations) => wire.request("client/unregisterCapability", { unregisterations }),
    );
    this.#progress = new Progress(
      {
        create: (token) => wire.request("window/workDoneProgress/create", { token }),
        report: (token, value) => wire.notify("$/progress", { token, value }),
      },
      wordIndexing(client.locale),
    );
    this.#listen();
  }

  /** The answer to `initialize`. What the editor can register later is not announced here. */
  capabilities(version: string | undefined): InitializeResult {
    const { can, encoding } = this.#client;
    return {
      serverInfo: { name: "Cloud Code", ...(version === undefined ? {} : { version }) },
      capabilities: {
        positionEncoding: encoding,
        textDocumentSync: {
          openClose: true,
          change: TextDocumentSyncKind.Incremental,
          save: { includeText: false },
        },
        ...(can.registerList ? {} : { completionProvider: listOptions }),
        ...(can.registerGhost ? {} : { inlineCompletionProvider: true }),
        executeCommandProvider: { commands: [acceptedCommand] },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
        experimental: { cloudCode: { status: true, search: true, telemetry: true } },
      },
    };
  }

  /** Closes every session. */
  async close(): Promise<void> {
    clearTimeout(this.#statusTimer);
    await Promise.all([
      this.#roots.close(),
      this.#searching.close(),
      this.#attempt(this.#statistics.close()),
    ]);
  }

  #listen(): void {
    const wire = this.#wire;
    wire.onNotification("initialized", () => this.#begin());
    wire.onNotification("textDocument/didOpen", (params) => this.#open(params));
    wire.onNotification("textDocument/didChange", (params) => this.#change(params));
    wire.onNotification("textDocument/didSave", (params) =>
      this.#changedOnDisk(stringAt(params, "textDocument", "uri") ?? ""),
    );
    wire.onNotification("textDocument/didClose", (params) => this.#close(params));
    wire.onRequest("textDocument/completion", (params, token) =>
      this.#suggesting.list(params, token),
    );
    wire.onRequest("textDocument/inlineCompletion", (params, token) =>
      this.#suggesting.ghost(params, token),
    );
    wire.onRequest("workspace/executeCommand", (params) => this.#execute(params));
    wire.onNotification("workspace/didChangeConfiguration", (params) =>
      this.#configure(at(params, "settings")),
    );
    wire.onNotification("workspace/didChangeWorkspaceFolders", (params) =>
      this.#changeFolders(params),
    );
    wire.onNotification("workspace/didChangeWatchedFiles", (params) => {
      for (const change of arrayAt(params, "changes"))
        this.#changedOnDisk(stringAt(change, "uri") ?? "");
    });
    wire.onNotification("$/setTrace", (params) => {
      this.#tracing =
        stringAt(params, "value") === "messages" || stringAt(params, "value") === "verbose";
    });
    wire.onRequest(statusMethod, () => this.#report());
    wire.onRequest(searchMethod, (params, token) =>
      this.#searching.search(params, this.#roots.folders, token),
    );
    wire.onRequest(sourceMethod, (params) => this.#searching.source(params, this.#roots.folders));
    wire.onRequest(suggestMethod, (params) => this.#searching.suggest(params, this.#roots.folders));
    this.#statistics.listen(() => this.#searching.requests);
    listenForModels(wire, this.#client.locale, process.env);
  }

  #changedOnDisk(uri: string): void {
    this.#roots.changed(uri);
    this.#searching.changed(uri);
  }

  async #begin(): Promise<void> {
    this.#roots.add(this.#client.folders);
    await this.#configure(undefined);
    await this.#statistics.start();
  }

  #open(params: unknown): void {
    const uri = stringAt(params, "textDocument", "uri");
    const text = stringAt(params, "textDocument", "text");
    if (uri === undefined || text === undefined)
      return this.#wire.log("malformed-params", "didOpen");
    const languageId = stringAt(params, "textDocument", "languageId") ?? "";
    const version = at(params, "textDocument", "version");
    return this.#note(
      this.#documents.open({
        uri,
        languageId,
        text,
        version: Number.isInteger(version) ? Number(version) : 0,
      }),
    );
  }

  #change(params: unknown): void {
    const uri = stringAt(params, "textDocument", "uri");
    const version = at(params, "textDocument", "version") ?? null;
    const changes = at(params, "contentChanges");
    if (uri === undefined || !(version === null || Number.isInteger(version)))
      return this.#wire.log("malformed-params", "didChange");
    return this.#note(
      this.#documents.change(
        uri,
        version === null ? null : Number(version),
        Array.isArray(changes) ? changes : [changes],
      ),
    );
  }

  async #close(params: unknown): Promise<void> {
    this.#note(this.#documents.close(stringAt(params, "textDocument", "uri") ?? ""));
    await this.#roots.keepOnly(this.#documents.uris());
  }

  #note(fault: SyncFault | undefined): void {
    if (fault !== undefined) this.#wire.log(fault);
  }

  #execute(params: unknown): null {
    if (stringAt(params, "command") !== acceptedCommand) {
      throw new ResponseError(ErrorCodes.InvalidParams, `The only command is ${acceptedCommand}.`);
    }
    const acceptance = this.#suggesting.accept(at(params, "arguments", 0));
    if (acceptance !== undefined) this.#statistics.count({ kind: "accept", ...acceptance });
    return null;
  }

  async #changeFolders(params: unknown): Promise<void> {
    const paths = (list: string): string[] =>
      arrayAt(params, "event", list).flatMap(
        (folder) => toPath(stringAt(folder, "uri") ?? "") ?? [],
      );
    this.#roots.add(paths("added"));
    const removal = this.#roots.remove(paths("removed"));
    this.#suggesting.refresh();
    this.#statusChanged();
    await removal;
  }

  async #configure(pushed: unknown): Promise<void> {
    const reading = this.#readSettings(pushed);
    // At once: a question about statistics that arrives while the editor is asked is answered by the new settings.
    const heard = this.#statistics.configure(reading);
    const settings = await reading;
    this.#settings = settings;
    this.#suggesting.refresh();
    this.#statusChanged();
    await Promise.all([
      this.#attempt(this.#features.offer(this.#wanted())),
      this.#searching.configure(settings),
      heard,
    ]);
  }

  /** Reads the settings: from the editor where it can be asked, otherwise from what it pushed. */
  async #readSettings(pushed: unknown): Promise<Settings> {
    const sent = this.#client.can.pullConfiguration ? await this.#pull() : pushed;
    // What the extension said at the start is kept by itself; here is only what the settings say.
    const base = { ...this.#initial, editorTelemetry: undefined };
    const { settings, refused } = parseSettings(sent ?? undefined, base);
    if (refused.length > 0) {
      this.#wire.log("settings-refused", refused.join(", "));
      this.#show(MessageType.Warning, wordRefusedSettings(refused, this.#client.locale));
    }
    return settings;
  }

  async #pull(): Promise<unknown> {
    const answer = await this.#attempt(
      this.#wire.request("workspace/configuration", { items: [{ section }] }),
    );
    return at(answer, 0);
  }

  #wanted(): Feature[] {
    const { can } = this.#client;
    const { enabled, show } = this.#settings;
    const documentSelector = [{ scheme: "file" }, { scheme: "untitled" }];
    const features: Feature[] = [];
    if (can.registerConfiguration)
      features.push({ method: "workspace/didChangeConfiguration", options: { section } });
    // Every file, not only source files: a deleted or renamed folder is told by its own name alone.
    if (can.registerWatchers)
      features.push({
        method: "workspace/didChangeWatchedFiles",
        options: { watchers: [{ globPattern: "**/*" }] },
      });
    if (can.registerList && enabled && show !== "ghost") {
      features.push({
        method: "textDocument/completion",
        options: { documentSelector, ...listOptions },
      });
    }
    if (can.registerGhost && enabled && show !== "list") {
      features.push({ method: "textDocument/inlineCompletion", options: { documentSelector } });
    }
    return features;
  }

  #answered(last: LastRequest): void {
    this.#last = last;
    this.#statusChanged();
    if (!this.#tracing) return;
    const time = last.latencyMs === undefined ? "" : ` in ${last.latencyMs.toFixed(1)} ms`;
    this.#wire.notify("$/logTrace", {
      message: `${last.view}: ${last.shown} shown${time}${last.reason === undefined ? "" : ` (${last.reason})`}`,
    });
  }

  #sessionChanged(): void {
    const known = this.#roots
      .statuses()
      .map(({ activity, index }) => [activity, index.files, index.tokens]);
    const knowledge = JSON.stringify(known);
    // Not at every change: that an index was stored, for example, must not part the list from the ghost text of the same place.
    if (knowledge !== this.#knowledge) this.#suggesting.refresh();
    this.#knowledge = knowledge;
    this.#statusChanged();
  }

  #statusChanged(): void {
    this.#statusTimer ??= setTimeout(() => {
      this.#statusTimer = undefined;
      this.#publish();
    }, statusIntervalMs);
  }

  #publish(): void {
    const report = this.#report();
    for (const { root, activity, notices = [] } of report.sessions) {
      if (activity.kind !== "failed") continue;
      const notice = notices.find(({ code }) => code === activity.code);
      if (notice !== undefined) this.#showFailure(root, notice);
    }
    if (this.#client.can.createProgress) void this.#attempt(this.#progress.update(report.sessions));
    const state = JSON.stringify([report.sentence, report.enabled, report.sessions]);
    if (!this.#client.can.receiveStatus || state === this.#sentStatus) return;
    this.#sentStatus = state;
    this.#wire.notify(statusMethod, report);
  }

  #report(): StatusReport {
    const sessions = this.#roots.statuses();
    const { enabled } = this.#settings;
    return {
      sentence: this.#sentence(sessions),
      enabled,
      sessions,
      ...(this.#last === undefined ? {} : { last: this.#last }),
    };
  }

  #sentence(sessions: readonly Status[]): string {
    const { locale } = this.#client;
    if (!this.#settings.enabled) return wordReason("off", locale);
    for (const kind of ["failed", "indexing", "starting"] as const) {
      const found = sessions.find(({ activity }) => activity.kind === kind);
      if (found !== undefined) return wordActivity(found.activity, locale);
    }
    return this.#last?.sentence ?? wordActivity({ kind: "ready" }, locale);
  }

  #show(type: MessageType, message: string): void {
    this.#wire.notify("window/showMessage", { type, message });
  }

  #showFailure(root: string, { code, details }: Notice): void {
    if (this.#shown.has(`${root} ${code}`)) return;
    this.#shown.add(`${root} ${code}`);
    const sentence = wordError(code, details, this.#client.locale);
    this.#show(MessageType.Error, `Cloud Code: ${sentence} (${code})`);
  }

  /** Waits for an editor's answer; a refusal is logged and gives undefined, because the server works without it. */
  async #attempt<Value>(request: Promise<Value>): Promise<Value | undefined> {
    try {
      return await request;
    } catch {
      this.#wire.log("client-refused");
      return undefined;
    }
  }
}

const listOptions = { triggerCharacters, resolveProvider: false };
