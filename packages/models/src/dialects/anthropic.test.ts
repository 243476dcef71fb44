import { describe, expect, it } from "vitest";
import type { ChatChunk, ChatRequest } from "../message.ts";
import { EventParser } from "../stream.ts";
import { anthropic } from "./anthropic.ts";

const body = (request: ChatRequest): unknown =>
  JSON.parse(String(anthropic.chat.call(request).body));

describe("Anthropic's protocol", () => {
  it("is written from a conversation with system text, pictures and tools", () => {
    const call = anthropic.chat.call({
      model: "claude",
      messages: [{ role: "user", content: "hi" }],
    });
    expect(call).toMatchObject({
      path: "/v1/messages",
      headers: { "anthropic-version": "2023-06-01" },
    });
    expect(
      body({
        model: "claude",
        stream: true,
        temperature: 1.7,
        stop: "END",
        max_tokens: 9,
        parallel_tool_calls: false,
        tool_choice: { type: "function", function: { name: "add" } },
        tools: [
          {
            type: "function",
            function: { name: "add", description: "adds", parameters: { type: "object" } },
          },
        ],
        messages: [
          { role: "system", content: "be brief" },
          { role: "developer", content: [{ type: "text", text: "and kind" }] },
          {
            role: "user",
            content: [
              { type: "text", text: "look" },
              { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } },
              { type: "image_url", image_url: { url: "https://x/y.png" } },
            ],
          },
          {
            role: "assistant",
            content: null,
            tool_calls: [
              { id: "t1", type: "function", function: { name: "add", arguments: '{"a":1}' } },
              { id: "t2", type: "function", function: { name: "add", arguments: "" } },
            ],
          },
          { role: "tool", tool_call_id: "t1", content: "2" },
          { role: "tool", tool_call_id: "t2", content: "3" },
          { role: "user", content: "go on" },
        ],
      }),
    ).toEqual({
      model: "claude",
      max_tokens: 9,
      stream: true,
      temperature: 1,
      stop_sequences: ["END"],
      system: "be brief\n\nand kind",
      tool_choice: { type: "tool", name: "add", disable_parallel_tool_use: true },
      tools: [{ name: "add", description: "adds", input_schema: { type: "object" } }],
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "look" },
            { type: "image", source: { type: "base64", media_type: "image/png", data: "AA==" } },
            { type: "image", source: { type: "url", url: "https://x/y.png" } },
          ],
        },
        {
          role: "assistant",
          content: [
            { type: "tool_use", id: "t1", name: "add", input: { a: 1 } },
            { type: "tool_use", id: "t2", name: "add", input: {} },
          ],
        },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "t1", content: "2" },
            { type: "tool_result", tool_use_id: "t2", content: "3" },
            { type: "text", text: "go on" },
          ],
        },
      ],
    });
  });

  it("refuses what it cannot say, naming the field", () => {
    const check = (more: object, param: string): void =>
      expect(() =>
        body({ model: "m", messages: [{ role: "user", content: "x" }], ...more }),
      ).toThrow(expect.objectContaining({ param }));
    check({ n: 2 }, "n");
    check({ response_format: { type: "json_schema" } }, "response_format");
    check({ logprobs: true }, "logprobs");
    check({ tools: ["x"] }, "tools");
    check({ messages: [{ role: "user", content: [{ type: "input_audio" }] }] }, "messages");
    check(
      {
        messages: [
          {
            role: "assistant",
            tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: "{" } }],
          },
        ],
      },
      "messages",
    );
  });

  it("is read as a whole answer", () => {
    const answer = anthropic.chat.parse({
      id: "msg_1",
      model: "claude",
      stop_reason: "tool_use",
      content: [
        { type: "thinking", thinking: "hm" },
        { type: "text", text: "I add." },
        { type: "tool_use", id: "t1", name: "add", input: { a: 1 } },
      ],
      usage: { input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 7 },
    });
    expect(answer).toMatchObject({
      id: "msg_1",
      object: "chat.completion",
      choices: [
        {
          index: 0,
          finish_reason: "tool_calls",
          message: {
            role: "assistant",
            content: "I add.",
            reasoning_content: "hm",
            tool_calls: [
              { id: "t1", type: "function", function: { name: "add", arguments: '{"a":1}' } },
            ],
          },
        },
      ],
      usage: { prompt_tokens: 15, completion_tokens: 7, total_tokens: 22 },
    });
    expect(() => anthropic.chat.parse({ content: "x" })).toThrow(/content/);
  });

  it("is read as a stream, tool calls numbered among themselves", () => {
    const recorded = [
      [
        "message_start",
        {
          message: { id: "msg_1", model: "claude", usage: { input_tokens: 10, output_tokens: 1 } },
        },
      ],
      ["content_block_start", { index: 0, content_block: { type: "text", text: "" } }],
      ["ping", {}],
      ["content_block_delta", { index: 0, delta: { type: "text_delta", text: "I " } }],
      ["content_block_stop", { index: 0 }],
      [
        "content_block_start",
        { index: 1, content_block: { type: "tool_use", id: "t1", name: "add", input: {} } },
      ],
      [
        "content_block_delta",
        { index: 1, delta: { type: "input_json_delta", partial_json: '{"a":' } },
      ],
      [
        "content_block_delta",
        { index: 1, delta: { type: "input_json_delta", partial_json: "1}" } },
      ],
      ["message_delta", { delta: { stop_reason: "tool_use" }, usage: { output_tokens: 7 } }],
      ["message_stop", {}],
    ] as const;
    const text = recorded
      .map(([type, more]) => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`)
      .join("");
    const reader = anthropic.chat.stream?.();
    const chunks: ChatChunk[] = [];
    for (const event of new EventParser().push(new TextEncoder().encode(text)))
      chunks.push(...(reader?.push(event) ?? []));
    chunks.push(...(reader?.finish() ?? []));
    expect(chunks.map((chunk) => chunk.choices[0])).toEqual([
      { index: 0, delta: { role: "assistant", content: "" }, finish_reason: null },
      { index: 0, delta: { content: "I " }, finish_reason: null },
      {
        index: 0,
        delta: {
          tool_calls: [
            { index: 0, id: "t1", type: "function", function: { name: "add", arguments: "" } },
          ],
        },
        finish_reason: null,
      },
      {
        index: 0,
        delta: { tool_calls: [{ index: 0, function: { arguments: '{"a":' } }] },
        finish_reason: null,
      },
      {
        index: 0,
        delta: { tool_calls: [{ index: 0, function: { arguments: "1}" } }] },
        finish_reason: null,
      },
      { index: 0, delta: {}, finish_reason: "tool_calls" },
    ]);
    expect(chunks.at(-1)?.usage).toEqual({
      prompt_tokens: 10,
      completion_tokens: 7,
      total_tokens: 17,
    });
  });

  it("that breaks off or reports an error is an error", () => {
    const reader = anthropic.chat.stream?.();
    expect(() => reader?.finish()).toThrow(/before the model had finished/);
    expect(() =>
      reader?.push({
        event: "error",
        data: '{"type":"error","error":{"type":"overloaded_error","message":"busy"}}',
      }),
    ).toThrow(
      expect.objectContaining({
        code: "UPSTREAM_ERROR",
        provider: expect.objectContaining({ type: "overloaded_error", message: "busy" }) as unknown,
      }),
    );
  });
});
