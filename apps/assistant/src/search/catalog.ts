import { createHash } from "node:crypto";
import { buildBlock, mergePostings, type Passage, readPassages } from "@cloud-code/search";
import type { Language, SymbolKind } from "@cloud-code/syntax";
import type { Database } from "./database.ts";
import { importsOf } from "./imports.ts";

/** The kinds of symbols by their number on disk; new ones go to the end. */
export const KINDS: readonly SymbolKind[] = [
  "class",
  "interface",
  "enum",
  "module",
  "type",
  "function",
  "method",
  "constructor",
  "field",
  "constant",
  "macro",
  "test",
];

/** A file to be indexed. */
export interface NewFile {
  readonly path: string;
  readonly language: Language | "markdown";
  readonly text: string;
  readonly stamp: string;
}

/** Names are found by length, the shortest first; longer ones count as so long. */
export const MAX_SIZE = 64;

/** The length that a name is found by. */
export function sizeOf(name: string): number {
  return Math.min(MAX_SIZE, name.length);
}

/** A package as the catalogue knows it; 0 is the workspace. */
export const WORKSPACE = 0;

/** Text that is collected before it is written: one transaction and one block of postings. */
export const BATCH_BYTES = 2_000_000;
/** So many small blocks are put together: each costs a row a term, on disk and in every search. */
const MAX_SMALL_BLOCKS = 8;
const SMALL_BLOCK = 2_500;

/** What is in the index, and the way into it. Every method runs inside of `Database.use`. */
export class Catalog {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The files of a package with their stamps. */
  stamps(packageId: number): Map<string, string> {
    return new Map(
      this.#database
        .all("select path, stamp from file where package = ?", [packageId])
        .map(({ path, stamp }) => [String(path), String(stamp)]),
    );
  }

  /** Writes files, replacing those of the same paths, and takes away others. */
  update(packageId: number, files: readonly NewFile[], gone: readonly string[] = []): void {
    const database = this.#database;
    for (const path of gone) this.#forget(packageId, path);
    const last = database.get(
      "select first + length(lengths) / 2 next from block order by first desc limit 1",
    );
    const first = Number(last?.["next"] ?? 0);
    const passages: Passage[] = [];
    for (const file of files) this.#add(packageId, file, first, passages);
    if (passages.length > 0) {
      const block = buildBlock(first, passages);
      const { lengths } = block;
      database.run("insert into block(first, lengths) values(?, ?)", [
        first,
        new Uint8Array(lengths.buffer, lengths.byteOffset, lengths.byteLength),
      ]);
      // In the order of the tree, pages are written once.
      for (const term of [...block.postings.keys()].sort())
        database.run("insert into posting(term, first, data) values(?, ?, ?)", [
          term,
          first,
          block.postings.get(term) ?? null,
        ]);
    }
    this.#touch();
  }

  /** Puts small blocks together when there are many. */
  merge(): void {
    const database = this.#database;
    const small = database
      .all("select first, length(lengths) / 2 count from block order by first desc")
      .map(({ first, count }) => ({ first: Number(first), count: Number(count) }));
    const large = small.findIndex(({ count }) => count >= SMALL_BLOCK);
    const tail = (large < 0 ? small : small.slice(0, large)).reverse();
    const [head] = tail;
    if (head === undefined || tail.length < MAX_SMALL_BLOCKS) return;
    const rows = database.all(
      "select term, first, data from posting where first >= ? order by term, first",
      [head.first],
    );
    const lengths = database.all("select lengths from block where first >= ? order by first", [
      head.first,
    ]);
    database.run("delete from posting where first >= ?", [head.first]);
    database.run("delete from block where first >= ?", [head.first]);
    for (let from = 0; from < rows.length;) {
      let to = from;
      while (to < rows.length && rows[to]?.["term"] === rows[from]?.["term"]) to++;
      const parts = rows.slice(from, to).map(({ first, data }) => ({
        first: Number(first),
        data: data instanceof Uint8Array ? data : new Uint8Array(),
      }));
      database.run("insert into posting(term, first, data) values(?, ?, ?)", [
        rows[from]?.["term"] ?? null,
        head.first,
        mergePostings(head.first, parts),
      ]);
      from = to;
    }
    const bytes = Buffer.concat(
      lengths.map(({ lengths: part }) => (part instanceof Uint8Array ? part : new Uint8Array())),
    );
    database.run("insert into block(first, lengths) values(?, ?)", [
      head.first,
      new Uint8Array(bytes),
    ]);
    this.#touch();
  }

