import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { grammarFile, Grammars } from "./grammar.ts";
import type { Language } from "./language.ts";

const resolve = createRequire(import.meta.url).resolve;
const runtime = readFileSync(resolve("web-tree-sitter/web-tree-sitter.wasm"));
const folder = join(dirname(resolve("@vscode/tree-sitter-wasm/package.json")), "wasm");

// In a file of its own: only the first load of a thread starts the runtime.
it("loads for several at the same time, each with grammars that work", async () => {
  const languages: readonly Language[] = ["typescript", "java", "python", "typescript"];
  const loaded = await Promise.all(
    [1, 2, 3].map(async () => {
      const grammars = await Grammars.load(runtime);
      await Promise.all(
        languages.map((language) =>
          grammars.add(language, readFileSync(join(folder, grammarFile(language) ?? ""))),
        ),
      );
      return grammars;
    }),
  );
  for (const grammars of loaded) {
    for (const language of languages) {
      const document = grammars.open(language, "x");
      expect(document?.errorsAfter(1, 1, " ((((")).toBeGreaterThan(0);
      document?.dispose();
    }
  }
});
