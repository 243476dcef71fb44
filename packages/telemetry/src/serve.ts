import { createServer as createPlain, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecure, type Server as SecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";

/** Where a receiver listens. */
export interface ServeOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Certificate chain and key in PEM; without them it is plain HTTP, for a proxy in front that does the encryption. */
  readonly tls?: Tls;
}

/** A certificate chain and its key, in PEM. */
export interface Tls {
  readonly certificate: string;
  readonly key: string;
}

/** A receiver that listens. */
export interface RunningReceiver {
  readonly port: number;
  /** Takes a renewed certificate without a break. */
  renew(tls: Tls): void;
  /** Finishes what is under way and frees the port. */
  close(): Promise<void>;
}

/** A report is small and a sender sends one: whoever is slow gives the connection back. */
const limits = {
  requestTimeout: 20_000,
  headersTimeout: 10_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 8 * 1024,
};

/**
 * Listens with a handler of requests. The handler sees method, path, content type and body, and nothing that says where a request came
 * from. Rejects with the system's error when the port cannot be had.
 */
export async function serve(
  handle: (request: Request) => Promise<Response>,
  { host, port, tls }: ServeOptions,
): Promise<RunningReceiver> {
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    void answer(handle, incoming, outgoing);
  };
  const secure =
    tls === undefined
      ? undefined
      : createSecure({ ...limits, cert: tls.certificate, key: tls.key }, listener);
  const server = secure ?? createPlain(limits, listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    renew: (renewed) => renewCertificate(secure, renewed),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

function renewCertificate(server: SecureServer | undefined, { certificate, key }: Tls): void {
  server?.setSecureContext({ cert: certificate, key });
}

async function answer(
  handle: (request: Request) => Promise<Response>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  try {
    const response = await handle(toRequest(incoming));
    outgoing.statusCode = response.status;
    response.headers.forEach((value, name) => outgoing.setHeader(name, value));
    outgoing.setHeader("Cache-Control", "no-store");
    // What is left of a body that was refused is not read: the connection ends with the answer.
    if (!incoming.complete) outgoing.setHeader("Connection", "close");
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  } catch {
    // A request that is none, or a connection that broke: nobody is left to be told, and its text is not for a log.
    outgoing.destroy();
  }
}

function toRequest(incoming: IncomingMessage): Request {
  const method = incoming.method ?? "GET";
  const type = incoming.headers["content-type"];
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(new URL(incoming.url ?? "/", "https://receiver.invalid"), {
    method,
    headers: type === undefined ? {} : { "Content-Type": type },
    ...(hasBody ? { body: Readable.toWeb(incoming) as ReadableStream, duplex: "half" } : {}),
  });
}
