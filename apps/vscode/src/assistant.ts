import { spawn } from "node:child_process";
import { dirname } from "node:path";
import {
  type CancellationToken,
  type Disposable,
  env,
  EventEmitter,
  type Event,
  workspace,
} from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
  State,
  type StaticFeature,
  type StreamInfo,
} from "vscode-languageclient/node";
import {
  statusMethod,
  type StatusReport,
  telemetryChangedMethod,
  telemetryEditorMethod,
  type TelemetryState,
} from "@cloud-code/assistant/protocol";
import { createSilence, type Journal } from "./journal.ts";
import { section } from "./settings.ts";

/** What the program needs of the editor. */
export interface Surroundings {
  /** The program's file. */
  readonly program: string;
  /** Identifiers of the languages it is asked about. */
  readonly languages: readonly string[];
  readonly journal: Journal;
  /** The settings as the program reads them. */
  readonly settings: () => object;
  /** What it is told by its environment, beside that of the editor. */
  readonly environment: () => Promise<Readonly<Record<string, string>>>;
}

/** How often the program is started again by itself within `periodMs`; a program that falls over at once is left lying. */
const maxRestarts = 4;
const periodMs = 3 * 60_000;

/** The assistant's program, run beside the editor's extensions and spoken to by the Language Server Protocol. */
export class Assistant implements Disposable {
  readonly #around: Surroundings;
  readonly #client: LanguageClient;
  readonly #status = new EventEmitter<StatusReport | undefined>();
  readonly #telemetry = new EventEmitter<TelemetryState>();
  readonly #start = new EventEmitter<void>();
  readonly #falls: number[] = [];
  readonly #subscriptions: Disposable[];
  #started: Promise<void> | undefined;
  #restarting: Promise<void> | undefined;
  #report: StatusReport | undefined;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#client = new LanguageClient(section, "Cloud Code", () => launch(around), this.#options());
    this.#client.registerFeature(abilities);
    this.#subscriptions = [
      this.#client.onNotification(statusMethod, (report: StatusReport) => this.#tell(report)),
      this.#client.onNotification(telemetryChangedMethod, (state: TelemetryState) =>
        this.#telemetry.fire(state),
      ),
      this.#client.onDidChangeState(({ newState }) => {
        if (newState !== State.Running) this.#tell(undefined);
      }),
      env.onDidChangeTelemetryEnabled(() => this.#noteFailure(this.#tellEditorTelemetry())),
      // The program is told of the trust when it starts.
      workspace.onDidGrantWorkspaceTrust(() => {
        if (this.#started !== undefined) this.#noteFailure(this.restart());
      }),
    ];
  }

  /** The program's state changed; undefined when it does not run. */
  get onStatus(): Event<StatusReport | undefined> {
    return this.#status.event;
  }

  /** The person's choice about usage statistics changed, in this window or elsewhere. */
  get onTelemetry(): Event<TelemetryState> {
    return this.#telemetry.event;
  }

  /** The program runs, for the first time or again. */
  get onStart(): Event<void> {
    return this.#start.event;
  }

  /** The latest the program said of itself; undefined while it does not run. */
  get report(): StatusReport | undefined {
    return this.#report;
  }

  /** How far the program is. `stopped`: until something is asked of it. */
  get phase(): "stopped" | "starting" | "running" | "failed" {
    if (this.#started === undefined) return "stopped";
    switch (this.#client.state) {
      case State.Running:
        return "running";
      case State.Starting:
        return "starting";
      default:
        return "failed";
    }
  }

  /** Starts the program, unless it runs. Rejects when it cannot be started. */
  start(): Promise<void> {
    this.#started ??= this.#client.start().then(async () => {
      await this.#tellEditorTelemetry();
      this.#start.fire();
    });
    return this.#started;
  }

  /** Stops the program and starts it again; whoever asks meanwhile gets the same start. */
  restart(): Promise<void> {
    this.#restarting ??= this.stop()
      .then(() => this.start())
      .finally(() => (this.#restarting = undefined));
    return this.#restarting;
  }

  /** Asks the program, which is started when it does not run. */
  async request<Answer>(
    method: string,
    params?: object,
    token?: CancellationToken,
  ): Promise<Answer> {
    await this.#restarting;
    await this.start();
    return this.#client.sendRequest<Answer>(method, params, token);
  }

  /** Tells the program; what is told while it does not run is lost. */
  notify(method: string, params: object): void {
    // The client logs by itself that a message could not be sent.
    if (this.#client.state === State.Running)
      this.#client.sendNotification(method, params).catch(() => undefined);
  }

  /** Tells that settings are different; what is asked after that is answered by the new ones. */
  async reconfigure(): Promise<void> {
    if (this.#client.state === State.Running)
      await this.#client.sendNotification("workspace/didChangeConfiguration", { settings: null });
  }

  /** Lets the program end in order. It starts again when something is asked of it. */
  async stop(): Promise<void> {
    // One that could not be started has nothing to stop.
    await this.#started?.catch(() => undefined);
    if (this.#client.state === State.Running) await this.#client.stop(stopTimeoutMs);
    this.#falls.length = 0;
    this.#started = undefined;
    this.#tell(undefined);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#status.dispose();
    this.#telemetry.dispose();
    this.#start.dispose();
  }

  #options(): LanguageClientOptions {
    const { journal, languages, settings } = this.#around;
    const documentSelector = languages.flatMap((language) => [
      { scheme: "file", language },
      { scheme: "untitled", language },
    ]);
    return {
      documentSelector,
      outputChannel: journal,
      traceOutputChannel: createSilence("Cloud Code"),
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      // The settings too: the program asks for them a moment later, and the question of the first start needs the receiver before.
      initializationOptions: () => ({ ...settings(), editorTelemetry: env.isTelemetryEnabled }),
      middleware: {
        // The program offers itself for every file; only what it knows is worth a request.
        handleRegisterCapability: async (params, next) => {
          for (const { registerOptions } of params.registrations) {
            if (hasSelector(registerOptions)) registerOptions.documentSelector = documentSelector;
          }
          await next(params, neverCancelled);
        },
        workspace: {
          configuration: ({ items }) =>
            items.map((item) => (item.section === section ? settings() : null)),
        },
      },
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => {
          const nowMs = Date.now();
          this.#falls.push(nowMs);
          const recent = this.#falls.filter((fellMs) => nowMs - fellMs < periodMs);
          if (recent.length <= maxRestarts) return { action: CloseAction.Restart, handled: true };
          return { action: CloseAction.DoNotRestart, handled: true };
        },
      },
    };
  }

  #tell(report: StatusReport | undefined): void {
    this.#report = report;
    this.#status.fire(report);
  }

  #noteFailure(work: Promise<void>): void {
    work.catch((error: unknown) => this.#around.journal.fail(error));
  }

  async #tellEditorTelemetry(): Promise<void> {
    if (this.#client.state === State.Running)
      await this.#client.sendNotification(telemetryEditorMethod, {
        allowed: env.isTelemetryEnabled,
      });
  }
}

