/** The daemon's debugging port: takes a plugin's registration in its order, then asks it things. */
import { createServer, type Server, type Socket } from "node:net";
import { LineCutter } from "../protocol.ts";
import { Invocations, lineLimitBytes } from "./invocations.ts";

/** What the port accepts. */
export interface DebuggingDaemonOptions {
  readonly key: string;
  /** Default 10 000 ms, as in the daemon. */
  readonly handshakeMs?: number;
}

/** What a plugin said of itself. */
export interface Registration {
  readonly manifest: unknown;
  readonly models: unknown;
  readonly assets: ReadonlyMap<string, Uint8Array>;
}

/** A plugin that has registered; `drop` breaks its connection. */
export interface ConnectedPlugin {
  readonly registration: Registration;
  readonly invocations: Invocations;
  /** Breaks the connection. */
  readonly drop: () => void;
}

const assetLimitBytes = 50 * 1024 * 1024;

/** Listens on loopback. */
export class DebuggingDaemon {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #arrived: ConnectedPlugin[] = [];
  #waiting: ((plugin: ConnectedPlugin) => void)[] = [];

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  /** Opens the port; 0 chooses a free one. */
  static async listen(options: DebuggingDaemonOptions, port = 0): Promise<DebuggingDaemon> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    const address = server.address();
    const daemon = new DebuggingDaemon(
      server,
      typeof address === "object" && address !== null ? address.port : port,
    );
    server.on("connection", (socket) => {
      daemon.#sockets.add(socket);
      socket.on("close", () => daemon.#sockets.delete(socket));
      socket.on("error", () => undefined);
      void daemon.#serve(socket, options);
    });
    return daemon;
  }

  /** The next plugin that registers. */
  async nextPlugin(): Promise<ConnectedPlugin> {
    return this.#arrived.shift() ?? new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Closes the port and every connection. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(socket: Socket, options: DebuggingDaemonOptions): Promise<void> {
    const refuse = (sentence: string): void => void socket.end(`${sentence}\n`);
    const limit = setTimeout(() => socket.destroy(), options.handshakeMs ?? 10_000);
    const invocations = new Invocations((line) => void socket.write(line));
    const chunks = new Map<string, Uint8Array[]>();
    const assets = new Map<string, Uint8Array>();
    let assetBytes = 0;
    let manifest: unknown;
    let models: unknown;
    let trusted = false;
    let registered = false;
    try {
      for await (const line of linesOf(socket)) {
        if (registered) {
          invocations.accept(line);
          continue;
        }
        const message: unknown = JSON.parse(line);
        if (!isMessage(message)) return refuse("handshake failed, invalid handshake message");
        const { type, data } = message;
        if (!trusted && type !== "handshake") return refuse("handshake required");
        switch (type) {
          case "handshake":
            if (data["key"] !== options.key) return refuse("handshake failed, invalid key");
            clearTimeout(limit);
            trusted = true;
            break;
          case "manifest_declaration":
            if (manifest !== undefined) return refuse("declaration already registered");
            manifest = data;
            break;
          case "model_declaration":
            if (manifest === undefined) return refuse("declaration not registered");
            models = data;
            break;
          case "asset_chunk": {
            const name = String(data["filename"]);
            const bytes = Buffer.from(String(data["data"]), "base64");
            assetBytes += bytes.length;
            if (assetBytes > assetLimitBytes) return refuse("too many assets");
            chunks.set(name, [...(chunks.get(name) ?? []), bytes]);
            if (data["end"] === true) assets.set(name, Buffer.concat(chunks.get(name) ?? []));
            break;
          }
          case "end": {
            if (manifest === undefined || models === undefined) return refuse("no plugin declared");
            registered = true;
            const plugin = {
              registration: { manifest, models, assets },
              invocations,
              drop: () => void socket.destroy(),
            };
            const next = this.#waiting.shift();
            if (next === undefined) this.#arrived.push(plugin);
            else next(plugin);
            break;
          }
          default:
            return refuse(`unknown registration ${type}`);
        }
      }
    } catch {
      socket.destroy(); // a reset, or a line beyond the limit: the daemon hangs up
    } finally {
      clearTimeout(limit);
      invocations.fail("the plugin disconnected");
    }
  }
}

async function* linesOf(socket: Socket): AsyncGenerator<string, void, undefined> {
  const cutter = new LineCutter(lineLimitBytes);
  for await (const bytes of socket as AsyncIterable<Uint8Array>) yield* cutter.push(bytes);
}

function isMessage(value: unknown): value is { type: string; data: Record<string, unknown> } {
  return (
    typeof value === "object" &&
    value !== null &&
    "type" in value &&
    typeof value.type === "string" &&
    "data" in value &&
    typeof value.data === "object"
  );
}
