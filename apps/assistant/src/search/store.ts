import type {
  Extent,
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
import { KINDS, MAX_SIZE, sizeOf } from "./catalog.ts";
import { toGlobs } from "./globs.ts";

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
const SYMBOL_COLUMNS =
  "s.name name, s.kind kind, s.owner owner, s.line line, s.end end, s.content content";
const LAST = "\u{10ffff}";
const MAX_SEEN = 16;

/** The search's view of one SQLite file. */
export class SqliteStore implements SearchStore {
  readonly #database: Database;
  readonly #view: StoreView;

  constructor(database: Database, view: StoreView) {
    this.#database = database;
    this.#view = view;
  }

  extent(filter: Filter): Promise<Extent> {
    return this.#database.use(() => {
      const condition = this.#condition(filter);
      if (condition === undefined) return NOTHING;
      const seen = this.#seen(condition);
      return (seen.extent ??= this.#loadExtent(condition));
    });
  }

  postings(terms: readonly string[]): Promise<ReadonlyMap<string, readonly Postings[]>> {
    return this.#database.use(() => {
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
    });
  }

  passages(numbers: readonly number[], filter: Filter): Promise<readonly StoredPassage[]> {
    return this.#database.use(() => {
      const condition = this.#condition(filter);
      if (condition === undefined || numbers.length === 0) return [];
      const rows = this.#database.all(
        "select id, content, start, end from passage where id in (select value from json_each(?))",
        [JSON.stringify(numbers)],
      );
      const files = this.#files(rows, condition);
      return rows.flatMap((row) => {
        const file = files.get(Number(row["content"]));
        if (file === undefined) return [];
        return [
          {
            passage: Number(row["id"]),
            file,
            startLine: Number(row["start"]),
            endLine: Number(row["end"]),
          },
        ];
      });
    });
  }

  symbols(query: SymbolQuery, filter: Filter, limit: number): Promise<readonly StoredSymbol[]> {
    return this.#database.use(() => {
      const condition = this.#condition(filter);
      if (condition === undefined) return [];
      const rows = this.#symbolRows(query, condition, limit);
      const files = this.#files(rows, condition);
      return rows.flatMap((row) => {
        const file = files.get(Number(row["content"]));
        return file === undefined ? [] : [{ ...toSymbol(row), file }];
      });
    });
  }

  symbolsIn(
    content: number,
    startLine: number,
    endLine: number,
  ): Promise<readonly IndexedSymbol[]> {
    return this.#database.use(() =>
      this.#database
        .all(
          "select name, kind, owner, line, end from symbol where content = ? and line <= ? and end >= ? order by line",
          [content, endLine, startLine],
        )
        .map(toSymbol),
    );
  }

  filesWith(
    pieces: readonly string[],
    filter: Filter,
    limit: number,
  ): Promise<readonly StoredFile[]> {
    return this.#database.use(() => {
      const condition = this.#condition(filter);
      if (condition === undefined) return [];
      const match = toTrigrams(pieces);
      const rows = this.#database.all(
        `select min(f.id), count(*) copies, ${FILE_COLUMNS} from ${FILE_TABLES}
         where ${match === "" ? "" : "c.id in (select rowid from grams where grams match ?) and "}${condition.sql} group by c.id limit ?`,
        [...(match === "" ? [] : [match]), ...condition.values, limit],
      );
      return rows.map((row) => this.#toFile(row));
    });
  }

  filesAt(pathEnd: string, limit: number): Promise<readonly StoredFile[]> {
    return this.#database.use(() => {
      const condition = this.#condition({});
      if (condition === undefined) return [];
      const rows = this.#database.all(
        `select min(f.id), count(*) copies, ${FILE_COLUMNS} from ${FILE_TABLES}
         where (f.path = ? or f.path like ? escape '!') and ${condition.sql} group by c.id limit ?`,
        [pathEnd, `%/${escapeLike(pathEnd)}`, ...condition.values, limit],
      );
      return rows.map((row) => this.#toFile(row));
    });
  }

  read(file: StoredFile): Promise<string | undefined> {
    return this.#view.read(file.path, roots.get(file) ?? "");
  }

  names(): Promise<readonly NameCount[]> {
    return this.#database.use(() => {
      const condition = this.#condition({});
      if (condition === undefined) return [];
      return this.#database
        .all(
          `select s.name name, s.kind kind, count(*) count from symbol s where ${isVisible(condition)} group by 1, 2`,
          condition.values,
        )
        .map(({ name, kind, count }) => ({
          name: text(name),
          kind: KINDS[Number(kind)] ?? "field",
          count: Number(count),
        }));
    });
  }

  /** The shortest names first, and no more rows than are asked for: half of an index may begin with "test". */
  #symbolRows(query: SymbolQuery, condition: Condition, limit: number): Row[] {
    const { name, owner, module } = query;
    const wanted: string[] = [];
    const given: Value[] = [];
    if (name !== "") {
      wanted.push(query.isPrefix ? "s.name >= ? and s.name < ?" : "s.name = ?");
      given.push(...(query.isPrefix ? [name, `${name}${LAST}`] : [name]));
    }
    if (owner !== undefined) {
      // The index leaves out what has no owner, and has to be told that this is not asked for.
      wanted.push("s.parent = ? and s.parent <> ''");
      given.push(owner);
    }
    // Of a whole package what stands at the top of its files.
    else if (name === "") wanted.push("s.owner = ''");
    const sql = wanted.length === 0 ? EVERYTHING : wanted.join(" and ");
    if (module !== undefined) {
      // A package is named by its modules or, as npm's are, by its own name.
      const files = [
        { where: "f.module = ?", values: [module] },
        { where: "f.module >= ? and f.module < ?", values: [`${module}.`, `${module}/`] },
        { where: "f.package in (select id from package where name = ?)", values: [module] },
      ];
      const rows = new Map<string, Row>();
      for (const { where, values } of files) {
        if (rows.size >= limit) break;
        const found = this.#database.all(
          `select ${SYMBOL_COLUMNS} from file f cross join content c on c.id = f.content left join package p on p.id = f.package
           cross join symbol s on s.content = f.content where ${where} and ${sql} and ${condition.sql} limit ?`,
          [...values, ...given, ...condition.values, limit - rows.size],
        );
        for (const row of found)
          rows.set(`${Number(row["content"])} ${Number(row["line"])} ${text(row["name"])}`, row);
      }
      return [...rows.values()];
    }
    const visible = isVisible(condition);
    if (owner !== undefined)
      return this.#database.all(
        `select ${SYMBOL_COLUMNS} from symbol s indexed by symbol_parent where ${sql} and ${visible} order by s.size limit ?`,
        [...given, ...condition.values, limit],
      );
    const sizes = query.isPrefix
      ? Array.from({ length: MAX_SIZE + 1 - sizeOf(name) }, (_, at) => sizeOf(name) + at)
      : [sizeOf(name)];
    return this.#database.all(
      `select ${SYMBOL_COLUMNS} from (select value size from json_each(?)) z cross join symbol s indexed by symbol_name on s.size = z.size
       where ${sql} and ${visible} limit ?`,
      [JSON.stringify(sizes), ...given, ...condition.values, limit],
    );
  }

  /** The files that hold some texts, one for each. */
  #files(rows: readonly Row[], condition: Condition): ReadonlyMap<number, StoredFile> {
    const { files } = this.#seen(condition);
    const missing = new Set(rows.map(({ content }) => Number(content)));
    for (const content of missing) if (files.has(content)) missing.delete(content);
    if (missing.size > 0) {
      const found = this.#database.all(
        `select min(f.id), count(*) copies, ${FILE_COLUMNS} from ${FILE_TABLES}
         where c.id in (select value from json_each(?)) and ${condition.sql} group by c.id`,
        [JSON.stringify([...missing]), ...condition.values],
      );
      for (const row of found) files.set(Number(row["content"]), this.#toFile(row));
    }
    return files;
  }

  /** What was loaded for this condition since the index changed last. */
  #seen(condition: Condition): Seen {
    const row = this.#database.get("select value from meta where key = 'generation'");
    const generation = text(row?.["value"]);
    let known = memory.get(this.#database);
    if (known?.generation !== generation) {
      known = { generation, seen: new Map() };
      memory.set(this.#database, known);
    }
    const key = JSON.stringify(condition);
    let seen = known.seen.get(key);
    if (seen === undefined) {
      if (known.seen.size >= MAX_SEEN) known.seen.clear();
      known.seen.set(key, (seen = { files: new Map() }));
    }
    return seen;
  }

  #loadExtent(condition: Condition): Extent {
    const blocks = this.#database
      .all("select first, lengths from block order by first")
      .map(({ first, lengths }) => ({
        first: Number(first),
        lengths: toNumbers(toBytes(lengths)),
      }));
    const last = blocks.at(-1);
    const all = new Uint16Array(last === undefined ? 0 : last.first + last.lengths.length);
    for (const block of blocks) all.set(block.lengths, block.first);
    const lengths = new Uint16Array(all.length);
    let passages = 0;
    let total = 0;
    for (const row of this.#database.all(
      `select distinct c.first first, c.count count from ${FILE_TABLES} where ${condition.sql}`,
      condition.values,
    )) {
      const [from, count] = [Number(row["first"]), Number(row["count"])];
      for (let at = from; at < from + count; at++) total += lengths[at] = all[at] ?? 0;
      passages += count;
    }
    return { passages, averageLength: Math.max(1, total / Math.max(1, passages)), lengths };
  }

  /** What the filter and the view leave; undefined: nothing. */
  #condition(filter: Filter): Condition | undefined {
    const { source, packages } = this.#view;
    if (filter.sources !== undefined && !filter.sources.includes(source)) return undefined;
    if (packages !== undefined && packages.size === 0) return undefined;
    const parts: string[] = [];
    const values: Value[] = [];
    const oneOf = (column: string, list: readonly (string | number)[]): void => {
      parts.push(`${column} in (select value from json_each(?))`);
      values.push(JSON.stringify(list));
    };
    if (packages !== undefined) oneOf("f.package", [...packages]);
    if (filter.languages !== undefined) oneOf("c.language", filter.languages);
    if (filter.package !== undefined) {
      parts.push("p.name = ?");
      values.push(filter.package);
    }
    if (filter.path !== undefined) {
      const path = filter.path.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase());
      if (/[*?]/.test(path)) {
        const globs = toGlobs(path);
        parts.push(`(${globs.map(() => "lower(f.path) glob ?").join(" or ")})`);
        values.push(...globs);
      } else {
        parts.push("instr(lower(f.path), ?) > 0");
        values.push(path);
      }
    }
    return { sql: parts.length === 0 ? EVERYTHING : parts.join(" and "), values };
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
    roots.set(file, text(row["root"]));
    return file;
  }
}

/** What an index, a view and a filter leave, as SQL over c, f and p. */
interface Condition {
  readonly sql: string;
  readonly values: readonly Value[];
}

/** The same for symbols. */
function isVisible({ sql }: Condition): string {
  return sql === EVERYTHING
    ? EVERYTHING
    : `exists (select 1 from ${FILE_TABLES} where c.id = s.content and ${sql})`;
}

const EVERYTHING = "1";
const NOTHING: Extent = { passages: 0, averageLength: 1, lengths: new Uint16Array() };

interface Seen {
  extent?: Extent;
  readonly files: Map<number, StoredFile>;
}

const memory = new WeakMap<
  Database,
  { readonly generation: string; readonly seen: Map<string, Seen> }
>();
/** Where the package of a file lies: what is shown is read from there. */
const roots = new WeakMap<StoredFile, string>();

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
