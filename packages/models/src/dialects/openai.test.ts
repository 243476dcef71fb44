import { describe, expect, it } from "vitest";
import { parseForm } from "../multipart.ts";
import { fimFamilyOf, infill, withFimPrompt, writeFim } from "./fim.ts";
import { openai, parseRerank, writeTranscript } from "./openai.ts";
import { parseProviderError, upstreamError } from "./reading.ts";

describe("OpenAI's protocol", () => {
  it("streams: chunks until [DONE], errors as errors, an end without [DONE] as an end", () => {
    const reader = openai.chat.stream?.();
    expect(reader?.push({ event: undefined, data: '{"id":"1","choices":[]}' })).toEqual([
      { id: "1", choices: [] },
    ]);
    expect(() =>
      reader?.push({
        event: undefined,
        data: '{"error":{"message":"inspected","type":"x","code":"data_inspection_failed"},"request_id":"r"}',
      }),
    ).toThrow(
      expect.objectContaining({
        provider: {
          message: "inspected",
          type: "x",
          code: "data_inspection_failed",
          param: null,
          requestId: "r",
        },
      }),
    );
    expect(() => reader?.push({ event: undefined, data: "<html>" })).toThrow(
      expect.objectContaining({ code: "INVALID_RESPONSE" }),
    );
    expect(reader?.push({ event: undefined, data: " [DONE]" })).toEqual([]);
    expect(reader?.push({ event: undefined, data: "after the end" })).toEqual([]);
    expect(openai.chat.stream?.().finish()).toEqual([]);
  });
  it("gives vectors in the order of the texts, from numbers or base64", () => {
    const floats = Buffer.alloc(8);
    floats.writeFloatLE(1.5, 0);
    floats.writeFloatLE(-2, 4);
    const data = [
      { index: 1, embedding: [3, 4] },
      { index: 0, embedding: floats.toString("base64") },
    ];
    expect(
      openai.embeddings.parse({ data, model: "m", usage: { prompt_tokens: 3, total_tokens: 3 } }),
    ).toEqual({
      model: "m",
      vectors: [
        [1.5, -2],
        [3, 4],
      ],
      usage: { prompt_tokens: 3, total_tokens: 3 },
    });
    expect(() => openai.embeddings.parse({ data: [{ embedding: ["x"] }] })).toThrow(/not a number/);
  });
  it("reads Cohere's and Jina's rerank answers", () => {
    expect(
      parseRerank({
        id: "c",
        results: [{ index: 0, relevance_score: 1, document: "t" }],
        meta: { tokens: { input_tokens: 4 } },
      }),
    ).toMatchObject({ results: [{ document: { text: "t" } }], usage: { prompt_tokens: 4 } });
  });
  it("sends a recording as a form, the model first", () => {
    const call = openai.transcription.call({
      model: "whisper",
      audio: new Uint8Array([0, 13, 10]),
      fileName: "a.wav",
      mediaType: "audio/wav",
      language: "en",
      prompt: "p",
      temperature: 0,
    });
    const parts = parseForm(call.body as Uint8Array, call.headers["content-type"] ?? "");
    expect(parts.map((part) => [part.name, part.fileName, part.body.length])).toEqual([
      ["model", undefined, 7],
      ["language", undefined, 2],
      ["prompt", undefined, 1],
      ["temperature", undefined, 1],
      ["file", "a.wav", 3],
    ]);
  });
  it("writes transcripts in every format, and refuses subtitles without times", () => {
    const transcript = {
      text: "Hello. World.",
      durationSeconds: 3661.5,
      language: "en",
      segments: [
        { startSeconds: 0, endSeconds: 1.25, text: " Hello. " },
        { startSeconds: 3661, endSeconds: 3661.5, text: "World." },
      ],
    };
    expect(writeTranscript(transcript, "text").body).toBe("Hello. World.\n");
    expect(JSON.parse(writeTranscript(transcript, "json").body)).toEqual({
      text: "Hello. World.",
      usage: { type: "duration", seconds: 3661.5 },
    });
    expect(writeTranscript(transcript, "srt").body).toBe(
      "1\n00:00:00,000 --> 00:00:01,250\nHello.\n\n2\n01:01:01,000 --> 01:01:01,500\nWorld.\n\n",
    );
    expect(writeTranscript(transcript, "vtt").body).toBe(
      "WEBVTT\n\n00:00:00.000 --> 00:00:01.250\nHello.\n\n01:01:01.000 --> 01:01:01.500\nWorld.\n\n",
    );
    expect(JSON.parse(writeTranscript(transcript, "verbose_json").body)).toMatchObject({
      duration: 3661.5,
      language: "en",
      segments: [{ id: 0, start: 0, end: 1.25 }, { id: 1 }],
    });
    expect(() => writeTranscript({ text: "x" }, "srt")).toThrow(
      expect.objectContaining({ code: "UNSUPPORTED", param: "response_format" }),
    );
  });
});

