/** Who may ask, and how much. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  authorize,
  type Credential,
  digestOf,
  hashKey,
  mintToken,
  signRequest,
} from "@cloud-code/models";
import type { Gateway } from "@cloud-code/gateway";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Provider } from "./provider.ts";
import { configOf, environment, key, keyHash, startGateway, usualConfig } from "./start.ts";

const old = "cck_old-key";
let provider: Provider;
let issuer: ReturnType<typeof createServer>;
let gateway: Gateway;
let url = "";
let log: () => string;

function config(more = ""): string {
  const port = (issuer.address() as AddressInfo).port;
  return usualConfig(
    provider.url,
    `    hmac: [{ accessKey: appKey, secret: "env:HMAC_SECRET" }, { accessKey: gone, secret: "env:HMAC_SECRET", expires: 2020-01-01 }]
  - { name: rotating, keys: [{ sha256: ${hashKey(old)}, expires: 2020-01-01 }, { sha256: ${hashKey("cck_new-key")}, expires: 2999-01-01 }] }
  - { name: narrow, keys: [{ sha256: ${hashKey("cck_narrow")} }], models: ["qwen*", "gpt-4"] }
  - { name: counted, keys: [{ sha256: ${hashKey("cck_counted")} }], limits: { requestsPerMinute: 2 } }
  - { name: thrifty, keys: [{ sha256: ${hashKey("cck_thrifty")} }], limits: { tokensPerMinute: 10 } }
  - { name: single, keys: [{ sha256: ${hashKey("cck_single")} }], limits: { concurrent: 1 } }
tokens: [{ jwksUrl: "http://127.0.0.1:${port}/jwks", algorithms: [ES256] }]
limits: { replayBytes: 20000 }
prices: { "*": { inputPerMillion: 2, outputPerMillion: 6 } }
${more}`,
  );
}

const privateKey = {
  kty: "EC",
  crv: "P-256",
  kid: "k1",
  x: "ngLYQnlfF6GsojUwqtcEE3WgTNG2RUlsGhK73RNEl5k",
  y: "tKbiDSUSsQ3F1P7wteeHNXIcU-cx6CgSbroeQrQHTLM",
  d: "",
};
beforeAll(async () => {
  const { generateKeyPairSync } = await import("node:crypto");
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  Object.assign(privateKey, pair.privateKey.export({ format: "jwk" }));
  const publicKey = { ...pair.publicKey.export({ format: "jwk" }), kid: "k1", alg: "ES256" };
  issuer = createServer((_, response) =>
    response
      .setHeader("content-type", "application/json")
      .end(JSON.stringify({ keys: [publicKey] })),
  );
  await new Promise<void>((resolve) => issuer.listen(0, "127.0.0.1", resolve));
  provider = await new Provider().listen();
  ({ gateway, url, log } = await startGateway(config()));
});
afterAll(async () => {
  await gateway.stop();
  await provider.close();
  issuer.close();
});

const body = JSON.stringify({ model: "m", messages: [] });
async function ask(
  headers: Record<string, string>,
  sent: string = body,
  path = "/v1/chat/completions",
): Promise<{ status: number; code: unknown; headers: Headers; text: string }> {
  const reply = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "*/*", ...headers },
    body: sent,
  });
  const text = await reply.text();
  return {
    status: reply.status,
    code: text.startsWith('{"error"')
      ? (JSON.parse(text) as { error: { code: unknown } }).error.code
      : undefined,
    headers: reply.headers,
    text,
  };
}
const bearer = (value: string): Record<string, string> => ({ authorization: `Bearer ${value}` });
const check = async (
  headers: Record<string, string>,
  status: number,
  code?: string,
): Promise<void> => expect(await ask(headers)).toMatchObject({ status, code });

