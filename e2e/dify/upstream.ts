/**
 * An AI gateway for tests: verifies every request as Alibaba Cloud's gateways do (API key, JSON Web Token, HMAC over the very
 * bytes), answers all five kinds of model in both protocols, and misbehaves when the model's name asks for it.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { NonceStore, parseForm, sameText, TokenVerifier, verifyRequest } from "@cloud-code/models";

/** A request as it arrived. */
export interface Arrived {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  /** How it proved who sent it; null when it did not. */
  readonly auth: "key" | "jwt" | "hmac" | null;
  /** Set when the caller hung up before the answer was whole. */
  aborted: boolean;
}

/** What the gateway trusts. */
export const trusted = {
  key: "sk-upstream-key",
  /** Bytes 0123456789abcdef0123456789abcdef. */
  jwk: { kty: "oct", k: "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY" },
  consumer: "consumer-a",
  accessKey: "appKey",
  secret: "appSecret",
} as const;

/** The credentials of each method, as the plugin's form names them. */
export const credentialsOf = {
  api_key: { auth_method: "api_key", api_key: trusted.key },
  jwt: {
    auth_method: "jwt",
    jwt_jwks: JSON.stringify(trusted.jwk),
    jwt_algorithm: "HS256",
    jwt_consumer_id: trusted.consumer,
  },
  hmac: {
    auth_method: "hmac",
    hmac_access_key: trusted.accessKey,
    hmac_secret_key: trusted.secret,
  },
} as const;

/** Statuses by model name, each with a body that quotes the request: none of it may come through. */
const failing: Readonly<Record<string, { status: number; code: string }>> = {
  "fail-401": { status: 401, code: "invalid_api_key" },
  "fail-403": { status: 403, code: "AccessDenied.Unpurchased" },
  "fail-404": { status: 404, code: "model_not_found" },
  "fail-429": { status: 429, code: "limit_requests" },
  "fail-500": { status: 500, code: "InternalError" },
  "fail-503": { status: 503, code: "made_up_code" },
  "fail-302": { status: 302, code: "moved" },
};

