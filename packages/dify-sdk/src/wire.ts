/**
 * The daemon's rules for requests and answers of each model action, as schemas.
 *
 * The daemon checks every answer against validators of its own and ends the session with an opaque "unmarshal_error" when
 * one fails. The same rules stand here, so that a mistake is found in the plugin, with the name of the field. Requests come
 * from a Go program: absent lists and maps arrive as null, absent texts as "". The request schemas turn both into what the
 * types of `model.ts` promise.
 */
import { z } from "zod";
import type {
  Content,
  ContentPart,
  Credentials,
  Message,
  MultimodalContent,
  Tool,
  ToolChoice,
} from "./model.ts";

/** Every action of a model plugin. */
export type ModelAction =
  | "validate_provider_credentials"
  | "validate_model_credentials"
  | "invoke_llm"
  | "get_llm_num_tokens"
  | "start_polling"
  | "check_polling"
  | "invoke_text_embedding"
  | "get_text_embedding_num_tokens"
  | "invoke_multimodal_embedding"
  | "invoke_rerank"
  | "invoke_multimodal_rerank"
  | "invoke_tts"
  | "get_tts_model_voices"
  | "invoke_speech2text"
  | "invoke_moderation"
  | "get_ai_model_schemas";

// ---- Requests -------------------------------------------------------------------------------------------------------

const list = <Item>(item: z.ZodType<Item>): z.ZodType<Item[]> =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
const map: z.ZodType<Record<string, unknown>> = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((value) => value ?? {});
const optionalText: z.ZodType<string | undefined> = z
  .string()
  .nullish()
  .transform((value) => value || undefined);

/** Form values are texts; switches and numbers are made so, empty and null fields are dropped. */
const credentials: z.ZodType<Credentials> = map.transform((values) => {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === undefined || value === "") continue;
    result[name] = typeof value === "string" ? value : JSON.stringify(value);
  }
  return result;
});

const contentPart: z.ZodType<ContentPart> = z
  .object({
    type: z.enum(["text", "image", "audio", "video", "document"]),
    data: optionalText,
    base64_data: optionalText,
    url: optionalText,
    mime_type: optionalText,
    format: optionalText,
    filename: optionalText,
    detail: optionalText,
  })
  .transform((part): ContentPart => {
    if (part.type === "text") return { type: "text", text: part.data ?? "" };
    // `data` of a media part is what old versions of Dify sent: a data URL, or base64.
    const legacy =
      part.data === undefined
        ? {}
        : part.data.startsWith("data:")
          ? { url: part.data }
          : { base64: part.data };
    return {
      type: part.type,
      ...(part.base64_data === undefined && part.url === undefined ? legacy : {}),
      ...(part.base64_data === undefined ? {} : { base64: part.base64_data }),
      ...(part.url === undefined ? {} : { url: part.url }),
      ...(part.mime_type === undefined ? {} : { mimeType: part.mime_type }),
      ...(part.format === undefined ? {} : { format: part.format }),
      ...(part.filename === undefined ? {} : { filename: part.filename }),
      ...(part.detail === "low" || part.detail === "high" ? { detail: part.detail } : {}),
    };
  });

const content: z.ZodType<Content> = z
  .union([z.string(), z.array(contentPart)])
  .nullish()
  .transform((value) => value ?? "");

const wireToolCall = z.object({
  id: z.string().nullish(),
  type: z.string().nullish(),
  function: z.object({ name: z.string(), arguments: z.string().nullish() }),
});

const message: z.ZodType<Message> = z
  .object({
    role: z.enum(["system", "developer", "user", "assistant", "tool"]),
    content,
    name: optionalText,
    tool_calls: list(wireToolCall),
    tool_call_id: optionalText,
  })
  .transform((value): Message => {
    const name = value.name === undefined ? {} : { name: value.name };
    switch (value.role) {
      case "assistant":
        return {
          role: "assistant",
          content: value.content,
          ...name,
          toolCalls: value.tool_calls.map((call) => ({
            id: call.id ?? "",
            name: call.function.name,
            arguments: call.function.arguments ?? "",
          })),
        };
      case "tool":
        return {
          role: "tool",
          content: value.content,
          ...name,
          toolCallId: value.tool_call_id ?? "",
        };
      case "user":
        return { role: "user", content: value.content, ...name };
      case "system":
      case "developer":
        return { role: "system", content: value.content, ...name };
    }
  });

