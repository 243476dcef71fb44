import { ModelError } from "../error.ts";
import {
  isObject,
  numberOf,
  textOf,
  type CompletionAnswer,
  type CompletionRequest,
  type EventReader,
  type JsonObject,
  type Operation,
} from "../message.ts";
import { expectObject, jsonHeaders, parseEventData, withUsage } from "./reading.ts";

/** How a family of models wants to be shown the hole: each text in the order it is written. `{prefix}` and `{suffix}` stand for the code. */
export interface FimTemplate {
  readonly pattern: string;
  /** The pattern when nothing follows the cursor; default the same. */
  readonly withoutSuffix?: string;
  /** Where the model should stop beside its own end token. */
  readonly stop: readonly string[];
}

/** A family of models that share their special tokens. */
export type FimFamily =
  | "qwen"
  | "starcoder"
  | "codellama"
  | "deepseek"
  | "codestral"
  | "codegemma"
  | "granite";

/**
 * Fill-in-the-middle prompts by model family. The special tokens are those of each model's tokenizer; blanks matter
 * (CodeLlama's are part of its training format).
 */
export const fimTemplates: Readonly<Record<FimFamily, FimTemplate>> = {
  qwen: {
    pattern: "<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>",
    withoutSuffix: "<|fim_prefix|>{prefix}<|fim_suffix|>",
    stop: ["<|endoftext|>", "<|fim_pad|>", "<|im_end|>"],
  },
  starcoder: {
    pattern: "<fim_prefix>{prefix}<fim_suffix>{suffix}<fim_middle>",
    stop: ["<|endoftext|>"],
  },
  codellama: { pattern: "<PRE> {prefix} <SUF>{suffix} <MID>", stop: ["<EOT>"] },
  deepseek: {
    pattern: "<｜fim▁begin｜>{prefix}<｜fim▁hole｜>{suffix}<｜fim▁end｜>",
    stop: ["<｜end▁of▁sentence｜>"],
  },
  codestral: { pattern: "[SUFFIX]{suffix}[PREFIX]{prefix}", stop: ["[PREFIX]", "[SUFFIX]"] },
  codegemma: {
    pattern: "<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>",
    stop: ["<|file_separator|>", "<end_of_turn>", "<eos>"],
  },
  granite: {
    pattern: "<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>",
    stop: ["<|end_of_text|>", "<|fim_pad|>"],
  },
};

/** The family of a model by its name, or undefined for models that must not be shown a hole (chat and thinking models). */
export function fimFamilyOf(model: string): FimFamily | undefined {
  const name = model.toLowerCase();
  if (/qwen.*coder|codeqwen/.test(name)) return "qwen";
  if (/starcoder|stable-?code|santacoder/.test(name)) return "starcoder";
  if (/code-?llama/.test(name)) return "codellama";
  if (/deepseek.*coder/.test(name)) return "deepseek";
  if (/codestral/.test(name)) return "codestral";
  if (/codegemma/.test(name)) return "codegemma";
  return /granite-?4/.test(name) ? "granite" : undefined;
}

/**
 * The prompt that shows the model a hole between two texts, for example for `qwen`
 *
 *     { prefix: "a = ", suffix: "\n" }  →  "<|fim_prefix|>a = <|fim_suffix|>\n<|fim_middle|>"
 *
 * Throws `UNSUPPORTED` when the code itself contains the family's special tokens: the model would read it as another prompt.
 */
export function writeFim(
  family: FimFamily,
  code: { readonly prefix: string; readonly suffix: string },
): { prompt: string; stop: readonly string[] } {
  const template = fimTemplates[family];
  const tokens = template.pattern
    .split(/\{prefix\}|\{suffix\}/)
    .map((token) => token.trim())
    .filter((token) => token !== "");
  if (tokens.some((token) => code.prefix.includes(token) || code.suffix.includes(token))) {
    throw new ModelError(
      "UNSUPPORTED",
      `The code contains a special token of the ${family} models, so it cannot be put into their prompt.`,
      { param: "prompt" },
    );
  }
  const pattern =
    code.suffix === "" ? (template.withoutSuffix ?? template.pattern) : template.pattern;
  // Replaced by functions: "$&" in somebody's code is code.
  const prompt = pattern.replace(/\{prefix\}|\{suffix\}/g, (hole) =>
    hole === "{prefix}" ? code.prefix : code.suffix,
  );
  return { prompt, stop: template.stop };
}

