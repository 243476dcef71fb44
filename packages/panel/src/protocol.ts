import type {
  Completion,
  Filter,
  Mode,
  SearchAnswer,
  SearchResult,
  Source,
} from "@cloud-code/search";

/**
 * What the panel and its host say to each other. Every message is plain data, so that it crosses `postMessage`, a socket or a function
 * call alike. The panel decides nothing and touches nothing: it shows what the host tells and asks the host to act.
 *
 * Invariant: sentences in the host's messages are in the language of the latest `settings`.
 */

/** Languages the panel speaks. */
export type PanelLanguage = "en" | "zh";

/** The pages of the panel, in their order. */
export type Tab = "search" | "statistics" | "status" | "data";

/** Where a file is: enough for the host to find it again. */
export interface Place {
  readonly source: Source;
  /** Relative to the workspace or to the package, with forward slashes. */
  readonly path: string;
  /** Absent in a workspace. */
  readonly package?: {
    readonly ecosystem: string;
    readonly name: string;
    readonly version: string;
  };
  /** The folder that was searched, as the host named it in the answer; absent where there is only one. */
  readonly root?: string;
}

/**
 * What the person did with results, to be counted for the eight figures if that is allowed; the same as `SearchUse` of the language server. No event
 * carries text. The panel tells each once; whether it is counted is the host's to decide.
 */
export type PanelEvent =
  /** A result was opened or previewed. */
  | { readonly kind: "click" }
  /** A snippet was copied or inserted. `rank` is its place over all pages, from 1. */
  | { readonly kind: "adopt"; readonly rank: number }
  /** The next or the previous page was shown. */
  | { readonly kind: "page-turn" };

/** What the panel tells its host. A message with an `id` is answered with the same one; ids are never used twice. */
export type PanelMessage =
  /** The first message, again after a reload. Answered with `settings`, and with the latest `status`, `telemetry` and `egress`. */
  | { readonly kind: "ready" }
  /** Answered with `answer` or `problem`. A later search does not cancel an earlier one by itself: `cancel` does. */
  | {
      readonly kind: "search";
      readonly id: number;
      readonly query: string;
      /** From 1. */
      readonly page: number;
      readonly pageSize: number;
      readonly mode: Mode;
      readonly filter: Filter;
    }
  /** What the last word of a question may become. Answered with `suggestions`; no answer is an answer too. */
  | { readonly kind: "suggest"; readonly id: number; readonly query: string }
  /** Nobody waits for this search, suggestion or file any more. Not answered. */
  | { readonly kind: "cancel"; readonly id: number }
  /** The whole text of a file. Answered with `file` or `problem`. */
  | { readonly kind: "preview"; readonly id: number; readonly place: Place }
  /** Show a file in the editor at a line, from 1. Answered with `problem` when it cannot be. */
  | { readonly kind: "open"; readonly id: number; readonly place: Place; readonly line: number }
  /** Put a text on the clipboard. Answered with `done` or `problem`. */
  | { readonly kind: "copy"; readonly id: number; readonly text: string }
  /** Put a text where the cursor of the editor is. Answered with `done` or `problem`. */
  | { readonly kind: "insert"; readonly id: number; readonly text: string }
  /** Something that may be counted. Not answered. */
  | { readonly kind: "event"; readonly event: PanelEvent }
  /** Tell the statistics as they are now. Answered with `telemetry`. */
  | { readonly kind: "telemetry-get" }
  /** The person chose. Takes effect at once; answered with `telemetry` and `done`, or with `problem` when it cannot be. */
  | { readonly kind: "telemetry-set"; readonly id: number; readonly choice: TelemetryChoice }
  /** Delete everything that was counted, waits to be sent, or is kept as a copy. The panel asked first. Answered with `telemetry` and `done`. */
  | { readonly kind: "telemetry-purge"; readonly id: number }
  /** Let the person save everything as a file. Answered with `done`, with its place as the sentence, or `problem`. */
  | { readonly kind: "telemetry-export"; readonly id: number }
  /** Tell the state as it is now. Answered with `status`. */
  | { readonly kind: "status-get" }
  /** Switch suggestions on or off, or off for some minutes. Answered with `status` or `problem`. */
  | { readonly kind: "engine-set"; readonly id: number; readonly engine: EngineChoice }
  /** Build the index again. Answered with `done` when it began, or `problem`. */
  | { readonly kind: "index-rebuild"; readonly id: number }
  /** Tell where data went. Answered with `egress`. */
  | { readonly kind: "egress-get" }
  /** Show the privacy notice: in an editor, or by answering with `notice`. Only asked where `settings.can` has it, as the next two. */
  | { readonly kind: "show-notice" }
  /** Show the editor's settings of the assistant, or its log. */
  | { readonly kind: "show-settings" }
  | { readonly kind: "show-log" }
  /**
   * Keep these questions for the next start, latest first, or forget all that were kept when it is absent. The host keeps nothing
   * without this message.
   */
  | { readonly kind: "keep-queries"; readonly queries?: readonly string[] };

