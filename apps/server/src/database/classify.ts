import { getTableColumns, type Table } from "drizzle-orm";
import { getTableConfig, type PgTable } from "drizzle-orm/pg-core";
import type { StoredItem } from "./purposes.ts";

/**
 * What a column holds: an item of the inventory, or what describes no person. `key` joins rows, `state` drives the program (queues,
 * counters, settings), `public` is a text that is published anyway.
 */
export type Classification = StoredItem | "key" | "state" | "public";

/** A table whose every column is classified. */
export interface ClassifiedTable {
  readonly table: PgTable;
  readonly columns: Readonly<Record<string, Classification>>;
}

/**
 * Ties every column of a table to the inventory. A column without an entry, an entry without a column and a misspelt item do not
 * compile. The result keeps the literal types, from which `reading.ts` knows the purposes of each column.
 */
export function classify<
  T extends PgTable,
  const C extends Readonly<Record<keyof T["_"]["columns"], Classification>>,
>(
  table: T,
  columns: C & Readonly<Record<Exclude<keyof C, keyof T["_"]["columns"]>, never>>,
): { readonly table: T; readonly columns: C } {
  return { table, columns };
}

/** A column as the database knows it, with its classification. */
export interface ClassifiedColumn {
  readonly table: string;
  readonly column: string;
  readonly classification: Classification;
}

/** Every column of the tables, by its name in the database. */
export function toColumns(tables: readonly ClassifiedTable[]): readonly ClassifiedColumn[] {
  return tables.flatMap(({ table, columns }) => {
    const { name } = getTableConfig(table);
    return Object.entries(getTableColumns(table as Table)).map(([property, column]) => {
      const classification = columns[property];
      if (classification === undefined) throw new Error(`${name}.${column.name} is unclassified.`);
      return { table: name, column: column.name, classification };
    });
  });
}
