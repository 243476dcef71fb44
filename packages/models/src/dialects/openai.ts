import { randomBytes } from "node:crypto";
import { ModelError } from "../error.ts";
import {
  isObject,
  numberOf,
  textOf,
  type Call,
  type ChatAnswer,
  type ChatChunk,
  type ChatRequest,
  type CompletionAnswer,
  type CompletionRequest,
  type EmbeddingsAnswer,
  type EmbeddingsRequest,
  type EventReader,
  type JsonObject,
  type Operation,
  type RerankAnswer,
  type RerankRequest,
  type SpeechRequest,
  type Transcript,
  type TranscriptFormat,
  type TranscriptionRequest,
} from "../message.ts";
import { writeForm, type FormPart } from "../multipart.ts";
import { expectList, expectObject, jsonHeaders, parseEventData, withUsage } from "./reading.ts";

/**
 * OpenAI's own protocol, as spoken by llama-server, vLLM, Ollama, Alibaba Cloud's compatible mode and AI Gateway.
 * Paths are relative to the `…/v1` root.
 */
export const openai: {
  readonly chat: Operation<ChatRequest, ChatAnswer, ChatChunk>;
  readonly completion: Operation<CompletionRequest, CompletionAnswer, CompletionAnswer>;
  readonly embeddings: Operation<EmbeddingsRequest, EmbeddingsAnswer>;
  readonly rerank: Operation<RerankRequest, RerankAnswer>;
  readonly transcription: Operation<TranscriptionRequest, Transcript>;
  /** The answer is the audio itself: there is nothing to parse. */
  readonly speech: { call(request: SpeechRequest): Call };
} = {
  chat: {
    call: (request) => jsonCall("/chat/completions", request, request.stream === true),
    parse: (body) => expectAnswer<ChatAnswer>(body),
    stream: () => jsonEvents<ChatChunk>(),
  },
  completion: {
    call: (request) => jsonCall("/completions", request, request.stream === true),
    parse: (body) => expectAnswer<CompletionAnswer>(body),
    stream: () => jsonEvents<CompletionAnswer>(),
  },
  embeddings: {
    call: (request) => jsonCall("/embeddings", request, false),
    parse: parseEmbeddings,
  },
  rerank: {
    call: (request) => jsonCall("/rerank", request, false),
    parse: (body) => parseRerank(body),
  },
  transcription: { call: callTranscription, parse: parseTranscript },
  speech: {
    call: (request) => ({
      ...jsonCall("/audio/speech", request, false),
      headers: { ...jsonHeaders(false), accept: "*/*" },
    }),
  },
};

function jsonCall(path: string, request: object, stream: boolean): Call {
  return { path, headers: jsonHeaders(stream), body: JSON.stringify(request) };
}

// Only what every reader relies on is checked; all other fields belong to the provider and pass as they are.
function expectAnswer<Answer>(body: unknown): Answer {
  const answer = expectObject(body, "the answer");
  expectList(answer["choices"], "choices");
  return answer as unknown as Answer;
}

function jsonEvents<Chunk>(): EventReader<Chunk> {
  let ended = false;
  return {
    push({ data }) {
      if (ended || data === "") return [];
      if (data.trim() === "[DONE]") {
        ended = true;
        return [];
      }
      return [parseEventData(data) as unknown as Chunk];
    },
    // Several servers never send [DONE]: the end of the stream is an end.
    finish: () => [],
  };
}

function parseEmbeddings(body: unknown): EmbeddingsAnswer {
  const answer = expectObject(body, "the answer");
  const items = expectList(answer["data"], "data").map((item, position) => {
    const entry = expectObject(item, "data[]");
    return { index: numberOf(entry["index"]) ?? position, vector: vectorOf(entry["embedding"]) };
  });
  const vectors = items
    .toSorted((left, right) => left.index - right.index)
    .map((item) => item.vector);
  return { model: textOf(answer["model"]) ?? "", vectors, ...withUsage(answer["usage"]) };
}

function vectorOf(value: unknown): readonly number[] {
  // `encoding_format: base64` is little-endian float32.
  if (typeof value === "string") {
    const bytes = Buffer.from(value, "base64");
    return Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) =>
      bytes.readFloatLE(index * 4),
    );
  }
  return expectList(value, "embedding").map((item) => {
    if (typeof item === "number") return item;
    throw new ModelError("INVALID_RESPONSE", "An embedding holds something that is not a number.");
  });
}

/** Reads the answers of Jina, Cohere, vLLM, llama-server and both of Alibaba Cloud's forms: `results` or `output.results`. */
export function parseRerank(body: unknown, request?: { readonly model: string }): RerankAnswer {
  const answer = expectObject(body, "the answer");
  const output = isObject(answer["output"]) ? answer["output"] : answer;
  const results = expectList(output["results"], "results").map((item, position) => {
    const entry = expectObject(item, "results[]");
    const score = numberOf(entry["relevance_score"]) ?? numberOf(entry["score"]);
    if (score === undefined)
      throw new ModelError("INVALID_RESPONSE", "A rerank result has no relevance_score.");
    const document = entry["document"];
    const text = textOf(document) ?? (isObject(document) ? textOf(document["text"]) : undefined);
    return {
      index: numberOf(entry["index"]) ?? position,
      relevance_score: score,
      ...(text === undefined ? {} : { document: { text } }),
    };
  });
  return {
    id: textOf(answer["id"]) ?? textOf(answer["request_id"]) ?? "",
    model: textOf(answer["model"]) ?? request?.model ?? "",
    results: results.toSorted((left, right) => right.relevance_score - left.relevance_score),
    ...withUsage(answer["usage"] ?? rerankUnits(answer["meta"])),
  };
}

