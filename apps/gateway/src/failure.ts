import { ModelError, type ProviderError } from "@cloud-code/models";

/** Every way a request can fail at the gateway itself: HTTP status, OpenAI's error type, and what to do. One table. */
const failures = {
  not_found: [
    404,
    "invalid_request_error",
    "There is nothing at this path. See the README for the list of endpoints.",
  ],
  method_not_allowed: [
    405,
    "invalid_request_error",
    "This endpoint does not take this method. The header Allow names those it takes.",
  ],
  missing_credentials: [
    401,
    "authentication_error",
    "No credentials were sent. Send `Authorization: Bearer <key>`, or sign the request with x-ca-* headers.",
  ],
  invalid_api_key: [
    401,
    "authentication_error",
    "The API key is unknown or has expired. Ask the gateway's operator for a new one.",
  ],
  invalid_token: [401, "authentication_error", "The token was not accepted."],
  invalid_signature: [401, "authentication_error", "The signature was not accepted."],
  unknown_consumer: [
    403,
    "permission_error",
    "The token is genuine, but no consumer of this gateway has its name.",
  ],
  foreign_site: [
    403,
    "permission_error",
    "Without a key this gateway answers programs of its own machine only. Write 127.0.0.1 or localhost in the address, or send a consumer's key.",
  ],
  keys_unavailable: [
    503,
    "server_error",
    "The keys that tokens are verified with cannot be fetched right now. Try again shortly.",
  ],
  model_not_allowed: [
    403,
    "permission_error",
    "This consumer may not use this model. `GET /v1/models` lists those it may use.",
  ],
  model_not_found: [
    404,
    "invalid_request_error",
    "This gateway knows no model of this name. `GET /v1/models` lists them.",
  ],
  model_missing: [400, "invalid_request_error", "The request names no model. Add a `model` field."],
  model_too_late: [
    400,
    "invalid_request_error",
    "The request's `model` field comes too late in a large body. Put it first, or let the operator raise limits.peekBytes.",
  ],
  duplicate_field: [
    400,
    "invalid_request_error",
    "A field that decides the route occurs twice. Send it once.",
  ],
  invalid_body: [400, "invalid_request_error", "The body is not a JSON object."],
  invalid_request: [400, "invalid_request_error", "The request is not of the documented form."],
  unsupported: [400, "invalid_request_error", "The model's provider cannot do this."],
  unsupported_encoding: [
    415,
    "invalid_request_error",
    "Compressed request bodies are not taken. Send the body as it is, without Content-Encoding.",
  ],
  body_too_large: [413, "invalid_request_error", "The body is larger than this gateway takes."],
  body_timeout: [408, "invalid_request_error", "The request's body stopped arriving."],
  body_digest_mismatch: [
    400,
    "invalid_request_error",
    "The body does not match its signed Content-MD5.",
  ],
  rate_limited: [
    429,
    "rate_limit_error",
    "This consumer's limit is reached. Wait as long as the header Retry-After says.",
  ],
  overloaded: [
    503,
    "server_error",
    "All targets of this model are busy or resting after failures. Try again shortly.",
  ],
  draining: [
    503,
    "server_error",
    "This gateway is shutting down. Try again: another one will answer.",
  ],
  no_upstream: [
    503,
    "server_error",
    "No model provider is configured yet. Add one under `upstreams`, or run `cloud-code-gateway init`.",
  ],
  upstream_auth: [
    502,
    "server_error",
    "The provider refused the gateway's own credentials. The operator has to check them.",
  ],
  upstream_unreachable: [
    502,
    "server_error",
    "The provider could not be reached. Try again shortly, or tell the gateway's operator.",
  ],
  upstream_broken: [
    502,
    "server_error",
    "The provider's answer broke off or was not understood. Try again, or tell the gateway's operator.",
  ],
  upstream_timeout: [
    504,
    "server_error",
    "The provider did not answer in time. Try again, or ask for a shorter answer.",
  ],
  internal: [
    500,
    "server_error",
    "The gateway failed. Report the request's number to its operator.",
  ],
} as const satisfies Record<string, readonly [number, string, string]>;

/** Anthropic's types where they differ from OpenAI's, by HTTP status. */
const anthropicTypes: Readonly<Record<number, string>> = {
  404: "not_found_error",
  413: "request_too_large",
  504: "timeout_error",
};

/** A stable code of {@link failures}; also what the log shows. */
export type FailureCode = keyof typeof failures;

/** A failure on its way to the caller. `detail` may name fields and models of the request: it is for the caller and never logged. */
export class GatewayFailure extends Error {
  readonly code: FailureCode;
  readonly param: string | null;
  readonly retryAfterSeconds: number | undefined;
  /** What the provider said, where it is the provider's failure and its words are the caller's business. */
  readonly provider: { readonly status: number; readonly error: ProviderError } | undefined;

  constructor(
    code: FailureCode,
    more: {
      detail?: string;
      param?: string;
      retryAfterSeconds?: number;
      cause?: unknown;
      provider?: { status: number; error: ProviderError };
    } = {},
  ) {
    super(
      more.detail ?? failures[code][2],
      more.cause === undefined ? undefined : { cause: more.cause },
    );
    this.name = "GatewayFailure";
    this.code = code;
    this.param = more.param ?? null;
    this.retryAfterSeconds = more.retryAfterSeconds;
    this.provider = more.provider;
  }

  /** The HTTP status to answer with. */
  get status(): number {
    return this.provider?.status ?? failures[this.code][0];
  }

  /** The body to answer with: OpenAI's shape, or Anthropic's where its clients ask. */
  toBody(shape: "openai" | "anthropic", requestId: string): string {
    const type = this.provider?.error.type ?? failures[this.code][1];
    const message = this.provider?.error.message ?? this.message;
    const code = this.provider === undefined ? this.code : this.provider.error.code;
    if (shape === "anthropic") {
      const named = anthropicTypes[this.status] ?? (type === "server_error" ? "api_error" : type);
      return JSON.stringify({
        type: "error",
        error: { type: named, message, code },
        request_id: requestId,
      });
    }
    const param = this.provider?.error.param ?? this.param;
    return JSON.stringify({ error: { message, type, param, code }, request_id: requestId });
  }
}

/** Any thrown thing as a failure; what nobody foresaw becomes `internal` without its words. */
export function toFailure(error: unknown): GatewayFailure {
  if (error instanceof GatewayFailure) return error;
  if (error instanceof ModelError) {
    const param = error.param === undefined ? {} : { param: error.param };
    if (error.code === "UNSUPPORTED")
      return new GatewayFailure("unsupported", { detail: error.message, ...param });
    if (error.code === "INVALID_REQUEST")
      return new GatewayFailure("invalid_request", { detail: error.message, ...param });
    if (error.code === "BODY_TOO_LARGE")
      return new GatewayFailure("body_too_large", { detail: error.message, ...param });
    if (error.provider !== undefined)
      return new GatewayFailure("upstream_broken", {
        cause: error,
        provider: { status: statusOf(error.provider), error: error.provider },
      });
    return new GatewayFailure("upstream_broken", { cause: error });
  }
  return new GatewayFailure("internal", { cause: error });
}

// An error inside a stream has no status of its own.
function statusOf(error: ProviderError): number {
  if (error.type === "rate_limit_error") return 429;
  if (error.type === "invalid_request_error") return 400;
  return error.type === "overloaded_error" ? 503 : 502;
}
