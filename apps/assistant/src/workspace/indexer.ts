import {
  buildSegment,
  CompletionError,
  decodeSegment,
  encodeSegment,
  Project,
  type Segment,
  type SourceFile,
} from "@cloud-code/completion";
import { languageOf } from "@cloud-code/syntax";
import { AssistantError, type ErrorCode, type ErrorDetails, reasonOf } from "../errors.ts";
import type { Notice, SkipReason } from "../session.ts";
import { IGNORE_FILES } from "./ignored.ts";
import { drain } from "./pool.ts";
import { type SelectedFile, Selector, type Selection } from "./select.ts";
import { MAX_FILE_BYTES, readSource } from "./source.ts";
import { segmentName, Store } from "./store.ts";
import { Watcher } from "./watch.ts";

/** What the index holds, at a moment when it agrees with the disk. */
export interface IndexFacts {
  readonly files: number;
  readonly tokens: number;
  /** Bytes at rest; 0 while the index exists only in memory. */
  readonly bytes: number;
  readonly languages: Readonly<Record<string, number>>;
  readonly skipped: Readonly<Record<string, number>>;
}

/** What the indexer tells. A segment's files replace earlier versions of themselves; its numbers lie in memory that threads share. */
export type Report =
  | { readonly kind: "segment"; readonly segment: Segment }
  | { readonly kind: "hidden"; readonly paths: readonly string[] }
  | { readonly kind: "progress"; readonly filesDone: number; readonly filesTotal: number }
  | { readonly kind: "settled"; readonly facts: IndexFacts }
  | { readonly kind: "notice"; readonly notice: Notice };

/** What an indexer works on. */
export interface IndexerOptions {
  /** The workspace's real path. */
  readonly root: string;
  /** Where the index is kept; absent: in memory alone. */
  readonly folder?: string;
  /** Watch the disk for changes. Default: only `changed` tells. */
  readonly watch?: boolean;
  /** Default `MAX_FILE_BYTES`. */
  readonly maxFileBytes?: number;
  /** The index stops growing here, least recently changed files left out. Default 30 million, about 1 GB of memory. */
  readonly maxTokens?: number;
}

const MAX_TOKENS = 30_000_000;
// About 200 000 tokens: small enough that answers improve while a large project is read, large enough to sort well.
const BATCH_CHARACTERS = 800_000;
const READS_AT_ONCE = 8;
const PROGRESS_FILES = 64;
const DEBOUNCE_MS = 100;
const QUIET_MS = 3_000;
const MANY_SEGMENTS = 16;
// Sorted in a quarter of a second.
const QUICK_TOKENS = 400_000;
// A question asks every segment, so a quiet moment is used to have few.
const FEW_SEGMENTS = 3;
const RESCAN_SECONDS = 30;
// After the disk refused, encoding everything anew at every change would be wasted work.
const RETRY_MS = 60_000;
// More changes than this at once are a checkout or a build: one walk is cheaper than judging each path.
const MANY_CHANGES = 200;

interface Held {
  readonly name: string;
  readonly segment: Segment;
}

interface Entry {
  readonly stamp: string;
  readonly tokens: number;
}

/**
 * Keeps the index of one workspace in step with its files: loads what is stored, reads what changed, stores the result.
 *
 * Invariant: one step runs at a time (`#queue`), so the fields below change only between steps; `#held` is oldest first, and a file
 * counts in the newest segment that holds it, unless it is in `#hidden`.
 */
export class Indexer {
  readonly #options: IndexerOptions;
  readonly #report: (report: Report) => void;
  readonly #selector: Selector;
  readonly #store: Store | undefined;
  readonly #maxFileBytes: number;
  readonly #stop = new AbortController();
  readonly #entries = new Map<string, Entry>();
  readonly #hidden = new Set<string>();
  readonly #refused = new Map<string, { readonly stamp: string; readonly reason: SkipReason }>();
  readonly #pending = new Set<string>();
  #held: Held[] = [];
  #skipped: Selection["skipped"] = {};
  #overBudget = 0;
  #tokens = 0;
  #storedBytes = 0;
  #retryAtMs = 0;
  #dirty = false;
  #watcher: Watcher | undefined;
  #debounce: NodeJS.Timeout | undefined;
  #quiet: NodeJS.Timeout | undefined;
  #rescan: NodeJS.Timeout | undefined;
  #queue: Promise<void> = Promise.resolve();

