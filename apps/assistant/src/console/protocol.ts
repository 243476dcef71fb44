import type { PanelMessage } from "@cloud-code/panel/protocol";
import type { Language } from "@cloud-code/syntax";
import type { Status } from "../session.ts";

/** One file the page may open. */
export interface FileEntry {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly bytes: number;
  readonly language: Language;
}

/** What the page asks for first: the project, its files and which of them to open. */
export interface Project {
  readonly name: string;
  readonly files: readonly FileEntry[];
  /** The file that shows most at first sight; absent when the project has no source file. */
  readonly start?: string;
  readonly status: Status;
}

/** How the lines of a file end. `mixed` files are handed over byte for byte, the others with `\n` alone. */
export type LineEnding = "lf" | "crlf" | "mixed";

/** The text of a file with what is needed to save it again. */
export interface OpenedFile {
  readonly path: string;
  readonly text: string;
  readonly language: Language;
  readonly lineEnding: LineEnding;
  /** Digest of the bytes on disk; a save that names another one is refused. */
  readonly version: string;
}

/** A save. `version` is that of the file as it was opened, or null to create a file that is gone from the disk. */
export interface SaveRequest {
  readonly text: string;
  readonly version: string | null;
}

/** The answer to a save that was done. */
export interface Saved {
  readonly version: string;
}

/** A message of the page's panel, to be answered with messages for it in `language`. */
export interface PanelRequest {
  readonly message: PanelMessage;
  readonly language: "en" | "zh";
}

/** An accepted suggestion, for usage statistics: by rank and length, never by content. */
export interface Use {
  readonly kind: "accept";
  readonly rank: number;
  readonly characters: number;
}

/** What can go wrong between page and server; the page has words for each in English and Chinese. */
export type ConsoleErrorCode =
  | "bad-request"
  | "wrong-key"
  | "used-ticket"
  | "foreign-request"
  | "refused-file"
  | "read-only"
  | "not-found"
  | "changed-on-disk"
  | "too-large"
  | "not-text"
  | "failed";

/** The body of every answer that is not a success. */
export interface ConsoleProblem {
  readonly code: ConsoleErrorCode;
  /** What failed and what to do next, in English. */
  readonly message: string;
  /** With `changed-on-disk`: the version now on disk, null when the file is gone. */
  readonly version?: string | null;
}
