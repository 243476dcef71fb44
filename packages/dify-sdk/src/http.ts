/** The serverless transport: each request is one HTTP call, its answer the body, line by line. */
import { createServer, type Server } from "node:http";
import { parseRequest } from "./protocol.ts";
import { runSession, type Plugin, type SessionOptions } from "./session.ts";
import { createSender } from "./stdio.ts";

/** Where to listen, and how much to take. */
export interface HttpOptions extends SessionOptions {
  readonly host: string;
  readonly port: number;
  /** Default 64 MiB: a recording in hexadecimal. The daemon itself sends at most 5 MiB this way. */
  readonly maxRequestBytes?: number;
}

const defaultMaxRequestBytes = 64 * 1024 * 1024;

/**
 * Serves `POST /invoke` and `GET /health`. When the caller drops the connection, the session's signal aborts: this is the
 * only transport that hears of it. Resolves with the server once it listens.
 */
export async function serveHttp(plugin: Plugin, options: HttpOptions): Promise<Server> {
  const maxBytes = options.maxRequestBytes ?? defaultMaxRequestBytes;
  const server = createServer((request, response) => {
    const refuse = (status: number): void =>
      void response.writeHead(status, { "content-length": 0, connection: "close" }).end();
    const path = request.url?.split("?", 1)[0];
    if (request.method === "GET" && path === "/health") {
      response.writeHead(200, { "content-type": "application/json" }).end('{"status":"ok"}');
      return;
    }
    if (path !== "/invoke") return refuse(404);
    if (request.method !== "POST") return refuse(405);

    const chunks: Uint8Array[] = [];
    let bytes = 0;
    request.on("data", (chunk: Uint8Array) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      else if (!response.headersSent) refuse(413);
    });
    request.on("error", () => undefined); // a caller that goes away while it still sends has asked for nothing
    request.on("end", () => {
      if (response.headersSent) return;
      const line = parseRequest(Buffer.concat(chunks).toString("utf8"));
      if (line === null) return refuse(400);
      const gone = new AbortController();
      response.on("close", () => {
        if (!response.writableFinished) gone.abort(new Error("The caller has gone."));
      });
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      void runSession(plugin, line, createSender(response), gone.signal, options).finally(() =>
        response.end(),
      );
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  return server;
}
