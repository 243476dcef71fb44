/**
 * Reading for a purpose. The compiler refuses a column whose item is not declared for the purpose, and the database refuses it again: a
 * purpose has a schema of views (`views.ts`), which read with the rights of the purpose's own role, and a column it was not granted is
 * not there. [C4]
 */
import { getTableName, sql, type SQL } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import type { Classification } from "./classify.ts";
import type { Database } from "./database.ts";
import { type ItemFor, type ReadingPurpose, roleOf, type StoredItem } from "./purposes.ts";

type Readable<P extends ReadingPurpose> = ItemFor<P> | Exclude<Classification, StoredItem>;

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

/**
 * Reads columns of a table for a purpose. Throws what the database throws, in which a column that is not the purpose's does not exist
 * (42703), nor a table of which nothing is (42P01).
 */
export async function readFor<
  P extends ReadingPurpose,
  T extends PgTable,
  C extends Readonly<Record<string, Classification>>,
  K extends ColumnFor<C, P> & keyof T["$inferSelect"] & string,
>(
  database: Database,
  purpose: P,
  { table }: Classified<T, C>,
  columns: readonly K[],
  choice: Choice<T> = {},
): Promise<readonly Row<T, K>[]> {
  const chosen = Object.fromEntries(
    columns.map((name) => {
      const column = table[name as unknown as keyof T] as PgColumn;
      return [name, sql`${column}`.mapWith(column)];
    }),
  );
  const source = viewOf(purpose, table);
  const query = database.orm.select(chosen).from(source).where(choice.where?.(table)).$dynamic();
  if (choice.orderBy !== undefined) query.orderBy(choice.orderBy(table));
  if (choice.limit !== undefined) query.limit(choice.limit);
  return (await query) as Row<T, K>[];
}

/** A table as a purpose sees it. It has the table's own name, so conditions over the table hold for it. */
function viewOf(purpose: ReadingPurpose, table: PgTable): SQL {
  return sql`${sql.identifier(roleOf(purpose))}.${sql.identifier(getTableName(table))}`;
}
