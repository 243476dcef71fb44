import { describe, expect, it } from "vitest";
import { PluginError } from "./errors.ts";
import type { LanguageChunk, LanguageRequest, ModelProvider } from "./model.ts";
import { createPlugin } from "./plugin.ts";
import type { ModelAction } from "./wire.ts";

const call = {
  provider: "p",
  model: "m",
  model_type: "llm",
  credentials: { key: "k", empty: "", none: null, flag: true },
  user_id: "",
};
const noCheck = { validateCredentials: async () => undefined };

async function ask(
  provider: ModelProvider,
  action: ModelAction,
  fields: object,
): Promise<unknown[]> {
  const answers: unknown[] = [];
  const request = { sessionId: "s", type: "model", action, data: { ...call, ...fields } };
  for await (const answer of createPlugin({ model: provider }).answer(request, {
    signal: new AbortController().signal,
  }))
    answers.push(answer);
  return answers;
}

function speaker(chunks: readonly LanguageChunk[], seen: LanguageRequest[] = []): ModelProvider {
  return {
    models: {
      llm: {
        ...noCheck,
        async *invoke(request) {
          seen.push(request);
          yield* chunks;
        },
      },
    },
  };
}

const conversation = {
  model_parameters: null,
  prompt_messages: [{ role: "user", content: "hi", name: "", tool_calls: null, tool_call_id: "" }],
  tools: null,
  stop: null,
  json_schema: null,
  stream: true,
};

describe("a request", () => {
  it("reaches the author without the nulls and empty texts of the wire", async () => {
    const seen: LanguageRequest[] = [];
    await ask(speaker([], seen), "invoke_llm", conversation);
    expect(seen).toEqual([
      {
        provider: "p",
        model: "m",
        credentials: { key: "k", flag: "true" },
        messages: [{ role: "user", content: "hi" }],
        parameters: {},
        tools: [],
        stop: [],
        stream: true,
      },
    ]);
  });

  it("carries every kind of message and part", async () => {
    const seen: LanguageRequest[] = [];
    await ask(speaker([], seen), "invoke_llm", {
      ...conversation,
      prompt_messages: [
        { role: "system", content: "be brief" },
        {
          role: "user",
          content: [
            { type: "text", data: "what is this?" },
            {
              type: "image",
              base64_data: "aGk=",
              mime_type: "image/png",
              url: "",
              detail: "high",
              format: "png",
            },
            { type: "image", data: "data:image/png;base64,aGk=" },
          ],
        },
        {
          role: "assistant",
          content: "",
          tool_calls: [{ id: "1", type: "function", function: { name: "f", arguments: "{}" } }],
        },
        { role: "tool", content: "done", tool_call_id: "1" },
      ],
      tools: [{ name: "f", description: "", parameters: { type: "object" } }],
      tool_choice: { mode: "tool", name: "f" },
    });
    expect(seen[0]?.messages).toEqual([
      { role: "system", content: "be brief" },
      {
        role: "user",
        content: [
          { type: "text", text: "what is this?" },
          { type: "image", base64: "aGk=", mimeType: "image/png", format: "png", detail: "high" },
          { type: "image", url: "data:image/png;base64,aGk=" },
        ],
      },
      { role: "assistant", content: "", toolCalls: [{ id: "1", name: "f", arguments: "{}" }] },
      { role: "tool", content: "done", toolCallId: "1" },
    ]);
    expect(seen[0]).toMatchObject({
      tools: [{ name: "f" }],
      toolChoice: { mode: "tool", name: "f" },
    });
  });

  it("that cannot be read is refused by field, without its values", async () => {
    const asked = ask(speaker([]), "invoke_llm", {
      ...conversation,
      prompt_messages: [{ role: "wizard", content: "secret" }],
    });
    await expect(asked).rejects.toMatchObject({
      code: "BAD_REQUEST",
      message: expect.stringContaining("prompt_messages.0.role"),
    });
    await expect(asked).rejects.not.toMatchObject({ message: expect.stringContaining("secret") });
  });

  it("for what the provider does not offer says so", async () => {
    await expect(
      ask(speaker([]), "invoke_tts", { content_text: "x", voice: "v" }),
    ).rejects.toBeInstanceOf(PluginError);
  });
});

