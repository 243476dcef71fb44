import { randomUUID } from "node:crypto";
import {
  anthropic,
  type Call,
  type ChatChunk,
  type ChatRequest,
  type CompletionRequest,
  dashscope,
  type EventReader,
  fimFamilyOf,
  infill,
  isObject,
  type JsonObject,
  numberOf,
  openai,
  parseForm,
  type RerankAnswer,
  type RerankRequest,
  type SpeechChunk,
  speechForm,
  speechFormat,
  speechTask,
  type SpeechRequest,
  type Task,
  textOf,
  type Transcript,
  type TranscriptFormat,
  transcriptionForm,
  type TranscriptionRequest,
  transcriptionTask,
  type Usage,
  wavHeader,
  withFimPrompt,
  writeTranscript,
} from "@cloud-code/models";
import type { ConfigFile } from "./config/schema.ts";
import { GatewayFailure } from "./failure.ts";
import type { Route } from "./routes.ts";
import type { Upstream } from "./upstream.ts";

/** A place that has a model: an upstream, and the model's name there. */
export interface Target {
  readonly upstream: Upstream;
  /** The provider's name of the model; undefined for the name that was asked for. */
  readonly model: string | undefined;
  readonly weight: number;
  readonly fim: Extract<ConfigFile["models"][string], object>["targets"][number]["fim"];
}

/** An answer whole, as it goes to the caller. */
interface WrittenAnswer {
  readonly mediaType: string;
  readonly body: string | Uint8Array;
  readonly usage: Usage | undefined;
}

/** Turns pieces of the provider's answer into pieces of ours. */
export interface AnswerStream<Piece> {
  readonly mediaType: string;
  push(piece: Piece): readonly (string | Uint8Array)[];
  finish(): readonly (string | Uint8Array)[];
  /** Known after `finish`. */
  readonly usage: Usage | undefined;
}

/** A call, and whether its path lies beside the root's `/v1` instead of below it. */
export type PlacedCall = Call & { readonly besideVersion?: boolean };

/** A request in the provider's own form, and how to read what comes back. */
export type Translation =
  | { readonly kind: "whole"; readonly call: PlacedCall; read(body: unknown): WrittenAnswer }
  | {
      readonly kind: "events";
      readonly call: PlacedCall;
      open(): AnswerStream<{ event: string | undefined; data: string }>;
    }
  /** Over the provider's WebSocket; the answer is whole or streamed in the end. */
  | {
      readonly kind: "task";
      readonly task: Task<Transcript>;
      read(transcript: Transcript): WrittenAnswer;
    }
  | {
      readonly kind: "audio-task";
      readonly task: Task<SpeechChunk>;
      open(): AnswerStream<SpeechChunk>;
    };

/**
 * Whether a target takes the caller's own bytes (true), or the request has to be translated for it. A completion with a
 * suffix is the one case that depends on the request: `hasSuffix` is undefined while that is not known.
 */
export function isRelayed(route: Route, target: Target, hasSuffix: boolean | undefined): boolean {
  const { upstream } = target;
  if (upstream.pathOf(route.name) === undefined) return false;
  if (route.name === "rerank") return !route.native;
  if (route.name !== "completions" || fimOf(target, "") === "suffix") return true;
  return hasSuffix === false;
}

// Model Studio documents no suffix field; its coder models read Qwen's tokens.
function fimOf(target: Target, asked: string): NonNullable<Target["fim"]> {
  if (target.fim !== undefined) return target.fim;
  if (target.upstream.settings.kind !== "dashscope") return "suffix";
  return asked === "" ? "qwen" : (fimFamilyOf(target.model ?? asked) ?? "suffix");
}

/**
 * The request for this target. Throws a GatewayFailure or a ModelError with the field's name when it is not of the
 * documented form or cannot be said to this provider.
 */
export function translate(
  route: Route,
  target: Target,
  body: Uint8Array,
  mediaType: string,
): Translation {
  switch (route.name) {
    case "rerank":
      return translateRerank(target, parseRerankRequest(parseBody(body)), route.native);
    case "transcription":
      return translateTranscription(target, body, mediaType);
    case "speech":
      return translateSpeech(target, parseBody(body));
    case "completions":
      return translateCompletion(target, parseBody(body));
    case "chat":
      if (target.upstream.settings.kind === "anthropic")
        return translateChat(target, parseBody(body));
      break;
    default:
  }
  throw new GatewayFailure("unsupported", {
    detail: `The provider of this model has no endpoint for "${route.name}".`,
    param: "model",
  });
}

