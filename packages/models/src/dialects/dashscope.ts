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
  type Operation,
  type RerankAnswer,
  type RerankRequest,
  type SpeechChunk,
  type SpeechRequest,
  type Transcript,
  type TranscriptionRequest,
} from "../message.ts";
import { openai, parseRerank } from "./openai.ts";
import {
  expectList,
  expectObject,
  jsonHeaders,
  parseEventData,
  parseUsage,
  withUsage,
} from "./reading.ts";

/**
 * Alibaba Cloud Model Studio (DashScope). Paths are relative to the host: chat, completions and embeddings have a form
 * compatible with OpenAI's; rerank has one at another prefix; speech has none and is translated to the native one.
 * Source: Model Studio's API reference, pages "rerank", "qwen-asr", "qwen-tts", "completions" (2026).
 */
export const dashscope: {
  readonly chat: Operation<ChatRequest, ChatAnswer, ChatChunk>;
  readonly completion: Operation<CompletionRequest, CompletionAnswer, CompletionAnswer>;
  readonly embeddings: Operation<EmbeddingsRequest, EmbeddingsAnswer>;
  /** `gte-rerank*` and the `-vl-` models speak the native form only, all others the flat one. */
  readonly rerank: Operation<RerankRequest, RerankAnswer>;
  /** For models whose {@link transcriptionForm} is `chat` or `generation`. */
  readonly transcription: Operation<TranscriptionRequest, Transcript>;
  /** For models whose {@link speechForm} is `generation` or `synthesizer`. Always streamed: the unstreamed form would park the audio as a file at the provider. */
  readonly speech: {
    /** The provider's bytes for this request; throws `UNSUPPORTED` with the field's name. */
    call(request: SpeechRequest): Call;
    /** Reads the audio, event by event. */
    stream(): EventReader<SpeechChunk>;
  };
} = {
  chat: below("/compatible-mode/v1", openai.chat),
  completion: below("/compatible-mode/v1", openai.completion),
  embeddings: below("/compatible-mode/v1", openai.embeddings),
  rerank: { call: callRerank, parse: (body) => parseRerank(body) },
  transcription: { call: callTranscription, parse: parseTranscription },
  speech: { call: callSpeech, stream: readSpeech },
};

function below<Request, Answer, Chunk>(
  prefix: string,
  operation: Operation<Request, Answer, Chunk>,
): Operation<Request, Answer, Chunk> {
  return {
    ...operation,
    call: (request) => {
      const call = operation.call(request);
      return { ...call, path: prefix + call.path };
    },
  };
}

// ---------------------------------------------------------------------------------------------------------------------
// Rerank

/** Whether a rerank model is asked in the flat form (as Jina's and Cohere's) or in DashScope's native one. */
export function rerankForm(model: string): "flat" | "native" {
  return /^gte-rerank|-vl-/.test(model) ? "native" : "flat";
}

function callRerank(request: RerankRequest): Call {
  const { model, query, documents, top_n, return_documents, instruct } = request;
  if (rerankForm(model) === "flat") {
    const body = { model, query, documents, top_n, return_documents, instruct };
    return {
      path: "/compatible-api/v1/reranks",
      headers: jsonHeaders(false),
      body: JSON.stringify(body),
    };
  }
  const body = {
    model,
    input: { query, documents },
    parameters: { return_documents, top_n, instruct },
  };
  return {
    path: "/api/v1/services/rerank/text-rerank/text-rerank",
    headers: jsonHeaders(false),
    body: JSON.stringify(body),
  };
}

// ---------------------------------------------------------------------------------------------------------------------
// Speech to text

const generationPath = "/api/v1/services/aigc/multimodal-generation/generation";

/**
 * Which way a model hears: by the compatible chat endpoint, by the native one, by the WebSocket task protocol
 * ({@link transcriptionTask}), in a realtime conversation that the caller has to lead, or only as a job over files at
 * public addresses, which a stateless way to the model cannot offer.
 */
export function transcriptionForm(
  model: string,
): "chat" | "generation" | "task" | "conversation" | "job" {
  if (
    /filetrans|^paraformer-(v\d|mtl|8k-v\d)|^fun-asr(-mtl)?(-\d{4}-\d\d-\d\d)?$|^sensevoice/.test(
      model,
    )
  )
    return "job";
  if (isConversational(model)) return "conversation";
  if (/realtime|-streaming|^gummy/.test(model)) return "task";
  return model.startsWith("qwen3-asr-flash") ? "chat" : "generation";
}

/** Qwen's own realtime models are reached at `/api-ws/v1/realtime` only; those of other families speak the task protocol. */
function isConversational(model: string): boolean {
  return /^qwen.*realtime/.test(model);
}

/** The provider takes 10 MB of Base64; this is what that leaves of audio, in bytes. */
export const maxTranscriptionBytes: number = 7_300_000;