  constructor(options: IndexerOptions, report: (report: Report) => void) {
    this.#options = options;
    this.#report = report;
    this.#maxFileBytes = options.maxFileBytes ?? MAX_FILE_BYTES;
    this.#selector = new Selector(options.root, {
      maxFileBytes: this.#maxFileBytes,
      ...(options.folder === undefined ? {} : { exclude: options.folder }),
    });
    this.#store =
      options.folder === undefined ? undefined : new Store(options.root, options.folder);
  }

  /** Loads the stored index and brings it up to date. Rejects when the workspace cannot be read. */
  start(): Promise<void> {
    return this.#step(async () => {
      await this.#load();
      if (this.#options.watch === true) this.#startWatching();
      await this.#scan();
    });
  }

  /** A file or folder changed; `path` is relative to the root. The index follows within a moment. */
  changed(path: string): void {
    this.#pending.add(path);
    this.#debounce ??= setTimeout(() => {
      this.#debounce = undefined;
      this.#inBackground(() => this.#follow());
    }, DEBOUNCE_MS);
  }

  /** Stores what is not stored yet and ends. */
  async close(): Promise<void> {
    this.#stop.abort(new AssistantError("CANCELLED"));
    this.#watcher?.close();
    for (const timer of [this.#debounce, this.#quiet, this.#rescan]) clearTimeout(timer);
    await this.#queue;
    await this.#save();
    await this.#store?.close();
  }

  /** Joins all segments into one and stores it. */
  compact(): Promise<void> {
    return this.#step(async () => {
      if (this.#held.length > 1 || this.#hidden.size > 0) this.#merge(0);
      await this.#save();
      this.#settle();
    });
  }

  #step(work: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(work);
    // Whoever asked for the step hears of its failure; the steps after it go on.
    this.#queue = done.catch(() => undefined);
    return done;
  }

  #inBackground(work: () => Promise<void>): void {
    this.#step(work).catch((error: unknown) => {
      if (!this.#stop.signal.aborted) this.#notify("INDEXER_FAILED", { reason: reasonOf(error) });
    });
  }

  async #load(): Promise<void> {
    try {
      const stored = await this.#store?.read();
      if (stored === undefined) return;
      let { damaged } = stored;
      for (const { name } of stored.manifest.segments) {
        const bytes = stored.segments.get(name);
        const segment = bytes === undefined ? undefined : this.#decode(bytes);
        if (segment === undefined) damaged = true;
        else this.#hold({ name, segment: toShared(segment) });
      }
      this.#hide(stored.manifest.hidden);
      for (const [path, refused] of Object.entries(stored.manifest.refused))
        this.#refused.set(path, refused);
      this.#storedBytes = stored.manifest.segments.reduce((sum, { bytes }) => sum + bytes, 0);
      this.#dirty = damaged;
      if (damaged) this.#notify("INDEX_CORRUPT", { path: this.#options.folder ?? "" });
    } catch (error) {
      // An index is only ever a copy of the files: whatever is wrong with it, it is made again.
      if (!(error instanceof AssistantError)) throw error;
      this.#dirty = true;
      this.#notify(error.code, error.details);
    }
  }

  #decode(bytes: Uint8Array): Segment | undefined {
    try {
      return decodeSegment(bytes);
    } catch (error) {
      if (error instanceof CompletionError) return undefined;
      throw error;
    }
  }

  /** Brings the index up to date with the whole workspace, or with the folder `under`. */
  async #scan(under = ""): Promise<void> {
    const { signal } = this.#stop;
    const found = await this.#selector.select({
      under,
      signal,
      entering: (folder) => this.#watcher?.add(folder),
    });
    if (under === "") this.#skipped = found.skipped;
    const [unreadable] = found.unreadable;
    if (unreadable !== undefined) this.#notify("FOLDER_UNREADABLE", unreadable);
    const present = new Set(found.files.map((file) => file.path));
    this.#forget((path) => !present.has(path) && (under === "" || path.startsWith(`${under}/`)));
    this.#overBudget = 0;
    await this.#read(found.files.filter((file) => this.#isNew(file)));
    await this.#settleAndSave();
  }

  /** Follows the changes that were told since the last time. */
  async #follow(): Promise<void> {
    const paths = [...this.#pending];
    this.#pending.clear();
    const rulesChanged = paths.some((path) =>
      IGNORE_FILES.some((name) => path === name || path.endsWith(`/${name}`)),
    );
    if (rulesChanged || paths.length > MANY_CHANGES) return this.#scan();
    const files: SelectedFile[] = [];
    for (const path of paths) {
      const verdict = await this.#selector.judge(path);
      if (verdict.kind === "folder") {
        await this.#scan(path);
      } else if (verdict.kind === "file") {
        if (this.#isNew(verdict.file)) files.push(verdict.file);
      } else {
        this.#watcher?.remove(path);
        this.#forget((held) => held === path || held.startsWith(`${path}/`));
      }
    }
    await this.#read(files);
    await this.#settleAndSave();
  }

  #isNew({ path, stamp }: SelectedFile): boolean {
    return this.#entries.get(path)?.stamp !== stamp && this.#refused.get(path)?.stamp !== stamp;
  }

  /** Reads files and indexes them in batches, those that were changed last first: they are what a person works on. */
  async #read(files: readonly SelectedFile[]): Promise<void> {
    const { signal } = this.#stop;
    const { root, maxTokens = MAX_TOKENS } = this.#options;
    const waiting = [...files].sort((a, b) => a.modifiedMs - b.modifiedMs);
    const filesTotal = waiting.length;
    let filesDone = 0;
    let batch: SourceFile[] = [];
    let characters = 0;
    const flush = (): void => {
      this.#add(batch);
      batch = [];
      characters = 0;
      this.#report({ kind: "progress", filesDone, filesTotal });
    };
    if (filesTotal === 0) return;
    if (filesTotal > PROGRESS_FILES) this.#report({ kind: "progress", filesDone, filesTotal });
    const read = async ({ path, language }: SelectedFile): Promise<void> => {
      if (this.#tokens > maxTokens) {
        this.#overBudget++;
        return;
      }
      const reading = await readSource(root, path, this.#maxFileBytes);
      filesDone++;
      if (reading.kind !== "text") {
        this.#forget((held) => held === path);
        if (reading.kind === "skipped")
          this.#refused.set(path, { stamp: reading.stamp, reason: reading.reason });
        return;
      }
      this.#refused.delete(path);
      batch.push({ path, language, text: reading.text, stamp: reading.stamp });
      characters += reading.text.length;
      if (characters >= BATCH_CHARACTERS) {
        flush();
        // A turn of the event loop, so that a request to close is heard between two batches.
        await new Promise((resolve) => setImmediate(resolve));
      } else if (filesDone % PROGRESS_FILES === 0) {
        this.#report({ kind: "progress", filesDone, filesTotal });
      }
    };
    await drain(waiting, READS_AT_ONCE, read, signal).finally(flush);
  }

  /** Indexes files as a new segment. One that breaks the lexer is left out, the others stay. */
  #add(files: readonly SourceFile[]): void {
    if (files.length === 0) return;
    try {
      this.#append(buildSegment(files));
    } catch (error) {
      const [only] = files;
      if (only === undefined || files.length > 1) {
        for (const file of files) this.#add([file]);
      } else {
        this.#refused.set(only.path, { stamp: only.stamp, reason: "unreadable" });
        this.#notify("INDEXER_FAILED", { reason: `${only.path}: ${reasonOf(error)}` });
      }
    }
  }

  #append(segment: Segment): void {
    this.#hold({ name: segmentName(), segment: toShared(segment) });
    this.#dirty = true;
  }

  #hold(held: Held): void {
    this.#held.push(held);
    for (const { path, stamp, length } of held.segment.files) {
      this.#tokens += length - (this.#entries.get(path)?.tokens ?? 0);
      this.#entries.set(path, { stamp, tokens: length });
      this.#hidden.delete(path);
    }
    this.#report({ kind: "segment", segment: held.segment });
  }

  #forget(isGone: (path: string) => boolean): void {
    this.#hide([...this.#entries.keys()].filter(isGone));
    for (const path of this.#refused.keys()) if (isGone(path)) this.#refused.delete(path);
  }

  #hide(paths: readonly string[]): void {
    if (paths.length === 0) return;
    for (const path of paths) {
      this.#tokens -= this.#entries.get(path)?.tokens ?? 0;
      this.#entries.delete(path);
      this.#hidden.add(path);
    }
    this.#dirty = true;
    this.#report({ kind: "hidden", paths });
  }

  /** Replaces the segments from number `from` on by one that holds their live files. */
  #merge(from: number): void {
    const project = new Project();
    const merged = this.#held.slice(from);
    for (const { segment } of merged) project.attach(segment);
    for (const path of this.#hidden) project.hide(path);
    const segment = project.compact();
    this.#held = this.#held.slice(0, from);
    if (from === 0) this.#hidden.clear();
    if (segment.files.length > 0) this.#append(segment);
    this.#dirty = true;
  }

  /**
   * Merges the newest segments with each other, and an older one only when they have grown to half its size: so each file is merged a
   * logarithmic number of times, and a large base is left in peace. At most `maxTokens` are touched.
   */
  #mergeNewest(maxTokens: number): void {
    let from = this.#held.length - 1;
    let size = this.#held[from]?.segment.tokens.length ?? 0;
    for (let at = from - 1; at >= 0; at--) {
      const older = this.#held[at]?.segment.tokens.length ?? 0;
      if (older > 2 * size || size + older > maxTokens) break;
      size += older;
      from = at;
    }
    if (from < this.#held.length - 1) this.#merge(from);
  }

  async #settleAndSave(): Promise<void> {
    this.#settle();
    await this.#save();
    // Little enough that whoever closes now hardly waits; the rest is for a quiet moment, which a short-lived program never has.
    if (this.#held.length > MANY_SEGMENTS) {
      this.#mergeNewest(QUICK_TOKENS);
      await this.#save();
    }
    this.#settle();
    clearTimeout(this.#quiet);
    if (!this.#stop.signal.aborted)
      this.#quiet = setTimeout(() => this.#inBackground(() => this.#tidy()), QUIET_MS);
  }

  /** In a quiet moment: what was deleted or refused since leaves the disk too, and few segments make quick answers. */
  async #tidy(): Promise<void> {
    if (this.#hidden.size > 0) this.#merge(0);
    else if (this.#held.length > FEW_SEGMENTS) this.#mergeNewest(Infinity);
    if (!this.#dirty) return;
    await this.#save();
    this.#settle();
  }

  async #save(): Promise<void> {
    if (!this.#dirty || this.#store === undefined || performance.now() < this.#retryAtMs) return;
    const { files, tokens, languages, skipped } = this.#facts();
    const contents = {
      root: this.#options.root,
      updatedAt: new Date().toISOString(),
      hidden: [...this.#hidden],
      refused: Object.fromEntries(this.#refused),
      files,
      tokens,
      languages,
      skipped,
    };
    const segments = this.#held.map(({ name, segment }) => ({
      name,
      encode: () => encodeSegment(segment),
    }));
    try {
      this.#storedBytes = await this.#store.write(contents, segments);
      this.#dirty = false;
    } catch (error) {
      if (!(error instanceof AssistantError)) throw error;
      this.#storedBytes = 0;
      this.#retryAtMs = performance.now() + RETRY_MS;
      // That another process keeps the index is how two editors share one; this one works from memory.
      if (error.code !== "INDEX_LOCKED") this.#notify(error.code, error.details);
    }
  }

  #settle(): void {
    this.#report({ kind: "settled", facts: this.#facts() });
  }

  #facts(): IndexFacts {
    const languages: Record<string, number> = {};
    for (const path of this.#entries.keys()) {
      const language = languageOf(path);
      if (language !== undefined) languages[language] = (languages[language] ?? 0) + 1;
    }
    const skipped: Record<string, number> = { ...this.#skipped };
    for (const { reason } of this.#refused.values()) skipped[reason] = (skipped[reason] ?? 0) + 1;
    if (this.#overBudget > 0) skipped["over-budget"] = this.#overBudget;
    return {
      files: this.#entries.size,
      tokens: this.#tokens,
      bytes: this.#storedBytes,
      languages,
      skipped,
    };
  }

  #startWatching(): void {
    this.#watcher = new Watcher(this.#options.root, {
      changed: (path) => this.changed(path),
      limited: (reason) => {
        this.#notify("WATCH_LIMITED", { reason, seconds: RESCAN_SECONDS });
        this.#rescan ??= setInterval(
          () => this.#inBackground(() => this.#scan()),
          RESCAN_SECONDS * 1000,
        );
      },
    });
  }

  #notify(code: ErrorCode, details: ErrorDetails): void {
    this.#report({ kind: "notice", notice: { code, details } });
  }
}

/** The same segment with its numbers in shared memory, so that handing it to another thread copies the words alone. */
function toShared(segment: Segment): Segment {
  const { tokens, order, heads, spaces } = segment;
  return {
    ...segment,
    tokens: toSharedNumbers(tokens),
    order: toSharedNumbers(order),
    heads: toSharedNumbers(heads),
    spaces: toSharedBytes(spaces),
  };
}

function toSharedNumbers(numbers: Int32Array): Int32Array {
  const shared = new Int32Array(new SharedArrayBuffer(numbers.byteLength));
  shared.set(numbers);
  return shared;
}

function toSharedBytes(bytes: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}
