/** The form in which a person enters a model of the gateway, in the four languages of Dify's interface. */
import type { LocalizedText } from "@cloud-code/dify-sdk";
import { tokenAlgorithms } from "@cloud-code/models";
import { noticeLabel, siteOptions } from "./notice.ts";

/** One entry of a credential form, in Dify's wire form. */
export interface FormEntry {
  readonly variable: string;
  readonly label: LocalizedText;
  readonly type: "text-input" | "secret-input" | "select" | "radio";
  readonly required: boolean;
  readonly default?: string;
  readonly placeholder?: LocalizedText;
  readonly options?: readonly { readonly value: string; readonly label: LocalizedText }[];
  /** All must hold. */
  readonly show_on?: readonly { readonly variable: string; readonly value: string }[];
}

/** A text in English, Chinese, Japanese and Portuguese. */
export function inLanguages(
  en_US: string,
  zh_Hans: string,
  ja_JP: string,
  pt_BR: string,
): LocalizedText {
  return { en_US, zh_Hans, ja_JP, pt_BR };
}

const t = inLanguages;
/** For names that are the same everywhere. */
const same = (text: string): LocalizedText => ({ en_US: text });
const when = (variable: string, value: string): Required<Pick<FormEntry, "show_on">> => ({
  show_on: [{ variable, value }],
});
const option = (value: string, label: LocalizedText): { value: string; label: LocalizedText } => ({
  value,
  label,
});

const supported = [
  option("not_supported", t("Not supported", "不支持", "非対応", "Não suportado")),
  option("supported", t("Supported", "支持", "対応", "Suportado")),
];

const field = (
  variable: string,
  type: FormEntry["type"],
  label: LocalizedText,
  more: Partial<FormEntry> = {},
): FormEntry => ({ variable, label, type, required: false, ...more });

const connection: readonly FormEntry[] = [
  field("account_site", "radio", noticeLabel(), {
    required: true,
    default: "aliyun",
    options: siteOptions(),
  }),
  field(
    "endpoint_url",
    "text-input",
    t("Endpoint address", "接入地址", "エンドポイント", "Endereço do endpoint"),
    {
      required: true,
      placeholder: t(
        "https://your-gateway.example.com/v1 (with /v1 for the OpenAI protocol)",
        "https://your-gateway.example.com/v1（OpenAI 协议须包含 /v1）",
        "https://your-gateway.example.com/v1（OpenAI プロトコルでは /v1 を含める）",
        "https://your-gateway.example.com/v1 (com /v1 para o protocolo OpenAI)",
      ),
    },
  ),
  field(
    "endpoint_model_name",
    "text-input",
    t(
      "Model name at the gateway, if it differs",
      "网关侧模型名称（若不同）",
      "ゲートウェイ側のモデル名（異なる場合）",
      "Nome do modelo no gateway, se diferente",
    ),
    { placeholder: same("qwen-plus") },
  ),
  field(
    "allow_plain_http",
    "radio",
    t(
      "Allow plain HTTP to another machine (credentials and content unencrypted)",
      "允许以明文 HTTP 访问其他机器（凭证与内容不加密）",
      "他のマシンへの平文 HTTP を許可（認証情報と内容は暗号化されない）",
      "Permitir HTTP simples para outra máquina (credenciais e conteúdo sem criptografia)",
    ),
    {
      default: "false",
      options: [
        option("false", t("No", "否", "いいえ", "Não")),
        option("true", t("Yes", "是", "はい", "Sim")),
      ],
    },
  ),
  field(
    "protocol",
    "select",
    t(
      "Protocol of rerank and speech",
      "重排序与语音所用协议",
      "リランクと音声のプロトコル",
      "Protocolo de reclassificação e fala",
    ),
    {
      default: "openai",
      options: [
        option("openai", same("OpenAI (/rerank, /audio/…)")),
        option("dashscope", same("DashScope (Model Studio)")),
      ],
    },
  ),
];

