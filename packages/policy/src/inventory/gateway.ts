import type { Text } from "../text.ts";
import type { Category, Item, UsedItem } from "./item.ts";
import { deleted } from "./item.ts";

/** Every datum of the gateway and of the Dify plugin. */
export type GatewayItemKey =
  | "gateway.prompts"
  | "gateway.responses"
  | "gateway.embedding-text"
  | "gateway.rerank-text"
  | "gateway.speech-audio"
  | "gateway.speech-text"
  | "gateway.model-parameters"
  | "gateway.credentials"
  | "gateway.request-id"
  | "gateway.token-counts";

/** Content that passes through memory to the configured service and is kept nowhere. */
function passing(title: Text, detail: Text, category: Category = "user.content.private"): UsedItem {
  return {
    title,
    detail,
    category,
    subject: "customer",
    product: "gateway",
    state: "collected",
    origin: "received",
    personal: true,
    purposes: ["relay"],
    recipients: ["configured-service"],
    retention: { kind: "memory" },
    erasure: deleted,
    export: false,
    level: "confidential",
  };
}

/** The gateway's part of the inventory. */
export const gatewayItems: Readonly<Record<GatewayItemKey, Item>> = {
  "gateway.prompts": passing(
    { en: "Prompts", zh: "提示词" },
    {
      en: "The messages, tools and attached media that an application sends to a language model.",
      zh: "应用发送给语言模型的消息、工具定义和附带的媒体。",
    },
  ),
  "gateway.responses": {
    ...passing(
      { en: "Responses", zh: "应答" },
      { en: "What the AI service answers, of whatever kind.", zh: "AI 服务返回的各类应答。" },
    ),
    recipients: ["calling-application"],
  },
  "gateway.embedding-text": passing(
    { en: "Text for embedding", zh: "用于向量化的文本" },
    { en: "Text that is turned into vectors.", zh: "将被转换为向量的文本。" },
  ),
  "gateway.rerank-text": passing(
    { en: "Text for reranking", zh: "用于重排序的文本" },
    { en: "A question and the documents to order by it.", zh: "查询语句及待排序的文档。" },
  ),
  "gateway.speech-audio": passing(
    { en: "Audio for speech recognition", zh: "用于语音识别的音频" },
    { en: "Recordings that are turned into text.", zh: "将被转换为文本的录音。" },
  ),
  "gateway.speech-text": passing(
    { en: "Text for speech synthesis", zh: "用于语音合成的文本" },
    { en: "Text that is turned into audio.", zh: "将被转换为语音的文本。" },
  ),
  "gateway.model-parameters": passing(
    { en: "Model parameters", zh: "模型参数" },
    {
      en: "The model's name and settings such as temperature, voice or length.",
      zh: "模型名称及温度、音色、长度等设置。",
    },
    "system.operations",
  ),
  "gateway.credentials": {
    ...passing(
      { en: "API credentials", zh: "API 凭证" },
      {
        en: "They stay in the configuration of Dify or of the gateway's operator, and are shown to the configured service alone.",
        zh: "仅保存在 Dify 或网关运营者的配置中，且仅向所配置的服务出示。",
      },
      "system.authentication",
    ),
    origin: "provided",
    optional: true,
    without: {
      en: "AI services that ask for credentials cannot be used.",
      zh: "无法使用要求凭证的 AI 服务。",
    },
    level: "secret",
  },
  "gateway.request-id": {
    title: { en: "Request number", zh: "请求编号" },
    detail: {
      en: "A random number, or the trace number that the application sent, by which the operator finds a request; it says nothing of content.",
      zh: "供运营者定位请求的随机编号，或应用所发送的链路追踪编号；不含任何内容信息。",
    },
    category: "system.operations",
    subject: "anonymous_user",
    product: "gateway",
    state: "collected",
    origin: "observed",
    personal: false,
    purposes: ["relay", "measure-use"],
    recipients: ["calling-application", "operator-monitoring"],
    retention: { kind: "memory" },
    erasure: deleted,
    export: false,
    level: "internal",
  },
  "gateway.token-counts": {
    title: { en: "Token counts per consumer and model", zh: "各调用方与模型的词元用量" },
    detail: {
      en: "Counts in the gateway's memory, for limits and for the operator's monitoring, with how long requests took and how they ended; the Dify plugin has none. A consumer is an application, named by the operator.",
      zh: "网关内存中的计数，用于限额和运营者监控，并含请求的耗时与结果；Dify 插件不含此项。调用方指由运营者命名的应用。",
    },
    category: "system.operations",
    subject: "anonymous_user",
    product: "gateway",
    state: "collected",
    origin: "observed",
    personal: false,
    purposes: ["measure-use"],
    recipients: ["operator-monitoring"],
    retention: { kind: "memory" },
    erasure: deleted,
    export: false,
    level: "internal",
  },
};
