/**
 * One process per data directory. The engine has no lock of its own, and two of them in one folder lose each other's rows without a
 * word. A lock whose process lives is never taken over; one whose process is gone is.
 */
import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DatabaseError } from "../errors.ts";

/** A lock that is held. */
export interface FolderLock {
  readonly release: () => void;
}

interface Holder {
  readonly pid: number;
  /** When the process started, in the kernel's ticks; tells a process from a later one that got its number. */
  readonly started: string;
}

/** Takes the lock of a folder, or throws `database-locked`. */
export function lockFolder(directory: string): FolderLock {
  const path = join(directory, "lock");
  const mine = JSON.stringify({ pid: process.pid, started: startOf(process.pid) ?? "" });
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (create(path, mine)) return { release: () => release(path, mine) };
    const text = readLock(path);
    if (text === undefined) continue;
    const holder = parseHolder(text);
    // A lock without content is being written at this moment, or its writer died in between; who started first is unknowable, so
    // it is not taken over.
    if (holder === undefined || isAlive(holder)) break;
    bury(path, text);
  }
  throw new DatabaseError("database-locked");
}

function create(path: string, content: string): boolean {
  let file: number;
  try {
    file = openSync(path, "wx", 0o600);
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
  writeSync(file, content);
  closeSync(file);
  return true;
}

function release(path: string, mine: string): void {
  if (readLock(path) === mine) rmSync(path, { force: true });
}

/**
 * Removes a dead process's lock. Of several that try, one at a time may: removing is not atomic with having read, and the next
 * lock must not be removed in place of the dead one.
 */
function bury(path: string, dead: string): void {
  const permit = `${path}.removal`;
  if (!create(permit, "")) {
    // Left by a process that died between two lines of this function.
    if (ageMs(permit) > 10_000) rmSync(permit, { force: true });
    return;
  }
  try {
    if (readLock(path) === dead) rmSync(path);
  } finally {
    rmSync(permit, { force: true });
  }
}

function ageMs(path: string): number {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}

function readLock(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function parseHolder(text: string): Holder | undefined {
  const found = /^\{"pid":(\d+),"started":"(\d*)"\}$/.exec(text);
  return found === null ? undefined : { pid: Number(found[1]), started: found[2] ?? "" };
}

function isAlive({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return hasCode(error, "EPERM");
  }
  const now = startOf(pid);
  return now === undefined || started === "" || now === started;
}

/** Where the kernel tells (Linux), when a process started; field 22 of its `stat`, counted behind the name in brackets. */
function startOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    // No /proc: other systems are told apart by number alone.
    return undefined;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
