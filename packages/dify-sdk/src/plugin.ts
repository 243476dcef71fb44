/** A plugin: what kinds of request it serves, and by whom. */
import { answerModelRequest, isModelAction } from "./actions.ts";
import { PluginError } from "./errors.ts";
import type { Context, ModelProvider } from "./model.ts";
import type { PluginRequest } from "./protocol.ts";
import type { Plugin } from "./session.ts";

/**
 * What a plugin serves. Dify names the kind in every request (`model`, `tool`, `endpoint` …); each kind is one field here
 * and one row in `kinds`, so tools and endpoints join without touching sessions or transports.
 */
export interface PluginDefinition {
  readonly model?: ModelProvider;
}

type Answer = (
  definition: PluginDefinition,
  request: PluginRequest,
  context: Context,
) => AsyncIterable<unknown>;

const kinds: Readonly<Record<string, Answer>> = {
  model: ({ model }, { action, data }, context) => {
    if (model === undefined || !isModelAction(action)) throw unsupported("model", action);
    return answerModelRequest(model, action, data, context);
  },
};

/** Makes a plugin out of its parts; hand it to `runPlugin`, or to a transport of your own. */
export function createPlugin(definition: PluginDefinition): Plugin {
  return {
    async *answer(request, context) {
      const answer = Object.hasOwn(kinds, request.type) ? kinds[request.type] : undefined;
      if (answer === undefined) throw unsupported(request.type, request.action);
      yield* answer(definition, request, context);
    },
  };
}

/** Type and action come from Dify, not from a person; still only harmless ones are repeated. */
function unsupported(type: string, action: string): PluginError {
  const name = /^[a-z0-9_-]{1,64}$/.test(`${type}${action}`) ? `${type}/${action}` : "this request";
  return new PluginError(
    "BAD_REQUEST",
    `The plugin does not serve ${name}. Update the plugin, or use one that does.`,
  );
}