/** A running gateway. */
export class Upstream {
  readonly arrived: Arrived[] = [];
  readonly #server: Server;
  readonly #tokens = new TokenVerifier(
    { keys: { kind: "static", jwks: { keys: [{ ...trusted.jwk }] } }, algorithms: ["HS256"] },
    { rememberMs: 0 },
  );
  readonly #nonces = new NonceStore();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens on loopback; with a certificate and its key, by HTTPS. */
  static async listen(tls?: { readonly cert: string; readonly key: string }): Promise<Upstream> {
    const server = tls === undefined ? createServer() : createSecureServer(tls);
    const upstream = new Upstream(server);
    server.on("request", (request, response) => {
      upstream.#answer(request, response).catch(() => response.destroy());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return upstream;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const path = request.url ?? "/";
    const auth = await this.#verify(request, body);
    const arrived: Arrived = { path, headers: request.headers, body, auth, aborted: false };
    this.arrived.push(arrived);
    response.on("close", () => {
      if (!response.writableFinished) arrived.aborted = true;
    });
    if (auth === null)
      return sendJson(response, 401, {
        error: { code: "invalid_api_key", message: `refused: ${body.toString("latin1")}` },
      });

    const type = request.headers["content-type"] ?? "";
    const form = type.startsWith("multipart/") ? parseForm(body, type) : undefined;
    const json =
      form === undefined ? (JSON.parse(body.toString("utf8")) as Record<string, unknown>) : {};
    const model =
      form === undefined
        ? String(json["model"])
        : Buffer.from(form.find(({ name }) => name === "model")?.body ?? []).toString();
    const failure = failing[model];
    if (failure !== undefined) {
      response.setHeader("x-request-id", "0a1b2c3d-0000-4000-8000-0123456789ab");
      if (failure.status === 302) response.setHeader("location", "http://127.0.0.1:1/stolen");
      return sendJson(response, failure.status, {
        error: { code: failure.code, type: "x", message: `You said: ${body.toString("latin1")}` },
        request_id: body.toString("latin1").slice(0, 60),
      });
    }
    const studio = path.startsWith("/compatible-mode/");
    switch (path.replace(/^\/(route|compatible-mode)\//, "/")) {
      case "/v1/chat/completions":
        // Model Studio's way to write down speech is a conversation about a recording.
        if (studio && body.includes('"input_audio"'))
          return sendJson(response, 200, {
            choices: [
              {
                index: 0,
                message: { role: "assistant", content: "heard natively" },
                finish_reason: "stop",
              },
            ],
          });
        return converse(json, model, response);
      case "/v1/completions":
        return sendJson(response, 200, {
          id: "1",
          choices: [{ index: 0, text: `after ${String(json["prompt"])}`, finish_reason: "stop" }],
          usage: { prompt_tokens: 2, completion_tokens: 3 },
        });
      case "/v1/embeddings": {
        const input = json["input"] as string[];
        // Out of order on purpose: the index counts.
        const data = input
          .map((text, index) => ({ index, embedding: [text.length, index] }))
          .toReversed();
        return sendJson(response, 200, {
          model,
          data,
          usage: { prompt_tokens: 5, total_tokens: 5 },
        });
      }
      case "/v1/rerank":
        return sendJson(response, 200, { results: rankByLength(json["documents"]) });
      case "/api/v1/services/rerank/text-rerank/text-rerank":
        return sendJson(response, 200, {
          output: {
            results: rankByLength((json["input"] as Record<string, unknown>)["documents"]),
          },
          request_id: "x",
        });
      case "/v1/audio/speech": {
        const sound = `${String(json["voice"])}:${String(json["input"])}`;
        if (json["response_format"] === "pcm") {
          response.writeHead(200, { "content-type": "audio/pcm" });
          return void response.end(sound);
        }
        response.writeHead(200, { "content-type": "audio/mpeg" });
        return void response.end(`ID3:${sound}`);
      }
      case "/v1/audio/transcriptions": {
        const file = form?.find(({ name }) => name === "file");
        return sendJson(response, 200, {
          text: `${file?.fileName} ${file?.body.length} ${Buffer.from(file?.body ?? [])
            .subarray(44)
            .toString("latin1")}`,
        });
      }
      case "/api/v1/services/aigc/multimodal-generation/generation":
        return sendEvents(response, [
          { output: { audio: { data: Buffer.from([1, 2, 3, 4]).toString("base64") } } },
          {
            output: { audio: { data: Buffer.from([5, 6]).toString("base64") } },
            usage: { characters: 2 },
          },
        ]);
      default:
        return sendJson(response, 404, {
          error: { code: "model_not_found", message: "no such path" },
        });
    }
  }

  async #verify(request: IncomingMessage, body: Buffer): Promise<Arrived["auth"]> {
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(", ") : value,
      ]),
    );
    if (headers["x-ca-key"] !== undefined) {
      const verdict = verifyRequest(
        { method: request.method ?? "", url: request.url ?? "", headers, body },
        {
          find: (accessKey) =>
            accessKey === trusted.accessKey ? { secret: trusted.secret, owner: "a" } : undefined,
          nonces: this.#nonces,
          nowMs: Date.now(),
          hasBody: body.length > 0,
        },
      );
      return verdict.kind === "valid" ? "hmac" : null;
    }
    const bearer = /^Bearer (.+)$/.exec(headers["authorization"] ?? headers["x-token"] ?? "")?.[1];
    if (bearer !== undefined && bearer.split(".").length === 3) {
      const verdict = await this.#tokens.verify(bearer);
      return verdict.kind === "valid" && verdict.consumer === trusted.consumer ? "jwt" : null;
    }
    return sameText(bearer ?? headers["x-api-key"] ?? "", trusted.key) ? "key" : null;
  }
}

