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

/** One page of answers. Sentences are in the editor's language. */
export interface SearchReport extends Omit<SearchAnswer, "understoodAs" | "results"> {
  readonly understoodAs: { readonly kind: Understanding["kind"]; readonly sentence: string };
  /** With the reason as a phrase, and the folder that was searched. */
  readonly results: readonly (Omit<SearchResult, "why"> & {
    readonly why: string;
    readonly root: string;
  })[];
}
