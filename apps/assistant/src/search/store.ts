import type {
  Filter,
  IndexedSymbol,
  NameCount,
  Postings,
  SearchStore,
  Source,
  StoredFile,
  StoredPassage,
  StoredSymbol,
  SymbolQuery,
} from "@cloud-code/search";
import type { Database, Row, Value } from "./database.ts";
import { KINDS } from "./catalog.ts";

/** Which files of a database one workspace may see, and how their texts are read. */
export interface StoreView {
  readonly source: Source;
  /** Only these packages; undefined: everything. */
  readonly packages?: ReadonlySet<number>;
  /** The text of a file; undefined when it cannot be read any more. */
  readonly read: (path: string, packageRoot: string) => Promise<string | undefined>;
}

const FILE_COLUMNS = `c.id content, c.language language, f.path path, f.module module, p.ecosystem ecosystem, p.name package,
  p.version version, p.licence licence, p.root root`;
const FILE_TABLES = `content c join file f on f.content = c.id left join package p on p.id = f.package`;
const MAX_VARIABLES = 500;

/** The search's view of one SQLite file. Every method runs inside of `Database.use`. */
export class SqliteStore implements SearchStore {
  readonly #database: Database;
  readonly #view: StoreView;
  readonly #roots = new WeakMap<StoredFile, string>();

  constructor(database: Database, view: StoreView) {
    this.#database = database;
    this.#view = view;
  }

  async collection(): Promise<{ passages: number; averageLength: number; lengths: Uint16Array }> {
    const { generation, collection } = collections.get(this.#database) ?? {};
    const now = String(
      this.#database.get("select value from meta where key = 'generation'")?.["value"] ?? "",
    );
    if (collection !== undefined && generation === now) return collection;
    const loaded = this.#loadCollection();
    collections.set(this.#database, { generation: now, collection: loaded });
    return loaded;
  }

  async postings(terms: readonly string[]): Promise<ReadonlyMap<string, readonly Postings[]>> {
    const found = new Map<string, Postings[]>();
    for (const term of terms) {
      const rows = this.#database.all(
        "select first, data from posting where term = ? order by first",
        [term],
      );
      if (rows.length > 0)
        found.set(
          term,
          rows.map(({ first, data }) => ({ first: Number(first), data: toBytes(data) })),
        );
    }
    return found;
  }

  async passages(numbers: readonly number[], filter: Filter): Promise<readonly StoredPassage[]> {
    const condition = this.#condition(filter);
    if (condition === undefined) return [];
    const found: StoredPassage[] = [];
    for (let from = 0; from < numbers.length; from += MAX_VARIABLES) {
      const part = numbers.slice(from, from + MAX_VARIABLES);
      const rows = this.#database.all(
        `select a.id passage, a.start start, a.end end, min(f.id), count(*) copies, ${FILE_COLUMNS} from passage a
         join ${FILE_TABLES.replace("content c join", "content c on c.id = a.content join")}
         where a.id in (${part.join()}) and ${condition.sql} group by a.id`,
        condition.values,
      );
      for (const row of rows)
        found.push({
          passage: Number(row["passage"]),
          file: this.#toFile(row),
          startLine: Number(row["start"]),
          endLine: Number(row["end"]),
        });
    }
    return found;
  }

