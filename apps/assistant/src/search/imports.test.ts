import { describe, expect, it } from "vitest";
import { importsOf } from "./imports.ts";

function check(
  language: Parameters<typeof importsOf>[1],
  text: string,
  expected: readonly string[],
): void {
  expect([...importsOf(text, language)], text).toEqual(expected);
}

describe("importsOf", () => {
  it("finds what each language imports, and leaves out what is relative", () => {
    check(
      "typescript",
      `import a from "a";\nimport {\n  b,\n} from '@s/b';\nimport "c";\nimport("d");\nrequire( "e" );\nexport * from "./f";`,
      ["a", "@s/b", "c", "d", "e"],
    );
    check("python", "import os.path\n  from a.b import c\nfrom . import d\n", ["a.b", "os.path"]);
    check("java", "import java.util.List;\nimport static a.B.c;\n", ["java.util.List", "a.B.c"]);
    check("go", 'import (\n\t"fmt"\n\tx "a.b/c"\n)\nimport "os"\n', ["fmt", "a.b/c", "os"]);
    check("rust", "use serde::Serialize;\npub use ::tokio;\nextern crate libc;\n", [
      "serde",
      "tokio",
      "libc",
    ]);
  });
  it("reads text that nobody writes in good faith in no time", () => {
    for (const unit of ["\n", "import (", "from ", "require(\n", "import\n", " ", "use ", '"a" '])
      for (const language of ["typescript", "python", "java", "go", "rust"] as const) {
        const text = `import ${unit.repeat(200_000 / unit.length)}`;
        const began = process.cpuUsage();
        importsOf(text, language);
        const { user, system } = process.cpuUsage(began);
        expect((user + system) / 1_000, `${unit} ${language}`).toBeLessThan(1_000);
      }
  });
});