const tool: z.ZodType<Tool> = z.object({
  name: z.string(),
  description: z
    .string()
    .nullish()
    .transform((text) => text ?? ""),
  parameters: map,
});

const toolChoice: z.ZodType<ToolChoice | undefined> = z
  .union([
    z.object({ mode: z.enum(["auto", "none", "required"]) }),
    z.object({ mode: z.literal("tool"), name: z.string().min(1) }),
  ])
  .nullish()
  .transform((choice) => choice ?? undefined);

const multimodalContent: z.ZodType<MultimodalContent> = z
  .object({ content: z.string(), content_type: z.enum(["text", "image"]) })
  .transform((part) => ({ type: part.content_type, content: part.content }));

const call = z.object({
  provider: z.string(),
  model: z.string(),
  model_type: z.string().nullish(),
  credentials,
  user_id: optionalText,
});

const purpose = z.enum(["document", "query"]).catch("document");
// The daemon types the number as an int, so "not given" arrives as 0.
const topN: z.ZodType<number | undefined> = z
  .number()
  .nullish()
  .transform((value) => (typeof value === "number" && value > 0 ? Math.floor(value) : undefined));
const scoreThreshold: z.ZodType<number | undefined> = z
  .number()
  .nullish()
  .transform((value) => value ?? undefined);

const language = call.extend({
  model_parameters: map,
  prompt_messages: list(message),
  tools: list(tool),
  tool_choice: toolChoice.optional(),
  stop: list(z.string()),
  json_schema: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((value) =>
      value === null || value === undefined || Object.keys(value).length === 0 ? undefined : value,
    ),
  stream: z
    .boolean()
    .nullish()
    .transform((value) => value ?? true),
});

// A recording is one text of tens of millions of digits: look for a wrong one rather than match them all.
const isHex = (text: string): boolean => text.length % 2 === 0 && !/[^0-9a-fA-F]/.test(text);
const hex: z.ZodType<Uint8Array> = z
  .string()
  .refine(isHex, "must be hexadecimal")
  .transform((text) => new Uint8Array(Buffer.from(text, "hex")));

/** A request of each action, made of what the daemon sends. */
export interface ModelRequests {
  validate_provider_credentials: { provider: string; credentials: Credentials };
  validate_model_credentials: WireCall;
  invoke_llm: WireLanguageRequest;
  get_llm_num_tokens: WireCall & { prompt_messages: Message[]; tools: Tool[] };
  start_polling: WireLanguageRequest;
  check_polling: WireCall & { plugin_state: Record<string, unknown> };
  invoke_text_embedding: WireCall & { texts: string[]; input_type: "document" | "query" };
  get_text_embedding_num_tokens: WireCall & { texts: string[] };
  invoke_multimodal_embedding: WireCall & {
    documents: MultimodalContent[];
    input_type: "document" | "query";
  };
  invoke_rerank: WireCall & {
    query: string;
    docs: string[];
    score_threshold?: number | undefined;
    top_n?: number | undefined;
  };
  invoke_multimodal_rerank: WireCall & {
    query: MultimodalContent;
    docs: MultimodalContent[];
    score_threshold?: number | undefined;
    top_n?: number | undefined;
  };
  invoke_tts: WireCall & { content_text: string; voice: string };
  get_tts_model_voices: WireCall & { language?: string | undefined };
  invoke_speech2text: WireCall & { file: Uint8Array };
  invoke_moderation: WireCall & { text: string };
  get_ai_model_schemas: WireCall;
}

/** The fields every model request has. */
export interface WireCall {
  provider: string;
  model: string;
  model_type?: string | null | undefined;
  credentials: Credentials;
  user_id?: string | undefined;
}