/** What a host tells the panel. */
export type HostMessage =
  | { readonly kind: "settings"; readonly settings: PanelSettings }
  | { readonly kind: "answer"; readonly id: number; readonly answer: PanelAnswer }
  | { readonly kind: "suggestions"; readonly id: number; readonly words: readonly Completion[] }
  | { readonly kind: "file"; readonly id: number; readonly file: PreviewedFile }
  /** It was done; the sentence, if any, says with what result. */
  | { readonly kind: "done"; readonly id: number; readonly sentence?: string }
  /** It was not done. The sentence says what failed and what to do next. `code` CANCELLED is not shown as a fault. */
  | {
      readonly kind: "problem";
      readonly id: number;
      readonly sentence: string;
      readonly code?: string;
    }
  | { readonly kind: "telemetry"; readonly telemetry: TelemetryView }
  | { readonly kind: "status"; readonly status: StatusView }
  | { readonly kind: "egress"; readonly egress: EgressView }
  /** The privacy notice as plain text. */
  | { readonly kind: "notice"; readonly text: string }
  /** The person asked for a search outside of the panel, for example for the symbol under the cursor. */
  | { readonly kind: "ask"; readonly query: string; readonly mode?: Mode }
  /** Show a page of the panel and put the focus there. */
  | { readonly kind: "show"; readonly tab: Tab };

/** What the host is and can do. Sent first, and again when something of it changes. */
export interface PanelSettings {
  readonly language: PanelLanguage;
  /** The places that can be searched here; one that is missing is not offered. */
  readonly sources: readonly Source[];
  /** What the host can do; what is false or absent is not offered. */
  readonly can: {
    /** Open a file of the workspace in an editor. */
    readonly open?: boolean;
    /** Open a file of a package in an editor too; otherwise the panel shows it itself. */
    readonly openPackages?: boolean;
    readonly insert?: boolean;
    /** Switch suggestions off, or off for a while. */
    readonly switchEngine?: boolean;
    readonly rebuildIndex?: boolean;
    readonly showNotice?: boolean;
    readonly showSettings?: boolean;
    readonly showLog?: boolean;
    /** Keep questions between two starts. */
    readonly keepQueries?: boolean;
  };
  /** Questions kept from earlier, latest first. Absent: the person does not want them kept, which is the default. */
  readonly keptQueries?: readonly string[];
  /** Keys of the editor that the panel may tell of, by what they do, for example `{ focusSearch: "Ctrl+Shift+S" }`. */
  readonly keys?: { readonly focusSearch?: string };
}

/** One page of results. A `SearchReport` of the language server fits as it is. */
export interface PanelAnswer extends Omit<SearchAnswer, "understoodAs" | "results"> {
  readonly understoodAs: {
    readonly kind: SearchAnswer["understoodAs"]["kind"];
    /** What the question was taken for. */
    readonly sentence: string;
  };
  readonly results: readonly PanelResult[];
  /** More is being read at this moment: asked again soon, there may be more. */
  readonly isIndexing?: boolean;
  /** What the person should know of this search, as sentences. */
  readonly notices?: readonly string[];
}

/** One result with its reason as a phrase. */
export interface PanelResult extends Omit<SearchResult, "why"> {
  readonly why: string;
  /** The folder that was searched; handed back in {@link Place}. */
  readonly root?: string;
  readonly colours?: Colours;
}

/**
 * Which parts of a text have a colour: start, end (UTF-16 units, exclusive) and the number of the colour in {@link colourNames}, again and
 * again, in order and without overlaps. Absent: the text is shown in one colour.
 */
export type Colours = readonly number[];

/** The colours by their numbers. */
export const colourNames = [
  "keyword",
  "string",
  "number",
  "comment",
  "type",
  "call",
  "markup",
] as const;

/** A whole file. */
export interface PreviewedFile {
  readonly text: string;
  readonly language: string;
  readonly colours?: Colours;
}

/** `off`: nothing is counted. `local`: counted and never sent. `on`: counted and sent weekly. */
export type TelemetryMode = "off" | "local" | "on";

/** What the person chose. A yes names what was on the screen. */
export type TelemetryChoice =
  | { readonly mode: "off" | "local" }
  | { readonly mode: "on"; readonly receiver: string; readonly noticeVersion: number };