function parseBody(body: Uint8Array): JsonObject & { readonly model: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(
      Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"),
    );
  } catch {
    throw new GatewayFailure("invalid_body");
  }
  if (!isObject(parsed) || typeof parsed["model"] !== "string")
    throw new GatewayFailure("invalid_body");
  return parsed as JsonObject & { readonly model: string };
}

function invalid(param: string, detail: string): GatewayFailure {
  return new GatewayFailure("invalid_request", { detail, param });
}

// ---------------------------------------------------------------------------------------------------------------------
// Chat for Anthropic

function translateChat(target: Target, body: JsonObject & { readonly model: string }): Translation {
  if (!Array.isArray(body["messages"]) || !body["messages"].every(isMessage))
    throw invalid(
      "messages",
      "messages must be a list of messages, each with text, a list of parts, or tool calls.",
    );
  const request = { ...body, model: target.model ?? body.model } as unknown as ChatRequest;
  const operation = anthropic.chat;
  const call = operation.call(request);
  if (request.stream !== true)
    return { kind: "whole", call, read: (answer) => writeJson(operation.parse(answer)) };
  const options = body["stream_options"];
  const wantsUsage = isObject(options) && options["include_usage"] === true;
  return { kind: "events", call, open: () => writeChunks(operation.stream?.(), wantsUsage) };
}

/** Whether the fields that a translation reads have the documented types. */
function isMessage(message: unknown): boolean {
  if (!isObject(message)) return false;
  const { content, tool_calls: calls } = message;
  const parts = Array.isArray(content) ? content : [];
  return (
    (content === undefined ||
      content === null ||
      typeof content === "string" ||
      parts === content) &&
    parts.every((part) => isObject(part) && typeof part["type"] === "string") &&
    (calls === undefined || calls === null || (Array.isArray(calls) && calls.every(isToolCall)))
  );
}

function isToolCall(call: unknown): boolean {
  const described = isObject(call) ? call["function"] : undefined;
  return (
    isObject(described) &&
    typeof described["name"] === "string" &&
    typeof described["arguments"] === "string"
  );
}

function writeJson(answer: { readonly usage?: Usage }): WrittenAnswer {
  return { mediaType: "application/json", body: JSON.stringify(answer), usage: answer.usage };
}

/** Chunks as events, as OpenAI writes them: counts in an event of their own, and only when asked for. */
function writeChunks<Chunk extends Pick<ChatChunk, "id" | "created" | "model" | "usage">>(
  reader: EventReader<Chunk> | undefined,
  wantsUsage: boolean,
): AnswerStream<{ event: string | undefined; data: string }> {
  let last: Chunk | undefined;
  const write = (chunks: readonly Chunk[]): string[] =>
    chunks.map((chunk) => {
      if (chunk.usage !== undefined && chunk.usage !== null) last = chunk;
      const { usage: _, ...rest } = chunk;
      return `data: ${JSON.stringify(rest)}\n\n`;
    });
  return {
    mediaType: "text/event-stream; charset=utf-8",
    push: (event) => write(reader?.push(event) ?? []),
    finish() {
      const rest = write(reader?.finish() ?? []);
      if (wantsUsage && last !== undefined)
        rest.push(`data: ${JSON.stringify({ ...last, choices: [] })}\n\n`);
      return [...rest, "data: [DONE]\n\n"];
    },
    get usage() {
      return last?.usage ?? undefined;
    },
  };
}

// ---------------------------------------------------------------------------------------------------------------------
// Completion with a suffix

