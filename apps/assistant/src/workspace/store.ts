import { createHash, randomUUID } from "node:crypto";
import { constants, existsSync } from "node:fs";
import { access, chmod, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join } from "node:path";
import { AssistantError, reasonOf } from "../errors.ts";
import type { SkipReason } from "../session.ts";
import { Lock } from "./lock.ts";

/** What the index on disk consists of. */
export interface Manifest {
  /** The workspace's real path. */
  readonly root: string;
  /** When it was written, ISO 8601. */
  readonly updatedAt: string;
  /** Oldest first: files of a later segment replace those of an earlier one. */
  readonly segments: readonly { readonly name: string; readonly bytes: number }[];
  /** Files that are in a segment but gone from the workspace. */
  readonly hidden: readonly string[];
  /** Files that were opened and left out, so that they are opened again only when they change. */
  readonly refused: Readonly<
    Record<string, { readonly stamp: string; readonly reason: SkipReason }>
  >;
  readonly files: number;
  readonly tokens: number;
  readonly languages: Readonly<Record<string, number>>;
  readonly skipped: Readonly<Record<string, number>>;
}

/** A segment on its way to the disk. */
export interface Unstored {
  readonly name: string;
  readonly encode: () => Uint8Array;
}

/** What reading the index gave. */
export interface Stored {
  readonly manifest: Manifest;
  /** The bytes of each segment; a damaged or missing one is left out. */
  readonly segments: ReadonlyMap<string, Uint8Array>;
  readonly damaged: boolean;
}

const FORMAT = 1;
const MANIFEST = "manifest.json";
const LOCK = "lock";
const SEGMENT_SUFFIX = ".segment";
const TEMPORARY_SUFFIX = ".tmp";
const READ_ATTEMPTS = 20;

/** The folder for the caches of all workspaces: `CLOUD_CODE_CACHE_DIR`, or the platform's own place. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const own = environment["CLOUD_CODE_CACHE_DIR"];
  if (own !== undefined && own !== "") return isAbsolute(own) ? own : join(process.cwd(), own);
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches", "cloud-code");
  if (process.platform === "win32")
    return join(
      environment["LOCALAPPDATA"] ?? join(homedir(), "AppData", "Local"),
      "cloud-code",
      "cache",
    );
  const xdg = environment["XDG_CACHE_HOME"];
  // The base directory specification: a relative path is invalid and ignored.
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), ".cache"), "cloud-code");
}

/** The folder for the index of one workspace, named by a hash of its real path. */
export function indexFolder(root: string, cache: string): string {
  return join(cache, createHash("sha256").update(root).digest("hex").slice(0, 32));
}

/**
 * The index of one workspace on disk: immutable segment files, and a manifest that names those that count.
 *
 * Invariant: a manifest appears by renaming, after every segment it names is on disk. So a process may be killed at any moment, and a
 * reader, which takes no lock, sees the old index or the new one. Writing needs the lock, which is kept until `close`.
 */
export class Store {
  /** Where this index lies. */
  readonly folder: string;
  readonly #root: string;
  #lock: Lock | undefined;

  /** `root` is the workspace's real path. */
  constructor(root: string, folder: string) {
    this.#root = root;
    this.folder = folder;
  }

  /**
   * Reads the index; undefined when there is none. Throws `INDEX_VERSION` or `INDEX_CORRUPT` when the manifest is of no use, and
   * `INDEX_UNWRITABLE` when the folder cannot be read.
   */
  async read(): Promise<Stored | undefined> {
    for (let attempt = 1, before = ""; ; attempt++) {
      const manifest = await this.manifest();
      if (manifest === undefined) return undefined;
      const segments = new Map<string, Uint8Array>();
      for (const { name, bytes } of manifest.segments) {
        const content = await readSegment(join(this.folder, name), bytes);
        if (content !== undefined) segments.set(name, content);
      }
      // A segment may be missing because a writer replaced manifest and segments between our two steps; then there is a new manifest.
      const now = manifest.segments.map(({ name }) => name).join();
      const damaged = segments.size < manifest.segments.length;
      if (!damaged || now === before || attempt === READ_ATTEMPTS)
        return { manifest, segments, damaged };
      before = now;
    }
  }

