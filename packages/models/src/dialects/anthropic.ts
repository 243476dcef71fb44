import { ModelError } from "../error.ts";
import {
  isObject,
  numberOf,
  textOf,
  type ChatAnswer,
  type ChatChunk,
  type ChatDelta,
  type ChatMessage,
  type ChatRequest,
  type ContentPart,
  type EventReader,
  type Operation,
  type ToolCall,
  type Usage,
} from "../message.ts";
import {
  expectList,
  expectObject,
  jsonHeaders,
  parseJson,
  parseProviderError,
  parseUsage,
  upstreamError,
  withUsage,
} from "./reading.ts";

/** The protocol version sent as `anthropic-version`. */
export const anthropicVersion = "2023-06-01";

/** Tokens an answer may have when the caller sets no limit; the protocol requires one. */
const defaultMaxTokens = 8192;

/** Anthropic's Messages protocol, reached with OpenAI's chat shapes. Paths are relative to the root before `/v1`. */
export const anthropic: { readonly chat: Operation<ChatRequest, ChatAnswer, ChatChunk> } = {
  chat: {
    call: (request) => ({
      path: "/v1/messages",
      headers: { ...jsonHeaders(request.stream === true), "anthropic-version": anthropicVersion },
      body: JSON.stringify(toMessages(request)),
    }),
    parse: parseAnswer,
    stream: readAnswer,
  },
};

function toMessages(request: ChatRequest): object {
  refuseUnsayable(request);
  const system: string[] = [];
  const messages: { role: "user" | "assistant"; content: object[] }[] = [];
  for (const message of request.messages) {
    if (message.role === "system" || message.role === "developer") {
      system.push(plainText(message));
      continue;
    }
    const role = message.role === "assistant" ? "assistant" : "user";
    const content = message.role === "tool" ? [toToolResult(message)] : toBlocks(message);
    const last = messages.at(-1);
    // The protocol wants turns to alternate; OpenAI sends each tool's result as a message of its own.
    if (last?.role === role) last.content.push(...content);
    else messages.push({ role, content });
  }
  const maxTokens =
    numberOf(request["max_completion_tokens"]) ??
    numberOf(request["max_tokens"]) ??
    defaultMaxTokens;
  const stop = request["stop"];
  const temperature = numberOf(request["temperature"]);
  return {
    model: request.model,
    max_tokens: maxTokens,
    messages,
    ...(system.length === 0 ? {} : { system: system.join("\n\n") }),
    // OpenAI's scale ends at 2, this protocol's at 1.
    ...(temperature === undefined ? {} : { temperature: Math.min(1, temperature) }),
    ...passed(request, "top_p", "top_k", "stream"),
    ...(stop === undefined || stop === null
      ? {}
      : { stop_sequences: Array.isArray(stop) ? stop : [stop] }),
    ...(Array.isArray(request["tools"]) ? { tools: request["tools"].map(toTool) } : {}),
    ...toToolChoice(request),
    ...(textOf(request["user"]) === undefined ? {} : { metadata: { user_id: request["user"] } }),
  };
}

function refuseUnsayable(request: ChatRequest): void {
  const n = request["n"];
  if (n !== undefined && n !== null && n !== 1)
    throw unsupported("n", "gives one answer at a time");
  if (isObject(request["response_format"]) && request["response_format"]["type"] !== "text") {
    throw unsupported(
      "response_format",
      "has no structured output here; describe the form in a tool",
    );
  }
  if (request["logprobs"] === true) throw unsupported("logprobs", "gives no log probabilities");
}

function passed(request: ChatRequest, ...names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names
      .filter((name) => request[name] !== undefined && request[name] !== null)
      .map((name) => [name, request[name]]),
  );
}

function plainText(message: ChatMessage): string {
  if (typeof message.content === "string") return message.content;
  return (message.content ?? []).map((part) => textOf(part["text"]) ?? "").join("");
}

