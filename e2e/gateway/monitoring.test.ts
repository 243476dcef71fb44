/** What the operator's own monitoring gets: traces at a collector, counts in a store that gateways share. Never content. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { Collector, type Span } from "./collector.ts";
import { Provider } from "./provider.ts";
import { configOf, key, startGateway, usualConfig } from "./start.ts";

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function until(done: () => boolean, atMostMs = 8000): Promise<void> {
  const end = performance.now() + atMostMs;
  while (!done()) {
    if (performance.now() > end) throw new Error("it did not happen in time");
    await wait(20);
  }
}

async function start(
  more: (provider: Provider) => string,
): Promise<{ url: string; log: () => string; provider: Provider; stop: () => Promise<void> }> {
  const provider = await new Provider().listen();
  cleanups.push(() => provider.close());
  const { gateway, url, log } = await startGateway(more(provider));
  cleanups.push(() => gateway.stop());
  return { url, log, provider, stop: () => gateway.stop() };
}

function ask(
  url: string,
  model = "m",
  headers: Record<string, string> = {},
  more: object = {},
): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, ...headers },
    body: JSON.stringify({
      model,
      messages: [{ role: "user", content: "CANARY-QUESTION" }],
      ...more,
    }),
  });
}

describe("traces", () => {
  const startTraced = async (
    settings = "",
  ): Promise<Awaited<ReturnType<typeof start>> & { collector: Collector }> => {
    const collector = await new Collector().listen();
    cleanups.push(() => collector.close());
    const started = await start((provider) => {
      provider.secret = "CANARY-ANSWER";
      return usualConfig(provider.url).replace(
        "models:\n",
        `traces: { url: "${collector.url}", credential: { key: "env:HMAC_SECRET", header: x-collector-key }${settings} }\nmodels:\n  two: { targets: [{ upstream: plain, model: status-500 }], fallback: [m], maxAttempts: 2 }\n  m: plain\n`,
      );
    });
    return { ...started, collector };
  };
  const root = (spans: readonly Span[]): Span | undefined => spans.find(({ kind }) => kind === 2);

  it("[G4] name a request and its attempts, with counts, and hold no content, credential or address", async () => {
    const { url, collector, stop } = await startTraced();
    const answers = await Promise.all([
      ask(url, "m"),
      ask(url, "m", {}, { stream: true }),
      ask(url, "status-400"),
      ask(url, "no such CANARY-MODEL"),
      ask(url, "m", { authorization: "Bearer CANARY-KEY" }),
      ask(url, "claude-any"),
    ]);
    const ids = answers.map(({ headers }) => headers.get("x-request-id"));
    await Promise.all(answers.map((answer) => answer.text()));
    await stop();
    expect(collector.faults).toEqual([]);
    const roots = collector.spans.filter(({ kind }) => kind === 2);
    expect(new Set(roots.map(({ traceId }) => traceId))).toEqual(new Set(ids));
    expect(roots.find(({ traceId }) => traceId === ids[0])).toMatchObject({
      name: "chat m",
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "plain",
        "gen_ai.request.model": "m",
        "gen_ai.usage.input_tokens": expect.any(Number) as unknown,
        "http.response.status_code": 200,
        "cloud_code.consumer": "alice",
        "cloud_code.request_id": ids[0],
      },
    });
    expect(collector.headers[0]?.["x-collector-key"]).toBe("appSecret");
    const bytes = Buffer.concat(collector.bodies).toString("latin1");
    expect(bytes).not.toMatch(/CANARY|PROVIDER-KEY|cck_|127\.0\.0\.1|appSecret/);
  });
  it("go on where the caller's trace came from, and show each attempt", async () => {
    const { url, collector, stop } = await startTraced(", sample: 0");
    const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    const answer = await ask(url, "two", { traceparent: `00-${trace}-00f067aa0ba902b7-01` });
    expect([answer.status, await answer.text()]).toEqual([
      200,
      expect.stringContaining("CANARY-ANSWER"),
    ]);
    // Neither asked for by its caller nor sampled here.
    await (await ask(url, "m")).text();
    await (await ask(url, "m", { traceparent: `00-${trace}-00f067aa0ba902b7-00` })).text();
    await stop();
    expect(collector.spans).toHaveLength(3);
    const top = root(collector.spans);
    expect(top).toMatchObject({ traceId: trace, parentSpanId: "00f067aa0ba902b7" });
    const attempts = collector.spans.filter(({ kind }) => kind === 3);
    expect(
      attempts.map(({ attributes, parentSpanId, status }) => [
        attributes["http.response.status_code"],
        parentSpanId === top?.spanId,
        status.code,
      ]),
    ).toEqual([
      [500, true, 2],
      [200, true, undefined],
    ]);
    for (const { durationMs } of attempts)
      expect(durationMs).toBeLessThanOrEqual(top?.durationMs ?? 0);
  });
  it("[G3] are not told to the provider", async () => {
    const { url, provider } = await startTraced();
    await (
      await ask(url, "m", {
        traceparent: `00-${"1".repeat(32)}-${"2".repeat(16)}-01`,
        tracestate: "a=b",
      })
    ).text();
    expect(
      Object.keys(provider.seen[0]?.headers ?? {}).filter((name) => name.startsWith("trace")),
    ).toEqual([]);
  });
  it("are sent again when the collector asks for it, and given up when it refuses or is away", async () => {
    const { url, collector, stop } = await startTraced();
    collector.refusals = [503];
    await (await ask(url)).text();
    await until(() => collector.bodies.length === 1);
    await until(() => collector.spans.length === 2, 12_000);
    collector.refusals = [400];
    await (await ask(url)).text();
    await until(() => collector.bodies.length === 3);
    await collector.close();
    for (let count = 0; count < 5; count += 1) expect((await ask(url)).status).toBe(200);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('cloud_code_gateway_traces_total{outcome="sent"} 1\n');
    expect(metrics).toContain('cloud_code_gateway_traces_total{outcome="dropped"} 1\n');
    const began = performance.now();
    await stop();
    expect(performance.now() - began).toBeLessThan(3000);
  }, 30_000);
  it("[G7] do not travel unencrypted to another machine, unless that was allowed", () => {
    const settings = (more: string): string =>
      `traces: { url: "http://collector.example:4318/v1/traces"${more} }`;
    expect(() => configOf(settings(""))).toThrow(/traces\.url: is plain HTTP to another machine/);
    expect(configOf(settings(", allowPlainHttp: true")).traces?.allowPlainHttp).toBe(true);
  });
});

describe("a realtime conversation", () => {
  it("is counted, timed and traced like every other request", async () => {
    const collector = await new Collector().listen();
    cleanups.push(() => collector.close());
    const { url, stop } = await start((provider) =>
      usualConfig(provider.url, `traces: { url: "${collector.url}" }`),
    );
    const socket = new WebSocket(`${url.replace("http", "ws")}/v1/realtime?model=qwen-omni`, {
      headers: { authorization: `Bearer ${key}` },
    });
    await new Promise((resolve) => socket.on("open", resolve));
    const live = await (await fetch(`${url}/metrics`)).text();
    expect(live).toContain("cloud_code_gateway_live_requests 1\n");
    socket.send("hello");
    await new Promise((resolve) => socket.on("message", resolve));
    socket.close();
    await new Promise((resolve) => socket.on("close", resolve));
    const labels =
      'consumer="alice",gen_ai_request_model="qwen*",gen_ai_provider_name="studio",gen_ai_operation_name="realtime"';
    let metrics = "";
    for (let count = 0; count < 100 && !metrics.includes('status="101"'); count += 1) {
      await wait(20);
      metrics = await (await fetch(`${url}/metrics`)).text();
    }
    expect(metrics).toContain(`cloud_code_gateway_requests_total{${labels},status="101"} 1\n`);
    expect(metrics).toContain(`gen_ai_server_request_duration_seconds_count{${labels}} 1\n`);
    // "hello" masked is 11 bytes, "echo hello" 12; the closing frames are in it too.
    expect(
      Number(
        new RegExp(
          `bytes_total\\{${labels.replaceAll("*", "\\*")},direction="received"\\} (\\d+)`,
        ).exec(metrics)?.[1],
      ),
    ).toBeGreaterThanOrEqual(11);
    await stop();
    expect(collector.faults).toEqual([]);
    expect(collector.spans.map(({ name, kind }) => [name, kind])).toEqual([
      ["realtime qwen*", 2],
      ["realtime qwen*", 3],
    ]);
  });
});

// ---------------------------------------------------------------------------------------------------------------------
// A real counter store

const redisProgram = "/usr/bin/redis-server";
const withoutRedis = existsSync(redisProgram)
  ? ""
  : ` (not run: ${redisProgram} is missing; install the Debian package redis-server)`;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function startRedis(
  port: number,
  listen: readonly string[] = ["--port", String(port)],
): Promise<ChildProcess> {
  const child = spawn(
    redisProgram,
    [
      ...listen,
      "--bind",
      "127.0.0.1",
      "--save",
      "",
      "--appendonly",
      "no",
      "--requirepass",
      "appSecret",
    ],
    { stdio: "ignore" },
  );
  cleanups.push(async () => {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null)
      await new Promise((resolve) => child.on("exit", resolve));
  });
  for (let count = 0; ; count += 1) {
    const up = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => (socket.destroy(), resolve(true)));
      socket.on("error", () => resolve(false));
    });
    if (up) return child;
    if (count > 200) throw new Error("redis-server does not start");
    await wait(20);
  }
}

/** What the store answers to commands, as text. */
function tell(port: number, commands: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () =>
      socket.end(`AUTH appSecret\r\n${commands}\r\n`),
    );
    let text = "";
    socket.on("data", (piece: Buffer) => (text += piece.toString())).on("end", () => resolve(text));
    socket.on("error", reject);
  });
}

