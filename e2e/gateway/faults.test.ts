/** What callers see, and what providers see, when something goes wrong on the way. */
import { connect } from "node:net";
import { type IncomingMessage, request as open } from "node:http";
import type { Gateway } from "@cloud-code/gateway";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Provider } from "./provider.ts";
import { key, startGateway, usualConfig } from "./start.ts";

let provider: Provider;
let spare: Provider;
let gateway: Gateway;
let url = "";
let log: () => string;
beforeAll(async () => {
  provider = await new Provider().listen();
  spare = await new Provider().listen();
  spare.secret = "FROM-SPARE";
  const extra = `
limits: { bodyBytes: 3000000, replayBytes: 20000, peekBytes: 100000, translatedBytes: 200000, bodyIdleMs: 300, readerIdleMs: 600, headersMs: 1000 }
`;
  const config = usualConfig(provider.url, extra)
    .replace(
      "upstreams:",
      `upstreams:\n  picky: { kind: anthropic, baseUrl: "${provider.url}", circuit: { failures: 1, openMs: 60000 } }\n  spare: { kind: openai, baseUrl: "${spare.url}/v1" }\n  dead: { kind: openai, baseUrl: "http://127.0.0.1:9/v1", timeouts: { connectMs: 300 }, circuit: { failures: 2, openMs: 60000 } }\n  busy: { kind: openai, baseUrl: "${provider.url}/v1", maxConcurrent: 1 }`,
    )
    .replace(
      "models:",
      [
        "models:",
        ...[
          "status-401",
          "status-429",
          "status-500",
          "status-400",
          "silent",
          "reset",
          "first-error",
          "mid-reset",
          "redirect",
        ].map(
          (name) =>
            `  both-${name}: { targets: [{ upstream: plain, model: ${name} }], fallback: [spare-model] }`,
        ),
        "  dead-first: { targets: [{ upstream: dead }], fallback: [spare-model] }",
        "  only-dead: dead",
        "  claude-picky: picky",
        "  only-busy: { targets: [{ upstream: busy, model: slow }] }",
        "  spare-model: spare",
      ].join("\n"),
    );
  ({ gateway, url, log } = await startGateway(config));
});
afterAll(async () => {
  await gateway.stop();
  await provider.close();
  await spare.close();
});
afterEach(async () => {
  // Nothing may be left running at the provider, whatever happened.
  for (let count = 0; count < 100 && (provider.live > 0 || gateway.live > 0); count += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  if (provider.live + gateway.live > 0)
    throw new Error(
      `left running: ${provider.live} at the provider, ${gateway.live} at the gateway`,
    );
});

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const authorization = { authorization: `Bearer ${key}` };

interface Reply {
  status: number;
  headers: IncomingMessage["headers"];
  text: string;
  cut: boolean;
}

/** Asks through a plain HTTP client, which shows what a broken answer looks like. */
function ask(model: string, more: object = {}, path = "/v1/chat/completions"): Promise<Reply> {
  return send(
    path,
    JSON.stringify({ model, messages: [{ role: "user", content: "hi" }], ...more }),
  );
}

function send(
  path: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = open(
      `${url}${path}`,
      {
        method: "POST",
        headers: { ...authorization, "content-type": "application/json", ...headers },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
        const done = (cut: boolean) => (): void =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, cut });
        response.on("end", done(false)).on("error", done(true));
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

const codeOf = (reply: Reply): unknown =>
  (JSON.parse(reply.text) as { error: { code: string } }).error.code;

describe("a provider that fails", () => {
  it("is replaced by the next target before the first byte, whatever the failure", async () => {
    for (const name of ["status-401", "status-429", "status-500", "silent", "reset"]) {
      const reply = await ask(`both-${name}`);
      expect([name, reply.status, reply.text.includes("FROM-SPARE")]).toEqual([name, 200, true]);
    }
    expect((await ask("both-first-error", { stream: true })).text).toContain("FROM");
    expect((await ask("dead-first")).text).toContain("FROM-SPARE");
  });
  it("is not replaced when it refused the request itself", async () => {
    const before = spare.seen.length;
    expect((await ask("both-status-400")).status).toBe(400);
    expect(spare.seen.length).toBe(before);
  });
  it("is never replaced after the first byte: between events the error is said, in the middle of one the connection breaks", async () => {
    const before = spare.seen.length;
    const said = await ask("both-mid-reset", { stream: true });
    expect([said.status, said.cut]).toEqual([200, false]);
    expect(said.text).toMatch(
      /"content":"a".*\n\ndata: \{"error":\{"message":"The provider's answer broke off/s,
    );
    const broken = await ask("mid-event-reset", { stream: true });
    expect([broken.status, broken.cut, broken.text.includes('"error"')]).toEqual([
      200,
      true,
      false,
    ]);
    expect(spare.seen.length).toBe(before);
  });
  it("is tried again at the same place when there is no other", async () => {
    expect((await ask("flaky")).status).toBe(200);
    const started = performance.now();
    expect((await ask("status-429-retry")).status).toBe(429);
    expect(performance.now() - started).toBeGreaterThan(1900);
  });
  it("is not asked twice for what may have been done already", async () => {
    const count = (): number =>
      provider.seen.filter(
        ({ path, body }) => path.endsWith("/responses") && body.includes("reset"),
      ).length;
    const reply = await send("/v1/responses", JSON.stringify({ model: "reset", input: "x" }));
    expect([reply.status, codeOf(reply), count()]).toEqual([502, "upstream_broken", 1]);
    await send("/v1/responses", JSON.stringify({ model: "reset", input: "x" }), {
      "idempotency-key": "k1",
    });
    // Three more, beside those that went over a connection kept from an earlier request.
    expect(count()).toBeGreaterThanOrEqual(4);
    expect(count()).toBeLessThanOrEqual(7);
  });
  it("gives each failure its own status and code", async () => {
    const check = async (
      model: string,
      status: number,
      code: string,
      more: object = {},
    ): Promise<void> => {
      const reply = await ask(model, more);
      expect([model, reply.status, codeOf(reply)]).toEqual([model, status, code]);
      expect(reply.headers["cache-control"]).toBe("no-store");
    };
    await check("silent", 504, "upstream_timeout");
    await check("reset", 502, "upstream_broken");
    await check("only-dead", 502, "upstream_unreachable");
    await check("only-dead", 503, "overloaded");
    await check("status-401", 502, "upstream_auth");
    await check("redirect", 502, "302");
    await check("html", 500, "500");
    await check("native-error", 400, "DataInspectionFailed");
    await check("qwen-event-error", 400, "InvalidParameter");
    await check("first-error", 429, "Throttling.RateQuota", { stream: true });
  });
  it("does not learn of a redirect's target, and neither does anybody there", async () => {
    const reply = await ask("redirect");
    expect(reply.headers.location).toBeUndefined();
    expect(reply.text).not.toContain("169.254");
  });
  it("cuts a whole answer, and the caller can tell", async () => {
    const reply = await ask("cut");
    expect([reply.status, reply.cut]).toEqual([200, true]);
  });
  it("stalls in the middle of a stream, which ends within the idle time", async () => {
    const started = performance.now();
    const reply = await ask("stall", { stream: true });
    expect(reply.text).toContain("did not answer in time");
    expect(performance.now() - started).toBeLessThan(2500);
  });
});

describe("unusual but right answers", () => {
  it("pass unchanged: bytes one at a time with CRLF, no [DONE], trailers", async () => {
    const split = await ask("split", { stream: true });
    expect(split.text).toContain("你好 🌍");
    expect(split.text.endsWith("data: [DONE]\r\n\r\n")).toBe(true);
    expect((await ask("no-done", { stream: true })).text.match(/^data: /gm)).toHaveLength(2);
    expect((await ask("trailers", { stream: true })).text).toContain("[DONE]");
  });
  it("are decompressed when nobody asked for compression, event by event", async () => {
    const whole = await ask("gzip");
    expect([whole.headers["content-encoding"], whole.text.includes("SECRET-ANSWER")]).toEqual([
      undefined,
      true,
    ]);
    let firstMs = 0;
    const started = performance.now();
    await new Promise<void>((resolve) => {
      const request = open(
        `${url}/v1/chat/completions`,
        { method: "POST", headers: authorization },
        (response) => {
          response.on("data", () => (firstMs ||= performance.now() - started)).on("end", resolve);
        },
      );
      request.end(JSON.stringify({ model: "gzip", stream: true }));
    });
    expect(firstMs).toBeLessThan(90);
    expect(performance.now() - started).toBeGreaterThan(95);
  });
});

describe("a caller that leaves", () => {
  async function leave(model: string, stream: boolean, afterMs: number): Promise<number> {
    const before = provider.seen.length;
    const request = open(
      `${url}/v1/chat/completions`,
      { method: "POST", headers: authorization },
      (response) => response.on("error", () => undefined).resume(),
    );
    request.on("error", () => undefined);
    request.end(JSON.stringify({ model, stream }));
    while (provider.seen.length === before) await wait(1);
    await wait(afterMs);
    const left = performance.now();
    request.destroy();
    const seen = provider.seen.at(-1);
    while (seen?.abortedAtMs === undefined) {
      if (performance.now() - left > 2000) throw new Error("the provider was never told");
      await wait(1);
    }
    return seen.abortedAtMs - left;
  }
  it("is felt at the provider within 50 ms: in a stream, and before the answer began", async () => {
    // The quickest of a few, for the machine may be busy with something else.
    for (const [model, stream] of [
      ["slow", true],
      ["silent", false],
    ] as const) {
      let quickestMs = Number.POSITIVE_INFINITY;
      for (let turn = 0; turn < 10 && quickestMs >= 50; turn += 1)
        quickestMs = Math.min(quickestMs, await leave(model, stream, 40));
      expect([model, quickestMs < 50]).toEqual([model, true]);
    }
    expect(log()).toContain('"status":499');
  });
  it("and one that does not read is waited for, then cut off, without its answer piling up", async () => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.on("error", () => undefined);
    const body = JSON.stringify({ model: "endless", stream: true });
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    socket.pause();
    const memory = process.memoryUsage().external;
    await wait(400);
    expect(process.memoryUsage().external - memory).toBeLessThan(40_000_000);
    let closed = false;
    socket.on("close", () => (closed = true));
    for (let count = 0; count < 100 && provider.live > 0; count += 1) await wait(20);
    expect(provider.live).toBe(0);
    socket.destroy();
    await wait(10);
    expect(closed).toBe(true);
  });
});

describe("a body", () => {
  const big = (bytes: number, head = '{"model":"m",'): string =>
    `${head}"messages":[{"role":"user","content":"${"x".repeat(bytes)}"}]}`;
  it("beyond what is held streams through, unchanged", async () => {
    const body = big(1_000_000);
    expect((await send("/v1/chat/completions", body)).status).toBe(200);
    expect(provider.seen.at(-1)?.body.toString()).toBe(body);
    expect(provider.seen.at(-1)?.headers["content-length"]).toBe(String(body.length));
    expect(
      (await send("/v1/chat/completions", body, { "transfer-encoding": "chunked" })).status,
    ).toBe(200);
    expect(provider.seen.at(-1)?.body.toString()).toBe(body);
  });
  it("has only the model's name replaced, byte by byte, also when it streams", async () => {
    for (const size of [10, 1_000_000]) {
      const head = '{ "x" : "模型" , "model":"only-busy" ,';
      const reply = await send("/v1/chat/completions", big(size, head));
      expect(reply.status).toBe(200);
      expect(provider.seen.at(-1)?.body.toString()).toBe(
        big(size, '{ "x" : "模型" , "model":"slow" ,'),
      );
    }
  });
  it("that is too large, or names its model too late, twice or never, is refused", async () => {
    const check = async (
      body: string,
      status: number,
      code: string,
      headers = {},
    ): Promise<void> => {
      const reply = await send("/v1/chat/completions", body, headers);
      expect([reply.status, codeOf(reply)]).toEqual([status, code]);
    };
    await check(big(3_000_001), 413, "body_too_large");
    await check(
      `{"messages":[{"content":"${"x".repeat(150_000)}"}],"model":"m"}`,
      400,
      "model_too_late",
    );
    await check('{"messages":[]}', 400, "model_missing");
    await check('{"model":"m","model":"spare-model"}', 400, "duplicate_field");
    await check('{"model":"m","Model":"spare-model"}', 400, "duplicate_field");
    await check(`${big(1_000_000).slice(0, -1)},"model":"spare-model"}`, 400, "duplicate_field");
    await check("[1,2]", 400, "invalid_body");
    await check("hello", 400, "invalid_body");
    await check("", 400, "invalid_body");
    await check("x", 415, "unsupported_encoding", { "content-encoding": "gzip" });
  });
  it("that is too large ends without being read to its end", async () => {
    const reply = await send("/v1/chat/completions", big(10), { "content-length": "99999999" });
    expect([reply.status, reply.headers.connection]).toEqual([413, "close"]);
  });
  it("that stops arriving ends the request", async () => {
    const reply = await new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(url).port), "127.0.0.1");
      socket.write(
        `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-length: 100\r\n\r\n{"model"`,
      );
      let text = "";
      socket.on("data", (piece) => (text += piece.toString())).on("close", () => resolve(text));
    });
    expect(reply).toMatch(/^HTTP\/1.1 408 .*body_timeout/s);
  });
});

