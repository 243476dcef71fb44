import { existsSync } from "node:fs";
import { mkdir, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setImmediate as turn, setTimeout as pause } from "node:timers/promises";
import {
  type Completion,
  type SearchAnswer,
  search,
  type SearchRequest,
  type SearchStore,
  type Similarity,
  understand,
  Vocabulary,
} from "@cloud-code/search";
import { AssistantError, reasonOf } from "../errors.ts";
import type { Notice } from "../session.ts";
import { Lock } from "../workspace/lock.ts";
import { Selector } from "../workspace/select.ts";
import { MAX_FILE_BYTES, readSource } from "../workspace/source.ts";
import { indexFolder } from "../workspace/store.ts";
import { BATCH_BYTES, Catalog, type NewFile, WORKSPACE } from "./catalog.ts";
import { Database } from "./database.ts";
import { Matcher } from "./match/match.ts";
import { PackageReader, readAgain, readPackage, stampOf } from "./packages/files.ts";
import { findPackages } from "./packages/find.ts";
import type { PackageOnDisk } from "./packages/package.ts";
import { SqliteStore } from "./store.ts";

/** What a search is opened on. */
export interface SearcherOptions {
  /** The workspace folder, a real path. */
  readonly root: string;
  /** The folder for the indexes of all workspaces. */
  readonly cache: string;
  /** A second opinion on descriptions; see `meaning.ts`. */
  readonly similarity?: Similarity;
  /** Whether the sources of declared dependencies are read and searched. Default true. */
  readonly dependencies?: boolean;
}

/** What to bring up to date. */
export interface UpdateOrder {
  readonly workspace: boolean;
  readonly dependencies: boolean;
}

/** A file of an answer: enough to find it again. */
export interface FoundFile {
  /** Relative to the workspace or to the package. */
  readonly path: string;
  /** Absent in a workspace. */
  readonly package?: {
    readonly ecosystem: string;
    readonly name: string;
    readonly version: string;
  };
}

/** How far an update is. */
export interface UpdateProgress {
  readonly filesDone: number;
  /** 0 as long as it is not known. */
  readonly filesTotal: number;
  /** The package that is being read; absent for the workspace. */
  readonly package?: string;
}

/** What a searcher tells while it works. */
export interface SearcherListener {
  progress(progress: UpdateProgress): void;
  notice(notice: Notice): void;
}

/** What is in the indexes. */
export interface SearchFacts {
  readonly workspace: {
    readonly files: number;
    readonly passages: number;
    readonly symbols: number;
    readonly bytes: number;
  };
  readonly dependencies: {
    readonly packages: readonly {
      readonly ecosystem: string;
      readonly name: string;
      readonly version: string;
      readonly isIndexed: boolean;
      readonly isImported: boolean;
    }[];
    readonly files: number;
    /** Bytes of the shared index of all packages, those of other workspaces included. */
    readonly bytes: number;
  };
}

const TURN_FILES = 8;
const BUSY_MS = 100;
const MAX_BUSY_MS = 120_000;
/** An index with more dead than living weight is built anew. */
const MAX_STALENESS = 0.5;
const VOCABULARY_AGE_MS = 60_000;

/**
 * The search of one workspace: its own index and the shared one of all packages. Lives in a thread of its own, so that nothing here makes an editor wait.
 */
export class Searcher {
  readonly #root: string;
  readonly #folder: string;
  readonly #listener: SearcherListener;
  readonly #own: Database;
  readonly #shared: Database;
  readonly #catalog: Catalog;
  readonly #sharedCatalog: Catalog;
  readonly #selector: Selector;
  readonly #similarity: Similarity | undefined;
  readonly #hasDependencies: boolean;
  readonly #reader = new PackageReader();
  readonly #matcher = new Matcher();
  #hasIndex = false;
  #packages: readonly PackageOnDisk[] | undefined;
  #allowed: Set<number> = new Set();
  #vocabulary: { readonly words: Vocabulary; readonly madeMs: number } | undefined;

  constructor(
    { root, cache, similarity, dependencies = true }: SearcherOptions,
    listener: SearcherListener,
  ) {
    this.#root = root;
    this.#similarity = similarity;
    this.#hasDependencies = dependencies;
    const place = join(cache, "search");
    this.#folder = indexFolder(root, place);
    this.#listener = listener;
    const notify = (code: Notice["code"], details: Notice["details"]): void =>
      listener.notice({ code, details });
    this.#own = new Database(this.#folder, "search", notify);
    this.#shared = new Database(place, "packages", notify);
    this.#catalog = new Catalog(this.#own);
    this.#sharedCatalog = new Catalog(this.#shared);
    this.#selector = new Selector(root, { exclude: cache });
  }

