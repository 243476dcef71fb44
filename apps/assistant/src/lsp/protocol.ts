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
