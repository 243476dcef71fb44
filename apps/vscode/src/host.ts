import {
  CancellationTokenSource,
  commands,
  type Disposable,
  env,
  l10n,
  type Memento,
  Range,
  SnippetString,
  Uri,
  window,
  workspace,
} from "vscode";
import {
  egressMethod,
  type EgressView,
  type SearchReport,
  searchMethod,
  type SearchUse,
  searchUsedMethod,
  statusMethod,
  type StatusReport,
  suggestMethod,
  type TelemetryExport,
  telemetryExportMethod,
  telemetryHistoryMethod,
  telemetryPurgeMethod,
  type TelemetryState,
  type TelemetryWeek,
} from "@cloud-code/assistant/protocol";
import type {
  EngineChoice,
  HostMessage,
  PanelMessage,
  PanelSettings,
  Place,
} from "@cloud-code/panel/protocol";
import { ResponseError } from "vscode-languageclient/node";
import type { Assistant } from "./assistant.ts";
import type { Consent } from "./consent.ts";
import { dedent } from "./indent.ts";
import type { Model } from "./model.ts";
import { isEnabled, searchesDependencies, section, setEnabled, usesSaveAsKey } from "./settings.ts";
import type { Snooze } from "./snooze.ts";
import type { FoundFiles } from "./source.ts";
import { toStatusView } from "./views.ts";

type Asked<Kind extends PanelMessage["kind"]> = Extract<PanelMessage, { kind: Kind }>;

/** What answers the panel. */
export interface HostParts {
  readonly assistant: Assistant;
  readonly consent: Consent;
  readonly model: Model;
  readonly snooze: Snooze;
  readonly files: FoundFiles;
  /** Keeps questions, if the person wants that. */
  readonly memory: Memento;
  /** Hears of failures that nobody asked for. */
  readonly failed: (error: unknown) => void;
}

/** Where questions are kept that the person wants kept. */
const queriesKey = "queries";

/** What the panel asks for, done with the editor and the assistant. */
export class Host implements Disposable {
  readonly #assistant: Assistant;
  readonly #consent: Consent;
  readonly #model: Model;
  readonly #snooze: Snooze;
  readonly #files: FoundFiles;
  readonly #memory: Memento;
  readonly #subscriptions: Disposable[];
  readonly #running = new Map<number, CancellationTokenSource>();
  /** Where messages to the panel go. */
  post: (message: HostMessage) => void = () => undefined;

  constructor({ assistant, consent, model, snooze, files, memory, failed }: HostParts) {
    this.#assistant = assistant;
    this.#consent = consent;
    this.#model = model;
    this.#snooze = snooze;
    this.#files = files;
    this.#memory = memory;
    this.#subscriptions = [
      assistant.onStatus((report) => this.#postStatus(report)),
      assistant.onTelemetry((state) => {
        this.#postTelemetry(state).catch(failed);
      }),
      snooze.onChange(() => this.#postStatus(assistant.report)),
      model.onChange(() => this.#postStatus(assistant.report)),
      workspace.onDidChangeConfiguration((event) => {
        if (!event.affectsConfiguration(section)) return;
        this.#postStatus(assistant.report);
        this.#postSettings();
      }),
    ];
  }

  /** Does what the panel asks; what fails is told to the panel. */
  hear(message: PanelMessage): void {
    this.#do(message).catch((error: unknown) => {
      const id = "id" in message ? message.id : 0;
      this.post({ kind: "problem", id, ...toProblem(error) });
    });
  }

  /** The panel is gone: nobody waits for an answer any more. */
  forget(): void {
    for (const source of this.#running.values()) source.cancel();
    this.#running.clear();
  }

  dispose(): void {
    this.forget();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #do(message: PanelMessage): Promise<void> {
    switch (message.kind) {
      case "ready":
        return this.#begin();
      case "search":
        return this.#search(message);
      case "suggest":
        return this.#suggest(message);
      case "cancel":
        this.#running.get(message.id)?.cancel();
        return undefined;
      case "preview":
        return this.#preview(message);
      case "open":
        return this.#open(message.place, message.line);
      case "copy":
        await env.clipboard.writeText(message.text);
        return this.#done(message.id);
      case "insert":
        await this.#insert(message.text);
        return this.#done(message.id);
      case "event":
        this.#assistant.notify(searchUsedMethod, message.event satisfies SearchUse);
        return undefined;
      case "telemetry-get":
        return this.#postTelemetry(await this.#consent.state());
      case "telemetry-set":
        await this.#postTelemetry(await this.#consent.record(message.choice));
        return this.#done(message.id);
      case "telemetry-purge":
        await this.#postTelemetry(
          await this.#assistant.request<TelemetryState>(telemetryPurgeMethod),
        );
        return this.#done(message.id);
      case "telemetry-export":
        return this.#export(message.id);
      case "status-get":
        return this.#postStatus(await this.#assistant.request<StatusReport>(statusMethod));
      case "engine-set":
        await this.#switch(message.engine);
        return this.#postStatus(this.#assistant.report);
      case "index-rebuild":
        await commands.executeCommand("cloudCode.rebuildIndex");
        return this.#done(message.id);
      case "egress-get":
        return this.#postEgress();
      case "show-notice":
        await commands.executeCommand("cloudCode.showNotice");
        return undefined;
      case "show-settings":
        await commands.executeCommand("cloudCode.openSettings");
        return undefined;
      case "show-log":
        await commands.executeCommand("cloudCode.showLog");
        return undefined;
      case "keep-queries":
        await this.#memory.update(queriesKey, message.queries);
        return undefined;
    }
  }

