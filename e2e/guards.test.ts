import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { transformSync } from "esbuild";
import { describe, expect, it } from "vitest";
import { findGuards, type GuardKind, instrument, SWITCH } from "../bench/guards/find.ts";
import { reasons } from "../bench/guards/reasons.ts";
import { isTried, scopes } from "../bench/guards/scope.ts";

const ROOT = join(import.meta.dirname, "..");

/** What is found in a piece of code. */
function check(code: string, ...expected: readonly (readonly [GuardKind, string])[]): void {
  expect(findGuards("x.ts", code).map(({ kind, text }) => [kind, text])).toEqual(expected);
}

describe("guards are found in the syntax", () => {
  it("finds conditions that alone lead out, each side of an `or` by itself", () => {
    check("if (a) throw new Error();", ["exit", "a"]);
    check("function f() { if (a || b && c) return undefined; }", ["exit", "a"], ["exit", "b && c"]);
    check(
      "for (const x of y) { if (x.a || (b || c)) continue; }",
      ["exit", "x.a"],
      ["exit", "b"],
      ["exit", "c"],
    );
    check("if (a) { note(); throw new Error(); }", ["exit", "a"]);
  });

  it("leaves alone what is no refusal", () => {
    check("if (a) note();");
    check("if (a) throw new Error(); else note();");
    check("function f() { if (a) return 3; }");
    check("function f() { if (a) return `${b}`; }");
  });

  it("finds rules, choices, predicates and calls", () => {
    check('guard("late", (now) => now > due);', ["rule", "(now) => now > due"]);
    check('const x = ok ? { kind: "granted" } : { kind: "refused" };', ["choice", "ok"]);
    check('const x = bad ? "not-allowed" : undefined;', ["choice", "bad"]);
    check('const x = wide ? "a" : "b";');
    check(
      "function isInForce() { return signed && !ended; }",
      ["predicate", "signed"],
      ["predicate", "!ended"],
    );
    check("function sum() { return a && b; }");
    check(
      "assertPermit(permit); await this.#checkOwner(id);",
      ["call", "assertPermit(permit);"],
      ["call", "await this.#checkOwner(id);"],
    );
  });

  it("tells guards apart that read the same", () => {
    const code =
      "function f() { if (a) throw b; } function g() { if (a) throw b; if (a) throw c; }";
    expect(findGuards("x.ts", code).map(({ key }) => key)).toEqual([
      "x.ts f: a",
      "x.ts g: a",
      "x.ts g: a (2)",
    ]);
  });
});

it("a guard that is taken out no longer refuses, and with none taken out everything is as before", () => {
  const source = `
    const guard = (code: string, refuses: (x: number) => boolean) => ({ code, refuses });
    const rules = [guard("small", (x) => x < 0), guard("large", (x) => x > 9 || isNaN(x))];
    export function judge(x: number): string {
      if (x === 3 || (x === 4 && !isOdd(x))) return "no";
      const rule = rules.find(({ refuses }) => refuses(x));
      return (rule === undefined ? undefined : "by-rule") ?? "yes";
    }
    function isOdd(x: number): boolean { return x > 0 && x % 2 === 1; }`;
  const { code } = transformSync(instrument("x.ts", source), { loader: "ts", format: "cjs" });
  const judge = (x: number, out: string): string => {
    const module: { exports: { readonly judge?: (x: number) => string } } = { exports: {} };
    runInNewContext(code, { module, [SWITCH]: (key: string) => key === out });
    return module.exports.judge?.(x) ?? "";
  };
  expect([3, 4, -1, 12, 5].map((x) => judge(x, ""))).toEqual([
    "no",
    "no",
    "by-rule",
    "by-rule",
    "yes",
  ]);
  expect(judge(3, "x.ts judge: x === 3")).toBe("yes");
  expect(judge(4, "x.ts judge: x === 3")).toBe("no");
  expect(judge(-1, "x.ts small: (x) => x < 0")).toBe("yes");
  expect(judge(4, "x.ts isOdd: x % 2 === 1")).toBe("yes");
  expect(judge(12, "x.ts judge: rule === undefined")).toBe("yes");
});

it("every guard of the policy was tried, and each is missed by a test or has a reason", () => {
  const { missed } = JSON.parse(readFileSync(join(ROOT, "bench/results/guards.json"), "utf8")) as {
    readonly missed: Readonly<Record<string, string>>;
  };
  const policy = scopes.find(({ name }) => name === "policy");
  const paths = (policy?.sources ?? []).flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map(
      (name) => `${folder}/${name}`,
    ),
  );
  const keys = paths
    .filter(isTried)
    .flatMap((path) => findGuards(path, readFileSync(join(ROOT, path), "utf8")))
    .map(({ key }) => key);
  expect(keys.length).toBeGreaterThan(150);
  const untried = keys.filter((key) => missed[key] === undefined && reasons[key] === undefined);
  expect(untried, "Run `npm run mutate -- --scope policy`.").toEqual([]);
});

it("every scope is there", () => {
  for (const { sources, tests } of scopes)
    for (const path of [...sources, ...tests])
      expect(existsSync(join(ROOT, path)), path).toBe(true);
});