// Cohere counts in `meta.tokens`.
function rerankUnits(meta: unknown): JsonObject | undefined {
  const tokens = isObject(meta) ? meta["tokens"] : undefined;
  return isObject(tokens) ? tokens : undefined;
}

function callTranscription(request: TranscriptionRequest): Call {
  const field = (name: string, value: string): FormPart => ({
    name,
    body: new TextEncoder().encode(value),
  });
  const parts: FormPart[] = [
    // The model leads, so that a gateway on the way can route before the audio has arrived.
    field("model", request.model),
    ...(request.language === undefined ? [] : [field("language", request.language)]),
    ...(request.prompt === undefined ? [] : [field("prompt", request.prompt)]),
    ...(request.temperature === undefined
      ? []
      : [field("temperature", String(request.temperature))]),
    { name: "file", fileName: request.fileName, mediaType: request.mediaType, body: request.audio },
  ];
  const form = writeForm(parts, `cloudcode-${randomBytes(18).toString("hex")}`);
  return {
    path: "/audio/transcriptions",
    headers: { "content-type": form.mediaType, accept: "application/json" },
    body: form.body,
  };
}

function parseTranscript(body: unknown): Transcript {
  const answer = expectObject(body, "the answer");
  const text = textOf(answer["text"]);
  if (text === undefined)
    throw new ModelError("INVALID_RESPONSE", "The provider's answer lacks text.");
  const duration = numberOf(answer["duration"]);
  const language = textOf(answer["language"]);
  const segments = Array.isArray(answer["segments"])
    ? answer["segments"].filter(isObject).map((segment) => ({
        startSeconds: numberOf(segment["start"]) ?? 0,
        endSeconds: numberOf(segment["end"]) ?? 0,
        text: textOf(segment["text"]) ?? "",
      }))
    : undefined;
  return {
    text,
    ...(language === undefined ? {} : { language }),
    ...(duration === undefined ? {} : { durationSeconds: duration }),
    ...(segments === undefined ? {} : { segments }),
    ...withUsage(answer["usage"]),
  };
}

/**
 * A transcript in the format the caller asked for, with its media type.
 * Throws `UNSUPPORTED` for subtitles when the model gave no times: invented times would be worse than none.
 */
export function writeTranscript(
  transcript: Transcript,
  format: TranscriptFormat,
): { mediaType: string; body: string } {
  if (format === "text")
    return { mediaType: "text/plain; charset=utf-8", body: `${transcript.text}\n` };
  if (format === "json") {
    const { text, usage } = transcript;
    const duration = transcript.durationSeconds ?? usage?.seconds;
    const counted = duration === undefined ? usage : { type: "duration", seconds: duration };
    return {
      mediaType: "application/json",
      body: JSON.stringify({ text, ...(counted === undefined ? {} : { usage: counted }) }),
    };
  }
  const segments = transcript.segments;
  if (segments === undefined) {
    throw new ModelError(
      "UNSUPPORTED",
      `This model gives no times, so "${format}" cannot be written. Ask for "json" or "text", or use a model with times such as paraformer-realtime-v2.`,
      { param: "response_format" },
    );
  }
  if (format === "verbose_json") {
    const last = segments.at(-1)?.endSeconds ?? 0;
    const body = {
      task: "transcribe",
      language: transcript.language ?? "",
      duration: transcript.durationSeconds ?? last,
      text: transcript.text,
      segments: segments.map((segment, id) => ({
        id,
        start: segment.startSeconds,
        end: segment.endSeconds,
        text: segment.text,
      })),
    };
    return { mediaType: "application/json", body: JSON.stringify(body) };
  }
  const comma = format === "srt" ? "," : ".";
  const cues = segments.map((segment, index) => {
    const number = format === "srt" ? `${index + 1}\n` : "";
    return `${number}${cueTime(segment.startSeconds, comma)} --> ${cueTime(segment.endSeconds, comma)}\n${segment.text.trim()}\n\n`;
  });
  return format === "srt"
    ? { mediaType: "application/x-subrip; charset=utf-8", body: cues.join("") }
    : { mediaType: "text/vtt; charset=utf-8", body: `WEBVTT\n\n${cues.join("")}` };
}

function cueTime(seconds: number, comma: string): string {
  const ms = Math.max(0, Math.round(seconds * 1000));
  const pad = (value: number, length: number): string => String(value).padStart(length, "0");
  return `${pad(Math.floor(ms / 3_600_000), 2)}:${pad(Math.floor(ms / 60_000) % 60, 2)}:${pad(Math.floor(ms / 1000) % 60, 2)}${comma}${pad(ms % 1000, 3)}`;
}
