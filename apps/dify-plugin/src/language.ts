/** Conversations, by OpenAI's chat protocol or its older completion protocol. */
import { randomUUID } from "node:crypto";
import {
  PluginError,
  type Content,
  type Context,
  type LanguageChunk,
  type LanguageRequest,
  type MediaPart,
  type Message,
  type TokenUsage,
  type ToolCall,
} from "@cloud-code/dify-sdk";
import {
  isObject,
  numberOf,
  openai,
  parseUsage,
  textOf,
  type ChatMessage,
  type ChatRequest,
  type CompletionRequest,
  type ContentPart,
} from "@cloud-code/models";
import type { ItemKey } from "@cloud-code/policy";
import type { Exchange, Gateway } from "./gateway.ts";
import { applyParameters } from "./parameters.ts";
import { parseSettings, type Settings } from "./settings.ts";
import { ThinkingText, withoutThoughts } from "./thinking.ts";

const items: readonly ItemKey[] = ["gateway.prompts"];

/** Asks the gateway and yields the answer in pieces; tool calls come whole, after the text. */
export async function* converse(
  gateway: Gateway,
  request: LanguageRequest,
  context: Context,
): AsyncGenerator<LanguageChunk, void, undefined> {
  const settings = parseSettings(request.credentials);
  const { body, headers } = applyParameters(request.parameters, settings, request.jsonSchema);
  const exchange: Exchange = { connection: settings.connection, items, headers };
  const common = {
    model: settings.modelName ?? request.model,
    ...body,
    ...(request.stop.length === 0 ? {} : { stop: request.stop }),
    ...(request.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  };
  const answer = new Answer();
  if (settings.mode === "completion") {
    const asked: CompletionRequest = { ...common, prompt: toPrompt(request.messages) };
    if (!request.stream)
      yield* answer.add(await gateway.ask(openai.completion, asked, exchange, context));
    else
      for await (const chunk of gateway.follow(openai.completion, asked, exchange, context))
        yield* answer.add(chunk);
  } else {
    const asked: ChatRequest = {
      ...common,
      messages: request.messages.map((message) => toChatMessage(message, settings)),
      ...toTools(request, settings),
    };
    if (!request.stream)
      yield* answer.add(await gateway.ask(openai.chat, asked, exchange, context));
    else
      for await (const chunk of gateway.follow(openai.chat, asked, exchange, context))
        yield* answer.add(chunk);
  }
  yield* answer.finish();
}

// ---- The request ----------------------------------------------------------------------------------------------------

function toChatMessage(message: Message, settings: Settings): ChatMessage {
  const name = message.name === undefined ? {} : { name: message.name };
  switch (message.role) {
    case "system":
    case "user":
      return { role: message.role, content: toContent(message.content, settings), ...name };
    case "tool":
      return settings.tools === "functions"
        ? {
            role: "function",
            content: toText(message.content),
            name: message.name ?? message.toolCallId,
          }
        : {
            role: "tool",
            content: toContent(message.content, settings),
            tool_call_id: message.toolCallId,
          };
    case "assistant": {
      const content = withoutThoughts(toText(message.content));
      const [first] = message.toolCalls;
      if (first === undefined) return { role: "assistant", content, ...name };
      const calls =
        settings.tools === "functions"
          ? { function_call: { name: first.name, arguments: first.arguments } }
          : {
              tool_calls: message.toolCalls.map((call) => ({
                id: call.id,
                type: "function" as const,
                function: { name: call.name, arguments: call.arguments },
              })),
            };
      // Several servers refuse an empty text beside a call; null is what the protocol prescribes.
      return { role: "assistant", content: content === "" ? null : content, ...calls };
    }
  }
}

function toContent(content: Content, settings: Settings): string | ContentPart[] {
  if (typeof content === "string") return content;
  // Text alone goes as text: not every server takes parts.
  if (content.every((part) => part.type === "text")) return toText(content);
  return content.map((part) =>
    part.type === "text" ? { type: "text", text: part.text } : toMedia(part, settings),
  );
}

function toMedia(part: MediaPart, settings: Settings): ContentPart {
  if (!settings.media.has(part.type)) {
    throw new PluginError(
      "BAD_REQUEST",
      `This model was not set up for ${part.type} input. Choose it under "Vision and media" in the model's settings, or remove it from the message.`,
    );
  }
  const dataUrl = (fallback: string): string =>
    part.url ?? `data:${part.mimeType ?? fallback};base64,${part.base64 ?? ""}`;
  switch (part.type) {
    case "image":
      return {
        type: "image_url",
        image_url: {
          url: dataUrl("image/png"),
          ...(part.detail === undefined ? {} : { detail: part.detail }),
        },
      };
    case "video":
      return { type: "video_url", video_url: { url: dataUrl("video/mp4") } };
    case "audio": {
      const format = part.format ?? part.mimeType?.split("/")[1] ?? "wav";
      // OpenAI takes bare Base64, Model Studio a data URL or a link.
      const data =
        settings.connection.protocol === "dashscope" || part.base64 === undefined
          ? dataUrl(`audio/${format}`)
          : part.base64;
      return { type: "input_audio", input_audio: { data, format } };
    }
    case "document":
      return {
        type: "file",
        file: { filename: part.filename ?? "document.pdf", file_data: dataUrl("application/pdf") },
      };
  }
}

function toText(content: Content): string {
  return typeof content === "string"
    ? content
    : content.map((part) => (part.type === "text" ? part.text : "")).join("\n");
}

/** A completion model has no roles: the texts in order, as one. */
function toPrompt(messages: readonly Message[]): string {
  return messages.map((message) => toText(message.content)).join("\n");
}

function toTools(
  { tools, toolChoice }: LanguageRequest,
  settings: Settings,
): Readonly<Record<string, unknown>> {
  if (tools.length === 0 || settings.tools === "none") return {};
  const functions = tools.map(({ name, description, parameters }) => ({
    name,
    description,
    parameters,
  }));
  const mode = toolChoice?.mode;
  if (settings.tools === "functions") {
    // The old protocol knows no "required": the nearest is to leave the choice to the model.
    const choice =
      toolChoice?.mode === "tool"
        ? { name: toolChoice.name }
        : mode === "none"
          ? "none"
          : undefined;
    return { functions, ...(choice === undefined ? {} : { function_call: choice }) };
  }
  const choice =
    toolChoice?.mode === "tool" ? { type: "function", function: { name: toolChoice.name } } : mode;
  return {
    tools: functions.map((one) => ({ type: "function", function: one })),
    ...(choice === undefined ? {} : { tool_choice: choice }),
  };
}

// ---- The answer -----------------------------------------------------------------------------------------------------

/** Gathers what must come whole, lets pass what need not. Reads events as they are: an upstream keeps no types. */
class Answer {
  readonly #thinking = new ThinkingText();
  /** By index: ids come late, repeat, or never. */
  readonly #calls = new Map<number, { id: string; name: string; arguments: string }>();
  #finishReason: string | undefined;
  #usage: TokenUsage | undefined;

  *add(event: unknown): Generator<LanguageChunk, void, undefined> {
    if (!isObject(event)) return;
    this.#readUsage(event["usage"]);
    const choices: unknown = event["choices"];
    const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
    if (!isObject(choice)) return;
    this.#finishReason = textOf(choice["finish_reason"]) ?? this.#finishReason;
    // A streamed chat event has a delta, a whole one a message, a completion its text beside them.
    const said = isObject(choice["delta"])
      ? choice["delta"]
      : isObject(choice["message"])
        ? choice["message"]
        : { content: textOf(choice["text"]) };
    const thought = textOf(said["reasoning_content"]) ?? textOf(said["reasoning"]) ?? "";
    const text = this.#thinking.add(thought, textOf(said["content"]) ?? "");
    if (text !== "") yield { text };
    this.#readCalls(said["tool_calls"]);
    if (isObject(said["function_call"])) this.#readCall(0, said["function_call"], undefined);
  }

  *finish(): Generator<LanguageChunk, void, undefined> {
    const text = this.#thinking.end();
    if (text !== "") yield { text };
    const toolCalls: ToolCall[] = [...this.#calls.values()]
      .filter(({ name }) => name !== "")
      .map((call) => ({ ...call, id: call.id || `call_${randomUUID()}` }));
    yield {
      ...(toolCalls.length === 0 ? {} : { toolCalls }),
      ...(this.#finishReason === undefined ? {} : { finishReason: this.#finishReason }),
      ...(this.#usage === undefined ? {} : { usage: this.#usage }),
    };
  }

  #readUsage(value: unknown): void {
    const usage = parseUsage(value);
    if (usage === undefined) return;
    this.#usage = {
      promptTokens: whole(usage.prompt_tokens),
      completionTokens: whole(usage.completion_tokens),
    };
  }

  #readCalls(value: unknown): void {
    if (!Array.isArray(value)) return;
    value.filter(isObject).forEach((call, position) => {
      if (isObject(call["function"]))
        this.#readCall(numberOf(call["index"]) ?? position, call["function"], textOf(call["id"]));
    });
  }

  #readCall(
    index: number,
    said: { readonly [key: string]: unknown },
    id: string | undefined,
  ): void {
    const call = this.#calls.get(index) ?? { id: "", name: "", arguments: "" };
    this.#calls.set(index, call);
    if (id !== undefined && id !== "") call.id = id;
    // Some servers repeat the whole name with every piece; none sends it in pieces.
    call.name = textOf(said["name"]) || call.name;
    const more = said["arguments"];
    call.arguments += isObject(more) ? JSON.stringify(more) : (textOf(more) ?? "");
  }
}

const whole = (count: number | undefined): number => Math.max(0, Math.round(count ?? 0));
