/** Looks for what is left of a person: in everything every row of every table says, and in every file. */
import { existsSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { PoolClient, QueryResultRow } from "pg";
import { toColumns } from "../database/classify.ts";
import type { Database } from "../database/database.ts";
import { tables } from "../database/schema.ts";
import { readWordTables, type WordTable } from "../database/words.ts";

/** A value of a person's that must not be found afterwards. */
export interface Trace {
  readonly value: string;
  /**
   * `anywhere`: even inside a longer word, because nothing else can look like it · `word`: an address or a number that stands by itself;
   * ann@example.com is not found in joann@example.com, who is somebody else · `name`: a word that others may use, so only where names
   * stand: in columns of user names, and as a whole value in tables that are not ours.
   */
  readonly match: "anywhere" | "word" | "name";
}

/** A place where something was found. */
export interface Leftover {
  /** A table, or a file's path. */
  readonly where: string;
  readonly count: number;
}

/** What a search found, or that it would take long and was not made. */
export type Searched =
  | { readonly kind: "searched"; readonly leftovers: readonly Leftover[] }
  | { readonly kind: "postponed"; readonly tables: readonly string[] };

/** How a search is made. */
export interface SearchWay {
  /** Accounts opened after this moment are other people's, who may have taken a name that became free. */
  readonly since: Date;
  /** A table without an index that is larger than this is not read: somebody waits for the answer. In blocks of the database. */
  readonly largestBlocks: number;
  /** A table up to this size is read even where it has an index. */
  readonly smallBlocks?: number;
}

/** 256 MiB: some seconds on a laptop. */
export const inlineBlocks = 32_768;

// One statement reads 32 MiB, so that in the embedded database, which has one session, others get their turn in between.
const SLICE_BLOCKS = 4_096;

// Half a megabyte is read sooner than an index is asked for five values.
const SMALL_BLOCKS = 64;

const names = new Set(
  toColumns(tables)
    .filter(({ classification }) => classification === "service.username")
    .map(({ table, column }) => `${table}.${column}`),
);
const own = new Set(toColumns(tables).map(({ table }) => table));

/** Searches the whole database, tables of libraries included. */
export async function searchDatabase(
  database: Pick<Database, "pool">,
  traces: readonly Trace[],
  way: SearchWay,
): Promise<Searched> {
  if (traces.length === 0) return { kind: "searched", leftovers: [] };
  const tables = await readWordTables(database);
  const large = tables.filter(({ indexed, blocks }) => !indexed && blocks > way.largestBlocks);
  if (large.length > 0) return { kind: "postponed", tables: large.map(({ name }) => name) };
  const leftovers: Leftover[] = [];
  for await (const { table, rows } of readFound<{ count: string }>(
    database,
    tables,
    traces,
    way,
    "count(*) AS count",
  )) {
    const count = rows.reduce((sum, row) => sum + Number(row.count), 0);
    if (count > 0) leftovers.push({ where: table.name, count });
  }
  return { kind: "searched", leftovers };
}

/** A row in which something was found, as the database prints it. */
export interface FoundRow {
  readonly table: string;
  readonly row: Readonly<Record<string, unknown>>;
}

/** The rows of our own tables in which something is, however long it takes to find them. */
export async function findFoundRows(
  database: Pick<Database, "pool">,
  traces: readonly Trace[],
  since: Date,
): Promise<readonly FoundRow[]> {
  if (traces.length === 0) return [];
  const tables = (await readWordTables(database)).filter(isOwn);
  const way = { since, largestBlocks: Number.POSITIVE_INFINITY };
  const found: FoundRow[] = [];
  for await (const { table, rows } of readFound<{ row: Record<string, unknown> }>(
    database,
    tables,
    traces,
    way,
    "to_jsonb(found) AS row",
  ))
    found.push(...rows.map(({ row }) => ({ table: table.name, row })));
  return found;
}

type Client = Pick<PoolClient, "query">;

/** Asks each table for the rows in which something is, called `found`; `what` is what is wanted of them. */
async function* readFound<R extends QueryResultRow>(
  { pool }: Pick<Database, "pool">,
  tables: readonly WordTable[],
  traces: readonly Trace[],
  { since, smallBlocks = SMALL_BLOCKS }: SearchWay,
  what: string,
): AsyncGenerator<{ readonly table: WordTable; readonly rows: readonly R[] }> {
  // A table without a block has no row.
  const filled = tables.filter(({ blocks }) => blocks > 0);
  const isQuick = ({ indexed, blocks }: WordTable): boolean => indexed && blocks > smallBlocks;
  const client = await pool.connect();
  try {
    await client.query("BEGIN READ ONLY");
    try {
      // The planner does not know how rare these values are and would rather read everything.
      await client.query("SET LOCAL enable_seqscan = off");
      for (const table of filled.filter(isQuick))
        yield { table, rows: await readIndexed<R>(client, table, traces, since, what) };
    } finally {
      await client.query("COMMIT");
    }
    for (const table of filled.filter((each) => !isQuick(each)))
      yield { table, rows: await readSlices<R>(client, table, traces, since, what) };
  } finally {
    client.release();
  }
}

async function readIndexed<R extends QueryResultRow>(
  client: Client,
  table: WordTable,
  traces: readonly Trace[],
  since: Date,
  what: string,
): Promise<readonly R[]> {
  const values = new Values();
  const condition = toCondition(table, table.words, traces, since, values);
  if (condition === undefined) return [];
  const { rows } = await client.query<R>(
    `SELECT ${what} FROM ${nameOf(table)} AS found WHERE ${condition}`,
    values.list,
  );
  return rows;
}

async function readSlices<R extends QueryResultRow>(
  client: Client,
  table: WordTable,
  traces: readonly Trace[],
  since: Date,
  what: string,
): Promise<readonly R[]> {
  const values = new Values();
  const condition = toCondition(table, "words", traces, since, values);
  if (condition === undefined) return [];
  const found: R[] = [];
  for (let block = 0; block <= table.blocks; block += SLICE_BLOCKS) {
    const last = block + SLICE_BLOCKS > table.blocks;
    const end = last ? "" : ` AND ctid < '(${block + SLICE_BLOCKS},0)'::tid`;
    // "OFFSET 0" keeps the planner from writing the long text out again for every value that is looked for.
    const { rows } = await client.query<R>(
      `SELECT ${what} FROM (SELECT *, ${table.words} AS words FROM ${nameOf(table)} WHERE ctid >= '(${block},0)'::tid${end} OFFSET 0) AS found WHERE ${condition}`,
      values.list,
    );
    found.push(...rows);
  }
  return found;
}

function isOwn({ schema, name }: WordTable): boolean {
  return schema === "public" && own.has(name);
}

function nameOf({ schema, name }: WordTable): string {
  return `"${schema}"."${name}"`;
}

/** The parameters of a statement. */
class Values {
  readonly list: string[] = [];

  /** Adds one; returns how the statement calls it. */
  add(value: string): string {
    this.list.push(value);
    return `$${this.list.length}::text`;
  }
}

function toCondition(
  table: WordTable,
  words: string,
  traces: readonly Trace[],
  since: Date,
  values: Values,
): string | undefined {
  const { name } = table;
  const isOurs = isOwn(table);
  const conditions = traces.flatMap(({ value, match }): readonly string[] => {
    const wanted = value.toLowerCase();
    const contains = (text: string): string =>
      `${words} LIKE ${values.add(`%${text.replace(/[\\%_]/g, String.raw`\$&`)}%`)}`;
    switch (match) {
      case "anywhere":
        return [contains(wanted)];
      case "word":
        // "|| ''" keeps the pattern away from the index, which would be asked the same thing twice.
        return [
          `(${contains(wanted)} AND (${words} || '') ~ ${values.add(`${before}${escapePattern(wanted)}${after}`)})`,
        ];
      case "name": {
        const whole = `\u0001${wanted}\u0001`;
        // Elsewhere a whole column, or a whole string inside JSON.
        if (!isOurs) return [contains(whole), contains(JSON.stringify(wanted))];
        const columns = [...names].filter((column) => column.startsWith(`${name}.`));
        if (columns.length === 0) return [];
        const equal = columns.map(
          (column) => `lower("${column.slice(name.length + 1)}") = ${values.add(wanted)}`,
        );
        // The words are asked first: they have the index, a column may have none.
        return [`(${contains(whole)} AND (${equal.join(" OR ")}))`];
      }
    }
  });
  if (conditions.length === 0) return undefined;
  const found = `(${conditions.join(" OR ")})`;
  return isOurs && name === "users"
    ? `${found} AND created_at <= ${values.add(since.toISOString())}::timestamptz`
    : found;
}

// An address goes on to the left with what may stand in an address, and to the right with a letter, a digit, or a dot and another label.
// The same pattern in both languages: what the database and what a file says is judged alike.
const before = "(?<![a-z0-9._%+-])";
const after = "(?![a-z0-9_-]|[.][a-z0-9])";

/** What finds the values in a text; names, which may be anybody's words, are not looked for in texts. */
export function toPatterns(traces: readonly Trace[], flags: string): readonly RegExp[] {
  return traces.flatMap(({ value, match }) => {
    if (match === "name") return [];
    const wanted = escapePattern(value.toLowerCase());
    return [new RegExp(match === "word" ? `${before}${wanted}${after}` : wanted, flags)];
  });
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/**
 * The files below folders in which one of the values stands: as it is, compressed by gzip, or encoded for mail (quoted-printable, base64,
 * encoded words). A file in a compression that cannot be undone here counts as one that has something. The database's own folder is not
 * looked into: it was asked itself.
 */
export async function searchFiles(
  folders: readonly string[],
  traces: readonly Trace[],
): Promise<readonly Leftover[]> {
  const patterns = toPatterns(traces, "u");
  if (patterns.length === 0) return [];
  for (;;) {
    const leftovers: Leftover[] = [];
    let moved = false;
    for (const folder of folders) {
      for await (const path of files(folder)) {
        const bytes = await readIfThere(path);
        if (bytes === undefined) {
          moved = true;
          continue;
        }
        const readings = readEvery(bytes);
        if (
          readings === undefined ||
          readings.some((text) => patterns.some((each) => each.test(text)))
        )
          leftovers.push({ where: path, count: 1 });
      }
    }
    // A letter that got its name meanwhile may stand under it where nobody looked any more.
    if (!moved) return leftovers;
  }
}

/** The bytes of a file, or undefined when it was renamed or deleted since its folder was read. */
async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Deletes the files in which one of the values stands. Returns how many. */
export async function deleteFiles(
  folders: readonly string[],
  traces: readonly Trace[],
): Promise<number> {
  const found = await searchFiles(folders, traces);
  for (const { where } of found) await rm(where, { force: true });
  return found.length;
}

/** Everything the bytes of a file can be read as, in small letters; undefined for a compression that is not undone here. */
function readEvery(bytes: Buffer): readonly string[] | undefined {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      return readEvery(gunzipSync(bytes, { maxOutputLength: 512 * 1024 * 1024 }));
    } catch {
      // Cut off or damaged: nobody can say what is in it.
      return undefined;
    }
  }
  // zip, xz, zstandard, bzip2
  if (["504b0304", "fd377a58", "28b52ffd", "425a68"].some((magic) => startsWith(bytes, magic)))
    return undefined;
  const text = bytes.toString("utf8");
  return [text, decodeQuoted(text), ...decodeBase64(text)].map((each) => each.toLowerCase());
}

function startsWith(bytes: Buffer, magic: string): boolean {
  return bytes.subarray(0, magic.length / 2).toString("hex") === magic;
}

/** Quoted-printable bodies and encoded words, undone wherever they may stand: `=41nn`, `Ann =\r\nLee`, `=?utf-8?q?ann=40example?=`. */
function decodeQuoted(text: string): string {
  return text
    .replace(/=[ \t]*\r?\n/g, "")
    .replace(/(?:=[0-9a-f]{2})+/gi, (run) =>
      Buffer.from(run.replaceAll("=", ""), "hex").toString("utf8"),
    );
}

/** Whatever may be base64, decoded from each of the four places at which a group can begin. */
function decodeBase64(text: string): readonly string[] {
  const runs = text.match(/(?:[a-z0-9+/_-]{8,}\r?\n)*[a-z0-9+/_-]{8,}={0,2}/gi) ?? [];
  return [0, 1, 2, 3].map((start) =>
    runs
      .map((run) => Buffer.from(run.replace(/[\r\n]/g, "").slice(start), "base64").toString("utf8"))
      .join("\n"),
  );
}

async function* files(folder: string): AsyncGenerator<string> {
  if (!existsSync(folder)) return;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (entry.isFile()) yield path;
  }
}
