/**
 * Everything a row says, as one text: what is searched when somebody asks whether a person is still anywhere. On a PostgreSQL server
 * every table of ours has a trigram index over that text, so the same question that reads a small table from end to end takes some
 * milliseconds in one with a million rows. The index only makes it quick: a table without one is read.
 */
import type { Database } from "./database.ts";
import { hasSqlState } from "./errors.ts";

/** A table of the database's own catalogue, whoever made it. */
export interface WordTable {
  readonly schema: string;
  readonly name: string;
  /** Size in the database's blocks, usually 8 KiB. */
  readonly blocks: number;
  /** The SQL expression of everything a row says, in small letters; columns stand between marks (character 1). */
  readonly words: string;
  /** Whether a trigram index over exactly this expression exists. */
  readonly indexed: boolean;
}

interface Row {
  readonly schema: string;
  readonly name: string;
  readonly blocks: string;
  readonly columns: readonly string[];
  readonly types: readonly string[];
  readonly indexes: readonly string[] | null;
}

// Numbers, dates, booleans, intervals and geometry cannot spell a name; everything else is read, types of extensions included.
const CATALOGUE = `
  SELECT n.nspname AS schema, c.relname AS name,
         pg_relation_size(c.oid) / current_setting('block_size')::int AS blocks,
         array_agg(a.attname::text ORDER BY a.attnum) AS columns,
         array_agg(CASE WHEN t.typcategory = 'A' THEN 'array' ELSE t.typname::text END ORDER BY a.attnum) AS types,
         (SELECT array_agg(i.relname::text) FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
           WHERE x.indrelid = c.oid AND x.indisvalid) AS indexes
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
   WHERE c.relkind IN ('r', 'm') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
     AND t.typcategory NOT IN ('N', 'D', 'B', 'T', 'G')
   GROUP BY c.oid, n.nspname, c.relname`;

/** Every table that has a column in which a name could stand. Asked of the catalogue: what our own list forgot is found there. */
export async function readWordTables({ pool }: Pick<Database, "pool">): Promise<WordTable[]> {
  const { rows } = await pool.query<Row>(CATALOGUE);
  return rows.map(({ schema, name, blocks, columns, types, indexes }) => {
    const words = toWords(columns, types);
    return {
      schema,
      name,
      words,
      blocks: Number(blocks),
      indexed: indexes?.includes(indexName(name, words)) ?? false,
    };
  });
}

/**
 * Gives every table of ours its index and takes away those of columns that changed. Returns whether there are indexes: not in the
 * embedded database, and not on a server without the extension `pg_trgm` (Debian: in `postgresql` itself; elsewhere `postgresql-contrib`).
 */
export async function indexWords(database: Pick<Database, "pool" | "kind">): Promise<boolean> {
  const { pool, kind } = database;
  if (kind === "embedded") return false;
  try {
    await pool.query("CREATE EXTENSION IF NOT EXISTS pg_trgm");
  } catch (error) {
    // Not installed, or this user may not: searching is slower then, and finds the same.
    if (["42501", "0A000", "58P01"].some((state) => hasSqlState(error, state))) return false;
    throw error;
  }
  const tables = (await readWordTables(database)).filter(({ schema }) => schema === "public");
  const { rows } = await pool.query<{ name: string; index: string }>(
    `SELECT tablename AS name, indexname AS index FROM pg_indexes WHERE schemaname = 'public' AND indexname LIKE '%\\_words\\_%'`,
  );
  for (const { name, words, indexed } of tables) {
    const wanted = indexName(name, words);
    for (const old of rows.filter((row) => row.name === name && row.index !== wanted))
      await pool.query(`DROP INDEX IF EXISTS public."${old.index}"`);
    if (!indexed)
      await pool.query(
        `CREATE INDEX IF NOT EXISTS "${wanted}" ON public."${name}" USING gin ((${words}) gin_trgm_ops)`,
      );
  }
  return true;
}

function toWords(columns: readonly string[], types: readonly string[]): string {
  const texts = columns.map((column, index) => {
    const name = `"${column.replaceAll('"', '""')}"`;
    if (types[index] === "bytea") return `encode(${name}, 'escape')`;
    if (types[index] === "array") return `array_to_string(${name}::text[], chr(1))`;
    return `${name}::text`;
  });
  // "||" and not concat_ws: an index takes only what can never answer otherwise.
  return `lower(chr(1) || ${texts.map((text) => `coalesce(${text}, '')`).join(" || chr(1) || ")} || chr(1))`;
}

/** The index's name carries the expression, so another expression is another index. */
function indexName(table: string, words: string): string {
  let hash = 0;
  for (const character of words) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0;
  return `${table.slice(0, 40)}_words_${hash.toString(36)}`;
}
