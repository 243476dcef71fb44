/** Looks for what is left of a person: in every text and JSON column of every table there is, and in every file. */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { sql, type SQL } from "drizzle-orm";
import type { Database } from "../database/database.ts";
import type { Trace } from "./store.ts";

/** A place where something was found. */
export interface Leftover {
  /** `table.column`, or a file's path. */
  readonly where: string;
  readonly count: number;
}

interface Row extends Record<string, unknown> {
  readonly schema: string;
  readonly table: string;
  readonly columns: string[];
}

/**
 * Searches the whole database, tables of libraries included, reading each table once. `since`: accounts opened after it are other
 * people's, who may have taken a name that became free.
 */
export async function searchDatabase(
  { orm }: Pick<Database, "orm">,
  traces: readonly Trace[],
  since: Date,
): Promise<readonly Leftover[]> {
  if (traces.length === 0) return [];
  // The catalogue and not our own list of tables: what was forgotten there must be found here.
  const { rows } = await orm.execute<Row>(sql`
    SELECT table_schema AS schema, table_name AS table, array_agg(column_name::text) AS columns
      FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
     WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'
       AND data_type IN ('text', 'character varying', 'json', 'jsonb', 'ARRAY', 'uuid', 'bytea')
     GROUP BY 1, 2`);
  const leftovers: Leftover[] = [];
  for (const { schema, table, columns } of rows) {
    const name = sql`${sql.identifier(schema)}.${sql.identifier(table)}`;
    const younger = table === "users" ? sql` AND created_at <= ${since.toISOString()}` : sql``;
    const { rows: found } = await orm.execute<{ count: string }>(
      // "OFFSET 0" keeps the planner from writing the long text out again for every value that is looked for.
      sql`SELECT count(*) AS count FROM ${name}, LATERAL (SELECT ${asText(columns)} AS words OFFSET 0) AS row_text WHERE (${condition(traces)})${younger}`,
    );
    const count = Number(found[0]?.count ?? 0);
    if (count > 0) leftovers.push({ where: table, count });
  }
  return leftovers;
}

/** Everything a row says as one text, each column between two marks. */
function asText(columns: readonly string[]): SQL {
  const texts = columns.map((column) => sql`${sql.identifier(column)}::text`);
  return sql`lower(concat_ws(chr(1), '', ${sql.join(texts, sql`, `)}, ''))`;
}

function condition(traces: readonly Trace[]): SQL {
  return sql.join(
    traces.map(({ value, match }) => {
      const wanted = value.toLowerCase();
      if (match === "anywhere") return sql`strpos(words, ${wanted}) > 0`;
      // A value of its own: a whole column, or a whole string inside JSON.
      return sql`(strpos(words, chr(1) || ${wanted} || chr(1)) > 0 OR strpos(words, ${JSON.stringify(wanted)}) > 0)`;
    }),
    sql` OR `,
  );
}

/** The files below folders that contain one of the values. The database's own folder is not looked into: it was asked itself. */
export function searchFiles(
  folders: readonly string[],
  traces: readonly Trace[],
): readonly Leftover[] {
  const values = traces.flatMap(({ value, match }) =>
    match === "anywhere" ? [value.toLowerCase()] : [],
  );
  return folders
    .flatMap((folder) => [...files(folder)])
    .flatMap((path) => {
      const text = readFileSync(path).toString("latin1").toLowerCase();
      const names = values.map((value) => Buffer.from(value, "utf8").toString("latin1"));
      return names.some((name) => text.includes(name)) ? [{ where: path, count: 1 }] : [];
    });
}

/** Deletes the files that contain one of the values. Returns how many. */
export function deleteFiles(folders: readonly string[], traces: readonly Trace[]): number {
  const found = searchFiles(folders, traces);
  for (const { where } of found) rmSync(where, { force: true });
  return found.length;
}

function* files(folder: string): Generator<string> {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (entry.isFile()) yield path;
  }
}
