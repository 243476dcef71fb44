/** What can go wrong here, by a code that stays. */
export type TelemetryErrorCode =
  /** The choices cannot be written: nothing changed. */
  | "TELEMETRY_CHOICE_UNWRITABLE"
  /** Counts or copies cannot be deleted. */
  | "TELEMETRY_UNDELETABLE"
  /** A receiver is not the origin of an HTTPS address. */
  | "TELEMETRY_RECEIVER_INVALID"
  /** A yes was given to another question than the one of now. */
  | "TELEMETRY_QUESTION_OUTDATED"
  /** The organisation's policy rules statistics out. */
  | "TELEMETRY_FORBIDDEN"
  /** The folder of a receiver cannot be read or written. */
  | "TELEMETRY_STORE_UNUSABLE";

/** A failure that a person can do something about; `details` are paths and the system's codes, never figures. */
export class TelemetryError extends Error {
  /** See `TelemetryErrorCode`. */
  readonly code: TelemetryErrorCode;
  /** What a sentence in another language is filled with. */
  readonly details: Readonly<Record<string, string>>;

  constructor(
    code: TelemetryErrorCode,
    message: string,
    details: Readonly<Record<string, string>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "TelemetryError";
    this.code = code;
    this.details = details;
  }
}

/** The operating system's code of a failure ("ENOSPC"), or what kind of failure it is. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