/** The statistics as the person may see them: all of it. `TelemetryState` of the language server with its history. */
export interface TelemetryView {
  readonly mode: TelemetryMode;
  /** One line: what is counted and sent, or why nothing is. */
  readonly sentence: string;
  /** The organisation's policy rules statistics out. */
  readonly locked: boolean;
  /** The question that comes before `on`; absent when there is nobody to send to or the organisation forbids it. */
  readonly question?: {
    readonly receiver: string;
    readonly noticeVersion: number;
    readonly title: string;
    readonly body: string;
    readonly allow: string;
    readonly refuse: string;
  };
  /** The report of this week as it would be sent now; absent when there is none. */
  readonly next?: ReportView;
  /** Finished weeks that wait for their hour, oldest first. */
  readonly waiting: readonly ReportView[];
  /** The eight figures of this week; absent while nothing is counted. */
  readonly figures?: readonly FigureView[];
  /** The weeks before this one, latest first. */
  readonly history: readonly WeekView[];
  /** Where the choices are kept. */
  readonly choicesPath: string;
  /** Where counts and copies of reports are kept. */
  readonly figuresPath: string;
}

/** A report that may be sent. */
export interface ReportView {
  /** ISO week, for example `2026-W47`. */
  readonly week: string;
  /** The body of the request, byte for byte. */
  readonly bytes: string;
  /** False while there are too few events: such a week is never sent. */
  readonly enough: boolean;
  /** When it goes out, ISO 8601; absent until the week is over. */
  readonly dueAt?: string;
}

/** One of the eight figures in words. `value` is empty when there is nothing to tell yet. */
export interface FigureView {
  readonly title: string;
  readonly value: string;
  /** What is counted, and when. */
  readonly definition?: string;
}

/** How an earlier week ended. */
export interface WeekView {
  readonly week: string;
  /** `sent`: `bytes` left this machine. `refused`: the receiver declined them. `kept`: counted and never sent. */
  readonly outcome: "sent" | "refused" | "waiting" | "kept";
  readonly bytes?: string;
  readonly figures: readonly FigureView[];
}

/** `snoozed`: off until a time. */
export type EngineState = "on" | "off" | "snoozed";

/** What the person chooses of it. */
export type EngineChoice =
  | { readonly kind: "on" }
  | { readonly kind: "off" }
  | { readonly kind: "snooze"; readonly minutes: number };

/** What the assistant is doing, and why it shows nothing when it shows nothing. */
export interface StatusView {
  /** One line: what it is doing, or why the latest request showed nothing. */
  readonly sentence: string;
  readonly engine: EngineState;
  /** When a snooze ends, as a clock time for the person. */
  readonly snoozedUntil?: string;
  /** Where suggestions are computed: on this machine alone, or with a model service too. */
  readonly model: { readonly kind: "local" | "remote"; readonly sentence: string };
  /** The latest request for suggestions; absent before the first. */
  readonly last?: {
    readonly shown: number;
    /** Why nothing was shown; absent when something was. */
    readonly sentence?: string;
    readonly latencyMs?: number;
  };
  /** One for each open folder. */
  readonly folders: readonly FolderView[];
}

/** What is indexed of a folder. */
export interface FolderView {
  readonly root: string;
  readonly activity:
    | { readonly kind: "starting" | "ready" }
    | { readonly kind: "indexing"; readonly filesDone: number; readonly filesTotal: number }
    | { readonly kind: "failed"; readonly sentence: string };
  readonly files: number;
  readonly tokens: number;
  /** Of the index on disk; 0 while it is in memory alone. */
  readonly bytes: number;
  /** Where the index is; absent when it is in memory alone. */
  readonly cacheFolder?: string;
  /** Files that were left out, by the reason as a phrase, for example "may hold secrets (never opened)". */
  readonly leftOut: readonly { readonly reason: string; readonly files: number }[];
  /** Files in the index by language. */
  readonly languages?: Readonly<Record<string, number>>;
  /** What the person should know though work goes on. */
  readonly notices: readonly string[];
}

/** Where data went, as far as it is on record. */
export interface EgressView {
  /** What may be connected to, and by which permission; empty when nothing may. */
  readonly permits: readonly PermitView[];
  /** Every connection there was, latest first. */
  readonly connections: readonly ConnectionView[];
}

/** A permission to send something somewhere. */
export interface PermitView {
  /** Host and port. */
  readonly destination: string;
  /** For what, as a phrase. */
  readonly purpose: string;
  /** What may be sent, as phrases. */
  readonly items: readonly string[];
  /** The day it was given, `YYYY-MM-DD`; absent for one that a setting gives. */
  readonly since?: string;
}

