/** The database: PostgreSQL by address, or PostgreSQL inside this process. Above this file nobody can tell which. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import pg from "pg";
import { EngineStream } from "./embedded/stream.ts";
import { lockFolder } from "./embedded/lock.ts";
import { startThread } from "./embedded/thread.ts";
import { DatabaseError, hasSqlState } from "./errors.ts";
import { makeFolder } from "./folder.ts";
import { StatementNames } from "./prepared.ts";

/** An open database. */
export interface Database {
  readonly kind: "embedded" | "server";
  /** Drizzle over the pool. Inside a transaction use the transaction's own: the embedded pool has one connection. */
  readonly orm: NodePgDatabase;
  readonly pool: pg.Pool;
  /** Real fsyncs since the start; `undefined` where a server does them. */
  readonly syncs: () => Promise<number | undefined>;
  readonly close: () => Promise<void>;
}

/** Where the data is. `url` wins over `directory`. */
export interface DatabasePlace {
  readonly url?: string | undefined;
  readonly directory: string;
}

/** Opens the database; the embedded one is created in its folder when there is none. Throws `DatabaseError`. */
export async function openDatabase(place: DatabasePlace): Promise<Database> {
  return place.url === undefined ? openEmbedded(place.directory) : openServer(place.url);
}

async function openEmbedded(directory: string): Promise<Database> {
  makeFolder(directory);
  const lock = lockFolder(directory);
  try {
    const thread = await startThread(findWorker(), join(directory, "database"));
    const pool = poolOver(thread.exchange);
    return {
      kind: "embedded",
      pool,
      orm: drizzle(pool),
      syncs: thread.syncs,
      close: async () => {
        await pool.end();
        await thread.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** A pool of the one connection the embedded engine has. */
export function poolOver(exchange: (messages: Uint8Array) => Promise<Uint8Array>): pg.Pool {
  return new pg.Pool({
    Client: PreparingClient,
    max: 1,
    user: "postgres",
    database: "postgres",
    // The engine is in this process and asks for none; the driver insists on one.
    password: "none",
    // Someone who waits longer holds a transaction and asks for a second connection: a fault to be seen, not a hang.
    connectionTimeoutMillis: 20_000,
    idleTimeoutMillis: 0,
    stream: () => new EngineStream(exchange),
  });
}

async function openServer(url: string): Promise<Database> {
  const pool = new pg.Pool({
    Client: PreparingClient,
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 10_000,
  });
  // An idle connection that the server ends is replaced by the next query; without a listener it would end the process.
  pool.on("error", () => undefined);
  try {
    await pool.query("SELECT 1");
  } catch (error) {
    await pool.end();
    throw new DatabaseError(
      hasSqlState(error, "3D000")
        ? "database-missing"
        : hasSqlState(error, "28P01") || hasSqlState(error, "28000")
          ? "database-refused"
          : "database-unreachable",
      { cause: error },
    );
  }
  return {
    kind: "server",
    pool,
    orm: drizzle(pool),
    syncs: () => Promise.resolve(undefined),
    close: async () => pool.end(),
  };
}

/** A connection that prepares what it is asked a second time. */
class PreparingClient extends pg.Client {
  readonly #statements = new StatementNames();

  // The driver has a dozen ways to ask, each with an answer of its own kind; the one with an object and values, which is Drizzle's, is
  // the only one changed here, and what comes back is handed on as it is.
  override query: pg.Client["query"] = (...asked: unknown[]): never => {
    const [question, values] = asked;
    if (isStatement(question) && Array.isArray(values) && values.length > 0) {
      const name = question.name ?? this.#statements.of(question.text);
      if (name !== undefined) asked[0] = { ...question, name };
    }
    return super.query(...(asked as [pg.QueryConfig])) as never;
  };
}

function isStatement(
  question: unknown,
): question is { readonly text: string; readonly name?: string | undefined } {
  return typeof question === "object" && question !== null && "text" in question;
}

/** The thread's program stands beside ours in `dist`; run from the sources, it is taken from there all the same. */
function findWorker(): URL {
  const beside = new URL("./worker.js", import.meta.url);
  return existsSync(fileURLToPath(beside))
    ? beside
    : new URL("../../dist/worker.js", import.meta.url);
}