describe("an API key", () => {
  it("is accepted in OpenAI's and Anthropic's header, and nothing else is", async () => {
    await check(bearer(key), 200);
    await check({ "x-api-key": key }, 200);
    await check({}, 401, "missing_credentials");
    await check(bearer("wrong"), 401, "invalid_api_key");
    await check({ authorization: `Basic ${key}` }, 401, "invalid_api_key");
    await check(bearer(keyHash), 401, "invalid_api_key");
  });
  it("is rotated with an overlap: the old one ends at its time, the new one goes on", async () => {
    await check(bearer(old), 401, "invalid_api_key");
    await check(bearer("cck_new-key"), 200);
  });
  it("opens only its consumer's models, in the list too", async () => {
    const use = (model: string): Promise<{ status: number; code: unknown }> =>
      ask(bearer("cck_narrow"), JSON.stringify({ model, messages: [] }));
    expect([(await use("qwen-plus")).status, (await use("gpt-4")).status]).toEqual([200, 200]);
    expect(await use("gpt-4o")).toMatchObject({ status: 403, code: "model_not_allowed" });
    // A second model behind the first must not get around it.
    expect(
      await ask(bearer("cck_narrow"), '{"model":"gpt-4","messages":[],"model":"gpt-4o"}'),
    ).toMatchObject({ code: "duplicate_field" });
  });
  it("never reaches the provider, nor do addresses and other headers of the caller", async () => {
    await ask({
      ...bearer(key),
      cookie: "session=1",
      "x-forwarded-for": "10.1.2.3",
      "x-mse-consumer": "admin",
      "user-agent": "app/1",
    });
    const headers = provider.seen.at(-1)?.headers ?? {};
    expect(Object.keys(headers).toSorted()).toEqual([
      "accept",
      "authorization",
      "connection",
      "content-length",
      "content-type",
      "host",
    ]);
    expect(headers.authorization).toBe("Bearer sk-PROVIDER-KEY");
  });
});

describe("a token", () => {
  const mint = (more: object = {}): Promise<string> =>
    mintToken({ key: JSON.stringify(privateKey), algorithm: "ES256", consumer: "alice", ...more });
  it("is verified with the issuer's published keys and names the consumer", async () => {
    const token = await mint();
    await check(bearer(token), 200);
    await check(bearer(token), 200);
    await check(bearer(await mint({ consumer: "nobody" })), 403, "unknown_consumer");
    await check(bearer(`${token.slice(0, -8)}AAAAAAAA`), 401, "invalid_token");
    await check(
      bearer(await mintToken({ key: environment["TOKEN_KEY"] ?? "", consumer: "alice" })),
      401,
      "invalid_token",
    );
    await check(
      bearer(
        await mintToken(
          {
            key: JSON.stringify(privateKey),
            algorithm: "ES256",
            consumer: "alice",
            lifetimeSeconds: 1,
          },
          { nowMs: Date.now() - 100_000, nonce: "n" },
        ),
      ),
      401,
      "invalid_token",
    );
  });
});

