import { ModelError } from "../error.ts";
import {
  isObject,
  numberOf,
  textOf,
  type JsonObject,
  type SpeechChunk,
  type SpeechRequest,
  type Transcript,
  type TranscriptionRequest,
} from "../message.ts";
import { audioType, parseWavSampleRate, speechFormat, speechSampleRate } from "./dashscope.ts";
import { parseJson, parseUsage, typeOfNative, upstreamError } from "./reading.ts";

/**
 * Model Studio's WebSocket task protocol, for the models that are reached no other way (CosyVoice, Sambert, Paraformer realtime, Gummy):
 *
 *     → {"header":{"action":"run-task",…},…}     ← {"header":{"event":"task-started"}}
 *     → text or audio, then "finish-task"        ← results and audio, then "task-finished" or "task-failed"
 *
 * A task is a plain machine: it says what to send, and turns what is received into chunks. The socket is the caller's.
 */
export interface Task<Chunk> {
  /** Below the provider's WebSocket root, for example `wss://dashscope.aliyuncs.com`. */
  readonly path: "/api-ws/v1/inference";
  /** The first frame to send. */
  readonly opening: string;
  /** Takes one text frame; throws `UPSTREAM_ERROR` when the task failed. */
  receive(frame: string): TaskStep<Chunk>;
  /** Takes one binary frame. */
  receiveAudio(frame: Uint8Array): readonly Chunk[];
}

/** What to do after a frame: send these, hand on these, and close when `done`. */
export interface TaskStep<Chunk> {
  /** Made while they are sent, so that a long recording is not copied at once. */
  readonly send: Iterable<string | Uint8Array>;
  readonly chunks: readonly Chunk[];
  readonly done: boolean;
}

const path = "/api-ws/v1/inference";
/** Bytes of audio in one frame. */
const frameBytes = 16_384;

/** Speaks a text. `taskId` is a fresh UUID. */
export function speechTask(request: SpeechRequest, taskId: string): Task<SpeechChunk> {
  const format = speechFormat(request);
  // Sambert takes the whole text with the first frame and no frame after it; each of its voices is a model.
  const atOnce = request.model.startsWith("sambert");
  const parameters = {
    text_type: "PlainText",
    ...(atOnce ? {} : { voice: request.voice }),
    format: format.sent,
    sample_rate: speechSampleRate,
    volume: 50,
    rate: request.speed ?? 1,
    pitch: 1,
    ...(request.instructions === undefined ? {} : { instruction: request.instructions }),
  };
  return {
    path,
    opening: frame(
      "run-task",
      taskId,
      {
        task_group: "audio",
        task: "tts",
        function: "SpeechSynthesizer",
        model: request.model,
        parameters,
        input: atOnce ? { text: request.input } : {},
      },
      atOnce ? "out" : "duplex",
    ),
    receive(text) {
      const { event, payload } = parseFrame(text);
      if (event === "task-started" && !atOnce) {
        const send = [
          frame("continue-task", taskId, { input: { text: request.input } }),
          frame("finish-task", taskId, { input: {} }),
        ];
        return { send, chunks: [], done: false };
      }
      const usage = event === "task-finished" ? parseUsage(payload["usage"]) : undefined;
      return {
        send: [],
        chunks: usage === undefined ? [] : [{ audio: new Uint8Array(), usage }],
        done: event === "task-finished",
      };
    },
    receiveAudio: (bytes) => [{ audio: bytes }],
  };
}

