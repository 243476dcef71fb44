import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const PROGRAM = fileURLToPath(new URL("../../bin/cloud-code.js", import.meta.url));
const folder = realpathSync(mkdtempSync(join(tmpdir(), "cloud-code-search-cli-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const project = join(folder, "project");

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
write({
  "project/src/lock.py":
    'def take_lock(path):\n    """Takes the lock of a folder."""\n    return path\n',
  "project/src/run.ts": "export function takeLock() {\n  return '\u001b[31m';\n}\n",
  ...Object.fromEntries(
    Array.from({ length: 12 }, (_, at) => [
      `project/more/f${at}.ts`,
      `export function lockDoor${at}() {}\n`,
    ]),
  ),
});

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(line: readonly string[], input?: string): Outcome {
  return spawnSync(process.execPath, [PROGRAM, ...line, "--workspace", project], {
    encoding: "utf8",
    env: {
      PATH: "",
      HOME: folder,
      CLOUD_CODE_CACHE_DIR: join(folder, "cache"),
      LANG: "en_US.UTF-8",
    },
    ...(input === undefined ? {} : { input }),
  });
}

/** The paths that a search answers with, as JSON. */
function checkPaths(line: readonly string[], expected: readonly string[]): void {
  const { stdout, status } = run([...line, "--json"]);
  const answer = JSON.parse(stdout) as { results: { path: string }[] };
  expect([line, status, answer.results.map(({ path }) => path)]).toEqual([line, 0, expected]);
}

describe("cloud-code search", () => {
  it("answers a program with everything a result has", () => {
    const { stdout } = run(["search", "take_lock", "--json", "--limit", "1"]);
    expect(JSON.parse(stdout)).toMatchObject({
      understoodAs: { kind: "api", sentence: expect.stringContaining("take_lock") as string },
      page: 1,
      total: 1,
      results: [
        {
          path: "src/lock.py",
          startLine: 1,
          endLine: 3,
          snippet: expect.stringContaining("def take_lock") as string,
          source: "workspace",
          language: "python",
          why: "defines take_lock",
          score: expect.any(Number) as number,
        },
      ],
    });
  });
  it("takes a query of several words, filters, and a language that is no person's", () => {
    checkPaths(["search", "take", "lock", "folder", "--lang", "python"], ["src/lock.py"]);
    checkPaths(["search", "takeLock", "--lang", "TS"], ["src/run.ts"]);
    expect(run(["search", "--help"]).stdout).toContain("only this programming language");
    expect(run(["search", "lock door", "--page", "30"]).stdout).toMatch(
      /no page 30; the last one is 2/,
    );
    checkPaths(["search", "takeLock", "--path", "src/*.ts"], ["src/run.ts"]);
    checkPaths(["search", "lock", "--source", "dependencies"], []);
    checkPaths(["search", "获取文件夹的锁", "--path", "lock.py"], ["src/lock.py"]);
  });
  it("answers a person in their language, page by page, and lets no snippet steer the terminal", () => {
    const first = run(["search", "lock door"]);
    expect(first.stdout).toContain("A description of what the code does.");
    expect(first.stdout).toMatch(/1–10 of (?:about )?1\d; next: --page 2/);
    expect(run(["search", "lock door", "--page", "2", "--lang", "zh"]).stdout).toMatch(
      /第 11–1\d 条，共 (?:约 )?1\d 条/,
    );
    expect(run(["search", "takeLock", "--as", "api"]).stdout).not.toContain("\u001b");
    expect(run(["search", '"no such text anywhere"']).stdout).toContain("Nothing was found.");
  });
  it("takes a stack trace from standard input", () => {
    const trace = `Traceback (most recent call last):\n  File "/elsewhere/src/lock.py", line 3, in take_lock\nValueError: no lock`;
    const { stdout } = run(["search", "--stdin", "--json"], trace);
    const answer = JSON.parse(stdout) as { understoodAs: { kind: string }; results: unknown[] };
    expect(answer.understoodAs.kind).toBe("error");
    expect(answer.results[0]).toMatchObject({
      path: "src/lock.py",
      startLine: 1,
      why: "line 3 is in the stack trace",
    });
  });
  it("says what is wrong and what to do", () => {
    const rows: readonly (readonly [line: readonly string[], status: number, message: RegExp])[] = [
      [["search"], 1, /nothing to search for/],
      [["search", "/(/"], 1, /does not parse.*"quotes"/],
      [["search", "x", "--source", "web"], 2, /`--source` is one of workspace, dependencies/],
      [["search", "x", "--source", "team"], 2, /No team corpus is set up/],
      [["search", "x", "--lang", "pyton"], 2, /`--lang` is one of typescript, tsx.* not `pyton`/],
      [["search", "x", "--page", "0"], 2, /`--page` is a whole number/],
    ];
    for (const [line, status, message] of rows) {
      const outcome = run(line);
      expect([line, outcome.status, outcome.stdout]).toEqual([line, status, ""]);
      expect(outcome.stderr).toMatch(message);
    }
  });
  it("shows, builds and deletes the index", () => {
    expect(JSON.parse(run(["index", "rebuild", "--json"]).stdout)).toMatchObject({
      search: { workspace: { files: 14 } },
    });
    expect(JSON.parse(run(["index", "status", "--json"]).stdout)).toMatchObject({
      workspace: { files: 14, symbols: 14 },
    });
    expect(run(["index", "status"]).stdout).toContain("Search: 14 files, 14 symbols");
    expect(run(["index", "clear"]).status).toBe(0);
    expect(JSON.parse(run(["index", "status", "--json"]).stdout)).toMatchObject({
      workspace: { files: 0 },
    });
  });
});

describe("cloud-code bench search", () => {
  it("measures a collection in the BEIR layout", () => {
    write({
      "beir/corpus.jsonl": [
        { _id: "a", text: "def read_rows(path):\n    return path", metadata: { lang: "python" } },
        { _id: "b", text: "def close_door():\n    pass", metadata: { lang: "python" } },
        { _id: "c", title: "Doors", text: "How to open one." },
      ]
        .map((row) => JSON.stringify(row))
        .join("\n"),
      "beir/queries.jsonl":
        '{"_id":"1","text":"read the rows"}\n{"_id":"2","text":"close a door"}\n{"_id":"3","text":"unjudged"}\n',
      "beir/qrels/test.tsv": "query-id\tcorpus-id\tscore\n1\ta\t1\n2\tb\t1\n",
    });
    const beir = (...more: string[]): Outcome =>
      spawnSync(process.execPath, [PROGRAM, "bench", "search", "--beir", ...more], {
        encoding: "utf8",
      });
    expect(JSON.parse(beir(join(folder, "beir"), "--json").stdout)).toMatchObject({
      queries: 2,
      "MRR@10": 1,
      "NDCG@10": 1,
      "Recall@1": 1,
      index: { bytesPerByte: expect.any(Number) as number },
    });
    expect(beir(join(folder, "beir")).stdout).toMatch(/^queries {5}2\nMRR@10 {6}1\.0000\n/);
    expect(beir(join(folder, "none")).stderr).toMatch(/corpus\.jsonl cannot be read \(ENOENT\)/);
  });
});
