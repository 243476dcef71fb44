/** What can be configured about a provider. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Gateway } from "@cloud-code/gateway";
import { TokenVerifier } from "@cloud-code/models";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Provider } from "./provider.ts";
import { startGateway } from "./start.ts";

let provider: Provider;
const gateways: Gateway[] = [];
beforeAll(async () => {
  provider = await new Provider().listen();
});
afterAll(async () => {
  for (const gateway of gateways) await gateway.stop();
  await provider.close();
});

/** A gateway whose only upstream has these settings, and which asks nobody who they are. */
async function start(settings: string, more = ""): Promise<{ url: string; log: () => string }> {
  const started = await startGateway(`
listen: [{ port: 0 }]
upstreams:
  one: ${settings}
models: { "*": one }
consumers: [{ name: local, anonymous: true }]
${more}`);
  gateways.push(started.gateway);
  return started;
}

async function ask(
  url: string,
  path: string,
  body: object,
): Promise<{ status: number; text: string; seen: Provider["seen"][number] | undefined }> {
  const reply = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: reply.status, text: await reply.text(), seen: provider.seen.at(-1) };
}

const stream = { model: "m", messages: [], stream: true };

describe("an upstream", () => {
  it("asked for counts gives them to the meter, and the caller's stream stays as it was asked for", async () => {
    const plain = await start(`{ kind: openai, baseUrl: "${provider.url}/v1" }`);
    const asking = await start(
      `{ kind: openai, baseUrl: "${provider.url}/v1", askForUsage: true }`,
    );
    const without = await ask(plain.url, "/v1/chat/completions", stream);
    const counted = await ask(asking.url, "/v1/chat/completions", stream);
    expect(counted.text).toBe(without.text);
    expect(JSON.parse(counted.seen?.body.toString() ?? "")).toEqual({
      stream_options: { include_usage: true },
      ...stream,
    });
    expect(asking.log()).toContain('"inputTokens":11,"outputTokens":5,"estimated":false');
    expect(plain.log()).toContain('"inputTokens":0,"outputTokens":4,"estimated":true');
    const own = await ask(asking.url, "/v1/chat/completions", {
      ...stream,
      stream_options: { include_usage: true },
    });
    expect(own.text).toContain('"total_tokens":16');
  });
  it("fills in the middle as its server wants it: by its own endpoint, or in a family's tokens", async () => {
    const { gateway, url } = await startGateway(`
listen: [{ port: 0 }]
upstreams: { one: { kind: openai, baseUrl: "${provider.url}/v1" } }
models:
  llama: { targets: [{ upstream: one, model: local, fim: infill }] }
  star: { targets: [{ upstream: one, fim: starcoder }] }
  plain: one
consumers: [{ name: local, anonymous: true }]`);
    gateways.push(gateway);
    const hole = { prompt: "a(", suffix: ")", max_tokens: 9 };
    const infill = await ask(url, "/v1/completions", { model: "llama", ...hole });
    expect([infill.seen?.path, JSON.parse(infill.seen?.body.toString() ?? "")]).toEqual([
      "/infill",
      { input_prefix: "a(", input_suffix: ")", n_predict: 9 },
    ]);
    expect(JSON.parse(infill.text)).toMatchObject({
      object: "text_completion",
      choices: [{ text: "SECRET-ANSWER" }],
      usage: { total_tokens: 7 },
    });
    expect(
      JSON.parse(
        (await ask(url, "/v1/completions", { model: "star", ...hole })).seen?.body.toString() ?? "",
      ),
    ).toMatchObject({ model: "star", prompt: "<fim_prefix>a(<fim_suffix>)<fim_middle>" });
    expect(
      JSON.parse(
        (await ask(url, "/v1/completions", { model: "plain", ...hole })).seen?.body.toString() ??
          "",
      ),
    ).toEqual({ model: "plain", ...hole });
    expect(
      (await ask(url, "/v1/completions", { model: "star", prompt: "x", suffix: "<fim_middle>" }))
        .status,
    ).toBe(400);
  });
  it("gets a fresh token with each request, or the key in the header it reads", async () => {
    const minted = await start(
      `{ kind: higress, baseUrl: "${provider.url}/v1", headers: { X-Fixed: "1" }, credential: { jwt: { key: "env:TOKEN_KEY", consumer: alice } } }`,
    );
    const tokens = await Promise.all(
      [1, 2].map(
        async () => (await ask(minted.url, "/v1/chat/completions", { model: "m" })).seen?.headers,
      ),
    );
    const verifier = new TokenVerifier({
      keys: {
        kind: "static",
        jwks: { keys: [{ kty: "oct", k: "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY" }] },
      },
      algorithms: ["HS256"],
    });
    for (const headers of tokens)
      expect(
        await verifier.verify(headers?.authorization?.slice("Bearer ".length) ?? ""),
      ).toMatchObject({ kind: "valid", consumer: "alice" });
    expect(tokens[0]?.["x-fixed"]).toBe("1");
    // Higress maps the plural alone when Model Studio is behind it.
    expect(
      (await ask(minted.url, "/v1/rerank", { model: "m", query: "q", documents: [] })).seen?.path,
    ).toBe("/v1/reranks");
    const useless = await start(
      `{ kind: openai, baseUrl: "${provider.url}/v1", credential: { jwt: { key: "env:PROVIDER_KEY", consumer: alice } } }`,
    );
    const refused = await ask(useless.url, "/v1/chat/completions", { model: "m" });
    expect([refused.status, refused.text]).toEqual([
      502,
      expect.stringContaining('"upstream_auth"'),
    ]);
    const keyed = await start(
      `{ kind: openai, baseUrl: "${provider.url}/v1", credential: { key: "env:PROVIDER_KEY", header: X-Key, prefix: Key } }`,
    );
    expect(
      (await ask(keyed.url, "/v1/chat/completions", { model: "m" })).seen?.headers["x-key"],
    ).toBe("Key sk-PROVIDER-KEY");
  });
  it("that speaks rerank natively or flat answers both forms of the question", async () => {
    const { url } = await start(`{ kind: dashscope, baseUrl: "${provider.url}" }`);
    const flat = { query: "q", documents: ["a", "b"], return_documents: true };
    const native = {
      input: { query: "q", documents: ["a", "b"] },
      parameters: { return_documents: true },
    };
    for (const body of [flat, native]) {
      for (const model of ["qwen3-rerank", "gte-rerank-v2"]) {
        const own = JSON.parse((await ask(url, "/v1/rerank", { model, ...body })).text) as {
          results: { relevance_score: number; document: object }[];
        };
        expect(own.results[0]).toMatchObject({
          index: 0,
          relevance_score: 0.9,
          document: { text: expect.any(String) as unknown },
        });
        const theirs = JSON.parse(
          (await ask(url, "/api/v1/services/rerank/text-rerank/text-rerank", { model, ...body }))
            .text,
        ) as { output: typeof own; request_id: string };
        expect(theirs.output.results[0]).toMatchObject({ relevance_score: 0.9 });
      }
    }
    expect(
      (await ask(url, "/v1/rerank", { model: "gte-rerank-v2", query: 1, documents: [] })).text,
    ).toContain('"param":"query"');
  });
  it("is watched: while its health path fails, it rests and the gateway is not ready", async () => {
    const other = await new Provider().listen();
    const { url, log } = await start(
      `{ kind: openai, baseUrl: "${other.url}/v1", circuit: { failures: 1, openMs: 300 }, health: { path: /models, intervalMs: 100 } }`,
    );
    const { port } = new URL(other.url);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    await other.close();
    const until = async (status: number): Promise<void> => {
      for (let count = 0; count < 100; count += 1) {
        if ((await fetch(`${url}/readyz`)).status === status) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`never ${status}`);
    };
    await until(503);
    expect(JSON.parse((await ask(url, "/v1/chat/completions", { model: "m" })).text)).toMatchObject(
      { error: { code: expect.stringMatching(/overloaded|upstream_unreachable/) as unknown } },
    );
    const again = await new Provider().listen(Number(port));
    await until(200);
    expect((await ask(url, "/v1/chat/completions", { model: "m" })).status).toBe(200);
    expect(log()).toContain('"event":"health-failed","subject":"one"');
    await again.close();
  });
  it("behind HTTPS is trusted by its own authority's certificate, and not without", async () => {
    const folder = mkdtempSync(join(tmpdir(), "gateway-tls-"));
    const [certificate, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
    const made = spawnSync("openssl", [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-days",
      "2",
      "-subj",
      "/CN=localhost",
      "-addext",
      "subjectAltName=DNS:localhost,IP:127.0.0.1",
      "-keyout",
      key,
      "-out",
      certificate,
    ]);
    expect(made.status).toBe(0);
    const secure = await startGateway(`
listen: [{ port: 0, tls: { certificate: "${certificate}", key: "${key}" } }]
upstreams: { one: { kind: openai, baseUrl: "${provider.url}/v1" } }
models: { "*": one }
consumers: [{ name: local, anonymous: true }]`);
    gateways.push(secure.gateway);
    const address = secure.url.replace("http:", "https:");
    const trusting = await start(
      `{ kind: openai, baseUrl: "${address}/v1", certificateAuthority: "${certificate}" }`,
    );
    const strange = await start(`{ kind: openai, baseUrl: "${address}/v1" }`);
    rmSync(folder, { recursive: true });
    expect((await ask(trusting.url, "/v1/chat/completions", { model: "m" })).text).toContain(
      "SECRET-ANSWER",
    );
    const refused = await ask(strange.url, "/v1/chat/completions", { model: "m" });
    expect([refused.status, refused.text]).toEqual([
      502,
      expect.stringContaining("upstream_unreachable"),
    ]);
  });
});
