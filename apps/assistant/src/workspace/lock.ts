import { randomUUID } from "node:crypto";
import { link, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";

const HEARTBEAT_MS = 30_000;
// Four missed heartbeats: the holder was killed on another machine, or its process number now belongs to somebody else.
const STALE_MS = 120_000;

/** Who holds a lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly token: string;
}

/**
 * The right to write in a folder, held by one process at a time: a file that is created exclusively. Readers need none.
 *
 * Whoever dies leaves its file behind; the next one sees that the process is gone (on this machine) or that the heartbeat stopped (on
 * another), and takes over. A holder that was only asleep finds out through `isHeld` before it writes again.
 */
export class Lock {
  readonly #path: string;
  readonly #token: string;
  readonly #heartbeat: NodeJS.Timeout;

  private constructor(path: string, token: string) {
    this.#path = path;
    this.#token = token;
    this.#heartbeat = setInterval(() => {
      const now = new Date();
      // A heartbeat that fails means that the file is gone or the disk is: `isHeld` tells before anything is written.
      utimes(path, now, now).catch(() => undefined);
    }, HEARTBEAT_MS).unref();
  }

  /** Takes the lock, or names the process that has it. Rejects with the system's error when the folder cannot be written. */
  static async acquire(path: string): Promise<Lock | { readonly heldBy: number }> {
    for (let attempt = 0; attempt < 3; attempt++) {
      const token = randomUUID();
      const holder: Holder = { pid: process.pid, host: hostname(), token };
      try {
        await createWhole(path, JSON.stringify(holder), token);
        return new Lock(path, token);
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      }
      const found = await readLock(path);
      if (found === undefined) continue;
      if (!isStale(found)) return { heldBy: found.holder?.pid ?? 0 };
      await removeStale(path, found.text);
    }
    return { heldBy: 0 };
  }

  /** The process that holds the lock at `path`, if a live one does. */
  static async holder(path: string): Promise<number | undefined> {
    const found = await readLock(path);
    return found === undefined || isStale(found) ? undefined : (found.holder?.pid ?? 0);
  }

  /** Whether the lock is still ours. */
  async isHeld(): Promise<boolean> {
    return (await readLock(this.#path))?.holder?.token === this.#token;
  }

  /** Gives the lock back. */
  async release(): Promise<void> {
    clearInterval(this.#heartbeat);
    if (await this.isHeld()) await rm(this.#path, { force: true });
  }
}

/**
 * Creates a file with its content in one step, or fails with `EEXIST`. Whoever dies between creating and filling a file would leave a lock that
 * names nobody, and only the heartbeat's end, two minutes later, would free it.
 */
async function createWhole(path: string, text: string, token: string): Promise<void> {
  const aside = `${path}.${token}.tmp`;
  try {
    await writeFile(aside, text, { flag: "wx", mode: 0o600 });
    await link(aside, path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(code)) throw error;
    // A file system without hard links.
    await writeFile(path, text, { flag: "wx", mode: 0o600 });
  } finally {
    await rm(aside, { force: true });
  }
}

interface Found {
  readonly text: string;
  readonly holder: Holder | undefined;
  readonly ageMs: number;
}

async function readLock(path: string): Promise<Found | undefined> {
  try {
    const text = await readFile(path, "utf8");
    return { text, holder: parseHolder(text), ageMs: Date.now() - (await stat(path)).mtimeMs };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return undefined;
    const { pid, host, token } = value as Partial<Record<keyof Holder, unknown>>;
    if (typeof pid !== "number" || typeof host !== "string" || typeof token !== "string")
      return undefined;
    return { pid, host, token };
  } catch {
    // Half written: its writer is between creating and filling it, or was killed there. The heartbeat decides.
    return undefined;
  }
}

function isStale({ holder, ageMs }: Found): boolean {
  if (ageMs > STALE_MS) return true;
  return holder !== undefined && holder.host === hostname() && !isAlive(holder.pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

// Two processes may find the same stale lock. Moving it aside is atomic; whoever moved a fresh one by mistake puts it back.
async function removeStale(path: string, text: string): Promise<void> {
  const aside = `${path}.${randomUUID()}.tmp`;
  try {
    await rename(path, aside);
    if ((await readFile(aside, "utf8")) !== text) await rename(aside, path);
    else await rm(aside);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