function callTranscription(request: TranscriptionRequest): Call {
  const form = transcriptionForm(request.model);
  if (form !== "chat" && form !== "generation") throw refusedModel(request.model, form);
  if (request.audio.length > maxTranscriptionBytes) {
    throw new ModelError(
      "BODY_TOO_LARGE",
      `The audio has ${request.audio.length} bytes; this model takes ${maxTranscriptionBytes}. Send a compressed format or shorter pieces.`,
      {
        param: "file",
      },
    );
  }
  if (request.temperature !== undefined && request.temperature !== 0) {
    throw new ModelError("UNSUPPORTED", "Model Studio's speech recognition has no temperature.", {
      param: "temperature",
    });
  }
  const data = `data:${audioType(request)};base64,${Buffer.from(request.audio).toString("base64")}`;
  const options = {
    ...(request.language === undefined ? {} : { language: request.language }),
    enable_itn: false,
  };
  if (form === "chat") {
    const body = {
      model: request.model,
      messages: [
        ...(request.prompt === undefined
          ? []
          : [{ role: "system", content: [{ type: "text", text: request.prompt }] }]),
        { role: "user", content: [{ type: "input_audio", input_audio: { data } }] },
      ],
      stream: false,
      asr_options: options,
    };
    return {
      path: "/compatible-mode/v1/chat/completions",
      headers: jsonHeaders(false),
      body: JSON.stringify(body),
    };
  }
  const body = {
    model: request.model,
    input: {
      messages: [
        ...(request.prompt === undefined
          ? []
          : [{ role: "system", content: [{ text: request.prompt }] }]),
        { role: "user", content: [{ audio: data }] },
      ],
    },
    parameters: { asr_options: options },
  };
  return { path: generationPath, headers: jsonHeaders(false), body: JSON.stringify(body) };
}

const refusals = {
  job: "only transcribes files at public addresses and stores the result there. Use qwen3-asr-flash or paraformer-realtime-v2",
  task: "is reached by WebSocket: use transcriptionTask",
  conversation:
    "is reached in a realtime conversation only (/v1/realtime). For a whole recording use qwen3-asr-flash",
};

function refusedModel(model: string, form: keyof typeof refusals): ModelError {
  return new ModelError("UNSUPPORTED", `The model "${model}" ${refusals[form]}.`, {
    param: "model",
  });
}

/** The audio's media type: as sent, else by the file's name, else WAV. */
export function audioType(request: {
  readonly mediaType: string;
  readonly fileName: string;
}): string {
  if (request.mediaType.startsWith("audio/") || request.mediaType.startsWith("video/"))
    return request.mediaType;
  const extension = request.fileName.split(".").at(-1)?.toLowerCase() ?? "";
  const byExtension: Record<string, string> = {
    mp3: "audio/mpeg",
    m4a: "audio/mp4",
    mp4: "audio/mp4",
    ogg: "audio/ogg",
    opus: "audio/ogg",
  };
  return (
    byExtension[extension] ??
    (/^(aac|amr|flac|wav|webm)$/.test(extension) ? `audio/${extension}` : "audio/wav")
  );
}

function parseTranscription(body: unknown): Transcript {
  const answer = expectObject(body, "the answer");
  const output = isObject(answer["output"]) ? answer["output"] : answer;
  const choice = expectObject(expectList(output["choices"], "choices")[0], "choices[0]");
  const message = expectObject(choice["message"], "message");
  const content = message["content"];
  const text = Array.isArray(content)
    ? content.map((part) => (isObject(part) ? (textOf(part["text"]) ?? "") : "")).join("")
    : textOf(content);
  if (text === undefined)
    throw new ModelError("INVALID_RESPONSE", "The provider's answer lacks a transcript.");
  const notes = Array.isArray(message["annotations"])
    ? message["annotations"].filter(isObject)
    : [];
  const language = notes.map((note) => textOf(note["language"])).find((name) => name !== undefined);
  const usage = parseUsage(answer["usage"]);
  return {
    text,
    ...(language === undefined ? {} : { language }),
    ...(usage?.seconds === undefined ? {} : { durationSeconds: usage.seconds }),
    ...(usage === undefined ? {} : { usage }),
  };
}

// ---------------------------------------------------------------------------------------------------------------------
// Text to speech

/** Which way a model speaks: native generation (PCM only), the newer synthesizer, the WebSocket task protocol ({@link speechTask}), or a realtime conversation that the caller has to lead. */
export function speechForm(model: string): "generation" | "synthesizer" | "task" | "conversation" {
  if (isConversational(model)) return "conversation";
  if (/^(cosyvoice|sambert)/.test(model)) return "task";
  return /^qwen-audio-.*tts/.test(model) ? "synthesizer" : "generation";
}

/** OpenAI's voices, for callers that know no other: the nearest of Qwen's by pitch and manner. Other names pass as they are. */
export const qwenVoices: Readonly<Record<string, string>> = {
  alloy: "Cherry",
  ash: "Ethan",
  ballad: "Ethan",
  coral: "Serena",
  echo: "Ethan",
  fable: "Chelsie",
  nova: "Cherry",
  onyx: "Ethan",
  sage: "Serena",
  shimmer: "Chelsie",
  verse: "Ethan",
};

/** Samples per second of Qwen's PCM. */
export const speechSampleRate = 24_000;

