import { describe, expect, it } from "vitest";
import type { SpeechChunk } from "../message.ts";
import { EventParser } from "../stream.ts";
import {
  dashscope,
  parseWavSampleRate,
  rerankForm,
  speechForm,
  speechFormat,
  transcriptionForm,
  wavHeader,
} from "./dashscope.ts";

const json = (body: string | Uint8Array): unknown =>
  JSON.parse(typeof body === "string" ? body : new TextDecoder().decode(body));

describe("Model Studio", () => {
  it("is asked for chat, completion and embeddings in the compatible form, unknown fields included", () => {
    const call = dashscope.chat.call({
      model: "qwen-plus",
      messages: [{ role: "user", content: "hi" }],
      stream: true,
      enable_thinking: true,
    });
    expect(call.path).toBe("/compatible-mode/v1/chat/completions");
    expect(json(call.body)).toEqual({
      model: "qwen-plus",
      messages: [{ role: "user", content: "hi" }],
      stream: true,
      enable_thinking: true,
    });
    expect(dashscope.completion.call({ model: "m", prompt: "p" }).path).toBe(
      "/compatible-mode/v1/completions",
    );
    expect(dashscope.embeddings.call({ model: "m", input: ["a"] }).path).toBe(
      "/compatible-mode/v1/embeddings",
    );
  });
});

describe("reranking", () => {
  const request = { query: "q", documents: ["a", "b"], top_n: 2, return_documents: true };
  it("takes the flat form at the prefix of its own, or the native one, by the model", () => {
    const flat = dashscope.rerank.call({ model: "qwen3-rerank", ...request, instruct: "find" });
    expect(flat.path).toBe("/compatible-api/v1/reranks");
    expect(json(flat.body)).toEqual({ model: "qwen3-rerank", ...request, instruct: "find" });
    const native = dashscope.rerank.call({ model: "gte-rerank-v2", ...request });
    expect(native.path).toBe("/api/v1/services/rerank/text-rerank/text-rerank");
    expect(json(native.body)).toEqual({
      model: "gte-rerank-v2",
      input: { query: "q", documents: ["a", "b"] },
      parameters: { return_documents: true, top_n: 2 },
    });
    expect(["qwen3-rerank", "gte-rerank-v2", "qwen3-vl-rerank"].map(rerankForm)).toEqual([
      "flat",
      "native",
      "native",
    ]);
  });
  it("is read from either answer, best first, scores untouched", () => {
    const results = [
      { index: 1, relevance_score: 0.1 },
      { index: 0, relevance_score: 0.93, document: { text: "a" } },
    ];
    const read = [
      { index: 0, relevance_score: 0.93, document: { text: "a" } },
      { index: 1, relevance_score: 0.1 },
    ];
    expect(
      dashscope.rerank.parse({
        output: { results },
        usage: { total_tokens: 79 },
        request_id: "r1",
      }),
    ).toEqual({ id: "r1", model: "", results: read, usage: { total_tokens: 79 } });
    expect(dashscope.rerank.parse({ id: "r2", model: "m", results })).toEqual({
      id: "r2",
      model: "m",
      results: read,
    });
    expect(() => dashscope.rerank.parse({ results: [{ index: 0 }] })).toThrow(/relevance_score/);
    expect(() => dashscope.rerank.parse("nonsense")).toThrow(
      expect.objectContaining({ code: "INVALID_RESPONSE" }),
    );
  });
});