const authentication: readonly FormEntry[] = [
  field("auth_method", "select", t("Authentication", "认证方式", "認証方式", "Autenticação"), {
    required: true,
    default: "api_key",
    options: [
      option("api_key", same("API Key")),
      option("jwt", same("JWT")),
      option("hmac", same("HMAC (x-ca-*)")),
    ],
  }),
  field("api_key", "secret-input", same("API Key"), {
    required: true,
    ...when("auth_method", "api_key"),
  }),
  field(
    "api_key_header",
    "text-input",
    t("Header of the key", "密钥所用请求头", "キーのヘッダー", "Cabeçalho da chave"),
    {
      default: "Authorization: Bearer",
      placeholder: t(
        "Authorization: Bearer, or x-api-key",
        "Authorization: Bearer，或 x-api-key",
        "Authorization: Bearer、または x-api-key",
        "Authorization: Bearer, ou x-api-key",
      ),
      ...when("auth_method", "api_key"),
    },
  ),
  field(
    "jwt_jwks",
    "secret-input",
    t(
      "Private key (JWK, JWK set, or PEM)",
      "私钥（JWK、JWK 集或 PEM）",
      "秘密鍵（JWK、JWK セットまたは PEM）",
      "Chave privada (JWK, conjunto JWK ou PEM)",
    ),
    { required: true, ...when("auth_method", "jwt") },
  ),
  field("jwt_algorithm", "select", t("Algorithm", "签名算法", "アルゴリズム", "Algoritmo"), {
    default: "HS256",
    options: tokenAlgorithms.map((algorithm) => option(algorithm, same(algorithm))),
    ...when("auth_method", "jwt"),
  }),
  field(
    "jwt_consumer_id",
    "text-input",
    t("Consumer", "消费者 ID", "コンシューマー ID", "Consumidor"),
    { required: true, ...when("auth_method", "jwt") },
  ),
  field(
    "jwt_consumer_claim",
    "text-input",
    t(
      "Claim that names the consumer",
      "标识消费者的声明（claim）",
      "コンシューマーを示すクレーム",
      "Claim que identifica o consumidor",
    ),
    { default: "uid", ...when("auth_method", "jwt") },
  ),
  field(
    "jwt_expiration",
    "text-input",
    t("Lifetime in seconds", "有效期（秒）", "有効期間（秒）", "Validade em segundos"),
    { default: "7200", ...when("auth_method", "jwt") },
  ),
  field(
    "jwt_issuer",
    "text-input",
    t("Issuer", "签发者（iss）", "発行者", "Emissor"),
    when("auth_method", "jwt"),
  ),
  field(
    "jwt_header_name",
    "text-input",
    t("Header of the token", "令牌所用请求头", "トークンのヘッダー", "Cabeçalho do token"),
    { default: "Authorization", ...when("auth_method", "jwt") },
  ),
  field(
    "jwt_header_prefix",
    "text-input",
    t("Prefix of the token", "令牌前缀", "トークンの接頭辞", "Prefixo do token"),
    { default: "Bearer", ...when("auth_method", "jwt") },
  ),
  field("hmac_access_key", "secret-input", same("Access Key"), {
    required: true,
    ...when("auth_method", "hmac"),
  }),
  field("hmac_secret_key", "secret-input", same("Secret Key"), {
    required: true,
    ...when("auth_method", "hmac"),
  }),
];

const language = when("__model_type", "llm");
const embedding = when("__model_type", "text-embedding");
const transcription = when("__model_type", "speech2text");

