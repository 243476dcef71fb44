import type { CancelSignal, CompletionResult } from "@cloud-code/completion";

/** What is happening in a session right now; every surface (terminal, editor, page) words it from this one value. */
export type Activity =
  | { readonly kind: "starting" }
  | { readonly kind: "indexing"; readonly filesDone: number; readonly filesTotal: number }
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly code: string; readonly message: string };

/** The state of a session, for `cloud-code status`, the editor's status item and the page. */
export interface Status {
  readonly root: string;
  readonly activity: Activity;
  readonly index: {
    readonly files: number;
    readonly tokens: number;
    /** Bytes of the index at rest; 0 while it exists only in memory. */
    readonly bytes: number;
    /** Files that were not read, by reason: ignored, secret, too large, minified, binary, unreadable, unsupported. */
    readonly skipped: Readonly<Record<string, number>>;
  };
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

/** Why nothing is shown: the engine's reasons and those of the session around it. */
export type Why =
  | NonNullable<CompletionResult["why"]>
  | "unsupported-language"
  | "refused-file"
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
  /** Tells the session that a file on disk was created, changed or deleted. */
  changed(path: string): void;
  /** Resolves when the index holds everything that was on disk when the session opened. */
  ready(): Promise<void>;
  close(): Promise<void>;
}
