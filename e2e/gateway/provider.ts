/**
 * A provider that speaks the documented bytes of OpenAI, Model Studio and Anthropic on loopback, and, on request, breaks
 * them in every way that was seen in the field. How it answers is chosen by the model's name: `stall`, `reset` …
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync, createGzip, constants } from "node:zlib";
import { WebSocketServer } from "ws";

/** What the provider was sent. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  /** Whether the caller went away before the answer was complete, and when. */
  abortedAtMs: number | undefined;
}

export class Provider {
  readonly seen: Seen[] = [];
  readonly server: Server;
  /** Text that the answers carry, to be searched for afterwards. */
  secret = "SECRET-ANSWER";
  /** Requests in progress. */
  live = 0;
  #turn = 0;

  constructor() {
    this.server = createServer((request, response) => {
      this.live += 1;
      response.on("close", () => (this.live -= 1));
      const pieces: Buffer[] = [];
      const seen: Seen = {
        method: request.method ?? "",
        path: request.url ?? "",
        headers: request.headers,
        body: Buffer.alloc(0),
        abortedAtMs: undefined,
      };
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("error", () => undefined);
      response.on("close", () => {
        if (!response.writableFinished) seen.abortedAtMs = performance.now();
      });
      request.on("end", () => {
        this.seen.push({ ...seen, body: Buffer.concat(pieces) });
        const record = this.seen.at(-1);
        response.on("close", () => {
          if (!response.writableFinished && record !== undefined)
            record.abortedAtMs = performance.now();
        });
        void this.#answer(request, Buffer.concat(pieces), response);
      });
    });
    const sockets = new WebSocketServer({ server: this.server });
    sockets.on("connection", (socket, request) => {
      this.seen.push({
        method: "GET",
        path: request.url ?? "",
        headers: request.headers,
        body: Buffer.alloc(0),
        abortedAtMs: undefined,
      });
      if ((request.url ?? "").includes("/realtime")) {
        socket.on("message", (data: Buffer, binary) =>
          socket.send(binary ? data : `echo ${data.toString()}`),
        );
        return;
      }
      const heard: Buffer[] = [];
      let task = "";
      socket.on("message", (data: Buffer, binary) => {
        if (binary) {
          heard.push(data);
          return;
        }
        const { header, payload } = JSON.parse(data.toString()) as {
          header: { action: string; task_id: string };
          payload: { task?: string; model?: string; input?: { text?: string } };
        };
        const event = (name: string, more: object = {}, head: object = {}): void =>
          socket.send(
            JSON.stringify({
              header: { task_id: header.task_id, event: name, attributes: {}, ...head },
              payload: more,
            }),
          );
        this.seen.push({
          method: "FRAME",
          path: header.action,
          headers: {},
          body: data,
          abortedAtMs: undefined,
        });
        if (header.action === "run-task") {
          task = payload.task ?? "";
          if (payload.model?.includes("fail") === true)
            event(
              "task-failed",
              {},
              { error_code: "InvalidParameter", error_message: `bad ${this.secret}` },
            );
          else event("task-started");
          // Sambert's texts come whole with this first frame, and it takes no other.
          if (payload.model?.startsWith("sambert") === true) {
            socket.send(Buffer.from(`audio(${payload.input?.text ?? ""})`), { binary: true });
            event("task-finished", { usage: { characters: 7 } });
          }
        } else if (header.action === "continue-task") {
          event("result-generated", {
            output: { type: "sentence-begin", original_text: payload.input?.text },
          });
          socket.send(Buffer.from(`audio(${payload.input?.text ?? ""})`), { binary: true });
        } else if (task === "tts") {
          event("task-finished", { usage: { characters: 7 } });
        } else {
          event("result-generated", {
            output: {
              sentence: {
                text: `heard ${Buffer.concat(heard).length} bytes.`,
                begin_time: 0,
                end_time: 1500,
                sentence_end: true,
              },
            },
            usage: { duration: 2 },
          });
          event("task-finished");
        }
      });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async listen(port = 0): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject).listen(port, "127.0.0.1", resolve);
    });
    return this;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    const path = request.url ?? "";
    const json = (status: number, value: unknown, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(JSON.stringify(value));
    };
    if (request.method === "GET") return json(200, { object: "list", data: [{ id: "m" }] });
    const text = body.toString("utf8");
    const form = (request.headers["content-type"] ?? "").startsWith("multipart/");
    const asked = form
      ? { model: /name="model"\r\n\r\n([^\r]*)/.exec(text)?.[1] ?? "" }
      : (JSON.parse(text) as {
          model: string;
          stream?: boolean;
          messages?: unknown;
          input?: unknown;
          prompt?: unknown;
        });
    const stream = "stream" in asked && asked.stream === true;
    const model = asked.model;
    if (await this.#misbehave(model, stream, request, response, json)) return;
    if (path.endsWith("/rerank") || path.endsWith("/reranks"))
      return json(200, {
        id: "rr",
        results: [
          { index: 1, relevance_score: 0.2 },
          { index: 0, relevance_score: 0.9 },
        ],
        usage: { total_tokens: 12 },
      });
    if (path.endsWith("/text-rerank"))
      return json(200, {
        output: { results: [{ index: 0, relevance_score: 0.9, document: { text: this.secret } }] },
        usage: { total_tokens: 12 },
        request_id: "native-1",
      });
    if (path.endsWith("/embeddings"))
      return json(200, {
        object: "list",
        data: [{ object: "embedding", index: 0, embedding: [0.25, -0.5] }],
        model,
        usage: { prompt_tokens: 4, total_tokens: 4 },
      });
    if (path.endsWith("/audio/transcriptions")) return json(200, { text: `heard ${this.secret}` });
    if (path.endsWith("/audio/speech")) {
      response.writeHead(200, { "content-type": "audio/mpeg" });
      response.end(Buffer.from(this.secret));
      return;
    }
    if (path.endsWith("/generation") && text.includes('"text":')) return this.#speak(response);
    if (path.endsWith("/generation"))
      return json(200, {
        output: { choices: [{ message: { content: [{ text: `heard ${this.secret}` }] } }] },
        usage: { seconds: 2 },
        request_id: "g",
      });
    if (path.endsWith("/infill"))
      return json(200, {
        content: this.secret,
        model,
        stop: true,
        stop_type: "eos",
        tokens_evaluated: 5,
        tokens_predicted: 2,
      });
    if (path.endsWith("/messages")) return this.#message(stream, model, response);
    if (path.endsWith("/responses"))
      return json(200, {
        id: "resp_1",
        object: "response",
        status: "completed",
        model,
        output: [
          {
            type: "message",
            id: "m1",
            role: "assistant",
            status: "completed",
            content: [{ type: "output_text", text: this.secret, annotations: [] }],
          },
        ],
        usage: { input_tokens: 3, output_tokens: 2, total_tokens: 5 },
      });
    if (path.endsWith("/completions") && !path.endsWith("/chat/completions"))
      return json(200, {
        id: "c",
        object: "text_completion",
        created: 1,
        model,
        choices: [{ index: 0, text: this.secret, finish_reason: "stop", logprobs: null }],
        usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
      });
    if (stream) return this.#chatStream(model, text.includes('"include_usage":true'), response);
    const content = text.includes("input_audio") ? `heard ${this.secret}` : this.secret;
    const toolCalls = text.includes('"tools"')
      ? {
          tool_calls: [
            { id: "call_1", type: "function", function: { name: "add", arguments: '{"a":1}' } },
          ],
        }
      : {};
    return json(200, {
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 1,
      model,
      choices: [
        {
          index: 0,
          message: { role: "assistant", content, ...toolCalls },
          finish_reason: "tool_calls" in toolCalls ? "tool_calls" : "stop",
        },
      ],
      usage: { prompt_tokens: 11, completion_tokens: 5, total_tokens: 16 },
    });
  }