  /** Reads the manifest alone, with the errors of `read`. */
  async manifest(): Promise<Manifest | undefined> {
    let text: string;
    try {
      text = await readFile(join(this.folder, MANIFEST), "utf8");
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw this.#unwritable(error);
    }
    return parseManifest(text, this.#root, this.folder);
  }

  /**
   * Makes `segments` the index, oldest first; `encode` is called for those that are not on disk yet. Returns the bytes of all. Throws
   * `INDEX_LOCKED` when another process keeps this index and `INDEX_UNWRITABLE` when the disk refuses; the old index stays.
   */
  async write(
    contents: Omit<Manifest, "segments">,
    segments: readonly Unstored[],
  ): Promise<number> {
    try {
      await this.#hold();
      const present = new Set(await readdir(this.folder));
      const named: { name: string; bytes: number }[] = [];
      for (const { name, encode } of segments) {
        if (!present.has(name)) await this.#put(name, encode());
        named.push({ name, bytes: (await stat(join(this.folder, name))).size });
      }
      await this.#put(MANIFEST, toText({ ...contents, segments: named }));
      await this.#removeAllBut(new Set([MANIFEST, LOCK, ...named.map(({ name }) => name)]));
      return named.reduce((sum, { bytes }) => sum + bytes, 0);
    } catch (error) {
      throw error instanceof AssistantError ? error : this.#unwritable(error);
    }
  }

  /** Removes the index from disk. Throws `INDEX_LOCKED` when another process keeps it. */
  async clear(): Promise<void> {
    if (!existsSync(this.folder)) return;
    try {
      await this.#hold();
      await this.#removeAllBut(new Set([LOCK]));
      await this.close();
      await rm(this.folder, { recursive: true, force: true });
    } catch (error) {
      if (error instanceof AssistantError && error.code === "INDEX_LOCKED") throw error;
      const cause = error instanceof AssistantError ? error.cause : error;
      throw new AssistantError(
        "INDEX_UNDELETABLE",
        { path: this.folder, reason: reasonOf(cause) },
        { cause },
      );
    }
  }

  /** The other process that keeps this index, if there is one. */
  async keeper(): Promise<number | undefined> {
    const pid = await Lock.holder(join(this.folder, LOCK));
    return pid === process.pid ? undefined : pid;
  }

  /** Resolves if the index can be kept here; throws `INDEX_UNWRITABLE`. Changes nothing. */
  async probe(): Promise<void> {
    for (let at = this.folder; ; at = dirname(at)) {
      try {
        return await access(at, constants.W_OK | constants.X_OK);
      } catch (error) {
        // A folder that is not there yet is made in the one above it.
        if (!isMissing(error) || dirname(at) === at) throw this.#unwritable(error);
      }
    }
  }

  /** Gives the lock back. */
  async close(): Promise<void> {
    await this.#lock?.release();
    this.#lock = undefined;
  }

  async #hold(): Promise<void> {
    if (this.#lock !== undefined && (await this.#lock.isHeld())) return;
    await this.close();
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    // The folder may be older than this rule, or made under another mask.
    await chmod(this.folder, 0o700);
    const lock = await Lock.acquire(join(this.folder, LOCK));
    if (!(lock instanceof Lock))
      throw new AssistantError("INDEX_LOCKED", { pid: lock.heldBy, path: this.folder });
    this.#lock = lock;
  }

  async #put(name: string, content: Uint8Array | string): Promise<void> {
    const temporary = join(this.folder, `${name}.${randomUUID()}${TEMPORARY_SUFFIX}`);
    try {
      const file = await open(temporary, "wx", 0o600);
      try {
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, join(this.folder, name));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await syncFolder(this.folder);
  }

  async #removeAllBut(kept: ReadonlySet<string>): Promise<void> {
    for (const name of await readdir(this.folder)) {
      const ours =
        name.endsWith(SEGMENT_SUFFIX) || name.endsWith(TEMPORARY_SUFFIX) || name === MANIFEST;
      if (ours && !kept.has(name)) await rm(join(this.folder, name), { force: true });
    }
  }

  #unwritable(error: unknown): AssistantError {
    return new AssistantError(
      "INDEX_UNWRITABLE",
      { path: this.folder, reason: reasonOf(error) },
      { cause: error },
    );
  }
}

/** A new name for a segment file. */
export function segmentName(): string {
  return `${randomUUID()}${SEGMENT_SUFFIX}`;
}

// The checksum stands on the second line, so that a changed byte is noticed even where it leaves valid JSON.
function toText(manifest: Manifest): string {
  const body = JSON.stringify({ format: FORMAT, ...manifest });
  return `${body}\n${checksum(body)}\n`;
}

function parseManifest(text: string, root: string, folder: string): Manifest {
  const corrupt = new AssistantError("INDEX_CORRUPT", { path: folder });
  const [body = "", sum] = text.split("\n");
  if (sum !== checksum(body)) {
    // A later format may end differently, so ask what it says before calling it damaged.
    throw /^\{"format":(?!1\b)\d+\b/.test(body)
      ? new AssistantError("INDEX_VERSION", { path: folder })
      : corrupt;
  }
  const value: unknown = JSON.parse(body);
  if (typeof value !== "object" || value === null || !("format" in value)) throw corrupt;
  if (value.format !== FORMAT) throw new AssistantError("INDEX_VERSION", { path: folder });
  // The checksum vouches for the rest: only `toText` of this format can have written it.
  const manifest = value as Manifest & { readonly format: number };
  const named = manifest.segments.every(
    ({ name }) => name === basename(name) && name.endsWith(SEGMENT_SUFFIX),
  );
  if (manifest.root !== root || !named) throw corrupt;
  return manifest;
}

function checksum(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

async function readSegment(path: string, size: number): Promise<Uint8Array | undefined> {
  try {
    const bytes = await readFile(path);
    return bytes.length === size ? bytes : undefined;
  } catch {
    // Missing or unreadable is damage like any other: the files in it are read again.
    return undefined;
  }
}

// A rename is safe against power loss once its folder is synced; Windows cannot open folders and needs no such step.
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    (error.code === "ENOENT" || error.code === "ENOTDIR")
  );
}