describe("a provider's error", () => {
  it("is understood in every known shape", () => {
    const check = (body: unknown, expected: object | undefined): void => {
      const read = parseProviderError(body);
      if (expected === undefined) expect(read).toBeUndefined();
      else expect(read).toMatchObject(expected);
    };
    check(
      { code: "InvalidApiKey", message: "Invalid API-key provided.", request_id: "r" },
      { type: "authentication_error", code: "InvalidApiKey", requestId: "r" },
    );
    check({ code: "AccessDenied.Unpurchased", message: "m" }, { type: "permission_error" });
    check({ error: { message: "m", code: 400 } }, { code: "400", type: "api_error" });
    check({ error: "model not found" }, { message: "model not found" });
    check(
      { type: "error", error: { type: "overloaded_error", message: "m" } },
      { type: "overloaded_error" },
    );
    check({ output: {}, code: "", message: "" }, undefined);
    check({ choices: [] }, undefined);
    check("text", undefined);
  });
  it("is thrown without its text, which may quote the caller", () => {
    const error = upstreamError({
      message: "your prompt CANARY is bad",
      type: "CANARY type",
      code: "CANARY code",
      param: null,
    });
    expect(error.message).toBe('The provider reported "an error".');
  });
});

describe("filling in the middle", () => {
  it("is written in each family's tokens", () => {
    const check = (model: string, prompt: string | undefined): void => {
      const family = fimFamilyOf(model);
      expect(
        family === undefined ? undefined : writeFim(family, { prefix: "P$&", suffix: "S" }).prompt,
      ).toBe(prompt);
    };
    check("qwen2.5-coder-7b-instruct", "<|fim_prefix|>P$&<|fim_suffix|>S<|fim_middle|>");
    check("bigcode/starcoder2-3b", "<fim_prefix>P$&<fim_suffix>S<fim_middle>");
    check("CodeLlama-7b", "<PRE> P$& <SUF>S <MID>");
    check("deepseek-coder-6.7b", "<｜fim▁begin｜>P$&<｜fim▁hole｜>S<｜fim▁end｜>");
    check("codestral-latest", "[SUFFIX]S[PREFIX]P$&");
    check("codegemma-2b", "<|fim_prefix|>P$&<|fim_suffix|>S<|fim_middle|>");
    check("granite-4.0-h", "<|fim_prefix|>P$&<|fim_suffix|>S<|fim_middle|>");
    check("qwen3-max", undefined);
    expect(writeFim("qwen", { prefix: "P", suffix: "" }).prompt).toBe(
      "<|fim_prefix|>P<|fim_suffix|>",
    );
  });
  it("refuses code that holds the tokens themselves, and merges stops", () => {
    expect(() => writeFim("qwen", { prefix: "x<|fim_middle|>", suffix: "" })).toThrow(
      expect.objectContaining({ code: "UNSUPPORTED" }),
    );
    expect(
      withFimPrompt(
        { model: "m", prompt: "a", suffix: "b", stop: "\n", max_tokens: 5 },
        "starcoder",
      ),
    ).toEqual({
      model: "m",
      prompt: "<fim_prefix>a<fim_suffix>b<fim_middle>",
      stop: ["\n", "<|endoftext|>"],
      max_tokens: 5,
    });
  });
  it("goes to llama-server's own endpoint and back", () => {
    const call = infill.completion.call({
      model: "m",
      prompt: "a",
      suffix: "b",
      max_tokens: 9,
      stop: "\n",
      temperature: 0,
    });
    expect([call.path, JSON.parse(String(call.body))]).toEqual([
      "/infill",
      { input_prefix: "a", input_suffix: "b", n_predict: 9, stop: ["\n"], temperature: 0 },
    ]);
    const whole = {
      content: "mid",
      model: "q",
      stop: true,
      stop_type: "limit",
      tokens_evaluated: 7,
      tokens_predicted: 2,
    };
    expect(infill.completion.parse(whole)).toMatchObject({
      choices: [{ text: "mid", finish_reason: "length" }],
      usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 },
    });
    const reader = infill.completion.stream?.();
    expect(reader?.push({ event: undefined, data: '{"content":"mi","stop":false}' })).toMatchObject(
      [{ choices: [{ text: "mi", finish_reason: null }] }],
    );
  });
});
