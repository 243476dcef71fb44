import type { Readable } from "node:stream";
import { AbstractMessageReader, ErrorCodes } from "vscode-languageserver-protocol/node";
import type { DataCallback, Disposable, Message } from "vscode-languageserver-protocol/node";
import { at } from "./params.ts";

/** Input that is not a message. `id` is what the sender can match the answer with, where it could be read. */
export interface Refusal {
  readonly code: typeof ErrorCodes.ParseError | typeof ErrorCodes.InvalidRequest;
  readonly id: string | number | null;
}

/** A message of more bytes is refused unread; the largest honest one is a document of some dozen megabytes. */
const maxMessageBytes = 256 * 1024 * 1024;
/** Header fields are some dozen bytes; more than this without an end is not a header. */
const maxHeaderBytes = 8 * 1024;
const headerEnd = "\r\n\r\n";
const lengthField = "content-length:";

/**
 * Reads framed JSON-RPC messages from a byte stream and gets back into step after anything that is not one.
 *
 * The reader of `vscode-jsonrpc` stops for ever at the first malformed header and puts the bytes it could not read into its error
 * messages; this one reports a {@link Refusal} without content, and looks for the next header. A length that is too short ends in
 * text that does not parse, and the rest is skipped as noise before the next header; one that is too long swallows the next frame,
 * which is therefore searched for inside a body that does not parse.
 */
export class FrameReader extends AbstractMessageReader {
  readonly #input: Readable;
  readonly #refuse: (refusal: Refusal) => void;
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** Length of the body that is being waited for; undefined while in a header. */
  #bodyBytes: number | undefined;
  /** Noise is reported once per run, not once per chunk. */
  #inNoise = false;

  constructor(input: Readable, refuse: (refusal: Refusal) => void) {
    super();
    this.#input = input;
    this.#refuse = refuse;
  }

  listen(callback: DataCallback): Disposable {
    const onData = (chunk: Buffer): void => {
      this.#chunks.push(chunk);
      this.#bytes += chunk.length;
      while (this.#step(callback)) {
        // Each step takes one header, one body or one run of noise off the front.
      }
    };
    const onClose = (): void => this.fireClose();
    const onError = (error: unknown): void => this.fireError(error);
    this.#input.on("data", onData).on("end", onClose).on("close", onClose).on("error", onError);
    return {
      dispose: () => {
        this.#input.off("data", onData).off("end", onClose).off("close", onClose);
      },
    };
  }

  #step(callback: DataCallback): boolean {
    if (this.#bodyBytes === undefined) return this.#readHeader();
    // Chunks are joined only when the body is complete: joining at each chunk would be quadratic in the size of a document.
    if (this.#bytes < this.#bodyBytes) return false;
    const body = this.#take(this.#bodyBytes);
    this.#bodyBytes = undefined;
    this.#readBody(body, callback);
    return this.#bytes > 0;
  }

  #readHeader(): boolean {
    const head = this.#join();
    const end = head.indexOf(headerEnd);
    if (end < 0) {
      if (head.length > maxHeaderBytes) this.#skipNoise(head);
      return false;
    }
    const fields = head.toString("latin1", 0, end);
    this.#keep(head.subarray(end + headerEnd.length));
    const place = fields.toLowerCase().lastIndexOf(lengthField);
    const length =
      place < 0
        ? undefined
        : /^\s*(\d{1,10})[ \t]*(?:\r\n|$)/.exec(fields.slice(place + lengthField.length))?.[1];
    const bytes = Number(length ?? Number.NaN);
    if (!(bytes <= maxMessageBytes)) {
      this.#noise();
      return this.#bytes > 0;
    }
    if (fields.slice(0, place).split("\r\n").every(isField)) this.#inNoise = false;
    else this.#noise();
    this.#bodyBytes = bytes;
    return true;
  }

  #readBody(body: Buffer, callback: DataCallback): void {
    let message: unknown;
    try {
      message = JSON.parse(body.toString("utf8"));
    } catch {
      // What was not JSON is the client's own text; nothing of it may reach a log, so the error itself is dropped.
      this.#noise();
      const next = body.toString("latin1").search(/content-length:[ \t]*\d+\r\n/i);
      if (next >= 0) this.#keep(Buffer.concat([body.subarray(next), this.#join()]));
      return;
    }
    this.#inNoise = false;
    const fault = findFault(message);
    if (fault !== undefined) this.#refuse(fault);
    else callback(message as Message);
  }

  /** Drops everything but a tail in which the next header may have begun. */
  #skipNoise(head: Buffer): void {
    this.#noise();
    const next = head.toString("latin1").toLowerCase().lastIndexOf(lengthField);
    const tail =
      next >= 0 && head.length - next <= maxHeaderBytes ? next : head.length - lengthField.length;
    this.#keep(Buffer.from(head.subarray(tail)));
  }

  #noise(): void {
    if (!this.#inNoise) this.#refuse({ code: ErrorCodes.ParseError, id: null });
    this.#inNoise = true;
  }

  #take(bytes: number): Buffer {
    const all = this.#join();
    this.#keep(all.subarray(bytes));
    return all.subarray(0, bytes);
  }

  #join(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  #keep(rest: Buffer): void {
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#bytes = rest.length;
  }
}

function isField(line: string): boolean {
  return line === "" || /^[\w-]+:/.test(line);
}

/** What makes a parsed value no JSON-RPC 2.0 message; undefined when it is one. Batches are not part of the language server protocol. */
function findFault(value: unknown): Refusal | undefined {
  const refused: Refusal = { code: ErrorCodes.InvalidRequest, id: null };
  if (typeof value !== "object" || value === null || Array.isArray(value)) return refused;
  const { jsonrpc, id, method, params } = value as Record<string, unknown>;
  const usableId = isId(id) ? id : null;
  if (jsonrpc !== "2.0") return { ...refused, id: usableId };
  if (method === undefined) {
    // An answer to one of our own requests. Answering a malformed answer would start a ping-pong, so it is only passed on or ignored.
    return usableId !== null || id === null ? undefined : refused;
  }
  // The connection package throws where a cancellation names no request.
  if (method === "$/cancelRequest" && !isId(at(params, "id"))) return refused;
  const idFits = id === undefined || usableId !== null;
  // `params: null` is not allowed by JSON-RPC, but several editors send it with `shutdown` and `exit`.
  const paramsFit = params === undefined || typeof params === "object";
  if (typeof method === "string" && idFits && paramsFit) return undefined;
  return { ...refused, id: usableId };
}

function isId(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}
