import { describe, expect, it } from "vitest";
import { type Intent, type Ranked, rerank, type Role, roleOf } from "./rank.ts";
import { toGroups } from "./words.ts";

describe("roleOf", () => {
  it("reads from a path what a file is for", () => {
    const rows: Readonly<Record<string, Role>> = {
      "src/store.ts": "source",
      "src/store.test.ts": "test",
      "test/store.ts": "test",
      "src/test/java/a/StoreTest.java": "test",
      "pkg/store_test.go": "test",
      "tests/test_store.py": "test",
      "src/contest.py": "source",
      "src/latest/run.ts": "source",
      "examples/read.py": "example",
      "docs/conf.py": "example",
      "lib/index.js": "index",
      "pkg/__init__.py": "index",
      "types/store.d.ts": "types",
      "src/generated/api.ts": "generated",
    };
    for (const [path, role] of Object.entries(rows))
      expect(roleOf(path, "typescript"), path).toBe(role);
    expect(roleOf("README.md", "markdown")).toBe("prose");
  });
});

describe("rerank", () => {
  /** The paths in their new order; each candidate is a path with a score, from one file each. */
  function order(
    rows: readonly (readonly [path: string, score: number])[],
    query: string,
    intent: Intent,
  ): string[] {
    const candidates = rows.map(([path, score], at): Ranked => ({
      passage: at,
      startLine: at + 1,
      endLine: at + 1,
      score,
      file: {
        content: path.length * 1000 + path.charCodeAt(0),
        source: "workspace",
        path,
        language: "typescript",
        module: "",
        copies: 0,
      },
    }));
    return rerank(candidates, toGroups(query), intent).map(({ file }) => file.path);
  }
  it("lowers tests for descriptions and raises them for names", () => {
    const rows = [
      ["a.test.ts", 3],
      ["b.ts", 2],
    ] as const;
    expect(order(rows, "read", "description")).toEqual(["b.ts", "a.test.ts"]);
    expect(order(rows, "read", "uses")).toEqual(["a.test.ts", "b.ts"]);
    expect(order(rows, "read test", "description")).toEqual(["a.test.ts", "b.ts"]);
  });
  it("raises a file whose name says what is asked", () => {
    expect(
      order(
        [
          ["x.ts", 2.2],
          ["lock.ts", 2],
        ],
        "take a lock",
        "description",
      ),
    ).toEqual(["lock.ts", "x.ts"]);
  });
  it("takes many passages of one file for one answer", () => {
    const rows = [
      ["a.ts", 3],
      ["a.ts", 2.9],
      ["a.ts", 2.8],
      ["b.ts", 2],
    ] as const;
    expect(order(rows, "read", "description")).toEqual(["a.ts", "b.ts", "a.ts", "a.ts"]);
  });
});
