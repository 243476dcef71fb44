import { randomUUID } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Project } from "@cloud-code/completion";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { Indexer, type IndexerOptions, type IndexFacts, type Report } from "./indexer.ts";

const made: string[] = [];
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function newFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "indexer-")));
  made.push(folder);
  return folder;
}

// Every write gets a time of its own, in the past, so that no test depends on how fast it runs.
let clockSeconds = 1_700_000_000;

function put(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    utimesSync(join(root, path), clockSeconds, clockSeconds++);
  }
}

/** An indexer whose reports are kept, and replayed into a project as a session does. */
class Run {
  readonly reports: Report[] = [];
  readonly project = new Project();
  readonly indexer: Indexer;
  #heard: () => void = () => undefined;

  constructor(options: IndexerOptions) {
    this.indexer = new Indexer(options, (report) => {
      this.reports.push(report);
      if (report.kind === "segment") this.project.attach(report.segment);
      if (report.kind === "hidden") report.paths.forEach((path) => this.project.hide(path));
      this.#heard();
    });
  }

  get paths(): string[] {
    return [...this.project.stamps().keys()].sort();
  }

  get facts(): IndexFacts {
    const settled = this.reports.filter((report) => report.kind === "settled").at(-1);
    if (settled === undefined) throw new Error("not settled");
    return settled.facts;
  }

  get notices(): string[] {
    return this.reports.flatMap((report) => (report.kind === "notice" ? [report.notice.code] : []));
  }

  /** Files that were read and indexed since the start. */
  get filesRead(): number {
    return Math.max(
      0,
      ...this.reports.map((report) => (report.kind === "progress" ? report.filesDone : 0)),
    );
  }

  /** Resolves when a report makes `isTrue` hold. */
  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise<void>((resolve) => (this.#heard = resolve));
  }
}

async function once(options: IndexerOptions): Promise<Run> {
  const run = new Run(options);
  await run.indexer.start();
  await run.indexer.close();
  return run;
}

describe("the index follows the files", () => {
  it("reads everything once, and afterwards only what changed", async () => {
    const [root, folder] = [newFolder(), newFolder()];
    put(root, {
      "a.ts": "const a = 1;",
      "b.py": "b = 2",
      "min.js": "x".repeat(5000),
      ".env": "A=1",
      "note.md": "",
    });
    const first = await once({ root, folder });
    expect(first.paths).toEqual(["a.ts", "b.py"]);
    expect(first.facts).toMatchObject({
      files: 2,
      languages: { typescript: 1, python: 1 },
      skipped: { secret: 1, unsupported: 1, minified: 1 },
    });
    expect(first.facts.tokens).toBe(first.project.tokenCount);

    const second = await once({ root, folder });
    expect([second.paths, second.filesRead]).toEqual([first.paths, 0]);
    expect(second.facts).toEqual(first.facts);

    put(root, { "a.ts": "const a = 1, c = 3;", "c.ts": "let c;" });
    rmSync(join(root, "b.py"));
    const third = await once({ root, folder });
    expect([third.paths, third.filesRead]).toEqual([["a.ts", "c.ts"], 2]);
    const fourth = await once({ root, folder });
    expect([fourth.paths, fourth.filesRead]).toEqual([["a.ts", "c.ts"], 0]);
    expect(fourth.facts.tokens).toBe(third.facts.tokens);
  });

  it("hears of single changes: files, folders, deletions, ignore files", async () => {
    const root = newFolder();
    put(root, { "a.ts": "const a = 1;", "lib/b.ts": "b" });
    const run = new Run({ root });
    await run.indexer.start();
    const follow = async (path: string, expected: string): Promise<void> => {
      run.indexer.changed(path);
      await run.until(() => run.paths.join(" ") === expected);
    };
    put(root, { "new/deep/c.ts": "c" });
    await follow("new", "a.ts lib/b.ts new/deep/c.ts");
    put(root, { "a.ts": "changed" });
    const before = run.project.stamps().get("a.ts");
    run.indexer.changed("a.ts");
    await run.until(() => run.project.stamps().get("a.ts") !== before);
    rmSync(join(root, "lib"), { recursive: true });
    await follow("lib", "a.ts new/deep/c.ts");
    renameSync(join(root, "new"), join(root, "old"));
    run.indexer.changed("new");
    await follow("old", "a.ts old/deep/c.ts");
    put(root, { ".gitignore": "old\n" });
    await follow(".gitignore", "a.ts");
    put(root, { ".env": "SECRET=1", id_rsa: "x" });
    run.indexer.changed(".env");
    await follow("id_rsa", "a.ts");
    await run.indexer.close();
    expect(run.notices).toEqual([]);
  });

  it("watches the disk by itself when asked to", async () => {
    const root = newFolder();
    put(root, { "a.ts": "a", "node_modules/x.js": "x" });
    const run = new Run({ root, watch: true });
    await run.indexer.start();
    put(root, { "b.ts": "b", "sub/deep/c.ts": "c" });
    await run.until(() => run.paths.join(" ") === "a.ts b.ts sub/deep/c.ts");
    put(root, { "sub/deep/d.ts": "d" });
    await run.until(() => run.paths.includes("sub/deep/d.ts"));
    rmSync(join(root, "sub"), { recursive: true });
    await run.until(() => run.paths.join(" ") === "a.ts b.ts");
    put(root, { "sub/deep/e.ts": "e" });
    await run.until(() => run.paths.includes("sub/deep/e.ts"));
    put(root, { "sub/deep/f.ts": "f" });
    await run.until(() => run.paths.includes("sub/deep/f.ts"));
    await run.indexer.close();
    expect(run.notices).toEqual([]);
  });

  it("any sequence of changes leaves the same index as reading everything anew", async () => {
    const names = ["a.ts", "b.ts", "x/a.ts", "x/y/b.py", "z.js"];
    const change = fc.record({
      name: fc.constantFrom(...names),
      text: fc.option(fc.constantFrom("f(1)", "let x = 2", "")),
    });
    const step = fc.array(change, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
        const [root, folder] = [newFolder(), newFolder()];
        for (const changes of steps) {
          for (const { name, text } of changes) {
            if (text === null) rmSync(join(root, name), { force: true });
            else put(root, { [name]: text });
          }
          await once({ root, folder });
        }
        const [grown, anew] = [await once({ root, folder }), await once({ root })];
        expect(grown.paths).toEqual(anew.paths);
        expect(grown.project.tokenCount).toBe(anew.project.tokenCount);
        expect({ ...grown.facts, bytes: 0 }).toEqual({ ...anew.facts, bytes: 0 });
      }),
      { numRuns: 15 },
    );
  });

