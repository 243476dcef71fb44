import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectSecure } from "node:tls";
import { assertPermit } from "@cloud-code/policy";
import { monitoredItems, permitMonitoring } from "./monitoring.ts";
import { encodeCommand, type Reply, ReplyError, ReplyParser } from "./resp.ts";

/** Counters that several processes add to. */
export interface Ledger {
  /** Adds to each counter, which may be 0 to read it, and gives its total, in the same order. Totals grow; a counter that nobody adds to for two minutes may begin anew. */
  add(amounts: readonly (readonly [counter: string, amount: number])[]): Promise<number[]>;
  close(): void;
}

/** A ledger in memory, for the processes of one machine: the one that supervises them keeps it. */
export class MemoryLedger implements Ledger {
  readonly #totals = new Map<string, number>();

  add(amounts: readonly (readonly [string, number])[]): Promise<number[]> {
    return Promise.resolve(
      amounts.map(([counter, amount]) => {
        const total = (this.#totals.get(counter) ?? 0) + amount;
        this.#totals.set(counter, total);
        return total;
      }),
    );
  }

  close(): void {
    this.#totals.clear();
  }
}

/** A counter store, as configured. */
export interface StoreSettings {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly database: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly prefix: string;
  readonly certificateAuthority: string | undefined;
  readonly allowPlainHttp: boolean;
}

const answerMs = 2000;
const lifetimeMs = 120_000;

/** A ledger in Redis, or whatever speaks its protocol, for several machines. It uses INCRBY, PEXPIRE and GET, and nothing else. */
export class RedisLedger implements Ledger {
  readonly #settings: StoreSettings;
  /** A permit speaks of web origins; what matters of one is the host, and whether the way there is encrypted. */
  readonly #origin: string;
  #connection: Connection | undefined;

  constructor(settings: StoreSettings) {
    const { host, port, tls } = settings;
    this.#settings = settings;
    this.#origin = new URL(
      `${tls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${port}`,
    ).origin;
  }

  /** One call at a time. */
  async add(amounts: readonly (readonly [string, number])[]): Promise<number[]> {
    if (amounts.length === 0) return [];
    const { prefix, allowPlainHttp } = this.#settings;
    const nowMs = Date.now();
    assertPermit(permitMonitoring(this.#origin, allowPlainHttp, nowMs), {
      items: monitoredItems,
      purpose: "measure-use",
      origin: this.#origin,
      nowMs,
    });
    const commands = amounts.flatMap(([counter, amount]) =>
      amount === 0
        ? [["GET", prefix + counter]]
        : [
            ["INCRBY", prefix + counter, String(amount)],
            ["PEXPIRE", prefix + counter, String(lifetimeMs)],
          ],
    );
    if (this.#connection?.broken !== false) this.#connection = await this.#connect();
    const replies = await this.#connection.ask(commands);
    return replies
      .filter((_, index) => commands[index]?.[0] !== "PEXPIRE")
      .map((reply) => {
        const total = Number(reply ?? 0);
        if (Number.isSafeInteger(total)) return total;
        throw new Error("the counter store holds something else under the name of a counter");
      });
  }

  close(): void {
    this.#connection?.close();
  }

  async #connect(): Promise<Connection> {
    const { username, password, database } = this.#settings;
    const connection = await Connection.open(this.#settings);
    const greeting: string[][] = [];
    if (password !== undefined)
      greeting.push(username === undefined ? ["AUTH", password] : ["AUTH", username, password]);
    if (database !== 0) greeting.push(["SELECT", String(database)]);
    try {
      if (greeting.length > 0) await connection.ask(greeting);
    } catch (error) {
      connection.close();
      throw error;
    }
    return connection;
  }
}

/** One connection on which commands are answered in their order. */
class Connection {
  readonly #socket: Socket;
  broken = false;
  readonly #parser = new ReplyParser();
  /** Answers that are waited for, and how many are still to come. */
  #waiting: { left: number; replies: Reply[]; finish(error?: Error): void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (bytes: Buffer) => this.#take(bytes));
    socket.on("error", () => undefined); // A broken connection also closes.
    socket.on("close", () => this.#end(new Error("the counter store closed the connection")));
  }

  static open(settings: StoreSettings): Promise<Connection> {
    const { host, port, tls, certificateAuthority: ca } = settings;
    const socket = tls
      ? connectSecure({
          host,
          port,
          ...(ca === undefined ? {} : { ca }),
          ...(isIP(host) === 0 ? { servername: host } : {}),
        })
      : connectPlain({ host, port });
    socket.setNoDelay(true);
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        socket.destroy();
        reject(error);
      };
      socket.once("error", fail);
      socket.setTimeout(answerMs, () => fail(new Error("the counter store does not answer")));
      socket.once(tls ? "secureConnect" : "connect", () => {
        socket.off("error", fail);
        socket.setTimeout(0);
        // The gateway may end while nothing is asked.
        socket.unref();
        resolve(new Connection(socket));
      });
    });
  }

  /** Sends commands together and gives their answers; rejects, and ends the connection, when one of them failed. */
  ask(commands: readonly (readonly string[])[]): Promise<Reply[]> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#end(new Error("the counter store does not answer")),
        answerMs,
      );
      const replies: Reply[] = [];
      this.#waiting = {
        left: commands.length,
        replies,
        finish: (error) => {
          clearTimeout(timer);
          this.#waiting = undefined;
          const refused = replies.find((reply) => reply instanceof ReplyError);
          if (error !== undefined) reject(error);
          else if (refused instanceof ReplyError)
            reject(new Error(`the counter store refused a command: ${refused.code}`));
          else resolve(replies);
        },
      };
      if (this.broken) this.#end(new Error("the connection is closed"));
      else this.#socket.write(commands.map(encodeCommand).join(""));
    });
  }

  close(): void {
    this.#end(new Error("the connection was closed"));
  }

  #take(bytes: Buffer): void {
    try {
      for (const reply of this.#parser.push(bytes)) {
        if (this.#waiting === undefined) throw new Error("an answer nobody asked for");
        this.#waiting.replies.push(reply);
        this.#waiting.left -= 1;
        if (this.#waiting.left === 0) this.#waiting.finish();
      }
    } catch (error) {
      this.#end(error instanceof Error ? error : new Error("unreadable answer"));
    }
  }

  #end(error: Error): void {
    this.broken = true;
    this.#socket.destroy();
    this.#waiting?.finish(error);
  }
}
