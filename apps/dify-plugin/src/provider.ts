/** The five models of the gateway, as Dify asks for them. */
import {
  PluginError,
  type Context,
  type Model,
  type ModelCall,
  type ModelFeature,
  type ModelProvider,
  type ModelSchema,
} from "@cloud-code/dify-sdk";
import { embed } from "./embedding.ts";
import type { Gateway } from "./gateway.ts";
import { converse } from "./language.ts";
import { rulesFor } from "./parameters.ts";
import { rank } from "./ranking.ts";
import { parseSettings, type Settings } from "./settings.ts";
import { soundFormat, speak, transcribe, voicesOf, wordLimit } from "./speech.ts";

/** Makes the provider. Each model is checked by the smallest call of its kind, which costs a few tokens. */
export function createProvider(gateway: Gateway): ModelProvider {
  return {
    models: {
      llm: {
        invoke: (request, context) => converse(gateway, request, context),
        ...model("llm", languageOf, async (call, context) => {
          const question = {
            ...call,
            messages: [{ role: "user" as const, content: "ping" }],
            parameters: { max_tokens: 5 },
            tools: [],
            stop: [],
            stream: true,
          };
          for await (const _chunk of converse(gateway, question, context)) continue;
        }),
      },
      "text-embedding": {
        embed: (request, context) => embed(gateway, request, context),
        ...model(
          "text-embedding",
          ({ contextSize, maxChunks }) => ({
            model_properties: { context_size: contextSize, max_chunks: maxChunks },
          }),
          async (call, context) => {
            await embed(gateway, { ...call, texts: ["ping"], purpose: "query" }, context);
          },
        ),
      },
      rerank: {
        rerank: (request, context) => rank(gateway, request, context),
        ...model(
          "rerank",
          ({ contextSize }) => ({ model_properties: { context_size: contextSize } }),
          async (call, context) => {
            await rank(gateway, { ...call, query: "ping", documents: ["pong"], topN: 1 }, context);
          },
        ),
      },
      tts: {
        speak: (request, context) => speak(gateway, request, context),
        voices: ({ credentials }) => voicesOf(parseSettings(credentials)),
        ...model("tts", voiceProperties, async (call, context) => {
          // The first sound is proof enough; leaving the loop ends the call.
          for await (const _piece of speak(gateway, { ...call, text: "Hi.", voice: "" }, context))
            return;
          throw new PluginError(
            "SERVER_UNAVAILABLE",
            "The gateway answered without any sound. Check the model's name and the protocol.",
          );
        }),
      },
      speech2text: {
        transcribe: (request, context) => transcribe(gateway, request, context),
        ...model(
          "speech2text",
          () => ({
            model_properties: {
              file_upload_limit: 25,
              supported_file_extensions: "flac,mp3,mp4,mpeg,mpga,m4a,ogg,wav,webm,aac,amr",
            },
          }),
          async (call, context) => {
            await transcribe(gateway, { ...call, audio: oneSecondOfSilence() }, context);
          },
        ),
      },
    },
  };
}

type Description = Pick<ModelSchema, "model_properties" | "features" | "parameter_rules">;

function model(
  type: ModelSchema["model_type"],
  toDescription: (settings: Settings, call: ModelCall) => Description,
  tryOut: (call: ModelCall, context: Context) => Promise<void>,
): Model & Required<Pick<Model, "describe">> {
  return {
    async validateCredentials(call, context) {
      try {
        await tryOut(call, context);
      } catch (error) {
        // Whatever it was, to the person at the form it is the form that does not work yet.
        throw error instanceof PluginError
          ? new PluginError("CREDENTIALS", error.message, { details: error.details })
          : error;
      }
    },
    describe(call) {
      const settings = parseSettings(call.credentials);
      const label = settings.displayName ?? call.model;
      return {
        model: call.model,
        label: { en_US: label, zh_Hans: label },
        model_type: type,
        fetch_from: "customizable-model",
        ...toDescription(settings, call),
      };
    },
  };
}

function languageOf(settings: Settings): Description {
  const has = (condition: boolean, ...features: ModelFeature[]): ModelFeature[] =>
    condition ? features : [];
  return {
    features: [
      ...has(settings.tools !== "none", "tool-call", "stream-tool-call"),
      ...has(settings.tools === "tools", "multi-tool-call"),
      ...has(settings.media.has("image"), "vision"),
      ...has(settings.media.has("video"), "video"),
      ...has(settings.media.has("audio"), "audio"),
      ...has(settings.media.has("document"), "document"),
      ...has(settings.structuredOutput, "structured-output"),
      ...has(settings.thinking !== "never", "agent-thought"),
    ],
    model_properties: { mode: settings.mode, context_size: settings.contextSize },
    parameter_rules: rulesFor(settings),
  };
}

function voiceProperties(settings: Settings, call: ModelCall): Description {
  const voices = voicesOf(settings);
  return {
    model_properties: {
      default_voice: voices[0]?.value ?? "",
      voices: voices.map(({ name, value }) => ({
        mode: value,
        name,
        language: [
          "zh-Hans",
          "en-US",
          "de-DE",
          "fr-FR",
          "es-ES",
          "it-IT",
          "th-TH",
          "id-ID",
          "ja-JP",
          "ko-KR",
          "pt-BR",
        ],
      })),
      word_limit: wordLimit,
      audio_type: soundFormat(settings, settings.modelName ?? call.model),
      max_workers: 5,
    },
  };
}

/** 16 kHz, 16 bit, mono. */
function oneSecondOfSilence(): Uint8Array {
  const header = Buffer.alloc(44 + 32_000);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + 32_000, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(16_000, 24);
  header.writeUInt32LE(32_000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(32_000, 40);
  return header;
}
