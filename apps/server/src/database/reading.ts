/**
 * Reading for a purpose. The compiler refuses a column whose item is not declared for the purpose, and the database refuses it again:
 * the query runs under the purpose's own role, which was granted those columns and no others. [C4]
 */
import { sql, type SQL } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import type { Classification } from "./classify.ts";
import type { Database } from "./database.ts";
import { type ItemFor, type ReadingPurpose, roleOf } from "./purposes.ts";

type Readable<P extends ReadingPurpose> = ItemFor<P> | Exclude<Classification, `service.${string}`>;

/** The columns of a table that may be read for a purpose. */
export type ColumnFor<C, P extends ReadingPurpose> = {
  [K in keyof C]: C[K] extends Readable<P> ? K : never;
}[keyof C];

interface Classified<T extends PgTable, C> {
  readonly table: T;
  readonly columns: C;
}

type Row<T extends PgTable, K extends PropertyKey> = {
  readonly [Name in K & keyof T["$inferSelect"]]: T["$inferSelect"][Name];
};

/** How rows are chosen. The condition sees the whole table, but the database lets it look at the purpose's columns only. */
export interface Choice<T extends PgTable> {
  readonly where?: (table: T) => SQL | undefined;
  readonly orderBy?: (table: T) => SQL;
  readonly limit?: number;
}

/** Reads columns of a table for a purpose. */
export type Reader = <
  P extends ReadingPurpose,
  T extends PgTable,
  C extends Readonly<Record<string, Classification>>,
  K extends ColumnFor<C, P> & keyof T["$inferSelect"] & string,
>(
  purpose: P,
  classified: Classified<T, C>,
  columns: readonly K[],
  choice?: Choice<T>,
) => Promise<readonly Row<T, K>[]>;

/** Reads for several purposes, one after the other and each under its own role, in one transaction. */
export async function readTogether<Result>(
  database: Database,
  work: (read: Reader) => Promise<Result>,
): Promise<Result> {
  return database.orm.transaction(async (transaction) => work(readerIn(transaction)));
}

/** Reads columns of a table for a purpose. */
export async function readFor<
  P extends ReadingPurpose,
  T extends PgTable,
  C extends Readonly<Record<string, Classification>>,
  K extends ColumnFor<C, P> & keyof T["$inferSelect"] & string,
>(
  database: Database,
  purpose: P,
  classified: Classified<T, C>,
  columns: readonly K[],
  choice: Choice<T> = {},
): Promise<readonly Row<T, K>[]> {
  return readTogether(database, async (read) => read(purpose, classified, columns, choice));
}

type Transaction = Parameters<Parameters<Database["orm"]["transaction"]>[0]>[0];

function readerIn(transaction: Transaction): Reader {
  return async <
    P extends ReadingPurpose,
    T extends PgTable,
    C extends Readonly<Record<string, Classification>>,
    K extends ColumnFor<C, P> & keyof T["$inferSelect"] & string,
  >(
    purpose: P,
    { table }: Classified<T, C>,
    columns: readonly K[],
    choice: Choice<T> = {},
  ) => {
    const chosen = Object.fromEntries(
      columns.map((name) => [name, table[name as unknown as keyof T] as PgColumn]),
    );
    const source: PgTable = table;
    await transaction.execute(sql`SET LOCAL ROLE ${sql.identifier(roleOf(purpose))}`);
    const query = transaction.select(chosen).from(source).where(choice.where?.(table)).$dynamic();
    if (choice.orderBy !== undefined) query.orderBy(choice.orderBy(table));
    if (choice.limit !== undefined) query.limit(choice.limit);
    return (await query) as Row<T, K>[];
  };
}
