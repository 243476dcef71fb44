/**
 * What an answer cost: token estimates, and prices in exact decimals.
 *
 * Price = tokens × price per token × unit, rounded half up to seven places, as Dify's own plugins compute it. In binary
 * floating point 0.1 × 3 is 0.30000000000000004; prices are therefore integers with a scale until they are printed.
 */
import type { Content, Message, Pricing, TokenUsage, Tool } from "./model.ts";

const decimalPlaces = 7;

/** Usage of a language model in the daemon's form; every field is required there. */
export interface LanguageUsage {
  readonly prompt_tokens: number;
  readonly prompt_unit_price: string;
  readonly prompt_price_unit: string;
  readonly prompt_price: string;
  readonly completion_tokens: number;
  readonly completion_unit_price: string;
  readonly completion_price_unit: string;
  readonly completion_price: string;
  readonly total_tokens: number;
  readonly total_price: string;
  readonly currency: string;
  readonly latency: number;
}

/** Usage of an embedding in the daemon's form. */
export interface EmbeddingUsage {
  readonly tokens: number;
  readonly total_tokens: number;
  readonly unit_price: string;
  readonly price_unit: string;
  readonly total_price: string;
  readonly currency: string;
  readonly latency: number;
}

const free: Pricing = { input: "0", output: "0", unit: "0", currency: "USD" };

/** Prices the tokens of an answer; without `pricing` it cost nothing. */
export function toLanguageUsage(
  usage: TokenUsage,
  latencySeconds: number,
  pricing: Pricing = free,
): LanguageUsage {
  const output = pricing.output ?? "0";
  const promptPrice = toPrice(usage.promptTokens, pricing.input, pricing.unit);
  const completionPrice = toPrice(usage.completionTokens, output, pricing.unit);
  return {
    prompt_tokens: usage.promptTokens,
    prompt_unit_price: pricing.input,
    prompt_price_unit: pricing.unit,
    prompt_price: formatPlaces(promptPrice),
    completion_tokens: usage.completionTokens,
    completion_unit_price: output,
    completion_price_unit: pricing.unit,
    completion_price: formatPlaces(completionPrice),
    total_tokens: usage.promptTokens + usage.completionTokens,
    total_price: formatPlaces(promptPrice + completionPrice),
    currency: pricing.currency,
    latency: latencySeconds,
  };
}

/** Prices the tokens of an embedding. */
export function toEmbeddingUsage(
  tokens: number,
  latencySeconds: number,
  pricing: Pricing = free,
): EmbeddingUsage {
  return {
    tokens,
    total_tokens: tokens,
    unit_price: pricing.input,
    price_unit: pricing.unit,
    total_price: formatPlaces(toPrice(tokens, pricing.input, pricing.unit)),
    currency: pricing.currency,
    latency: latencySeconds,
  };
}

/** Tokens × price × unit in units of the seventh decimal place, rounded half up. */
function toPrice(tokens: number, price: string, unit: string): bigint {
  const [priceDigits, priceScale] = parseDecimal(price);
  const [unitDigits, unitScale] = parseDecimal(unit);
  const product = BigInt(tokens) * priceDigits * unitDigits;
  const excess = priceScale + unitScale - decimalPlaces;
  if (excess <= 0) return product * 10n ** BigInt(-excess);
  const divisor = 10n ** BigInt(excess);
  return (product + divisor / 2n) / divisor;
}

/** "0.0012" is [12n, 4]: digits and how many of them follow the point. */
function parseDecimal(text: string): [digits: bigint, scale: number] {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text.trim());
  if (match === null) throw new RangeError("A price must be a plain decimal such as 0.0012.");
  const fraction = match[2] ?? "";
  return [BigInt(`${match[1]}${fraction}`), fraction.length];
}

function formatPlaces(value: bigint): string {
  const digits = value.toString().padStart(decimalPlaces + 1, "0");
  return (
    `${digits.slice(0, -decimalPlaces)}.${digits.slice(-decimalPlaces)}`.replace(/\.?0+$/, "") ||
    "0"
  );
}

/**
 * A quick estimate of how many tokens a text takes, without a vocabulary: four letters of an alphabet per token, one
 * token per Chinese, Japanese or Korean character, one per emoji. Within about a quarter of real tokenizers on prose
 * and code; meant for budgets, not for bills.
 */
export function estimateTokens(text: string): number {
  let quarters = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    quarters += code < 0x2e80 ? 1 : 4;
  }
  return Math.ceil(quarters / 4);
}

/** {@link estimateTokens} for a prompt: its texts, tool calls and tools, and 3 tokens of framing per message. */
export function estimatePromptTokens(messages: readonly Message[], tools: readonly Tool[]): number {
  let tokens = 3;
  for (const message of messages) {
    tokens += 3 + estimateContent(message.content);
    if (message.role === "assistant")
      for (const call of message.toolCalls) tokens += estimateTokens(call.name + call.arguments);
  }
  for (const tool of tools)
    tokens += estimateTokens(tool.name + tool.description + JSON.stringify(tool.parameters));
  return tokens;
}

function estimateContent(content: Content): number {
  if (typeof content === "string") return estimateTokens(content);
  return content.reduce(
    (sum, part) => sum + (part.type === "text" ? estimateTokens(part.text) : 0),
    0,
  );
}