  /**
   * Brings the index up to date with the disk. Where another process is at it, it waits for that one, two minutes at most: what is half there ranks badly.
   * Rejects with `CANCELLED`.
   */
  async update(order: UpdateOrder, signal?: AbortSignal): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    if (order.workspace)
      await this.#alone(join(this.#folder, "search.indexing"), signal, () =>
        this.#updateWorkspace(signal),
      );
    if (!order.dependencies || !this.#hasDependencies) return;
    await this.#alone(join(dirname(this.#folder), "packages.indexing"), signal, () =>
      this.#updatePackages(signal),
    );
    await this.#findPackages();
  }

  /** Reads one file of the workspace again; `path` is relative to it. */
  async changed(path: string): Promise<void> {
    const verdict = await this.#selector.judge(path);
    if (verdict.kind === "folder") return this.#updateWorkspace();
    const file =
      verdict.kind === "file"
        ? await this.#read(verdict.file.path, verdict.file.language)
        : undefined;
    return this.#own.use(() => {
      this.#catalog.update(
        WORKSPACE,
        file === undefined ? [] : [file],
        file === undefined ? [path] : [],
      );
      this.#catalog.merge();
    });
  }

  /** Answers a question. Rejects with a `SearchError`, `CANCELLED` as soon as `signal` aborts. */
  async search(
    request: Omit<SearchRequest, "signal">,
    signal?: AbortSignal,
  ): Promise<SearchAnswer> {
    // Before anything is read: what cannot be answered is no reason to wait.
    understand(request.query, request.mode, request.apis);
    await this.#fill(signal);
    const sources = request.filter?.sources;
    const needsPackages = sources === undefined || sources.includes("dependencies");
    if (needsPackages && this.#packages === undefined) await this.#findPackages();
    const match = this.#matcher.forQuestion(signal);
    return search(
      this.#stores(needsPackages),
      signal === undefined ? request : { ...request, signal },
      {
        match: ({ source, flags }, texts) => match({ source, flags, texts }),
        expand: async (humps) => (await this.#words()).byHumps(humps, 20).map(({ text }) => text),
        ...(this.#similarity === undefined ? {} : { similarity: this.#similarity }),
      },
    );
  }

  /** Another process may have thrown the index away, or found it damaged: what was there once is built again. */
  async #fill(signal: AbortSignal | undefined): Promise<void> {
    if (!this.#hasIndex) return;
    const row = await this.#own.use(() => this.#own.get("select 1 from meta"));
    if (row === undefined) await this.update({ workspace: true, dependencies: false }, signal);
  }

  /**
   * The whole text of a file that was found, as it is now; undefined when it is gone. A file that is in no index is not read, whoever
   * asks for it: only what is indexed was found to be no secret.
   */
  async source({ path, package: facts }: FoundFile): Promise<string | undefined> {
    if (facts === undefined) {
      const known = await this.#own.use(() =>
        this.#own.get("select 1 from file where package = ? and path = ? and content is not null", [
          WORKSPACE,
          path,
        ]),
      );
      return known === undefined ? undefined : readAgain(this.#root, path);
    }
    const { ecosystem, name, version } = facts;
    // Another project may have the same name and version elsewhere, with other code in it.
    const known = (
      await this.#shared.use(() =>
        this.#shared.all(
          "select p.id id, p.root root from package p join file f on f.package = p.id where p.ecosystem = ? and p.name = ? and p.version = ? and f.path = ? and f.content is not null",
          [ecosystem, name, version, path],
        ),
      )
    ).find(({ id }) => this.#allowed.has(Number(id)));
    if (known === undefined) return undefined;
    return this.#reader.read(path, String(known["root"]));
  }

  /** What the last word of a question may become. */
  async suggest(typed: string, limit: number): Promise<readonly Completion[]> {
    const known = this.#vocabulary;
    if (known === undefined) return (await this.#words()).suggest(typed, limit);
    // A person who types waits for nothing: the words of a moment ago will do, and new ones are there for the next key.
    if (performance.now() - known.madeMs > VOCABULARY_AGE_MS)
      void this.#words().catch(() => undefined);
    return known.words.suggest(typed, limit);
  }

  /** What is in the indexes. */
  async facts(): Promise<SearchFacts> {
    const packages = this.#packages ?? (await this.#findPackages());
    const count = (database: Database, sql: string): number =>
      Number(database.get(sql)?.["count"] ?? 0);
    const workspace = await this.#own.use(() => ({
      files: count(this.#own, "select count(*) count from file where content is not null"),
      passages: count(this.#own, "select count(*) count from passage"),
      symbols: count(this.#own, "select count(*) count from symbol"),
      bytes: this.#own.bytes,
    }));
    const shared = await this.#shared.use(() => {
      const done = new Set(
        this.#shared.all("select key from package where stamp <> ''").map(({ key }) => String(key)),
      );
      const files =
        this.#allowed.size === 0
          ? 0
          : count(
              this.#shared,
              `select count(*) count from file where package in (${[...this.#allowed].join()})`,
            );
      return { done, files };
    });
    return {
      workspace,
      dependencies: {
        packages: packages.map((facts) => ({
          ecosystem: facts.ecosystem,
          name: facts.name,
          version: facts.version,
          isIndexed: shared.done.has(keyOf(facts)),
          isImported: facts.isImported,
        })),
        files: shared.files,
        bytes: this.#shared.bytes,
      },
    };
  }

  /** Throws the workspace's index away, and with it what its packages have in the shared one. */
  async clear(): Promise<void> {
    await this.#findPackages();
    await this.#shared.use(() => {
      for (const id of this.#allowed) this.#sharedCatalog.remove(id);
      // What belongs to packages that are gone would stay in the postings for ever.
      const isLast = this.#shared.get("select 1 from package") === undefined;
      if (isLast || this.#sharedCatalog.staleness() > MAX_STALENESS) this.#shared.empty();
    });
    await this.#own.use(() => this.#own.empty());
    await this.#own.close();
    await rm(this.#folder, { recursive: true, force: true });
    // Other workspaces may still have something there.
    await rmdir(dirname(this.#folder)).catch(() => undefined);
    this.#allowed = new Set();
    this.#packages = undefined;
    this.#hasIndex = false;
    this.#vocabulary = undefined;
  }

  /** Lets go of everything. */
  async close(): Promise<void> {
    await this.#own.close();
    await this.#shared.close();
    await this.#reader.close();
    await this.#matcher.close();
  }

  async #alone(
    path: string,
    signal: AbortSignal | undefined,
    work: () => Promise<void>,
  ): Promise<void> {
    for (let waitedMs = 0; ; waitedMs += BUSY_MS) {
      if (signal?.aborted === true) throw new AssistantError("CANCELLED");
      const lock = await Lock.acquire(path);
      if (lock instanceof Lock) {
        try {
          return await work();
        } finally {
          await lock.release();
        }
      }
      if (waitedMs >= MAX_BUSY_MS) {
        this.#listener.notice({ code: "SEARCH_BUSY", details: { pid: lock.heldBy } });
        return;
      }
      await pause(BUSY_MS);
    }
  }

  async #updateWorkspace(signal?: AbortSignal): Promise<void> {
    const found = await this.#selector.select(signal === undefined ? {} : { signal });
    for (const details of found.unreadable)
      this.#listener.notice({ code: "FOLDER_UNREADABLE", details });
    const known = await this.#own.use(() => {
      if (this.#catalog.staleness() > MAX_STALENESS) this.#own.empty();
      return this.#catalog.stamps(WORKSPACE);
    });
    const fresh = found.files.filter(({ path, stamp }) => known.get(path) !== stamp);
    const present = new Set(found.files.map(({ path }) => path));
    const gone = [...known.keys()].filter((path) => !present.has(path));
    if (gone.length > 0) await this.#own.use(() => this.#catalog.update(WORKSPACE, [], gone));
    const batch = new Batch(this.#own, this.#catalog, WORKSPACE);
    for (const [done, { path, language }] of fresh.entries()) {
      await this.#pause(done, signal);
      this.#listener.progress({ filesDone: done, filesTotal: fresh.length });
      const file = await this.#read(path, language);
      if (file !== undefined) await batch.add(file);
    }
    await batch.end();
    // An empty workspace has an index too.
    await this.#own.use(() => this.#catalog.note("updated", ""));
    this.#hasIndex = true;
  }

  /** A file of the workspace as it is now; one that was refused for its content has no text and is not read again until it changes. */
  async #read(path: string, language: NewFile["language"]): Promise<NewFile | undefined> {
    const reading = await readSource(this.#root, path, MAX_FILE_BYTES);
    if (reading.kind === "missing" || reading.stamp === "") return undefined;
    return {
      path,
      language,
      stamp: reading.stamp,
      text: reading.kind === "text" ? reading.text : "",
    };
  }

  async #updatePackages(signal?: AbortSignal): Promise<void> {
    await this.#collect();
    for (const facts of await this.#findPackages()) {
      signal?.throwIfAborted();
      try {
        await this.#updatePackage(facts, signal);
      } catch (error) {
        if (signal?.aborted === true || error instanceof AssistantError) throw error;
        // One damaged archive must not keep the others from being found.
        this.#listener.notice({
          code: "PACKAGE_UNREADABLE",
          details: { name: facts.name, path: facts.root, reason: reasonOf(error) },
        });
      }
    }
  }

  /** Forgets packages that are no longer where they were. */
  async #collect(): Promise<void> {
    const known = await this.#shared.use(() => this.#shared.all("select id, root from package"));
    const gone = known.filter(({ root }) => !existsSync(String(root)));
    if (gone.length === 0) return;
    await this.#shared.use(() => {
      for (const { id } of gone) this.#sharedCatalog.remove(Number(id));
      if (this.#sharedCatalog.staleness() > MAX_STALENESS) this.#shared.empty();
    });
  }

  /** Texts are kept once, but every place that a package lies at is known by itself: one version may have been changed in one of them. */
  async #updatePackage(facts: PackageOnDisk, signal: AbortSignal | undefined): Promise<void> {
    const { ecosystem, name, version, licence, root } = facts;
    const stamp = `${version} ${await stampOf(facts)}`;
    const key = keyOf(facts);
    const id = await this.#shared.use(() => {
      const known = this.#shared.get("select id, stamp from package where key = ?", [key]);
      if (known === undefined)
        return this.#shared.run(
          "insert into package(key, ecosystem, name, version, licence, root, stamp) values(?, ?, ?, ?, ?, ?, '')",
          [key, ecosystem, name, version, licence, root],
        );
      if (known["stamp"] === stamp) return undefined;
      this.#shared.run("update package set version = ?, licence = ?, stamp = '' where id = ?", [
        version,
        licence,
        known["id"] ?? null,
      ]);
      return Number(known["id"]);
    });
    if (id === undefined) return;
    const gone = new Set((await this.#shared.use(() => this.#sharedCatalog.stamps(id))).keys());
    const batch = new Batch(this.#shared, this.#sharedCatalog, id);
    let done = 0;
    const unreadable = (path: string, reason: string): void =>
      this.#listener.notice({ code: "FOLDER_UNREADABLE", details: { path, reason } });
    for await (const file of readPackage(facts, unreadable)) {
      await this.#pause(done, signal);
      this.#listener.progress({ filesDone: done++, filesTotal: 0, package: name });
      gone.delete(file.path);
      await batch.add(file);
    }
    await batch.end();
    await this.#shared.use(() => {
      this.#sharedCatalog.update(id, [], [...gone]);
      this.#shared.run("update package set stamp = ? where id = ?", [stamp, id]);
    });
  }

  async #findPackages(): Promise<readonly PackageOnDisk[]> {
    const imports = await this.#own.use(() => this.#catalog.imports());
    const packages = this.#hasDependencies ? await findPackages(this.#root, imports) : [];
    this.#packages = packages;
    const keys = new Set(packages.map(keyOf));
    this.#allowed = await this.#shared.use(
      () =>
        new Set(
          this.#shared
            .all("select id, key from package")
            .filter(({ key }) => keys.has(String(key)))
            .map(({ id }) => Number(id)),
        ),
    );
    return packages;
  }

  /** Lets questions in between files. */
  async #pause(done: number, signal: AbortSignal | undefined): Promise<void> {
    if (done % TURN_FILES === 0) await turn();
    if (signal?.aborted === true) throw new AssistantError("CANCELLED");
  }

  #stores(withPackages: boolean): SearchStore[] {
    const own = new SqliteStore(this.#own, {
      source: "workspace",
      read: (path) => Promise.resolve(readAgain(this.#root, path)),
    });
    if (!withPackages || this.#allowed.size === 0) return [own];
    const shared = new SqliteStore(this.#shared, {
      source: "dependencies",
      packages: this.#allowed,
      read: (path, root) => this.#reader.read(path, root),
    });
    return [own, shared];
  }

  /** The words that the workspace and its packages declare. */
  async #words(): Promise<Vocabulary> {
    const known = this.#vocabulary;
    if (known !== undefined && performance.now() - known.madeMs < VOCABULARY_AGE_MS)
      return known.words;
    const lists = await Promise.all(this.#stores(true).map((store) => store.names()));
    const words = new Vocabulary(lists.flat());
    this.#vocabulary = { words, madeMs: performance.now() };
    return words;
  }
}

/** Files on their way into an index, some megabytes at a time. */
class Batch {
  readonly #database: Database;
  readonly #catalog: Catalog;
  readonly #packageId: number;
  #files: NewFile[] = [];
  #length = 0;

  constructor(database: Database, catalog: Catalog, packageId: number) {
    this.#database = database;
    this.#catalog = catalog;
    this.#packageId = packageId;
  }

  async add(file: NewFile): Promise<void> {
    this.#files.push(file);
    this.#length += file.text.length;
    if (this.#length >= BATCH_BYTES) await this.#write();
  }

  async end(): Promise<void> {
    if (this.#files.length > 0) await this.#write();
    await this.#database.use(() => this.#catalog.merge());
  }

  async #write(): Promise<void> {
    const files = this.#files;
    this.#files = [];
    this.#length = 0;
    await this.#database.use(() => this.#catalog.update(this.#packageId, files));
  }
}

function keyOf({ ecosystem, name, root }: PackageOnDisk): string {
  return `${ecosystem}:${name} ${root}`;
}
