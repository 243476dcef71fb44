import type { Language } from "@cloud-code/syntax";
import { expect, test } from "vitest";
import { chooseFirstFile } from "./opening.ts";

function check(files: Record<string, [Language, number]>, expected: string | undefined): void {
  expect(
    chooseFirstFile(
      Object.entries(files).map(([path, [language, bytes]]) => ({ path, language, bytes })),
    ),
  ).toBe(expected);
}

test("a project without source opens nothing", () => {
  check({}, undefined);
  check({ "a.sh": ["generic", 10], "b.py": ["python", 0] }, undefined);
});

test("the largest source that one can read is opened, of the languages known best", () => {
  check({ "a.ts": ["typescript", 500], "b.java": ["java", 900], "c.go": ["go", 5000] }, "b.java");
  check({ "a.go": ["go", 10], "b.rs": ["rust", 20] }, "b.rs");
  check({ "small.py": ["python", 100], "huge.py": ["python", 900_000] }, "small.py");
  check({ "huger.py": ["python", 999_000], "huge.py": ["python", 900_000] }, "huge.py");
});

test("tests, declarations and vendored code come last", () => {
  check(
    {
      "src/a.ts": ["typescript", 100],
      "src/a.test.ts": ["typescript", 9000],
      "types.d.ts": ["typescript", 9000],
      "vendor/x.py": ["python", 9000],
    },
    "src/a.ts",
  );
  check({ "tests/test_a.py": ["python", 9000] }, "tests/test_a.py");
});
