/** Starts a gateway in this process, from the text of a configuration, as `run` would. */
import { readFileSync } from "node:fs";
import { hashKey } from "@cloud-code/models";
import { type Config, Gateway, Log, parseConfig } from "@cloud-code/gateway";

export const key = "cck_test-key";
export const keyHash: string = hashKey(key);

export const environment: Record<string, string> = {
  PROVIDER_KEY: "sk-PROVIDER-KEY",
  HMAC_SECRET: "appSecret",
  TOKEN_KEY: '{"kty":"oct","k":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"}',
};

export function configOf(text: string): Config {
  return parseConfig(text, {
    file: "test.yaml",
    environment,
    readText: (path) => readFileSync(path, "utf8"),
  });
}

/** A gateway with one consumer whose key is `key`, and its log. */
export async function startGateway(
  text: string,
): Promise<{ gateway: Gateway; url: string; log: () => string }> {
  let written = "";
  const log = new Log("info", (lines) => (written += lines), 0);
  const gateway = await Gateway.start(configOf(text), { log });
  return {
    gateway,
    url: `http://127.0.0.1:${gateway.ports[0] ?? 0}`,
    log() {
      log.flush();
      return written;
    },
  };
}

/** The usual configuration: every kind of provider at one address, every model at each of them. */
export function usualConfig(provider: string, more = ""): string {
  return `
listen: [{ port: 0 }]
upstreams:
  plain: { kind: openai, baseUrl: "${provider}/v1", credential: { key: "env:PROVIDER_KEY" }, timeouts: { connectMs: 300, firstByteMs: 400, idleMs: 400 }, circuit: { failures: 1000 } }
  studio: { kind: dashscope, baseUrl: "${provider}/compatible-mode/v1", credential: { key: "env:PROVIDER_KEY" }, timeouts: { idleMs: 500 } }
  claude: { kind: anthropic, baseUrl: "${provider}", credential: { key: "env:PROVIDER_KEY" } }
models:
  "*": plain
  "qwen*": studio
  "gte*": studio
  "cosyvoice*": studio
  "sambert*": studio
  "paraformer*": studio
  "claude*": claude
consumers:
  - name: alice
    keys: [{ sha256: ${keyHash} }]
${more}`;
}
