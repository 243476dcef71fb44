import type { IncomingMessage } from "node:http";
import type { Transform } from "node:stream";
import { constants, createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import {
  EventParser,
  isObject,
  parseProviderError,
  type ProviderError,
  type SpeechChunk,
  type Task,
  type Transcript,
} from "@cloud-code/models";
import type { Dispatcher } from "undici";
import type { WebSocket } from "ws";
import type { RequestBody } from "./body.ts";
import { GatewayFailure, toFailure } from "./failure.ts";
import { isStale, type Outcome } from "./plan.ts";
import type { Route } from "./routes.ts";
import {
  type AnswerStream,
  isRelayed,
  type PlacedCall,
  type Target,
  translate,
  type Translation,
} from "./translate.ts";
import { type Departure, isBadCredential } from "./upstream.ts";
import { headerText, isEventStream, passedRequestHeaders, relayedHeaders } from "./headers.ts";
import { Conversation } from "./conversation.ts";
import {
  parseCollected,
  parseFirstEvent,
  parseRetryAfter,
  startsWithError,
  statusInStream,
} from "./refusal.ts";
import { createMeter, type Meter, type Metered } from "./usage.ts";
import { UsageFilter } from "./usagefilter.ts";

/** What an attempt needs of the one who asked. */
export interface Caller {
  readonly request: IncomingMessage;
  readonly route: Route;
  /** Sends the head of a good answer. */
  begin(status: number, headers: Record<string, string>): void;
  /** Sends a piece; false when the caller reads too slowly. Then nothing is to be written until `resume`. */
  write(piece: string | Uint8Array): boolean;
}

/** How an attempt ended. */
export interface AttemptEnd {
  /** Undefined when the caller left. */
  readonly outcome: Outcome | undefined;
  /** Undefined when the answer is complete. */
  readonly failure: GatewayFailure | undefined;
  /** The provider's own error answer, to be passed on as it is. */
  readonly raw: { readonly headers: Record<string, string>; readonly body: Buffer } | undefined;
  /** The answer's last bytes, still to be written: together with its end they cost one write. */
  readonly last: Uint8Array | string | undefined;
  readonly metered: Metered;
  /** Whether what was sent so far ends with a whole event of a stream. */
  readonly betweenEvents: boolean;
}

const noUsage: Metered = { usage: {}, estimated: false, failed: false };
const success: Outcome = { kind: "answered", status: 200, retryAfterSeconds: undefined };
/** An error answer is text; more of it is not read. */
const maxErrorBytes = 262_144;
/** A whole answer that has to be translated. */
const maxWholeBytes = 67_108_864;

/** One try at one target: sends the request, brings the answer back, says how it ended. */
export class Attempt implements Dispatcher.DispatchHandler {
  readonly #caller: Caller;
  readonly #target: Target;
  readonly #body: RequestBody;
  readonly #done: (end: AttemptEnd) => void;
  readonly #startedMs = performance.now();
  #controller: Dispatcher.DispatchController | undefined;
  #conversation: Pick<Conversation, "pause" | "resume" | "end" | "idleMs"> | undefined;
  #decoder: Transform | undefined;
  #translation: Translation | undefined;
  #stream: AnswerStream<{ event: string | undefined; data: string }> | undefined;
  #parser: EventParser | undefined;
  #meter: Meter | undefined;
  #filter: UsageFilter | undefined;
  #sent = false;
  #begun = false;
  #ended = false;
  #status = 0;
  #headers: Readonly<Record<string, string | string[] | undefined>> = {};
  #mode: "relay" | "events" | "whole" | "error" = "relay";
  #collected: Buffer[] = [];
  #collectedBytes = 0;
  /** The answer's last bytes. */
  #last: Uint8Array | string | undefined;
  /** The last four bytes that were relayed. */
  #tail = 0;
  /** Whether the provider's answer has ended, so that there is nothing to cancel. */
  #received = false;
  /** Whether the request was at fault, so that nothing is known of the provider. */
  #refused = false;
  #metered: Metered | undefined;

  constructor(caller: Caller, target: Target, body: RequestBody, done: (end: AttemptEnd) => void) {
    this.#caller = caller;
    this.#target = target;
    this.#body = body;
    this.#done = done;
  }

  /** Sets out. */
  start(): void {
    const { upstream } = this.#target;
    upstream.depart(Date.now());
    try {
      const { route } = this.#caller;
      if (isRelayed(route, this.#target, this.#body.has("suffix"))) {
        upstream.dispatch(this.#relayed(), this, (error) => this.#break(error));
        return;
      }
      const translation = translate(
        route,
        this.#target,
        this.#body.whole(),
        this.#caller.request.headers["content-type"] ?? "",
      );
      this.#translation = translation;
      if (translation.kind === "task")
        void this.#converse(translation.task, (chunk) => this.#finishTask(translation, chunk));
      else if (translation.kind === "audio-task") this.#speak(translation.task, translation.open());
      else
        upstream.dispatch(this.#translated(translation.call), this, (error) => this.#break(error));
    } catch (error) {
      this.#refuse(toFailure(error));
    }
  }

  /** The request cannot be sent as it is: no target will do better. */
  #refuse(failure: GatewayFailure): void {
    this.#refused = true;
    this.#end({ kind: "answered", status: 400, retryAfterSeconds: undefined }, failure);
  }

  /** Goes on after the caller has caught up. */
  resume(): void {
    if (this.#decoder !== undefined) this.#decoder.resume();
    else this.#controller?.resume();
    this.#conversation?.resume();
  }

  /** Ends what takes too long. */
  tick(nowMs: number): void {
    const { timeouts } = this.#target.upstream.settings;
    const total = nowMs - this.#startedMs > timeouts.totalMs;
    const idle = (this.#conversation?.idleMs(nowMs) ?? 0) > timeouts.idleMs;
    if (total || idle)
      this.#end(
        { kind: "broken", timeout: true, stale: false },
        new GatewayFailure("upstream_timeout"),
      );
  }

  /** The caller has left. */
  abort(): void {
    this.#end(undefined, undefined);
  }

  #relayed(): Departure {
    const { upstream, model } = this.#target;
    const { route, request } = this.#caller;
    const body = this.#body;
    const streams =
      body.field("stream") === true && (route.name === "chat" || route.name === "completions");
    const asks = upstream.settings.askForUsage && streams && body.has("stream_options") === false;
    if (asks) this.#filter = new UsageFilter();
    const sent = body.forUpstream(model, asks ? '"stream_options":{"include_usage":true},' : "");
    const headers: Record<string, string> = {};
    for (const name of passedRequestHeaders) {
      const value = request.headers[name];
      if (typeof value === "string") headers[name] = value;
    }
    // The length of what is there whole is seen by the connection itself.
    if (sent.length !== undefined && !Buffer.isBuffer(sent.body))
      headers["content-length"] = String(sent.length);
    return {
      path: upstream.pathOf(route.name) ?? "",
      headers,
      body: sent.body,
      items: route.items,
    };
  }

  #translated(call: PlacedCall): Departure {
    const headers: Record<string, string> = {
      ...call.headers,
      "content-length": String(Buffer.byteLength(call.body)),
    };
    return {
      path: call.path,
      headers,
      body: call.body,
      items: this.#caller.route.items,
      besideVersion: call.besideVersion === true,
    };
  }

  // -------------------------------------------------------------------------------------------------------------------
  // The provider's answer over HTTP

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#sent = true;
    if (this.#ended) controller.abort(new Error("the caller has left"));
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (this.#ended || status < 200) return;
    this.#status = status;
    this.#headers = headers;
    if (status >= 300) this.#mode = "error";
    else if (this.#translation?.kind === "events") {
      this.#mode = "events";
      this.#parser = new EventParser();
      this.#stream = this.#translation.open();
    } else if (this.#translation?.kind === "whole") this.#mode = "whole";
    else this.#meter = createMeter(headerText(headers["content-type"]));
    const encoding = headerText(headers["content-encoding"]);
    if (encoding !== "" && encoding !== "identity") this.#decode(encoding);
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    if (this.#ended) return;
    if (this.#decoder === undefined) this.#take(piece);
    else if (!this.#decoder.write(piece)) controller.pause();
  }

  onResponseEnd(): void {
    this.#received = true;
    if (this.#decoder === undefined) this.#finish();
    else this.#decoder.end();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#break(error);
  }

  // We ask for no compression; some proxies compress all the same.
  #decode(encoding: string): void {
    // Flushing at each piece keeps a compressed stream of events a stream.
    const flush = constants.Z_SYNC_FLUSH;
    const decoder: Transform =
      encoding === "br"
        ? createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH })
        : encoding === "deflate"
          ? createInflate({ flush })
          : createGunzip({ flush });
    decoder.on("data", (piece: Buffer) => this.#take(piece));
    decoder.on("drain", () => this.#controller?.resume());
    decoder.on("end", () => this.#finish());
    decoder.on("error", (error) => this.#break(error));
    this.#decoder = decoder;
  }

  #take(piece: Buffer): void {
    if (this.#ended) return;
    try {
      if (this.#mode === "relay") this.#relay(piece);
      else if (this.#mode === "events")
        for (const event of this.#parser?.push(piece) ?? [])
          this.#writeAll(this.#stream?.push(event) ?? []);
      else this.#collect(piece);
    } catch (error) {
      this.#misread(error);
    }
  }

  #relay(piece: Buffer): void {
    if (!this.#begun) {
      // An error in place of the first event is still an error: another target can be tried.
      if (isEventStream(this.#headers) && startsWithError(piece)) {
        this.#mode = "error";
        this.#collect(piece);
        return;
      }
      const changed = this.#decoder !== undefined || this.#filter !== undefined;
      // Most answers come whole, in one piece, and their end is known to follow.
      if (!changed && headerText(this.#headers["content-length"]) === String(piece.length)) {
        this.#meter?.push(piece);
        this.#last = piece;
        return;
      }
      this.#begin(relayedHeaders(this.#headers, changed));
    }
    this.#meter?.push(piece);
    const { length } = piece;
    for (let index = Math.max(0, length - 4); index < length; index += 1)
      this.#tail = (this.#tail << 8) | (piece[index] ?? 0);
    const passed = this.#filter === undefined ? piece : this.#filter.push(piece);
    if (passed.length > 0 && !this.#caller.write(passed)) this.#pause();
  }

  #writeAll(pieces: readonly (string | Uint8Array)[]): void {
    if (pieces.length === 0) return;
    if (!this.#begun) this.#begin({ "content-type": this.#stream?.mediaType ?? "" });
    let flowing = true;
    for (const piece of pieces) flowing = this.#caller.write(piece) && flowing;
    if (!flowing) this.#pause();
  }

  #pause(): void {
    if (this.#decoder !== undefined) this.#decoder.pause();
    else this.#controller?.pause();
    this.#conversation?.pause();
  }

  #begin(headers: Record<string, string>): void {
    this.#begun = true;
    if (headerText(headers["content-type"]).startsWith("text/event-stream"))
      headers["x-accel-buffering"] = "no";
    this.#caller.begin(this.#status, headers);
  }

  #collect(piece: Buffer): void {
    const limit = this.#mode === "error" ? maxErrorBytes : maxWholeBytes;
    this.#collectedBytes += piece.length;
    if (this.#collectedBytes <= limit) this.#collected.push(piece);
    else if (this.#mode === "error") this.#finish();
    else
      throw new GatewayFailure("upstream_broken", {
        detail: "The provider's answer is too large to be translated.",
      });
  }

  #finish(): void {
    if (this.#ended) return;
    try {
      if (this.#mode === "error") return this.#finishError();
      if (this.#mode === "whole") this.#finishWhole();
      else if (this.#mode === "events") {
        for (const event of this.#parser?.end() ?? [])
          this.#writeAll(this.#stream?.push(event) ?? []);
        this.#writeAll(this.#stream?.finish() ?? []);
      } else {
        if (!this.#begun) this.#begin(relayedHeaders(this.#headers, this.#decoder !== undefined));
        const rest = this.#filter?.end();
        if (rest !== undefined && rest.length > 0) this.#caller.write(rest);
      }
      this.#end(success, undefined);
    } catch (error) {
      this.#misread(error);
    }
  }

  #finishWhole(): void {
    if (this.#translation?.kind !== "whole") return;
    const body = parseCollected(this.#collected);
    const failure = parseProviderError(body);
    if (failure !== undefined)
      throw new GatewayFailure("upstream_broken", { provider: { status: 502, error: failure } });
    const answer = this.#translation.read(body);
    this.#metered = { usage: answer.usage ?? {}, estimated: false, failed: false };
    this.#begin({
      "content-type": answer.mediaType,
      "content-length": String(Buffer.byteLength(answer.body)),
    });
    this.#last = answer.body;
  }

  #finishError(): void {
    const raw = Buffer.concat(this.#collected);
    const body = parseCollected(this.#collected);
    // Model Studio says errors as events, also under a status of their own, and then calls them JSON.
    const said = parseProviderError(body) ?? parseFirstEvent(raw);
    // A stream that began with an error had a good status.
    const status =
      this.#status < 300 ? statusInStream(said) : this.#status < 400 ? 502 : this.#status;
    const retryAfterSeconds = parseRetryAfter(headerText(this.#headers["retry-after"]), Date.now());
    const error: ProviderError = said ?? {
      message: `The provider answered with status ${this.#status}.`,
      type: status < 500 ? "invalid_request_error" : "server_error",
      code: String(this.#status),
      param: null,
    };
    const failure = new GatewayFailure("upstream_broken", {
      provider: { status, error },
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    });
    // Passed on as it is when it has the form that clients read; Model Studio's native form and error pages have not.
    const asIs =
      this.#translation === undefined &&
      this.#status >= 400 &&
      isObject(body) &&
      isObject(body["error"]);
    this.#end(
      { kind: "answered", status, retryAfterSeconds },
      failure,
      asIs ? { headers: relayedHeaders(this.#headers, true), body: raw } : undefined,
    );
  }

  /** The answer was not understood, or reported an error after a good beginning. */
  #misread(error: unknown): void {
    const failure = toFailure(error);
    const status = failure.provider?.status;
    this.#end(
      status === undefined
        ? { kind: "broken", timeout: false, stale: false }
        : { kind: "answered", status, retryAfterSeconds: undefined },
      failure,
    );
  }

  #break(error: unknown): void {
    if (this.#ended) return;
    // The body's own faults are the caller's: too large, a second model, a wrong digest.
    if (error instanceof GatewayFailure) return this.#refuse(error);
    if (isBadCredential(error))
      return this.#end(
        { kind: "answered", status: 401, retryAfterSeconds: undefined },
        new GatewayFailure("upstream_auth", { cause: error }),
      );
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (!this.#sent) {
      const timeout = code === "UND_ERR_CONNECT_TIMEOUT";
      return this.#end(
        { kind: "unreachable" },
        new GatewayFailure(timeout ? "upstream_timeout" : "upstream_unreachable", { cause: error }),
      );
    }
    const timeout = code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT";
    this.#end(
      { kind: "broken", timeout, stale: this.#status === 0 && isOldConnection(error) },
      new GatewayFailure(timeout ? "upstream_timeout" : "upstream_broken", { cause: error }),
    );
  }

  // -------------------------------------------------------------------------------------------------------------------
  // The provider's answer over a WebSocket

  #speak(task: Task<SpeechChunk>, stream: AnswerStream<SpeechChunk>): void {
    this.#status = 200;
    void this.#converse(
      task,
      (chunk) => {
        const pieces = stream.push(chunk);
        if (pieces.length === 0) return;
        if (!this.#begun) this.#begin({ "content-type": stream.mediaType });
        for (const piece of pieces) if (!this.#caller.write(piece)) this.#pause();
      },
      () => {
        if (!this.#begun)
          throw new GatewayFailure("upstream_broken", { detail: "The provider gave no audio." });
        this.#metered = { usage: stream.usage ?? {}, estimated: false, failed: false };
      },
    );
  }

  #finishTask(translation: Extract<Translation, { kind: "task" }>, transcript: Transcript): void {
    const answer = translation.read(transcript);
    this.#status = 200;
    this.#metered = { usage: answer.usage ?? {}, estimated: false, failed: false };
    this.#begin({
      "content-type": answer.mediaType,
      "content-length": String(Buffer.byteLength(answer.body)),
    });
    this.#last = answer.body;
  }

  async #converse<Chunk>(
    task: Task<Chunk>,
    take: (chunk: Chunk) => void,
    finish: () => void = () => undefined,
  ): Promise<void> {
    let socket: WebSocket;
    try {
      socket = await this.#target.upstream.openSocket(task.path, this.#caller.route.items);
    } catch (error) {
      this.#break(error);
      return;
    }
    if (this.#ended) {
      socket.terminate();
      return;
    }
    this.#conversation = new Conversation(socket, task, {
      opened: () => (this.#sent = true),
      take,
      done: () => {
        finish();
        this.#end(success, undefined);
      },
      refused: (response) => {
        this.#status = response.statusCode ?? 502;
        this.#mode = "error";
        response
          .on("data", (piece: Buffer) => this.#take(piece))
          .on("end", () => this.#finish())
          .on("error", (error) => this.#break(error));
      },
      misread: (error) => this.#misread(error),
      broke: (error) => this.#break(error),
    });
  }

  // -------------------------------------------------------------------------------------------------------------------

  #end(
    outcome: Outcome | undefined,
    failure: GatewayFailure | undefined,
    raw?: AttemptEnd["raw"],
  ): void {
    if (this.#ended) return;
    this.#ended = true;
    const metered =
      this.#metered ??
      this.#meter?.read() ??
      (this.#stream?.usage === undefined
        ? noUsage
        : { usage: this.#stream.usage, estimated: false, failed: false });
    this.#collected = [];
    this.#decoder?.destroy();
    this.#conversation?.end();
    // After a whole answer the connection is kept; in every other case the provider has to learn that nobody listens.
    if (!this.#received) this.#controller?.abort(new Error("not needed any more"));
    // An answer that reported an error in the middle was no success of the provider's.
    const failed = metered.failed && outcome === success;
    const silent = this.#refused || (outcome !== undefined && isStale(outcome));
    this.#target.upstream.settle(
      failed ? { kind: "broken", timeout: false, stale: false } : silent ? undefined : outcome,
      Date.now(),
    );
    const betweenEvents =
      this.#begun &&
      (this.#tail === 0x0d0a0d0a ||
        (this.#tail & 0xffff) === 0x0a0a ||
        (this.#stream?.mediaType.startsWith("text/event-stream") ?? false));
    this.#done({ outcome, failure, raw, last: this.#last, metered, betweenEvents });
  }
}

/** Whether what broke was a connection that had brought an earlier answer. */
function isOldConnection(error: unknown): boolean {
  const socket = isObject(error) ? error["socket"] : undefined;
  return isObject(socket) && Number(socket["bytesRead"]) > 0;
}
