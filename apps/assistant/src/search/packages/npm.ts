import { realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isObject, isPlain, type PackageOnDisk, readObject, type Surroundings } from "./package.ts";

const FIELDS = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];

/** What the `package.json` of a workspace declare, as installed in `node_modules`, and the types of it. */
export async function findNpm({ folders, imports }: Surroundings): Promise<PackageOnDisk[]> {
  const imported = new Set([...imports].map(toName));
  const found = new Map<string, PackageOnDisk>();
  for (const folder of folders) {
    const manifest = await readObject(join(folder, "package.json"));
    const names = new Set(
      FIELDS.flatMap((field) => (isObject(manifest[field]) ? Object.keys(manifest[field]) : [])),
    );
    for (const name of names) {
      if (!isPlain(name)) continue;
      for (const each of [name, `@types/${name.replace(/^@(.+)\/(.+)$/, "$1__$2")}`]) {
        const root = await locate(folder, each);
        if (root === undefined || found.has(root)) continue;
        // A member of the same repository is its own code, linked into node_modules.
        if (folders.some((own) => root === own)) continue;
        const facts = await readObject(join(root, "package.json"));
        found.set(root, {
          ecosystem: "npm",
          name: each,
          version: text(facts["version"]),
          licence: text(facts["license"]),
          root,
          isImported: imported.has(name),
        });
      }
    }
  }
  return [...found.values()];
}

/** Node's own way: the nearest `node_modules` above that has it. */
async function locate(from: string, name: string): Promise<string | undefined> {
  for (let folder = from; ; folder = dirname(folder)) {
    const root = await realpath(join(folder, "node_modules", name)).catch(() => undefined);
    if (root !== undefined) return root;
    if (dirname(folder) === folder) return undefined;
  }
}

/** `@scope/name/deep/file` is of the package `@scope/name`. */
function toName(specifier: string): string {
  const parts = specifier.split("/");
  return parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