  /** True when the model's name asked for a fault and it was given. */
  async #misbehave(
    model: string,
    stream: boolean,
    request: IncomingMessage,
    response: ServerResponse,
    json: (status: number, value: unknown, headers?: Record<string, string>) => void,
  ): Promise<boolean> {
    const error = {
      error: {
        message: `your text ${this.secret} was refused`,
        type: "invalid_request_error",
        param: null,
        code: "refused",
      },
    };
    const events = { "content-type": "text/event-stream" };
    const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
    const status = /^status-(\d+)/.exec(model)?.[1];
    if (status !== undefined)
      json(Number(status), error, model.includes("retry") ? { "retry-after": "1" } : {});
    else if (model === "flaky") {
      this.#turn += 1;
      if (this.#turn % 2 === 0) return false;
      json(503, error);
    } else if (model === "silent") return true;
    else if (model === "reset") request.socket.resetAndDestroy();
    else if (model === "redirect")
      response.writeHead(302, { location: "http://169.254.169.254/" }).end();
    else if (model === "html")
      response.writeHead(500, { "content-type": "text/html" }).end("<html>oops</html>");
    else if (model === "native-error")
      json(400, {
        code: "DataInspectionFailed",
        message: `quoted ${this.secret}`,
        request_id: "n",
      });
    else if (model === "qwen-event-error")
      response
        .writeHead(400, { "content-type": "application/json" })
        .end(
          `id:1\nevent:error\n:HTTP_STATUS/400\ndata:{"code":"InvalidParameter","message":"quoted ${this.secret}","request_id":"n"}\n\n`,
        );
    else if (model === "cut") {
      response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
      response.write('{"choices":[');
      await wait(20);
      request.socket.destroy();
    } else if (model === "gzip") {
      const body = JSON.stringify({
        id: "z",
        object: "chat.completion",
        created: 1,
        model,
        choices: [
          { index: 0, message: { role: "assistant", content: this.secret }, finish_reason: "stop" },
        ],
        usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
      });
      if (stream) {
        response.writeHead(200, { ...events, "content-encoding": "gzip" });
        const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
        gzip.pipe(response);
        gzip.write(chunkOf("a"));
        await wait(100);
        gzip.end("data: [DONE]\n\n");
      } else
        response
          .writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" })
          .end(gzipSync(body));
    } else if (model === "trailers") {
      response.writeHead(200, { ...events, trailer: "x-checksum" });
      response.write(chunkOf("a"));
      response.addTrailers({ "x-checksum": "1" });
      response.end("data: [DONE]\n\n");
    } else if (model === "split") {
      response.writeHead(200, events);
      const bytes = Buffer.from(
        `${chunkOf("你好 🌍").replaceAll("\n", "\r\n")}data: [DONE]\r\n\r\n`,
      );
      for (const byte of bytes) {
        response.write(Buffer.of(byte));
        await wait(0);
      }
      response.end();
    } else if (model === "no-done") {
      response.writeHead(200, events);
      response.write(chunkOf("a"));
      response.end(chunkOf("b"));
    } else if (model === "mid-error") {
      response.writeHead(200, events);
      response.write(chunkOf("a"));
      await wait(10);
      response.end(`data: ${JSON.stringify(error)}\n\n`);
    } else if (model === "first-error") {
      response.writeHead(200, events);
      response.end(
        `data: ${JSON.stringify({ error: { message: "slow down", type: "rate_limit_error", code: "Throttling.RateQuota" } })}\n\n`,
      );
    } else if (model === "mid-reset" || model === "mid-event-reset") {
      response.writeHead(200, events);
      response.write(
        model === "mid-reset" ? chunkOf("a") : `${chunkOf("a")}data: {"choices":[{"del`,
      );
      await wait(20);
      request.socket.destroy();
    } else if (model === "stall") {
      response.writeHead(200, events);
      response.write(chunkOf("a"));
    } else if (model === "endless") {
      response.writeHead(200, events);
      const piece = chunkOf("x".repeat(60_000));
      const more = (): void => {
        while (!response.destroyed && response.write(piece));
      };
      response.on("drain", more);
      more();
    } else if (model === "slow") {
      response.writeHead(200, events);
      for (let count = 0; count < 50 && !response.destroyed; count += 1) {
        response.write(chunkOf(`${count} `));
        await wait(20);
      }
      response.end("data: [DONE]\n\n");
    } else return false;
    return true;
  }

  #chatStream(model: string, usage: boolean, response: ServerResponse): void {
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "x-request-id": "upstream-7",
    });
    const chunk = (delta: object, reason: string | null = null): string =>
      `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model, choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`;
    response.write(chunk({ role: "assistant", content: "" }));
    for (const word of this.secret.split("-")) response.write(chunk({ content: word }));
    response.write(chunk({}, "stop"));
    if (usage)
      response.write(
        `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model, choices: [], usage: { prompt_tokens: 11, completion_tokens: 5, total_tokens: 16 } })}\n\n`,
      );
    response.end("data: [DONE]\n\n");
  }

  #message(stream: boolean, model: string, response: ServerResponse): void {
    if (!stream) {
      response.writeHead(200, { "content-type": "application/json", "request-id": "req_up" });
      response.end(
        JSON.stringify({
          id: "msg_1",
          type: "message",
          role: "assistant",
          model,
          content: [{ type: "text", text: this.secret }],
          stop_reason: "end_turn",
          stop_sequence: null,
          usage: { input_tokens: 9, output_tokens: 4 },
        }),
      );
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    const event = (type: string, more: object): void =>
      void response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`);
    event("message_start", {
      message: {
        id: "msg_1",
        type: "message",
        role: "assistant",
        model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 9, output_tokens: 1 },
      },
    });
    event("content_block_start", { index: 0, content_block: { type: "text", text: "" } });
    event("content_block_delta", { index: 0, delta: { type: "text_delta", text: this.secret } });
    event("content_block_stop", { index: 0 });
    event("message_delta", {
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { output_tokens: 4 },
    });
    event("message_stop", {});
    response.end();
  }

  #speak(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const [index, piece] of [Buffer.from(this.secret), Buffer.from("-MORE")].entries()) {
      response.write(
        `id:${index}\nevent:result\n:HTTP_STATUS/200\ndata:{"output":{"finish_reason":"null",\ndata:"audio":{"data":"${piece.toString("base64")}"}},"request_id":"s"}\n\n`,
      );
    }
    response.end(
      'id:9\nevent:result\ndata:{"output":{"finish_reason":"stop","audio":{"data":"","url":""}},"usage":{"characters":6},"request_id":"s"}\n\n',
    );
  }
}

function chunkOf(content: string): string {
  return `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`;
}
