/**
 * What the author of a model provider writes: one object per kind of model, in plain values.
 *
 * Nothing here is in the daemon's wire form. `actions.ts` turns a request into these types (no nulls, no hex, no empty
 * strings that mean "absent") and turns what the author returns into the messages the daemon validates.
 */

/** The kinds of model Dify knows. */
export type ModelType =
  | "llm"
  | "text-embedding"
  | "rerank"
  | "speech2text"
  | "moderation"
  | "tts"
  | "text2img"
  | "multimodal-embedding"
  | "multimodal-rerank";

/** A text in the languages of Dify's interface. English is required; a missing language falls back to it. */
export interface LocalizedText {
  readonly en_US: string;
  readonly zh_Hans?: string;
  readonly ja_JP?: string;
  readonly pt_BR?: string;
}

/** What the person typed into the credential form, by the form's variable names. A field left empty is absent. */
export type Credentials = Readonly<Record<string, string>>;

/** What a handler may know about the session it answers. */
export interface Context {
  /** Aborted when nobody can receive the answer any more: the connection closed, or the time limit passed. */
  readonly signal: AbortSignal;
}

/** Which model of which provider is meant, and how to reach it. */
export interface ModelCall {
  readonly provider: string;
  readonly model: string;
  readonly credentials: Credentials;
  /** Dify's opaque id of the end user; absent when Dify has none. */
  readonly userId?: string;
}

/** A picture, a recording, a film or a document in a message, inline (`base64`) or by `url`. */
export interface MediaPart {
  readonly type: "image" | "audio" | "video" | "document";
  readonly base64?: string;
  readonly url?: string;
  /** Such as `image/png`. */
  readonly mimeType?: string;
  /** Such as `png`, `wav`. */
  readonly format?: string;
  readonly filename?: string;
  /** How closely a picture is to be looked at. */
  readonly detail?: "low" | "high";
}

/** One part of a message. */
export type ContentPart = { readonly type: "text"; readonly text: string } | MediaPart;

/** The text of a message, or its parts. */
export type Content = string | readonly ContentPart[];

/** A tool the model asks to have called. `arguments` is JSON text, as the model wrote it. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** One message of the conversation so far. */
export type Message =
  | { readonly role: "system" | "user"; readonly content: Content; readonly name?: string }
  | {
      readonly role: "assistant";
      readonly content: Content;
      readonly name?: string;
      readonly toolCalls: readonly ToolCall[];
    }
  | {
      readonly role: "tool";
      readonly content: Content;
      readonly name?: string;
      readonly toolCallId: string;
    };

/** A tool the model may call; `parameters` is a JSON schema. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Whether, and which, tool the model must call. */
export type ToolChoice =
  | { readonly mode: "auto" | "none" | "required" }
  | { readonly mode: "tool"; readonly name: string };

/** One invocation of a language model. */
export interface LanguageRequest extends ModelCall {
  readonly messages: readonly Message[];
  /** The parameters the person set in Dify, by the names of the model's parameter rules. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  readonly stop: readonly string[];
  /** A schema the answer must follow, when Dify itself asks for one. */
  readonly jsonSchema?: Readonly<Record<string, unknown>>;
  /** Whether Dify wants pieces. Yield pieces either way: the SDK joins them when it does not. */
  readonly stream: boolean;
}

/** Tokens a language model used. */
export interface TokenUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** A piece of a language model's answer. Usage and finish reason may come with any piece; the last one said counts. */
export interface LanguageChunk {
  readonly text?: string;
  readonly toolCalls?: readonly ToolCall[];
  /** Default: `stop`, or `tool_calls` when the answer holds tool calls. */
  readonly finishReason?: string;
  /** Default: an estimate by `countTokens`. */
  readonly usage?: TokenUsage;
}

/** What every kind of model can do. */
export interface Model {
  /**
   * Returns when the credentials work.
   * @throws PluginError `CREDENTIALS` with the sentence the person sees under the form.
   */
  validateCredentials(call: ModelCall, context: Context): Promise<void>;
  /**
   * The model as these credentials describe it (customizable models); its `pricing` prices the answers.
   * Default: null, the packaged declaration holds and answers are free.
   */
  describe?(call: ModelCall, context: Context): ModelSchema | null | Promise<ModelSchema | null>;
}

