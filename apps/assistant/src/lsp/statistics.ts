import { type Mode, type Telemetry, TelemetryError, type UsageEvent } from "@cloud-code/telemetry";
import { ErrorCodes, LSPErrorCodes, ResponseError } from "vscode-languageserver-protocol/node";
import { AssistantError, wordError } from "../errors.ts";
import { findModelPermission, type ModelRequest } from "../search/meaning.ts";
import type { Counter } from "../telemetry/counter.ts";
import { toEgress } from "../telemetry/egress.ts";
import type { Surface } from "../telemetry/open.ts";
import { parseSearchUse } from "../telemetry/use.ts";
import { toAssistantError, toExport, toNotice, toState, toWeek } from "../telemetry/view.ts";
import type { Client } from "./client.ts";
import { codeOf } from "./log.ts";
import { at, stringAt } from "./params.ts";
import {
  egressMethod,
  noticeMethod,
  searchUsedMethod,
  telemetryChangedMethod,
  telemetryEditorMethod,
  telemetryExportMethod,
  telemetryHistoryMethod,
  telemetryPurgeMethod,
  telemetrySetMethod,
  telemetryStateMethod,
  type TelemetryState,
} from "./protocol.ts";
import type { Settings } from "./settings.ts";
import type { Wire } from "./wire.ts";

/** Opens the usage statistics of the person at an editor. */
export type OpenTelemetry = (surface: Surface) => Promise<Telemetry>;

const levels: readonly Mode[] = ["off", "local", "on"];

/** Usage statistics for one editor: counts what the server sees, and shows and changes the person's choice. */
export class Statistics implements Counter {
  readonly #client: Client;
  readonly #wire: Wire;
  readonly #telemetry: Promise<Telemetry>;
  readonly #initial: boolean | undefined;
  /** The latest word of the editor about its own switch. */
  #told: boolean | undefined;
  #settings: Settings;
  /** What the editor said last takes effect before anything is answered. */
  #heard: Promise<void> = Promise.resolve();

