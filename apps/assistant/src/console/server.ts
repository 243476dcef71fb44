import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { basename } from "node:path";
import { parsePanelMessage } from "@cloud-code/panel/protocol";
import type { Locale } from "../errors.ts";
import type { LiveSearch } from "../search/live.ts";
import type { Session, Status } from "../session.ts";
import { countAnswer } from "../telemetry/counter.ts";
import { parseUse } from "../telemetry/use.ts";
import { MAX_FILE_BYTES } from "../workspace/source.ts";
import { Access } from "./access.ts";
import type { Assets } from "./assets.ts";
import { ProjectFiles } from "./files.ts";
import { chooseFirstFile } from "./opening.ts";
import { PanelDesk, type PanelDeskOptions } from "./panel.ts";
import { Problem, statusOf } from "./problem.ts";
import type { Project } from "./protocol.ts";

/** What the server needs; `port` 0 takes a free one. */
export interface ConsoleServerOptions {
  readonly session: Session;
  /** Finds code for the page. */
  readonly search: PanelDeskOptions["search"] & Pick<LiveSearch, "changed">;
  /** The usage statistics of the person. */
  readonly telemetry: PanelDeskOptions["telemetry"];
  /** The folder whose files are shown, a real path. */
  readonly root: string;
  readonly assets: Assets;
  readonly port: number;
  readonly language: Locale;
  /** Hears of errors that nobody foresaw; the page is told no more than that there was one. */
  readonly onFault: (error: unknown) => void;
}

/** A running console. */
export interface ConsoleServer {
  /** `http://127.0.0.1:PORT/`, without key. */
  readonly address: string;
  /** The key of this run, for the address that the person is shown. */
  readonly key: string;
  /** A link that works once, for a browser's command line. */
  issueTicket(): string;
  /** Ends open requests and frees the port. */
  close(): Promise<void>;
}

/** A request carries one file; as JSON it is longer than on disk. */
const maxBodyBytes = 2 * MAX_FILE_BYTES;
const maxCandidates = 20;
/** Status changes come by the thousand while an index grows; a person reads ten a second at most. */
const statusEveryMs = 100;
const heartbeatMs = 15_000;

type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