  async symbols(
    query: SymbolQuery,
    filter: Filter,
    limit: number,
  ): Promise<readonly StoredSymbol[]> {
    const condition = this.#condition(filter);
    if (condition === undefined) return [];
    const { sql, values } = condition;
    const wanted: string[] = [sql];
    const given: Value[] = [...values];
    if (query.owner !== undefined && query.owner !== "") {
      wanted.push(`(s.owner = ? or s.owner like ? escape '!')`);
      given.push(query.owner, `%.${escapeLike(query.owner)}`);
    } else if (query.module !== undefined && query.name === "") wanted.push("s.owner = ''");
    if (query.module !== undefined) {
      // A package is named by its modules or, as npm's are, by its own name. Most names people type are neither, which is soon seen.
      const named = [query.module, `${query.module}.`, `${query.module}/`];
      const isModule = this.#database.get(
        `select 1 from file where module = ? or (module >= ? and module < ?) union all select 1 from package where name = ? limit 1`,
        [...named, query.module],
      );
      if (isModule === undefined) return [];
      wanted.push("(f.module = ? or (f.module >= ? and f.module < ?) or p.name = ?)");
      given.push(...named, query.module);
    }
    if (query.name !== "") {
      if (query.isPrefix) {
        wanted.push("s.name >= ? and s.name < ?");
        given.push(query.name, `${query.name}\u{10ffff}`);
      } else {
        wanted.push("s.name = ?");
        given.push(query.name);
      }
    }
    const rows = this.#database.all(
      `select s.name name, s.kind kind, s.owner owner, s.line line, s.end end, min(f.id), count(*) copies, ${FILE_COLUMNS}
       from ${this.#symbolTables(query)} where ${wanted.join(" and ")}
       group by s.content, s.line, s.name, s.end order by length(s.name) limit ?`,
      [...given, limit],
    );
    return rows.map((row) => ({ ...toSymbol(row), file: this.#toFile(row) }));
  }

  async symbolsIn(
    content: number,
    startLine: number,
    endLine: number,
  ): Promise<readonly IndexedSymbol[]> {
    return this.#database
      .all(
        "select name, kind, owner, line, end from symbol where content = ? and line <= ? and end >= ? order by line",
        [content, endLine, startLine],
      )
      .map(toSymbol);
  }

  async filesWith(
    pieces: readonly string[],
    filter: Filter,
    limit: number,
  ): Promise<readonly StoredFile[]> {
    const condition = this.#condition(filter);
    if (condition === undefined) return [];
    const match = toTrigrams(pieces);
    const rows = this.#database.all(
      `select min(f.id), count(*) copies, ${FILE_COLUMNS} from ${FILE_TABLES}
       where ${match === "" ? "" : "c.id in (select rowid from grams where grams match ?) and "}${condition.sql} group by c.id limit ?`,
      [...(match === "" ? [] : [match]), ...condition.values, limit],
    );
    return rows.map((row) => this.#toFile(row));
  }

  async filesAt(pathEnd: string, limit: number): Promise<readonly StoredFile[]> {
    const condition = this.#condition({});
    if (condition === undefined) return [];
    const rows = this.#database.all(
      `select min(f.id), count(*) copies, ${FILE_COLUMNS} from ${FILE_TABLES}
       where (f.path = ? or f.path like ? escape '!') and ${condition.sql} group by c.id limit ?`,
      [pathEnd, `%/${escapeLike(pathEnd)}`, ...condition.values, limit],
    );
    return rows.map((row) => this.#toFile(row));
  }

  read(file: StoredFile): Promise<string | undefined> {
    return this.#view.read(file.path, this.#roots.get(file) ?? "");
  }

  async names(): Promise<readonly NameCount[]> {
    return this.#database
      .all("select name, kind, count(*) count from symbol group by name, kind")
      .map(({ name, kind, count }) => ({
        name: String(name),
        kind: KINDS[Number(kind)] ?? "field",
        count: Number(count),
      }));
  }

  /** From names where there is one, from a module's files otherwise: SQLite would not see that the name is the rarer. */
  #symbolTables(query: SymbolQuery): string {
    const order = query.name === "" && query.module !== undefined;
    return order
      ? "file f join content c on c.id = f.content left join package p on p.id = f.package join symbol s on s.content = c.id"
      : "symbol s indexed by symbol_name cross join content c on c.id = s.content join file f on f.content = c.id left join package p on p.id = f.package";
  }

  #loadCollection(): { passages: number; averageLength: number; lengths: Uint16Array } {
    const blocks = this.#database
      .all("select first, lengths from block order by first")
      .map(({ first, lengths }) => ({
        first: Number(first),
        lengths: toNumbers(toBytes(lengths)),
      }));
    const last = blocks.at(-1);
    const passages = last === undefined ? 0 : last.first + last.lengths.length;
    const lengths = new Uint16Array(passages);
    for (const block of blocks) lengths.set(block.lengths, block.first);
    const total = lengths.reduce((sum, length) => sum + length, 0);
    return { passages, averageLength: Math.max(1, total / Math.max(1, passages)), lengths };
  }

  /** What the filter and the view leave; undefined: nothing. */
  #condition(filter: Filter): { sql: string; values: Value[] } | undefined {
    const { source, packages } = this.#view;
    if (filter.sources !== undefined && !filter.sources.includes(source)) return undefined;
    if (packages !== undefined && packages.size === 0) return undefined;
    const parts: string[] = [];
    const values: Value[] = [];
    if (packages !== undefined) parts.push(`f.package in (${[...packages].join()})`);
    if (filter.languages !== undefined) {
      parts.push(`c.language in (${filter.languages.map(() => "?").join()})`);
      values.push(...filter.languages);
    }
    if (filter.package !== undefined) {
      parts.push("p.name = ?");
      values.push(filter.package);
    }
    if (filter.path !== undefined) {
      const isPattern = /[*?]/.test(filter.path);
      parts.push(isPattern ? "lower(f.path) glob ?" : "instr(lower(f.path), ?) > 0");
      // In SQLite a `*` crosses folders, as `**` does elsewhere.
      values.push(filter.path.toLowerCase().replaceAll("**/", "*").replaceAll("**", "*"));
    }
    return { sql: parts.length === 0 ? "1" : parts.join(" and "), values };
  }

  #toFile(row: Row): StoredFile {
    const ecosystem = text(row["ecosystem"]);
    const file: StoredFile = {
      content: Number(row["content"]),
      source: this.#view.source,
      path: text(row["path"]),
      // Only languages are written into this column.
      language: text(row["language"]) as StoredFile["language"],
      module: text(row["module"]),
      copies: Number(row["copies"]) - 1,
      ...(ecosystem === ""
        ? {}
        : {
            package: {
              ecosystem,
              name: text(row["package"]),
              version: text(row["version"]),
              licence: text(row["licence"]),
            },
          }),
    };
    this.#roots.set(file, text(row["root"]));
    return file;
  }
}

