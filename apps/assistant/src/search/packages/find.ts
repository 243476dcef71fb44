import { readdir } from "node:fs/promises";
import { join } from "node:path";
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
  return lists
    .flat()
    .sort((a, b) => Number(b.isImported) - Number(a.isImported) || (a.name < b.name ? -1 : 1));
}

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
