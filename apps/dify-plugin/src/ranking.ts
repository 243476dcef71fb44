/** Documents in the order in which they answer a query. */
import type { Context, ModelCall, Relevance } from "@cloud-code/dify-sdk";
import { dashscope, openai } from "@cloud-code/models";
import type { Gateway } from "./gateway.ts";
import { nativeConnection } from "./native.ts";
import { parseSettings } from "./settings.ts";

/** Scores documents. The scores are the model's own: rescaled ones would make every threshold mean something else. */
export async function rank(
  gateway: Gateway,
  request: ModelCall & {
    readonly query: string;
    readonly documents: readonly string[];
    readonly topN?: number;
  },
  context: Context,
): Promise<readonly Relevance[]> {
  if (request.documents.length === 0) return [];
  const settings = parseSettings(request.credentials);
  const native = settings.connection.protocol === "dashscope";
  const answer = await gateway.ask(
    native ? dashscope.rerank : openai.rerank,
    {
      model: settings.modelName ?? request.model,
      query: request.query,
      documents: request.documents,
      ...(request.topN === undefined
        ? {}
        : { top_n: Math.min(request.topN, request.documents.length) }),
    },
    {
      connection: native ? nativeConnection(settings.connection) : settings.connection,
      items: ["gateway.rerank-text"],
    },
    context,
  );
  return answer.results.map(({ index, relevance_score: score }) => ({ index, score }));
}