function translateCompletion(
  target: Target,
  body: JsonObject & { readonly model: string },
): Translation {
  if (typeof body["prompt"] !== "string")
    throw invalid("prompt", "A completion with a suffix needs one prompt, as text.");
  const { model, stream_options, ...parameters } = body;
  const request = { ...parameters, model: target.model ?? model } as unknown as CompletionRequest;
  const fim = fimOf(target, model);
  const options = stream_options === undefined ? {} : { stream_options };
  const { kind } = target.upstream.settings;
  const operation =
    fim === "infill"
      ? infill.completion
      : kind === "dashscope"
        ? dashscope.completion
        : openai.completion;
  const call = operation.call(
    fim === "infill" || fim === "suffix"
      ? { ...request, ...(fim === "suffix" ? options : {}) }
      : { ...withFimPrompt(request, fim), ...options },
  );
  // llama-server's own endpoint lies beside /v1.
  const placed =
    fim === "infill"
      ? { ...call, besideVersion: true }
      : { ...call, path: target.upstream.pathOf("completions") ?? call.path };
  if (request.stream !== true)
    return { kind: "whole", call: placed, read: (answer) => writeJson(operation.parse(answer)) };
  const wantsUsage = isObject(stream_options) && stream_options["include_usage"] === true;
  return {
    kind: "events",
    call: placed,
    open: () => writeChunks(operation.stream?.(), wantsUsage),
  };
}

// ---------------------------------------------------------------------------------------------------------------------
// Rerank

/** Reads Jina's and Cohere's flat form and DashScope's native one. */
function parseRerankRequest(body: JsonObject & { readonly model: string }): RerankRequest {
  const input = isObject(body["input"]) ? body["input"] : body;
  const parameters = isObject(body["parameters"]) ? body["parameters"] : body;
  const query = textOf(input["query"]);
  if (query === undefined) throw invalid("query", "query must be text.");
  const documents = input["documents"];
  if (
    !Array.isArray(documents) ||
    !documents.every((one) => typeof one === "string" || isObject(one))
  )
    throw invalid("documents", "documents must be a list of texts.");
  const topN = parameters["top_n"];
  if (
    topN !== undefined &&
    topN !== null &&
    (typeof topN !== "number" || !Number.isInteger(topN) || topN < 1)
  )
    throw invalid("top_n", "top_n must be a whole number above 0.");
  const instruct = textOf(parameters["instruct"]);
  return {
    model: body.model,
    query,
    documents,
    ...(typeof topN === "number" ? { top_n: topN } : {}),
    ...(typeof parameters["return_documents"] === "boolean"
      ? { return_documents: parameters["return_documents"] }
      : {}),
    ...(instruct === undefined ? {} : { instruct }),
  };
}

function translateRerank(target: Target, asked: RerankRequest, native: boolean): Translation {
  const request = { ...asked, model: target.model ?? asked.model };
  const dialect = target.upstream.settings.kind === "dashscope" ? dashscope : openai;
  const call = dialect.rerank.call(request);
  const path = target.upstream.pathOf("rerank") ?? call.path;
  return {
    kind: "whole",
    call: { ...call, path },
    read(body) {
      const answer = dialect.rerank.parse(body);
      const named = { ...answer, model: asked.model, results: withDocuments(answer, asked) };
      if (!native) return writeJson(named);
      const { id, results, usage } = named;
      return {
        mediaType: "application/json",
        body: JSON.stringify({ output: { results }, usage: usage ?? {}, request_id: id }),
        usage,
      };
    },
  };
}

// Some providers leave the texts out although they were asked for; the caller's own are the same.
function withDocuments(answer: RerankAnswer, request: RerankRequest): RerankAnswer["results"] {
  if (request.return_documents !== true) return answer.results;
  return answer.results.map((result) => {
    const own = request.documents[result.index];
    const text = typeof own === "string" ? own : textOf(own?.["text"]);
    return result.document !== undefined || text === undefined
      ? result
      : { ...result, document: { text } };
  });
}

// ---------------------------------------------------------------------------------------------------------------------
// Speech to text

const formats: readonly TranscriptFormat[] = ["json", "text", "srt", "vtt", "verbose_json"];

function translateTranscription(target: Target, body: Uint8Array, mediaType: string): Translation {
  const { request, format } = parseTranscriptionRequest(body, mediaType);
  const asked = { ...request, model: target.model ?? request.model };
  const read = (transcript: Transcript): WrittenAnswer => ({
    ...writeTranscript(transcript, format),
    usage: transcript.usage,
  });
  if (target.upstream.settings.kind !== "dashscope")
    throw new GatewayFailure("unsupported", { param: "model" });
  if (transcriptionForm(asked.model) === "task")
    return { kind: "task", task: transcriptionTask(asked, randomUUID()), read };
  // Refused before the recording is sent: this form gives no times.
  writeTranscript({ text: "" }, format);
  const operation = dashscope.transcription;
  return {
    kind: "whole",
    call: operation.call(asked),
    read: (answer) => read(operation.parse(answer)),
  };
}

