/** A Dify plugin with one toy model of each kind. */
import {
  createPlugin,
  PluginError,
  runPlugin,
  type Content,
  type Context,
  type Model,
  type ModelCall,
} from "@cloud-code/dify-sdk";
import { fromSound, toMorse, toSound } from "./morse.ts";

async function validateCredentials({ credentials }: Pick<ModelCall, "credentials">): Promise<void> {
  if (!/^[A-Z0-9]{3,8}$/i.test(credentials["callsign"] ?? "")) {
    throw new PluginError(
      "CREDENTIALS",
      "A call sign has three to eight letters and digits, for example K1ABC.",
    );
  }
}

const model = { validateCredentials } satisfies Model;

const toText = (content: Content): string =>
  typeof content === "string"
    ? content
    : content.map((part) => (part.type === "text" ? part.text : "")).join(" ");

const toWords = (text: string): string[] => text.toLowerCase().match(/\p{L}+/gu) ?? [];

const plugin = createPlugin({
  model: {
    validateCredentials,
    models: {
      llm: {
        ...model,
        async *invoke({ messages, parameters }, { signal }: Context) {
          const last = messages.findLast((message) => message.role === "user");
          const limit = Number(parameters["max_tokens"] ?? 1000);
          const words = toMorse(toText(last?.content ?? "")).split(" / ");
          for (const [index, word] of words.slice(0, limit).entries()) {
            signal.throwIfAborted();
            yield { text: index === 0 ? word : ` / ${word}` };
          }
          yield { finishReason: words.length > limit ? "length" : "stop" };
        },
      },
      "text-embedding": {
        ...model,
        async embed({ texts }) {
          const vectors = texts.map((text) => {
            const counts = Array.from(
              { length: 26 },
              (_, letter) => text.toLowerCase().split(String.fromCharCode(97 + letter)).length - 1,
            );
            const length = Math.hypot(...counts) || 1;
            return counts.map((count) => count / length);
          });
          return { vectors, tokens: texts.join("").length };
        },
      },
      rerank: {
        ...model,
        async rerank({ query, documents }) {
          const wanted = toWords(query);
          return documents.map((document, index) => {
            const present = new Set(toWords(document));
            return {
              index,
              score: wanted.filter((word) => present.has(word)).length / (wanted.length || 1),
            };
          });
        },
      },
      tts: {
        ...model,
        voices: () => [
          { name: "Low (600 Hz)", value: "600" },
          { name: "High (800 Hz)", value: "800" },
        ],
        async *speak({ text, voice }) {
          yield { audio: toSound(text, Number(voice) || 600), mimeType: "audio/wav" };
        },
      },
      speech2text: {
        ...model,
        async transcribe({ audio }) {
          const text = fromSound(audio);
          if (text === null)
            throw new PluginError(
              "BAD_REQUEST",
              "This is not a recording of the buzzer. Send a WAV file it made.",
            );
          return text;
        },
      },
      moderation: {
        ...model,
        async moderate({ text }) {
          return text !== text.toLowerCase() && text === text.toUpperCase();
        },
      },
    },
  },
});

await runPlugin(plugin);
