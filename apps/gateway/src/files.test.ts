import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const folder = new URL(".", import.meta.url);
const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
  (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
);

describe("the gateway's sources", () => {
  it("read files in one place and write none [G1]", () => {
    const touching = sources.filter((name) =>
      /from "node:fs|from "fs/.test(readFileSync(new URL(name, folder), "utf8")),
    );
    expect(touching).toEqual(["files.ts"]);
    const imported = /import \{([^}]*)\} from "node:fs"/.exec(
      readFileSync(new URL("files.ts", folder), "utf8"),
    )?.[1];
    expect(imported?.split(",").map((name) => name.trim())).toEqual([
      "readFileSync",
      "unwatchFile",
      "watchFile",
    ]);
  });
  it("import no database, no cache and nothing outside the five dependencies [G4]", () => {
    const imports = new Set(
      sources.flatMap((name) =>
        [...readFileSync(new URL(name, folder), "utf8").matchAll(/from "([^."][^"]*)"/g)].map(
          // A file of a package is the package.
          ([, module = ""]) => /^(?:node:.*|@[^/]+\/[^/]+|[^/]+)/.exec(module)?.[0] ?? "",
        ),
      ),
    );
    const foreign = [...imports]
      .filter((module) => !module.startsWith("node:"))
      .toSorted((left, right) => (left < right ? -1 : 1));
    expect(foreign).toEqual([
      "@cloud-code/models",
      "@cloud-code/policy",
      "undici",
      "ws",
      "yaml",
      "zod",
    ]);
    expect(sources.length).toBeGreaterThan(15);
    expect(
      [...imports].filter((module) =>
        /sqlite|worker_threads|child_process|repl|inspector|vm/.test(module),
      ),
    ).toEqual([]);
    // What else node:v8 has writes the memory down.
    const tuning = sources.flatMap(
      (name) => /import .* from "node:v8"/.exec(readFileSync(new URL(name, folder), "utf8")) ?? [],
    );
    expect(tuning).toEqual(['import { setFlagsFromString } from "node:v8"']);
  });
});
