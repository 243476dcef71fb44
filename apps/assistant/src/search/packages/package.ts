import { readdir, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";

/** A dependency as it lies on this machine. */
export interface PackageOnDisk {
  /** "npm", "pypi", "maven", "jdk", "go" or "cargo". */
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  /** By its SPDX name, "" if the package does not say. */
  readonly licence: string;
  /** A folder, or an archive. */
  readonly root: string;
  /** Only what lies below these paths of the root; absent: everything. */
  readonly paths?: readonly string[];
  /** Only the files directly in `paths`, for a standard library that is indexed package by package. */
  readonly isFlat?: boolean;
  /** Whether the workspace's own code imports it. */
  readonly isImported: boolean;
}

/** What an ecosystem looks for in a workspace. */
export interface Surroundings {
  /** Folders that may declare dependencies: the workspace and what is directly below it, absolute. */
  readonly folders: readonly string[];
  /** What the workspace's code imports. */
  readonly imports: ReadonlySet<string>;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Whether what a manifest names may become a part of a path: names of letters and signs that are not hidden, one below the other. A manifest is written by
 * strangers, and `../../.ssh` is the name of no package.
 */
export function isPlain(name: string): boolean {
  return name.split("/").every((part) => /^[\p{L}\p{N}_@~!+-][\p{L}\p{N}_@~!+.-]*$/u.test(part));
}

/** The text of a small file; undefined when it cannot be read. */
export async function readIf(path: string): Promise<string | undefined> {
  // Manifests of packages are optional everywhere: what is not there declares nothing.
  return readFile(path, "utf8").catch(() => undefined);
}

/** The names in a folder; none when it cannot be read. */
export async function listIf(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

/** A JSON object in a file; an empty one when it is not there or none. */
export async function readObject(path: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readIf(path);
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    // A damaged manifest declares nothing.
    return {};
  }
}

/** Whether a value is an object with names. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The folder that the first program of this name on the path lies in; undefined if there is none. */
export async function folderOfProgram(
  name: string,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const separator = process.platform === "win32" ? ";" : ":";
  for (const folder of (environment["PATH"] ?? "").split(separator)) {
    if (folder === "") continue;
    const found = await realpath(
      join(folder, process.platform === "win32" ? `${name}.exe` : name),
    ).catch(() => undefined);
    if (found !== undefined) return join(found, "..");
  }
  return undefined;
}
