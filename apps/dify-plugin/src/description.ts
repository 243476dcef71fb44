/** The files by which Dify knows the plugin: manifest, provider, privacy notice. */
import { stringify } from "yaml";
import { formEntries, inLanguages } from "./form.ts";
import { policyLinks, privacyDocument } from "./notice.ts";

const label = inLanguages(
  "Alibaba Cloud AI Gateway",
  "阿里云 AI 网关",
  "Alibaba Cloud AI ゲートウェイ",
  "Alibaba Cloud AI Gateway",
);
const description = inLanguages(
  "Chat, embedding, rerank, speech-to-text and text-to-speech models behind Alibaba Cloud AI Gateway, with API key, JWT or HMAC. A way through and nothing more: it stores nothing and logs no content.",
  "通过阿里云 AI 网关使用对话、向量、重排序、语音识别与语音合成模型，支持 API Key、JWT 与 HMAC 认证。插件仅为通道：不存储任何数据，不记录任何内容。",
  "Alibaba Cloud AI ゲートウェイ経由でチャット・埋め込み・リランク・音声認識・音声合成モデルを利用。API キー、JWT、HMAC に対応。通り道に徹し、何も保存せず、内容を記録しません。",
  "Modelos de chat, embedding, reclassificação e fala por trás do Alibaba Cloud AI Gateway, com chave de API, JWT ou HMAC. Apenas um caminho: nada armazena e não registra conteúdo.",
);

/** The name of the provider in Dify. */
const providerName = "alibaba_cloud_ai_gateway";

/** The generated files of the package, by path. */
export function describePlugin(version: string): ReadonlyMap<string, Uint8Array> {
  const encoder = new TextEncoder();
  return new Map([
    ["manifest.yaml", encoder.encode(stringify(manifest(version)))],
    [`provider/${providerName}.yaml`, encoder.encode(stringify(provider()))],
    ["PRIVACY.md", encoder.encode(privacyDocument())],
  ]);
}

function manifest(version: string): object {
  return {
    version,
    type: "plugin",
    author: "cloud-code",
    name: "alibaba-cloud-ai-gateway",
    label,
    description,
    icon: "icon.svg",
    // No permission: permissions let a plugin call back into Dify or keep data there, and this one does neither.
    resource: { memory: 268_435_456 },
    plugins: { models: [`provider/${providerName}.yaml`] },
    meta: {
      version: "0.1.0",
      arch: ["amd64", "arm64"],
      runner: { language: "python", version: "3.12", entrypoint: "main" },
    },
    tags: ["utilities"],
    created_at: "2026-11-22T00:00:00Z",
    privacy: "PRIVACY.md",
  };
}

function provider(): object {
  const { aliyun, alibabaCloud } = policyLinks();
  return {
    provider: providerName,
    label,
    description,
    icon_small: { en_US: "icon.svg" },
    icon_large: { en_US: "icon.svg" },
    background: "#FFF3EB",
    help: {
      title: inLanguages(
        "Privacy policy of Alibaba Cloud",
        "阿里云隐私政策",
        "Alibaba Cloud のプライバシーポリシー",
        "Política de privacidade da Alibaba Cloud",
      ),
      url: { en_US: alibabaCloud, zh_Hans: aliyun, ja_JP: alibabaCloud, pt_BR: alibabaCloud },
    },
    supported_model_types: ["llm", "text-embedding", "rerank", "speech2text", "tts"],
    configurate_methods: ["customizable-model"],
    model_credential_schema: {
      model: {
        label: inLanguages("Model name", "模型名称", "モデル名", "Nome do modelo"),
        placeholder: inLanguages(
          "The name shown in Dify, for example qwen-plus",
          "在 Dify 中显示的名称，例如 qwen-plus",
          "Dify での表示名（例：qwen-plus）",
          "O nome mostrado no Dify, por exemplo qwen-plus",
        ),
      },
      credential_form_schemas: formEntries(),
    },
  };
}