/** The audio a speech call will give: its format and media type. `pcm` that the caller wants as `wav` needs {@link wavHeader} in front. */
export function speechFormat(request: SpeechRequest): {
  readonly sent: string;
  readonly given: string;
  readonly mediaType: string;
} {
  const form = speechForm(request.model);
  const native =
    form === "task" || form === "synthesizer" ? ["mp3", "wav", "pcm", "opus"] : ["wav", "pcm"];
  const given = request.response_format ?? native[0] ?? "wav";
  if (!native.includes(given)) {
    throw new ModelError(
      "UNSUPPORTED",
      `The model "${request.model}" gives ${native.join(", ")}, not "${given.slice(0, 16)}".`,
      { param: "response_format" },
    );
  }
  const mediaTypes: Record<string, string> = {
    mp3: "audio/mpeg",
    opus: "audio/ogg",
    wav: "audio/wav",
    pcm: "audio/pcm",
  };
  // A streamed WAV would repeat its header or lie about its length, so PCM is asked for and the header is ours.
  return {
    sent: given === "wav" ? "pcm" : given,
    given,
    mediaType: mediaTypes[given] ?? "application/octet-stream",
  };
}

function callSpeech(request: SpeechRequest): Call {
  const form = speechForm(request.model);
  if (form === "task")
    throw new ModelError(
      "UNSUPPORTED",
      `The model "${request.model}" is reached by WebSocket: use speechTask.`,
      { param: "model" },
    );
  if (form === "conversation")
    throw new ModelError(
      "UNSUPPORTED",
      `The model "${request.model}" is reached in a realtime conversation only (/v1/realtime). For a whole text use qwen3-tts-flash.`,
      { param: "model" },
    );
  const format = speechFormat(request);
  const headers = { ...jsonHeaders(true), "x-dashscope-sse": "enable" };
  const voice = qwenVoices[request.voice] ?? request.voice;
  if (form === "synthesizer") {
    const rate = request.speed === undefined || request.speed === 1 ? {} : { rate: request.speed };
    const input = {
      text: request.input,
      voice,
      format: format.sent,
      sample_rate: speechSampleRate,
      ...rate,
    };
    return {
      path: "/api/v1/services/audio/tts/SpeechSynthesizer",
      headers,
      body: JSON.stringify({ model: request.model, input }),
    };
  }
  if (request.speed !== undefined && request.speed !== 1) {
    throw new ModelError(
      "UNSUPPORTED",
      `The model "${request.model}" speaks at one speed. Leave "speed" out, or use a cosyvoice or qwen-audio model.`,
      { param: "speed" },
    );
  }
  if (request.instructions !== undefined && !request.model.includes("instruct")) {
    throw new ModelError(
      "UNSUPPORTED",
      `The model "${request.model}" takes no instructions; qwen3-tts-instruct-flash does.`,
      { param: "instructions" },
    );
  }
  const instructions =
    request.instructions === undefined ? {} : { instructions: request.instructions };
  return {
    path: generationPath,
    headers,
    body: JSON.stringify({
      model: request.model,
      input: { text: request.input, voice, ...instructions },
    }),
  };
}

function readSpeech(): EventReader<SpeechChunk> {
  let first = true;
  return {
    push({ data }) {
      const event = parseEventData(data);
      const audio = isObject(event["output"]) ? event["output"]["audio"] : undefined;
      const encoded = isObject(audio) ? (textOf(audio["data"]) ?? "") : "";
      let bytes: Uint8Array = Buffer.from(encoded, "base64");
      if (first && bytes.length > 0) {
        bytes = withoutWavHeader(bytes);
        first = false;
      }
      return bytes.length === 0 && event["usage"] === undefined
        ? []
        : [{ audio: bytes, ...withUsage(event["usage"]) }];
    },
    finish() {
      if (!first) return [];
      throw new ModelError("INVALID_RESPONSE", "The stream ended before any audio had come.");
    },
  };
}

// Some models begin their PCM with a WAV header; ours goes in front, so theirs must not.
function withoutWavHeader(bytes: Uint8Array): Uint8Array {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 256));
  if (head.subarray(0, 4).toString("latin1") !== "RIFF") return bytes;
  const data = head.indexOf("data");
  return data === -1 ? bytes : bytes.subarray(data + 8);
}

/** The 44 bytes before 16-bit mono PCM that make it a WAV. The length is unknown while streaming, so it is written as the largest, which players read as "until the end". */
export function wavHeader(sampleRate: number = speechSampleRate): Uint8Array {
  const header = Buffer.alloc(44);
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(0xffff_ffff, 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // one channel
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(0xffff_ffff, 40);
  return header;
}

/** The sample rate a WAV file states, or undefined when the bytes are not a WAV. */
export function parseWavSampleRate(bytes: Uint8Array): number | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 256));
  const format = head.subarray(0, 4).toString("latin1") === "RIFF" ? head.indexOf("fmt ") : -1;
  return format === -1 || format + 16 > head.length
    ? undefined
    : numberOf(head.readUInt32LE(format + 12));
}