/** Writes a recording down; the one chunk comes at the end. `taskId` is a fresh UUID. */
export function transcriptionTask(request: TranscriptionRequest, taskId: string): Task<Transcript> {
  const format = taskAudioFormat(request);
  const { language } = request;
  // Gummy also translates; here it is asked for the words alone.
  const translator = request.model.startsWith("gummy");
  const parameters = {
    format,
    sample_rate:
      (format === "wav" ? parseWavSampleRate(request.audio) : undefined) ??
      (request.model.includes("-8k") ? 8_000 : 16_000),
    ...(translator ? { transcription_enabled: true, translation_enabled: false } : {}),
    ...(language === undefined
      ? {}
      : translator
        ? { source_language: language }
        : { language_hints: [language] }),
  };
  const segments: { startSeconds: number; endSeconds: number; text: string }[] = [];
  let usage = parseUsage(undefined);
  return {
    path,
    opening: frame("run-task", taskId, {
      task_group: "audio",
      task: "asr",
      function: "recognition",
      model: request.model,
      parameters,
      input: {},
    }),
    receive(text) {
      const { event, payload } = parseFrame(text);
      if (event === "task-started")
        return { send: audioFrames(request.audio, taskId), chunks: [], done: false };
      usage = parseUsage(payload["usage"]) ?? usage;
      const output = isObject(payload["output"]) ? payload["output"] : {};
      const sentence = output[translator ? "transcription" : "sentence"];
      // Each sentence is sent again and again while it grows; only its last form counts.
      if (
        event === "result-generated" &&
        isObject(sentence) &&
        sentence["sentence_end"] === true &&
        sentence["heartbeat"] !== true
      ) {
        segments.push({
          startSeconds: (numberOf(sentence["begin_time"]) ?? 0) / 1000,
          endSeconds: (numberOf(sentence["end_time"]) ?? 0) / 1000,
          text: textOf(sentence["text"]) ?? "",
        });
      }
      if (event !== "task-finished") return { send: [], chunks: [], done: false };
      const transcript: Transcript = {
        text: joinSentences(segments.map((segment) => segment.text)),
        segments,
        durationSeconds: usage?.seconds ?? segments.at(-1)?.endSeconds ?? 0,
        ...(language === undefined ? {} : { language }),
        ...(usage === undefined ? {} : { usage }),
      };
      return { send: [], chunks: [transcript], done: true };
    },
    receiveAudio: () => [],
  };
}

function taskAudioFormat(request: TranscriptionRequest): string {
  const type = audioType(request).split(";", 1)[0] ?? "";
  const known: Record<string, string> = {
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/wave": "wav",
    "audio/mpeg": "mp3",
    "audio/mp3": "mp3",
    "audio/ogg": "opus",
    "audio/opus": "opus",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/pcm": "pcm",
    "audio/l16": "pcm",
  };
  const format = known[type.toLowerCase()];
  if (format !== undefined) return format;
  throw new ModelError(
    "UNSUPPORTED",
    `The model "${request.model}" takes wav, mp3, opus, aac, amr and pcm. Convert the recording first.`,
    { param: "file" },
  );
}

function* audioFrames(audio: Uint8Array, taskId: string): Generator<string | Uint8Array> {
  for (let start = 0; start < audio.length; start += frameBytes)
    yield audio.subarray(start, start + frameBytes);
  yield frame("finish-task", taskId, { input: {} });
}

// Chinese sentences follow each other without a blank.
function joinSentences(sentences: readonly string[]): string {
  return sentences.reduce(
    (whole, next) => whole + (/[\w.,!?;:]$/.test(whole) && /^\w/.test(next) ? " " : "") + next,
    "",
  );
}

function frame(
  action: string,
  taskId: string,
  payload: object,
  streaming: "duplex" | "out" = "duplex",
): string {
  return JSON.stringify({ header: { action, task_id: taskId, streaming }, payload });
}

function parseFrame(text: string): { event: string; payload: JsonObject } {
  const message = parseJson(text);
  const header = isObject(message["header"]) ? message["header"] : {};
  const event = textOf(header["event"]);
  if (event === undefined)
    throw new ModelError("INVALID_RESPONSE", "A frame of the task protocol names no event.");
  if (event === "task-failed") {
    const code = textOf(header["error_code"]);
    throw upstreamError({
      message: textOf(header["error_message"]) ?? "The task failed.",
      type: code === undefined ? "api_error" : typeOfNative(code),
      code: code ?? null,
      param: null,
    });
  }
  return { event, payload: isObject(message["payload"]) ? message["payload"] : {} };
}