interface Collection {
  readonly passages: number;
  readonly averageLength: number;
  readonly lengths: Uint16Array;
}

/** The lengths of passages are the same for every view of a database. */
const collections = new WeakMap<
  Database,
  { readonly generation: string; readonly collection: Collection }
>();

/** At most a dozen trigrams of the pieces, spread evenly: more cost more than they leave out. */
function toTrigrams(pieces: readonly string[]): string {
  const grams = new Set<string>();
  for (const piece of pieces) {
    const characters = Array.from(piece);
    const last = characters.length - 3;
    const step = Math.max(1, Math.floor(last / 8));
    for (let at = 0; at <= last; at += step) grams.add(characters.slice(at, at + 3).join(""));
    if (last > 0) grams.add(characters.slice(last).join(""));
  }
  return [...grams]
    .slice(0, 12)
    .map((gram) => `"${gram.replaceAll('"', '""')}"`)
    .join(" AND ");
}

function toSymbol(row: Row): IndexedSymbol {
  return {
    name: text(row["name"]),
    kind: KINDS[Number(row["kind"])] ?? "field",
    owner: text(row["owner"]),
    startLine: Number(row["line"]),
    endLine: Number(row["end"]),
  };
}

function escapeLike(value: string): string {
  return value.replace(/[!%_]/g, "!$&");
}

function text(value: Value | undefined): string {
  return typeof value === "string" ? value : "";
}

function toBytes(value: Value | undefined): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array();
}

function toNumbers(bytes: Uint8Array): Uint16Array {
  const copy = bytes.slice();
  return new Uint16Array(copy.buffer, 0, copy.byteLength >> 1);
}
