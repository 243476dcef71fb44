/** Texts to vectors. */
import {
  estimateTokens,
  type Context,
  type EmbeddingPurpose,
  type Embeddings,
  type ModelCall,
} from "@cloud-code/dify-sdk";
import { openai } from "@cloud-code/models";
import type { Gateway } from "./gateway.ts";
import { parseSettings } from "./settings.ts";

/** Embeds texts in as many calls as the batch size asks for, one after the other, in order. */
export async function embed(
  gateway: Gateway,
  request: ModelCall & { readonly texts: readonly string[]; readonly purpose: EmbeddingPurpose },
  context: Context,
): Promise<Embeddings> {
  const settings = parseSettings(request.credentials);
  const prefix = request.purpose === "query" ? settings.queryPrefix : settings.documentPrefix;
  const texts = request.texts.map(
    (text) => prefix + truncate(text, settings.contextSize - estimateTokens(prefix)),
  );
  const vectors: (readonly number[])[] = [];
  let tokens = 0;
  for (let start = 0; start < texts.length; start += settings.maxChunks) {
    const input = texts.slice(start, start + settings.maxChunks);
    const answer = await gateway.ask(
      openai.embeddings,
      { model: settings.modelName ?? request.model, input, encoding_format: "float" },
      { connection: settings.connection, items: ["gateway.embedding-text"] },
      context,
    );
    vectors.push(...answer.vectors);
    tokens +=
      answer.usage?.total_tokens ??
      answer.usage?.prompt_tokens ??
      input.reduce((sum, text) => sum + estimateTokens(text), 0);
  }
  return { vectors, tokens };
}

/** The beginning of a text that fits; a model refuses the whole call for one text too long. */
export function truncate(text: string, maxTokens: number): string {
  // Every character is at least a quarter of a token, so a short text need not be counted.
  if (text.length <= maxTokens || estimateTokens(text) <= maxTokens) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (estimateTokens(text.slice(0, middle)) <= maxTokens) low = middle;
    else high = middle - 1;
  }
  // Never half of a surrogate pair.
  return text.slice(0, low).replace(/[\uD800-\uDBFF]$/, "");
}
