import { lstat, readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, relative } from "node:path";

/** The nearest folder at or above `folder` that holds a Git repository. */
export async function findRepository(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    const isThere = await lstat(join(at, ".git")).then(
      () => true,
      () => false,
    );
    if (isThere) return at;
    if (dirname(at) === at) return undefined;
  }
}

/** Files that a project's top folder has, where no version control says what belongs together. */
const MARKERS: readonly string[] = [
  "package.json",
  "tsconfig.json",
  "pyproject.toml",
  "setup.py",
  "go.mod",
  "Cargo.toml",
  "pom.xml",
  "build.gradle",
  "build.gradle.kts",
  "composer.json",
  "Gemfile",
  "CMakeLists.txt",
];

/**
 * The project a file belongs to, by its folder: the Git repository around it, else the nearest folder with a project file. Neither the home folder nor one above
 * it is ever taken for a project, even where it is a repository of settings: nobody wants all of it indexed.
 */
export async function findProject(folder: string): Promise<string | undefined> {
  const repository = await findRepository(folder);
  if (repository !== undefined && !isTooBroad(repository)) return repository;
  for (let at = folder; !isTooBroad(at); at = dirname(at)) {
    const names = await readdir(at).catch((): string[] => []);
    if (MARKERS.some((marker) => names.includes(marker))) return at;
  }
  return undefined;
}

/** Whether a folder is a person's home, holds homes, or is a whole disk. */
export function isTooBroad(folder: string): boolean {
  if (dirname(folder) === folder) return true;
  const way = relative(folder, homedir());
  return way === "" || (!way.startsWith("..") && !isAbsolute(way));
}