describe("an x-ca-* signature", () => {
  const credential = { accessKey: "appKey", secret: "appSecret" };
  const sign = (
    sent: string,
    more: Partial<Extract<Credential, { kind: "hmac" }>> = {},
    headers: Record<string, string> = {},
  ): Record<string, string> => {
    const all = { "content-type": "application/json", accept: "*/*", ...headers };
    return {
      ...headers,
      ...signRequest(
        { method: "POST", url: "/v1/chat/completions", headers: all, body: sent },
        { ...credential, ...more },
      ),
    };
  };
  it("is accepted once, for these very bytes", async () => {
    const headers = sign(body);
    await check(headers, 200);
    await check(headers, 401, "invalid_signature");
    expect(await ask(sign(body), body.replace('"m"', '"n"'))).toMatchObject({
      status: 400,
      code: "body_digest_mismatch",
    });
    await check(sign(body, { method: "HmacSHA1" }), 200);
  });
  it("covers a body that streams through: a changed one never becomes a whole request at the provider", async () => {
    const long = JSON.stringify({
      model: "m",
      messages: [{ role: "user", content: "x".repeat(200_000) }],
    });
    expect((await ask(sign(long), long)).status).toBe(200);
    const before = provider.seen.length;
    expect(await ask(sign(long), long.replace("xx", "xy"))).toMatchObject({
      status: 400,
      code: "body_digest_mismatch",
    });
    expect(provider.seen.length).toBe(before);
  });
  it("is refused with advice, and never with what the server computed", async () => {
    const cases: [Record<string, string>, RegExp][] = [
      [sign(body, { secret: "wrong" }), /does not fit/],
      [sign(body, { accessKey: "nobody" }), /does not fit/],
      [sign(body, { accessKey: "gone" }), /expired/],
      [sign(body, { bodyDigest: false }), /Content-MD5/],
      [{ "x-ca-key": "appKey" }, /x-ca-signature is missing/],
    ];
    for (const [headers, advice] of cases) {
      const reply = await ask(headers);
      expect(reply.status).toBe(401);
      expect(reply.text).toMatch(advice);
      expect(reply.text + JSON.stringify([...reply.headers])).not.toMatch(
        /POST\\n|appSecret|x-ca-error/i,
      );
    }
    expect(digestOf(body)).toBe(sign(body)["content-md5"]);
  });
  it("is what the gateway itself can send: as a consumer of another gateway", async () => {
    const second = await startGateway(`
listen: [{ port: 0 }]
upstreams: { first: { kind: higress, baseUrl: "${url}/v1", credential: { hmac: { accessKey: appKey, secret: "env:HMAC_SECRET" } } } }
models: { "*": first }
consumers: [{ name: local, anonymous: true }]
`);
    const reply = await fetch(`${second.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    expect(reply.status).toBe(200);
    // Whoever signs by `authorize` is understood too, with a query in the path.
    const request = {
      method: "POST",
      url: "/v1/chat/completions?b=2&a=",
      headers: { accept: "*/*", "content-type": "application/json" },
      body,
    };
    expect(
      (await ask(await authorize({ kind: "hmac", ...credential }, request), body, request.url))
        .status,
    ).toBe(200);
    await second.gateway.stop();
  });
});

describe("limits", () => {
  it("of requests, tokens and requests at a time answer 429 with the time to wait", async () => {
    await check(bearer("cck_counted"), 200);
    await check(bearer("cck_counted"), 200);
    const third = await ask(bearer("cck_counted"));
    expect([third.status, third.code, Number(third.headers.get("retry-after"))]).toEqual([
      429,
      "rate_limited",
      30,
    ]);
    await check(bearer("cck_thrifty"), 200);
    expect(third.text).toContain("limit of requests per minute");
    expect((await ask(bearer("cck_thrifty"))).text).toContain("limit of tokens per minute");
    const slow = ask(bearer("cck_single"), JSON.stringify({ model: "slow", stream: true }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await ask(bearer("cck_single"))).text).toContain("limit of requests at a time");
    await slow;
    expect((await ask(bearer("cck_single"))).status).toBe(200);
  });
  it("and use survive a reload, which a running stream does not notice", async () => {
    const stream = ask(bearer(key), JSON.stringify({ model: "slow", stream: true }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    gateway.reload(configOf(config().replace(keyHash, hashKey("cck_changed"))));
    expect((await ask(bearer(key))).status).toBe(401);
    expect((await ask(bearer("cck_changed"))).status).toBe(200);
    expect((await ask(bearer("cck_counted"))).status).toBe(429);
    const text = (await stream).text;
    expect([text.match(/^data: \{/gm)?.length, text.endsWith("data: [DONE]\n\n")]).toEqual([
      50,
      true,
    ]);
    gateway.reload(configOf(config()));
  });
});

describe("what the operator sees", () => {
  it("is counts and costs by consumer and model, from this machine or with the key", async () => {
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toMatch(
      /gen_ai_client_token_usage_total\{consumer="counted",gen_ai_request_model="\*",gen_ai_provider_name="plain",gen_ai_operation_name="chat",gen_ai_token_type="input"\} 22/,
    );
    expect(text).toMatch(/cloud_code_gateway_cost_total\{consumer="counted".*\} 0\.000104/);
    expect(text).toMatch(
      /gen_ai_server_request_duration_seconds_bucket\{consumer="alice".*le="\+Inf"\} \d+/,
    );
    expect(
      (await fetch(`${url}/metrics`, { headers: { "x-forwarded-for": "1.2.3.4" } })).status,
    ).toBe(401);
  });
  it("is the gateway's health, and one line for each request", async () => {
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: "ok" });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const id = (await ask(bearer(key))).headers.get("x-request-id");
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    const line = log()
      .split("\n")
      .find((one) => one.includes(id ?? "none"));
    expect(JSON.parse(line ?? "{}")).toMatchObject({
      event: "request",
      consumer: "alice",
      model: "*",
      upstream: "plain",
      route: "chat",
      status: 200,
      inputTokens: 11,
      outputTokens: 5,
    });
  });
});
