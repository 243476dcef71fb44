import { createHash, type Hash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { digestOf, parseForm, sameText } from "@cloud-code/models";
import type { ConfigFile } from "./config/schema.ts";
import { GatewayFailure } from "./failure.ts";
import { JsonScanner, ScanPlan } from "./scan.ts";

/** What a body is read for. */
export interface BodyRule {
  readonly limits: ConfigFile["limits"];
  readonly kind: "json" | "form";
  /** The MD5 (base64) that the body must have, or null. */
  readonly digest: string | null;
}

/** What the way of a request may depend on. */
const plan = new ScanPlan(["model", "stream", "stream_options", "suffix"]);

/** A change of some bytes while the body passes. */
interface Splice {
  readonly start: number;
  readonly end: number;
  readonly bytes: Buffer;
}

/**
 * A request's body on its way. As much of it is held as is needed to find the model and, for small bodies, to send it
 * again; the rest streams through. Invariant: what is held never exceeds `limits.peekBytes` (`limits.translatedBytes`
 * while a translation needs the whole), and is let go when the answer begins.
 */
export class RequestBody {
  /** Bytes that have arrived. */
  received = 0;
  /** Since when more is waited for, by `performance.now()`; 0 while nothing is: the provider is not ready for it, or all is there. */
  #waitsSinceMs: number;
  readonly #request: IncomingMessage;
  readonly #rule: BodyRule;
  readonly #scanner: JsonScanner | undefined;
  readonly #length: number | undefined;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #ended = false;
  #streamed = false;
  #model: { value: string; start: number; end: number; form: boolean } | undefined;

  constructor(request: IncomingMessage, rule: BodyRule, nowMs: number) {
    this.#request = request;
    this.#rule = rule;
    this.#waitsSinceMs = nowMs;
    const declared = request.headers["content-length"];
    this.#length = declared === undefined ? undefined : Number(declared);
    this.#scanner = rule.kind === "json" ? new JsonScanner(plan) : undefined;
  }

  /**
   * Reads until the model is known and nothing more needs to be held: to the end for small bodies and forms. `needsWhole`
   * says, once the model is known, whether a translation needs the whole. Calls back once, at once when the body came
   * with its headers.
   */
  peek(
    needsWhole: (model: string, has: (name: string) => boolean | undefined) => boolean,
    done: (error?: unknown) => void,
  ): void {
    const request = this.#request;
    const { limits } = this.#rule;
    const encoding = request.headers["content-encoding"];
    if (encoding !== undefined && encoding !== "identity")
      return done(new GatewayFailure("unsupported_encoding"));
    if (this.#length !== undefined && this.#length > limits.bodyBytes)
      return done(tooLarge(limits.bodyBytes));
    let whole: boolean | undefined = this.#rule.kind === "form" ? true : undefined;
    const stop = (error?: unknown): void => {
      request.off("data", take).off("end", end);
      request.pause();
      this.#waitsSinceMs = 0;
      done(error);
    };
    const take = (piece: Buffer): void => {
      // What arrives after a refusal is nobody's.
      if (this.#streamed) return;
      try {
        this.#take(piece);
        this.#held.push(piece);
        this.#heldBytes += piece.length;
        if (
          this.#heldBytes <= limits.replayBytes &&
          (this.#length === undefined || this.#length <= limits.replayBytes)
        )
          return;
        const model = this.#findModel();
        if (model === undefined && this.#rule.kind === "json") {
          if (this.#heldBytes > limits.peekBytes)
            throw new GatewayFailure("model_too_late", { param: "model" });
          return;
        }
        whole ??= needsWhole(model ?? "", (name) =>
          this.#scanner?.has(name) === true ? true : undefined,
        );
        if (!whole) return stop();
        if (
          this.#heldBytes > limits.translatedBytes ||
          (this.#length ?? 0) > limits.translatedBytes
        )
          throw tooLarge(limits.translatedBytes);
      } catch (error) {
        stop(error);
      }
    };
    const end = (): void => {
      if (this.#streamed) return;
      this.#ended = true;
      try {
        this.#checkWhole();
      } catch (error) {
        return done(error);
      }
      done();
    };
    // A caller that breaks off also closes its connection, which ends the exchange.
    request
      .on("data", take)
      .on("end", end)
      .on("error", () => undefined);
  }

  /** The model that was asked for. Throws when the body names none. */
  get model(): string {
    const model = this.#findModel();
    if (model !== undefined) return model;
    throw new GatewayFailure("model_missing", { param: "model" });
  }

  /** A field's value, if the part of the body that was read holds it. */
  field(name: string): unknown {
    return this.#scanner?.get(name)?.value;
  }

  /** Whether the body has such a field; undefined while not all of it was read. */
  has(name: string): boolean | undefined {
    if (this.#scanner?.has(name) === true) return true;
    return this.#ended ? false : undefined;
  }

  /** Whether the body can be sent again. */
  get replayable(): boolean {
    return this.#ended && !this.#streamed;
  }

  /** Whether the body can be sent at all: a streamed one only once. */
  get sendable(): boolean {
    return !this.#streamed;
  }

  /** Whether every byte has arrived. */
  get ended(): boolean {
    return this.#ended;
  }

  /** How long the caller has sent nothing although more is waited for, in milliseconds. */
  idleMs(nowMs: number): number {
    return this.#ended || this.#waitsSinceMs === 0 ? 0 : nowMs - this.#waitsSinceMs;
  }

  /** All of it, for a translation. */
  whole(): Buffer {
    const [first] = this.#held;
    if (this.#held.length === 1 && first !== undefined) return first;
    const whole = Buffer.concat(this.#held);
    this.#held = [whole];
    return whole;
  }

  /**
   * The body for an upstream: the caller's own bytes, with the model's name replaced if the provider calls it otherwise,
   * and `insertion` (JSON members, `"a":1,`) put in front of the first member. `length` is undefined when the caller's
   * body has none that is known.
   */
  forUpstream(
    model: string | undefined,
    insertion: string,
  ): { body: Buffer | AsyncIterable<Uint8Array>; length: number | undefined } {
    const splices = this.#splices(model, insertion);
    const delta = splices.reduce(
      (sum, { start, end, bytes }) => sum + bytes.length - (end - start),
      0,
    );
    if (this.#ended && !this.#streamed) {
      const whole = applySplices(this.whole(), splices);
      return { body: whole, length: whole.length };
    }
    return {
      body: this.#stream(splices),
      length: this.#length === undefined ? undefined : this.#length + delta,
    };
  }

  /** Lets go of what is held. */
  release(): void {
    this.#held = [];
    this.#heldBytes = 0;
    this.#streamed = true;
  }

  #take(piece: Buffer): void {
    this.received += piece.length;
    this.#waitsSinceMs = performance.now();
    if (this.received > this.#rule.limits.bodyBytes) throw tooLarge(this.#rule.limits.bodyBytes);
    const scanner = this.#scanner;
    if (scanner === undefined) return;
    scanner.push(piece);
    if (scanner.foreign) throw new GatewayFailure("invalid_body");
    // Receivers disagree about which of two counts, so a second model could be one that the consumer may not use.
    if (scanner.duplicated) throw new GatewayFailure("duplicate_field");
  }

  #checkWhole(): void {
    if (this.received === 0)
      throw new GatewayFailure("invalid_body", { detail: "The request has no body." });
    const { digest } = this.#rule;
    if (digest !== null && !sameText(digestOf(this.whole()), digest))
      throw new GatewayFailure("body_digest_mismatch");
  }

  #findModel(): string | undefined {
    if (this.#model !== undefined) return this.#model.value;
    if (this.#rule.kind === "json") {
      const found = this.#scanner?.get("model");
      if (found === undefined || typeof found.value !== "string") return undefined;
      this.#model = { value: found.value, start: found.start, end: found.end, form: false };
    } else if (this.#ended) {
      const parts = parseForm(this.whole(), this.#request.headers["content-type"] ?? "").filter(
        (part) => part.name === "model",
      );
      const [part] = parts;
      if (parts.length > 1) throw new GatewayFailure("duplicate_field");
      if (part === undefined) return undefined;
      this.#model = {
        value: Buffer.from(part.body).toString("utf8"),
        start: part.start,
        end: part.start + part.body.length,
        form: true,
      };
    }
    return this.#model?.value;
  }

  #splices(model: string | undefined, insertion: string): Splice[] {
    const splices: Splice[] = [];
    if (insertion !== "") {
      // In front of the outermost object's first member.
      const brace = (this.#held[0] ?? Buffer.alloc(0)).indexOf(0x7b);
      if (brace !== -1)
        splices.push({ start: brace + 1, end: brace + 1, bytes: Buffer.from(insertion) });
    }
    const found = this.#model;
    if (found !== undefined && model !== undefined && model !== found.value) {
      splices.push({
        start: found.start,
        end: found.end,
        bytes: Buffer.from(found.form ? model : JSON.stringify(model)),
      });
    }
    return splices;
  }

  async *#stream(splices: readonly Splice[]): AsyncGenerator<Uint8Array, void, undefined> {
    this.#streamed = true;
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    const { digest } = this.#rule;
    const hash = digest === null ? undefined : createHash("md5");
    // With a digest the last piece is held back until it is known to be genuine.
    let waiting: Uint8Array | undefined;
    const pass = function* (piece: Buffer, original: Buffer): Generator<Uint8Array> {
      if (hash === undefined) {
        yield piece;
        return;
      }
      hash.update(original);
      if (waiting !== undefined) yield waiting;
      waiting = piece;
    };
    const joined = held.length === 1 && held[0] !== undefined ? held[0] : Buffer.concat(held);
    held.length = 0;
    yield* pass(applySplices(joined, splices), joined);
    if (!this.#ended) {
      this.#waitsSinceMs = performance.now();
      for await (const piece of this.#request.iterator({
        destroyOnReturn: false,
      }) as AsyncIterable<Buffer>) {
        this.#take(piece);
        this.#waitsSinceMs = 0;
        yield* pass(piece, piece);
        this.#waitsSinceMs = performance.now();
      }
      this.#ended = true;
    }
    if (waiting === undefined) return;
    checkDigest(hash, digest);
    yield waiting;
  }
}

function checkDigest(hash: Hash | undefined, digest: string | null): void {
  if (hash !== undefined && digest !== null && !sameText(hash.digest("base64"), digest))
    throw new GatewayFailure("body_digest_mismatch");
}

function applySplices(bytes: Buffer, splices: readonly Splice[]): Buffer {
  if (splices.length === 0) return bytes;
  const pieces: Buffer[] = [];
  let position = 0;
  for (const { start, end, bytes: replacement } of splices.toSorted(
    (left, right) => left.start - right.start,
  )) {
    pieces.push(bytes.subarray(position, start), replacement);
    position = end;
  }
  pieces.push(bytes.subarray(position));
  return Buffer.concat(pieces);
}

function tooLarge(limit: number): GatewayFailure {
  return new GatewayFailure("body_too_large", {
    detail: `The body is larger than the ${limit} bytes this gateway takes here.`,
  });
}
