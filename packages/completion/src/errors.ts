/** What can go wrong in this package; the caller decides what a person reads. */
export type CompletionErrorCode = "SEGMENT_CORRUPT" | "SEGMENT_VERSION";

/** A broken promise with a stable code, for example index bytes that were damaged on disk. */
export class CompletionError extends Error {
  readonly code: CompletionErrorCode;

  constructor(code: CompletionErrorCode, message: string) {
    super(message);
    this.name = "CompletionError";
    this.code = code;
  }
}
