import type { EgressView } from "@cloud-code/panel/protocol";
import type { SearchAnswer, SearchResult, Understanding } from "@cloud-code/search";
import type { Status } from "../session.ts";
import type { Reason } from "./words.ts";

/**
 * Request (no parameters, answers a {@link StatusReport}) and notification (carries one). The notification goes only to editors that
 * announced `capabilities.experimental.cloudCode.status: true`.
 */
export const statusMethod = "cloud-code/status";

/** What an editor's status item shows. Sentences are in the editor's language. */
export interface StatusReport {
  /** One line: what the server is doing, or why the latest request showed nothing. */
  readonly sentence: string;
  /** False while the person switched completion off. */
  readonly enabled: boolean;
  /** One per open project. */
  readonly sessions: readonly Status[];
  /** The latest request for suggestions; absent before the first. */
  readonly last?: LastRequest;
}

/** How the latest request for suggestions went. */
export interface LastRequest {
  readonly view: "list" | "ghost";
  /** How many suggestions were handed to the editor. */
  readonly shown: number;
  /** Present exactly when `shown` is 0. */
  readonly reason?: Reason;
  /** The reason as a sentence. */
  readonly sentence?: string;
  /** From question to answer; absent when nothing was asked of the engine. */
  readonly latencyMs?: number;
}

/**
 * Request for code: `{ query, mode?, apis?, filter?, page?, pageSize?, workspace? }`, where `workspace` is the URI of an open folder, answers a
 * {@link SearchReport}. Announced by `capabilities.experimental.cloudCode.search: true`.
 */
export const searchMethod = "cloud-code/search";

/** Request for what the last word of `{ query, workspace? }` may become: `{ text, kind, count }[]`. */
export const suggestMethod = "cloud-code/suggest";

/**
 * Request for the whole text of a file that was found: `{ path, package?: { ecosystem, name, version }, workspace? }`, answers a
 * {@link FoundSource}, or null when the file is gone. Files that are in no index are never read.
 */
export const sourceMethod = "cloud-code/source";

/** A file that was found. */
export interface FoundSource {
  readonly text: string;
  readonly language: string;
  /** What has which colour in the text; `Colours` of the panel. */
  readonly colours: readonly number[];
}

/** One page of answers. Sentences are in the editor's language. */
export interface SearchReport extends Omit<SearchAnswer, "understoodAs" | "results"> {
  readonly understoodAs: { readonly kind: Understanding["kind"]; readonly sentence: string };
  /** The dependencies are still being read: there may be more soon. */
  readonly isIndexing?: boolean;
  /** What the person should know of this search, for example why the model was not asked. */
  readonly notices?: readonly string[];
  /** With the reason as a phrase, and the folder that was searched. */
  readonly results: readonly (Omit<SearchResult, "why"> & {
    readonly why: string;
    readonly root: string;
    /** What has which colour in the snippet; `Colours` of the panel. */
    readonly colours: readonly number[];
  })[];
}

/**
 * Notification of the editor: what the person did with search results. Sent once per deed; it carries no text, no path and no query.
 * Counted only while usage statistics are counted at all.
 */
export const searchUsedMethod = "cloud-code/search/used";

/** One deed on a page of search results. */
export type SearchUse =
  /** A result was opened or its preview shown. */
  | { readonly kind: "click" }
  /** A result's code was inserted or copied; `rank` is its place among all results from 1, over all pages. */
  | { readonly kind: "adopt"; readonly rank: number }
  /** Another page of the same results was shown. */
  | { readonly kind: "page-turn" };

/** Request (no parameters): the assistant's privacy notice in the editor's language, a {@link PrivacyNotice}. */
export const noticeMethod = "cloud-code/notice";

/** The notice, to be shown before first use and whenever it is asked for. */
export interface PrivacyNotice {
  /** Raised by every material change: what was answered under another version is asked again. */
  readonly version: number;
  readonly markdown: string;
}

/** Request (no parameters): how usage statistics stand, a {@link TelemetryState}. */
export const telemetryStateMethod = "cloud-code/telemetry/state";

/**
 * Request with {@link TelemetryChoice}: records the person's answer and answers with the {@link TelemetryState} after it. Lowering takes
 * effect before the answer is sent: an upload under way is aborted and the queue is empty. Fails with `InvalidParams` when a yes names
 * another receiver or notice than the question of now, and with `RequestFailed` (`data.code`) when the choice cannot be written.
 */
export const telemetrySetMethod = "cloud-code/telemetry/set";

/** Request (no parameters): deletes every count and every copy of a report from this machine; answers with the state after it. */
export const telemetryPurgeMethod = "cloud-code/telemetry/purge";

/** Request (no parameters): the weeks before this one, newest first, as {@link TelemetryWeek}`[]`. */
export const telemetryHistoryMethod = "cloud-code/telemetry/history";

/**
 * Request (no parameters): where data may go and went from this machine, an {@link EgressView}: reports that left, and requests to an embedding model since the
 * server started.
 */
export const egressMethod = "cloud-code/egress";

/** Request (no parameters): the embedding model of the code search, a {@link ModelState}. */
export const modelStateMethod = "cloud-code/model/state";

/**
 * Request with {@link ModelAnswer}: records the person's answer, which holds from the next request to the model, and answers with the {@link ModelState}
 * after it. Fails with `InvalidParams` when the answer is one to another question than the one of now.
 */
export const modelSetMethod = "cloud-code/model/set";