  /** Which part of the postings belongs to passages that are gone, 0 to 1. */
  staleness(): number {
    const all = Number(
      this.#database.get(
        "select first + length(lengths) / 2 next from block order by first desc limit 1",
      )?.["next"] ?? 0,
    );
    const live = Number(this.#database.get("select count(*) count from passage")?.["count"] ?? 0);
    return all === 0 ? 0 : 1 - live / all;
  }

  /** What the files of the index import, without repetition. */
  imports(): Set<string> {
    return new Set(
      this.#database.all("select distinct name from import").map(({ name }) => String(name)),
    );
  }

  /** Keeps a note under a name. */
  note(key: string, value: string): void {
    this.#database.run("insert or replace into meta(key, value) values(?, ?)", [key, value]);
  }

  /** Takes a package away with all of its files. */
  remove(packageId: number): void {
    this.update(packageId, [], [...this.stamps(packageId).keys()]);
    this.#database.run("delete from package where id = ?", [packageId]);
  }

  #add(packageId: number, file: NewFile, first: number, passages: Passage[]): void {
    const database = this.#database;
    this.#forget(packageId, file.path);
    if (file.text === "") {
      // Known and left out: the stamp says until when.
      database.run("insert into file(package, path, stamp) values(?, ?, ?)", [
        packageId,
        file.path,
        file.stamp,
      ]);
      return;
    }
    const hash = new Uint8Array(
      createHash("sha256")
        .update(file.language)
        .update("\0")
        .update(file.text)
        .digest()
        .subarray(0, 16),
    );
    const known = database.get("select id, module from content where hash = ?", [hash]);
    let content = Number(known?.["id"]);
    let module = String(known?.["module"] ?? "");
    if (known === undefined) {
      const read = readPassages(file.text, file.language);
      module = read.module;
      const start = first + passages.length;
      content = database.run(
        "insert into content(hash, language, module, first, count) values(?, ?, ?, ?, ?)",
        [hash, file.language, module, start, read.passages.length],
      );
      for (const [at, passage] of read.passages.entries()) {
        database.run("insert into passage(id, content, start, end) values(?, ?, ?, ?)", [
          start + at,
          content,
          passage.startLine,
          passage.endLine,
        ]);
        passages.push(passage);
      }
      for (const { name, kind, owner, startLine, endLine } of read.symbols)
        database.run(
          "insert or ignore into symbol(content, name, line, end, kind, owner, parent, size) values(?, ?, ?, ?, ?, ?, ?, ?)",
          [
            content,
            name,
            startLine,
            endLine,
            KINDS.indexOf(kind),
            owner,
            owner.slice(owner.lastIndexOf(".") + 1),
            sizeOf(name),
          ],
        );
      if (packageId === WORKSPACE)
        for (const name of importsOf(file.text, file.language))
          database.run("insert or ignore into import(content, name) values(?, ?)", [content, name]);
      database.run("insert into grams(rowid, text) values(?, ?)", [
        content,
        file.text.toLowerCase(),
      ]);
    }
    database.run("insert into file(package, path, content, stamp, module) values(?, ?, ?, ?, ?)", [
      packageId,
      file.path,
      content,
      file.stamp,
      module === "" ? moduleOfPath(file) : module,
    ]);
  }

  #forget(packageId: number, path: string): void {
    const database = this.#database;
    const known = database.get("select id, content from file where package = ? and path = ?", [
      packageId,
      path,
    ]);
    if (known === undefined) return;
    database.run("delete from file where id = ?", [known["id"] ?? null]);
    const content = known["content"] ?? null;
    if (content === null) return;
    if (database.get("select 1 from file where content = ? limit 1", [content]) !== undefined)
      return;
    const { first, count } =
      database.get("select first, count from content where id = ?", [content]) ?? {};
    database.run("delete from passage where id >= ? and id < ?", [
      Number(first),
      Number(first) + Number(count),
    ]);
    for (const table of ["symbol", "import"])
      database.run(`delete from ${table} where content = ?`, [content]);
    database.run("delete from grams where rowid = ?", [content]);
    database.run("delete from content where id = ?", [content]);
  }

  /** Whoever keeps something about the index in memory sees by this that it is of yesterday. */
  #touch(): void {
    this.note("generation", `${process.pid}-${process.hrtime.bigint()}`);
  }
}

/** What a file without a word about it is part of: `django/db/models.py` is django.db.models. */
function moduleOfPath({ path, language }: NewFile): string {
  if (language === "markdown") return "";
  return path
    .replace(/^(?:src|lib)\//, "")
    .replace(/(?:\/(?:__init__|index|mod))?\.[^/]*$/, "")
    .replaceAll("/", ".");
}
