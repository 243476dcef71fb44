/** Brings a database to this build's state: tables, then what each column holds, then who may read it for what. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import { type ClassifiedColumn, toColumns } from "./classify.ts";
import type { Database } from "./database.ts";
import { DatabaseError, hasSqlState } from "./errors.ts";
import { toLimits } from "./limits.ts";
import { tables } from "./schema.ts";
import { toViewDrops, toViews } from "./views.ts";
import { indexWords } from "./words.ts";

// Any number that only we use: of several servers that start at once, one migrates and the others wait.
const MIGRATION_LOCK = 7_305_811;

/** Applies what is missing; done twice it changes nothing. */
export async function migrateDatabase(database: Database): Promise<void> {
  const { pool } = database;
  await applyMigrations(database, findMigrations());
  const columns = toColumns(tables);
  const statements = [...toComments(columns), ...toViews(columns), ...toLimits(columns)];
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

/**
 * Applies the migrations of a folder. PostgreSQL refuses to change the type of a column that a view shows, or to drop it; then the views go
 * first, and are made again with what they shall show from now on. A migration that only adds leaves them where they are, so that another
 * server on the same database goes on reading meanwhile.
 */
export async function applyMigrations(
  { orm, pool }: Pick<Database, "orm" | "pool">,
  migrationsFolder: string,
): Promise<void> {
  try {
    await migrate(orm, { migrationsFolder });
  } catch (error) {
    if (!["0A000", "2BP01"].some((state) => hasSqlState(error, state))) throw error;
    const forget = "COMMENT ON TABLE public.users IS NULL";
    await pool.query(["BEGIN", ...toViewDrops(), forget, "COMMIT"].join(";\n"));
    await migrate(orm, { migrationsFolder });
  }
}

/** The comments that carry the classification inside the database itself: `cc:service.email`. */
function toComments(columns: readonly ClassifiedColumn[]): readonly string[] {
  return columns.map(
    ({ table, column, classification }) =>
      `COMMENT ON COLUMN public."${table}"."${column}" IS 'cc:${classification}'`,
  );
}

/** `migrations` stands beside `dist`, and beside `src` when run from the sources. */
function findMigrations(): string {
  for (const path of ["../migrations", "../../migrations"]) {
    const folder = fileURLToPath(new URL(path, import.meta.url));
    if (existsSync(folder)) return folder;
  }
  throw new DatabaseError("migration-missing");
}