describe("a language answer", () => {
  it("streams pieces and ends with usage and reason", async () => {
    const answers = await ask(
      speaker([
        { text: "a" },
        { text: "b" },
        { finishReason: "length", usage: { promptTokens: 1, completionTokens: 2 } },
      ]),
      "invoke_llm",
      conversation,
    );
    expect(answers).toMatchObject([
      { delta: { index: 0, message: { content: "a" } } },
      { delta: { index: 1, message: { content: "b" } } },
      {
        delta: {
          index: 2,
          message: { content: "" },
          finish_reason: "length",
          usage: { total_tokens: 3, currency: "USD" },
        },
      },
    ]);
    expect(answers.every((answer) => JSON.stringify(answer).includes('"prompt_messages":[]'))).toBe(
      true,
    );
  });

  it("comes in one message when Dify does not want a stream", async () => {
    const toolCalls = [{ id: "1", name: "f", arguments: "{}" }];
    const answers = await ask(
      speaker([{ text: "a" }, { text: "b" }, { toolCalls }]),
      "invoke_llm",
      { ...conversation, stream: false },
    );
    expect(answers).toMatchObject([
      {
        delta: {
          index: 0,
          message: {
            content: "ab",
            tool_calls: [{ id: "1", type: "function", function: { name: "f", arguments: "{}" } }],
          },
          finish_reason: "tool_calls",
        },
      },
    ]);
  });

  it("is priced by the model's own list", async () => {
    const provider = speaker([
      { text: "a", usage: { promptTokens: 1000, completionTokens: 1000 } },
    ]);
    const pricing = { input: "2", output: "3", unit: "0.001", currency: "CNY" };
    const llm = provider.models.llm;
    if (llm === undefined) throw new Error("no model");
    const priced = {
      models: {
        llm: {
          ...llm,
          describe: () => ({
            model: "m",
            label: { en_US: "m" },
            model_type: "llm" as const,
            model_properties: {},
            pricing,
          }),
        },
      },
    };
    expect((await ask(priced, "invoke_llm", conversation)).at(-1)).toMatchObject({
      delta: { usage: { total_price: "5", currency: "CNY" } },
    });
  });
});

