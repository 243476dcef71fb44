import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import {
  folderOfProgram,
  isPlain,
  listIf,
  type PackageOnDisk,
  readIf,
  type Surroundings,
} from "./package.ts";

/** What `go.mod` requires, in the module cache, and the packages of the standard library that are imported. */
export async function findGo({
  folders,
  imports,
  environment,
}: Surroundings): Promise<PackageOnDisk[]> {
  const cache =
    environment["GOMODCACHE"] ?? join(environment["GOPATH"] ?? join(homedir(), "go"), "pkg", "mod");
  const found = new Map<string, PackageOnDisk>();
  let isGo = false;
  for (const folder of folders) {
    const manifest = await readIf(join(folder, "go.mod"));
    if (manifest === undefined) continue;
    isGo = true;
    for (const [, name = "", version = "", rest = ""] of manifest.matchAll(
      /^\s*(?:require\s+)?([\w.~-]+\.[\w.~-]+\/[^\s]+|[\w-]+\.[\w.]+)\s+(v[^\s]+)(.*)$/gm,
    )) {
      if (!isPlain(name) || !isPlain(version)) continue;
      // In the cache a capital is written "!" and its small letter.
      const root = join(
        cache,
        `${name}@${version}`.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`),
      );
      const isImported = [...imports].some((each) => each === name || each.startsWith(`${name}/`));
      // What only dependencies need is not declared by this program.
      if (!existsSync(root) || (rest.includes("indirect") && !isImported)) continue;
      found.set(root, {
        ecosystem: "go",
        name,
        version,
        licence: await licenceIn(root),
        root,
        isImported,
      });
    }
  }
  if (!isGo) return [...found.values()];
  const program = await folderOfProgram("go", environment);
  const home = environment["GOROOT"] ?? (program === undefined ? undefined : join(program, ".."));
  if (home === undefined || !existsSync(join(home, "src", "fmt"))) return [...found.values()];
  const version = (await readIf(join(home, "VERSION")))?.split("\n")[0]?.trim() ?? "";
  for (const name of imports) {
    if (!isPlain(name) || name.split("/")[0]?.includes(".") === true) continue;
    if (!existsSync(join(home, "src", name))) continue;
    found.set(`std ${name}`, {
      ecosystem: "go",
      name,
      version,
      licence: "BSD-3-Clause",
      root: join(home, "src"),
      paths: [name],
      isFlat: true,
      isImported: true,
    });
  }
  return [...found.values()];
}

/** What `Cargo.toml` depends on, in the versions of `Cargo.lock`, among the sources that cargo keeps of its registry. */
export async function findCargo({
  folders,
  imports,
  environment,
}: Surroundings): Promise<PackageOnDisk[]> {
  const registry = join(environment["CARGO_HOME"] ?? join(homedir(), ".cargo"), "registry", "src");
  const found = new Map<string, PackageOnDisk>();
  for (const folder of folders) {
    const manifest = await readIf(join(folder, "Cargo.toml"));
    if (manifest === undefined) continue;
    const declared = new Set<string>();
    for (const [, head = "", body = ""] of `${manifest}\n[`.matchAll(
      /^\[([^\]]*dependencies[^\]]*)\]([\s\S]*?)(?=^\[)/gm,
    )) {
      const own = /dependencies\.([\w-]+)$/.exec(head)?.[1];
      if (own !== undefined) declared.add(own);
      else for (const [, name = ""] of body.matchAll(/^([\w-]+)\s*=/gm)) declared.add(name);
    }
    const lock =
      (await readIf(join(folder, "Cargo.lock"))) ??
      (await readIf(join(folder, "..", "Cargo.lock"))) ??
      "";
    for (const [, name = "", version = ""] of lock.matchAll(
      /name = "([^"]+)"\s+version = "([^"]+)"/g,
    )) {
      if (!declared.has(name) || !isPlain(name) || !isPlain(version)) continue;
      for (const index of await listIf(registry)) {
        const root = join(registry, index, `${name}-${version}`);
        if (!existsSync(root)) continue;
        const facts = (await readIf(join(root, "Cargo.toml"))) ?? "";
        const licence = /^license\s*=\s*"([^"]+)"/m.exec(facts)?.[1] ?? "";
        found.set(root, {
          ecosystem: "cargo",
          name,
          version,
          licence,
          root,
          isImported: imports.has(name.replaceAll("-", "_")),
        });
      }
    }
  }
  return [...found.values()];
}

/** The licence that a text of it names. */
async function licenceIn(root: string): Promise<string> {
  const file = (await listIf(root)).find((name) =>
    /^(?:licen[cs]e|copying)(?:\.\w+)?$/i.test(name),
  );
  if (file === undefined) return "";
  const text = ((await readIf(join(root, file))) ?? "").slice(0, 2_000);
  if (/Apache License\s+Version 2\.0/i.test(text)) return "Apache-2.0";
  if (/Mozilla Public License,? Version 2\.0/i.test(text)) return "MPL-2.0";
  if (/Permission is hereby granted, free of charge/i.test(text)) return "MIT";
  if (/Permission to use, copy, modify, and\/or distribute/i.test(text)) return "ISC";
  if (/Redistribution and use in source and binary forms/i.test(text))
    return /Neither the name/i.test(text) ? "BSD-3-Clause" : "BSD-2-Clause";
  return "";
}
