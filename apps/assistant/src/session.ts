import type { CancelSignal, CompletionResult } from "@cloud-code/completion";
import type { ErrorCode } from "./errors.ts";

/** What is happening in a session right now; every surface (terminal, editor, page) words it from this one value. */
export type Activity =
  | { readonly kind: "starting" }
  | { readonly kind: "indexing"; readonly filesDone: number; readonly filesTotal: number }
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly code: string; readonly message: string };

/** Why a file of the workspace is not in the index. A closed list: `words.ts` has a sentence for each in both languages. */
export type SkipReason =
  | "ignored"
  | "secret"
  | "symlink"
  | "unsupported"
  | "too-large"
  | "generated"
  | "minified"
  | "binary"
  | "not-utf8"
  | "unreadable"
  | "over-budget";

/** Something the person should know though work goes on, for example that the index cannot be kept on disk. `wordError` words it. */
export interface Notice {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, string | number>>;
}

/** The state of a session, for `cloud-code status`, the editor's status item and the page. */
export interface Status {
  readonly root: string;
  readonly activity: Activity;
  readonly index: {
    readonly files: number;
    readonly tokens: number;
    /** Bytes of the index at rest; 0 while it exists only in memory. */
    readonly bytes: number;
    /** Files that were not read, by `SkipReason`; a folder that is ignored or unreadable counts once. */
    readonly skipped: Readonly<Record<string, number>>;
    /** Files in the index by language. */
    readonly languages?: Readonly<Record<string, number>>;
  };
  /** The folder for the index of this workspace; absent when the session keeps none on disk. */
  readonly cacheFolder?: string;
  /** The latest notice of each code, oldest first. */
  readonly notices?: readonly Notice[];
}

/** One request as a surface makes it: a file relative to the root, its text as the editor has it, and the cursor's UTF-16 offset. */
export interface Question {
  readonly path: string;
  readonly text: string;
  readonly offset: number;
  readonly limit?: number;
  readonly explicit?: boolean;
  readonly signal?: CancelSignal;
}

/** Why nothing is shown: the engine's reasons and those of the session around it. `wordWhy` words it. */
export type Why =
  | NonNullable<CompletionResult["why"]>
  | "unsupported-language"
  | "refused-file"
  | "file-too-large"
  | "indexing"
  | "failed";

/** The engine's answer with the time it took, wall clock, question to answer. */
export interface Answer {
  readonly candidates: CompletionResult["candidates"];
  readonly why?: Why;
  readonly latencyMs: number;
}

/** One open workspace. Completion works from the first moment: before the index is there the current file alone answers. */
export interface Session {
  readonly root: string;
  complete(question: Question): Promise<Answer>;
  status(): Status;
  /** Calls `listener` at every change of status; the returned function ends that. */
  onStatus(listener: (status: Status) => void): () => void;
  /** Tells the session that a file or folder on disk was created, changed or deleted; absolute or relative to the root. */
  changed(path: string): void;
  /** Resolves when the index holds everything that was on disk when the session opened; rejects when the indexer failed or the session closed. */
  ready(): Promise<void>;
  close(): Promise<void>;
}
