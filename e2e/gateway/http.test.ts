/** HTTP's finer points, as clients and providers of every kind use them: kept connections, early answers, other protocols. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer as createRawServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectSecurely } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Gateway } from "@cloud-code/gateway";
import { Provider } from "./provider.ts";
import { key, keyHash, startGateway, usualConfig } from "./start.ts";

let provider: Provider;
let gateway: Gateway;
let url = "";
const cleanups: (() => unknown)[] = [];

beforeAll(async () => {
  provider = await new Provider().listen();
  ({ gateway, url } = await startGateway(
    usualConfig(
      provider.url,
      "limits: { replayBytes: 20000, peekBytes: 100000, bodyBytes: 100000000, bodyIdleMs: 300 }",
    ),
  ));
});
afterAll(async () => {
  await gateway.stop();
  await provider.close();
  for (const cleanup of cleanups.toReversed()) await cleanup();
});

const authorization = `authorization: Bearer ${key}\r\n`;
const post = (headers: string, path = "/v1/chat/completions"): string =>
  `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${headers}\r\n`;
const chat = '{"model":"m","messages":[]}';

/** What a connection receives from the gateway, until it shows what is waited for. */
class Wire {
  readonly socket: Socket;
  text = "";
  closed = false;
  failed = false;

  constructor(socket: Socket = connect(Number(new URL(url).port), "127.0.0.1")) {
    this.socket = socket;
    socket
      .on("data", (piece: Buffer) => (this.text += piece.toString("latin1")))
      .on("error", () => (this.failed = true))
      .on("close", () => (this.closed = true));
    cleanups.push(() => socket.destroy());
  }

  write(text: string | Buffer): this {
    this.socket.write(text);
    return this;
  }