/** A language model's request with its lists filled in. */
export interface WireLanguageRequest extends WireCall {
  model_parameters: Record<string, unknown>;
  prompt_messages: Message[];
  tools: Tool[];
  tool_choice?: ToolChoice | undefined;
  stop: string[];
  json_schema?: Record<string, unknown> | undefined;
  stream: boolean;
}

/** Parses the request of an action. */
export const requestSchemas: {
  readonly [Action in ModelAction]: z.ZodType<ModelRequests[Action]>;
} = {
  validate_provider_credentials: z.object({ provider: z.string(), credentials }),
  validate_model_credentials: call,
  invoke_llm: language,
  get_llm_num_tokens: call.extend({ prompt_messages: list(message), tools: list(tool) }),
  start_polling: language,
  check_polling: call.extend({ plugin_state: map }),
  invoke_text_embedding: call.extend({ texts: list(z.string()), input_type: purpose }),
  get_text_embedding_num_tokens: call.extend({ texts: list(z.string()) }),
  invoke_multimodal_embedding: call.extend({
    documents: list(multimodalContent),
    input_type: purpose,
  }),
  invoke_rerank: call.extend({
    query: z.string(),
    docs: list(z.string()),
    score_threshold: scoreThreshold.optional(),
    top_n: topN.optional(),
  }),
  invoke_multimodal_rerank: call.extend({
    query: multimodalContent,
    docs: list(multimodalContent),
    score_threshold: scoreThreshold.optional(),
    top_n: topN.optional(),
  }),
  invoke_tts: call.extend({ content_text: z.string(), voice: z.string() }),
  get_tts_model_voices: call.extend({ language: optionalText.optional() }),
  invoke_speech2text: call.extend({ file: hex }),
  invoke_moderation: call.extend({ text: z.string() }),
  get_ai_model_schemas: call,
};

// ---- Answers --------------------------------------------------------------------------------------------------------

const filled = z.string().min(1);
const decimal = z.union([z.string().regex(/^-?\d+(\.\d+)?$/), z.number()]);
const count = z.int();

const languageUsage = z.object({
  prompt_tokens: count,
  prompt_unit_price: decimal,
  prompt_price_unit: decimal,
  prompt_price: decimal,
  completion_tokens: count,
  completion_unit_price: decimal,
  completion_price_unit: decimal,
  completion_price: decimal,
  total_tokens: count,
  total_price: decimal,
  currency: z.string(),
  latency: z.number(),
});

const answerMessage = z.object({
  role: z.enum(["system", "user", "assistant", "tool"]),
  content: z.union([
    z.string(),
    z.array(
      z.object({
        type: z.enum(["text", "image", "audio", "video", "document"]),
        data: z.string().optional(),
      }),
    ),
  ]),
  name: z.string().optional(),
  tool_calls: z
    .array(
      z.object({
        id: z.string(),
        type: z.string(),
        function: z.object({ name: z.string(), arguments: z.string() }),
      }),
    )
    .optional(),
});

const languageChunk = z.object({
  model: filled,
  prompt_messages: z.array(z.unknown()).optional(),
  system_fingerprint: z.string().nullish(),
  delta: z.object({
    index: count,
    message: answerMessage,
    usage: languageUsage.nullish(),
    finish_reason: z.string().nullish(),
  }),
});

const polling = z.discriminatedUnion("status", [
  z.object({
    status: z.literal("running"),
    plugin_state: z
      .record(z.string(), z.unknown())
      .refine((state) => Object.keys(state).length > 0, "must not be empty while running"),
    next_check_after_seconds: count.optional(),
    expires_after_seconds: count.optional(),
    max_attempts: count.optional(),
  }),
  z.object({ status: z.literal("succeeded"), result: z.looseObject({}) }),
  z.object({
    status: z.literal("failed"),
    error: z.string().refine((text) => text.trim() !== "", "must say why it failed"),
  }),
]);

const embeddings = z.object({
  model: filled,
  embeddings: z.array(z.array(z.number())),
  usage: z.object({
    tokens: count,
    total_tokens: count,
    unit_price: decimal,
    price_unit: decimal,
    total_price: decimal,
    currency: z.string(),
    latency: z.number(),
  }),
});