const models: readonly FormEntry[] = [
  field(
    "context_size",
    "text-input",
    t(
      "Context size (tokens)",
      "上下文长度（token）",
      "コンテキスト長（トークン）",
      "Tamanho do contexto (tokens)",
    ),
    { default: "4096" },
  ),
  field("mode", "select", t("Mode", "模式", "モード", "Modo"), {
    default: "chat",
    options: [
      option("chat", t("Chat", "对话", "チャット", "Chat")),
      option("completion", t("Completion", "补全", "補完", "Completar")),
    ],
    ...language,
  }),
  field(
    "max_tokens_to_sample",
    "text-input",
    t(
      "Upper limit of max tokens",
      "最大 token 上限",
      "最大トークンの上限",
      "Limite superior de tokens",
    ),
    { default: "4096", ...language },
  ),
  field(
    "function_calling_type",
    "select",
    t("Tool calls", "工具调用", "ツール呼び出し", "Chamadas de ferramentas"),
    {
      default: "no_call",
      options: [
        option("no_call", t("Not supported", "不支持", "非対応", "Não suportado")),
        option("tool_call", t("Tools", "工具（tools）", "ツール", "Ferramentas")),
        option(
          "function_call",
          t(
            "Functions (older protocol)",
            "函数（旧协议）",
            "関数（旧プロトコル）",
            "Funções (protocolo antigo)",
          ),
        ),
      ],
      ...language,
    },
  ),
  field(
    "vision_support",
    "select",
    t("Vision and media", "视觉与多媒体输入", "視覚とメディア", "Visão e mídia"),
    {
      default: "no_support",
      options: [
        option("no_support", t("Text only", "仅文本", "テキストのみ", "Somente texto")),
        option("support", t("Images", "图片", "画像", "Imagens")),
        option("video", t("Images and video", "图片与视频", "画像と動画", "Imagens e vídeo")),
        option(
          "omni",
          t(
            "Images, video and audio",
            "图片、视频与音频",
            "画像・動画・音声",
            "Imagens, vídeo e áudio",
          ),
        ),
        option(
          "all",
          t(
            "Images, video, audio and documents",
            "图片、视频、音频与文档",
            "画像・動画・音声・文書",
            "Imagens, vídeo, áudio e documentos",
          ),
        ),
      ],
      ...language,
    },
  ),
  field(
    "structured_output_support",
    "select",
    t("Structured output", "结构化输出", "構造化出力", "Saída estruturada"),
    { default: "not_supported", options: supported, ...language },
  ),
  field("agent_though_support", "select", t("Thinking", "思考能力", "思考", "Raciocínio"), {
    default: "not_supported",
    options: [
      ...supported,
      option(
        "only_thinking_supported",
        t("Always thinks", "仅思考模式", "常に思考", "Sempre raciocina"),
      ),
    ],
    ...language,
  }),
  field(
    "thinking_dialect",
    "select",
    t(
      "How thinking is switched",
      "思考开关的写法",
      "思考の切り替え方",
      "Como o raciocínio é alternado",
    ),
    {
      default: "enable_thinking",
      options: [
        option("enable_thinking", same("enable_thinking (Model Studio)")),
        option("chat_template_kwargs", same("chat_template_kwargs (vLLM, SGLang)")),
        option("thinking", same("thinking.type")),
        option("reasoning_effort", same("reasoning_effort (OpenAI)")),
        option("none", t("Send nothing", "不发送", "送信しない", "Não enviar")),
      ],
      ...language,
    },
  ),
  field(
    "max_chunks",
    "text-input",
    t("Texts per call", "每次调用的文本数", "1 回あたりのテキスト数", "Textos por chamada"),
    { default: "10", ...embedding },
  ),
  field(
    "document_prefix",
    "text-input",
    t("Prefix of documents", "文档前缀", "文書の接頭辞", "Prefixo de documentos"),
    embedding,
  ),
  field(
    "query_prefix",
    "text-input",
    t("Prefix of queries", "查询前缀", "クエリの接頭辞", "Prefixo de consultas"),
    embedding,
  ),
  field(
    "voices",
    "text-input",
    t(
      "Voices, separated by commas",
      "音色，以逗号分隔",
      "音声（カンマ区切り）",
      "Vozes, separadas por vírgulas",
    ),
    { placeholder: same("Cherry, Ethan"), ...when("__model_type", "tts") },
  ),
  field(
    "language",
    "text-input",
    t("Language of the recordings", "录音语言", "録音の言語", "Idioma das gravações"),
    { placeholder: same("zh"), ...transcription },
  ),
  field(
    "initial_prompt",
    "text-input",
    t(
      "Names and words to expect",
      "可能出现的名称与词语",
      "想定される名前や語",
      "Nomes e palavras esperados",
    ),
    transcription,
  ),
];

/** Every entry, in the order of the form. Dify takes at most 32. */
export function formEntries(): readonly FormEntry[] {
  return [...connection, ...authentication, ...models];
}