  /** The text, once it shows this; throws when the connection closed before. */
  async shows(expected: RegExp): Promise<string> {
    while (!expected.test(this.text)) {
      if (this.closed) throw new Error(`closed after: ${this.text}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.text;
  }

  async ends(): Promise<string> {
    while (!this.closed) await new Promise((resolve) => setTimeout(resolve, 5));
    return this.text;
  }
}

/** The usual configuration behind TLS, with a certificate of its own. */
function secureConfig(more = ""): string {
  const path = mkdtempSync(join(tmpdir(), "gateway-http-"));
  cleanups.push(() => rmSync(path, { recursive: true }));
  const [certificate, secret] = [join(path, "cert.pem"), join(path, "key.pem")];
  const made = spawnSync(
    "openssl",
    `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -keyout ${secret} -out ${certificate}`.split(
      " ",
    ),
  );
  if (made.status !== 0) throw new Error(String(made.stderr));
  return usualConfig(provider.url, more).replace(
    "{ port: 0 }",
    `{ port: 0, tls: { certificate: ${certificate}, key: ${secret} } }`,
  );
}

describe("an answer before the request has arrived", () => {
  it("reaches a caller who sends everything before it reads", async () => {
    const body = Buffer.alloc(20_000_000, "x");
    const wire = new Wire();
    wire.socket.pause();
    await new Promise<void>((resolve) => {
      wire.socket.on("error", () => resolve());
      wire.socket.write(post(`content-length: ${body.length}\r\n`));
      wire.socket.write(body, () => resolve());
    });
    wire.socket.resume();
    expect(await wire.ends()).toMatch(/^HTTP\/1.1 401 [^]*missing_credentials/);
    expect(wire.failed).toBe(false);
  });
  it("keeps the connection when little is left of the request", async () => {
    const wire = new Wire();
    wire.write(post(`content-length: ${chat.length}\r\n`) + chat);
    await wire.shows(/^HTTP\/1.1 401 [^]*}$/);
    wire.write(post(`${authorization}content-length: ${chat.length}\r\n`) + chat);
    expect(await wire.shows(/HTTP\/1.1 200 /)).not.toMatch(/connection: close/i);
  });
  it("does not hold a connection for a body that never comes, wherever it was sent", async () => {
    const long = "content-length: 1000000\r\n";
    expect(await new Wire().write(post(long)).ends()).toMatch(/^HTTP\/1.1 401 /);
    expect(await new Wire().write(post(long, "/nowhere")).ends()).toMatch(/^HTTP\/1.1 404 /);
    expect(await new Wire().write(post(long, "/v1/models")).ends()).toMatch(
      /^HTTP\/1.1 405 [^]*allow: GET, HEAD/,
    );
  });
  it("comes before the body when the caller asked for that, and else the body is asked for", async () => {
    const expecting = `content-length: ${chat.length}\r\nexpect: 100-continue\r\n`;
    expect(await new Wire().write(post(expecting)).shows(/HTTP/)).toMatch(/^HTTP\/1.1 401 /);
    const wire = new Wire().write(post(authorization + expecting));
    expect(await wire.shows(/\r\n\r\n/)).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    await wire.write(chat).shows(/HTTP\/1.1 200 /);
  });
});

describe("a body", () => {
  it("that stops arriving while it streams through ends the request", async () => {
    const head = '{"model":"m","messages":[{"role":"user","content":"';
    const wire = new Wire().write(
      post(`${authorization}content-length: 1000000\r\n`) + head + "x".repeat(200_000),
    );
    expect(await wire.ends()).toMatch(/^HTTP\/1.1 408 [^]*body_timeout/);
  });
});

describe("a caller that says nothing", () => {
  it("does not hold a connection, plain or over TLS", async () => {
    const quick = "limits: { headersMs: 300 }";
    const plain = await startGateway(usualConfig(provider.url, quick));
    const secure = await startGateway(secureConfig(quick));
    cleanups.push(
      () => plain.gateway.stop(),
      () => secure.gateway.stop(),
    );
    for (const { gateway: one } of [plain, secure])
      await new Wire(connect(one.ports[0] ?? 0, "127.0.0.1")).ends();
    const greeted = connectSecurely({
      port: secure.gateway.ports[0] ?? 0,
      rejectUnauthorized: false,
    });
    expect(await new Wire(greeted).ends()).toMatch(/^HTTP\/1.1 408 /);
  });
});

describe("a caller that asks for another protocol", () => {
  const upgrading =
    "connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAEAAEAAAAIAAAAB\r\n";
  it("is answered as if it had not, as Java's HTTP client expects", async () => {
    const wire = new Wire();
    for (const turn of [1, 2]) {
      wire.text = "";
      wire.write(post(`${upgrading}${authorization}content-length: ${chat.length}\r\n`) + chat);
      expect([turn, await wire.shows(/"total_tokens":16/)]).toEqual([
        turn,
        expect.stringMatching(/^HTTP\/1.1 200 /),
      ]);
    }
    expect(provider.seen.at(-1)?.body.toString()).toBe(chat);
    expect(provider.seen.at(-1)?.headers).not.toHaveProperty("http2-settings");
  });
  it("is answered over TLS too", async () => {
    const secure = await startGateway(secureConfig());
    cleanups.push(() => secure.gateway.stop());
    const port = secure.gateway.ports[0] ?? 0;
    const wire = new Wire(connectSecurely({ port, rejectUnauthorized: false }));
    wire.write(post(`${upgrading}${authorization}content-length: ${chat.length}\r\n`) + chat);
    expect(await wire.shows(/"total_tokens":16/)).toMatch(/^HTTP\/1.1 200 /);
  });
});

describe("a provider that closes a kept connection just as it is used", () => {
  /** Answers the first request of each connection, and closes it at the second without a word. */
  async function startForgetful(): Promise<{ port: number; connections: () => number }> {
    let connections = 0;
    const server = createRawServer((socket) => {
      connections += 1;
      let requests = 0;
      socket
        .on("error", () => undefined)
        .on("data", (piece: Buffer) => {
          if (!piece.toString("latin1").startsWith("POST ")) return;
          requests += 1;
          if (requests > 1) socket.destroy();
          else
            socket.write(
              'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 14\r\n\r\n{"kept": true}',
            );
        });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    cleanups.push(() => server.close());
    return { port: (server.address() as AddressInfo).port, connections: () => connections };
  }
  it("is asked again over a new one, and neither replaced nor counted as failing", async () => {
    const { port, connections } = await startForgetful();
    const one = await startGateway(`
listen: [{ port: 0 }]
upstreams:
  forgetful: { kind: openai, baseUrl: "http://127.0.0.1:${port}/v1", circuit: { failures: 1 } }
  spare: { kind: openai, baseUrl: "${provider.url}/v1" }
models:
  m: { targets: [{ upstream: forgetful }], fallback: [other], maxAttempts: 1 }
  other: spare
consumers: [{ name: alice, keys: [{ sha256: ${keyHash} }] }]
`);
    cleanups.push(() => one.gateway.stop());
    const ask = async (path: string): Promise<[number, string]> => {
      const reply = await fetch(`${one.url}${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}` },
        body: chat,
      });
      return [reply.status, await reply.text()];
    };
    for (let count = 1; count <= 6; count += 1)
      expect(await ask("/v1/chat/completions")).toEqual([200, '{"kept": true}']);
    expect(connections()).toBe(6);
  });
});

describe("without a key", () => {
  it("programs of this machine are served, and pages of other sites are not", async () => {
    const open = await startGateway(
      usualConfig(provider.url, "  - { name: anyone, anonymous: true }\n"),
    );
    cleanups.push(() => open.gateway.stop());
    const port = open.gateway.ports[0] ?? 0;
    const ask = async (headers: string, method = "POST /v1/chat/completions"): Promise<string> => {
      const wire = new Wire(connect(port, "127.0.0.1")).write(
        `${method} HTTP/1.1\r\n${headers}connection: close\r\ncontent-length: ${chat.length}\r\n\r\n${chat}`,
      );
      return wire.ends();
    };
    for (const good of [
      `host: 127.0.0.1:${port}\r\n`,
      `host: localhost:${port}\r\n`,
      `host: [::1]:${port}\r\n`,
      `host: localhost\r\norigin: http://localhost:3000\r\n`,
      `host: evil.example\r\n${authorization}`,
    ])
      expect([good, await ask(good)]).toEqual([good, expect.stringMatching(/^HTTP\/1.1 200 /)]);
    for (const bad of [
      `host: evil.example:${port}\r\n`,
      `host: 127.0.0.1.evil.example\r\n`,
      `host: localhost\r\norigin: https://evil.example\r\n`,
      `host: localhost\r\norigin: null\r\n`,
    ])
      expect([bad, await ask(bad)]).toEqual([
        bad,
        expect.stringMatching(/^HTTP\/1.1 403 [^]*foreign_site/),
      ]);
    expect(await ask("host: localhost\r\n", "GET /metrics")).toMatch(/^HTTP\/1.1 200 /);
    expect(await ask("host: evil.example\r\n", "GET /metrics")).toMatch(/^HTTP\/1.1 401 /);
  });
});
