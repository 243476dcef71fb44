/**
 * One row per action of a model plugin: how its request is read, which part of the provider answers, and what goes back.
 */
import { PluginError } from "./errors.ts";
import type {
  Context,
  LanguageChunk,
  LanguageModel,
  LanguageRequest,
  Model,
  ModelCall,
  ModelProvider,
  ModelSchema,
  ModelType,
  PollingResult,
  Pricing,
  Relevance,
  TokenUsage,
  ToolCall,
} from "./model.ts";
import {
  estimatePromptTokens,
  estimateTokens,
  toEmbeddingUsage,
  toLanguageUsage,
} from "./usage.ts";
import {
  requestSchemas,
  responseSchemas,
  toFieldNames,
  type ModelAction,
  type ModelRequests,
  type WireCall,
  type WireLanguageRequest,
} from "./wire.ts";

/** Sound per message: hexadecimal doubles it, and a line must stay under four million bytes. */
const maxAudioBytes = 1_000_000;

type Answer<Action extends ModelAction> = (
  provider: ModelProvider,
  request: ModelRequests[Action],
  context: Context,
  /** The request as it came. */
  data: Readonly<Record<string, unknown>>,
) => AsyncIterable<unknown> | Promise<unknown>;

/** Whether Dify may ask a model plugin for this. */
export function isModelAction(action: string): action is ModelAction {
  return Object.hasOwn(requestSchemas, action);
}

/**
 * Answers one request as the daemon wants it, message by message.
 * @throws PluginError `BAD_REQUEST` for a request that cannot be read or that this provider does not serve; `INTERNAL` when
 * the provider's answer breaks the daemon's rules (the message names the fields).
 */
export async function* answerModelRequest<Action extends ModelAction>(
  provider: ModelProvider,
  action: Action,
  data: Readonly<Record<string, unknown>>,
  context: Context,
): AsyncGenerator<unknown, void, undefined> {
  const request = requestSchemas[action].safeParse(data);
  if (!request.success) {
    throw new PluginError(
      "BAD_REQUEST",
      `The request ${action} cannot be read: check ${toFieldNames(request.error).join(", ")}.`,
    );
  }
  const answer = answers[action](provider, request.data, context, data);
  if (answer instanceof Promise) {
    yield toChecked(action, await answer);
  } else {
    for await (const message of answer) yield toChecked(action, message);
  }
}

function toChecked(action: ModelAction, message: unknown): unknown {
  const checked = responseSchemas[action].safeParse(message);
  if (checked.success) return message;
  throw new PluginError(
    "INTERNAL",
    `The plugin's answer to ${action} is not one Dify accepts: check ${toFieldNames(checked.error).join(", ")}.`,
  );
}

