/**
 * Lets the PostgreSQL driver talk to the embedded engine as if to a server: one driver, one SQL dialect and one set of types for both
 * databases, and no second code path that only one of them tests.
 */
import { Duplex } from "node:stream";
import type { Engine } from "./engine.ts";

// A message is a byte of kind and four of length. The first message of a connection has no kind.
const SYNC = 0x53;
const QUERY = 0x51;
const TERMINATE = 0x58;
const PASSWORD = 0x70;

/**
 * A connection to the engine. Messages are gathered up to the next point at which the protocol waits for an answer (a simple query or
 * a Sync), so a whole prepared query is one exchange.
 */
export class EngineStream extends Duplex {
  readonly #exchange: Engine["exchange"];
  #buffer: Buffer = Buffer.alloc(0);
  #started = false;

  constructor(exchange: Engine["exchange"]) {
    super();
    this.#exchange = exchange;
  }

  /** As `net.Socket`: the driver asks its stream to connect. */
  connect(): this {
    process.nextTick(() => this.emit("connect"));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {
    // Answers are pushed as they come.
  }

  override _write(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    void this.#answer(done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.push(null);
    done();
  }

  async #answer(done: (error?: Error | null) => void): Promise<void> {
    try {
      await this.#drain();
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    done();
  }

  async #drain(): Promise<void> {
    for (let end = this.#findEnd(); end > 0; end = this.#findEnd()) {
      const batch = this.#buffer.subarray(0, end);
      this.#buffer = this.#buffer.subarray(end);
      if (this.#started && batch[0] === TERMINATE) continue;
      if (!this.#started) {
        this.#started = true;
        await this.#clear();
      }
      // Copied: the thread receives the bytes, not the pool they are cut from.
      this.push(await this.#exchange(new Uint8Array(batch)));
    }
  }

  /**
   * Makes the engine's one session as empty as a server's new one: after an error the pool throws its connection away and opens
   * another, which knows nothing of an open transaction or of statements that the last one prepared.
   */
  async #clear(): Promise<void> {
    for (const statement of ["ROLLBACK", "DISCARD ALL"]) await this.#exchange(toQuery(statement));
  }

  /** The length of the messages that can be answered now; 0 when more has to come. */
  #findEnd(): number {
    if (!this.#started) {
      if (this.#buffer.length < 4) return 0;
      const length = this.#buffer.readUInt32BE(0);
      return this.#buffer.length < length ? 0 : length;
    }
    let at = 0;
    while (this.#buffer.length - at >= 5) {
      const kind = this.#buffer[at];
      const end = at + 1 + this.#buffer.readUInt32BE(at + 1);
      if (end > this.#buffer.length) return 0;
      if (kind === SYNC || kind === QUERY || kind === TERMINATE || kind === PASSWORD) return end;
      at = end;
    }
    return 0;
  }
}

/** A simple query as a message: kind, length of what follows with itself, text, zero. */
function toQuery(statement: string): Uint8Array {
  const message = Buffer.alloc(6 + Buffer.byteLength(statement));
  message[0] = QUERY;
  message.writeUInt32BE(message.length - 1, 1);
  message.write(statement, 5);
  return new Uint8Array(message);
}