function rankByLength(documents: unknown): unknown[] {
  return (documents as string[]).map((text, index) => ({
    index,
    relevance_score: text.length / 100,
    document: { text: "not what was sent" },
  }));
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function sendEvents(response: ServerResponse, events: readonly unknown[]): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of events) {
    response.write(`data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  response.end();
}

const delta = (content: object, more: object = {}): object => ({
  id: "1",
  choices: [{ index: 0, delta: content, finish_reason: null, ...more }],
});

/** What a chat model says, by its name. */
async function converse(
  asked: Readonly<Record<string, unknown>>,
  model: string,
  response: ServerResponse,
): Promise<void> {
  const messages = asked["messages"] as { content: unknown }[];
  const last = messages.at(-1)?.content;
  const said = typeof last === "string" ? last : JSON.stringify(last);
  const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
  if (asked["stream"] !== true) {
    return sendJson(response, 200, {
      id: "1",
      choices: [
        {
          index: 0,
          message: {
            role: "assistant",
            content: `You said: ${said}`,
            reasoning_content: model === "thinker" ? "hm" : null,
          },
          finish_reason: "stop",
        },
      ],
      usage,
    });
  }
  const end = [delta({}, { finish_reason: "stop" }), { id: "1", choices: [], usage }, "[DONE]"];
  const start = (): void => void response.writeHead(200, { "content-type": "text/event-stream" });
  switch (model) {
    case "thinker":
      return sendEvents(response, [
        delta({ reasoning_content: "let me " }),
        delta({ reasoning_content: "see" }),
        delta({ content: "done" }),
        ...end,
      ]);
    case "thinks-only":
      return sendEvents(response, [delta({ reasoning: "endless" })]);
    case "caller": {
      const call = (index: number, name: string | undefined, text: string, id?: string): object =>
        delta({
          tool_calls: [
            {
              index,
              ...(id === undefined ? {} : { id }),
              function: { ...(name === undefined ? {} : { name }), arguments: text },
            },
          ],
        });
      // Two calls interleaved; the ids of the second are empty, as some servers send them.
      return sendEvents(response, [
        call(0, "first", "", "call_1"),
        call(1, "second", "", ""),
        call(0, undefined, '{"a":'),
        call(1, undefined, '{"b":2', ""),
        call(0, undefined, "1}"),
        call(1, undefined, "}"),
        delta({}, { finish_reason: "tool_calls" }),
      ]);
    }
    case "broken-sse":
      start();
      return void response.end(
        'data: {"choices": [{"delta": {"content": "ok"}}]}\n\ndata: {"choices": not json at all\n\n',
      );
    case "half-utf8": {
      start();
      const bytes = Buffer.from(`data: ${JSON.stringify(delta({ content: "你好👋" }))}\r\n\r\n`);
      for (const byte of bytes) {
        response.write(Buffer.from([byte]));
        await new Promise((resolve) => setImmediate(resolve));
      }
      return void response.end("data: [DONE]\r\n\r\n");
    }
    case "no-blank-lines":
      start();
      return void response.end(
        `data: ${JSON.stringify(delta({ content: "a" }))}\ndata: ${JSON.stringify(delta({ content: "b" }))}\ndata: [DONE]\n`,
      );
    case "long-line":
      start();
      response.write('data: {"choices": [{"delta": {"content": "');
      for (let sent = 0; sent < 100 && !response.destroyed; sent += 1) {
        await new Promise<void>((resolve) =>
          response.write("x".repeat(1_000_000), () => resolve()),
        );
      }
      return void response.end();
    case "stall":
      start();
      response.write(`data: ${JSON.stringify(delta({ content: "wait" }))}\n\n`);
      return; // and nothing more
    case "reset":
      start();
      response.write(`data: ${JSON.stringify(delta({ content: "about to " }))}\n\n`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      return void response.socket?.resetAndDestroy();
    case "error-midway":
      return sendEvents(response, [
        delta({ content: "so far" }),
        {
          error: { code: "limit_requests", type: "rate_limit_error", message: `You said: ${said}` },
        },
      ]);
    case "web-page":
      response.writeHead(200, { "content-type": "text/html" });
      return void response.end(`<html>${said}</html>`);
    case "counter": {
      // Enough small pieces to see order and mixing; each names its conversation.
      start();
      for (let index = 0; index < 50; index += 1) {
        response.write(`data: ${JSON.stringify(delta({ content: `${said}:${index};` }))}\n\n`);
        if (index % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      }
      return void response.end("data: [DONE]\n\n");
    }
    default:
      return sendEvents(response, [
        delta({ role: "assistant", content: "" }),
        delta({ content: "You said: " }),
        delta({ content: said }),
        ...end,
      ]);
  }
}
