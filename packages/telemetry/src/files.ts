import { randomUUID } from "node:crypto";
import { link, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** The system's code of an error, "" if it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** The text of a file; undefined when there is none. */
export async function readText(path: string): Promise<string | undefined> {
  return ifThere(readFile(path, "utf8"));
}

/** The names in a folder, sorted; none when there is no folder. */
export async function readNames(path: string): Promise<readonly string[]> {
  return ((await ifThere(readdir(path))) ?? []).sort();
}

/** Gives undefined where there is nothing at the path. */
export async function ifThere<Value>(work: Promise<Value>): Promise<Value | undefined> {
  try {
    return await work;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Adds to the end of a file, and returns once the disk has it. Several processes may do so at once. */
export async function append(path: string, text: string): Promise<void> {
  await makeFolder(dirname(path));
  const file = await open(path, "a", 0o600);
  try {
    await file.write(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Replaces a file in one step: a reader, or a crash, finds the old text or the new one. */
export async function replace(path: string, text: string): Promise<void> {
  const aside = await writeAside(path, text);
  try {
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

/** Creates a file with its text in one step; false when there is one already. */
export async function create(path: string, text: string): Promise<boolean> {
  const aside = await writeAside(path, text);
  try {
    await link(aside, path);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(codeOf(error)))
      throw error;
    return await createPlainly(path, text);
  } finally {
    await rm(aside, { force: true });
  }
}

/** On a file system without hard links: still only once, but a crash may leave the file short. */
async function createPlainly(path: string, text: string): Promise<boolean> {
  try {
    const file = await open(path, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

async function writeAside(path: string, text: string): Promise<string> {
  await makeFolder(dirname(path));
  const aside = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(aside, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
  return aside;
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
}
