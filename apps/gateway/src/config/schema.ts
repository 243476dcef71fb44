import { tokenAlgorithms } from "@cloud-code/models";
import * as z from "zod";

/**
 * The configuration file, as people write it. Every field's description is published in `schema.json`, which editors show
 * while the file is written.
 */

const name = z
  .string()
  .regex(/^[\w.:@/-]{1,64}$/, "must be 1 to 64 letters, digits or . _ : @ / -");
const modelPattern = z
  .string()
  .regex(/^[\w.:@/+-]{0,128}\*?$/, 'must be a model name, or the beginning of one followed by "*"');
const milliseconds = z.number().int().min(1).max(86_400_000);

const secret = z
  .string()
  .regex(
    /^(env:[A-Za-z_]\w*|file:.+|enc:v1:[\w-]+)$/,
    'must not stand here in plain text: write "env:NAME", "file:/path", or the "enc:v1:…" that `cloud-code-gateway keys encrypt` prints',
  )
  .describe(
    'Where the secret is: "env:NAME", "file:/path", or "enc:v1:…" (encrypted with the master key).',
  );

const expiry = z.iso
  .datetime({ offset: true })
  .or(z.iso.date())
  .describe("Not accepted from this moment on; a date means its beginning in UTC.");

const listener = z.strictObject({
  host: z.string().default("127.0.0.1").describe("Address to listen on."),
  port: z.number().int().min(0).max(65_535).describe("Port; 0 lets the system choose."),
  tls: z
    .strictObject({
      certificate: z
        .string()
        .describe("Path of the certificate chain, PEM. Read again when the file changes."),
      key: z.string().describe("Path of the private key, PEM."),
    })
    .optional(),
  allowPlainHttp: z
    .boolean()
    .default(false)
    .describe(
      "Allow plain HTTP on an address other than loopback. Credentials and content are then readable on the network.",
    ),
});

const credential = z
  .union([
    z.strictObject({
      key: secret,
      header: z.string().optional().describe("Default authorization; x-api-key for Anthropic."),
      prefix: z.string().optional().describe("Default Bearer in authorization, nothing elsewhere."),
    }),
    z.strictObject({
      jwt: z.strictObject({
        key: secret.describe("JWK, JWK set or PEM."),
        consumer: z.string().min(1),
        algorithm: z.enum(tokenAlgorithms).optional(),
        claim: z.string().optional(),
        issuer: z.string().optional(),
        audience: z.string().optional(),
        lifetimeSeconds: z.number().int().min(1).max(604_800).optional(),
        header: z.string().optional(),
        prefix: z.string().optional(),
      }),
    }),
    z.strictObject({
      hmac: z.strictObject({
        accessKey: z.string().min(1),
        secret,
        method: z.enum(["HmacSHA256", "HmacSHA1"]).optional(),
        bodyDigest: z.boolean().optional(),
      }),
    }),
  ])
  .describe(
    "How the gateway proves itself to the provider: an API key, a token minted per request, or an x-ca-* signature.",
  );

/** Routes that an upstream may have at another path. */
export const routeNames = [
  "chat",
  "completions",
  "embeddings",
  "rerank",
  "transcription",
  "speech",
  "responses",
  "messages",
  "count_tokens",
  "realtime",
] as const;

const upstream = z.strictObject({
  kind: z
    .enum(["dashscope", "openai", "higress", "anthropic"])
    .describe(
      "dashscope: Alibaba Cloud Model Studio. openai: any compatible server (llama-server, vLLM, Ollama, AI Gateway …). higress: Higress or AI Gateway with Model Studio behind it. anthropic: Anthropic.",
    ),
  region: z
    .enum(["beijing", "singapore", "virginia", "hongkong", "finance"])
    .optional()
    .describe("Model Studio's region, instead of baseUrl. A key belongs to one region."),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Root of the API. For openai and higress with its /v1."),
  credential: credential.optional(),
  headers: z
    .record(z.string().regex(/^[\w-]+$/), z.string())
    .optional()
    .describe("Fixed headers, for example X-DashScope-WorkSpace."),
  allowPlainHttp: z.boolean().default(false).describe("Allow plain HTTP to another machine."),
  certificateAuthority: z
    .string()
    .optional()
    .describe("Path of a private authority's certificate, PEM."),
  paths: z
    .partialRecord(z.enum(routeNames), z.string().startsWith("/"))
    .optional()
    .describe("Paths below baseUrl that differ from the kind's own."),
  connections: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(4096)
    .describe("Connections kept to this provider at most."),
  maxConcurrent: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe("Requests in progress at most; further ones go to the next target."),
  timeouts: z
    .strictObject({
      connectMs: milliseconds.default(5_000),
      firstByteMs: milliseconds
        .default(300_000)
        .describe("From the sent request to the answer's first byte."),
      idleMs: milliseconds.default(120_000).describe("Between two pieces of the answer."),
      totalMs: milliseconds.default(3_600_000),
    })
    .prefault({}),
  circuit: z
    .strictObject({
      failures: z.number().int().min(1).default(5),
      openMs: milliseconds.default(10_000),
      maxOpenMs: milliseconds.default(120_000),
    })
    .prefault({})
    .describe("After this many failures in a row the provider rests, each time twice as long."),
  health: z
    .strictObject({ path: z.string().startsWith("/"), intervalMs: milliseconds.default(30_000) })
    .optional()
    .describe("Ask this path regularly; a failure counts for the circuit."),
  askForUsage: z
    .boolean()
    .default(false)
    .describe(
      "Add stream_options.include_usage to streams that do not ask for it, so that their tokens are counted exactly; the extra event is not passed on. The only field the gateway ever adds.",
    ),
  voices: z
    .record(z.string(), z.string())
    .optional()
    .describe("Other names for the provider's voices."),
});

