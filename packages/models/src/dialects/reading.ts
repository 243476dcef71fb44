import { ModelError, type ProviderError } from "../error.ts";
import { isObject, numberOf, textOf, type Json, type JsonObject, type Usage } from "../message.ts";

/** Parses one event's data; throws what the provider said when the event is an error in OpenAI's or DashScope's shape. */
export function parseEventData(data: string): JsonObject {
  const parsed = parseJson(data);
  const failure = parseProviderError(parsed);
  if (failure !== undefined) throw upstreamError(failure);
  return parsed;
}

/** Parses JSON text that must be an object. The message does not quote the text. */
export function parseJson(text: string): JsonObject {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new ModelError("INVALID_RESPONSE", "The provider sent text that is not JSON.");
  }
  return expectObject(parsed, "the answer");
}

/** The value as an object, or INVALID_RESPONSE naming what should have been one. */
export function expectObject(value: unknown, name: string): JsonObject {
  if (isObject(value)) return value;
  throw new ModelError("INVALID_RESPONSE", `The provider's answer lacks ${name}.`);
}

/** The value as a list, or INVALID_RESPONSE naming what should have been one. */
export function expectList(value: unknown, name: string): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[];
  throw new ModelError("INVALID_RESPONSE", `The provider's answer lacks ${name}.`);
}

/**
 * What a provider said about a failure, whichever of the known shapes it used:
 * OpenAI's and DashScope's compatible `{"error":{…}}`, DashScope's native `{"code","message","request_id"}`,
 * Anthropic's `{"type":"error","error":{…}}`, Ollama's and llama-server's `{"error":"text"}`. Undefined when it is none of these.
 */
export function parseProviderError(body: unknown): ProviderError | undefined {
  if (!isObject(body)) return undefined;
  const requestId = textOf(body["request_id"]) ?? textOf(body["id"]);
  const tail = requestId === undefined ? {} : { requestId };
  const error = body["error"];
  if (typeof error === "string")
    return { message: error, type: "api_error", code: null, param: null, ...tail };
  if (isObject(error)) {
    const code = error["code"];
    return {
      message: textOf(error["message"]) ?? "The provider gave no reason.",
      type: textOf(error["type"]) ?? "api_error",
      code: typeof code === "number" ? String(code) : (textOf(code) ?? null),
      param: textOf(error["param"]) ?? null,
      ...tail,
    };
  }
  const code = textOf(body["code"]);
  if (
    code === undefined ||
    code === "" ||
    textOf(body["message"]) === undefined ||
    isObject(body["output"])
  )
    return undefined;
  return {
    message: textOf(body["message"]) ?? "",
    type: typeOfNative(code),
    code,
    param: null,
    ...tail,
  };
}

/** DashScope's native codes, sorted into OpenAI's types, which clients choose their reaction by. */
export function typeOfNative(code: string): string {
  if (code.startsWith("InvalidApiKey")) return "authentication_error";
  if (code.startsWith("AccessDenied")) return "permission_error";
  if (code.startsWith("Throttling")) return "rate_limit_error";
  if (/^(Internal|System|Service|Re(quest|sponse)Time|Model(Serv|Unavail))/.test(code))
    return "server_error";
  return "invalid_request_error";
}

/** A thrown error that carries what the provider said, without quoting it in its own message. */
export function upstreamError(provider: ProviderError): ModelError {
  const named =
    provider.code === null || !/^[\w.-]{1,64}$/.test(provider.code) ? provider.type : provider.code;
  return new ModelError(
    "UPSTREAM_ERROR",
    `The provider reported "${/^[\w.-]{1,64}$/.test(named) ? named : "an error"}".`,
    { provider },
  );
}

/** Token counts in any provider's spelling, or undefined when there are none. */
export function parseUsage(value: unknown): Usage | undefined {
  if (!isObject(value)) return undefined;
  const cached =
    (countOf(value["cache_read_input_tokens"]) ?? 0) +
    (countOf(value["cache_creation_input_tokens"]) ?? 0);
  const input = countOf(value["input_tokens"]);
  const prompt =
    countOf(value["prompt_tokens"]) ?? (input === undefined ? undefined : input + cached);
  const completion = countOf(value["completion_tokens"]) ?? countOf(value["output_tokens"]);
  const both =
    prompt === undefined && completion === undefined
      ? undefined
      : (prompt ?? 0) + (completion ?? 0);
  const total = countOf(value["total_tokens"]) ?? both;
  const seconds = countOf(value["seconds"]) ?? countOf(value["duration"]);
  const characters = countOf(value["characters"]);
  // Assigned one by one: this runs once per request of a gateway, where spreading shows in the profile.
  const usage: { -readonly [Name in keyof Usage]: Usage[Name] } = {};
  if (prompt !== undefined) usage.prompt_tokens = prompt;
  if (completion !== undefined) usage.completion_tokens = completion;
  if (total !== undefined) usage.total_tokens = total;
  if (seconds !== undefined) usage.seconds = seconds;
  if (characters !== undefined) usage.characters = characters;
  return total === undefined && seconds === undefined && characters === undefined
    ? undefined
    : usage;
}

/** A count; what is less than nothing is none. */
function countOf(value: unknown): number | undefined {
  const count = numberOf(value);
  return count !== undefined && count >= 0 ? count : undefined;
}

/** `{ usage }` when there is one: for spreading into an answer. */
export function withUsage(value: unknown): { usage?: Usage } {
  const usage = parseUsage(value);
  return usage === undefined ? {} : { usage };
}

/** The JSON headers of every call; `accept` is always stated because signatures cover it. */
export function jsonHeaders(stream: boolean): Record<string, string> {
  return {
    "content-type": "application/json",
    accept: stream ? "text/event-stream" : "application/json",
  };
}