  it("keeps few segments however often files change, and forgets deleted files on disk too", async () => {
    const [root, folder] = [newFolder(), newFolder()];
    put(
      root,
      Object.fromEntries(
        Array.from({ length: 20 }, (_, at) => [
          `f${at}.ts`,
          `const value${at} = ${"f(x); ".repeat(500)}`,
        ]),
      ),
    );
    await once({ root, folder });
    for (let round = 0; round < 40; round++) {
      put(root, { [`f${round % 20}.ts`]: `const again${round} = 1;` });
      await once({ root, folder });
    }
    expect(readdirSync(folder).length).toBeLessThan(20);
    put(root, { "gone.ts": "const veryTellingName = 1;" });
    await once({ root, folder });
    rmSync(join(root, "gone.ts"));
    const run = new Run({ root, folder });
    await run.indexer.start();
    await run.indexer.compact();
    await run.indexer.close();
    const kept = readdirSync(folder).map((name) => readFileSync(join(folder, name), "latin1"));
    expect(kept.length).toBe(2);
    expect(kept.join("")).not.toContain("veryTellingName");
    expect(run.paths).toEqual((await once({ root })).paths);
  });

  it("stops at its size limit, keeping what was changed last", async () => {
    const root = newFolder();
    const big = "call(one, two);\n".repeat(500);
    put(
      root,
      Object.fromEntries(
        Array.from({ length: 30 }, (_, at) => [`f${at}.ts`, big + " ".repeat(at)]),
      ),
    );
    const run = await once({ root, maxTokens: 1 });
    const { files, skipped } = run.facts;
    expect(files + (skipped["over-budget"] ?? 0)).toBe(30);
    expect(files).toBe(30);
    const batches = "call(one, two);\n".repeat(30_000);
    put(
      root,
      Object.fromEntries(
        Array.from({ length: 6 }, (_, at) => [`big${at}.ts`, batches + " ".repeat(at)]),
      ),
    );
    const limited = await once({ root, maxTokens: 100_000 });
    expect(limited.facts.skipped["over-budget"]).toBeGreaterThan(0);
    expect(limited.paths.filter((path) => path.startsWith("big")).length).toBeGreaterThan(0);
  });
});

