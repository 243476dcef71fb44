import { join } from "node:path";
import {
  folderOfProgram,
  isPlain,
  listIf,
  type PackageOnDisk,
  readIf,
  type Surroundings,
} from "./package.ts";

/** What a workspace declares or imports, as installed in the `site-packages` of its environment or of the machine's Python. */
export async function findPython({
  folders,
  imports,
  environment,
}: Surroundings): Promise<PackageOnDisk[]> {
  const imported = new Set([...imports].map((name) => normalize(name.split(".")[0] ?? "")));
  const declared = new Set((await Promise.all(folders.map(readDeclared))).flat().map(normalize));
  if (declared.size === 0 && !(await hasPython(folders))) return [];
  const found = new Map<string, PackageOnDisk>();
  for (const site of await findSites(folders, environment)) {
    for (const entry of await listIf(site)) {
      if (!entry.endsWith(".dist-info") && !entry.endsWith(".egg-info")) continue;
      const facts = await readFacts(join(site, entry));
      if (facts === undefined || found.has(normalize(facts.name))) continue;
      const isImported = facts.modules.some((module) => imported.has(normalize(module)));
      if (!isImported && !declared.has(normalize(facts.name))) continue;
      const { name, version, licence, modules } = facts;
      found.set(normalize(name), {
        ecosystem: "pypi",
        name,
        version,
        licence,
        root: site,
        paths: modules,
        isImported,
      });
    }
  }
  return [...found.values()];
}

/** PEP 503: case, dots, dashes and underscores do not tell names apart. */
function normalize(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

async function hasPython(folders: readonly string[]): Promise<boolean> {
  const lists = await Promise.all(folders.map(listIf));
  return lists.flat().some((name) => name.endsWith(".py"));
}

async function readDeclared(folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const file of await listIf(folder)) {
    if (/^requirements.*\.(?:txt|in)$/.test(file)) {
      for (const line of ((await readIf(join(folder, file))) ?? "").split("\n"))
        names.push(/^\s*([A-Za-z0-9][\w.-]*)/.exec(line)?.[1] ?? "");
    } else if (
      file === "pyproject.toml" ||
      file === "setup.cfg" ||
      file === "setup.py" ||
      file === "Pipfile"
    ) {
      const text = (await readIf(join(folder, file))) ?? "";
      // Quoted requirements ("requests>=2"), and tables of Poetry and Pipenv (requests = "^2").
      for (const [, name = ""] of text.matchAll(
        /["']([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(?:[<>=!~;][^"']*)?["']/g,
      ))
        names.push(name);
      for (const [, name = ""] of text.matchAll(/^([A-Za-z0-9][\w.-]*)\s*=\s*["'{]/gm))
        names.push(name);
    }
  }
  return names.filter((name) => name !== "");
}

async function findSites(
  folders: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<string[]> {
  const environments = folders.flatMap((folder) =>
    [".venv", "venv", "env"].map((name) => join(folder, name)),
  );
  const active = environment["VIRTUAL_ENV"];
  if (active !== undefined) environments.unshift(active);
  const sites: string[] = [];
  for (const home of environments) sites.push(...(await sitesOf(home)));
  if (sites.length > 0) return sites;
  const program =
    (await folderOfProgram("python3", environment)) ??
    (await folderOfProgram("python", environment));
  if (program === undefined) return [];
  const pinned =
    environment["PYENV_ROOT"] ??
    (program.includes(".pyenv") ? program.slice(0, program.indexOf(".pyenv") + 6) : undefined);
  const versions = pinned === undefined ? [] : await listIf(join(pinned, "versions"));
  for (const version of versions)
    sites.push(...(await sitesOf(join(pinned ?? "", "versions", version))));
  return [...sites, ...(await sitesOf(join(program, "..")))];
}

async function sitesOf(home: string): Promise<string[]> {
  const sites = [join(home, "Lib", "site-packages")];
  for (const name of await listIf(join(home, "lib"))) {
    if (name.startsWith("python3"))
      sites.push(
        join(home, "lib", name, "site-packages"),
        join(home, "lib", name, "dist-packages"),
      );
  }
  const there = await Promise.all(sites.map(async (site) => (await listIf(site)).length > 0));
  return sites.filter((_, at) => there[at]);
}

async function readFacts(
  folder: string,
): Promise<{ name: string; version: string; licence: string; modules: string[] } | undefined> {
  const metadata =
    (await readIf(join(folder, "METADATA"))) ?? (await readIf(join(folder, "PKG-INFO")));
  if (metadata === undefined) return undefined;
  const head = metadata.slice(0, 20_000);
  const field = (name: string): string =>
    new RegExp(`^${name}:\\s*(.+)$`, "im").exec(head)?.[1]?.trim() ?? "";
  const name = field("Name");
  if (name === "") return undefined;
  const classified =
    /^Classifier: License :: (?:OSI Approved :: )?(.+)$/im.exec(head)?.[1]?.trim() ?? "";
  const stated = field("License-Expression") || field("License");
  const licence = stated.length > 0 && stated.length < 60 ? stated : classified;
  const modules = (await readModules(folder, name)).filter(isPlain);
  return { name, version: field("Version"), licence, modules };
}

/** The folders and files of a package: what `top_level.txt` says, else the first parts of the paths in `RECORD`, else the name itself. */
async function readModules(folder: string, name: string): Promise<string[]> {
  const top = await readIf(join(folder, "top_level.txt"));
  if (top !== undefined && top.trim() !== "") return top.trim().split(/\s+/);
  const record = (await readIf(join(folder, "RECORD"))) ?? "";
  const modules = new Set<string>();
  for (const line of record.split("\n")) {
    const first = /^([\w-]+)(?:\/.*\.pyi?|\.py),/.exec(line)?.[1];
    if (first !== undefined) modules.add(first);
  }
  return modules.size > 0 ? [...modules] : [name.replace(/-/g, "_")];
}
