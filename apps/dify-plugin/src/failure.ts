/**
 * Every sentence this plugin can say when something fails.
 *
 * The daemon writes what a plugin says to its log, so a sentence is made of fixed words, an HTTP status, an error code of the
 * list below, and a request number that has the form of one. Nothing an upstream wrote passes in any other way: an error body
 * likes to quote the prompt, and so does `JSON.parse`.
 */
import { PluginError, type PluginErrorCode } from "@cloud-code/dify-sdk";
import { ModelError, parseProviderError, type ProviderError, type Reply } from "@cloud-code/models";

/** Codes of OpenAI, Model Studio and AI Gateway that tell a person what to do; any other is not repeated. */
const knownCodes = new Set([
  "invalid_api_key", "InvalidApiKey", "incorrect_api_key", "insufficient_quota", "model_not_found", "ModelNotFound",
  "context_length_exceeded", "rate_limit_exceeded", "limit_requests", "limit_burst_rate", "billing_not_active", "Arrearage",
  "AccessDenied", "AccessDenied.Unpurchased", "access_denied", "model_access_denied", "Model.AccessDenied", "InvalidParameter",
  "invalid_parameter_error", "InvalidParameter.NotSupportEnableThinking", "DataInspectionFailed", "data_inspection_failed",
  "Throttling", "Throttling.RateQuota", "Throttling.AllocationQuota", "Throttling.BurstRate", "InternalError", "RequestTimeOut",
  "BadRequest.TooLarge", "unsupported_value", "string_above_max_length", "server_error", "service_unavailable",
]); // prettier-ignore

interface Advice {
  readonly code: PluginErrorCode;
  readonly advice: string;
}

function adviceFor(status: number): Advice {
  if (status === 401)
    return {
      code: "AUTHORIZATION",
      advice: "Check the credentials and the authentication method.",
    };
  if (status === 403)
    return {
      code: "AUTHORIZATION",
      advice: "The credentials are known but may not use this model; ask the gateway's operator.",
    };
  if (status === 404)
    return {
      code: "BAD_REQUEST",
      advice: "Check the endpoint address (with /v1 for the OpenAI protocol) and the model's name.",
    };
  if (status === 413) return { code: "BAD_REQUEST", advice: "Send less at a time." };
  if (status === 429)
    return { code: "RATE_LIMIT", advice: "Wait a moment, or ask for a higher limit." };
  if (status >= 500)
    return {
      code: "SERVER_UNAVAILABLE",
      advice: "Try again later; if it lasts, ask the gateway's operator.",
    };
  if (status >= 300 && status < 400)
    return {
      code: "BAD_REQUEST",
      advice: "The endpoint redirects, and redirects are not followed. Enter the final address.",
    };
  return {
    code: "BAD_REQUEST",
    advice: "Check the model's name, its parameters and the features chosen for it.",
  };
}

/** The failure an answer without success stands for. Reads its body, repeats nothing of it but a known code and a request number. */
export async function toFailure(reply: Reply): Promise<PluginError> {
  const said = await readError(reply);
  const number = ["x-request-id", "req-id", "x-ca-request-id", "x-acs-request-id"]
    .map((name) => reply.headers[name])
    .find(isRequestNumber);
  return describeFailure(reply.status, said, number ?? said?.requestId);
}

