/** The processes a measurement is made of: the provider, a bare proxy to compare with, and the load. */
import {
  createServer,
  type IncomingMessage,
  request as send,
  type ServerResponse,
  Agent,
} from "node:http";
import { Pool } from "undici";

/** 988 bytes, as a short answer of a chat model is. */
export const answer: string = JSON.stringify({
  id: "chatcmpl-0123456789",
  object: "chat.completion",
  created: 1_700_000_000,
  model: "mock-1",
  choices: [
    { index: 0, message: { role: "assistant", content: "x".repeat(726) }, finish_reason: "stop" },
  ],
  usage: { prompt_tokens: 100, completion_tokens: 200, total_tokens: 300 },
});

/** About 209 bytes each. */
export const event: string = `data: ${JSON.stringify({ id: "chatcmpl-0123456789", object: "chat.completion.chunk", created: 1_700_000_000, model: "mock-1", choices: [{ index: 0, delta: { content: "word ".repeat(8) }, finish_reason: null }] })}\n\n`;

/** Events of a stream before [DONE]. */
export const eventsPerStream = 50;
const pacedMs = 20;

/** Answers at once, or in 50 events: in a burst, or 20 ms apart when the request says so. */
export function serveProvider(port: number): void {
  const answerBytes = Buffer.from(answer);
  const eventBytes = Buffer.from(event);
  createServer(
    { keepAliveTimeout: 65_000 },
    (request: IncomingMessage, response: ServerResponse) => {
      let body = "";
      let received = 0;
      request.on("data", (piece: Buffer) => {
        received += piece.length;
        if (received < 2000) body += piece.toString("latin1");
      });
      request.on("end", () => {
        const bytes = Number(
          request.headers["x-answer-bytes"] ?? /"user":"bytes-(\d+)"/.exec(body)?.[1] ?? 0,
        );
        if (bytes > 0) return sendMany(response, bytes);
        if (!body.includes('"stream":true')) {
          response.writeHead(200, {
            "content-type": "application/json",
            "content-length": answerBytes.length,
          });
          response.end(answerBytes);
          return;
        }
        response.writeHead(200, { "content-type": "text/event-stream" });
        const paced = body.includes('"user":"paced"');
        let sent = 0;
        const next = (): void => {
          if (response.destroyed) return;
          if (sent++ === eventsPerStream) response.end("data: [DONE]\n\n");
          else {
            response.write(eventBytes);
            if (paced) setTimeout(next, pacedMs);
            else setImmediate(next);
          }
        };
        next();
      });
    },
  ).listen(port, "127.0.0.1");
}

function sendMany(response: ServerResponse, bytes: number): void {
  response.writeHead(200, { "content-type": "application/octet-stream", "content-length": bytes });
  const piece = Buffer.alloc(65_536, 120);
  let left = bytes;
  const more = (): void => {
    while (left > 0) {
      const part = left >= piece.length ? piece : piece.subarray(0, left);
      left -= part.length;
      if (!response.write(part)) {
        response.once("drain", more);
        return;
      }
    }
    response.end();
  };
  more();
}

/** The least a proxy can do: no authentication, no parsing, bytes both ways. */
export function serveBare(port: number, upstream: string): void {
  const pool = new Pool(upstream, { connections: 1024, pipelining: 1, keepAliveTimeout: 60_000 });
  createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    let controller: { abort(reason: Error): void; pause(): void; resume(): void } | undefined;
    response.on("close", () => {
      if (!response.writableFinished) controller?.abort(new Error("left"));
    });
    response.on("drain", () => controller?.resume());
    pool.dispatch(
      {
        method: "POST",
        path: request.url ?? "/",
        headers: {
          "content-type": "application/json",
          "content-length": request.headers["content-length"] ?? "0",
        },
        body: request,
      },
      {
        onRequestStart: (given) => (controller = given),
        onResponseStart: (_, status, headers) => void response.writeHead(status, headers),
        onResponseData: (given, piece) => {
          if (!response.write(piece)) given.pause();
        },
        onResponseEnd: () => void response.end(),
        onResponseError: () => void response.destroy(),
      },
    );
  }).listen(port, "127.0.0.1");
}

/** What one way of asking gave. */
export interface LoadResult {
  readonly requests: number;
  readonly failed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Open loop: so many requests a second, whether or not the last was answered; latency counts from the planned moment. */
export async function loadAtRate(
  url: string,
  headers: Record<string, string>,
  body: string,
  perSecond: number,
  seconds: number,
): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const latencies: number[] = [];
  let failed = 0;
  const total = perSecond * seconds;
  const started = performance.now();
  const pending: Promise<void>[] = [];
  for (let count = 0; count < total; count += 1) {
    const plannedMs = started + (count * 1000) / perSecond;
    const waitMs = plannedMs - performance.now();
    if (waitMs > 0.5) await new Promise((resolve) => setTimeout(resolve, waitMs));
    pending.push(
      ask(agent, url, headers, body).then(
        (result) =>
          void (result.status === 200
            ? latencies.push(performance.now() - plannedMs)
            : (failed += 1)),
        () => void (failed += 1),
      ),
    );
  }
  await Promise.all(pending);
  agent.destroy();
  return summarize(latencies, failed);
}

/** So many streams at once, each begun when the one before it on its place has ended. Latency is the time to the first byte. */
export async function loadStreams(
  url: string,
  headers: Record<string, string>,
  body: string,
  places: number,
  rounds: number,
): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: places });
  const firstBytes: number[] = [];
  let failed = 0;
  await Promise.all(
    Array.from({ length: places }, async (_, place) => {
      // Not all at the same moment: it is the gateway that is measured, not the accept queue.
      await new Promise((resolve) => setTimeout(resolve, (place * 1000) / places));
      for (let round = 0; round < rounds; round += 1) {
        const result = await ask(agent, url, headers, body).catch(() => undefined);
        if (result?.status === 200 && result.bytes > eventsPerStream * 100)
          firstBytes.push(result.firstByteMs);
        else failed += 1;
      }
    }),
  );
  agent.destroy();
  return summarize(firstBytes, failed);
}

function ask(
  agent: Agent,
  url: string,
  headers: Record<string, string>,
  body: string,
): Promise<{ status: number; firstByteMs: number; bytes: number }> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const request = send(
      url,
      {
        method: "POST",
        agent,
        headers: {
          ...headers,
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
        },
      },
      (response) => {
        let firstByteMs = 0;
        let bytes = 0;
        response.on("data", (piece: Buffer) => {
          firstByteMs ||= performance.now() - started;
          bytes += piece.length;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, firstByteMs, bytes }));
        response.on("error", reject);
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

function summarize(values: number[], failed: number): LoadResult {
  const sorted = values.toSorted((left, right) => left - right);
  const at = (share: number): number =>
    Math.round(
      (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 100,
    ) / 100;
  return { requests: values.length, failed, p50Ms: at(0.5), p99Ms: at(0.99) };
}