  async #begin(): Promise<void> {
    this.#postSettings();
    this.#postStatus(this.#assistant.report);
    this.#postStatus(await this.#assistant.request<StatusReport>(statusMethod));
    await this.#postTelemetry(await this.#consent.state());
  }

  async #search({ id, query, page, pageSize, mode, filter }: Asked<"search">): Promise<void> {
    const answer = await this.#cancellable(id, (token) =>
      this.#assistant.request<SearchReport>(
        searchMethod,
        { query, page, pageSize, mode, filter, ...activeFolder() },
        token,
      ),
    );
    this.post({ kind: "answer", id, answer });
  }

  async #suggest({ id, query }: Asked<"suggest">): Promise<void> {
    const words = await this.#cancellable(id, (token) =>
      this.#assistant.request<Extract<HostMessage, { kind: "suggestions" }>["words"]>(
        suggestMethod,
        { query, ...activeFolder() },
        token,
      ),
    );
    this.post({ kind: "suggestions", id, words });
  }

  async #preview({ id, place }: Asked<"preview">): Promise<void> {
    const file = await this.#files.read(place);
    if (file === undefined) throw new Error(wordGone(place));
    this.post({ kind: "file", id, file });
  }

  async #open(place: Place, line: number): Promise<void> {
    const address = this.#files.locate(place);
    if (address === undefined) throw new Error(wordGone(place));
    const at = Math.max(0, line - 1);
    try {
      await window.showTextDocument(address, {
        selection: new Range(at, 0, at, 0),
        preview: true,
      });
    } catch (error) {
      throw new Error(wordGone(place), { cause: error });
    }
  }

  async #insert(text: string): Promise<void> {
    // While the panel has the focus no editor is active, but those that are visible still have their cursors.
    const editor = window.activeTextEditor ?? window.visibleTextEditors[0];
    if (editor === undefined) throw new Error(l10n.t("Open a file to insert the snippet into."));
    await window.showTextDocument(editor.document, editor.viewColumn);
    // As a snippet without places to fill in: that takes on the indentation of the line it comes into.
    await editor.insertSnippet(new SnippetString().appendText(dedent(text)), editor.selections);
  }

  async #export(id: number): Promise<void> {
    const { fileName, text } =
      await this.#assistant.request<TelemetryExport>(telemetryExportMethod);
    const folder = workspace.workspaceFolders?.[0]?.uri;
    const target = await window.showSaveDialog({
      ...(folder === undefined ? {} : { defaultUri: Uri.joinPath(folder, fileName) }),
      filters: { JSON: ["json"] },
    });
    if (target === undefined)
      return this.post({ kind: "problem", id, sentence: "", code: "CANCELLED" });
    await workspace.fs.writeFile(target, new TextEncoder().encode(text));
    return this.#done(id, target.fsPath);
  }

  async #switch(engine: EngineChoice): Promise<void> {
    if (engine.kind === "snooze") {
      await this.#snooze.begin(engine.minutes);
      return;
    }
    if (engine.kind === "on") await this.#snooze.end();
    await setEnabled(engine.kind === "on");
  }

  async #cancellable<Answer>(
    id: number,
    ask: (token: CancellationTokenSource["token"]) => Promise<Answer>,
  ): Promise<Answer> {
    const source = new CancellationTokenSource();
    this.#running.set(id, source);
    try {
      return await ask(source.token);
    } finally {
      this.#running.delete(id);
      source.dispose();
    }
  }

  #postStatus(report: StatusReport | undefined): void {
    const status = toStatusView(report, isEnabled(), this.#snooze.untilMs, this.#model.state);
    this.post({ kind: "status", status });
  }

  #postSettings(): void {
    const kept = this.#memory.get<readonly string[]>(queriesKey);
    this.post({ kind: "settings", settings: toPanelSettings(kept) });
  }

  async #postTelemetry(state: TelemetryState): Promise<void> {
    const weeks = await this.#assistant.request<readonly TelemetryWeek[]>(telemetryHistoryMethod);
    this.post({ kind: "telemetry", telemetry: { ...state, history: weeks } });
    await this.#postEgress();
  }

  async #postEgress(): Promise<void> {
    this.post({ kind: "egress", egress: await this.#assistant.request<EgressView>(egressMethod) });
  }

  #done(id: number, sentence?: string): void {
    this.post({ kind: "done", id, ...(sentence === undefined ? {} : { sentence }) });
  }
}

function toPanelSettings(kept: readonly string[] | undefined): PanelSettings {
  return {
    language: env.language.toLowerCase().startsWith("zh") ? "zh" : "en",
    sources: searchesDependencies() ? ["workspace", "dependencies"] : ["workspace"],
    can: {
      open: true,
      openPackages: true,
      insert: true,
      switchEngine: true,
      rebuildIndex: true,
      showNotice: true,
      showSettings: true,
      showLog: true,
      keepQueries: true,
    },
    ...(kept === undefined ? {} : { keptQueries: kept }),
    keys: { focusSearch: usesSaveAsKey() ? "Ctrl+Shift+S" : "Shift+Alt+S" },
  };
}

/** The folder of the file that is being edited: where somebody with several folders means to search. */
function activeFolder(): { workspace?: string } {
  const document = window.activeTextEditor?.document;
  const folder = document && workspace.getWorkspaceFolder(document.uri);
  return folder === undefined ? {} : { workspace: folder.uri.toString() };
}

function toProblem(error: unknown): { sentence: string; code?: string } {
  const sentence = error instanceof Error ? error.message : String(error);
  if (!(error instanceof ResponseError)) return { sentence };
  const data: unknown = error.data;
  const code =
    typeof data === "object" && data !== null && "code" in data ? String(data.code) : undefined;
  return { sentence, ...(code === undefined ? {} : { code }) };
}

function wordGone({ path }: Place): string {
  return l10n.t(
    "{0} cannot be opened: it was moved, deleted or closed to reading. Search again.",
    path,
  );
}
