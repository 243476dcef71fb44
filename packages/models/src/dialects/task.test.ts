import { describe, expect, it } from "vitest";
import { wavHeader } from "./dashscope.ts";
import { speechTask, transcriptionTask } from "./task.ts";

const id = "2bf83b9a-baeb-4fda-8d9a-0123456789ab";
const event = (name: string, payload: object = {}, header: object = {}): string =>
  JSON.stringify({ header: { task_id: id, event: name, attributes: {}, ...header }, payload });

describe("the WebSocket task protocol", () => {
  it("speaks: the text goes out when the task has started, audio comes in binary frames", () => {
    const task = speechTask(
      {
        model: "cosyvoice-v3-flash",
        input: "床前明月光",
        voice: "longanyang",
        response_format: "mp3",
        speed: 1.2,
      },
      id,
    );
    expect(JSON.parse(task.opening)).toEqual({
      header: { action: "run-task", task_id: id, streaming: "duplex" },
      payload: {
        task_group: "audio",
        task: "tts",
        function: "SpeechSynthesizer",
        model: "cosyvoice-v3-flash",
        parameters: {
          text_type: "PlainText",
          voice: "longanyang",
          format: "mp3",
          sample_rate: 24000,
          volume: 50,
          rate: 1.2,
          pitch: 1,
        },
        input: {},
      },
    });
    const started = task.receive(event("task-started"));
    expect([...started.send].map((frame) => JSON.parse(String(frame)) as unknown)).toEqual([
      {
        header: { action: "continue-task", task_id: id, streaming: "duplex" },
        payload: { input: { text: "床前明月光" } },
      },
      {
        header: { action: "finish-task", task_id: id, streaming: "duplex" },
        payload: { input: {} },
      },
    ]);
    expect(
      task.receive(
        event("result-generated", {
          output: { type: "sentence-begin", sentence: { index: 0, words: [] } },
        }),
      ),
    ).toEqual({ send: [], chunks: [], done: false });
    expect(task.receiveAudio(new Uint8Array([1]))).toEqual([{ audio: new Uint8Array([1]) }]);
    expect(task.receive(event("task-finished", { usage: { characters: 10 } }))).toEqual({
      send: [],
      chunks: [{ audio: new Uint8Array(), usage: { characters: 10 } }],
      done: true,
    });
  });

  it("listens: the recording goes out in frames, finished sentences come back with their times", () => {
    const audio = Buffer.concat([wavHeader(8000), Buffer.alloc(40_000)]);
    const task = transcriptionTask(
      {
        model: "paraformer-realtime-v2",
        audio,
        fileName: "a.wav",
        mediaType: "audio/wav",
        language: "en",
      },
      id,
    );
    expect(JSON.parse(task.opening)).toMatchObject({
      payload: {
        task: "asr",
        function: "recognition",
        parameters: { format: "wav", sample_rate: 8000, language_hints: ["en"] },
      },
    });
    const frames = [...task.receive(event("task-started")).send];
    expect(frames.map((frame) => (typeof frame === "string" ? "text" : frame.length))).toEqual([
      16384,
      16384,
      7276,
      "text",
    ]);
    const sentence = (text: string, end: boolean, begin: number): string =>
      event("result-generated", {
        output: {
          sentence: {
            text,
            begin_time: begin,
            end_time: end ? begin + 500 : null,
            sentence_end: end,
          },
        },
        usage: end ? { duration: 2 } : null,
      });
    for (const frame of [
      sentence("Hel", false, 0),
      sentence("Hello.", true, 0),
      sentence("World.", true, 900),
      sentence("你好。", true, 1500),
    ]) {
      expect(task.receive(frame)).toEqual({ send: [], chunks: [], done: false });
    }
    const end = task.receive(event("task-finished"));
    expect(end.done).toBe(true);
    expect(end.chunks).toEqual([
      {
        text: "Hello. World.你好。",
        language: "en",
        durationSeconds: 2,
        usage: { seconds: 2 },
        segments: [
          { startSeconds: 0, endSeconds: 0.5, text: "Hello." },
          { startSeconds: 0.9, endSeconds: 1.4, text: "World." },
          { startSeconds: 1.5, endSeconds: 2, text: "你好。" },
        ],
      },
    ]);
  });

  it("speaks with a voice that takes the whole text at once, and gets no frame after it", () => {
    const task = speechTask({ model: "sambert-zhichu-v1", input: "你好", voice: "any" }, id);
    const { header, payload } = JSON.parse(task.opening) as {
      header: { streaming: string };
      payload: { input: object; parameters: object };
    };
    expect([header.streaming, payload.input]).toEqual(["out", { text: "你好" }]);
    expect(payload.parameters).not.toHaveProperty("voice");
    expect(task.receive(event("task-started")).send).toEqual([]);
    expect(task.receive(event("task-finished")).done).toBe(true);
  });

  it("listens to a translating model for the words as they were said", () => {
    const task = transcriptionTask(
      {
        model: "gummy-realtime-v1",
        audio: new Uint8Array(4),
        fileName: "a.pcm",
        mediaType: "audio/pcm",
        language: "zh",
      },
      id,
    );
    expect(JSON.parse(task.opening)).toMatchObject({
      payload: { parameters: { source_language: "zh", transcription_enabled: true } },
    });
    task.receive(
      event("result-generated", {
        output: {
          translations: [{ text: "hello", lang: "en", sentence_end: true }],
          transcription: { text: "你好。", begin_time: 0, end_time: 900, sentence_end: true },
        },
      }),
    );
    expect(task.receive(event("task-finished")).chunks).toMatchObject([{ text: "你好。" }]);
  });

  it("reports a failed task, a frame that is none, and a format that no model takes", () => {
    const task = speechTask({ model: "cosyvoice-v3-flash", input: "x", voice: "v" }, id);
    expect(() =>
      task.receive(
        event("task-failed", {}, { error_code: "InvalidParameter", error_message: "bad voice" }),
      ),
    ).toThrow(
      expect.objectContaining({
        code: "UPSTREAM_ERROR",
        provider: expect.objectContaining({
          code: "InvalidParameter",
          type: "invalid_request_error",
          message: "bad voice",
        }) as unknown,
      }),
    );
    expect(() => task.receive("nonsense")).toThrow(
      expect.objectContaining({ code: "INVALID_RESPONSE" }),
    );
    expect(() =>
      transcriptionTask(
        {
          model: "paraformer-realtime-v2",
          audio: new Uint8Array(),
          fileName: "a.flac",
          mediaType: "",
        },
        id,
      ),
    ).toThrow(expect.objectContaining({ code: "UNSUPPORTED", param: "file" }));
  });
});