function parseTranscriptionRequest(
  body: Uint8Array,
  mediaType: string,
): { request: TranscriptionRequest; format: TranscriptFormat } {
  const parts = parseForm(body, mediaType);
  const field = (name: string): string | undefined => {
    const part = parts.find((one) => one.name === name && one.fileName === undefined);
    return part === undefined ? undefined : new TextDecoder().decode(part.body);
  };
  const file = parts.find((part) => part.name === "file");
  if (file === undefined) throw invalid("file", "The form has no file.");
  const wanted = field("response_format") ?? "json";
  const format = formats.find((one) => one === wanted);
  if (format === undefined)
    throw invalid("response_format", `response_format must be one of ${formats.join(", ")}.`);
  if (field("stream") === "true")
    throw new GatewayFailure("unsupported", {
      detail: "Transcripts of this model are not streamed. Leave `stream` out.",
      param: "stream",
    });
  const temperature = field("temperature");
  if (temperature !== undefined && numberOf(Number(temperature)) === undefined)
    throw invalid("temperature", "temperature must be a number.");
  const language = field("language");
  const prompt = field("prompt");
  return {
    format,
    request: {
      model: field("model") ?? "",
      audio: file.body,
      fileName: file.fileName ?? "audio.wav",
      mediaType: file.mediaType ?? "",
      ...(language === undefined || language === "" ? {} : { language }),
      ...(prompt === undefined || prompt === "" ? {} : { prompt }),
      ...(temperature === undefined ? {} : { temperature: Number(temperature) }),
    },
  };
}

// ---------------------------------------------------------------------------------------------------------------------
// Text to speech

function translateSpeech(
  target: Target,
  body: JsonObject & { readonly model: string },
): Translation {
  const input = textOf(body["input"]);
  if (input === undefined || input === "") throw invalid("input", "input must be text.");
  const voice = isObject(body["voice"]) ? textOf(body["voice"]["id"]) : textOf(body["voice"]);
  if (voice === undefined) throw invalid("voice", "voice must be the name of a voice.");
  if (body["stream_format"] === "sse")
    throw new GatewayFailure("unsupported", {
      detail: "Speech is streamed as audio. Leave `stream_format` out.",
      param: "stream_format",
    });
  const speed = numberOf(body["speed"]);
  const format = textOf(body["response_format"]);
  const instructions = textOf(body["instructions"]);
  const request: SpeechRequest = {
    model: target.model ?? body.model,
    input,
    voice: target.upstream.settings.voices?.[voice] ?? voice,
    ...(format === undefined ? {} : { response_format: format }),
    ...(speed === undefined ? {} : { speed }),
    ...(instructions === undefined || instructions === "" ? {} : { instructions }),
  };
  const { given, mediaType } = speechFormat(request);
  const open = (): AnswerStream<SpeechChunk> => writeAudio(mediaType, given === "wav");
  if (speechForm(request.model) === "task")
    return { kind: "audio-task", task: speechTask(request, randomUUID()), open };
  return {
    kind: "events",
    call: dashscope.speech.call(request),
    open() {
      const reader = dashscope.speech.stream();
      const audio = open();
      return {
        mediaType,
        push: (event) => reader.push(event).flatMap((chunk) => audio.push(chunk)),
        finish: () => [...reader.finish().flatMap((chunk) => audio.push(chunk)), ...audio.finish()],
        get usage() {
          return audio.usage;
        },
      };
    },
  };
}

function writeAudio(mediaType: string, needsHeader: boolean): AnswerStream<SpeechChunk> {
  let headed = !needsHeader;
  let usage: Usage | undefined;
  return {
    mediaType,
    push(chunk) {
      usage = chunk.usage ?? usage;
      if (chunk.audio.length === 0) return [];
      if (headed) return [chunk.audio];
      headed = true;
      return [wavHeader(), chunk.audio];
    },
    finish: () => [],
    get usage() {
      return usage;
    },
  };
}