/** One connection. */
export interface ConnectionView {
  /** Host and port. */
  readonly destination: string;
  readonly purpose: string;
  /** When, for the person: a local date and time, or the week a report is about. */
  readonly at: string;
  readonly bytesSent: number;
  readonly outcome: "sent" | "failed";
}

/** Makes a message of what a webview posted; undefined for anything that is none. Unknown fields are dropped. */
export function parsePanelMessage(value: unknown): PanelMessage | undefined {
  const given = toRecord(value);
  const { kind, id, query, text } = given;
  switch (kind) {
    case "ready":
    case "telemetry-get":
    case "status-get":
    case "egress-get":
    case "show-notice":
    case "show-settings":
    case "show-log":
      return { kind };
    case "event": {
      const event = parseEvent(given["event"]);
      return event && { kind, event };
    }
    case "keep-queries": {
      const { queries } = given;
      if (queries === undefined) return { kind };
      return isTexts(queries) ? { kind, queries } : undefined;
    }
  }
  if (!isCount(id)) return undefined;
  switch (kind) {
    case "search": {
      const { page, pageSize, mode } = given;
      const filter = parseFilter(given["filter"]);
      if (typeof query !== "string" || !isCount(page) || !isCount(pageSize)) return undefined;
      if (!isOneOf(mode, modes) || filter === undefined) return undefined;
      return { kind, id, query, page, pageSize, mode, filter };
    }
    case "suggest":
      return typeof query === "string" ? { kind, id, query } : undefined;
    case "copy":
    case "insert":
      return typeof text === "string" ? { kind, id, text } : undefined;
    case "preview": {
      const place = parsePlace(given["place"]);
      return place && { kind, id, place };
    }
    case "open": {
      const place = parsePlace(given["place"]);
      const { line } = given;
      return place && isCount(line) ? { kind, id, place, line } : undefined;
    }
    case "telemetry-set": {
      const choice = parseChoice(given["choice"]);
      return choice && { kind, id, choice };
    }
    case "engine-set": {
      const engine = parseEngine(given["engine"]);
      return engine && { kind, id, engine };
    }
    case "cancel":
    case "telemetry-purge":
    case "telemetry-export":
    case "index-rebuild":
      return { kind, id };
    default:
      return undefined;
  }
}

const modes = ["auto", "api", "description", "literal", "regex", "error"] as const satisfies Mode[];
const sources = ["workspace", "dependencies", "team"] as const satisfies Source[];

function parseEvent(value: unknown): PanelEvent | undefined {
  const { kind, rank } = toRecord(value);
  if (kind === "click" || kind === "page-turn") return { kind };
  return kind === "adopt" && isCount(rank) ? { kind, rank } : undefined;
}

function parseChoice(value: unknown): TelemetryChoice | undefined {
  const { mode, receiver, noticeVersion } = toRecord(value);
  if (mode === "off" || mode === "local") return { mode };
  return mode === "on" && typeof receiver === "string" && isCount(noticeVersion)
    ? { mode, receiver, noticeVersion }
    : undefined;
}

function parseEngine(value: unknown): EngineChoice | undefined {
  const { kind, minutes } = toRecord(value);
  if (kind === "on" || kind === "off") return { kind };
  return kind === "snooze" && isCount(minutes) ? { kind, minutes } : undefined;
}

function parseFilter(value: unknown): Filter | undefined {
  const given = toRecord(value);
  const { path, package: name, languages } = given;
  const wanted = given["sources"];
  if (languages !== undefined && !isTexts(languages)) return undefined;
  if (wanted !== undefined && !isTexts(wanted)) return undefined;
  return {
    ...(wanted === undefined ? {} : { sources: sources.filter((each) => wanted.includes(each)) }),
    ...(languages === undefined ? {} : { languages }),
    ...(typeof path === "string" ? { path } : {}),
    ...(typeof name === "string" ? { package: name } : {}),
  };
}

function parsePlace(value: unknown): Place | undefined {
  const given = toRecord(value);
  const { source, path, root } = given;
  if (!isOneOf(source, sources) || typeof path !== "string") return undefined;
  const { ecosystem, name, version } = toRecord(given["package"]);
  const isPackage =
    typeof ecosystem === "string" && typeof name === "string" && typeof version === "string";
  if (given["package"] !== undefined && !isPackage) return undefined;
  return {
    source,
    path,
    ...(isPackage ? { package: { ecosystem, name, version } } : {}),
    ...(typeof root === "string" ? { root } : {}),
  };
}

function toRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

function isOneOf<T extends string>(value: unknown, list: readonly T[]): value is T {
  return list.some((each) => each === value);
}
