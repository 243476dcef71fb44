/** The remote transport: the plugin runs anywhere and dials a Dify's debugging port; used while developing. */
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Declaration } from "./declaration.ts";
import { LineCutter } from "./protocol.ts";
import { Sessions, type Plugin, type SendLine, type SessionOptions } from "./session.ts";
import { createSender } from "./stdio.ts";

/** Which Dify to dial, as what. */
export interface RemoteOptions extends SessionOptions {
  readonly host: string;
  readonly port: number;
  /** From Dify's "Debug plugin" panel; valid for two hours. */
  readonly key: string;
  readonly declaration: Declaration;
  /** Ends the service. */
  readonly signal?: AbortSignal;
  /** Told what happens to the connection; nothing by default. */
  readonly onState?: (state: RemoteState) => void;
}

/** What became of the connection. */
export type RemoteState =
  | { readonly kind: "connected" }
  | { readonly kind: "lost"; readonly retryInMs: number }
  /** Dify's own sentence: a wrong key, or a declaration it does not accept. */
  | { readonly kind: "refused"; readonly reason: string };

const assetChunkBytes = 8192;
const firstRetryMs = 1_000;
const longestRetryMs = 30_000;

/**
 * Dials, registers, serves, and dials again with growing waits when the connection is lost. Returns when the signal aborts
 * or Dify refuses the registration (then after `onState` said why): dialling again would not help.
 */
export async function serveRemote(plugin: Plugin, options: RemoteOptions): Promise<void> {
  const report = options.onState ?? (() => undefined);
  let retryMs = firstRetryMs;
  while (!options.signal?.aborted) {
    const outcome = await serveConnection(plugin, options, () => {
      retryMs = firstRetryMs;
      report({ kind: "connected" });
    });
    if (options.signal?.aborted) return;
    if (outcome !== null) return report({ kind: "refused", reason: outcome });
    report({ kind: "lost", retryInMs: retryMs });
    await delay(
      retryMs,
      undefined,
      options.signal === undefined ? {} : { signal: options.signal },
    ).catch(() => undefined);
    retryMs = Math.min(retryMs * 2, longestRetryMs);
  }
}

/** One connection, to its end. Returns the reason when Dify refused it, null when it broke. */
async function serveConnection(
  plugin: Plugin,
  options: RemoteOptions,
  onConnected: () => void,
): Promise<string | null> {
  const socket = connect({ host: options.host, port: options.port, noDelay: true });
  const onAbort = (): void => void socket.destroy();
  options.signal?.addEventListener("abort", onAbort, { once: true });
  const send = createSender(socket);
  const sessions = new Sessions(plugin, send, options);
  try {
    await new Promise<void>((resolve, reject) =>
      socket.once("connect", resolve).once("error", reject),
    );
    // Read while we register: a refusal may come, and the socket close, before everything is written.
    const refusal = readRequests(socket, sessions);
    const registration = register(send, options).then(() => sessions.startHeart());
    await Promise.race([registration.then(onConnected), refusal]);
    return await refusal;
  } catch {
    return null; // unreachable, reset or timed out: all the same to the caller, who dials again
  } finally {
    sessions.close();
    options.signal?.removeEventListener("abort", onAbort);
    socket.destroy();
  }
}

async function register(send: SendLine, { key, declaration }: RemoteOptions): Promise<void> {
  for (const line of registrationLines(key, declaration)) await send(line);
}

/** Serves what arrives until the connection closes. A refusal is one line of plain text; everything else is JSON. */
function readRequests(socket: Socket, sessions: Sessions): Promise<string | null> {
  const cutter = new LineCutter();
  return new Promise((resolve) => {
    const accept = (line: string): void => {
      if (line.startsWith("{")) sessions.accept(line);
      else resolve(line.slice(0, 500));
    };
    socket.on("data", (bytes: Uint8Array) => cutter.push(bytes).forEach(accept));
    socket.on("end", () => cutter.end().forEach(accept));
    // A reset connection ends like a closed one.
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(null));
  });
}

/** What a plugin says of itself before the daemon lets it in. */
function* registrationLines(key: string, declaration: Declaration): Generator<string> {
  const line = (type: string, data: unknown): string => `${JSON.stringify({ type, data })}\n`;
  yield line("handshake", { key });
  yield line("manifest_declaration", declaration.manifest);
  for (const [kind, providers] of Object.entries(declaration.providers)) {
    if (providers.length > 0) yield line(`${kind}_declaration`, providers);
  }
  for (const [filename, content] of Object.entries(declaration.assets)) {
    for (let offset = 0; offset === 0 || offset < content.length; offset += assetChunkBytes) {
      const chunk = content.subarray(offset, offset + assetChunkBytes);
      yield line("asset_chunk", {
        filename,
        data: Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("base64"),
        end: offset + assetChunkBytes >= content.length,
      });
    }
  }
  yield line("end", {});
}