describe("speech to text", () => {
  const audio = new Uint8Array([1, 2, 3]);
  const request = {
    model: "qwen3-asr-flash",
    audio,
    fileName: "a.mp3",
    mediaType: "application/octet-stream",
    language: "zh",
    prompt: "names",
  };
  it("goes to the compatible endpoint or the native one, as a data address", () => {
    const chat = dashscope.transcription.call(request);
    expect(chat.path).toBe("/compatible-mode/v1/chat/completions");
    expect(json(chat.body)).toEqual({
      model: "qwen3-asr-flash",
      messages: [
        { role: "system", content: [{ type: "text", text: "names" }] },
        {
          role: "user",
          content: [{ type: "input_audio", input_audio: { data: "data:audio/mpeg;base64,AQID" } }],
        },
      ],
      stream: false,
      asr_options: { language: "zh", enable_itn: false },
    });
    const native = dashscope.transcription.call({
      model: "qwen-audio-3.1-asr-flash",
      audio,
      fileName: "a.wav",
      mediaType: "audio/wav",
    });
    expect(native.path).toBe("/api/v1/services/aigc/multimodal-generation/generation");
    expect(json(native.body)).toEqual({
      model: "qwen-audio-3.1-asr-flash",
      input: { messages: [{ role: "user", content: [{ audio: "data:audio/wav;base64,AQID" }] }] },
      parameters: { asr_options: { enable_itn: false } },
    });
  });
  it("knows which models hear which way, and refuses those that would store the recording", () => {
    const forms = {
      "qwen3-asr-flash": "chat",
      "qwen3-asr-flash-2025-09-08": "chat",
      "qwen-audio-3.1-asr-flash": "generation",
      "fun-asr-flash-2026": "generation",
      "paraformer-realtime-v2": "task",
      "fun-asr-realtime": "task",
      "qwen-audio-3.0-asr-flash-streaming": "task",
      "gummy-chat-v1": "task",
      "qwen3-asr-flash-realtime": "conversation",
      "paraformer-v2": "job",
      "fun-asr": "job",
      "qwen3-asr-flash-filetrans": "job",
    };
    for (const [model, form] of Object.entries(forms))
      expect([model, transcriptionForm(model)]).toEqual([model, form]);
    expect(() => dashscope.transcription.call({ ...request, model: "paraformer-v2" })).toThrow(
      /public addresses/,
    );
    expect(() =>
      dashscope.transcription.call({ ...request, audio: new Uint8Array(7_300_001) }),
    ).toThrow(expect.objectContaining({ code: "BODY_TOO_LARGE", param: "file" }));
    expect(() => dashscope.transcription.call({ ...request, temperature: 0.5 })).toThrow(
      expect.objectContaining({ param: "temperature" }),
    );
  });
  it("is read from both answers", () => {
    const annotations = [{ type: "audio_info", language: "zh", emotion: "neutral" }];
    expect(
      dashscope.transcription.parse({
        choices: [{ message: { role: "assistant", content: "你好", annotations } }],
        usage: { seconds: 3, prompt_tokens: 42, completion_tokens: 2, total_tokens: 44 },
      }),
    ).toEqual({
      text: "你好",
      language: "zh",
      durationSeconds: 3,
      usage: { seconds: 3, prompt_tokens: 42, completion_tokens: 2, total_tokens: 44 },
    });
    expect(
      dashscope.transcription.parse({
        output: { choices: [{ message: { content: [{ text: "hello" }] } }] },
        usage: { seconds: 1 },
      }),
    ).toMatchObject({ text: "hello", durationSeconds: 1 });
    expect(
      dashscope.transcription.parse({ output: { choices: [{ message: { content: [] } }] } }),
    ).toEqual({ text: "" });
    expect(() => dashscope.transcription.parse({ choices: [] })).toThrow(/choices\[0\]/);
  });
});

