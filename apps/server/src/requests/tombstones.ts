/**
 * Marks of erased accounts. They stand in the database and in a file beside it: a database restored from a backup does not know what was
 * erased after the backup, the file does. A mark is a keyed hash, so whoever finds the file learns nothing.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { gt } from "drizzle-orm";
import { users } from "../accounts/tables.ts";
import type { Executor } from "../audit/trail.ts";
import type { Services } from "../services.ts";
import { createSeal } from "./seal.ts";
import { tombstones } from "./tables.ts";

const PAGE = 10_000;

/** The marks of a service. */
export class Tombstones {
  readonly #services: Pick<Services, "database" | "now">;
  readonly #hash: (text: string) => string;
  readonly #file: string | undefined;

  constructor(
    services: Pick<Services, "database" | "now" | "config">,
    /** Where marks survive a restore; without it only the database has them. */
    file: string | undefined,
  ) {
    this.#services = services;
    this.#hash = createSeal(services.config.secret, "tombstones").hash;
    this.#file = file;
  }

  /** Sets a mark before anything is erased. Done twice it changes nothing. */
  async add(userId: string, within: Executor = this.#services.database.orm): Promise<void> {
    const hash = this.#hash(userId);
    this.#append([hash]);
    await within
      .insert(tombstones)
      .values({ hash, erasedAt: new Date(this.#services.now()) })
      .onConflictDoNothing();
  }

  /** The accounts that are there again although they were erased. Costs nothing as long as file and database agree. */
  async findReturned(): Promise<readonly string[]> {
    const { orm } = this.#services.database;
    const inFile = this.#read();
    const inDatabase = new Set((await orm.select().from(tombstones)).map(({ hash }) => hash));
    const restored = [...inFile].filter((hash) => !inDatabase.has(hash));
    if (restored.length === 0) return [];
    const wanted = new Set(restored);
    const found: string[] = [];
    let last = "";
    for (;;) {
      const page = await orm
        .select({ id: users.id })
        .from(users)
        .where(gt(users.id, last))
        .orderBy(users.id)
        .limit(PAGE);
      for (const { id } of page) if (wanted.has(this.#hash(id))) found.push(id);
      last = page.at(-1)?.id ?? "";
      if (page.length < PAGE) break;
    }
    return found;
  }

  /** Writes into the database what only the file knows, once the returned accounts are erased. */
  async settle(): Promise<void> {
    const erasedAt = new Date(this.#services.now());
    const rows = [...this.#read()].map((hash) => ({ hash, erasedAt }));
    if (rows.length === 0) return;
    await this.#services.database.orm.insert(tombstones).values(rows).onConflictDoNothing();
  }

  #read(): ReadonlySet<string> {
    if (this.#file === undefined || !existsSync(this.#file)) return new Set();
    const lines = readFileSync(this.#file, "utf8").split("\n");
    return new Set(lines.filter((line) => /^[0-9a-f]{64}$/.test(line)));
  }

  #append(hashes: readonly string[]): void {
    if (this.#file === undefined) return;
    const known = this.#read();
    const missing = hashes.filter((hash) => !known.has(hash));
    if (missing.length === 0) return;
    mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
    const file = openSync(this.#file, "a", 0o600);
    try {
      // A line that a crash cut off is not a mark; the new ones begin on a line of their own.
      writeSync(file, `\n${missing.join("\n")}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
}
