/**
 * What a plugin may say when it fails, and how Dify hears it.
 *
 * Dify decides by the *name* of an error what to do next (rest a credential, try another, tell the user), so the
 * names form a closed table. The daemon writes message and arguments to its log: put nothing of a request in them.
 */

/** Our stable code for each failure Dify tells apart, with the wire name Dify knows it by. */
export const errorTypes = {
  CONNECTION: "InvokeConnectionError",
  SERVER_UNAVAILABLE: "InvokeServerUnavailableError",
  RATE_LIMIT: "InvokeRateLimitError",
  AUTHORIZATION: "InvokeAuthorizationError",
  BAD_REQUEST: "InvokeBadRequestError",
  CREDENTIALS: "CredentialsValidateFailedError",
  /** Any failure that is not one of the above; Dify shows it as a plain plugin error. */
  INTERNAL: "PluginInternalError",
} as const;

/** A key of {@link errorTypes}. */
export type PluginErrorCode = keyof typeof errorTypes;

/** At most ten small values that go with an error; the daemon refuses more. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean>>;

/** The error object of the wire (`session` event, type `error`). */
export interface WireError {
  readonly error_type: string;
  readonly message: string;
  readonly args: ErrorDetails;
}

const maxDetails = 10;
const maxMessageLength = 2000;

/**
 * Thrown by a plugin to fail one session with a name Dify understands. `message` should say what failed and what to do
 * next. Both `message` and `details` reach the daemon's log: they must hold nothing taken from a request or an answer.
 */
export class PluginError extends Error {
  readonly code: PluginErrorCode;
  readonly details: ErrorDetails;

  constructor(
    code: PluginErrorCode,
    message: string,
    options: { details?: ErrorDetails; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "PluginError";
    this.code = code;
    this.details = options.details ?? {};
  }
}

/**
 * The wire form of anything a handler threw. An error that is not a {@link PluginError} was not meant for readers: its
 * message may quote a prompt (`JSON.parse` does), so only the name of its class is sent.
 */
export function toWireError(thrown: unknown): WireError {
  if (thrown instanceof PluginError) {
    return {
      error_type: errorTypes[thrown.code],
      message: thrown.message.slice(0, maxMessageLength),
      args: Object.fromEntries(Object.entries(thrown.details).slice(0, maxDetails)),
    };
  }
  const name =
    thrown instanceof Error && /^[A-Za-z]{1,64}$/.test(thrown.constructor.name)
      ? thrown.constructor.name
      : "unknown";
  return {
    error_type: errorTypes.INTERNAL,
    message: `The plugin failed unexpectedly (${name}). Report it to the plugin's author.`,
    args: {},
  };
}
