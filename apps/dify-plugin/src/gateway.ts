/**
 * The one way out: a call goes to the configured endpoint, under a permit, signed last, and comes back as values.
 */
import type { Context } from "@cloud-code/dify-sdk";
import {
  ModelError,
  parseJson,
  readEvents,
  readText,
  send,
  type Call,
  type Endpoint,
  type EventReader,
  type Operation,
  type Reply,
} from "@cloud-code/models";
import { decide, strictest, type ItemKey } from "@cloud-code/policy";
import { toFailure, toPluginError } from "./failure.ts";
import type { Proxies } from "./proxy.ts";
import type { Connection } from "./settings.ts";

/** What is sent, and what is in it. */
export interface Exchange {
  readonly connection: Connection;
  /** Every datum in the call beside the credentials; see the inventory. */
  readonly items: readonly ItemKey[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks the configured endpoint. Everything it throws is a PluginError in the words of `failure.ts`. */
export interface Gateway {
  /** Asks and reads the whole answer. */
  ask<Request, Answer>(
    operation: Operation<Request, Answer, unknown>,
    request: Request,
    exchange: Exchange,
    context: Context,
  ): Promise<Answer>;
  /** Asks and reads the answer as it is made. Leaving the loop ends the call at the gateway. */
  follow<Request, Chunk>(
    operation: { call(request: Request): Call; stream?(): EventReader<Chunk> },
    request: Request,
    exchange: Exchange,
    context: Context,
  ): AsyncGenerator<Chunk, void, undefined>;
  /** Asks and hands on the answer's bytes as they come. */
  bytes<Request>(
    operation: { call(request: Request): Call },
    request: Request,
    exchange: Exchange,
    context: Context,
  ): AsyncGenerator<Uint8Array, void, undefined>;
}

/** What the gateway needs of the world. */
export interface GatewayOptions {
  readonly proxies: Proxies;
  /** Default: the present. */
  readonly nowMs?: () => number;
}

// Models think for minutes before the first word, and some pause as long within an answer.
const timeouts = { connectMs: 10_000, firstByteMs: 300_000, idleMs: 300_000 };

/** Makes the way out. */
export function createGateway(options: GatewayOptions): Gateway {
  const nowMs = options.nowMs ?? Date.now;

  /** @throws ModelError or PluginError. */
  async function open(
    call: Call,
    { connection, items, headers }: Exchange,
    context: Context,
  ): Promise<Reply> {
    const { origin } = connection.url;
    const carried: readonly ItemKey[] = [
      ...items,
      "gateway.model-parameters",
      "gateway.credentials",
    ];
    const now = nowMs();
    const decision = decide({
      items: carried,
      purpose: "relay",
      destination: { recipient: "configured-service", origin },
      circumstances: { ...strictest, plainHttpOrigins: connection.allowPlainHttp ? [origin] : [] },
      collectedSinceMs: now,
      nowMs: now,
    });
    if (decision.kind === "denied")
      throw new ModelError(
        decision.because === "not-encrypted" ? "INSECURE_ENDPOINT" : "UNSUPPORTED",
        "Not permitted.",
      );
    const agent = options.proxies.agentFor(connection.url);
    const endpoint: Endpoint = {
      root: connection.url.href,
      credential: connection.credential,
      allowPlainHttp: connection.allowPlainHttp,
      ...(headers === undefined ? {} : { headers }),
      ...(agent === undefined ? {} : { agent }),
    };
    const reply = await send(
      { call, endpoint, items: carried, purpose: "relay", signal: context.signal, timeouts },
      decision.permit,
    );
    if (reply.status < 200 || reply.status >= 300) throw await toFailure(reply);
    return reply;
  }

  return {
    async ask(operation, request, exchange, context) {
      try {
        const reply = await open(operation.call(request), exchange, context);
        return operation.parse(parseJson(await readText(reply)));
      } catch (error) {
        throw whileOpen(error, context);
      }
    },

    async *follow(operation, request, exchange, context) {
      try {
        const reader = operation.stream?.();
        if (reader === undefined)
          throw new ModelError("UNSUPPORTED", "Not streamed.", { param: "stream" });
        const reply = await open(operation.call(request), exchange, context);
        let events = 0;
        for await (const { event, data } of readEvents(reply.body)) {
          events += 1;
          for (const one of separate(data)) yield* reader.push({ event, data: one });
        }
        // A web page, or an answer that is no stream: parsed by the standard, both are nothing at all.
        if (events === 0) throw new ModelError("INVALID_RESPONSE", "No events.");
        yield* reader.finish();
      } catch (error) {
        throw whileOpen(error, context);
      }
    },

    async *bytes(operation, request, exchange, context) {
      try {
        const reply = await open(operation.call(request), exchange, context);
        yield* reply.body;
      } catch (error) {
        throw whileOpen(error, context);
      }
    },
  };
}

/** An abort is the caller's own doing and keeps its reason; everything else gets the words of `failure.ts`. */
function whileOpen(error: unknown, context: Context): unknown {
  return context.signal.aborted ? context.signal.reason : toPluginError(error);
}

/**
 * Some servers put a line break, not an empty line, between two events. By the standard that is one event of several lines;
 * when each line is JSON by itself, it was meant as several.
 */
function separate(data: string): string[] {
  if (!data.includes("\n")) return [data];
  const lines = data.split("\n").filter((line) => line.trim() !== "");
  return lines.every((line) => line.trim() === "[DONE]" || /^\{.*\}$/.test(line.trim()))
    ? lines
    : [data];
}