describe.skipIf(withoutRedis !== "")(`limits shared through Redis${withoutRedis}`, () => {
  const shared =
    (port: number, password = "env:HMAC_SECRET"): ((provider: Provider) => string) =>
    (provider) =>
      usualConfig(
        provider.url,
        `    limits: { requestsPerMinute: 30, tokensPerMinute: 100000 }\nsharing: { url: "redis://127.0.0.1:${port}/3", password: "${password}" }`,
      );
  const send = async (url: string, count: number): Promise<number> => {
    const answers = await Promise.all(Array.from({ length: count }, () => ask(url)));
    await Promise.all(answers.map((answer) => answer.text()));
    return answers.filter(({ status }) => status === 200).length;
  };

  it("are one limit for gateways on several machines, and the store holds counts that expire", async () => {
    const port = await freePort();
    await startRedis(port);
    const one = await start(shared(port));
    const other = await start(shared(port));
    await wait(1200);
    expect(await send(one.url, 25)).toBe(25);
    await wait(1200);
    // 30 a minute is one each two seconds: what was not used yet, and those that have come back meanwhile.
    const rest = await send(other.url, 25);
    expect(rest).toBeGreaterThanOrEqual(5);
    expect(rest).toBeLessThanOrEqual(9);
    await wait(1200);
    const late = await send(one.url, 20);
    expect(late).toBeLessThanOrEqual(2);
    await wait(300);
    const held = await tell(
      port,
      "SELECT 3\r\nKEYS *\r\nGET cloud-code-gateway:alice:requests\r\nPTTL cloud-code-gateway:alice:requests",
    );
    expect(held.match(/cloud-code-gateway:\S+/g)?.toSorted()).toEqual([
      "cloud-code-gateway:alice:requests",
      "cloud-code-gateway:alice:tokens",
    ]);
    const [, used, lifetimeMs] = /\$\d+\r\n(\d+)\r\n:(\d+)\r\n$/.exec(held) ?? [];
    expect(Number(used)).toBe(25 + rest + late);
    expect(Number(lifetimeMs)).toBeGreaterThan(60_000);
    expect(Number(lifetimeMs)).toBeLessThanOrEqual(120_000);
  }, 30_000);
  it("go on in each gateway when the store is lost, and are shared again when it is back", async () => {
    const port = await freePort();
    const redis = await startRedis(port);
    const { url, log } = await start(shared(port));
    await wait(300);
    redis.kill("SIGKILL");
    await until(() => log().includes('"event":"sharing-lost"'));
    expect(await send(url, 3)).toBe(3);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain(
      "cloud_code_gateway_sharing_failing 1\n",
    );
    await startRedis(port);
    await until(() => log().includes('"event":"sharing-restored"'));
    await wait(300);
    expect(await tell(port, "SELECT 3\r\nGET cloud-code-gateway:alice:requests")).toMatch(
      /\r\n3\r\n$/,
    );
  }, 30_000);
  it("are shared over TLS with a private authority, and not with a store it does not vouch for", async () => {
    const path = mkdtempSync(join(tmpdir(), "gateway-counters-"));
    cleanups.push(() => rmSync(path, { recursive: true }));
    const [certificate, secret] = [join(path, "cert.pem"), join(path, "key.pem")];
    const made = spawnSync(
      "openssl",
      [
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=counters",
        `-addext subjectAltName=IP:127.0.0.1 -keyout ${secret} -out ${certificate}`,
      ]
        .join(" ")
        .split(" "),
    );
    expect(made.status).toBe(0);
    const port = await freePort();
    await startRedis(
      port,
      [
        `--port 0 --tls-port ${port} --tls-auth-clients no`,
        `--tls-cert-file ${certificate} --tls-key-file ${secret} --tls-ca-cert-file ${certificate}`,
      ]
        .join(" ")
        .split(" "),
    );
    const settings = (more: string) => (provider: Provider) =>
      usualConfig(
        provider.url,
        `    limits: { requestsPerMinute: 30 }\nsharing: { url: "rediss://127.0.0.1:${port}", password: "env:HMAC_SECRET"${more} }`,
      );
    const one = await start(settings(`, certificateAuthority: "${certificate}"`));
    const other = await start(settings(`, certificateAuthority: "${certificate}"`));
    const stranger = await start(settings(""));
    await until(() => stranger.log().includes('"event":"sharing-lost"'));
    await wait(1200);
    expect(await send(one.url, 28)).toBe(28);
    await wait(1200);
    expect(await send(other.url, 20)).toBeLessThanOrEqual(7);
    expect(await send(stranger.url, 20)).toBe(20);
    expect(one.log() + other.log()).not.toContain("sharing-lost");
  }, 30_000);
  it("do not stop requests when the store refuses the password, and the log does not repeat it", async () => {
    const port = await freePort();
    await startRedis(port);
    const { url, log } = await start(shared(port, "env:PROVIDER_KEY"));
    await until(() => log().includes('"event":"sharing-lost"'));
    expect(await send(url, 3)).toBe(3);
    expect(log()).not.toContain("PROVIDER-KEY");
  }, 30_000);
  it("[G7] do not leave this machine unencrypted, unless that was allowed", () => {
    const settings = (more: string): string =>
      `sharing: { url: "redis://counters.example"${more} }`;
    expect(() => configOf(settings(""))).toThrow(/sharing\.url: is not encrypted/);
    expect(configOf(settings(", allowPlainHttp: true")).sharing).toMatchObject({
      host: "counters.example",
      port: 6379,
      tls: false,
    });
    expect(configOf('sharing: { url: "rediss://[::1]:7000/2" }').sharing).toMatchObject({
      host: "::1",
      port: 7000,
      tls: true,
      database: 2,
    });
  });
});
