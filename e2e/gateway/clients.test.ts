/** The official clients, unchanged, in every mode. */
import Anthropic from "@anthropic-ai/sdk";
import type { Gateway } from "@cloud-code/gateway";
import OpenAI, { toFile } from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Provider } from "./provider.ts";
import { key, startGateway, usualConfig } from "./start.ts";

let provider: Provider;
let gateway: Gateway;
let url = "";
let openai: OpenAI;
beforeAll(async () => {
  provider = await new Provider().listen();
  ({ gateway, url } = await startGateway(usualConfig(provider.url)));
  openai = new OpenAI({ apiKey: key, baseURL: `${url}/v1`, maxRetries: 0 });
});
afterAll(async () => {
  await gateway.stop();
  await provider.close();
});

const messages = [{ role: "user" as const, content: "hi" }];

describe("OpenAI's client", () => {
  for (const model of ["gpt-any", "qwen-plus", "claude-any"]) {
    it(`chats with ${model}, whole and streamed`, async () => {
      const answer = await openai.chat.completions.create({ model, messages });
      expect(answer.choices[0]?.message.content).toBe("SECRET-ANSWER");
      expect(answer.usage?.total_tokens).toBeGreaterThan(0);
      let text = "";
      let total = 0;
      for await (const chunk of await openai.chat.completions.create({
        model,
        messages,
        stream: true,
        stream_options: { include_usage: true },
      })) {
        text += chunk.choices[0]?.delta.content ?? "";
        total += chunk.usage?.total_tokens ?? 0;
      }
      expect(text.replaceAll("-", "")).toBe("SECRETANSWER");
      expect(total).toBeGreaterThan(0);
    });
  }
  it("calls tools", async () => {
    const answer = await openai.chat.completions.create({
      model: "m",
      messages,
      tools: [{ type: "function", function: { name: "add" } }],
    });
    expect(answer.choices[0]?.message.tool_calls?.[0]).toMatchObject({
      id: "call_1",
      function: { name: "add", arguments: '{"a":1}' },
    });
  });
  it("completes, with and without a suffix", async () => {
    expect((await openai.completions.create({ model: "m", prompt: "a" })).choices[0]?.text).toBe(
      "SECRET-ANSWER",
    );
    expect(
      (
        await openai.completions.create({
          model: "qwen2.5-coder-7b-instruct",
          prompt: "P",
          suffix: "S",
        })
      ).choices[0]?.text,
    ).toBe("SECRET-ANSWER");
    expect(JSON.parse(provider.seen.at(-1)?.body.toString() ?? "")).toMatchObject({
      prompt: "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>",
    });
  });
  it("embeds", async () => {
    const answer = await openai.embeddings.create({
      model: "m",
      input: ["a"],
      encoding_format: "float",
    });
    expect(answer.data[0]?.embedding).toEqual([0.25, -0.5]);
  });
  it("transcribes: at a compatible server, by chat, natively and over a WebSocket", async () => {
    const file = await toFile(Buffer.from("RIFF-audio-bytes"), "a.wav", { type: "audio/wav" });
    expect((await openai.audio.transcriptions.create({ file, model: "whisper-1" })).text).toBe(
      "heard SECRET-ANSWER",
    );
    expect(
      (await openai.audio.transcriptions.create({ file, model: "qwen3-asr-flash", language: "en" }))
        .text,
    ).toBe("heard SECRET-ANSWER");
    expect(
      (await openai.audio.transcriptions.create({ file, model: "qwen-audio-3.1-asr-flash" })).text,
    ).toBe("heard SECRET-ANSWER");
    expect(
      (await openai.audio.transcriptions.create({ file, model: "paraformer-realtime-v2" })).text,
    ).toBe("heard 16 bytes.");
    const subtitles = await openai.audio.transcriptions.create({
      file,
      model: "paraformer-realtime-v2",
      response_format: "srt",
    });
    expect(subtitles).toBe("1\n00:00:00,000 --> 00:00:01,500\nheard 16 bytes.\n\n");
  });
  it("speaks: at a compatible server, natively and over a WebSocket", async () => {
    const speak = async (
      model: string,
      format?: "pcm" | "wav" | "mp3",
    ): Promise<{ type: string | null; bytes: Buffer }> => {
      const answer = await openai.audio.speech.create({
        model,
        input: "say this",
        voice: "alloy",
        ...(format === undefined ? {} : { response_format: format }),
      });
      return {
        type: answer.headers.get("content-type"),
        bytes: Buffer.from(await answer.arrayBuffer()),
      };
    };
    expect(await speak("tts-1")).toEqual({
      type: "audio/mpeg",
      bytes: Buffer.from("SECRET-ANSWER"),
    });
    expect(await speak("qwen3-tts-flash", "pcm")).toEqual({
      type: "audio/pcm",
      bytes: Buffer.from("SECRET-ANSWER-MORE"),
    });
    const wav = await speak("qwen3-tts-flash");
    expect([
      wav.type,
      wav.bytes.subarray(0, 4).toString(),
      wav.bytes.subarray(44).toString(),
    ]).toEqual(["audio/wav", "RIFF", "SECRET-ANSWER-MORE"]);
    for (const model of ["cosyvoice-v3-flash", "sambert-zhichu-v1"])
      expect(await speak(model, "mp3")).toEqual({
        type: "audio/mpeg",
        bytes: Buffer.from("audio(say this)"),
      });
  });
  it("uses responses, and lists models", async () => {
    expect((await openai.responses.create({ model: "m", input: "hi" })).output_text).toBe(
      "SECRET-ANSWER",
    );
    expect((await openai.models.list()).data).toEqual([]);
    expect((await openai.models.retrieve("qwen-plus")).owned_by).toBe("studio");
  });
  it("understands the gateway's errors", async () => {
    await expect(
      new OpenAI({ apiKey: "wrong", baseURL: `${url}/v1`, maxRetries: 0 }).chat.completions.create({
        model: "m",
        messages,
      }),
    ).rejects.toMatchObject({ status: 401, code: "invalid_api_key", type: "authentication_error" });
    await expect(
      openai.chat.completions.create({ model: "status-400", messages }),
    ).rejects.toMatchObject({ status: 400, code: "refused", type: "invalid_request_error" });
    await expect(
      openai.audio.speech.create({
        model: "qwen3-tts-flash",
        input: "x",
        voice: "alloy",
        response_format: "mp3",
      }),
    ).rejects.toMatchObject({ status: 400, code: "unsupported", param: "response_format" });
    const stream = await openai.chat.completions.create({
      model: "mid-error",
      messages,
      stream: true,
    });
    await expect(async () => {
      for await (const chunk of stream) expect(chunk.choices[0]?.delta.content).toBe("a");
    }).rejects.toThrow(/SECRET-ANSWER was refused/);
  });
});

