/**
 * The parameters Dify offers for a language model, and what becomes of them in a request.
 *
 * A parameter that no rule names is dropped: that is what a rule means, in Dify's own SDK too. So whatever may travel to the
 * gateway stands here.
 */
import { PluginError, type LocalizedText, type ParameterRule } from "@cloud-code/dify-sdk";
import type { Settings, ThinkingDialect } from "./settings.ts";

/** What the parameters say, apart from the fields of the request body. */
export interface Parameters {
  /** Fields of the request's body. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Headers for the request, to be signed with it. */
  readonly headers: Readonly<Record<string, string>>;
}

const text = (en_US: string, zh_Hans: string, ja_JP: string, pt_BR: string): LocalizedText => ({
  en_US,
  zh_Hans,
  ja_JP,
  pt_BR,
});

const plain: readonly ParameterRule[] = [
  {
    name: "temperature",
    label: text("Temperature", "温度", "温度", "Temperatura"),
    type: "float",
    min: 0,
    max: 2,
    precision: 2,
    help: text(
      "Higher values vary the answer more.",
      "数值越高，回答越多样。",
      "値が大きいほど回答が多様になります。",
      "Valores maiores variam mais a resposta.",
    ),
  },
  {
    name: "top_p",
    label: text("Top P", "Top P", "Top P", "Top P"),
    type: "float",
    min: 0,
    max: 1,
    precision: 2,
  },
  { name: "top_k", label: text("Top K", "Top K", "Top K", "Top K"), type: "int", min: 1, max: 100 },
  {
    name: "presence_penalty",
    label: text("Presence penalty", "存在惩罚", "存在ペナルティ", "Penalidade de presença"),
    type: "float",
    min: -2,
    max: 2,
    precision: 2,
  },
  {
    name: "frequency_penalty",
    label: text("Frequency penalty", "频率惩罚", "頻度ペナルティ", "Penalidade de frequência"),
    type: "float",
    min: -2,
    max: 2,
    precision: 2,
  },
  {
    name: "repetition_penalty",
    label: text("Repetition penalty", "重复惩罚", "反復ペナルティ", "Penalidade de repetição"),
    type: "float",
    min: 0,
    max: 2,
    precision: 2,
  },
  {
    name: "seed",
    label: text("Seed", "随机种子", "シード", "Semente"),
    type: "int",
    min: 0,
    max: 2_147_483_647,
  },
  {
    name: "enable_search",
    label: text("Web search", "联网搜索", "ウェブ検索", "Pesquisa na web"),
    type: "boolean",
    help: text(
      "Lets models that can search the web do so.",
      "允许支持联网的模型搜索网络。",
      "対応モデルにウェブ検索を許可します。",
      "Permite que modelos capazes pesquisem na web.",
    ),
  },
];

const extraHeaders: ParameterRule = {
  name: "extra_headers",
  label: text("Extra headers", "附加请求头", "追加ヘッダー", "Cabeçalhos extras"),
  type: "text",
  help: text(
    'A JSON object such as {"X-Tenant": "a"}. Sent as HTTP headers and covered by the signature; headers that authenticate are refused.',
    'JSON 对象，例如 {"X-Tenant": "a"}。作为 HTTP 请求头发送并纳入签名；不可设置鉴权类请求头。',
    '{"X-Tenant": "a"} のような JSON オブジェクト。HTTP ヘッダーとして送信され署名の対象になります。認証用ヘッダーは設定できません。',
    'Um objeto JSON como {"X-Tenant": "a"}. Enviado como cabeçalhos HTTP e assinado; cabeçalhos de autenticação são recusados.',
  ),
};

const responseFormat: ParameterRule = {
  name: "response_format",
  label: text("Response format", "回复格式", "応答形式", "Formato de resposta"),
  type: "string",
  options: ["text", "json_object"],
};

const jsonSchema: ParameterRule = {
  name: "json_schema",
  label: text("JSON schema", "JSON Schema", "JSON スキーマ", "Esquema JSON"),
  type: "text",
  help: text(
    "Used with the format json_schema.",
    "与 json_schema 格式配合使用。",
    "形式 json_schema と併用します。",
    "Usado com o formato json_schema.",
  ),
};

const thinkingRules: Readonly<Record<string, ParameterRule>> = {
  enable_thinking: {
    name: "enable_thinking",
    label: text("Thinking", "思考模式", "思考モード", "Raciocínio"),
    type: "boolean",
    default: true,
  },
  thinking_budget: {
    name: "thinking_budget",
    label: text(
      "Thinking budget (tokens)",
      "思考长度上限（token）",
      "思考トークン上限",
      "Limite de raciocínio (tokens)",
    ),
    type: "int",
    min: 1,
    max: 262_144,
  },
  reasoning_effort: {
    name: "reasoning_effort",
    label: text("Reasoning effort", "推理强度", "推論の強さ", "Esforço de raciocínio"),
    type: "string",
    options: ["none", "minimal", "low", "medium", "high"],
  },
};

/** The parameters of thinking that a dialect can say. */
const thinkingNames: Readonly<Record<ThinkingDialect, readonly string[]>> = {
  enable_thinking: ["enable_thinking", "thinking_budget"],
  chat_template_kwargs: ["enable_thinking"],
  thinking: ["enable_thinking", "thinking_budget"],
  reasoning_effort: ["reasoning_effort"],
  none: [],
};

