/**
 * What the person entered, as values. The form's variable names are those of the first "AI Gateway" plugin for Dify, so that
 * a configuration can be carried over; the texts of the form are in `form.ts`.
 */
import { PluginError, type Credentials } from "@cloud-code/dify-sdk";
import { tokenAlgorithms, type Credential, type TokenAlgorithm } from "@cloud-code/models";

/** How the gateway is reached. */
export interface Connection {
  /** Without a slash at its end; for OpenAI's protocol it includes `/v1`. */
  readonly url: URL;
  readonly credential: Credential;
  readonly allowPlainHttp: boolean;
  /** The protocol of rerank and speech; chat and embeddings are OpenAI's in both. */
  readonly protocol: "openai" | "dashscope";
}

/** How a model may be told to think, or not to. */
export type ThinkingDialect =
  | "enable_thinking"
  | "chat_template_kwargs"
  | "thinking"
  | "reasoning_effort"
  | "none";

/** Everything a form can hold. */
export interface Settings {
  readonly connection: Connection;
  /** The model's name at the gateway, where it differs from the one in Dify. */
  readonly modelName: string | undefined;
  readonly displayName: string | undefined;
  readonly mode: "chat" | "completion";
  readonly contextSize: number;
  /** Upper limit of the parameter `max_tokens`. */
  readonly maxTokens: number;
  readonly tools: "none" | "tools" | "functions";
  /** What a message may hold beside text. */
  readonly media: ReadonlySet<"image" | "video" | "audio" | "document">;
  readonly structuredOutput: boolean;
  readonly thinking: "never" | "switchable" | "always";
  readonly thinkingDialect: ThinkingDialect;
  readonly voices: readonly string[];
  readonly language: string | undefined;
  readonly initialPrompt: string | undefined;
  readonly documentPrefix: string;
  readonly queryPrefix: string;
  /** Texts per embedding call. */
  readonly maxChunks: number;
}

/** Where defaults are ours, they are the first plugin's. */
const defaults = { contextSize: 4096, maxTokens: 4096, maxChunks: 10, lifetimeSeconds: 7200 };

/**
 * Reads the form.
 * @throws PluginError `CREDENTIALS` naming the field and what it should hold, never what it held.
 */
export function parseSettings(credentials: Credentials): Settings {
  const form = new Form(credentials);
  return {
    connection: {
      url: parseUrl(form),
      credential: parseCredential(form),
      allowPlainHttp: form.choice("allow_plain_http", ["false", "true"]) === "true",
      protocol: form.choice("protocol", ["openai", "dashscope"]),
    },
    modelName: form.text("endpoint_model_name"),
    displayName: form.text("display_name"),
    mode: form.choice("mode", ["chat", "completion"]),
    contextSize: form.number("context_size", defaults.contextSize, 1, 100_000_000),
    maxTokens: form.number("max_tokens_to_sample", defaults.maxTokens, 1, 100_000_000),
    tools: ({ no_call: "none", function_call: "functions", tool_call: "tools" } as const)[
      form.choice("function_calling_type", ["no_call", "function_call", "tool_call"])
    ],
    media: new Set(
      media[form.choice("vision_support", ["no_support", "support", "video", "omni", "all"])],
    ),
    structuredOutput:
      form.choice("structured_output_support", ["not_supported", "supported"]) === "supported",
    thinking: (
      {
        not_supported: "never",
        supported: "switchable",
        only_thinking_supported: "always",
      } as const
    )[
      form.choice(
        form.has("agent_thought_support") ? "agent_thought_support" : "agent_though_support",
        ["not_supported", "supported", "only_thinking_supported"],
      )
    ],
    thinkingDialect: form.choice("thinking_dialect", [
      "enable_thinking",
      "chat_template_kwargs",
      "thinking",
      "reasoning_effort",
      "none",
    ]),
    voices: (form.text("voices") ?? "")
      .split(/[,，\n]/)
      .map((voice) => voice.trim())
      .filter(Boolean),
    language: form.text("language"),
    initialPrompt: form.text("initial_prompt"),
    // A prefix may end in a space that matters.
    documentPrefix: credentials["document_prefix"] ?? "",
    queryPrefix: credentials["query_prefix"] ?? "",
    maxChunks: form.number("max_chunks", defaults.maxChunks, 1, 2048),
  };
}

