import { products } from "@cloud-code/policy";
import { ErrorCodes, ResponseError } from "vscode-languageserver-protocol/node";
import { allowModel, forbidModel } from "../consents.ts";
import { AssistantError, type Locale, wordError } from "../errors.ts";
import { findModel, type ModelStanding } from "../search/meaning.ts";
import { toQuestion, wordDenial } from "../telemetry/view.ts";
import { at, stringAt } from "./params.ts";
import { modelSetMethod, type ModelState, modelStateMethod } from "./protocol.ts";
import type { Wire } from "./wire.ts";

/** Answers the requests about the embedding model: who it is, whether it may be asked, and the person's answer to that. */
export function listenForModels(
  wire: Pick<Wire, "onRequest">,
  locale: Locale,
  environment: NodeJS.ProcessEnv,
): void {
  const state = async (): Promise<ModelState> => {
    try {
      return toModelState(await findModel(environment), locale);
    } catch (error) {
      if (!(error instanceof AssistantError)) throw error;
      // A setting that cannot be used costs the model, not the search.
      const sentence = wordError(error.code, error.details, locale);
      return { kind: "none", sentence, asks: false, answered: false };
    }
  };
  wire.onRequest(modelStateMethod, state);
  wire.onRequest(modelSetMethod, async (params) => {
    const origin = stringAt(params, "receiver") ?? "";
    const model = await findModel(environment);
    const isOfNow =
      model !== undefined &&
      model.origin === origin &&
      (at(params, "allowed") === false ||
        (at(params, "allowed") === true &&
          at(params, "noticeVersion") === products.assistant.notice.version));
    if (!isOfNow)
      throw new ResponseError(
        ErrorCodes.InvalidParams,
        "An answer is { allowed: false, receiver } or { allowed: true, receiver, noticeVersion } of the question that was shown.",
      );
    if (at(params, "allowed") === true) allowModel(origin, environment);
    else forbidModel(origin, environment);
    return state();
  });
}

function toModelState(model: ModelStanding | undefined, locale: Locale): ModelState {
  const english = locale === "en";
  if (model === undefined)
    return {
      kind: "none",
      sentence: english
        ? "No embedding model is set up: descriptions are searched by words."
        : "未设置嵌入模型：描述按词语搜索。",
      asks: false,
      answered: false,
    };
  const { origin, settings, isHere, refusal, isAnswered } = model;
  const name = `${settings.model} (${origin})`;
  const asked = isHere
    ? english
      ? `The embedding model ${name} on this computer has a say in the order of what is found.`
      : `本机的嵌入模型 ${name} 参与搜索结果的排序。`
    : english
      ? `Questions to the code search and the best matches go to the embedding model ${name}, as you allowed.`
      : `经您允许，代码搜索的问题与最佳匹配会发送至嵌入模型 ${name}。`;
  const canAsk = refusal !== undefined && personsReasons.has(refusal);
  return {
    kind: isHere ? "local" : "remote",
    sentence: refusal === undefined ? asked : `${name}: ${wordDenial(refusal, locale)}`,
    asks: refusal === undefined,
    answered: isAnswered,
    ...(canAsk ? { question: toQuestion("ask-chosen-model", origin, locale) } : {}),
    ...(isHere ? {} : { receiver: origin }),
  };
}

/** The refusals that a person's yes would end. */
const personsReasons: ReadonlySet<string> = new Set([
  "notice-not-shown",
  "consent-missing",
  "consent-outdated",
  "consent-refused",
]);
