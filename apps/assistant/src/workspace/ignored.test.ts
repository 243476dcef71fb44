import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { IgnoreRules } from "./ignored.ts";

/** Ignore files by folder; the answer is decided folder by folder from the root, as the walk does. */
type Files = Readonly<Record<string, string>>;

function ignores(
  files: Files,
  path: string,
  names: Readonly<Record<string, string[]>> = {},
): boolean {
  let rules = IgnoreRules.create(false);
  const parts = path.split("/");
  for (let depth = 0; depth < parts.length; depth++) {
    const folder = parts.slice(0, depth).join("/");
    if (folder !== "" && rules.ignores(folder, true)) return true;
    rules = rules.enter(
      folder,
      names[folder] ?? [],
      files[folder] === undefined ? [] : [files[folder]],
    );
  }
  return rules.ignores(path, false);
}

function check(files: Files, cases: Readonly<Record<string, boolean>>): void {
  for (const [path, expected] of Object.entries(cases))
    expect([path, ignores(files, path)]).toEqual([path, expected]);
}

describe("ignore rules", () => {
  it("reads patterns as Git does: depth, anchors, folders, negation", () => {
    check(
      { "": "*.log\n/tmp\ndocs/private\n!keep.log\ncache/\n# a comment\n\\#odd\ntrailing   \n" },
      {
        "a.log": true,
        "deep/down/a.log": true,
        "deep/keep.log": false,
        "tmp/a.ts": true,
        "src/tmp/a.ts": false,
        "docs/private/a.ts": true,
        "src/docs/private/a.ts": false,
        "src/cache/a.ts": true,
        cache: false,
        "#odd": true,
        trailing: true,
        "a comment": false,
      },
    );
  });

  it("lets a deeper file overrule one above, but brings nothing back from an ignored folder", () => {
    check(
      { "": "*.gen.ts\nbig/\n", web: "!ours.gen.ts\n/local\nx/y\n", big: "!a.ts\n" },
      {
        "a.gen.ts": true,
        "web/a.gen.ts": true,
        "web/ours.gen.ts": false,
        "web/deep/ours.gen.ts": false,
        "ours.gen.ts": true,
        "web/local": true,
        "web/deep/local": false,
        local: false,
        "web/x/y": true,
        "web/z/x/y": false,
        "big/a.ts": true,
      },
    );
  });

  it("un-ignores a folder for everything below it", () => {
    check(
      { "": "build\n", sub: "!build\n" },
      { "build/a.ts": true, "sub/build/a.ts": false, "sub/build/deep/b.ts": false },
    );
  });

  it("takes folder names literally, whatever signs they hold", () => {
    check(
      { "[id]": "*.tmp\n", "a b": "/x\n", "!odd": "x\n" },
      { "[id]/a.tmp": true, "i/a.tmp": false, "a b/x": true, "!odd/x": true, x: false },
    );
  });

  it("leaves out what is never source, unless a rule brings it back", () => {
    check(
      {},
      {
        "node_modules/a/index.js": true,
        "web/node_modules/a.js": true,
        ".git/config": true,
        "vendor/a.go": true,
      },
    );
    check({ "": "!vendor" }, { "vendor/a.go": false });
  });

  it("takes dist, build, out and target for output only beside a project file", () => {
    const names = { "": ["package.json", "src"], lib: ["Cargo.toml"] };
    const answers = ["dist/a.js", "lib/target/a.rs", "src/build/Step.java", "src/target/a.ts"].map(
      (path) => ignores({}, path, names),
    );
    expect(answers).toEqual([true, true, false, false]);
    expect(ignores({ "": "!dist" }, "dist/a.js", names)).toBe(false);
  });
});

describe("against Git itself", () => {
  const root = mkdtempSync(join(tmpdir(), "ignored-"));
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it("agrees on random rules and paths", () => {
    execFileSync("git", ["init", "-q", root]);
    const name = fc.constantFrom("a", "b", "c.ts", "d d");
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("/"));
    const pattern = fc
      .tuple(
        fc.constantFrom("", "!"),
        fc.constantFrom("", "/"),
        fc.oneof(path, fc.constantFrom("*", "*.ts", "**/b", "a/**", "?", "[ab]")),
        fc.constantFrom("", "/"),
      )
      .map((parts) => parts.join(""));
    const lines = fc.array(pattern, { maxLength: 4 }).map((all) => `${all.join("\n")}\n`);
    fc.assert(
      fc.property(lines, lines, path, (top, nested, target) => {
        rmSync(join(root, "a"), { recursive: true, force: true });
        rmSync(join(root, target.split("/")[0] ?? ""), { recursive: true, force: true });
        mkdirSync(join(root, "a"));
        writeFileSync(join(root, ".gitignore"), top);
        writeFileSync(join(root, "a", ".gitignore"), nested);
        if (target === "a") return;
        mkdirSync(dirname(join(root, target)), { recursive: true });
        writeFileSync(join(root, target), "");
        const listed = execFileSync("git", ["ls-files", "-z", "--others", "--exclude-standard"], {
          cwd: root,
          encoding: "utf8",
        });
        expect({ top, nested, target, ignored: ignores({ "": top, a: nested }, target) }).toEqual({
          top,
          nested,
          target,
          ignored: !listed.split("\0").includes(target),
        });
      }),
      { numRuns: 150 },
    );
  });
});
