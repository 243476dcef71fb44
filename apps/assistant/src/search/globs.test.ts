import { expect, test } from "vitest";
import { toGlobs } from "./globs.ts";

function check(path: string, globs: readonly string[]): void {
  expect(toGlobs(path)).toEqual(globs);
}

test("a path as people write it becomes SQLite's patterns", () => {
  check("*.ts", ["*.ts"]);
  check("src/**/*.ts", ["src/*.ts"]);
  check("src/**", ["src/*"]);
  check("app/[id]/*.tsx", ["app/[[]id]/*.tsx"]);
  check("src/*.{ts,tsx}", ["src/*.ts", "src/*.tsx"]);
  check("{a,b}/{c,d}?", ["a/c?", "a/d?", "b/c?", "b/d?"]);
  check("{a,{b,c}}*", ["a*", "b*", "a*", "c*"]);
  check("{one}*", ["{one}*"]);
  check("$&{a,$&}*", ["$&a*", "$&$&*"]);
  expect(toGlobs("{a,b}".repeat(20)).length).toBeLessThanOrEqual(64);
});