/** The rules of a model with these settings, in the order in which Dify shows them. */
export function rulesFor(settings: Settings): readonly ParameterRule[] {
  const format = settings.structuredOutput
    ? { ...responseFormat, options: ["text", "json_object", "json_schema"] }
    : responseFormat;
  const thinking =
    settings.thinking === "never"
      ? []
      : thinkingNames[settings.thinkingDialect].filter(
          (name) => settings.thinking === "switchable" || name !== "enable_thinking",
        );
  return [
    {
      name: "max_tokens",
      label: text("Max tokens", "最大 token 数", "最大トークン数", "Máximo de tokens"),
      type: "int",
      min: 1,
      max: settings.maxTokens,
      default: Math.min(1024, settings.maxTokens),
    },
    ...plain,
    ...thinking.flatMap((name) => thinkingRules[name] ?? []),
    ...(settings.mode === "chat"
      ? [format, ...(settings.structuredOutput ? [jsonSchema] : [])]
      : []),
    extraHeaders,
  ];
}

/**
 * Turns what the person set into fields and headers.
 * @throws PluginError `BAD_REQUEST` naming the parameter and what it should hold.
 */
export function applyParameters(
  values: Readonly<Record<string, unknown>>,
  settings: Settings,
  jsonSchemaOfDify: Readonly<Record<string, unknown>> | undefined,
): Parameters {
  const given: Record<string, string | number | boolean> = {};
  for (const rule of rulesFor(settings)) {
    const value = checkValue(values[rule.name], rule);
    if (value !== undefined) given[rule.name] = value;
  }
  const {
    extra_headers: headers,
    json_schema: schema,
    response_format: format,
    enable_thinking: enabled,
    thinking_budget: budget,
    reasoning_effort: effort,
    ...body
  } = given;
  return {
    body: {
      ...body,
      ...formatOf(format, schema, jsonSchemaOfDify),
      ...thinkingOf(settings, enabled === undefined ? undefined : enabled === true, budget, effort),
    },
    headers: headersOf(headers),
  };
}

function checkValue(value: unknown, rule: ParameterRule): string | number | boolean | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  switch (rule.type) {
    case "int":
    case "float": {
      const number = typeof value === "string" ? Number(value) : value;
      const whole = rule.type === "int";
      if (
        typeof number !== "number" ||
        !Number.isFinite(number) ||
        (whole && !Number.isInteger(number))
      )
        throw invalid(rule.name, whole ? "a whole number" : "a number");
      if (number < (rule.min ?? number) || number > (rule.max ?? number))
        throw invalid(rule.name, `a number from ${rule.min} to ${rule.max}`);
      return number;
    }
    case "boolean":
      if (value === true || value === "true") return true;
      if (value === false || value === "false") return false;
      throw invalid(rule.name, "true or false");
    case "string":
    case "text": {
      const content = typeof value === "string" ? value : JSON.stringify(value);
      // Dify's own templates write JSON where the protocol says json_object.
      const choice =
        rule.name === "response_format" && content === "JSON" ? "json_object" : content;
      if (rule.options !== undefined && !rule.options.includes(choice))
        throw invalid(rule.name, `one of ${rule.options.join(", ")}`);
      return choice;
    }
  }
}

function formatOf(
  format: unknown,
  schema: unknown,
  jsonSchemaOfDify: Readonly<Record<string, unknown>> | undefined,
): Readonly<Record<string, unknown>> {
  if (jsonSchemaOfDify !== undefined)
    return { response_format: { type: "json_schema", json_schema: wrapSchema(jsonSchemaOfDify) } };
  if (format !== "json_schema")
    return format === undefined || format === "text" ? {} : { response_format: { type: format } };
  if (typeof schema !== "string")
    throw invalid("json_schema", "a JSON schema, because the format json_schema was chosen");
  return {
    response_format: {
      type: "json_schema",
      json_schema: wrapSchema(parseObject(schema, "json_schema")),
    },
  };
}

/** The protocol wants a schema with a name; a bare schema gets one. */
function wrapSchema(schema: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return typeof schema["name"] === "string" && typeof schema["schema"] === "object"
    ? schema
    : { name: "answer", schema };
}

function thinkingOf(
  settings: Settings,
  enabled: boolean | undefined,
  budget: unknown,
  effort: unknown,
): Readonly<Record<string, unknown>> {
  if (settings.thinking === "never") return {};
  const on = settings.thinking === "always" ? undefined : enabled;
  switch (settings.thinkingDialect) {
    case "enable_thinking":
      return {
        ...(on === undefined ? {} : { enable_thinking: on }),
        ...(budget === undefined || on === false ? {} : { thinking_budget: budget }),
      };
    case "chat_template_kwargs":
      // Qwen's template reads the one name, DeepSeek's and others' the other.
      return on === undefined
        ? {}
        : { chat_template_kwargs: { enable_thinking: on, thinking: on } };
    case "thinking":
      return on === undefined
        ? {}
        : {
            thinking: {
              type: on ? "enabled" : "disabled",
              ...(budget === undefined || !on ? {} : { budget_tokens: budget }),
            },
          };
    case "reasoning_effort":
      return effort === undefined ? {} : { reasoning_effort: effort };
    case "none":
      return {};
  }
}

function headersOf(value: unknown): Record<string, string> {
  if (typeof value !== "string") return {};
  const headers: Record<string, string> = {};
  for (const [name, content] of Object.entries(parseObject(value, "extra_headers"))) {
    if (typeof content !== "string" && typeof content !== "number" && typeof content !== "boolean")
      throw invalid("extra_headers", "texts as values");
    headers[name] = String(content);
  }
  return headers;
}

function parseObject(value: string, name: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    throw invalid(name, "a JSON object"); // the parser's message would quote the text
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw invalid(name, "a JSON object");
  return { ...parsed };
}

function invalid(name: string, expected: string): PluginError {
  return new PluginError("BAD_REQUEST", `The parameter ${name} should hold ${expected}.`);
}