const target = z.strictObject({
  upstream: name,
  model: z
    .string()
    .min(1)
    .optional()
    .describe("The provider's name of the model; default the name that was asked for."),
  weight: z.number().min(0).default(1),
  fim: z
    .enum([
      "suffix",
      "infill",
      "qwen",
      "starcoder",
      "codellama",
      "deepseek",
      "codestral",
      "codegemma",
      "granite",
    ])
    .optional()
    .describe(
      "How a completion with a suffix is asked for: passed on as it is (suffix), by llama-server's /infill, or in a model family's tokens. Default: suffix, except for Model Studio's coder models.",
    ),
});

const model = z.union([
  name.describe("The upstream that has it under the same name."),
  z.strictObject({
    targets: z.array(target).min(1),
    fallback: z
      .array(name)
      .default([])
      .describe("Models of this file to try when all targets failed."),
    maxAttempts: z.number().int().min(1).max(10).default(3),
  }),
]);

const consumer = z.strictObject({
  name,
  keys: z
    .array(
      z.strictObject({
        sha256: z
          .string()
          .regex(
            /^[0-9a-f]{64}$/i,
            "must be 64 hexadecimal digits, as `cloud-code-gateway keys new` prints",
          ),
        expires: expiry.optional(),
      }),
    )
    .default([])
    .describe("API keys by their SHA-256. Two at a time make a rotation."),
  hmac: z
    .array(
      z.strictObject({ accessKey: z.string().min(1).max(128), secret, expires: expiry.optional() }),
    )
    .default([])
    .describe("Key pairs for x-ca-* signatures."),
  anonymous: z
    .boolean()
    .default(false)
    .describe(
      "Requests without credentials, or with an unknown key, belong to this consumer. Only with listeners on loopback.",
    ),
  models: z.array(modelPattern).default(["*"]),
  limits: z
    .strictObject({
      requestsPerMinute: z.number().int().min(1).optional(),
      tokensPerMinute: z
        .number()
        .int()
        .min(1)
        .optional()
        .describe("Counted when the answer has ended, so one request may overshoot."),
      concurrent: z.number().int().min(1).optional(),
    })
    .prefault({}),
  expires: expiry.optional(),
});

const tokenIssuer = z.strictObject({
  jwks: z.string().optional().describe("Path of a JWK set."),
  jwksUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Where the issuer publishes its keys. HTTPS, or this machine."),
  algorithms: z.array(z.enum(tokenAlgorithms)).min(1),
  issuer: z.string().optional(),
  audience: z.string().optional(),
  claim: z
    .string()
    .optional()
    .describe("The claim that names the consumer; default uid, else sub."),
  consumer: name.optional().describe("All tokens of this issuer belong to this consumer."),
  clockSkewSeconds: z.number().int().min(0).max(600).default(60),
});

/** As many processes as one gateway may have. */
export const maxProcesses = 64;

const bytes = z.number().int().min(1);

