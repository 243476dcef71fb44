/** The built gateway as a process of its own, between the plugin and the provider; it knows one consumer by each kind of proof. */
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hashKey } from "@cloud-code/models";
import { endProcess } from "./services.ts";
import { trusted } from "./upstream.ts";

const program = new URL("../../apps/gateway/bin/cloud-code-gateway.js", import.meta.url).pathname;

const callerKey = "cck_dify-key";

/** The credentials of each method, as the plugin's form names them, and the consumer the gateway knows by them. */
export const callers = {
  api_key: { consumer: "by-key", form: { auth_method: "api_key", api_key: callerKey } },
  jwt: {
    consumer: "by-token",
    form: {
      auth_method: "jwt",
      jwt_jwks: JSON.stringify(trusted.jwk),
      jwt_algorithm: "HS256",
      jwt_consumer_id: "by-token",
    },
  },
  hmac: {
    consumer: "by-signature",
    form: {
      auth_method: "hmac",
      hmac_access_key: trusted.accessKey,
      hmac_secret_key: trusted.secret,
    },
  },
} as const;

// The models named here are asked of Model Studio, in its own protocol and under its own names; every other goes on as it is.
const configuration = (provider: string, keys: string): string => `
listen: [{ port: 0 }]
upstreams:
  plain: { kind: openai, baseUrl: "${provider}/v1", credential: { key: "env:PROVIDER_KEY" }, circuit: { failures: 1000 } }
  studio: { kind: dashscope, baseUrl: "${provider}", credential: { key: "env:PROVIDER_KEY" } }
models:
  "*": plain
  studio-chat: { targets: [{ upstream: studio, model: qwen-plus }] }
  studio-embedding: { targets: [{ upstream: studio, model: text-embedding-v4 }] }
  studio-rerank: { targets: [{ upstream: studio, model: gte-rerank-v2 }] }
  studio-hearing: { targets: [{ upstream: studio, model: qwen3-asr-flash }] }
  qwen3-tts-flash: studio
consumers:
  - { name: by-key, keys: [{ sha256: ${hashKey(callerKey)} }] }
  - { name: by-token }
  - { name: by-signature, hmac: [{ accessKey: ${trusted.accessKey}, secret: "env:HMAC_SECRET" }] }
tokens: [{ jwks: "${keys}", algorithms: [HS256] }]
`;

/** A running gateway. */
export interface GatewayProcess {
  readonly origin: string;
  /** Everything it printed so far. */
  log(): string;
  /** Who asked, by the log, of everything printed after `from` characters; null for callers it did not know. */
  consumersSince(from: number): (string | null)[];
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts the program that `npm run build` made, in front of `provider` (an origin). */
export async function startGateway(folder: string, provider: string): Promise<GatewayProcess> {
  const keys = join(folder, "keys.json");
  const file = join(folder, "gateway.yaml");
  await writeFile(keys, JSON.stringify({ keys: [trusted.jwk] }), { mode: 0o600 });
  await writeFile(file, configuration(provider, keys));
  const child = spawn(process.execPath, [program, "run", "--config", file], {
    env: {
      PATH: process.env["PATH"],
      LANG: "C",
      PROVIDER_KEY: trusted.key,
      HMAC_SECRET: trusted.secret,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data: Buffer) => (said += data.toString("utf8")));
  let origin: string | undefined;
  for (const start = Date.now(); origin === undefined;) {
    origin = /Listening on (http:\/\/\S+)/.exec(said)?.[1];
    if (origin === undefined && (child.exitCode !== null || Date.now() - start > 20_000)) {
      await endProcess(child);
      throw new Error(`The gateway did not start (was it built? npm run build):\n${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const url = origin;
  return {
    origin: url,
    log: () => said,
    consumersSince: (from) =>
      said
        .slice(from)
        .split("\n")
        .filter((line) => line.startsWith("{") && line.endsWith("}"))
        .map((line) => JSON.parse(line) as { event: string; consumer: string | null })
        .filter(({ event }) => event === "request")
        .map(({ consumer }) => consumer),
    metrics: async () => (await fetch(`${url}/metrics`)).text(),
    stop: () => endProcess(child),
  };
}
