import type { Language } from "@cloud-code/syntax";

/** One file as the caller read it. `stamp` is returned by `Project.stamps()`, so the caller can tell a changed file from an unchanged one. */
export interface SourceFile {
  /** Path relative to the workspace root, with forward slashes. */
  readonly path: string;
  readonly language: Language;
  readonly text: string;
  /** Anything that changes when the file changes, for example size and modification time. */
  readonly stamp: string;
}

/** Where the cursor is. Offsets are UTF-16 units into `text`. */
export interface CompletionRequest {
  readonly path: string;
  readonly language: Language;
  /** The whole document as the editor has it. */
  readonly text: string;
  /** Cursor position in `text`. */
  readonly offset: number;
  /** How many candidates to return at most. Default 5. */
  readonly limit?: number;
  /** True when the person asked by hand: gates that keep the engine quiet while typing do not apply. Default false. */
  readonly explicit?: boolean;
  /** Aborts the search; an aborted request answers with `why: "cancelled"`. */
  readonly signal?: CancelSignal;
}

/** The part of `AbortSignal` the engine needs; pure packages do not see the platform's own type. */
export interface CancelSignal {
  readonly aborted: boolean;
}

/** One suggestion. It replaces `replace.start … replace.end` of the document with `text`; the range never leaves the cursor's line. */
export interface Suggestion {
  /** What is inserted at the cursor for an exact prefix; the completed word included when the half-typed word is re-spelled. */
  readonly text: string;
  /** 1-based position in the list as shown. */
  readonly rank: number;
  /** Calibrated probability that this is the whole rest of the line, 0 to 1. */
  readonly probability: number;
  /** Which level of the engine supports it most. */
  readonly source: "file" | "project" | "model";
  readonly replace: { readonly start: number; readonly end: number };
}

/** Why a list is empty. A closed list: each reason has words in English and Chinese in the assistant. */
export type Silence =
  | "cancelled"
  | "inside-comment"
  | "inside-string"
  | "inside-word"
  | "line-finished"
  | "no-evidence"
  | "all-rejected-by-parser"
  | "out-of-time";

/** The answer to one request. `why` is present exactly when `candidates` is empty. */
export interface CompletionResult {
  readonly candidates: readonly Suggestion[];
  readonly why?: Silence;
}

/**
 * Counts the syntax errors of the open document after replacing `start … end` by `text`; undefined when it cannot tell, for
 * example for want of a grammar. What the engine asks of a parser.
 */
export type CountErrors = (start: number, end: number, text: string) => number | undefined;
