import type { ConsoleErrorCode, ConsoleProblem } from "./protocol.ts";

/** The HTTP status of each code. */
export const statusOf: Readonly<Record<ConsoleErrorCode, number>> = {
  "bad-request": 400,
  "wrong-key": 401,
  "used-ticket": 401,
  "foreign-request": 403,
  "refused-file": 403,
  "read-only": 403,
  "not-found": 404,
  "changed-on-disk": 409,
  "too-large": 413,
  "not-text": 415,
  failed: 500,
};

/** A request that cannot be served. Its message is shown to the person: no file content, no key. */
export class Problem extends Error {
  readonly code: ConsoleErrorCode;
  /** See `ConsoleProblem.version`. */
  readonly version: string | null | undefined;

  constructor(code: ConsoleErrorCode, message: string, version?: string | null) {
    super(message);
    this.name = "Problem";
    this.code = code;
    this.version = version;
  }

  /** The body as it goes over the wire. */
  toBody(): ConsoleProblem {
    const { code, message, version } = this;
    return version === undefined ? { code, message } : { code, message, version };
  }
}