/** Any failure on the way, in the words of this file. */
export function toPluginError(thrown: unknown): PluginError {
  if (thrown instanceof PluginError) return thrown;
  if (!(thrown instanceof ModelError))
    return new PluginError(
      "INTERNAL",
      "The plugin failed unexpectedly. Report it to the plugin's author.",
    );
  switch (thrown.code) {
    case "CONNECTION_FAILED":
      return new PluginError(
        "CONNECTION",
        `The gateway could not be reached, or the connection broke${reasonOf(thrown.cause)}. Check the address, the network, the proxy and the certificate.`,
      );
    case "INVALID_CREDENTIAL":
      return new PluginError(
        "AUTHORIZATION",
        "The request cannot be signed with the credentials entered. Check that the key and the algorithm fit together (JWK, JWK set, or PEM without a password).",
      );
    case "INSECURE_ENDPOINT":
      return new PluginError(
        "BAD_REQUEST",
        "The endpoint is plain HTTP and not on this machine. Use https, or allow plain HTTP in the model's settings.",
      );
    case "UPSTREAM_ERROR":
      return describeFailure(
        statusOf(thrown.provider),
        thrown.provider,
        thrown.provider?.requestId,
      );
    case "INVALID_RESPONSE":
      return new PluginError(
        "SERVER_UNAVAILABLE",
        "The gateway's answer is not what the protocol prescribes. Check that the endpoint address is that of an API and fits the protocol chosen.",
      );
    case "EVENT_TOO_LARGE":
    case "BODY_TOO_LARGE":
      return new PluginError(
        "SERVER_UNAVAILABLE",
        "The answer, or one event of it, is larger than this plugin takes. Ask for less at a time.",
      );
    case "UNSUPPORTED":
      return new PluginError(
        "BAD_REQUEST",
        `This model cannot do what was asked${fieldOf(thrown.param)}. Choose another model or another protocol.`,
      );
    case "INVALID_REQUEST":
      return new PluginError(
        "BAD_REQUEST",
        "An extra header may not be sent: headers that authenticate, route or frame the request are not yours to set.",
      );
  }
}

function describeFailure(
  status: number,
  said: ProviderError | undefined,
  requestNumber: string | undefined,
): PluginError {
  const { code, advice } = adviceFor(status);
  const known =
    said?.code !== null && said?.code !== undefined && knownCodes.has(said.code)
      ? ` (${said.code})`
      : "";
  const number = isRequestNumber(requestNumber) ? ` Request ${requestNumber}.` : "";
  return new PluginError(
    code,
    `The gateway answered with HTTP ${status}${known}. ${advice}${number}`,
    { details: { status } },
  );
}

/** A UUID, or hexadecimal digits: what could not be a word of anybody's prompt. */
function isRequestNumber(text: string | undefined): text is string {
  return text !== undefined && /^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i.test(text);
}

/** An error in the middle of a stream comes after HTTP 200; its kind says which status it would have had. */
function statusOf(said: ProviderError | undefined): number {
  const numeric = Number(said?.code);
  if (Number.isInteger(numeric) && numeric >= 400 && numeric < 600) return numeric;
  switch (said?.type) {
    case "authentication_error":
      return 401;
    case "permission_error":
      return 403;
    case "rate_limit_error":
    case "insufficient_quota":
      return 429;
    case "invalid_request_error":
      return 400;
    default:
      return said?.code !== null &&
        said?.code !== undefined &&
        /^(throttling|rate_limit|limit_)/i.test(said.code)
        ? 429
        : 502;
  }
}

/** The system's own code, such as ECONNREFUSED, or which limit was hit. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "";
  if (
    "code" in cause &&
    typeof cause.code === "string" &&
    /^[A-Z][A-Z0-9_]{2,40}$/.test(cause.code)
  )
    return ` (${cause.code})`;
  return /^(connect|first byte|idle) timeout$/.test(cause.message) ? ` (${cause.message})` : "";
}

const fieldOf = (param: string | undefined): string =>
  param !== undefined && /^[a-z_]{1,32}$/.test(param) ? ` (${param})` : "";

const maxErrorBytes = 256 * 1024;

async function readError(reply: Reply): Promise<ProviderError | undefined> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const piece of reply.body) {
      bytes += piece.length;
      if (bytes > maxErrorBytes) return undefined;
      pieces.push(piece);
    }
    return parseProviderError(JSON.parse(Buffer.concat(pieces).toString("utf8")));
  } catch {
    return undefined; // an error page of some proxy, or a broken body: the status says what can be said
  }
}
