import type { ItemKey } from "@cloud-code/policy";
import type { routeNames } from "./config/schema.ts";

/** What can be asked of a model through the gateway. */
export type RouteName = (typeof routeNames)[number];

/** One path of the gateway that leads to a model. */
export interface Route {
  readonly name: RouteName;
  /** What the request carries, in the inventory's words: the permit has to cover it. */
  readonly items: readonly ItemKey[];
  /** Whether asking twice does no harm: nothing is created at the provider. */
  readonly repeatable: boolean;
  readonly body: "json" | "form";
  /** Whose error shape the path's clients read. */
  readonly errors: "openai" | "anthropic";
  /** Rerank's native path answers in DashScope's native form. */
  readonly native: boolean;
}

const along: readonly ItemKey[] = ["gateway.model-parameters", "gateway.credentials"];

function route(name: RouteName, content: ItemKey, more: Partial<Route> = {}): Route {
  return {
    name,
    items: [content, ...along],
    repeatable: true,
    body: "json",
    errors: "openai",
    native: false,
    ...more,
  };
}

const rerank = route("rerank", "gateway.rerank-text");

/** The paths that lead to a model. Rerank has as many names as it has inventors. */
export const routes: ReadonlyMap<string, Route> = new Map([
  ["/v1/chat/completions", route("chat", "gateway.prompts")],
  ["/v1/completions", route("completions", "gateway.prompts")],
  ["/v1/embeddings", route("embeddings", "gateway.embedding-text")],
  ["/v1/rerank", rerank],
  ["/v2/rerank", rerank],
  ["/v1/reranks", rerank],
  ["/compatible-api/v1/reranks", rerank],
  ["/api/v1/services/rerank/text-rerank/text-rerank", { ...rerank, native: true }],
  ["/v1/audio/transcriptions", route("transcription", "gateway.speech-audio", { body: "form" })],
  ["/v1/audio/speech", route("speech", "gateway.speech-text")],
  // A response may be stored at the provider and continued: asking twice would make two.
  ["/v1/responses", route("responses", "gateway.prompts", { repeatable: false })],
  ["/v1/messages", route("messages", "gateway.prompts", { errors: "anthropic" })],
  ["/v1/messages/count_tokens", route("count_tokens", "gateway.prompts", { errors: "anthropic" })],
]);

/** The WebSocket path that leads to a model. */
export const realtimePath = "/v1/realtime";

/** What a realtime connection may carry. */
export const realtimeItems: readonly ItemKey[] = [
  "gateway.prompts",
  "gateway.speech-audio",
  "gateway.speech-text",
  ...along,
];