function toBlocks(message: ChatMessage): object[] {
  const blocks: object[] = [];
  if (typeof message.content === "string") {
    if (message.content !== "") blocks.push({ type: "text", text: message.content });
  } else {
    for (const part of message.content ?? []) blocks.push(toBlock(part));
  }
  for (const call of message.tool_calls ?? []) {
    blocks.push({
      type: "tool_use",
      id: call.id,
      name: call.function.name,
      input: parseArguments(call),
    });
  }
  return blocks;
}

function toBlock(part: ContentPart): object {
  if (part["type"] === "text") return { type: "text", text: textOf(part["text"]) ?? "" };
  if (part["type"] === "image_url") {
    const image = part["image_url"];
    const url = isObject(image) ? (textOf(image["url"]) ?? "") : (textOf(image) ?? "");
    const data = /^data:([^;,]+);base64,(.*)$/s.exec(url);
    return {
      type: "image",
      source:
        data === null
          ? { type: "url", url }
          : { type: "base64", media_type: data[1], data: data[2] },
    };
  }
  throw unsupported("messages", `cannot take content of type "${part.type.slice(0, 32)}"`);
}

function toToolResult(message: ChatMessage): object {
  return {
    type: "tool_result",
    tool_use_id: message.tool_call_id ?? "",
    content: plainText(message),
  };
}

function parseArguments(call: ToolCall): unknown {
  if (call.function.arguments.trim() === "") return {};
  try {
    return JSON.parse(call.function.arguments);
  } catch {
    throw new ModelError("INVALID_REQUEST", "The arguments of an earlier tool call are not JSON.", {
      param: "messages",
    });
  }
}

function toTool(tool: unknown): object {
  const described = isObject(tool) && isObject(tool["function"]) ? tool["function"] : undefined;
  if (described === undefined)
    throw new ModelError("INVALID_REQUEST", "A tool is not a function.", { param: "tools" });
  return {
    name: described["name"],
    ...(described["description"] === undefined ? {} : { description: described["description"] }),
    input_schema: described["parameters"] ?? { type: "object", properties: {} },
  };
}

function toToolChoice(request: ChatRequest): object {
  const choice = request["tool_choice"];
  const alone = request["parallel_tool_calls"] === false ? { disable_parallel_tool_use: true } : {};
  if (choice === "none") return { tool_choice: { type: "none" } };
  if (choice === "required") return { tool_choice: { type: "any", ...alone } };
  const named =
    isObject(choice) && isObject(choice["function"])
      ? textOf(choice["function"]["name"])
      : undefined;
  if (named !== undefined) return { tool_choice: { type: "tool", name: named, ...alone } };
  return Object.keys(alone).length === 0 || !Array.isArray(request["tools"])
    ? {}
    : { tool_choice: { type: "auto", ...alone } };
}

function unsupported(param: string, because: string): ModelError {
  return new ModelError("UNSUPPORTED", `Anthropic's protocol ${because}.`, { param });
}