describe("text to speech", () => {
  it("is always streamed, in the form of the model, with OpenAI's voices known", () => {
    const qwen = dashscope.speech.call({ model: "qwen3-tts-flash", input: "你好", voice: "alloy" });
    expect(qwen).toMatchObject({
      path: "/api/v1/services/aigc/multimodal-generation/generation",
      headers: { "x-dashscope-sse": "enable" },
    });
    expect(json(qwen.body)).toEqual({
      model: "qwen3-tts-flash",
      input: { text: "你好", voice: "Cherry" },
    });
    const newer = dashscope.speech.call({
      model: "qwen-audio-3.1-tts-flash",
      input: "hi",
      voice: "Ethan",
      response_format: "opus",
      speed: 1.5,
    });
    expect(newer.path).toBe("/api/v1/services/audio/tts/SpeechSynthesizer");
    expect(json(newer.body)).toEqual({
      model: "qwen-audio-3.1-tts-flash",
      input: { text: "hi", voice: "Ethan", format: "opus", sample_rate: 24000, rate: 1.5 },
    });
    expect(
      [
        "cosyvoice-v3-flash",
        "qwen-tts",
        "qwen-audio-3.1-tts-flash",
        "qwen3-tts-flash-realtime",
      ].map(speechForm),
    ).toEqual(["task", "generation", "synthesizer", "conversation"]);
  });
  it("refuses what the model cannot do instead of doing something else", () => {
    const request = { model: "qwen3-tts-flash", input: "hi", voice: "Cherry" };
    expect(() => dashscope.speech.call({ ...request, response_format: "mp3" })).toThrow(
      expect.objectContaining({ code: "UNSUPPORTED", param: "response_format" }),
    );
    expect(() => dashscope.speech.call({ ...request, speed: 2 })).toThrow(
      expect.objectContaining({ param: "speed" }),
    );
    expect(() => dashscope.speech.call({ ...request, model: "qwen3-tts-flash-realtime" })).toThrow(
      expect.objectContaining({
        param: "model",
        message: expect.stringContaining("/v1/realtime") as unknown,
      }),
    );
    expect(() => dashscope.speech.call({ ...request, instructions: "whisper" })).toThrow(
      expect.objectContaining({ param: "instructions" }),
    );
    expect(speechFormat(request)).toEqual({ sent: "pcm", given: "wav", mediaType: "audio/wav" });
  });
  it("is read from events of several data lines, and a leading WAV header is taken off", () => {
    const pcm = Buffer.from([1, 2, 3, 4, 5, 6]);
    const wav = Buffer.concat([wavHeader(), pcm.subarray(0, 2)]).toString("base64");
    const stream = [
      `id:1\nevent:result\ndata:{"output":{"finish_reason":"null",\ndata:"audio":{"data":"${wav}","id":"a"}},"request_id":"r"}\n\n`,
      `data:{"output":{"audio":{"data":"${pcm.subarray(2).toString("base64")}"}},"request_id":"r"}\n\n`,
      `data:{"output":{"finish_reason":"stop","audio":{"data":"","url":"http://x/y.wav"}},"usage":{"characters":5,"input_tokens":3,"output_tokens":9},"request_id":"r"}\n\n`,
    ].join("");
    const reader = dashscope.speech.stream();
    const chunks: SpeechChunk[] = [];
    for (const event of new EventParser().push(new TextEncoder().encode(stream)))
      chunks.push(...reader.push(event));
    chunks.push(...reader.finish());
    expect(Buffer.concat(chunks.map((chunk) => chunk.audio))).toEqual(pcm);
    expect(chunks.at(-1)?.usage).toEqual({
      characters: 5,
      prompt_tokens: 3,
      completion_tokens: 9,
      total_tokens: 12,
    });
  });
  it("reports errors in the stream, and an end without audio", () => {
    expect(() =>
      dashscope.speech.stream().push({
        event: "error",
        data: '{"code":"Throttling.RateQuota","message":"slow down","request_id":"r"}',
      }),
    ).toThrow(
      expect.objectContaining({
        code: "UPSTREAM_ERROR",
        provider: {
          message: "slow down",
          type: "rate_limit_error",
          code: "Throttling.RateQuota",
          param: null,
          requestId: "r",
        },
      }),
    );
    expect(() => dashscope.speech.stream().finish()).toThrow(/before any audio/);
  });
  it("writes a header that says what is in the WAV", () => {
    expect(wavHeader().length).toBe(44);
    expect(parseWavSampleRate(wavHeader(16_000))).toBe(16_000);
    expect(parseWavSampleRate(new Uint8Array(4))).toBeUndefined();
  });
});
