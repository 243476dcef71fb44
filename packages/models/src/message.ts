/**
 * What is said to a model and what comes back, in OpenAI's shapes, which every provider can be translated from and to.
 * Fields nobody here knows are kept: a new parameter of a provider works the day it appears.
 */

/** Anything JSON can hold. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** A JSON object whose fields are not known yet. */
export type JsonObject = { readonly [key: string]: Json | undefined };

/** Says whether a parsed value is an object, and neither null nor a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The field as text, or undefined when it is anything else. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The field as a finite number, or undefined when it is anything else. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** One piece of a message: text, or a picture, sound, film or file by link or as data. */
export type ContentPart = JsonObject & { readonly type: string };

/** A tool the model asked to run. */
export interface ToolCall {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
}

/** One turn of a conversation. */
export interface ChatMessage {
  readonly role: string;
  readonly content?: string | readonly ContentPart[] | null;
  readonly tool_calls?: readonly ToolCall[];
  readonly tool_call_id?: string;
  /** What the model thought before it answered, where the provider shows it. */
  readonly reasoning_content?: string | null;
  readonly name?: string;
}

/** A request for the next turn. */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly stream?: boolean;
  readonly [parameter: string]: unknown;
}

/** Tokens read, written and both, as the provider counts them; `seconds` and `characters` for speech. */
export interface Usage {
  readonly prompt_tokens?: number;
  readonly completion_tokens?: number;
  readonly total_tokens?: number;
  /** Length of the audio that was heard. */
  readonly seconds?: number;
  /** Length of the text that was spoken. */
  readonly characters?: number;
}

/** The whole answer to a {@link ChatRequest}. */
export interface ChatAnswer {
  readonly id: string;
  readonly object: "chat.completion";
  readonly created: number;
  readonly model: string;
  readonly choices: readonly {
    readonly index: number;
    readonly message: ChatMessage;
    readonly finish_reason: string | null;
  }[];
  readonly usage?: Usage;
}

/** What one event of a streamed answer adds. */
export interface ChatDelta {
  readonly role?: string;
  readonly content?: string | null;
  readonly reasoning_content?: string | null;
  /** Joined by `index`: ids may be empty or repeated. */
  readonly tool_calls?: readonly {
    readonly index: number;
    readonly id?: string;
    readonly type?: "function";
    readonly function?: { readonly name?: string; readonly arguments?: string };
  }[];
}

/** One event of a streamed answer. */
export interface ChatChunk {
  readonly id: string;
  readonly object: "chat.completion.chunk";
  readonly created: number;
  readonly model: string;
  readonly choices: readonly {
    readonly index: number;
    readonly delta: ChatDelta;
    readonly finish_reason: string | null;
  }[];
  readonly usage?: Usage | null;
}

/** A request to go on from `prompt`, up to `suffix` when there is one. */
export interface CompletionRequest {
  readonly model: string;
  readonly prompt: string | readonly string[];
  readonly suffix?: string | null;
  readonly stream?: boolean;
  readonly [parameter: string]: unknown;
}

/** The answer to a {@link CompletionRequest}, whole or one event of it. */
export interface CompletionAnswer {
  readonly id: string;
  readonly object: "text_completion";
  readonly created: number;
  readonly model: string;
  readonly choices: readonly {
    readonly index: number;
    readonly text: string;
    readonly finish_reason: string | null;
    readonly logprobs: null;
  }[];
  readonly usage?: Usage;
}

/** Texts to be turned into vectors. */
export interface EmbeddingsRequest {
  readonly model: string;
  readonly input: string | readonly string[];
  readonly dimensions?: number;
  readonly [parameter: string]: unknown;
}

/** One vector per text, in the order of the texts. */
export interface EmbeddingsAnswer {
  readonly model: string;
  readonly vectors: readonly (readonly number[])[];
  readonly usage?: Usage;
}

/** Documents to be ordered by how well they answer a query. */
export interface RerankRequest {
  readonly model: string;
  readonly query: string;
  readonly documents: readonly (string | JsonObject)[];
  readonly top_n?: number;
  readonly return_documents?: boolean;
  /** What "relevant" means here, in a sentence; only some models read it. */
  readonly instruct?: string;
}

/** The best documents first; scores are the model's own and are not rescaled. */
export interface RerankAnswer {
  readonly id: string;
  readonly model: string;
  readonly results: readonly {
    readonly index: number;
    readonly relevance_score: number;
    readonly document?: { readonly text: string };
  }[];
  readonly usage?: Usage;
}

/** How a transcript is wanted. */
export type TranscriptFormat = "json" | "text" | "srt" | "vtt" | "verbose_json";

/** Sound to be written down. */
export interface TranscriptionRequest {
  readonly model: string;
  readonly audio: Uint8Array;
  readonly fileName: string;
  /** Media type as the sender named it, for example `audio/wav`. */
  readonly mediaType: string;
  readonly language?: string;
  /** Names and words to expect. */
  readonly prompt?: string;
  readonly temperature?: number;
}

/** The text of a recording, with times in seconds where the model knows them. */
export interface Transcript {
  readonly text: string;
  readonly language?: string;
  readonly durationSeconds?: number;
  readonly segments?: readonly {
    readonly startSeconds: number;
    readonly endSeconds: number;
    readonly text: string;
  }[];
  readonly usage?: Usage;
}

/** Text to be spoken. */
export interface SpeechRequest {
  readonly model: string;
  readonly input: string;
  readonly voice: string;
  /** `mp3`, `opus`, `aac`, `flac`, `wav` or `pcm`; without it the provider's best for streaming. */
  readonly response_format?: string;
  /** 1 is the voice's own speed. */
  readonly speed?: number;
  readonly instructions?: string;
}

/** A piece of spoken audio, in the format the call asked for. */
export interface SpeechChunk {
  readonly audio: Uint8Array;
  readonly usage?: Usage;
}

/** What goes to the provider: always a POST, `path` relative to the provider's root. */
export interface Call {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** Turns a provider's stream, event by event, into ours. */
export interface EventReader<Chunk> {
  /** What this event adds; throws a ModelError `UPSTREAM_ERROR` when the event is an error. */
  push(event: { readonly event: string | undefined; readonly data: string }): readonly Chunk[];
  /** What is left when the stream has ended; throws `INVALID_RESPONSE` when it ended in the middle. */
  finish(): readonly Chunk[];
}

/** One thing a provider can do: the bytes to send, and how to read what comes back. */
export interface Operation<Request, Answer, Chunk = never> {
  /** The provider's bytes for this request; throws `UNSUPPORTED` with the field's name when it cannot be said to this provider. */
  call(request: Request): Call;
  /** Reads a whole answer from parsed JSON; throws `INVALID_RESPONSE` when it is not one. */
  parse(body: unknown): Answer;
  /** Reads a streamed answer; absent when the provider does not stream this. */
  stream?(): EventReader<Chunk>;
}