const stopTimeoutMs = 2_000;
const neverCancelled: CancellationToken = {
  isCancellationRequested: false,
  onCancellationRequested: () => ({ dispose: () => undefined }),
};

/** Announces what this extension shows beyond the protocol. */
const abilities: StaticFeature = {
  fillClientCapabilities(capabilities) {
    capabilities.experimental = {
      ...toObject(capabilities.experimental),
      cloudCode: { status: true, telemetry: true },
    };
    // The status item shows how far indexing is; a second progress beside it would only repeat that.
    capabilities.window = { ...capabilities.window, workDoneProgress: false };
  },
  initialize: () => undefined,
  getState: () => ({ kind: "static" }),
  clear: () => undefined,
};

/** Starts the program with the editor's own Node. What it prints on its error output is not kept: a stack may quote code. */
async function launch({ program, journal, environment }: Surroundings): Promise<StreamInfo> {
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  const own = await environment();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, "lsp"], {
      cwd: dirname(program),
      env: {
        ...inherited,
        ...own,
        ELECTRON_RUN_AS_NODE: "1",
        ELECTRON_NO_ASAR: "1",
        // No model elsewhere is asked about the code of a folder that the person does not trust.
        CLOUD_CODE_UNTRUSTED: workspace.isTrusted ? "0" : "1",
      },
      stdio: ["pipe", "pipe", "ignore"],
      windowsHide: true,
    });
    child.once("error", (error) => {
      journal.error("The assistant's program cannot be started.");
      reject(error);
    });
    child.once("exit", (code, signal) => {
      if (code !== 0) journal.warn(`The assistant's program ended (${String(signal ?? code)}).`);
    });
    child.once("spawn", () => {
      journal.info(`The assistant's program runs as process ${child.pid ?? 0}.`);
      resolve({ reader: child.stdout, writer: child.stdin });
    });
  });
}

function hasSelector(options: unknown): options is { documentSelector: unknown } {
  return typeof options === "object" && options !== null && "documentSelector" in options;
}

function toObject(value: unknown): object {
  return typeof value === "object" && value !== null ? value : {};
}
