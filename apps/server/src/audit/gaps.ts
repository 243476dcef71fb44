/**
 * What is left of rows of a hash chain whose period is over: where they stood, and the hash with which the chain goes on. A note is signed
 * with a key that is not in the database, so somebody who can write every table still cannot make a missing row look like an expired one.
 *
 * Example: rows 1 to 400 and 402 expired, 401 is held. Notes: (1–400, hash of 400) and (402–402, hash of 402).
 */
import { and, eq, gte, inArray, lte, or, sql, type SQL } from "drizzle-orm";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import type { Database } from "../database/database.ts";
import { createSeal } from "../requests/seal.ts";
import { chainGaps } from "./tables.ts";

/** A transaction of Drizzle's, or the database itself. */
export type Executor = Pick<NodePgDatabase, "select" | "insert" | "update" | "delete" | "execute">;

/** What the notes need of a service. */
export interface GapParts {
  readonly database: Database;
  readonly now: () => number;
  readonly config: { readonly secret: string };
}

/** A run of expired rows. */
export interface ChainGap {
  readonly first: number;
  readonly last: number;
  /** The hash of the last of them. */
  readonly hash: string;
}

/** The tables whose rows are chained, each with a number that has no hole, a hash, and a trigger that refuses every other deletion. */
export type ChainedTable = "audit_entries" | "consent_events";

const BATCH = 20_000;

/** The notes of one chain. */
export class ChainGaps {
  readonly #table: ChainedTable;
  readonly #lock: number;
  readonly #services: GapParts;
  readonly #sign: (text: string) => string;

  /** `lock` is the advisory lock under which the chain is written. */
  constructor(services: GapParts, table: ChainedTable, lock: number) {
    this.#services = services;
    this.#table = table;
    this.#lock = lock;
    this.#sign = createSeal(services.config.secret, "chain-gaps").hash;
  }

  /** The runs by their first number; one whose signature does not fit is left out, so its rows are missing. */
  async read(): Promise<ReadonlyMap<number, ChainGap>> {
    const rows = await this.#services.database.orm
      .select()
      .from(chainGaps)
      .where(eq(chainGaps.chain, this.#table));
    return new Map(
      rows.flatMap((row) =>
        row.signature === this.#signatureOf(row) ? [[row.first, row] as const] : [],
      ),
    );
  }

  /** The last run, when no row comes after it. */
  async end(within: Executor): Promise<ChainGap | undefined> {
    const [row] = await within
      .select()
      .from(chainGaps)
      .where(eq(chainGaps.chain, this.#table))
      .orderBy(sql`${chainGaps.last} DESC`)
      .limit(1);
    return row;
  }

  /** Deletes the rows for which a condition over `t` holds and notes where they stood. Returns how many went. */
  async expire(condition: SQL): Promise<number> {
    const table = sql.identifier(this.#table);
    let total = 0;
    for (;;) {
      const count = await this.#services.database.orm.transaction(async (transaction) => {
        await transaction.execute(sql`SELECT pg_advisory_xact_lock(${this.#lock})`);
        const { rows } = await transaction.execute<{ number: string; hash: string }>(
          sql`SELECT t.number, t.hash FROM ${table} AS t WHERE ${condition} ORDER BY t.number LIMIT ${BATCH}`,
        );
        if (rows.length === 0) return 0;
        const runs = toRuns(rows.map(({ number, hash }) => ({ number: Number(number), hash })));
        await transaction.execute(sql`SELECT set_config('cloud_code.expiring', 'yes', true)`);
        for (const { first, last } of runs)
          await transaction.execute(
            sql`DELETE FROM ${table} WHERE number BETWEEN ${first} AND ${last}`,
          );
        for (const run of runs) await this.#note(transaction, run);
        return rows.length;
      });
      total += count;
      if (count < BATCH) return total;
    }
  }

  /** Writes a run down, joined with the runs beside it. */
  async #note(within: Executor, run: ChainGap): Promise<void> {
    const beside = await within
      .select()
      .from(chainGaps)
      .where(
        and(
          eq(chainGaps.chain, this.#table),
          or(
            and(gte(chainGaps.last, run.first - 1), lte(chainGaps.last, run.last)),
            eq(chainGaps.first, run.last + 1),
          ),
        ),
      );
    const after = beside.find(({ first }) => first === run.last + 1);
    const joined = {
      first: Math.min(run.first, ...beside.map(({ first }) => first)),
      last: after?.last ?? run.last,
      hash: after?.hash ?? run.hash,
    };
    if (beside.length > 0)
      await within.delete(chainGaps).where(
        and(
          eq(chainGaps.chain, this.#table),
          inArray(
            chainGaps.first,
            beside.map(({ first }) => first),
          ),
        ),
      );
    await within.insert(chainGaps).values({
      chain: this.#table,
      ...joined,
      at: new Date(this.#services.now()),
      signature: this.#signatureOf(joined),
    });
  }

  #signatureOf({ first, last, hash }: ChainGap): string {
    return this.#sign(JSON.stringify([this.#table, first, last, hash]));
  }
}

/** Rows in the order of their numbers as runs without a hole. */
function toRuns(
  rows: readonly { readonly number: number; readonly hash: string }[],
): readonly ChainGap[] {
  const runs: { first: number; last: number; hash: string }[] = [];
  for (const { number, hash } of rows) {
    const run = runs.at(-1);
    if (run === undefined || number !== run.last + 1)
      runs.push({ first: number, last: number, hash });
    else {
      run.last = number;
      run.hash = hash;
    }
  }
  return runs;
}