const media = {
  no_support: [],
  support: ["image"],
  video: ["image", "video"],
  omni: ["image", "video", "audio"],
  all: ["image", "video", "audio", "document"],
} as const;

function parseUrl(form: Form): URL {
  const text = form.need("endpoint_url");
  let url: URL;
  try {
    url = new URL(text.replace(/\/+$/, ""));
  } catch {
    throw invalid("endpoint_url", "an address such as https://gateway.example.com/v1");
  }
  if (
    (url.protocol !== "https:" && url.protocol !== "http:") ||
    url.username !== "" ||
    url.search !== "" ||
    url.hash !== ""
  ) {
    throw invalid(
      "endpoint_url",
      "an http or https address without user name, query or fragment; enter credentials in their own fields",
    );
  }
  return url;
}

function parseCredential(form: Form): Credential {
  switch (form.choice("auth_method", ["api_key", "jwt", "hmac"])) {
    case "api_key": {
      // "Authorization: Bearer", or only the name of a header that takes the key as it is.
      const [, header, prefix] =
        /^([^:\s]+)(?::\s*(.*))?$/.exec(form.text("api_key_header") ?? "Authorization: Bearer") ??
        [];
      if (header === undefined || !isHeaderName(header))
        throw invalid("api_key_header", 'a header such as "Authorization: Bearer" or "x-api-key"');
      return {
        kind: "key",
        key: form.need("api_key"),
        header,
        ...prefixOf(prefix ?? (isAuthorization(header) ? undefined : "")),
      };
    }
    case "jwt": {
      const header = form.text("jwt_header_name");
      if (header !== undefined && !isHeaderName(header))
        throw invalid("jwt_header_name", "the name of a header, such as Authorization");
      const algorithm = form.text("jwt_algorithm");
      if (algorithm !== undefined && !isTokenAlgorithm(algorithm))
        throw invalid("jwt_algorithm", `one of ${tokenAlgorithms.join(", ")}`);
      const claim = form.text("jwt_consumer_claim");
      const issuer = form.text("jwt_issuer");
      return {
        kind: "jwt",
        key: form.need("jwt_jwks"),
        consumer: form.need("jwt_consumer_id"),
        lifetimeSeconds: form.number("jwt_expiration", defaults.lifetimeSeconds, 1, 604_800),
        ...(algorithm === undefined ? {} : { algorithm }),
        ...(claim === undefined ? {} : { claim }),
        ...(issuer === undefined ? {} : { issuer }),
        ...(header === undefined ? {} : { header }),
        ...prefixOf(form.text("jwt_header_prefix")),
      };
    }
    case "hmac":
      return {
        kind: "hmac",
        accessKey: form.need("hmac_access_key"),
        secret: form.need("hmac_secret_key"),
      };
  }
}

const prefixOf = (prefix: string | undefined): { prefix?: string } =>
  prefix === undefined ? {} : { prefix };
const isAuthorization = (header: string): boolean => header.toLowerCase() === "authorization";
const isHeaderName = (text: string): boolean => /^[\w!#$%&'*+.^`|~-]+$/.test(text);
const isTokenAlgorithm = (text: string): text is TokenAlgorithm =>
  (tokenAlgorithms as readonly string[]).includes(text);

/** Reads fields by name; an empty field is one that was not filled in. */
class Form {
  readonly #credentials: Credentials;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  has(name: string): boolean {
    return this.text(name) !== undefined;
  }

  text(name: string): string | undefined {
    return this.#credentials[name]?.trim() || undefined;
  }

  need(name: string): string {
    const text = this.text(name);
    if (text === undefined)
      throw new PluginError("CREDENTIALS", `The field ${name} is empty. Fill it in.`);
    return text;
  }

  number(name: string, otherwise: number, least: number, most: number): number {
    const text = this.text(name);
    if (text === undefined) return otherwise;
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most)
      throw invalid(name, `a whole number from ${least} to ${most}`);
    return value;
  }

  /** The first choice is the default. */
  choice<const Choice extends string>(
    name: string,
    choices: readonly [Choice, ...Choice[]],
  ): Choice {
    const text = this.text(name);
    if (text === undefined) return choices[0];
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw invalid(name, `one of ${choices.join(", ")}`);
    return found;
  }
}

function invalid(field: string, expected: string): PluginError {
  return new PluginError("CREDENTIALS", `The field ${field} should hold ${expected}.`);
}