/** The same request with `prompt` and `suffix` put into the family's template, for servers that know no `suffix`. */
export function withFimPrompt(request: CompletionRequest, family: FimFamily): CompletionRequest {
  if (typeof request.prompt !== "string") {
    throw new ModelError("UNSUPPORTED", "A list of prompts cannot be combined with a suffix.", {
      param: "prompt",
    });
  }
  const { prompt, stop } = writeFim(family, {
    prefix: request.prompt,
    suffix: request.suffix ?? "",
  });
  const { suffix: _, stop: wanted, ...rest } = request;
  const stops = typeof wanted === "string" ? [wanted] : Array.isArray(wanted) ? wanted : [];
  return { ...rest, prompt, stop: [...stops, ...stop] };
}

/** llama-server's own fill-in-the-middle endpoint: the server knows its model's tokens. The path is relative to its root, beside `/v1`. */
export const infill: {
  readonly completion: Operation<CompletionRequest, CompletionAnswer, CompletionAnswer>;
} = {
  completion: { call: callInfill, parse: parseInfill, stream: readInfill },
};

function callInfill(
  request: CompletionRequest,
): ReturnType<Operation<CompletionRequest, CompletionAnswer>["call"]> {
  const { model: _, prompt, suffix, max_tokens, stop, extra_files, ...rest } = request;
  if (typeof prompt !== "string")
    throw new ModelError("UNSUPPORTED", "A list of prompts cannot be filled in.", {
      param: "prompt",
    });
  const body = {
    ...rest,
    input_prefix: prompt,
    input_suffix: suffix ?? "",
    ...(extra_files === undefined ? {} : { input_extra: extra_files }),
    ...(max_tokens === undefined || max_tokens === null ? {} : { n_predict: max_tokens }),
    ...(stop === undefined || stop === null ? {} : { stop: Array.isArray(stop) ? stop : [stop] }),
  };
  return {
    path: "/infill",
    headers: jsonHeaders(request.stream === true),
    body: JSON.stringify(body),
  };
}

function parseInfill(body: unknown): CompletionAnswer {
  return toAnswer(expectObject(body, "the answer"), true);
}

function readInfill(): EventReader<CompletionAnswer> {
  return {
    push: ({ data }) =>
      data.trim() === "[DONE]" || data === "" ? [] : [toAnswer(parseEventData(data), false)],
    finish: () => [],
  };
}

function toAnswer(body: JsonObject, whole: boolean): CompletionAnswer {
  const text = textOf(body["content"]);
  if (text === undefined)
    throw new ModelError("INVALID_RESPONSE", "The server's answer lacks content.");
  const stopped = whole || body["stop"] === true;
  const reason =
    body["stop_type"] === "limit" || body["stopped_limit"] === true ? "length" : "stop";
  const timings = isObject(body["timings"]) ? body["timings"] : {};
  const read = numberOf(body["tokens_evaluated"]) ?? numberOf(timings["prompt_n"]);
  const written = numberOf(body["tokens_predicted"]) ?? numberOf(timings["predicted_n"]);
  const counted =
    stopped && read !== undefined && written !== undefined
      ? { prompt_tokens: read, completion_tokens: written }
      : undefined;
  return {
    id: "",
    object: "text_completion",
    created: Math.floor(Date.now() / 1000),
    model: textOf(body["model"]) ?? "",
    choices: [{ index: 0, text, finish_reason: stopped ? reason : null, logprobs: null }],
    ...withUsage(counted),
  };
}
