/** Brings a database to this build's state: tables, then what each column holds, then who may read it for what. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import { type ClassifiedColumn, toColumns } from "./classify.ts";
import type { Database } from "./database.ts";
import { DatabaseError, hasSqlState } from "./errors.ts";
import { mayRead, readingPurposes, roleOf } from "./purposes.ts";
import { toLimits } from "./limits.ts";
import { tables } from "./schema.ts";
import { indexWords } from "./words.ts";

// Any number that only we use: of several servers that start at once, one migrates and the others wait.
const MIGRATION_LOCK = 7_305_811;

/** Applies what is missing; done twice it changes nothing. */
export async function migrateDatabase(database: Database): Promise<void> {
  const { orm, pool } = database;
  await migrate(orm, { migrationsFolder: findMigrations() });
  const columns = toColumns(tables);
  const statements = [...toComments(columns), ...toGrants(columns), ...toLimits(columns)];
  // A few hundred statements that mostly change nothing: done when they differ from those that were done last.
  const mark = `cc:${createHash("sha256").update(statements.join(";")).digest("hex")}`;
  await indexWords(database);
  const client = await pool.connect();
  try {
    const { rows } = await client.query<{ mark: string | null }>(
      "SELECT obj_description('public.users'::regclass, 'pg_class') AS mark",
    );
    if (rows[0]?.mark === mark) return;
    await client.query(
      [
        "BEGIN",
        `SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`,
        ...statements,
        `COMMENT ON TABLE public.users IS '${mark}'`,
        "COMMIT",
      ].join(";\n"),
    );
  } catch (error) {
    await client.query("ROLLBACK");
    if (hasSqlState(error, "42501")) throw new DatabaseError("roles-refused", { cause: error });
    throw error;
  } finally {
    client.release();
  }
}

/** The comments that carry the classification inside the database itself: `cc:service.email`. */
function toComments(columns: readonly ClassifiedColumn[]): readonly string[] {
  return columns.map(
    ({ table, column, classification }) =>
      `COMMENT ON COLUMN public."${table}"."${column}" IS 'cc:${classification}'`,
  );
}

/** A role for each purpose, which may select the columns of the purpose's items and the ones that describe nobody. */
function toGrants(columns: readonly ClassifiedColumn[]): readonly string[] {
  const names = [...new Set(columns.map(({ table }) => table))];
  return readingPurposes.flatMap((purpose) => {
    const role = roleOf(purpose);
    const grants = names.flatMap((name) => {
      const own = columns.filter(({ table }) => table === name);
      const readable = own.filter(
        ({ classification }) =>
          !classification.startsWith("service.") || mayRead(classification, purpose),
      );
      // A table of which the purpose may see nothing but keys is not its business at all.
      if (readable.every(({ classification }) => classification === "key")) return [];
      const list = readable.map(({ column }) => `"${column}"`).join(", ");
      return [`GRANT SELECT (${list}) ON public."${name}" TO ${role}`];
    });
    return [
      `DO $$ BEGIN CREATE ROLE ${role} NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
      `GRANT ${role} TO CURRENT_USER`,
      `REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ${role}`,
      ...grants,
    ];
  });
}

/** `migrations` stands beside `dist`, and beside `src` when run from the sources. */
function findMigrations(): string {
  for (const path of ["../migrations", "../../migrations"]) {
    const folder = fileURLToPath(new URL(path, import.meta.url));
    if (existsSync(folder)) return folder;
  }
  throw new DatabaseError("migration-missing");
}