describe("Anthropic's client", () => {
  it("passes through, whole and streamed, to Anthropic and to Model Studio", async () => {
    const anthropic = new Anthropic({ apiKey: key, baseURL: url, maxRetries: 0 });
    for (const model of ["claude-any", "qwen-plus"]) {
      const answer = await anthropic.messages.create({ model, max_tokens: 5, messages });
      expect(answer.content[0]).toMatchObject({ type: "text", text: "SECRET-ANSWER" });
      const final = await anthropic.messages
        .stream({ model, max_tokens: 5, messages })
        .finalMessage();
      expect([final.content[0], final.usage.output_tokens]).toEqual([
        expect.objectContaining({ text: "SECRET-ANSWER" }),
        4,
      ]);
    }
    const sent = provider.seen
      .filter(({ path }) => path.endsWith("/messages"))
      .map(({ path, headers }) => [
        path,
        headers["x-api-key"] ?? headers.authorization,
        headers["anthropic-version"],
      ]);
    const dated: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\d$/);
    expect(sent.slice(-4)).toEqual([
      ["/v1/messages", "sk-PROVIDER-KEY", dated],
      ["/v1/messages", "sk-PROVIDER-KEY", dated],
      ["/apps/anthropic/v1/messages", "Bearer sk-PROVIDER-KEY", dated],
      ["/apps/anthropic/v1/messages", "Bearer sk-PROVIDER-KEY", dated],
    ]);
    await expect(
      new Anthropic({ apiKey: "wrong", baseURL: url, maxRetries: 0 }).messages.create({
        model: "claude-any",
        max_tokens: 5,
        messages,
      }),
    ).rejects.toMatchObject({
      status: 401,
      error: { type: "error", error: { type: "authentication_error" } },
    });
  });
});