describe("a request that cannot be translated", () => {
  it("is refused with the field's name, and does not count against the provider", async () => {
    for (const content of [5, [7], [{}], { text: "x" }]) {
      const reply = await ask("claude-picky", { messages: [{ role: "user", content }] });
      expect([reply.status, codeOf(reply)]).toEqual([400, "invalid_request"]);
    }
    const calls = [{ role: "assistant", tool_calls: [{ function: { name: "f" } }] }];
    expect((await ask("claude-picky", { messages: calls })).status).toBe(400);
    expect((await ask("claude-picky")).status).toBe(200);
  });
});

describe("limits", () => {
  it("of a provider's places send the next request away, not into a queue", async () => {
    const first = ask("only-busy", { stream: true });
    await wait(60);
    const second = await ask("only-busy", { stream: true });
    expect([second.status, codeOf(second), second.headers["retry-after"]]).toEqual([
      503,
      "overloaded",
      "1",
    ]);
    expect((await first).status).toBe(200);
  });
  it("of headers are kept, and bytes that are no HTTP get an answer that does not repeat them", async () => {
    const raw = (bytes: string): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect(Number(new URL(url).port), "127.0.0.1");
        let text = "";
        socket
          .on("data", (piece) => (text += piece.toString()))
          .on("close", () => resolve(text))
          .on("error", () => undefined);
        socket.write(bytes);
      });
    expect(await raw(`GET / HTTP/1.1\r\nx: ${"y".repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 431 /,
    );
    const garbage = await raw("CANARY garbage\r\n\r\n");
    expect(garbage).toMatch(/^HTTP\/1.1 400 /);
    expect(garbage).not.toContain("CANARY");
    expect(await raw("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nslow: ")).toMatch(
      /^HTTP\/1.1 408 /,
    );
  });
  it("unknown paths and methods are said to be unknown", async () => {
    expect((await send("/v1/nothing", "{}")).status).toBe(404);
    expect((await fetch(`${url}/v1/models/%E0%A4%A`, { headers: authorization })).status).toBe(200);
    const reply = await fetch(`${url}/v1/chat/completions`);
    expect([reply.status, reply.headers.get("allow")]).toEqual([405, "POST"]);
  });
});