describe("a damaged index", () => {
  it("is noticed and built again, whichever byte changed in whichever file", async () => {
    const [root, folder] = [newFolder(), newFolder()];
    put(
      root,
      Object.fromEntries(
        Array.from({ length: 5 }, (_, at) => [`f${at}.ts`, `const value${at} = call(${at});`]),
      ),
    );
    const good = await once({ root, folder });
    put(root, { "g.ts": "let g = 1;" });
    const expected = [...good.paths, "g.ts"];
    await once({ root, folder });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        async (which, where, change) => {
          const names = readdirSync(folder);
          const path = join(folder, names[which % names.length] ?? "");
          const bytes = readFileSync(path);
          const at = where % bytes.length;
          // A change of zero stands for a file that was cut short.
          const bad = change === 0 ? bytes.subarray(0, at) : Buffer.from(bytes);
          if (change !== 0) bad.writeUInt8((bytes[at] ?? 0) ^ change, at);
          writeFileSync(path, bad);
          const run = await once({ root, folder });
          expect(run.paths).toEqual(expected);
          expect(run.project.tokenCount).toBe(run.facts.tokens);
          // The manifest's last line break is the one byte that says nothing.
          const isTail = path.endsWith("manifest.json") && at === bytes.length - 1;
          if (!isTail) expect(["INDEX_CORRUPT", "INDEX_VERSION"]).toContain(run.notices[0]);
          expect((await once({ root, folder })).notices).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("from another release is built again", async () => {
    const [root, folder] = [newFolder(), newFolder()];
    put(root, { "a.ts": "a" });
    await once({ root, folder });
    writeFileSync(join(folder, "manifest.json"), '{"format":7}\n');
    const run = await once({ root, folder });
    expect([run.paths, run.notices]).toEqual([["a.ts"], ["INDEX_VERSION"]]);
  });
});

describe("where the index cannot be kept", () => {
  it("works from memory and says so", async () => {
    const root = newFolder();
    put(root, { "a.ts": "a" });
    const blocked = join(newFolder(), "file");
    writeFileSync(blocked, "");
    const run = await once({ root, folder: join(blocked, "index") });
    expect([run.paths, run.facts.bytes, run.notices]).toEqual([["a.ts"], 0, ["INDEX_UNWRITABLE"]]);
  });

  it("works from memory, silently, while another process keeps it, and reads what that one stored", async () => {
    const [root, folder] = [newFolder(), newFolder()];
    put(root, { "a.ts": "a" });
    const keeper = new Run({ root, folder });
    await keeper.indexer.start();
    put(root, { "b.ts": "b" });
    const guest = await once({ root, folder });
    expect([guest.paths, guest.filesRead, guest.notices]).toEqual([["a.ts", "b.ts"], 1, []]);
    await keeper.indexer.close();
    expect((await once({ root, folder })).filesRead).toBe(1);
  });

  it("leaves itself out when it lies in the workspace", async () => {
    const root = newFolder();
    put(root, { "a.ts": "a" });
    const folder = join(root, `cache-${randomUUID()}`);
    const run = new Run({ root, folder, watch: true });
    await run.indexer.start();
    expect(run.paths).toEqual(["a.ts"]);
    await run.indexer.close();
  });
});

describe("an indexer that is closed early", () => {
  it("keeps what it read so far", async () => {
    const [root, folder] = [newFolder(), newFolder()];
    put(
      root,
      Object.fromEntries(
        Array.from({ length: 40 }, (_, at) => [`f${at}.ts`, `call(${at});\n`.repeat(10_000)]),
      ),
    );
    const run = new Run({ root, folder });
    const started = run.indexer.start().catch((error: unknown) => error);
    await run.until(() => run.reports.some((report) => report.kind === "segment"));
    await run.indexer.close();
    expect(await started).toMatchObject({ code: "CANCELLED" });
    const next = await once({ root, folder });
    expect(next.paths.length).toBe(40);
    expect(next.filesRead).toBeLessThan(40);
  });
});
