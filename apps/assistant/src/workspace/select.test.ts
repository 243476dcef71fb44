import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Selector, type SelectOptions } from "./select.ts";

const made: string[] = [];
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "select-")));
  made.push(root);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** The walk and the judgement of each single path must agree; `expected` lists what is selected. */
async function check(
  root: string,
  expected: string,
  skipped: object,
  options: SelectOptions = {},
): Promise<void> {
  const selector = new Selector(root, options);
  const found = await selector.select();
  expect(found.files.map((file) => file.path)).toEqual(expected.trim().split(/\s+/).sort());
  expect(found.skipped).toEqual(skipped);
  const every = execFileSync("find", [".", "-mindepth", "1", "-printf", "%P\\0"], {
    cwd: root,
    encoding: "utf8",
  });
  const single: string[] = [];
  for (const path of every.split("\0").filter(Boolean)) {
    const verdict = await selector.judge(path);
    if (verdict.kind === "file") {
      single.push(path);
      expect(found.files).toContainEqual(verdict.file);
    }
  }
  expect(single.sort()).toEqual(found.files.map((file) => file.path));
}

describe("which files may be read", () => {
  it("selects source files, honours nested ignore files of three kinds, and counts what it skips by reason", async () => {
    const root = folderOf({
      "main.ts": "1",
      "lib/a.py": "1",
      "lib/b.gen.py": "1",
      "lib/c.py": "1",
      "lib/.gitignore": "c.py\n",
      ".ignore": "d.ts\n",
      "d.ts": "1",
      ".gitignore": "e.ts\nf.ts\n",
      "e.ts": "1",
      "f.ts": "1",
      ".cloudcodeignore": "!f.ts\ng/\n",
      "g/h.ts": "1",
      "node_modules/x/index.js": "1",
      "readme.md": "1",
      ".env": "SECRET=1",
      ".ssh/config.py": "1",
      "key.pem": "1",
      "app.min.js": "1",
      "yarn.lock": "1",
      "big.ts": "x".repeat(2000),
    });
    // Skipped: b.gen.py by its name; c.py, d.ts, e.ts, g, node_modules by rules; the ignore files, readme and lock file by type.
    await check(
      root,
      "main.ts lib/a.py f.ts",
      { ignored: 5, unsupported: 6, secret: 3, generated: 1, minified: 1, "too-large": 1 },
      { maxFileBytes: 1000 },
    );
  });

  it("obeys .git/info/exclude, and the rules above a workspace that is a part of a repository", async () => {
    const root = folderOf({
      "a.ts": "",
      "sub/b.ts": "",
      "sub/c.ts": "",
      "sub/gen/d.ts": "",
      ".gitignore": "gen\n",
    });
    execFileSync("git", ["init", "-q", root]);
    mkdirSync(join(root, ".git", "info"), { recursive: true });
    writeFileSync(join(root, ".git", "info", "exclude"), "/sub/c.ts\n");
    await check(root, "a.ts sub/b.ts", { ignored: 3, unsupported: 1 });
    await check(join(root, "sub"), "b.ts", { ignored: 2 });
    // Whoever opens an ignored folder itself wants it.
    await check(join(root, "sub", "gen"), "d.ts", {});
  });

  it("follows no link, so that loops end and nothing outside is reached", async () => {
    const outside = folderOf({ "outside.ts": "1" });
    const root = folderOf({ "a.ts": "1", "deep/b.ts": "1" });
    symlinkSync(root, join(root, "loop"));
    symlinkSync("..", join(root, "deep", "up"));
    symlinkSync(join(outside, "outside.ts"), join(root, "linked.ts"));
    symlinkSync(outside, join(root, "far"));
    const selector = new Selector(root);
    expect((await selector.select()).files.map((file) => file.path)).toEqual(["a.ts", "deep/b.ts"]);
    expect(await selector.judge("linked.ts")).toEqual({ kind: "skipped", reason: "symlink" });
    expect(await selector.judge("far/outside.ts")).toEqual({ kind: "skipped", reason: "symlink" });
    expect(await selector.judge("../x.ts")).toEqual({ kind: "missing" });
    expect(await selector.judge("gone.ts")).toEqual({ kind: "missing" });
  });

  it("goes on past folders it may not open, and names them", async () => {
    const root = folderOf({ "a.ts": "1", "shut/b.ts": "1" });
    chmodSync(join(root, "shut"), 0o000);
    chmodSync(root, 0o755);
    // The system's own refusal, not a mock: permissions do not hold root back, so the walk runs as an ordinary user.
    const script = `
      const { Selector } = await import(${JSON.stringify(new URL("../../dist/workspace/select.js", import.meta.url).href)});
      if (process.getuid() === 0) { process.setgroups([]); process.setgid(65534); process.setuid(65534); }
      const { files, skipped, unreadable } = await new Selector(${JSON.stringify(root)}).select();
      console.log(JSON.stringify({ files: files.map((f) => f.path), skipped, unreadable }));`;
    const child = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      encoding: "utf8",
    });
    chmodSync(join(root, "shut"), 0o755);
    expect(child.stderr).toBe("");
    expect(JSON.parse(child.stdout)).toEqual({
      files: ["a.ts"],
      skipped: { unreadable: 1 },
      unreadable: [{ path: "shut", reason: "EACCES" }],
    });
  });

  it("can be cancelled", async () => {
    const root = folderOf(
      Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`f${at}/a.ts`, "1"])),
    );
    const stop = new AbortController();
    const walk = new Selector(root).select({ signal: stop.signal });
    stop.abort(new Error("enough"));
    await expect(walk).rejects.toThrow("enough");
  });

  it("says so when the workspace itself cannot be opened", async () => {
    await expect(new Selector(join(tmpdir(), "no such folder")).select()).rejects.toThrow("ENOENT");
  });
});