const ranking = z.object({
  model: filled,
  docs: z.array(z.object({ index: count, text: z.string(), score: z.number() })),
});
const validation = z.object({
  result: z.boolean(),
  credentials: z.record(z.string(), z.unknown()).nullish(),
});
const localized = z.object({
  en_US: z.string().min(1).max(1023),
  zh_Hans: z.string().max(1023).optional(),
  ja_JP: z.string().max(1023).optional(),
  pt_BR: z.string().max(1023).optional(),
});

/** A model declaration as the daemon accepts it, in an answer or in a package. */
export const modelSchema: z.ZodType<unknown> = z.object({
  model: filled.max(255),
  label: localized,
  model_type: z.enum([
    "llm",
    "text-embedding",
    "rerank",
    "speech2text",
    "moderation",
    "tts",
    "text2img",
    "multimodal-embedding",
    "multimodal-rerank",
  ]),
  fetch_from: z.enum(["predefined-model", "customizable-model"]).optional(),
  features: z.array(z.string().max(255)).max(256).nullish(),
  // The daemon takes any key; Dify refuses those it does not know.
  model_properties: z
    .strictObject({
      mode: z.enum(["chat", "completion"]),
      context_size: count,
      max_chunks: count,
      file_upload_limit: z.number(),
      supported_file_extensions: z.string(),
      max_characters_per_chunk: count,
      default_voice: z.string(),
      voices: z.array(
        z.object({ mode: z.string(), name: z.string(), language: z.array(z.string()) }),
      ),
      word_limit: count,
      audio_type: z.string(),
      max_workers: count,
    })
    .partial()
    .optional(),
  deprecated: z.boolean().optional(),
  parameter_rules: z
    .array(
      z
        .object({
          name: filled.max(255),
          use_template: z.string().max(255).nullish(),
          label: localized.nullish(),
          type: z.enum(["float", "int", "string", "boolean", "text"]).nullish(),
          help: localized.nullish(),
          required: z.boolean().optional(),
          default: z.union([z.string(), z.number(), z.boolean()]).nullish(),
          min: z.number().nullish(),
          max: z.number().nullish(),
          precision: count.nullish(),
          options: z.array(z.string().max(255)).nullish(),
        })
        .refine(
          (rule) => Boolean(rule.use_template) || (rule.type ?? null) !== null,
          "must have a type, or a use_template that brings one",
        ),
    )
    .max(128)
    .nullish(),
  pricing: z
    .object({ input: decimal, output: decimal.nullish(), unit: decimal, currency: filled })
    .nullish(),
});

/** Checks one answer of an action as the daemon will. */
export const responseSchemas: { readonly [Action in ModelAction]: z.ZodType<unknown> } = {
  validate_provider_credentials: validation,
  validate_model_credentials: validation,
  invoke_llm: languageChunk,
  get_llm_num_tokens: z.object({ num_tokens: count }),
  start_polling: polling,
  check_polling: polling,
  invoke_text_embedding: embeddings,
  get_text_embedding_num_tokens: z.object({ num_tokens: z.array(count) }),
  invoke_multimodal_embedding: embeddings,
  invoke_rerank: ranking,
  invoke_multimodal_rerank: ranking,
  invoke_tts: z.object({
    result: z.string().refine(isHex, "must be hexadecimal"),
    mime_type: z.string().optional(),
  }),
  get_tts_model_voices: z.object({ voices: z.array(z.object({ name: filled, value: filled })) }),
  invoke_speech2text: z.object({ result: z.string() }),
  invoke_moderation: z.object({ result: z.boolean() }),
  get_ai_model_schemas: z.object({ model_schema: modelSchema.nullable() }),
};

/** The places of a failed check, such as `delta.index`, without the values found there. */
export function toFieldNames(error: z.ZodError): string[] {
  return [
    ...new Set(error.issues.map((issue) => issue.path.map(String).join(".") || "(whole message)")),
  ];
}