const answers: { readonly [Action in ModelAction]: Answer<Action> } = {
  async validate_provider_credentials(provider, request, context, data) {
    await provider.validateCredentials?.(request, context);
    // What is returned replaces what Dify keeps, so it goes back exactly as it came.
    return { result: true, credentials: data["credentials"] ?? {} };
  },

  async validate_model_credentials(provider, request, context, data) {
    await findModel(provider, request).validateCredentials(toCall(request), context);
    return { result: true, credentials: data["credentials"] ?? {} };
  },

  async get_ai_model_schemas(provider, request, context) {
    return { model_schema: await describe(findModel(provider, request), toCall(request), context) };
  },

  async *invoke_llm(provider, wire, context) {
    const model = need(provider, "llm");
    const request = toLanguageRequest(wire);
    const start = performance.now();
    // Asked beside the answer, so that a price list never delays the first word.
    const pricing = priceOf(model, request, context);
    let index = 0;
    let usage: TokenUsage | undefined;
    let finishReason: string | undefined;
    let text = "";
    let answerTokens = 0;
    const toolCalls: ToolCall[] = [];
    for await (const chunk of model.invoke(request, context)) {
      usage = chunk.usage ?? usage;
      finishReason = chunk.finishReason ?? finishReason;
      toolCalls.push(...(chunk.toolCalls ?? []));
      if (!request.stream) text += chunk.text ?? "";
      else if (chunk.text || chunk.toolCalls?.length) {
        answerTokens += estimateTokens(chunk.text ?? "");
        yield toMessageChunk(request.model, index, chunk);
        index += 1;
      }
    }
    usage ??= {
      promptTokens: await countPromptTokens(model, request, context),
      completionTokens:
        answerTokens +
        estimateTokens(text) +
        toolCalls.reduce((sum, call) => sum + estimateTokens(call.name + call.arguments), 0),
    };
    const last = toMessageChunk(request.model, index, request.stream ? {} : { text, toolCalls });
    yield {
      ...last,
      delta: {
        ...last.delta,
        finish_reason: finishReason ?? (toolCalls.length > 0 ? "tool_calls" : "stop"),
        usage: toLanguageUsage(usage, secondsSince(start), await pricing),
      },
    };
  },

  async get_llm_num_tokens(provider, wire, context) {
    const request = { ...toCall(wire), messages: wire.prompt_messages, tools: wire.tools };
    return { num_tokens: await countPromptTokens(need(provider, "llm"), request, context) };
  },

  async start_polling(provider, wire, context) {
    const model = need(provider, "llm");
    if (model.startPolling === undefined) throw unsupported("polling");
    const request = toLanguageRequest(wire);
    const start = performance.now();
    return toPollingMessage(
      model,
      request,
      await model.startPolling(request, context),
      start,
      context,
    );
  },

  async check_polling(provider, wire, context) {
    const model = need(provider, "llm");
    if (model.checkPolling === undefined) throw unsupported("polling");
    const request = { ...toCall(wire), state: wire.plugin_state };
    const start = performance.now();
    return toPollingMessage(
      model,
      request,
      await model.checkPolling(request, context),
      start,
      context,
    );
  },

  async invoke_text_embedding(provider, wire, context) {
    const model = need(provider, "text-embedding");
    const call = toCall(wire);
    const start = performance.now();
    const pricing = priceOf(model, call, context);
    const result = await model.embed(
      { ...call, texts: wire.texts, purpose: wire.input_type },
      context,
    );
    return toEmbeddingMessage(call, wire.texts.length, result, start, await pricing);
  },

  async get_text_embedding_num_tokens(provider, wire, context) {
    const model = need(provider, "text-embedding");
    const request = { ...toCall(wire), texts: wire.texts };
    return {
      num_tokens: (await model.countTokens?.(request, context)) ?? wire.texts.map(estimateTokens),
    };
  },

  async invoke_multimodal_embedding(provider, wire, context) {
    const model = need(provider, "multimodal-embedding");
    const call = toCall(wire);
    const start = performance.now();
    const pricing = priceOf(model, call, context);
    const result = await model.embed(
      { ...call, documents: wire.documents, purpose: wire.input_type },
      context,
    );
    return toEmbeddingMessage(call, wire.documents.length, result, start, await pricing);
  },

  async invoke_rerank(provider, wire, context) {
    const request = {
      ...toCall(wire),
      query: wire.query,
      documents: wire.docs,
      ...(wire.top_n === undefined ? {} : { topN: wire.top_n }),
    };
    const relevances = await need(provider, "rerank").rerank(request, context);
    return toRankingMessage(wire, wire.docs, relevances);
  },

  async invoke_multimodal_rerank(provider, wire, context) {
    const request = {
      ...toCall(wire),
      query: wire.query,
      documents: wire.docs,
      ...(wire.top_n === undefined ? {} : { topN: wire.top_n }),
    };
    const relevances = await need(provider, "multimodal-rerank").rerank(request, context);
    const texts = wire.docs.map((document) => (document.type === "text" ? document.content : ""));
    return toRankingMessage(wire, texts, relevances);
  },

  async *invoke_tts(provider, wire, context) {
    const request = { ...toCall(wire), text: wire.content_text, voice: wire.voice };
    for await (const { audio, mimeType } of need(provider, "tts").speak(request, context)) {
      for (let offset = 0; offset < audio.length; offset += maxAudioBytes) {
        const piece = audio.subarray(offset, offset + maxAudioBytes);
        const result = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString(
          "hex",
        );
        yield { result, ...(mimeType === undefined ? {} : { mime_type: mimeType }) };
      }
    }
  },

  async get_tts_model_voices(provider, wire, context) {
    const request = {
      ...toCall(wire),
      ...(wire.language === undefined ? {} : { language: wire.language }),
    };
    return { voices: await need(provider, "tts").voices(request, context) };
  },

  async invoke_speech2text(provider, wire, context) {
    return {
      result: await need(provider, "speech2text").transcribe(
        { ...toCall(wire), audio: wire.file },
        context,
      ),
    };
  },

  async invoke_moderation(provider, wire, context) {
    return {
      result: await need(provider, "moderation").moderate(
        { ...toCall(wire), text: wire.text },
        context,
      ),
    };
  },
};

// ---- Requests -------------------------------------------------------------------------------------------------------

function toCall(wire: WireCall): ModelCall {
  return {
    provider: wire.provider,
    model: wire.model,
    credentials: wire.credentials,
    ...(wire.user_id === undefined ? {} : { userId: wire.user_id }),
  };
}

function toLanguageRequest(wire: WireLanguageRequest): LanguageRequest {
  return {
    ...toCall(wire),
    messages: wire.prompt_messages,
    parameters: wire.model_parameters,
    tools: wire.tools,
    ...(wire.tool_choice === undefined ? {} : { toolChoice: wire.tool_choice }),
    stop: wire.stop,
    ...(wire.json_schema === undefined ? {} : { jsonSchema: wire.json_schema }),
    stream: wire.stream,
  };
}

type Models = ModelProvider["models"];