/** Starts the page's server on 127.0.0.1. A port that is taken fails with the system's `EADDRINUSE`. */
export async function startConsoleServer(options: ConsoleServerOptions): Promise<ConsoleServer> {
  const access = new Access();
  const handle = createHandler(options, access);
  const server = createServer(
    { requestTimeout: 30_000, headersTimeout: 10_000, maxHeaderSize: 16 * 1024 },
    (request, response) => {
      void handle(request, response);
    },
  );
  await listen(server, options.port);
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/`,
    key: access.key,
    issueTicket: () => access.issueTicket(),
    close: () => closeServer(server),
  };
}

function createHandler(
  options: ConsoleServerOptions,
  access: Access,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { session, assets, language, telemetry } = options;
  const files = new ProjectFiles(options.root);
  const panel = new PanelDesk(options);

  const routes: Readonly<Record<string, Handler>> = {
    "GET /api/project": async (_request, response) => {
      const list = await files.list();
      const start = chooseFirstFile(list);
      const project: Project = {
        name: basename(options.root),
        files: list,
        status: session.status(),
        ...(start === undefined ? {} : { start }),
      };
      sendJson(response, 200, project);
    },
    "GET /api/file": async (_request, response, url) => {
      sendJson(response, 200, await files.read(pathOf(url)));
    },
    "PUT /api/file": async (request, response, url) => {
      const path = pathOf(url);
      const saved = await files.save(path, parseSave(await readJson(request)));
      session.changed(path);
      options.search.changed(path);
      sendJson(response, 200, saved);
    },
    "POST /api/panel": async (request, response) => {
      const { message, language: asked } = parsePanelRequest(await readJson(request));
      const abandoned = new AbortController();
      response.once("close", () => abandoned.abort());
      sendJson(response, 200, await panel.answer(message, asked, abandoned.signal));
    },
    "POST /api/used": async (request, response) => {
      const event = parseUse(await readJson(request));
      if (event === undefined) throw new Problem("bad-request", "This is no deed that is counted.");
      telemetry.count(event);
      sendJson(response, 200, {});
    },
    "POST /api/complete": async (request, response) => {
      const beganMs = performance.now();
      const question = parseQuestion(await readJson(request));
      const abandoned = new AbortController();
      // The page drops a request when the person types on; the engine need not finish it.
      response.once("close", () => abandoned.abort());
      const answer = await session.complete({ ...question, signal: abandoned.signal });
      countAnswer(telemetry, answer, performance.now() - beganMs);
      sendJson(response, 200, answer);
    },
    "GET /api/events": async (_request, response) => {
      streamStatus(session, response);
    },
  };

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    access.requireOwnPage(request);
    const url = parseAddress(request);
    if (url.pathname === "/api/enter" && request.method === "POST") {
      const ticket = fieldOf(await readJson(request), "ticket");
      sendJson(response, 200, { key: access.redeem(ticket) });
      return;
    }
    if (url.pathname.startsWith("/api/")) {
      access.requireKey(request);
      const handler = routes[`${request.method} ${url.pathname}`];
      if (!handler)
        throw new Problem("not-found", `There is no ${request.method} ${url.pathname} here.`);
      await handler(request, response, url);
      return;
    }
    if (request.method !== "GET" && request.method !== "HEAD")
      throw new Problem("bad-request", "The page is only read.");
    sendPage(assets, language, url.pathname, response);
  }

  return async (request, response) => {
    try {
      setCommonHeaders(response);
      await route(request, response);
    } catch (error) {
      // The page left in the middle of its request: nobody waits for an answer.
      if (response.destroyed) return;
      if (!(error instanceof Problem)) options.onFault(error);
      sendProblem(request, response, error);
    }
  };
}

function parseAddress({ url = "/" }: IncomingMessage): URL {
  try {
    return new URL(url, "http://127.0.0.1");
  } catch {
    throw new Problem("bad-request", "The address is malformed.");
  }
}

function setCommonHeaders(response: ServerResponse): void {
  response.setHeader("Cache-Control", "no-store");
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("Referrer-Policy", "no-referrer");
  response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
  response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
  response.setHeader("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
}

function sendPage(
  assets: Assets,
  language: Locale,
  pathname: string,
  response: ServerResponse,
): void {
  if (pathname === "/") {
    const { html, policy } = assets.document(language);
    response.setHeader("Content-Security-Policy", policy);
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.end(html);
    return;
  }
  const asset = assets.find(pathname.slice(1));
  if (!asset) throw new Problem("not-found", `There is no ${pathname} here.`);
  response.setHeader("Content-Type", asset.type);
  response.end(asset.bytes);
}

function streamStatus(session: Session, response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  let waiting: NodeJS.Timeout | undefined;
  const send = (status: Status): void => {
    response.write(`event: status\ndata: ${JSON.stringify(status)}\n\n`);
  };
  send(session.status());
  const stop = session.onStatus(() => {
    waiting ??= setTimeout(() => {
      waiting = undefined;
      send(session.status());
    }, statusEveryMs);
  });
  const heartbeat = setInterval(() => response.write(":\n\n"), heartbeatMs);
  response.once("close", () => {
    stop();
    clearTimeout(waiting);
    clearInterval(heartbeat);
  });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed) return;
  response.writeHead(status, { "Content-Type": "application/json; charset=utf-8" });
  response.end(JSON.stringify(body));
}

function sendProblem(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  // The detail of an unforeseen error may hold a path or a line of code: it is not for the wire.
  const problem =
    error instanceof Problem
      ? error
      : new Problem(
          "failed",
          "The request failed inside the program. Its terminal says why; try again.",
        );
  if (response.headersSent) {
    response.destroy();
    return;
  }
  // What is left of a body that was refused is not read: the connection ends with the answer.
  if (!request.complete) response.setHeader("Connection", "close");
  sendJson(response, statusOf[problem.code], problem.toBody());
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) {
    throw new Problem("bad-request", "The body must be application/json.");
  }
  const tooLarge = new Problem(
    "too-large",
    `A request may hold ${maxBodyBytes / 1024 / 1024} MiB at most.`,
  );
  if (Number(request.headers["content-length"] ?? 0) > maxBodyBytes) throw tooLarge;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw tooLarge;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown;
  } catch {
    throw new Problem("bad-request", "The body is not JSON.");
  }
}

function pathOf(url: URL): string {
  const path = url.searchParams.get("path");
  if (path === null) throw new Problem("bad-request", "The parameter 'path' is missing.");
  return path;
}

function parseSave(body: unknown): { text: string; version: string | null } {
  if (
    !isRecord(body) ||
    typeof body["text"] !== "string" ||
    (typeof body["version"] !== "string" && body["version"] !== null)
  ) {
    throw new Problem("bad-request", "A save holds 'text' and 'version'.");
  }
  return { text: body["text"], version: body["version"] };
}

function parsePanelRequest(body: unknown): {
  message: NonNullable<ReturnType<typeof parsePanelMessage>>;
  language: Locale;
} {
  const message = isRecord(body) ? parsePanelMessage(body["message"]) : undefined;
  if (message === undefined)
    throw new Problem("bad-request", "The field 'message' is no message of the panel.");
  return { message, language: isRecord(body) && body["language"] === "zh" ? "zh" : "en" };
}

function parseQuestion(body: unknown): {
  path: string;
  text: string;
  offset: number;
  limit: number;
  explicit: boolean;
} {
  const path = fieldOf(body, "path");
  const text = fieldOf(body, "text");
  const { offset, limit = 5, explicit = false } = body as Record<string, unknown>;
  const isCount = (value: unknown, most: number): value is number =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) <= most;
  if (
    !isCount(offset, text.length) ||
    !isCount(limit, maxCandidates) ||
    typeof explicit !== "boolean"
  ) {
    throw new Problem(
      "bad-request",
      `'offset' lies within 'text', 'limit' is ${maxCandidates} at most, 'explicit' is true or false.`,
    );
  }
  return { path, text, offset, limit, explicit };
}

function fieldOf(body: unknown, name: string): string {
  const value = isRecord(body) ? body[name] : undefined;
  if (typeof value !== "string")
    throw new Problem("bad-request", `The field '${name}' is missing.`);
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeAllConnections();
  });
}