/** What the person answered; a yes names what was on the screen. */
export type ModelAnswer =
  | { readonly allowed: false; readonly receiver: string }
  | { readonly allowed: true; readonly receiver: string; readonly noticeVersion: number };

/** The embedding model that has a say in the order of what is found. It is set up in the environment of the server. */
export interface ModelState {
  /** `none`: words alone decide. `local`: a model on this machine. `remote`: one elsewhere, which sees code only after a yes. */
  readonly kind: "none" | "local" | "remote";
  /** One line: who is asked, or why nobody is. */
  readonly sentence: string;
  /** Whether it would be asked at this moment. */
  readonly asks: boolean;
  /** Whether the person said yes or no to it under the notice of now. */
  readonly answered: boolean;
  /** The origin of a remote model. */
  readonly receiver?: string;
  /** The question that a yes would answer; absent when none is needed or none would help. */
  readonly question?: TelemetryQuestion;
}

/** Request (no parameters): everything that is kept about usage on this machine, as {@link TelemetryExport}. */
export const telemetryExportMethod = "cloud-code/telemetry/export";

/**
 * Notification of the editor with {@link EditorTelemetry}, whenever the editor's own switch changes; its first value comes in
 * `initializationOptions.editorTelemetry`.
 */
export const telemetryEditorMethod = "cloud-code/telemetry/editor";

/**
 * Notification of the server with the new {@link TelemetryState}, after every change of the choice, by whichever window or terminal. Goes
 * only to editors that announced `capabilities.experimental.cloudCode.telemetry: true`.
 */
export const telemetryChangedMethod = "cloud-code/telemetry/changed";

/** `off`: nothing is counted. `local`: counted on this machine and never sent. `on`: counted, and sent once a week. */
export type TelemetryMode = "off" | "local" | "on";

/** What the person chose. A yes names what was on the screen; closing the question is no choice and is not sent. */
export type TelemetryChoice =
  | { readonly mode: "off" | "local" }
  | { readonly mode: "on"; readonly receiver: string; readonly noticeVersion: number };

/** The editor's own telemetry switch, in VS Code `env.isTelemetryEnabled`. An editor without one sends nothing, which means no. */
export interface EditorTelemetry {
  readonly allowed: boolean;
}

/** What a switch, a status item and an inspector show. Sentences are in the editor's language. */
export interface TelemetryState {
  readonly mode: TelemetryMode;
  /** One line: what is counted and sent, or why nothing is. */
  readonly sentence: string;
  /** Whether a report that is due would be sent at this moment. */
  readonly sends: boolean;
  /** Why not, a key of policy's `denials`; absent when `sends`, and while the mode is not `on`. */
  readonly because?: string;
  /** The organisation's policy rules statistics out: show the switch locked. */
  readonly locked: boolean;
  /** Whether the person answered the question of now. Ask only while false, once for each `question.noticeVersion`. */
  readonly answered: boolean;
  /** The question for `mode: "on"`; absent when there is no receiver to name or the organisation forbids it. */
  readonly question?: TelemetryQuestion;
  /** The report of this week as it would be sent if the week ended now; absent unless the mode is `on`. */
  readonly next?: TelemetryReport;
  /** Finished weeks that wait for their hour, oldest first. */
  readonly waiting: readonly TelemetryReport[];
  /** The eight figures of this week as counted here, sendable or not; absent while `off`. */
  readonly figures?: readonly TelemetryFigure[];
  /** Where the choices are kept. The file exists once there was a choice. */
  readonly choicesPath: string;
  /** Where counts and copies of reports are kept. The folder exists once something was counted. */
  readonly figuresPath: string;
}

/** A question for consent, ready for a dialog with two answers of the same rank. */
export interface TelemetryQuestion {
  /** The origin a yes is for; goes back in {@link TelemetryChoice} or {@link ModelAnswer}. */
  readonly receiver: string;
  /** The notice a yes is for; goes back with it. */
  readonly noticeVersion: number;
  readonly title: string;
  readonly body: string;
  readonly allow: string;
  readonly refuse: string;
  /** Label of what opens the notice ({@link noticeMethod}). */
  readonly more: string;
}

/** A report that may be sent. */
export interface TelemetryReport {
  /** ISO week, "2026-W47". */
  readonly week: string;
  /** The body of the request, byte for byte (ASCII). */
  readonly bytes: string;
  /** False while there are fewer than 20 triggers: such a week is never sent. */
  readonly enough: boolean;
  /** When it goes out, ISO 8601; absent until the week is over. */
  readonly dueAt?: string;
}

/** One of the eight figures, worded. `value` is empty when there is nothing to average yet. */
export interface TelemetryFigure {
  readonly title: string;
  readonly value: string;
  /** What is counted, and when; present in {@link TelemetryState}. */
  readonly definition?: string;
}

/** How a week before this one ended. */
export interface TelemetryWeek {
  readonly week: string;
  /** `sent`: `bytes` left this machine. `refused`: the receiver declined them. `waiting`: not yet sent. `kept`: counted and never sent. */
  readonly outcome: "sent" | "refused" | "waiting" | "kept";
  /** The report's bytes; absent for `kept`. */
  readonly bytes?: string;
  /** The eight figures: of a report as it was rounded, otherwise as counted. */
  readonly figures: readonly TelemetryFigure[];
}

/** A document to save. */
export interface TelemetryExport {
  readonly fileName: string;
  /** JSON. */
  readonly text: string;
}

export type { EgressView };
