import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import driver from "node-sqlite3-wasm";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { SearchRequest } from "@cloud-code/search";
import { Searcher, type SearcherOptions } from "./searcher.ts";
import { toZip } from "./testing/zip.ts";

const PROGRAM = fileURLToPath(new URL("../../bin/cloud-code.js", import.meta.url));
const base = realpathSync(mkdtempSync(join(tmpdir(), "cloud-code-search-")));
const open: Searcher[] = [];
let count = 0;
afterEach(async () => {
  for (const searcher of open.splice(0)) await searcher.close();
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** A new workspace with these files, and a cache of its own. */
function workspace(files: Readonly<Record<string, string | Buffer>>): {
  root: string;
  cache: string;
} {
  const root = join(base, `w${++count}`);
  write(root, files);
  return { root, cache: join(base, `c${count}`) };
}

function write(root: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function searcher(at: SearcherOptions, notices: string[] = []): Searcher {
  const opened = new Searcher(at, {
    progress: () => undefined,
    notice: ({ code }) => void notices.push(code),
  });
  open.push(opened);
  return opened;
}

async function ready(at: SearcherOptions, notices: string[] = []): Promise<Searcher> {
  const opened = searcher(at, notices);
  await opened.update({ workspace: true, dependencies: true });
  return opened;
}

/** The answers as "path:first-last". */
async function ask(from: Searcher, request: SearchRequest | string): Promise<string[]> {
  const { results } = await from.search(typeof request === "string" ? { query: request } : request);
  return results.map(({ path, startLine, endLine }) => `${path}:${startLine}-${endLine}`);
}

const READER = `export class TableReader {
  /** Reads all rows of a spreadsheet. */
  readRows(path: string): string[] {
    return load(path);
  }

  close(): void {
    release("the table is closed");
  }
}
`;

describe("a search in a workspace", () => {
  it("finds a member by its name, by what it does in two languages, by its text and by a pattern", async () => {
    const own = await ready(
      workspace({ "src/table.ts": READER, "src/other.ts": "export const x = 1;\n" }),
    );
    for (const query of [
      "readRows",
      "TableReader.read",
      "TR",
      "spreadsheet rows",
      "读取电子表格的所有行",
    ])
      expect((await ask(own, query))[0], query).toBe(
        query === "TR" ? "src/table.ts:1-10" : "src/table.ts:2-5",
      );
    expect(await ask(own, '"the table is closed"')).toEqual(["src/table.ts:7-9"]);
    expect(await ask(own, '/release\\("\\w+ table/')).toEqual(["src/table.ts:7-9"]);
  });
  it("shows a found file whole, and no file that is in no index", async () => {
    const own = await ready(
      workspace({
        "src/table.ts": READER,
        "src/.env": "TOKEN=canary",
        "package.json": JSON.stringify({ dependencies: { tables: "1" } }),
        "node_modules/tables/package.json": JSON.stringify({ name: "tables", version: "1.0.0" }),
        "node_modules/tables/a.js": "function sharedThing() {}\n",
      }),
    );
    const tables = { ecosystem: "npm", name: "tables", version: "1.0.0" };
    const check = async (
      path: string,
      text: string | undefined,
      version?: string,
    ): Promise<void> => {
      const facts = version === undefined ? {} : { package: { ...tables, version } };
      expect(await own.source({ path, ...facts }), path).toBe(text);
    };
    await check("src/table.ts", READER);
    await check("a.js", "function sharedThing() {}\n", "1.0.0");
    await check("a.js", undefined, "2.0.0");
    await check("package.json", undefined, "1.0.0");
    await check("src/.env", undefined);
    await check("../../etc/passwd", undefined);
  });
  it("shows uses of a name, tests first", async () => {
    const own = await ready(
      workspace({
        "src/table.ts": READER,
        "src/report.ts": "export function report(r: TableReader) {\n  return r.readRows('a');\n}\n",
        "src/table.test.ts":
          "test('rows', () => {\n  expect(new TableReader().readRows('b')).toEqual([]);\n});\n",
      }),
    );
    const { results } = await own.search({ query: "TableReader.readRows" });
    expect(results.map(({ path, why }) => `${why.kind} ${path}`)).toEqual([
      "definition src/table.ts",
      "use src/table.test.ts",
      "use src/report.ts",
    ]);
  });
  it("reads a name as it was typed: capitals, packages, and what a package offers from a file below it", async () => {
    const own = await ready(
      workspace({
        "java/util/pool/Executor.java":
          "package java.util.pool;\nclass Executor {\n  void run() {}\n}\n",
        "java/util/Runner.java":
          "package java.util;\nclass Runner {\n  private void exec() {}\n  static final int POOL = 1;\n}\n",
        "shop/models/deletion.py": "def CASCADE(collector):\n    collector.collect()\n",
        "shop/orders.py": "key = models.ForeignKey(on_delete=models.CASCADE)\n",
        "src/kinds.ts": "export const Kind = {\n  Name: 1,\n  Number: 2,\n} as const;\n",
      }),
    );
    for (const [query, first] of Object.entries({
      Exec: "java/util/pool/Executor.java:2-4",
      exec: "java/util/Runner.java:3-3",
      "java.util.pool": "java/util/pool/Executor.java:2-4",
      "java.util": "java/util/Runner.java:2-5",
      "models.CASCADE": "shop/models/deletion.py:1-2",
      "runner.run": "java/util/pool/Executor.java:3-3",
      "Kind.Number": "src/kinds.ts:3-3",
    }))
      expect((await ask(own, query))[0], query).toBe(first);
    const { understoodAs } = await own.search({ query: "collector of orders" });
    expect(understoodAs.kind).toBe("description");
    expect((await own.search({ query: "nosuchname" })).understoodAs.kind).toBe("description");
  });
  it("shows what moved where it is now, and leaves out what is no longer there", async () => {
    const code = "export function alpha() {\n  beta();\n}\n";
    const at = workspace({ "a.ts": code, "b.ts": code.replaceAll("alpha", "gamma") });
    const own = await ready(at);
    write(at.root, {
      "a.ts": `${"// one more line\n".repeat(20)}${code}`,
      "b.ts": "export function delta() {\n  epsilon();\n}\n",
    });
    const { results } = await own.search({ query: "alpha" });
    expect(results[0]?.snippet).toContain("function alpha()");
    for (const query of ["gamma", "calls of gamma beta"])
      expect(
        (await own.search({ query })).results.map(({ path }) => path),
        query,
      ).not.toContain("b.ts");
  });
  it("shows of a line without end what is around the match", async () => {
    const data = `const data = "${"x".repeat(200_000)} needle ${"y".repeat(200_000)}";`;
    const own = await ready(
      workspace({ "a.ts": `${data}\n${"// a comment of some length\n".repeat(20_000)}` }),
    );
    const { results } = await own.search({ query: '"needle"' });
    expect(results[0]?.snippet.length).toBeLessThan(8_500);
    expect(results[0]?.marks).toHaveLength(1);
  });
  it("counts what it found, once for each place", async () => {
    const own = await ready(
      workspace({
        "a.ts": `/** Reads a sheet. */\nexport function readSheet() {\n${"  sheet();\n".repeat(100)}}\n`,
      }),
    );
    const { results, total, isTotalExact } = await own.search({ query: "reads sheet" });
    expect([results.length, total, isTotalExact]).toEqual([total, total, true]);
    const places = results.map(({ startLine, endLine }) => [startLine, endLine] as const);
    for (const [from, to] of places)
      expect(places.filter(([a, b]) => a <= from && b >= to)).toHaveLength(1);
  });
  it("puts the person's own frames of a stack trace first", async () => {
    const own = await ready(workspace({ "src/table.ts": READER }));
    const query =
      "Error: the table is closed after 12 ms\n    at close (/other/machine/src/table.ts:8:5)\n    at node:internal/x:3:1";
    const { results, understoodAs } = await own.search({ query });
    expect(understoodAs.kind).toBe("error");
    expect(results[0]).toMatchObject({
      path: "src/table.ts",
      startLine: 7,
      why: { kind: "frame", line: 8 },
    });
  });
  it("keeps in step with the disk, and shows a file as it is now", async () => {
    const at = workspace({
      "a.ts": "export function alpha() {}\n",
      "b.ts": "export function gamma() {}\n",
    });
    const own = await ready(at);
    write(at.root, {
      "a.ts": "export function beta() {}\n",
      "c.ts": "export function delta() {}\n",
    });
    rmSync(join(at.root, "b.ts"));
    expect(await ask(own, { query: "gamma", mode: "api" })).toEqual([]);
    await own.update({ workspace: true, dependencies: false });
    expect(await ask(own, "alpha")).toEqual([]);
    expect(await ask(own, "beta")).toEqual(["a.ts:1-1"]);
    write(at.root, { "c.ts": "export function epsilon() {}\n" });
    await own.changed("c.ts");
    expect(await ask(own, "epsilon")).toEqual(["c.ts:1-1"]);
    rmSync(join(at.root, "c.ts"));
    await own.changed("c.ts");
    expect(await ask(own, "epsilon")).toEqual([]);
  });
  it("puts small changes together without losing a word", async () => {
    const at = workspace({ "a.ts": "export function word0() {}\n" });
    const own = await ready(at);
    for (let each = 1; each <= 20; each++) {
      write(at.root, { [`f${each}.ts`]: `export function alphaBeta${each}() { gammaDelta(); }\n` });
      await own.changed(`f${each}.ts`);
    }
    const { total } = await own.search({ query: "gamma delta calls" });
    expect(total).toBe(20);
  });
  it("keeps one text once, and says how many files have it", async () => {
    const own = await ready(workspace({ "a.ts": READER, "b.ts": READER, "c.ts": READER }));
    const { results } = await own.search({ query: "readRows" });
    expect(results.map(({ copies }) => copies)).toEqual([2]);
  });
  it("filters by path, language and source, and pages", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 25 }, (_, at) => [
        `d${at % 2}/f${at}.${at % 5 === 0 ? "py" : "ts"}`,
        at % 5 === 0 ? `def parse_row${at}():\n    pass\n` : `function parseRow${at}() {}\n`,
      ]),
    );
    const own = await ready(workspace(files));
    const page = (filter: SearchRequest["filter"], number = 1): Promise<string[]> =>
      ask(own, { query: "parse row", page: number, ...(filter === undefined ? {} : { filter }) });
    const all = [
      ...(await page(undefined)),
      ...(await page(undefined, 2)),
      ...(await page(undefined, 3)),
    ];
    expect(new Set(all).size).toBe(25);
    expect((await page({ languages: ["python"] })).every((path) => path.includes(".py:"))).toBe(
      true,
    );
    expect(await page({ languages: ["python"] })).toHaveLength(5);
    expect((await page({ path: "d1/" })).every((path) => path.startsWith("d1/"))).toBe(true);
    expect((await page({ path: "d0/*.py" })).every((path) => /^d0\/.*\.py:/.test(path))).toBe(true);
    expect(await page({ sources: ["dependencies"] })).toEqual([]);
  });
  it("[A2] follows no link that took a folder's place", async () => {
    const at = workspace({ "src/a.ts": "function ownThing() {}\n" });
    const own = await ready(at);
    write(at.cache, { "outside/a.ts": "function ownThing() { secretThing(); }\n" });
    rmSync(join(at.root, "src"), { recursive: true });
    symlinkSync(join(at.cache, "outside"), join(at.root, "src"));
    expect(await ask(own, "ownThing")).toEqual([]);
    await own.changed("src/a.ts");
    expect(await ask(own, '"secretThing"')).toEqual([]);
  });
  it("[A2] never reads or shows a secret", async () => {
    const own = await ready(
      workspace({
        ".env": "TOKEN=verysecretvalue\n",
        "secrets.py": "verysecretvalue = 1\n",
        "a.py": "x = 1\n",
      }),
    );
    expect(await ask(own, '"verysecretvalue"')).toEqual([]);
  });
});