  /** `initial`: the settings of `initializationOptions`. */
  constructor(client: Client, wire: Wire, open: OpenTelemetry, initial: Settings) {
    this.#client = client;
    this.#wire = wire;
    this.#initial = initial.editorTelemetry;
    this.#settings = initial;
    this.#telemetry = open({
      editorTelemetry: () => this.#isAllowed(),
      receiver: () => this.#settings.receiver,
      changed: () => void this.#tell(),
      failed: (error) => wire.log("statistics-failed", codeOf(error)),
    });
    // Whoever needs it is told by the promise itself; until then a failure must not end the server.
    this.#telemetry.catch((error: unknown) => wire.log("statistics-failed", codeOf(error)));
  }

  /** Counts, if the person chose that anything is counted. */
  count(event: UsageEvent): void {
    // Not there yet, or never: the constructor logged why.
    this.#telemetry.then((telemetry) => telemetry.count(event)).catch(() => undefined);
  }

  /** Answers the requests about statistics and about where data went; `requests`: what was sent to a model, the latest first. */
  listen(requests: () => readonly ModelRequest[]): void {
    const wire = this.#wire;
    const { locale } = this.#client;
    wire.onRequest(noticeMethod, () => toNotice(locale));
    wire.onRequest(telemetryStateMethod, () => this.#state());
    wire.onRequest(telemetrySetMethod, (params) =>
      this.#attempt(async (telemetry) => {
        await telemetry.choose(parseChoice(params));
        return this.#state();
      }),
    );
    wire.onRequest(telemetryPurgeMethod, () =>
      this.#attempt(async (telemetry) => {
        await telemetry.purge();
        return this.#state();
      }),
    );
    wire.onRequest(telemetryHistoryMethod, () =>
      this.#attempt(async (telemetry) =>
        (await telemetry.history()).map((week) => toWeek(week, locale)),
      ),
    );
    wire.onRequest(egressMethod, () =>
      this.#attempt(async (telemetry) =>
        toEgress(
          await telemetry.standing(),
          await telemetry.history(),
          { permission: await findModelPermission(process.env), requests: requests() },
          locale,
        ),
      ),
    );
    wire.onRequest(telemetryExportMethod, () =>
      this.#attempt(async (telemetry) => toExport(await telemetry.export())),
    );
    wire.onNotification(telemetryEditorMethod, (params) => {
      const allowed = at(params, "allowed");
      if (typeof allowed !== "boolean") return wire.log("malformed-params", "telemetry/editor");
      this.#told = allowed;
      return this.#hear((telemetry) => telemetry.signalsChanged());
    });
    wire.onNotification(searchUsedMethod, (params) => this.#countUse(params));
  }

  /** Begins to send what is due, if the person said yes. */
  async start(): Promise<void> {
    (await this.#telemetry).start();
  }

  /** Takes settings that are being read: a mode below the person's choice withdraws it; one above is no yes. */
  async configure(reading: Promise<Settings>): Promise<void> {
    await this.#hear(async (telemetry) => {
      this.#settings = await reading;
      const { telemetryMode } = this.#settings;
      if (telemetryMode === "off" || telemetryMode === "local") {
        const { mode } = await telemetry.standing();
        if (levels.indexOf(telemetryMode) < levels.indexOf(mode))
          await telemetry.choose({ mode: telemetryMode });
      }
      await telemetry.signalsChanged();
    });
  }

  /** Brings counts to the disk and stops sending. */
  async close(): Promise<void> {
    await (await this.#telemetry).close();
  }

  async #hear(work: (telemetry: Telemetry) => Promise<void>): Promise<void> {
    this.#heard = this.#heard
      .then(async () => work(await this.#telemetry))
      .catch((error: unknown) => this.#wire.log("statistics-failed", codeOf(error)));
    await this.#heard;
  }

  #isAllowed(): boolean | undefined {
    const own = this.#told ?? this.#initial;
    const { editorTelemetry } = this.#settings;
    // A setting may come from a repository: it can forbid, and it cannot outvote what the extension said.
    return own === undefined ? editorTelemetry : own && editorTelemetry !== false;
  }

  async #state(): Promise<TelemetryState> {
    return this.#attempt(async (telemetry) =>
      toState(await telemetry.standing(), telemetry.paths, this.#client.locale),
    );
  }

  async #tell(): Promise<void> {
    if (!this.#client.can.receiveTelemetry) return;
    try {
      this.#wire.notify(telemetryChangedMethod, await this.#state());
    } catch (error) {
      this.#wire.log("statistics-failed", codeOf(error));
    }
  }

  #countUse(params: unknown): void {
    const event = parseSearchUse(params);
    if (event === undefined) this.#wire.log("malformed-params", "search/used");
    else this.count(event);
  }

  async #attempt<Value>(work: (telemetry: Telemetry) => Promise<Value>): Promise<Value> {
    try {
      await this.#heard;
      return await work(await this.#telemetry);
    } catch (thrown) {
      const error = thrown instanceof TelemetryError ? toAssistantError(thrown) : thrown;
      if (!(error instanceof AssistantError)) throw error;
      const isParameter =
        error.code === "TELEMETRY_QUESTION_OUTDATED" || error.code === "TELEMETRY_RECEIVER_INVALID";
      throw new ResponseError(
        isParameter ? ErrorCodes.InvalidParams : LSPErrorCodes.RequestFailed,
        wordError(error.code, error.details, this.#client.locale),
        { code: error.code },
      );
    }
  }
}

function parseChoice(params: unknown): Parameters<Telemetry["choose"]>[0] {
  const mode = stringAt(params, "mode");
  const receiver = stringAt(params, "receiver");
  const noticeVersion = at(params, "noticeVersion");
  if (mode === "off" || mode === "local") return { mode };
  if (mode === "on" && receiver !== undefined && typeof noticeVersion === "number")
    return { mode, receiver, noticeVersion };
  throw new ResponseError(
    ErrorCodes.InvalidParams,
    "A choice is { mode: off | local } or { mode: on, receiver, noticeVersion } of the question that was shown.",
  );
}