/**
 * Where a long answer stands when Dify fetches it by polling. `state` is kept by Dify and handed to the next check, so a
 * provider that polls still stores nothing.
 */
export type PollingResult =
  | {
      readonly status: "running";
      readonly state: Readonly<Record<string, unknown>>;
      readonly nextCheckAfterSeconds?: number;
      readonly expiresAfterSeconds?: number;
      readonly maxAttempts?: number;
    }
  | { readonly status: "succeeded"; readonly answer: Omit<LanguageChunk, "finishReason"> }
  | { readonly status: "failed"; readonly error: string };

/** Answers conversations. */
export interface LanguageModel extends Model {
  /** Answers in pieces, as they come. Throwing ends the answer with an error. */
  invoke(request: LanguageRequest, context: Context): AsyncIterable<LanguageChunk>;
  /** Tokens of a prompt. Default: {@link estimateTokens} over everything that is text. */
  countTokens?(
    request: Pick<LanguageRequest, "messages" | "tools"> & ModelCall,
    context: Context,
  ): number | Promise<number>;
  /** Starts an answer that is fetched later; needs the model feature `polling`. */
  startPolling?(request: LanguageRequest, context: Context): Promise<PollingResult>;
  /** Asks how far a started answer is, given the state the last result carried. */
  checkPolling?(
    request: ModelCall & { readonly state: Readonly<Record<string, unknown>> },
    context: Context,
  ): Promise<PollingResult>;
}

/** Whether texts are stored to be found (`document`) or used to find (`query`). */
export type EmbeddingPurpose = "document" | "query";

/** Vectors in the order of the inputs, and the tokens they took. */
export interface Embeddings {
  readonly vectors: readonly (readonly number[])[];
  readonly tokens: number;
}

/** Turns texts into vectors. */
export interface EmbeddingModel extends Model {
  /** One vector per text, in the order of the texts. */
  embed(
    request: ModelCall & { readonly texts: readonly string[]; readonly purpose: EmbeddingPurpose },
    context: Context,
  ): Promise<Embeddings>;
  /** Tokens of each text. Default: {@link estimateTokens}. */
  countTokens?(
    request: ModelCall & { readonly texts: readonly string[] },
    context: Context,
  ): readonly number[] | Promise<readonly number[]>;
}

/** A text, or a picture in base64. */
export interface MultimodalContent {
  readonly type: "text" | "image";
  readonly content: string;
}

/** Turns texts and pictures into vectors of one space. */
export interface MultimodalEmbeddingModel extends Model {
  /** One vector per document, in the order of the documents. */
  embed(
    request: ModelCall & {
      readonly documents: readonly MultimodalContent[];
      readonly purpose: EmbeddingPurpose;
    },
    context: Context,
  ): Promise<Embeddings>;
}

/** How well one of the request's documents fits, by its position in the request. */
export interface Relevance {
  readonly index: number;
  readonly score: number;
}

/** Orders documents by how well they answer a query. The SDK sorts, applies threshold and count, and adds the texts. */
export interface RerankModel extends Model {
  /** Scores documents, in any order; one that is left out is not shown. */
  rerank(
    request: ModelCall & {
      readonly query: string;
      readonly documents: readonly string[];
      readonly topN?: number;
    },
    context: Context,
  ): Promise<readonly Relevance[]>;
}

/** As {@link RerankModel}, for texts and pictures. */
export interface MultimodalRerankModel extends Model {
  /** As for texts. */
  rerank(
    request: ModelCall & {
      readonly query: MultimodalContent;
      readonly documents: readonly MultimodalContent[];
      readonly topN?: number;
    },
    context: Context,
  ): Promise<readonly Relevance[]>;
}

/** A voice: what the person reads, and what the model is told. */
export interface Voice {
  readonly name: string;
  readonly value: string;
}