/** The whole file. */
export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  listen: z
    .array(listener)
    .min(1)
    .prefault([{ port: 8787 }]),
  processes: z
    .number()
    .int()
    .min(1)
    .max(maxProcesses)
    .default(1)
    .describe(
      "Processes that share the listeners, and keep to one limit together. `run --processes` overrides it.",
    ),
  upstreams: z.record(name, upstream).default({}),
  models: z.record(modelPattern, model).default({}),
  consumers: z.array(consumer).default([]),
  tokens: z.array(tokenIssuer).default([]),
  hmac: z
    .strictObject({
      maxSkewMs: milliseconds.default(900_000),
      bodyDigest: z
        .enum(["required", "optional"])
        .default("required")
        .describe(
          "Whether a request with a body must sign its Content-MD5. Without it the body is not covered by the signature.",
        ),
    })
    .prefault({}),
  limits: z
    .strictObject({
      headerBytes: bytes.default(16_384),
      bodyBytes: bytes.default(104_857_600).describe("Largest request body."),
      peekBytes: bytes
        .default(8_388_608)
        .describe(
          "How far into a body the model's name is looked for; this much may be held in memory.",
        ),
      replayBytes: bytes
        .default(1_048_576)
        .describe("Bodies up to this size can be sent again to another target."),
      translatedBytes: bytes
        .default(33_554_432)
        .describe(
          "Largest body of a request that is translated for its provider, which needs it whole: recordings, rerank, chat for Anthropic.",
        ),
      connections: z.number().int().min(1).default(10_000),
      headersMs: milliseconds.default(15_000).describe("For a request's headers to arrive."),
      bodyIdleMs: milliseconds.default(30_000).describe("Between two pieces of a request's body."),
      readerIdleMs: milliseconds
        .default(120_000)
        .describe("For a caller that does not read its answer."),
      drainMs: milliseconds
        .default(30_000)
        .describe("For answers in progress when the gateway is told to stop."),
    })
    .prefault({}),
  sharing: z
    .strictObject({
      url: z
        .string()
        .regex(
          /^rediss?:\/\/(\[[0-9a-fA-F:.]+\]|[\w.-]+)(:\d{1,5})?(\/\d{1,4})?$/,
          'must be like "rediss://counters.example:6379/0", without a name and a password',
        )
        .describe("Redis or a compatible server. rediss is encrypted."),
      username: z.string().min(1).optional(),
      password: secret.optional(),
      prefix: z
        .string()
        .regex(/^[\w:.-]{0,64}$/)
        .default("cloud-code-gateway:")
        .describe("What the counters' names begin with."),
      certificateAuthority: z
        .string()
        .optional()
        .describe("Path of a private authority's certificate, PEM."),
      allowPlainHttp: z
        .boolean()
        .default(false)
        .describe(
          "Allow redis:// to another machine: consumers' names and counts are then readable on the network.",
        ),
    })
    .optional()
    .describe(
      "A counter store, so that gateways on several machines keep to one limit together. It gets how many requests and tokens each limited consumer used, and forgets it after two minutes without use. Processes on one machine need none.",
    ),
  traces: z
    .strictObject({
      url: z
        .url({ protocol: /^https?$/ })
        .describe(
          "Whole address of an OpenTelemetry collector (OTLP over HTTP), usually …:4318/v1/traces.",
        ),
      credential: z
        .strictObject({
          key: secret,
          header: z.string().optional().describe("Default authorization."),
          prefix: z
            .string()
            .optional()
            .describe("Default Bearer in authorization, nothing elsewhere."),
        })
        .optional(),
      sample: z
        .number()
        .min(0)
        .max(1)
        .default(1)
        .describe(
          "Share of the requests that are traced, unless the caller's traceparent decides it.",
        ),
      allowPlainHttp: z.boolean().default(false).describe("Allow plain HTTP to another machine."),
    })
    .optional()
    .describe(
      "Where to send traces: names, numbers and times of each request and attempt, never content. Without it none are made.",
    ),
  log: z.strictObject({ level: z.enum(["off", "error", "info"]).default("info") }).prefault({}),
  metrics: z
    .strictObject({
      key: secret
        .optional()
        .describe("Bearer key for /metrics. Without it /metrics answers loopback only."),
    })
    .prefault({}),
  prices: z
    .record(
      modelPattern,
      z.strictObject({
        inputPerMillion: z.number().min(0).default(0),
        outputPerMillion: z.number().min(0).default(0),
      }),
    )
    .or(z.string().startsWith("file:"))
    .default({})
    .describe(
      "Price of a million tokens by model, in any currency, or the file that holds them; shown as cost in /metrics.",
    ),
});

/** The file after its defaults were filled in. */
export type ConfigFile = z.output<typeof configSchema>;

/** Roots of Model Studio by region. */
export const dashscopeRoots: Readonly<Record<string, string>> = {
  beijing: "https://dashscope.aliyuncs.com",
  singapore: "https://dashscope-intl.aliyuncs.com",
  virginia: "https://dashscope-us.aliyuncs.com",
  hongkong: "https://cn-hongkong.dashscope.aliyuncs.com",
  finance: "https://dashscope-finance.aliyuncs.com",
};

/** The JSON schema of the configuration file, for editors. */
export function toJsonSchema(): object {
  return z.toJSONSchema(configSchema, { io: "input", target: "draft-2020-12" });
}
