/**
 * What can go wrong between a request and a model, with a stable code each.
 * A message never quotes a prompt, an answer or a credential: it may end up in somebody's log.
 */
export const modelErrorCodes = {
  UNSUPPORTED: "The provider cannot do what the request asks.",
  INVALID_REQUEST: "The request does not have the documented shape.",
  INVALID_RESPONSE: "The provider's answer does not have the documented shape.",
  UPSTREAM_ERROR: "The provider reported an error, possibly in the middle of a stream.",
  EVENT_TOO_LARGE: "One event of a stream is larger than the limit.",
  BODY_TOO_LARGE: "A body is larger than the limit.",
  INSECURE_ENDPOINT:
    "The endpoint is plain HTTP, is not on this machine and was not explicitly allowed.",
  INVALID_CREDENTIAL: "The credential cannot sign a request.",
  CONNECTION_FAILED: "The endpoint could not be reached or broke off.",
} as const;

/** One of the stable codes of {@link modelErrorCodes}. */
export type ModelErrorCode = keyof typeof modelErrorCodes;

/** What a provider said about a failure, in OpenAI's shape. The message may quote the caller's content: show it to the caller, never log it. */
export interface ProviderError {
  readonly message: string;
  readonly type: string;
  readonly code: string | null;
  readonly param: string | null;
  /** The provider's name for this exchange, to ask its support with. */
  readonly requestId?: string;
}

/** A failure with a stable `code`; `param` names the request's field at fault, `provider` is what the provider said. */
export class ModelError extends Error {
  readonly code: ModelErrorCode;
  readonly param: string | undefined;
  readonly provider: ProviderError | undefined;

  constructor(
    code: ModelErrorCode,
    message: string,
    more: { param?: string; provider?: ProviderError; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = "ModelError";
    this.code = code;
    this.param = more.param;
    this.provider = more.provider;
  }
}
