/** A collector of traces on loopback that takes what OTLP over HTTP in JSON documents, and refuses everything else. */
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly status: { readonly code?: number };
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly durationMs: number;
}

export class Collector {
  readonly spans: Span[] = [];
  /** Everything that arrived, as bytes. */
  readonly bodies: Buffer[] = [];
  readonly headers: IncomingHttpHeaders[] = [];
  /** What was wrong with what arrived. */
  readonly faults: string[] = [];
  /** Statuses to answer with before it takes anything. */
  refusals: number[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", () => {
        const body = Buffer.concat(pieces);
        this.bodies.push(body);
        this.headers.push(request.headers);
        const refusal = this.refusals.shift();
        if (refusal !== undefined) {
          response.writeHead(refusal, { "content-type": "application/json", "retry-after": "1" });
          response.end('{"code":14,"message":"later"}');
          return;
        }
        try {
          if (request.method !== "POST" || request.url !== "/v1/traces")
            throw new Error(`${request.method ?? ""} ${request.url ?? ""}`);
          if (request.headers["content-type"] !== "application/json") throw new Error("media type");
          this.spans.push(...readSpans(JSON.parse(body.toString("utf8"))));
          response.writeHead(200, { "content-type": "application/json" }).end("{}");
        } catch (error) {
          this.faults.push(String(error));
          response.writeHead(400).end();
        }
      });
    });
  }

  listen(): Promise<this> {
    return new Promise((resolve) => this.#server.listen(0, "127.0.0.1", () => resolve(this)));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1/traces`;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

// ExportTraceServiceRequest of opentelemetry-proto 1.x; JSON names in lowerCamelCase, unknown ones refused here on purpose.
function readSpans(body: unknown): Span[] {
  return list(body, "resourceSpans").flatMap((resourceSpans) => {
    only(resourceSpans, ["resource", "scopeSpans"]);
    const resource = object(resourceSpans, "resource");
    only(resource, ["attributes"]);
    if (readAttributes(list(resource, "attributes"))["service.name"] === undefined)
      throw new Error("no service.name");
    return list(resourceSpans, "scopeSpans").flatMap((scopeSpans) => {
      only(scopeSpans, ["scope", "spans"]);
      only(object(scopeSpans, "scope"), ["name", "version"]);
      return list(scopeSpans, "spans").map(readSpan);
    });
  });
}

function readSpan(given: unknown): Span {
  only(given, [
    "traceId",
    "spanId",
    "parentSpanId",
    "name",
    "kind",
    "startTimeUnixNano",
    "endTimeUnixNano",
    "attributes",
    "status",
  ]);
  const span = given as Record<string, string> & { kind: number; status: { code?: number } };
  const fits = (name: string, shape: RegExp): void => {
    if (typeof span[name] !== "string" || !shape.test(span[name])) throw new Error(name);
  };
  fits("traceId", /^(?!0+$)[0-9a-f]{32}$/);
  fits("spanId", /^(?!0+$)[0-9a-f]{16}$/);
  if (span["parentSpanId"] !== undefined) fits("parentSpanId", /^(?!0+$)[0-9a-f]{16}$/);
  fits("name", /^.{1,200}$/);
  fits("startTimeUnixNano", /^\d{19}$/);
  fits("endTimeUnixNano", /^\d{19}$/);
  if (![1, 2, 3, 4, 5].includes(span.kind)) throw new Error("kind");
  only(span.status, ["code", "message"]);
  if (![undefined, 0, 1, 2].includes(span.status.code)) throw new Error("status");
  const elapsed = BigInt(span["endTimeUnixNano"] ?? 0) - BigInt(span["startTimeUnixNano"] ?? 0);
  if (elapsed < 0n) throw new Error("ends before it starts");
  return {
    ...(given as Span),
    attributes: readAttributes(list(given, "attributes")),
    durationMs: Number(elapsed) / 1e6,
  };
}

function readAttributes(given: readonly unknown[]): Record<string, string | number | boolean> {
  return Object.fromEntries(
    given.map((one) => {
      only(one, ["key", "value"]);
      const { key, value } = one as { key: string; value: Record<string, unknown> };
      const [[kind, held] = ["", undefined]] = Object.entries(value);
      if (kind === "stringValue" && typeof held === "string") return [key, held];
      if (kind === "boolValue" && typeof held === "boolean") return [key, held];
      if (kind === "doubleValue" && typeof held === "number") return [key, held];
      if (kind === "intValue" && typeof held === "string" && /^-?\d+$/.test(held))
        return [key, Number(held)];
      throw new Error(`value of ${key}`);
    }),
  );
}

function list(given: unknown, name: string): unknown[] {
  const found = (given as Record<string, unknown>)[name];
  if (!Array.isArray(found)) throw new Error(name);
  return found as unknown[];
}

function object(given: unknown, name: string): object {
  const found = (given as Record<string, unknown>)[name];
  if (typeof found !== "object" || found === null) throw new Error(name);
  return found;
}

function only(given: unknown, names: readonly string[]): void {
  if (typeof given !== "object" || given === null) throw new Error("not an object");
  const foreign = Object.keys(given).find((name) => !names.includes(name));
  if (foreign !== undefined) throw new Error(`unknown field ${foreign}`);
}
