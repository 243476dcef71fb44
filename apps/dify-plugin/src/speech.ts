/** Text to speech and speech to text. Sound is in memory only, and only while its request lasts. */
import type { Context, ModelCall, Voice } from "@cloud-code/dify-sdk";
import {
  dashscope,
  openai,
  qwenVoices,
  speechForm,
  speechFormat,
  wavHeader,
} from "@cloud-code/models";
import type { Gateway } from "./gateway.ts";
import { nativeConnection } from "./native.ts";
import { parseSettings, type Settings } from "./settings.ts";

/** Characters per call; Model Studio's models take about 600, OpenAI's 4096. */
export const wordLimit = 500;

/** The voices entered in the form, else the ones every server of the protocol knows. */
export function voicesOf(settings: Settings): readonly Voice[] {
  const known =
    settings.connection.protocol === "dashscope"
      ? [...new Set(Object.values(qwenVoices))]
      : Object.keys(qwenVoices);
  return (settings.voices.length > 0 ? settings.voices : known).map((voice) => ({
    name: voice,
    value: voice,
  }));
}

/**
 * The format a model's sound comes in. By OpenAI's path that is MP3, whose frames can be put one behind the other, as those
 * of most other formats cannot. Qwen's speakers give samples only, also behind a gateway that translates OpenAI's path for
 * them: theirs get one WAV header in front.
 */
export function soundFormat(settings: Settings, model: string): string {
  if (settings.connection.protocol === "dashscope")
    return speechFormat({ model, input: "", voice: "" }).given;
  return model.startsWith("qwen") && speechForm(model) === "generation" ? "wav" : "mp3";
}

/** Speaks sentence group by sentence group; each starts when the one before it has been handed on. */
export async function* speak(
  gateway: Gateway,
  request: ModelCall & { readonly text: string; readonly voice: string },
  context: Context,
): AsyncGenerator<{ audio: Uint8Array; mimeType: string }, void, undefined> {
  const settings = parseSettings(request.credentials);
  const model = settings.modelName ?? request.model;
  const voices = voicesOf(settings);
  const voice = voices.some(({ value }) => value === request.voice)
    ? request.voice
    : (voices[0]?.value ?? request.voice);
  const items = ["gateway.speech-text"] as const;
  const format = soundFormat(settings, model);
  const mimeType = format === "wav" ? "audio/wav" : "audio/mpeg";
  let begun = false;
  for (const input of splitSentences(request.text, wordLimit)) {
    for await (const audio of spoken(input)) {
      if (audio.length === 0) continue;
      // The samples of all parts follow one header.
      if (!begun && format === "wav") yield { audio: wavHeader(), mimeType };
      begun = true;
      yield { audio, mimeType };
    }
  }

  async function* spoken(input: string): AsyncGenerator<Uint8Array, void, undefined> {
    const { connection } = settings;
    if (connection.protocol === "openai") {
      const response_format = format === "wav" ? "pcm" : format;
      const asked = { model, input, voice, response_format };
      yield* gateway.bytes(openai.speech, asked, { connection, items }, context);
      return;
    }
    const exchange = { connection: nativeConnection(connection), items };
    for await (const { audio } of gateway.follow(
      dashscope.speech,
      { model, input, voice },
      exchange,
      context,
    ))
      yield audio;
  }
}

/** Writes down what was said. Language and prompt are sent only when they were entered: a wrong guess harms more than none. */
export async function transcribe(
  gateway: Gateway,
  request: ModelCall & { readonly audio: Uint8Array },
  context: Context,
): Promise<string> {
  const settings = parseSettings(request.credentials);
  const { mediaType, fileName } = recognizeAudio(request.audio);
  const asked = {
    model: settings.modelName ?? request.model,
    audio: request.audio,
    fileName,
    mediaType,
    ...(settings.language === undefined ? {} : { language: settings.language }),
    ...(settings.initialPrompt === undefined ? {} : { prompt: settings.initialPrompt }),
  };
  const native = settings.connection.protocol === "dashscope";
  const answer = await gateway.ask(
    native ? dashscope.transcription : openai.transcription,
    asked,
    {
      connection: native ? nativeConnection(settings.connection) : settings.connection,
      items: ["gateway.speech-audio"],
    },
    context,
  );
  return answer.text;
}

/**
 * Cuts a text into pieces of at most `maxLength` characters, at the ends of sentences where there are any, else at spaces,
 * else anywhere but within a character. Invariant: the pieces joined are the text.
 */
export function splitSentences(text: string, maxLength: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > maxLength) {
    const window = rest.slice(0, maxLength);
    const sentence = lastEnd(window, /[.!?。！？；;\n]+["'”’）)]*\s*/g);
    const cut =
      sentence ||
      lastEnd(window, /[\s，、,]+/g) ||
      (/[\uD800-\uDBFF]$/.test(window) ? maxLength - 1 : maxLength);
    pieces.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  return rest === "" ? pieces : [...pieces, rest];
}

function lastEnd(text: string, pattern: RegExp): number {
  let end = 0;
  for (const match of text.matchAll(pattern)) end = match.index + match[0].length;
  return end;
}

/** What kind of recording it is, by its first bytes: Dify hands over neither name nor type. Unknown ones are called WAV. */
export function recognizeAudio(audio: Uint8Array): { mediaType: string; fileName: string } {
  const head = Buffer.from(audio.buffer, audio.byteOffset, Math.min(audio.length, 16));
  const text = head.toString("latin1");
  const named = (
    mediaType: string,
    extension: string,
  ): { mediaType: string; fileName: string } => ({ mediaType, fileName: `audio.${extension}` });
  if (text.startsWith("ID3")) return named("audio/mpeg", "mp3");
  if (text.startsWith("OggS")) return named("audio/ogg", "ogg");
  if (text.startsWith("fLaC")) return named("audio/flac", "flac");
  if (text.startsWith("#!AMR")) return named("audio/amr", "amr");
  if (text.slice(4, 8) === "ftyp") return named("audio/mp4", "m4a");
  if (head.length >= 4 && head.readUInt32BE(0) === 0x1a45dfa3) return named("audio/webm", "webm");
  if (head[0] === 0xff && ((head[1] ?? 0) & 0xf6) === 0xf0) return named("audio/aac", "aac");
  if (head[0] === 0xff && ((head[1] ?? 0) & 0xe0) === 0xe0) return named("audio/mpeg", "mp3");
  return named("audio/wav", "wav");
}