describe("bad input", () => {
  it("gets a clear answer, and the next question is answered", async () => {
    const own = await ready(
      workspace({
        "a.ts": `export const text = "${"a".repeat(60)}b";\n`,
        "bin.ts": Buffer.from([0, 1, 2]),
      }),
    );
    await expect(own.search({ query: " " })).rejects.toMatchObject({ code: "QUERY_EMPTY" });
    await expect(own.search({ query: "/(/" })).rejects.toMatchObject({ code: "PATTERN_INVALID" });
    await expect(own.search({ query: "/(a+)+$/" })).rejects.toMatchObject({
      code: "PATTERN_TOO_BROAD",
    });
    expect((await own.search({ query: "word ".repeat(20_000) })).results).toEqual([]);
    await expect(own.search({ query: "text" }, AbortSignal.abort())).rejects.toMatchObject({
      code: "CANCELLED",
    });
    expect(await ask(own, "text")).toEqual(["a.ts:1-1"]);
  });
  it("a slow pattern has two seconds in all, stops at once when it is cancelled, and nobody waits for it", async () => {
    const words = `// ${"a".repeat(30)}\n`;
    const at = workspace(
      Object.fromEntries(
        Array.from({ length: 300 }, (_, each) => [`f${each}.ts`, `let x${each};\n${words}`]),
      ),
    );
    const [own, other] = [await ready(at), searcher(at)];
    const query = "/(?:\\w+\\s?){1,6}\\$\\$/";
    const order: string[] = [];
    const slow = own.search({ query }).then(
      () => "found",
      (error: { code: string }) => (order.push("slow"), error.code),
    );
    await pause(300);
    const waiting = [own, other].map((each) => ask(each, "x7").then(() => order.push("name")));
    expect(await slow).toBe("PATTERN_TOO_BROAD");
    await Promise.all(waiting);
    expect(order).toEqual(["name", "name", "slow"]);
    const stop = new AbortController();
    const cancelled = own.search({ query }, stop.signal);
    setTimeout(() => stop.abort(), 300);
    const beganMs = performance.now();
    await expect(cancelled).rejects.toMatchObject({ code: "CANCELLED" });
    expect(performance.now() - beganMs).toBeLessThan(1_500);
  });
  it("a file that shrank or went away under the index is shown as it is, or not at all", async () => {
    const at = workspace({ "a.ts": READER, "b.ts": READER.replace("TableReader", "CellReader") });
    const own = await ready(at);
    writeFileSync(join(at.root, "a.ts"), "\n");
    rmSync(join(at.root, "b.ts"));
    expect(await ask(own, "spreadsheet rows")).toEqual([]);
  });
});