describe("other answers", () => {
  const provider: ModelProvider = {
    models: {
      rerank: {
        ...noCheck,
        rerank: async () => [
          { index: 0, score: 0.2 },
          { index: 1, score: -1 },
          { index: 2, score: 0.9 },
        ],
      },
      "text-embedding": {
        ...noCheck,
        embed: async ({ texts }) => ({ vectors: texts.slice(0, 2).map(() => [1]), tokens: 2 }),
      },
      tts: {
        ...noCheck,
        voices: () => [{ name: "n", value: "v" }],
        async *speak() {
          yield { audio: new Uint8Array(2_500_000).fill(0xab), mimeType: "audio/mpeg" };
        },
      },
      speech2text: { ...noCheck, transcribe: async ({ audio }) => `${audio.length} bytes` },
      moderation: { ...noCheck, moderate: async () => true },
      llm: {
        ...noCheck,
        async *invoke() {},
        startPolling: async () => ({
          status: "running",
          state: { job: "1" },
          nextCheckAfterSeconds: 5,
        }),
        checkPolling: async ({ state }) => ({
          status: "succeeded",
          answer: { text: `job ${String(state["job"])}` },
        }),
      },
    },
  };
  const rerank = { query: "q", docs: ["a", "b", "c"] };

  it("rank by raw score; a threshold of 0 and a count of 0 mean none was given", async () => {
    const check = async (fields: object, indexes: number[]): Promise<void> => {
      const [answer] = await ask(provider, "invoke_rerank", { ...rerank, ...fields });
      expect(answer).toMatchObject({
        model: "m",
        docs: indexes.map((index) => ({ index, text: rerank.docs[index] })),
      });
    };
    await check({ score_threshold: 0, top_n: 0 }, [2, 0, 1]);
    await check({ score_threshold: 0.5, top_n: 0 }, [2]);
    await check({ top_n: 2 }, [2, 0]);
  });

  it("cut sound into pieces a line can carry, losing nothing", async () => {
    const answers = await ask(provider, "invoke_tts", { content_text: "x", voice: "v" });
    expect(answers).toHaveLength(3);
    const bytes = answers.reduce<number>(
      (sum, answer) =>
        sum + (/"result":"([^"]*)"/.exec(JSON.stringify(answer))?.[1]?.length ?? 0) / 2,
      0,
    );
    expect(bytes).toBe(2_500_000);
  });

  it("give one vector per text, or fail", async () => {
    expect(
      await ask(provider, "invoke_text_embedding", { texts: ["a", "b"], input_type: "document" }),
    ).toMatchObject([{ embeddings: [[1], [1]], usage: { tokens: 2 } }]);
    await expect(
      ask(provider, "invoke_text_embedding", { texts: ["a", "b", "c"], input_type: "document" }),
    ).rejects.toMatchObject({ code: "SERVER_UNAVAILABLE" });
    expect(await ask(provider, "get_text_embedding_num_tokens", { texts: ["word", ""] })).toEqual([
      { num_tokens: [1, 0] },
    ]);
  });

  it("read recordings from hexadecimal, however long", async () => {
    expect(await ask(provider, "invoke_speech2text", { file: "00ff".repeat(10_000_000) })).toEqual([
      { result: "20000000 bytes" },
    ]);
    await expect(ask(provider, "invoke_speech2text", { file: "0g" })).rejects.toMatchObject({
      code: "BAD_REQUEST",
    });
  });

  it("moderate, list voices, count tokens and poll", async () => {
    expect(await ask(provider, "invoke_moderation", { text: "x" })).toEqual([{ result: true }]);
    expect(await ask(provider, "get_tts_model_voices", { language: "" })).toEqual([
      { voices: [{ name: "n", value: "v" }] },
    ]);
    expect(await ask(provider, "get_llm_num_tokens", conversation)).toEqual([{ num_tokens: 7 }]);
    expect(await ask(provider, "start_polling", conversation)).toMatchObject([
      { status: "running", plugin_state: { job: "1" }, next_check_after_seconds: 5 },
    ]);
    expect(await ask(provider, "check_polling", { plugin_state: { job: "1" } })).toMatchObject([
      { status: "succeeded", result: { message: { content: "job 1" } } },
    ]);
  });

  it("that Dify would refuse fail here, with the field", async () => {
    const broken: ModelProvider = {
      models: { moderation: { ...noCheck, moderate: async () => JSON.parse('"yes"') } },
    };
    await expect(ask(broken, "invoke_moderation", { text: "x" })).rejects.toMatchObject({
      code: "INTERNAL",
      message: expect.stringContaining("result"),
    });
    const noVoice: ModelProvider = {
      models: { tts: { ...noCheck, voices: () => [{ name: "", value: "v" }], async *speak() {} } },
    };
    await expect(ask(noVoice, "get_tts_model_voices", {})).rejects.toMatchObject({
      message: expect.stringContaining("voices.0.name"),
    });
  });
});

it("credentials and schemas go to the model of the type that was asked about", async () => {
  const provider: ModelProvider = {
    models: {
      llm: {
        async *invoke() {},
        validateCredentials: async ({ credentials }) => {
          if (credentials["key"] !== "right") throw new PluginError("CREDENTIALS", "Wrong key.");
        },
        describe: ({ model }) => ({
          model,
          label: { en_US: model },
          model_type: "llm",
          model_properties: { mode: "chat", context_size: 1 },
        }),
      },
    },
  };
  await expect(ask(provider, "validate_model_credentials", {})).rejects.toMatchObject({
    code: "CREDENTIALS",
  });
  expect(
    await ask(provider, "validate_model_credentials", { credentials: { key: "right" } }),
  ).toEqual([{ result: true, credentials: { key: "right" } }]);
  expect(await ask(provider, "get_ai_model_schemas", {})).toMatchObject([
    { model_schema: { model: "m" } },
  ]);
  await expect(ask(provider, "get_ai_model_schemas", { model_type: "tts" })).rejects.toMatchObject({
    code: "BAD_REQUEST",
  });
  expect(await ask({ models: {} }, "validate_provider_credentials", {})).toMatchObject([
    { result: true },
  ]);
});
