import { existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import driver, {
  type Database as Connection,
  type SQLiteValue,
  type Statement,
} from "node-sqlite3-wasm";
import { AssistantError, type ErrorCode, reasonOf } from "../errors.ts";
import { Lock } from "../workspace/lock.ts";
import { playBack } from "./journal.ts";

/** What a statement takes. */
export type Value = SQLiteValue;
/** What a statement gives. */
export type Row = Readonly<Record<string, SQLiteValue>>;

/** Raised with every change of the tables: an index of another number is built again. */
const FORMAT = 2;
const CACHE_KIB = 16_000;
const PATIENCE_MS = 15_000;
const RETRY_MS = 4;
/** A question asks a dozen times in a row: the lock is kept so long after the last time, and never longer than so long in all. */
const LINGER_MS = 20;
const MAX_HOLD_MS = 200;

const SCHEMA = `
  create table package(id integer primary key autoincrement, key text unique, ecosystem text, name text collate nocase, version text, licence text, root text, stamp text);
  create table content(id integer primary key autoincrement, hash blob unique, language text, module text, first int, count int);
  create table file(id integer primary key, package int, path text, content int, stamp text, module text collate nocase, unique(package, path));
  create index file_content on file(content);
  create index file_module on file(module);
  create table passage(id integer primary key, content int, start int, end int);
  create table block(first integer primary key, lengths blob);
  create table posting(term text, first int, data blob, primary key(term, first)) without rowid;
  create table symbol(content int, name text collate nocase, line int, end int, kind int, owner text, parent text collate nocase, size int,
    primary key(content, name, line, end)) without rowid;
  create index symbol_name on symbol(size, name, kind, owner);
  create index symbol_parent on symbol(parent, name) where parent <> '';
  create table import(content int, name text, primary key(content, name)) without rowid;
  create table meta(key text primary key, value text) without rowid;
  create virtual table grams using fts5(text, content='', contentless_delete=1, tokenize='trigram', detail=none);
  pragma user_version=${FORMAT};`;

/**
 * One SQLite file that several processes share, each for some milliseconds at a time.
 *
 * Invariant: it is touched only inside of {@link use}, under a lock with the holder's process number. So a process that was killed is noticed, its
 * half-done transaction undone and the lock folder of the driver, which nobody would ever remove, taken away. A file that is damaged or of another
 * version is thrown away: everything in it can be read again from the sources.
 */
export class Database {
  readonly #folder: string;
  readonly #path: string;
  readonly #notify: (code: ErrorCode, details: Readonly<Record<string, string | number>>) => void;
  readonly #statements = new Map<string, Statement>();
  #connection: Connection | undefined;
  #lock: Lock | undefined;
  #lockedMs = 0;
  #hasWritten = false;
  #letGo: NodeJS.Timeout | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  /** `name` is the file's name in `folder`; `notify` hears why an index is built again. */
  constructor(
    folder: string,
    name: string,
    notify: (code: ErrorCode, details: Readonly<Record<string, string | number>>) => void,
  ) {
    this.#folder = folder;
    this.#path = join(folder, `${name}.db`);
    this.#notify = notify;
  }

  /** Bytes on disk. */
  get bytes(): number {
    return existsSync(this.#path) ? statSync(this.#path).size : 0;
  }

  /**
   * Gives `work` the file for itself: all that it writes is kept, or nothing. It does not wait for anything, so nobody waits long for it. Rejects with
   * `INDEX_LOCKED` when another process will not let go.
   */
  use<Result>(work: () => Result): Promise<Result> {
    const turn = this.#queue.then(() => this.#inTurn(work));
    // The next one must not fail because this one did.
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /** All rows. Only inside of `use`. */
  all(sql: string, values: readonly Value[] = []): Row[] {
    return this.#prepare(sql).all([...values]) as Row[];
  }

  /** The first row. Only inside of `use`. */
  get(sql: string, values: readonly Value[] = []): Row | undefined {
    // The driver's own `get` leaves its statement half-way, and the file locked with it.
    return this.all(sql, values)[0];
  }

  /** Runs a statement; gives the number of the row it inserted. Only inside of `use`. */
  run(sql: string, values: readonly Value[] = []): number {
    this.#hasWritten = true;
    return Number(this.#prepare(sql).run([...values]).lastInsertRowid);
  }

  /** Throws everything away. Only inside of `use`. */
  empty(): void {
    this.#hasWritten = true;
    this.#remove();
  }

  /** Lets go of the file. */
  async close(): Promise<void> {
    await this.#queue;
    await this.#release();
    this.#disconnect();
  }

  async #inTurn<Result>(work: () => Result): Promise<Result> {
    if (this.#lock !== undefined && performance.now() - this.#lockedMs > MAX_HOLD_MS)
      await this.#release();
    if (this.#lock === undefined) await this.#acquire();
    try {
      return this.#inTransaction(work);
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#notify("SEARCH_CORRUPT", { path: this.#path });
      this.#remove();
      return this.#inTransaction(work);
    } finally {
      if (this.#hasWritten) await this.#release();
      else this.#linger();
    }
  }

  /** What only reads leaves its transaction open for the next one: the driver makes and removes its lock folder with each. */
  #inTransaction<Result>(work: () => Result): Result {
    const connection = this.#open();
    if (!connection.inTransaction) connection.exec("begin");
    this.#hasWritten = false;
    try {
      const result = work();
      if (this.#hasWritten) this.#end("commit");
      return result;
    } catch (error) {
      this.#end("rollback");
      throw error;
    }
  }

  #end(how: "commit" | "rollback"): void {
    if (this.#connection?.inTransaction === true) this.#connection.exec(how);
  }

  #linger(): void {
    if (this.#letGo === undefined)
      this.#letGo = setTimeout(() => {
        this.#queue = this.#queue.then(() => this.#release()).catch(() => undefined);
      }, LINGER_MS);
    else this.#letGo.refresh();
  }

  async #release(): Promise<void> {
    clearTimeout(this.#letGo);
    this.#letGo = undefined;
    const lock = this.#lock;
    this.#lock = undefined;
    try {
      this.#end("commit");
    } finally {
      await lock?.release();
    }
  }

  async #acquire(): Promise<void> {
    const path = `${this.#path}.turn`;
    for (let waitedMs = 0; this.#lock === undefined; waitedMs += RETRY_MS) {
      const lock = await this.#tryLock(path);
      if (lock instanceof Lock) this.#lock = lock;
      else if (waitedMs >= PATIENCE_MS)
        throw new AssistantError("INDEX_LOCKED", { pid: lock.heldBy, path: this.#folder });
      else await pause(RETRY_MS);
    }
    this.#lockedMs = performance.now();
    this.#recover();
  }

  async #tryLock(path: string): ReturnType<typeof Lock.acquire> {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      return await Lock.acquire(path);
    } catch (error) {
      throw new AssistantError(
        "SEARCH_UNWRITABLE",
        { path: this.#folder, reason: reasonOf(error) },
        { cause: error },
      );
    }
  }

  /** Under our lock, a lock folder or a journal of the driver is what a killed process left, and a file that is gone another one threw away. */
  #recover(): void {
    const lockFolder = `${this.#path}.lock`;
    const isThere = existsSync(this.#path);
    const isLeft = existsSync(lockFolder) || existsSync(`${this.#path}-journal`);
    if (isThere && !isLeft) return;
    this.#disconnect();
    rmSync(lockFolder, { recursive: true, force: true });
    if (isThere) playBack(this.#path);
    else rmSync(`${this.#path}-journal`, { force: true });
  }

  #open(): Connection {
    if (this.#connection !== undefined) return this.#connection;
    const connection = new driver.Database(this.#path);
    this.#connection = connection;
    connection.exec(
      `pragma cache_size=-${CACHE_KIB}; pragma temp_store=memory; pragma synchronous=normal;`,
    );
    const version = Number(connection.get("pragma user_version")?.["user_version"] ?? 0);
    if (version === FORMAT) return connection;
    const isEmpty = connection.get("select 1 from sqlite_master") === null;
    if (!isEmpty) {
      this.#notify("SEARCH_VERSION", { path: this.#path });
      this.#remove();
      return this.#open();
    }
    connection.exec(`begin; ${SCHEMA} commit;`);
    return connection;
  }

  #prepare(sql: string): Statement {
    const connection = this.#open();
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, (statement = connection.prepare(sql)));
    return statement;
  }

  #disconnect(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    for (const statement of this.#statements.values()) statement.finalize();
    this.#statements.clear();
    connection?.close();
  }

  #remove(): void {
    try {
      this.#disconnect();
    } catch {
      // A damaged file may not even be closed in order; it goes all the same.
      this.#connection = undefined;
      this.#statements.clear();
    }
    for (const ending of ["", "-journal"]) rmSync(this.#path + ending, { force: true });
    rmSync(`${this.#path}.lock`, { recursive: true, force: true });
  }
}

function isDamage(error: unknown): boolean {
  return (
    error instanceof Error &&
    /malformed|not a database|database corruption|no such table|no such column|vtable constructor failed/i.test(
      error.message,
    )
  );
}