const manifest = (name: string, version: string): string =>
  JSON.stringify({ name, version, license: "MIT" });
const using = (name: string, code: string): Readonly<Record<string, string>> => ({
  "package.json": JSON.stringify({ dependencies: { [name]: "1" } }),
  [`node_modules/${name}/package.json`]: manifest(name, "1.0.0"),
  [`node_modules/${name}/a.js`]: code,
});

describe("dependencies", () => {
  it("are found with their package, version and licence, declared ones only", async () => {
    const own = await ready(
      workspace({
        "package.json": JSON.stringify({ dependencies: { tables: "1" } }),
        "index.ts": "import { openSheet } from 'tables';\n",
        "node_modules/tables/package.json": manifest("tables", "1.2.3"),
        "node_modules/tables/lib/sheet.js":
          "/** Opens a sheet of a workbook. */\nexports.openSheet = function (path) {\n  return path;\n};\n",
        "node_modules/tables/README.md":
          "# Tables\n\n## Open a sheet\n\n```js\nopenSheet('a.xlsx')\n```\n",
        "node_modules/other/package.json": manifest("other", "1.0.0"),
        "node_modules/other/index.js": "exports.openSheet = function () {};\n",
      }),
    );
    const { results } = await own.search({ query: "openSheet" });
    expect(results[0]).toMatchObject({
      path: "lib/sheet.js",
      source: "dependencies",
      package: { ecosystem: "npm", name: "tables", version: "1.2.3", licence: "MIT" },
      why: { kind: "definition", name: "openSheet" },
    });
    expect(results.filter(({ package: facts }) => facts?.name === "other")).toEqual([]);
    expect(results.some(({ path }) => path === "README.md")).toBe(true);
    expect(await ask(own, { query: "openSheet", filter: { package: "nothing" } })).toEqual([]);
  });
  it("are neither read nor shown where the person does not want them searched", async () => {
    const at = workspace({
      "package.json": JSON.stringify({ dependencies: { tables: "1" } }),
      "index.ts": "import { openSheet } from 'tables';\n",
      "node_modules/tables/package.json": manifest("tables", "1.2.3"),
      "node_modules/tables/lib/sheet.js": "exports.openSheet = function () {};\n",
    });
    const check = async (dependencies: boolean, expected: boolean): Promise<void> => {
      const { results } = await (
        await ready({ ...at, dependencies })
      ).search({ query: "openSheet" });
      expect(results.some(({ source }) => source === "dependencies")).toBe(expected);
    };
    await check(false, false);
    await check(true, true);
    // Also when another window has read them.
    await check(false, false);
  });
  it("are read from source jars, environments of Python, module caches and registries", async () => {
    const at = workspace({
      "pom.xml":
        "<project><dependencies><dependency><groupId>org.acme</groupId><artifactId>grid</artifactId><version>2.0</version></dependency></dependencies></project>",
      "requirements.txt": "rows>=1\n",
      "go.mod": "module x\n\nrequire github.com/Acme/cells v1.0.0\n",
      "Cargo.toml": '[package]\nname = "x"\n\n[dependencies]\ncolumns = "1"\n',
      "Cargo.lock": '[[package]]\nname = "columns"\nversion = "1.0.1"\n',
      ".venv/lib/python3.11/site-packages/rows/__init__.py": "def spread_rows():\n    pass\n",
      ".venv/lib/python3.11/site-packages/rows-1.1.dist-info/METADATA":
        "Name: rows\nVersion: 1.1\nLicense: BSD\n",
    });
    write(at.cache, {
      "m2/org/acme/grid/2.0/grid-2.0-sources.jar": toZip({
        "org/acme/Grid.java": "package org.acme;\npublic class Grid { void spreadCells() {} }\n",
      }),
      "go/github.com/!acme/cells@v1.0.0/cells.go": "package cells\n\nfunc SpreadCells() {}\n",
      "cargo/registry/src/index/columns-1.0.1/src/lib.rs": "pub fn spread_columns() {}\n",
    });
    const environment = {
      MAVEN_REPO_LOCAL: join(at.cache, "m2"),
      GOMODCACHE: join(at.cache, "go"),
      CARGO_HOME: join(at.cache, "cargo"),
      PATH: "",
    };
    const saved = { ...process.env };
    Object.assign(process.env, environment);
    try {
      const own = await ready(at);
      const { results } = await own.search({
        query: "spread",
        filter: { sources: ["dependencies"] },
      });
      const found = results.map(
        ({ package: facts, path }) =>
          `${facts?.ecosystem} ${facts?.name}@${facts?.version} ${path}`,
      );
      expect(found.sort()).toEqual([
        "cargo columns@1.0.1 src/lib.rs",
        "go github.com/Acme/cells@v1.0.0 cells.go",
        "maven org.acme:grid@2.0 org/acme/Grid.java",
        "pypi rows@1.1 rows/__init__.py",
      ]);
    } finally {
      process.env = saved;
    }
  });
  it("keep one text once, for however many workspaces have it", async () => {
    const first = workspace(using("tables", READER));
    const second = { root: workspace(using("tables", READER)).root, cache: first.cache };
    const [one, other] = [await ready(first), await ready(second)];
    const before = (await one.facts()).dependencies.bytes;
    await (await ready({ ...first, root: workspace(using("tables", READER)).root })).close();
    expect((await one.facts()).dependencies.bytes).toBe(before);
    expect(await ask(other, "TableReader")).toEqual(["a.js:1-10"]);
  });
  it("[A8] of one name and version show each workspace its own code, never another's", async () => {
    const first = workspace(using("utils", "function ofTheFirst() { return 'first secret'; }\n"));
    const second = {
      root: workspace(using("utils", "function ofTheOther() {}\n")).root,
      cache: first.cache,
    };
    const [one, other] = [await ready(first), await ready(second)];
    expect(await ask(one, "ofTheFirst")).toEqual(["a.js:1-1"]);
    expect(await ask(other, "ofTheOther")).toEqual(["a.js:1-1"]);
    for (const query of ["ofTheFirst", '"first secret"', "of the first"])
      expect(await ask(other, { query, filter: { sources: ["dependencies"] } }), query).toEqual([]);
    expect((await other.suggest("ofThe", 9)).map(({ text }) => text)).toEqual(["ofTheOther"]);
  });
  it("of other workspaces neither hide an answer nor change its rank", async () => {
    const first = workspace({
      ...using("large", ""),
      ...Object.fromEntries(
        Array.from({ length: 400 }, (_, at) => [
          `node_modules/large/f${at}.js`,
          `/** Opens a subscriber. */\nfunction subscriber${at}() { subscriber(); }\n`,
        ]),
      ),
    });
    await ready(first);
    const code = "/** Calls every subscriber. */\nfunction call() { subscriber(); }\n";
    const shared = await ready({ root: workspace(using("tiny", code)).root, cache: first.cache });
    const alone = await ready(workspace(using("tiny", code)));
    for (const query of ["calls a subscriber", "subscriber"]) {
      const [with400, without] = [await shared.search({ query }), await alone.search({ query })];
      expect(with400.results, query).toHaveLength(1);
      expect(with400.results, query).toEqual(without.results);
    }
  });
  it("that changed in their place are read again, and those that are gone are forgotten", async () => {
    const at = workspace(using("tables", "function before() {}\n"));
    const own = await ready(at);
    expect(await ask(own, { query: "before", mode: "api" })).toEqual(["a.js:1-1"]);
    rmSync(join(at.root, "node_modules"), { recursive: true });
    write(at.root, using("tables", "function after() {}\n"));
    write(at.root, { "node_modules/tables/package.json": manifest("tables", "1.0.1") });
    await own.update({ workspace: true, dependencies: true });
    expect(await ask(own, { query: "before", mode: "api" })).toEqual([]);
    expect(await ask(own, { query: "after", mode: "api" })).toEqual(["a.js:1-1"]);
    rmSync(join(at.root, "node_modules"), { recursive: true });
    await own.update({ workspace: true, dependencies: true });
    expect((await own.facts()).dependencies).toMatchObject({ packages: [], files: 0 });
  });
  it("[A2] lead to no file outside of the folders that packages lie in", async () => {
    const outside = join(base, `outside${++count}`);
    write(outside, {
      "mine.py": "def private_thing():\n    pass\n",
      "mine/a.js": "function privateThing() {}\n",
      "node_modules/own/.ssh/a.js": "function privateThing() {}\n",
      "fmt/mine.go": "package fmt\n\nfunc PrivateThing() {}\n",
      "grid-1-sources.jar": toZip({ "A.java": "class PrivateThing {}\n" }),
    });
    const at = workspace({
      "package.json": JSON.stringify({
        dependencies: { [`../../outside${count}/mine`]: "1", linked: "1", hidden: "1", own: "1" },
      }),
      "node_modules/own/package.json": manifest("own", "1.0.0"),
      "node_modules/own/lib/a.js": "function ownThing() {}\n",
      "requirements.txt": "evil\nlinked\n",
      ".venv/lib/python3.11/site-packages/evil-1.dist-info/METADATA": "Name: evil\nVersion: 1\n",
      ".venv/lib/python3.11/site-packages/evil-1.dist-info/top_level.txt": `../../../../../outside${count}/mine\n`,
      ".venv/lib/python3.11/site-packages/linked-1.dist-info/METADATA":
        "Name: linked\nVersion: 1\n",
      "build.gradle": `implementation "..:grid:1"\nimplementation "x:..:1"\n`,
      "pom.xml": `<dependency><groupId>../../outside${count}/x</groupId><artifactId>grid</artifactId><version>../..</version></dependency>`,
      "go.mod": `module x\n\nrequire x.y/../../../outside${count} v1/../../outside${count}\n`,
      "a.go": `package x\n\nimport "fmt/../../outside${count}/fmt"\n`,
    });
    symlinkSync(join(outside, "mine"), join(at.root, "node_modules/linked"));
    symlinkSync(join(outside, "node_modules/own/.ssh"), join(at.root, "node_modules/hidden"));
    const site = join(at.root, ".venv/lib/python3.11/site-packages");
    symlinkSync(join(outside, "mine"), join(site, "linked"));
    const saved = { ...process.env };
    Object.assign(process.env, {
      PATH: "",
      GOROOT: join(at.root, "go"),
      MAVEN_REPO_LOCAL: join(base, "m2"),
    });
    write(at.root, { "go/src/fmt/print.go": "package fmt\n" });
    try {
      const own = await ready(at);
      for (const text of ["privateThing", "private_thing"])
        expect(await ask(own, `/${text}/i`), text).toEqual([]);
      expect(await ask(own, { query: "ownThing", mode: "api" })).toEqual(["lib/a.js:1-1"]);
      // A folder may become a link when it is already in the index.
      rmSync(join(at.root, "node_modules/own/lib"), { recursive: true });
      write(outside, { "lib/a.js": "function ownThing() { privateThing(); }\n" });
      symlinkSync(join(outside, "lib"), join(at.root, "node_modules/own/lib"));
      expect(await ask(own, { query: "ownThing", mode: "api" })).toEqual([]);
    } finally {
      process.env = saved;
    }
  });
  it("a damaged archive is told of, and the rest is found", async () => {
    const at = workspace({
      "pom.xml":
        "<dependency><groupId>org.acme</groupId><artifactId>grid</artifactId><version>2.0</version></dependency>",
      "a.ts": "function openThing() {}\n",
    });
    write(at.cache, { "m2/org/acme/grid/2.0/grid-2.0-sources.jar": "no archive" });
    const saved = { ...process.env };
    Object.assign(process.env, { MAVEN_REPO_LOCAL: join(at.cache, "m2"), PATH: "" });
    try {
      const notices: string[] = [];
      const own = await ready(at, notices);
      expect(notices).toEqual(["PACKAGE_UNREADABLE"]);
      expect(await ask(own, { query: "openThing", filter: { sources: ["workspace"] } })).toEqual([
        "a.ts:1-1",
      ]);
    } finally {
      process.env = saved;
    }
  });
});

