/**
 * What each purpose sees: a role with the columns of its items, and a schema of the same name with a view of each table. A view reads
 * with its owner's rights, and its owner is the role: grants and row security (`limits.ts`) hold inside it as if the role itself had asked,
 * in one statement and without a transaction.
 */
import type { ClassifiedColumn } from "./classify.ts";
import { mayRead, readingPurposes, roleOf, type ReadingPurpose } from "./purposes.ts";

/** The statements that make roles, grants and views; done twice they change nothing. */
export function toViews(columns: readonly ClassifiedColumn[]): readonly string[] {
  return readingPurposes.flatMap((purpose) => {
    const role = roleOf(purpose);
    const tables = readable(columns, purpose);
    return [
      `DO $$ BEGIN CREATE ROLE ${role} NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
      `GRANT ${role} TO CURRENT_USER`,
      `REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ${role}`,
      dropViews(purpose),
      `CREATE SCHEMA ${role} AUTHORIZATION ${role}`,
      ...tables.flatMap(({ table, list }) => [
        `GRANT SELECT (${list}) ON public."${table}" TO ${role}`,
        `CREATE VIEW ${role}."${table}" AS SELECT ${list} FROM public."${table}"`,
        `ALTER VIEW ${role}."${table}" OWNER TO ${role}`,
      ]),
    ];
  });
}

/** The statements that take the views away, which PostgreSQL asks for before a column they show changes its type or goes. */
export function toViewDrops(): readonly string[] {
  return readingPurposes.map(dropViews);
}

function dropViews(purpose: ReadingPurpose): string {
  return `DROP SCHEMA IF EXISTS ${roleOf(purpose)} CASCADE`;
}

/** The tables in which a purpose has items, with the columns of these and the ones that describe nobody. */
function readable(columns: readonly ClassifiedColumn[], purpose: ReadingPurpose) {
  return [...new Set(columns.map(({ table }) => table))].flatMap((table) => {
    const own = columns.filter(
      ({ table: of, classification }) =>
        of === table && (!isItem(classification) || mayRead(classification, purpose)),
    );
    // A table that holds nothing of the purpose is not its business, keys and states included.
    if (!own.some(({ classification }) => isItem(classification))) return [];
    return [{ table, list: own.map(({ column }) => `"${column}"`).join(", ") }];
  });
}

function isItem(classification: string): boolean {
  return classification.includes(".");
}