/** Speaks a text. Pieces may have any size: the SDK cuts them to what a line can carry. */
export interface SpeechModel extends Model {
  /** Sound as it is made. The media type may come with the first piece only. */
  speak(
    request: ModelCall & { readonly text: string; readonly voice: string },
    context: Context,
  ): AsyncIterable<{ readonly audio: Uint8Array; readonly mimeType?: string }>;
  /** Voices for a language (BCP 47), or all when none is given. */
  voices(
    request: ModelCall & { readonly language?: string },
    context: Context,
  ): readonly Voice[] | Promise<readonly Voice[]>;
}

/** Writes down what was said. The recording is in memory only. */
export interface TranscriptionModel extends Model {
  /** The words of a recording, whose bytes are all that is known of it. */
  transcribe(
    request: ModelCall & { readonly audio: Uint8Array },
    context: Context,
  ): Promise<string>;
}

/** Says whether a text is to be refused. */
export interface ModerationModel extends Model {
  /** True to refuse. */
  moderate(request: ModelCall & { readonly text: string }, context: Context): Promise<boolean>;
}

/** A whole provider: its account check and its models by kind. */
export interface ModelProvider {
  /** Needed when the provider has credentials of its own (predefined models). */
  validateCredentials?(
    request: { readonly provider: string; readonly credentials: Credentials },
    context: Context,
  ): Promise<void>;
  readonly models: {
    readonly llm?: LanguageModel;
    readonly "text-embedding"?: EmbeddingModel;
    readonly "multimodal-embedding"?: MultimodalEmbeddingModel;
    readonly rerank?: RerankModel;
    readonly "multimodal-rerank"?: MultimodalRerankModel;
    readonly tts?: SpeechModel;
    readonly speech2text?: TranscriptionModel;
    readonly moderation?: ModerationModel;
  };
}

/** Prices as decimal texts: `input` and `output` per token, times `unit` (such as `0.001` for "per thousand"). */
export interface Pricing {
  readonly input: string;
  readonly output?: string;
  readonly unit: string;
  readonly currency: string;
}

/** One adjustable parameter of a language model, as Dify's interface shows it. */
export interface ParameterRule {
  readonly name: string;
  readonly label?: LocalizedText;
  readonly type: "float" | "int" | "string" | "boolean" | "text";
  readonly help?: LocalizedText;
  readonly required?: boolean;
  readonly default?: string | number | boolean;
  readonly min?: number;
  readonly max?: number;
  readonly precision?: number;
  readonly options?: readonly string[];
}

/** What a model can do beyond plain text. */
export type ModelFeature =
  | "tool-call"
  | "multi-tool-call"
  | "agent-thought"
  | "vision"
  | "stream-tool-call"
  | "document"
  | "video"
  | "audio"
  | "structured-output"
  | "polling";

/** Sizes and habits of a model; Dify refuses keys it does not know. */
export interface ModelProperties {
  readonly mode?: "chat" | "completion";
  /** Tokens of prompt and answer together. */
  readonly context_size?: number;
  /** Texts per embedding call. */
  readonly max_chunks?: number;
  /** Megabytes. */
  readonly file_upload_limit?: number;
  /** Comma-separated, without dots. */
  readonly supported_file_extensions?: string;
  readonly max_characters_per_chunk?: number;
  readonly default_voice?: string;
  readonly voices?: readonly {
    readonly mode: string;
    readonly name: string;
    readonly language: readonly string[];
  }[];
  /** Characters per speech call. */
  readonly word_limit?: number;
  readonly audio_type?: string;
  readonly max_workers?: number;
}

/** A model as Dify lists it. */
export interface ModelSchema {
  readonly model: string;
  readonly label: LocalizedText;
  readonly model_type: ModelType;
  readonly fetch_from?: "predefined-model" | "customizable-model";
  readonly features?: readonly ModelFeature[];
  readonly model_properties: ModelProperties;
  readonly parameter_rules?: readonly ParameterRule[];
  readonly pricing?: Pricing;
  readonly deprecated?: boolean;
}
