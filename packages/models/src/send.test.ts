import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { decide, type ItemKey, type Permit, strictest } from "@cloud-code/policy";
import { afterEach, describe, expect, it } from "vitest";
import { openai } from "./dialects/openai.ts";
import { ask, follow, send, type Sending } from "./send.ts";
import { NonceStore, verifyRequest } from "./hmac.ts";

const items: readonly ItemKey[] = [
  "gateway.prompts",
  "gateway.model-parameters",
  "gateway.credentials",
];
let server: { closeAllConnections(): void; close(): unknown } | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function listen(
  answer: (request: IncomingMessage, body: string, response: ServerResponse) => void,
): Promise<string> {
  const listening = createServer((request, response) => {
    let body = "";
    request
      .setEncoding("utf8")
      .on("data", (text: string) => (body += text))
      .on("end", () => answer(request, body, response));
  });
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  server = listening;
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

function permitFor(origin: string, plainHttpOrigins: readonly string[] = []): Permit {
  const nowMs = Date.now();
  const decision = decide({
    items,
    purpose: "relay",
    destination: { recipient: "configured-service", origin },
    circumstances: { ...strictest, plainHttpOrigins },
    collectedSinceMs: nowMs,
    nowMs,
  });
  if (decision.kind === "denied") throw new Error(decision.because);
  return decision.permit;
}

const sendingTo = (
  root: string,
  more: Partial<Omit<Sending, "call">> = {},
): Omit<Sending, "call"> => ({
  endpoint: { root, credential: { kind: "key", key: "sk-1" } },
  items,
  purpose: "relay",
  ...more,
});
const request = { model: "m", messages: [{ role: "user", content: "hi" }] };

describe("sending", () => {
  it("carries the call's bytes and headers and nothing else [G3]", async () => {
    let seen: unknown;
    const root = await listen((message, body, response) => {
      seen = { url: message.url, headers: message.headers, body };
      response.end(
        '{"choices":[{"index":0,"message":{"role":"assistant","content":"yo"},"finish_reason":"stop"}]}',
      );
    });
    const answer = await ask(openai.chat, request, sendingTo(`${root}/v1/`), permitFor(root));
    expect(answer.choices[0]?.message.content).toBe("yo");
    const body = JSON.stringify(request);
    expect(seen).toEqual({
      url: "/v1/chat/completions",
      body,
      headers: {
        accept: "application/json",
        authorization: "Bearer sk-1",
        connection: "keep-alive",
        "content-length": String(body.length),
        "content-type": "application/json",
        host: new URL(root).host,
      },
    });
  });
  it("signs the final bytes so that the other side can verify them", async () => {
    let verdict: unknown;
    const root = await listen((message, body, response) => {
      verdict = verifyRequest(
        {
          method: "POST",
          url: message.url ?? "",
          headers: message.headers as Record<string, string>,
          body,
        },
        {
          find: () => ({ secret: "s", owner: "me" }),
          nonces: new NonceStore(),
          nowMs: Date.now(),
          hasBody: true,
        },
      );
      response.end('{"choices":[]}');
    });
    await ask(
      openai.chat,
      request,
      {
        ...sendingTo(`${root}/prefix/v1`),
        endpoint: {
          root: `${root}/prefix/v1`,
          credential: { kind: "hmac", accessKey: "k", secret: "s" },
          headers: { "X-Extra": "1" },
        },
      },
      permitFor(root),
    );
    expect(verdict).toMatchObject({ kind: "valid", owner: "me" });
  });
  it("happens with a permit for this very origin only", async () => {
    let asked = 0;
    const root = await listen((_, __, response) => {
      asked += 1;
      response.end("{}");
    });
    const call = openai.chat.call(request);
    await expect(
      send({ ...sendingTo(root), call }, permitFor("http://127.0.0.1:1")),
    ).rejects.toMatchObject({ code: "POLICY_PERMIT_MISUSED" });
    await expect(
      send({ ...sendingTo(root), call }, Object.create(permitFor(root)) as Permit),
    ).rejects.toMatchObject({ code: "POLICY_NOT_A_PERMIT" });
    expect(asked).toBe(0);
  });
  it("refuses plain HTTP to other machines unless it was allowed [G7]", async () => {
    const origin = "http://models.example";
    const permit = permitFor(origin, [origin]);
    await expect(
      send({ ...sendingTo(origin), call: openai.chat.call(request) }, permit),
    ).rejects.toMatchObject({ code: "INSECURE_ENDPOINT" });
  });
  it("refuses extra headers that would change who asks or how the body is framed", async () => {
    for (const headers of [
      { Authorization: "x" },
      { "x-ca-key": "x" },
      { host: "x" },
      { "x-a": "1\r\nx-b: 2" },
      { "bad name": "x" },
    ]) {
      const sending = {
        ...sendingTo("http://127.0.0.1:9"),
        call: openai.chat.call(request),
        endpoint: { root: "http://127.0.0.1:9", credential: { kind: "none" }, headers } as const,
      };
      await expect(send(sending, permitFor("http://127.0.0.1:9"))).rejects.toMatchObject({
        code: "INVALID_REQUEST",
        param: "headers",
      });
    }
  });
  it("streams, and leaving the loop cancels the request at the other side within 50 ms", async () => {
    let gone = 0;
    const root = await listen((_, __, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(
        'data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}\n\n',
      );
      response.on("close", () => (gone = performance.now()));
    });
    let left = 0;
    for await (const chunk of follow(
      openai.chat,
      { ...request, stream: true },
      sendingTo(root),
      permitFor(root),
    )) {
      expect(chunk.choices[0]?.delta.content).toBe("a");
      left = performance.now();
      break;
    }
    while (gone === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(gone - left).toBeLessThan(50);
  });
  it("reports the provider's error, a stall and a dead address, each with its code", async () => {
    const busy = await listen((_, __, response) =>
      response.writeHead(429).end('{"code":"Throttling","message":"m","request_id":"r"}'),
    );
    await expect(ask(openai.chat, request, sendingTo(busy), permitFor(busy))).rejects.toMatchObject(
      { code: "UPSTREAM_ERROR", provider: { code: "Throttling" } },
    );
    const page = await listen((_, __, response) => response.writeHead(502).end("<html>"));
    await expect(ask(openai.chat, request, sendingTo(page), permitFor(page))).rejects.toMatchObject(
      { provider: { code: "502" } },
    );
    const stalled = await listen((_, __, response) => response.writeHead(200).write("{"));
    await expect(
      ask(
        openai.chat,
        request,
        sendingTo(stalled, { timeouts: { idleMs: 50 } }),
        permitFor(stalled),
      ),
    ).rejects.toMatchObject({ code: "CONNECTION_FAILED" });
    const silent = await listen(() => undefined);
    await expect(
      ask(
        openai.chat,
        request,
        sendingTo(silent, { timeouts: { firstByteMs: 50 } }),
        permitFor(silent),
      ),
    ).rejects.toMatchObject({ code: "CONNECTION_FAILED" });
    const dead = "http://127.0.0.1:9";
    await expect(ask(openai.chat, request, sendingTo(dead), permitFor(dead))).rejects.toThrow(
      /ECONNREFUSED/,
    );
    const aborted = AbortSignal.abort(new Error("stop"));
    await expect(
      ask(openai.chat, request, sendingTo(silent, { signal: aborted }), permitFor(silent)),
    ).rejects.toThrow("stop");
  });
});