describe("the index on disk", () => {
  function databaseOf({ cache }: { cache: string }): string {
    const folder = readdirSync(join(cache, "search"), { withFileTypes: true }).find((entry) =>
      entry.isDirectory(),
    );
    return join(cache, "search", folder?.name ?? "", "search.db");
  }
  it("that is damaged is built again, and says so", async () => {
    const at = workspace({ "a.ts": READER });
    await (await ready(at)).close();
    for (const damage of [
      (path: string) =>
        writeFileSync(path, "no database at all, but long enough to be read as one".repeat(100)),
      (path: string) => truncateSync(path, 9_000),
    ]) {
      damage(databaseOf(at));
      const notices: string[] = [];
      const own = await ready(at, notices);
      expect(notices).toContain("SEARCH_CORRUPT");
      await own.update({ workspace: true, dependencies: false });
      expect((await ask(own, "readRows"))[0]).toBe("a.ts:2-5");
      await own.close();
    }
  });
  it("of a newer version is built again, and says so", async () => {
    const at = workspace({ "a.ts": READER });
    await (await ready(at)).close();
    const database = new driver.Database(databaseOf(at));
    database.exec("pragma user_version=99");
    database.close();
    const notices: string[] = [];
    const own = await ready(at, notices);
    expect(notices).toEqual(["SEARCH_VERSION"]);
    expect((await ask(own, "readRows"))[0]).toBe("a.ts:2-5");
  });
  it("is whole after its process was killed at any moment", { timeout: 180_000 }, async () => {
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_, at) => [
        `f${at}.ts`,
        `export function thing${at}() {\n  ${`call${at}();\n  `.repeat(300)}\n}\n`,
      ]),
    );
    const at = workspace(files);
    const search = async (cache: string, killAfterMs?: number): Promise<NodeJS.Signals | null> => {
      const child = spawn(process.execPath, [PROGRAM, "search", "thing7", "--workspace", at.root], {
        env: { ...process.env, CLOUD_CODE_CACHE_DIR: cache },
        stdio: "ignore",
      });
      const timer =
        killAfterMs === undefined
          ? undefined
          : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
      // A fast machine may have ended before the shot: whoever listens only then waits for ever.
      const [, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
      clearTimeout(timer);
      return signal;
    };
    const startMs = performance.now();
    await search(`${at.cache}-undisturbed`);
    const wholeMs = performance.now() - startMs;
    const ends = [];
    for (const share of [0.3, 0.5, 0.7, 0.9]) ends.push(await search(at.cache, share * wholeMs));
    expect(ends).toContain("SIGKILL");
    const notices: string[] = [];
    const own = await ready(at, notices);
    expect(notices).not.toContain("SEARCH_CORRUPT");
    expect((await ask(own, "thing123"))[0]).toMatch(/^f123\.ts:/);
    await own.close();
    const database = new driver.Database(databaseOf(at));
    expect(database.all("pragma integrity_check")).toEqual([{ integrity_check: "ok" }]);
    database.close();
  });
  it("that another program threw away is built again with the next question", async () => {
    const at = workspace({ "a.ts": READER });
    const [own, other] = [await ready(at), await ready(at)];
    await other.clear();
    expect((await ask(own, "readRows"))[0]).toBe("a.ts:2-5");
  });
  it("is waited for while another program builds it", async () => {
    const at = workspace(using("tables", READER));
    const [own, other] = [searcher(at), searcher(at)];
    await Promise.all(
      [own, other].map((each) => each.update({ workspace: true, dependencies: true })),
    );
    for (const each of [own, other]) expect(await ask(each, "TableReader")).toEqual(["a.js:1-10"]);
  });
  it("is shared by several programs at once", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, at) => [`f${at}.ts`, `export function thing${at}() {}\n`]),
    );
    const at = workspace(files);
    const run = promisify(execFile);
    const answers = await Promise.all(
      Array.from({ length: 4 }, (_, each) =>
        run(
          process.execPath,
          [PROGRAM, "search", `thing${each + 10}`, "--workspace", at.root, "--json"],
          {
            env: { ...process.env, CLOUD_CODE_CACHE_DIR: at.cache },
          },
        ),
      ),
    );
    for (const { stdout } of answers) expect(JSON.parse(stdout)).toHaveProperty("results");
    const own = await ready(at);
    expect((await ask(own, "thing42"))[0]).toBe("f42.ts:1-1");
    await own.close();
    expect(existsSync(`${databaseOf(at)}.lock`)).toBe(false);
  });
});