function need<Type extends keyof Models>(
  provider: ModelProvider,
  type: Type,
): NonNullable<Models[Type]> {
  const model = provider.models[type];
  if (model === undefined) throw unsupported(type);
  return model;
}

function findModel(provider: ModelProvider, wire: WireCall): Model {
  const models: { readonly [Type in ModelType]?: Model } = provider.models;
  const model = Object.entries(models).find(([type]) => type === wire.model_type)?.[1];
  if (model === undefined) throw unsupported("this kind of model");
  return model;
}

function unsupported(what: string): PluginError {
  return new PluginError(
    "BAD_REQUEST",
    `This provider does not offer ${what}. Choose another provider for it.`,
  );
}

async function describe(
  model: Model,
  call: ModelCall,
  context: Context,
): Promise<ModelSchema | null> {
  return (await model.describe?.(call, context)) ?? null;
}

async function priceOf(
  model: Model,
  call: ModelCall,
  context: Context,
): Promise<Pricing | undefined> {
  return (await describe(model, call, context).catch(() => null))?.pricing; // an unknown price must not fail the answer
}

async function countPromptTokens(
  model: LanguageModel,
  request: Pick<LanguageRequest, "messages" | "tools"> & ModelCall,
  context: Context,
): Promise<number> {
  return (
    (await model.countTokens?.(request, context)) ??
    estimatePromptTokens(request.messages, request.tools)
  );
}

// ---- Answers --------------------------------------------------------------------------------------------------------

const secondsSince = (start: number): number => Math.round(performance.now() - start) / 1000;

interface MessageChunk {
  readonly model: string;
  readonly prompt_messages: readonly [];
  readonly delta: { readonly index: number; readonly message: object };
}

/** `prompt_messages` is always empty: a plugin never sends a prompt back. */
function toMessageChunk(model: string, index: number, chunk: LanguageChunk): MessageChunk {
  return { model, prompt_messages: [], delta: { index, message: toAssistantMessage(chunk) } };
}

function toAssistantMessage(chunk: LanguageChunk): object {
  return {
    role: "assistant",
    content: chunk.text ?? "",
    tool_calls: (chunk.toolCalls ?? []).map((call) => ({
      id: call.id,
      type: "function",
      function: { name: call.name, arguments: call.arguments },
    })),
  };
}

async function toPollingMessage(
  model: LanguageModel,
  call: ModelCall,
  result: PollingResult,
  start: number,
  context: Context,
): Promise<object> {
  switch (result.status) {
    case "running":
      return {
        status: "running",
        plugin_state: result.state,
        ...(result.nextCheckAfterSeconds === undefined
          ? {}
          : { next_check_after_seconds: result.nextCheckAfterSeconds }),
        ...(result.expiresAfterSeconds === undefined
          ? {}
          : { expires_after_seconds: result.expiresAfterSeconds }),
        ...(result.maxAttempts === undefined ? {} : { max_attempts: result.maxAttempts }),
      };
    case "failed":
      return { status: "failed", error: result.error };
    case "succeeded": {
      const usage = result.answer.usage ?? {
        promptTokens: 0,
        completionTokens: estimateTokens(result.answer.text ?? ""),
      };
      return {
        status: "succeeded",
        result: {
          model: call.model,
          prompt_messages: [],
          message: toAssistantMessage(result.answer),
          usage: toLanguageUsage(usage, secondsSince(start), await priceOf(model, call, context)),
        },
      };
    }
  }
}

function toEmbeddingMessage(
  call: ModelCall,
  inputs: number,
  result: { vectors: readonly (readonly number[])[]; tokens: number },
  start: number,
  pricing: Pricing | undefined,
): object {
  if (result.vectors.length !== inputs) {
    throw new PluginError(
      "SERVER_UNAVAILABLE",
      `The model returned ${result.vectors.length} vectors for ${inputs} inputs. Try again, or ask the model's operator.`,
    );
  }
  return {
    model: call.model,
    embeddings: result.vectors,
    usage: toEmbeddingUsage(result.tokens, secondsSince(start), pricing),
  };
}

/** Raw scores: normalising them, as some plugins do, makes a threshold meaningless. */
function toRankingMessage(
  wire: WireCall & { score_threshold?: number | undefined; top_n?: number | undefined },
  texts: readonly string[],
  relevances: readonly Relevance[],
): object {
  const threshold = wire.score_threshold ?? Number.NEGATIVE_INFINITY;
  const docs = relevances
    // The daemon sends 0 for "no threshold", and some models score below 0.
    .filter(({ score }) => threshold === 0 || score >= threshold)
    .toSorted((left, right) => right.score - left.score)
    .slice(0, wire.top_n)
    .map(({ index, score }) => {
      const text = texts[index];
      if (text === undefined)
        throw new PluginError(
          "SERVER_UNAVAILABLE",
          "The model ranked a document that was not asked about. Try again, or ask the model's operator.",
        );
      return { index, text, score };
    });
  return { model: wire.model, docs };
}