function parseAnswer(body: unknown): ChatAnswer {
  const answer = expectObject(body, "the answer");
  const texts: string[] = [];
  const thoughts: string[] = [];
  const calls: ToolCall[] = [];
  for (const item of expectList(answer["content"], "content")) {
    const block = expectObject(item, "content[]");
    if (block["type"] === "text") texts.push(textOf(block["text"]) ?? "");
    if (block["type"] === "thinking") thoughts.push(textOf(block["thinking"]) ?? "");
    if (block["type"] === "tool_use") {
      calls.push({
        id: textOf(block["id"]) ?? "",
        type: "function",
        function: {
          name: textOf(block["name"]) ?? "",
          arguments: JSON.stringify(block["input"] ?? {}),
        },
      });
    }
  }
  const message: ChatMessage = {
    role: "assistant",
    content: texts.length === 0 ? null : texts.join(""),
    ...(thoughts.length === 0 ? {} : { reasoning_content: thoughts.join("") }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  return {
    id: textOf(answer["id"]) ?? "",
    object: "chat.completion",
    created: Math.floor(Date.now() / 1000),
    model: textOf(answer["model"]) ?? "",
    choices: [{ index: 0, message, finish_reason: toFinishReason(answer["stop_reason"]) }],
    ...withUsage(answer["usage"]),
  };
}

function toFinishReason(reason: unknown): string | null {
  switch (reason) {
    case "max_tokens":
    case "model_context_window_exceeded":
      return "length";
    case "tool_use":
      return "tool_calls";
    case "refusal":
      return "content_filter";
    case null:
    case undefined:
      return null;
    default:
      return "stop";
  }
}

function readAnswer(): EventReader<ChatChunk> {
  let id = "";
  let model = "";
  let started: Usage = {};
  let stopped = false;
  let toolCount = 0;
  // Blocks of all kinds are numbered together; OpenAI numbers tool calls among themselves.
  const toolIndexes = new Map<number, number>();
  const created = Math.floor(Date.now() / 1000);
  const chunk = (delta: ChatDelta, finishReason: string | null = null): ChatChunk => ({
    id,
    object: "chat.completion.chunk",
    created,
    model,
    choices: [{ index: 0, delta, finish_reason: finishReason }],
  });
  return {
    push({ data }) {
      const event = parseJson(data);
      switch (event["type"]) {
        case "message_start": {
          const message = expectObject(event["message"], "message");
          id = textOf(message["id"]) ?? "";
          model = textOf(message["model"]) ?? "";
          started = parseUsage(message["usage"]) ?? {};
          return [chunk({ role: "assistant", content: "" })];
        }
        case "content_block_start": {
          const block = expectObject(event["content_block"], "content_block");
          if (block["type"] !== "tool_use") return [];
          const index = toolCount++;
          toolIndexes.set(numberOf(event["index"]) ?? 0, index);
          const tool = { name: textOf(block["name"]) ?? "", arguments: "" };
          return [
            chunk({
              tool_calls: [
                { index, id: textOf(block["id"]) ?? "", type: "function", function: tool },
              ],
            }),
          ];
        }
        case "content_block_delta": {
          const delta = expectObject(event["delta"], "delta");
          if (delta["type"] === "text_delta")
            return [chunk({ content: textOf(delta["text"]) ?? "" })];
          if (delta["type"] === "thinking_delta")
            return [chunk({ reasoning_content: textOf(delta["thinking"]) ?? "" })];
          if (delta["type"] !== "input_json_delta") return [];
          const index = toolIndexes.get(numberOf(event["index"]) ?? 0) ?? 0;
          return [
            chunk({
              tool_calls: [{ index, function: { arguments: textOf(delta["partial_json"]) ?? "" } }],
            }),
          ];
        }
        case "message_delta": {
          const delta = expectObject(event["delta"], "delta");
          const ended = parseUsage(event["usage"]) ?? {};
          const prompt =
            ended.prompt_tokens === undefined
              ? (started.prompt_tokens ?? 0)
              : Math.max(ended.prompt_tokens, started.prompt_tokens ?? 0);
          const completion = ended.completion_tokens ?? 0;
          const usage: Usage = {
            prompt_tokens: prompt,
            completion_tokens: completion,
            total_tokens: prompt + completion,
          };
          return [{ ...chunk({}, toFinishReason(delta["stop_reason"])), usage }];
        }
        case "message_stop":
          stopped = true;
          return [];
        case "error":
          throw upstreamError(
            parseProviderError(event) ?? {
              message: "",
              type: "api_error",
              code: null,
              param: null,
            },
          );
        default:
          return []; // `ping`, `content_block_stop` and what may be invented later.
      }
    },
    finish() {
      if (stopped) return [];
      throw new ModelError("INVALID_RESPONSE", "The stream ended before the model had finished.");
    },
  };
}
