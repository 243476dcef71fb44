/** What Dify's server asks a model plugin, field for field, nulls and empty texts included. */
import type { Invocation } from "@cloud-code/dify-sdk/testing";

/** The name of the provider in `provider/*.yaml`. */
const provider = "alibaba_cloud_ai_gateway";

/** Credentials as the form holds them. */
export type Form = Readonly<Record<string, string>>;

type Fields = Readonly<Record<string, unknown>>;

const ask = (
  action: Invocation["action"],
  type: string,
  model: string,
  credentials: Form,
  fields: Fields,
): Invocation => ({
  action,
  data: { provider, model, model_type: type, credentials, ...fields },
});

/** A question to a language model. */
export function chat(
  credentials: Form,
  content: unknown,
  more: { model?: string } & Fields = {},
): Invocation {
  const { model = "qwen-plus", ...fields } = more;
  return ask("invoke_llm", "llm", model, credentials, {
    model_parameters: {},
    prompt_messages: [{ role: "user", content, name: "", tool_calls: null, tool_call_id: "" }],
    tools: null,
    stop: null,
    json_schema: null,
    stream: true,
    ...fields,
  });
}

/** One request of each of the other kinds. */
export const others = {
  embed: (
    credentials: Form,
    texts: readonly string[],
    { model = "text-embedding-v4", ...more }: { model?: string } & Fields = {},
  ) =>
    ask("invoke_text_embedding", "text-embedding", model, credentials, {
      texts,
      input_type: "document",
      ...more,
    }),
  rerank: (
    credentials: Form,
    query: string,
    docs: readonly string[],
    { model = "gte-rerank-v2", ...more }: { model?: string } & Fields = {},
  ) =>
    ask("invoke_rerank", "rerank", model, credentials, {
      query,
      docs,
      score_threshold: 0,
      top_n: 0,
      ...more,
    }),
  speak: (credentials: Form, text: string, voice: string, model = "qwen3-tts-flash") =>
    ask("invoke_tts", "tts", model, credentials, {
      content_text: text,
      voice,
      tenant_id: "b6f0a1c2-0000-4000-8000-000000000000",
    }),
  transcribe: (credentials: Form, audio: Uint8Array, model = "qwen3-asr-flash") =>
    ask("invoke_speech2text", "speech2text", model, credentials, {
      file: Buffer.from(audio).toString("hex"),
    }),
  voices: (credentials: Form) =>
    ask("get_tts_model_voices", "tts", "qwen3-tts-flash", credentials, { language: "" }),
  describe: (credentials: Form, type: string) =>
    ask("get_ai_model_schemas", type, "my-model", credentials, {}),
  validate: (credentials: Form, type: string, model = "my-model") =>
    ask("validate_model_credentials", type, model, credentials, {}),
  countPrompt: (credentials: Form, content: string) =>
    ask("get_llm_num_tokens", "llm", "qwen-plus", credentials, {
      prompt_messages: [{ role: "user", content }],
      tools: [],
    }),
  countTexts: (credentials: Form, texts: readonly string[]) =>
    ask("get_text_embedding_num_tokens", "text-embedding", "m", credentials, { texts }),
};

/** A WAV file whose sound is the given text; enough for a gateway that does not listen. */
export function recording(text: string): Uint8Array {
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.write("WAVEfmt ", 8);
  return Buffer.concat([header, Buffer.from(text)]);
}

/** The text of a streamed answer. */
export function textOf(messages: readonly unknown[]): string {
  return messages
    .map(
      (message) => (message as { delta: { message: { content: string } } }).delta.message.content,
    )
    .join("");
}

/** The sound of an answer. */
export function soundOf(messages: readonly unknown[]): Buffer {
  return Buffer.concat(
    messages.map((message) => Buffer.from((message as { result: string }).result, "hex")),
  );
}
