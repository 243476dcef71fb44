import { readdir, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { isSecret } from "../../workspace/denied.ts";
import { findJvm } from "./jvm.ts";
import { findCargo, findGo } from "./modules.ts";
import { findNpm } from "./npm.ts";
import type { PackageOnDisk } from "./package.ts";
import { findPython } from "./python.ts";

const FINDERS = [findNpm, findPython, findJvm, findGo, findCargo];
const MAX_FOLDERS = 200;
const LEFT_OUT = /^(?:\.|node_modules$|vendor$|dist$|build$|target$)/;

/** The declared dependencies of a workspace that are on this machine, those first that its code imports. Runs no program and opens no connection. */
export async function findPackages(
  root: string,
  imports: ReadonlySet<string>,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<PackageOnDisk[]> {
  const folders = await foldersOf(root);
  const lists = await Promise.all(FINDERS.map((find) => find({ folders, imports, environment })));
  const places = await Promise.all(lists.flat().map(toRealPlace));
  return places
    .filter((each) => each !== undefined)
    .sort((a, b) => Number(b.isImported) - Number(a.isImported) || (a.name < b.name ? -1 : 1));
}

/**
 * A package by its real place; undefined when that is no place for packages. Package managers link their own stores into `node_modules`; a link from there to
 * anywhere else is a folder that its owner did not open.
 */
async function toRealPlace(found: PackageOnDisk): Promise<PackageOnDisk | undefined> {
  const root = await realpath(found.root).catch(() => undefined);
  if (root === undefined) return undefined;
  const names = root.split(sep);
  const isHome = HOMES[found.ecosystem];
  if (isHome !== undefined && !isHome(names)) return undefined;
  return isSecret([...names, ""].join("/")) ? undefined : { ...found, root };
}

/** Where the packages lie that the workspace itself brings along; the others lie below caches of the machine's own. */
const HOMES: Readonly<Record<string, (names: readonly string[]) => boolean>> = {
  npm: (names) => names.slice(0, -1).includes("node_modules"),
  pypi: (names) => /^(?:site|dist)-packages$/.test(names.at(-1) ?? ""),
};

/** The workspace and two levels below it: where monorepos keep their members. */
async function foldersOf(root: string): Promise<string[]> {
  const folders = [root];
  for (let at = 0, depth = 0; depth < 2; depth++) {
    const end = folders.length;
    for (; at < end; at++) {
      const folder = folders[at] ?? root;
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
      for (const entry of entries)
        if (entry.isDirectory() && !LEFT_OUT.test(entry.name) && folders.length < MAX_FOLDERS)
          folders.push(join(folder, entry.name));
    }
  }
  return folders;
}
