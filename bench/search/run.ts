/**
 * Measures code search beside ripgrep and MiniSearch in one run: the right file for each question about ten pinned packages, and times, size and CPU
 * over a tree of more than a million lines. Writes bench/results/search.json. With `--beir DIR` also a collection in the BEIR layout.
 *
 * Usage: npm run bench:search [-- --beir DIR] [-- --no-tree]
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, homedir, loadavg, tmpdir, totalmem } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { type Judgement, type Measures, measure, readPassages } from "@cloud-code/search";
import { languageOf } from "@cloud-code/syntax";
import MiniSearch from "minisearch";
import { Searcher } from "../../apps/assistant/src/search/searcher.ts";
import { Selector } from "../../apps/assistant/src/workspace/select.ts";
import { fetchCorpora, fetchTree } from "./corpora.ts";

const ROOT = process.cwd();
const CACHE = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "cloud-code-bench");
const DEPTH = 20;
/** Beginnings that thousands of names have. */
const BROAD = ["test", "get", "set", "s", "_", "is", "add", "test_get", "Model.get", "self.get"];
const PACKAGES = [
  "django",
  "django.db.models",
  "django.contrib.auth",
  "django.core.mail.send",
  "models.CASCADE",
  "sympy",
  "sympy.core",
  "sympy.solvers",
  "sympy.core.expr.Expr.as",
  "networkx.algorithms",
  "networkx.Graph.add",
  "sqlalchemy",
  "sqlalchemy.orm",
  "sqlalchemy.orm.Ses",
];
const silent = { progress: (): void => undefined, notice: (): void => undefined };

interface Question {
  readonly id: string;
  readonly corpus: string;
  readonly query: string;
  readonly right: Judgement;
}

/** Ranks the files of a folder for a question. */
type Engine = (query: string) => Promise<string[]> | string[];

const { values } = parseArgs({
  options: { beir: { type: "string" }, "no-tree": { type: "boolean" } },
});
mkdirSync(CACHE, { recursive: true });
const scratch = mkdtempSync(join(tmpdir(), "cloud-code-bench-"));
try {
  const report = {
    machine: {
      cpu: cpus()[0]?.model,
      cores: cpus().length,
      // What else the machine has to do decides about every wall-clock figure below.
      loadAverage: loadavg()[0],
      memoryGb: Math.round(totalmem() / 1e9),
      node: process.version,
    },
    ...(values["no-tree"] === true ? {} : { tree: await measureTree() }),
    questions: await measureQuestions(),
    ...(values.beir === undefined ? {} : { beir: measureBeir(values.beir) }),
  };
  mkdirSync(join(ROOT, "bench", "results"), { recursive: true });
  writeFileSync(
    join(ROOT, "bench", "results", "search.json"),
    `${JSON.stringify(report, null, 2)}\n`,
  );
  console.log(JSON.stringify(report, null, 2));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function measureQuestions(): Promise<Record<string, Record<string, number>>> {
  const folders = fetchCorpora(CACHE);
  const questions = readQuestions();
  const rankings: Record<string, Map<string, readonly string[]>> = {
    "cloud-code": new Map(),
    minisearch: new Map(),
    ripgrep: new Map(),
  };
  for (const [corpus, root] of folders) {
    const own = questions.filter((question) => question.corpus === corpus);
    for (const { right } of own)
      for (const path of right.keys())
        if (!existsSync(join(root, path))) throw new Error(`${corpus} has no ${path}`);
    const searcher = new Searcher({ root, cache: join(scratch, corpus) }, silent);
    await searcher.update({ workspace: true, dependencies: false });
    const engines: Record<string, Engine> = {
      "cloud-code": async (query) => {
        const { results } = await searcher.search({
          query,
          pageSize: 100,
          filter: { sources: ["workspace"] },
        });
        return results.map(({ path }) => path);
      },
      minisearch: await createMiniSearch(root),
      ripgrep: (query) => rankByRipgrep(root, query),
    };
    for (const [name, engine] of Object.entries(engines)) {
      for (const { id, query } of own) {
        const files = [...new Set(await engine(query))].slice(0, DEPTH);
        rankings[name]?.set(id, files);
        if (
          name === "cloud-code" &&
          process.env["BENCH_MISSES"] === "1" &&
          !questions.find((each) => each.id === id)?.right.has(files[0] ?? "")
        )
          console.error(`${corpus}: ${query}: ${files.slice(0, 4).join(" ")}`);
      }
    }
    await searcher.close();
  }
  const judgements = new Map(questions.map(({ id, right }) => [id, right]));
  return Object.fromEntries(
    Object.entries(rankings).map(([name, ranking]) => [
      name,
      rounded(measure(ranking, judgements)),
    ]),
  );
}

function readQuestions(): Question[] {
  const text = readFileSync(join(ROOT, "bench", "search", "questions.tsv"), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line, at) => {
      const [corpus = "", query = "", files = ""] = line.split("\t");
      return {
        id: String(at),
        corpus,
        query,
        right: new Map(files.split(",").map((file) => [file, 1])),
      };
    });
}

/** MiniSearch as its users would set it up for code: passages with the declared names in a field of their own, boosts, prefixes and typing errors. */
async function createMiniSearch(root: string): Promise<Engine> {
  const index = new MiniSearch<{ id: number; path: string; name: string; text: string }>({
    fields: ["name", "path", "text"],
    storeFields: ["path"],
    searchOptions: { boost: { name: 3, path: 2 }, prefix: true, fuzzy: 0.1 },
  });
  let id = 0;
  for (const { path, text } of await readTexts(root)) {
    const lines = text.split("\n");
    const read = readPassages(text, languageOf(path) ?? "generic");
    for (const { startLine, endLine } of read.passages) {
      const names = read.symbols.filter(
        (symbol) => symbol.startLine >= startLine && symbol.startLine <= endLine,
      );
      index.add({
        id: id++,
        path,
        name: names.map(({ name }) => name).join(" "),
        text: lines.slice(startLine - 1, endLine).join("\n"),
      });
    }
  }
  return (query) => index.search(query).map((found) => String(found["path"]));
}

/** What people do with ripgrep: the words of the question, and the files with most of them first. */
function rankByRipgrep(root: string, query: string): string[] {
  const words = query.match(/[\p{L}\p{N}_]{3,}/gu) ?? [];
  if (words.length === 0) return [];
  const { stdout } = spawnSync(
    "rg",
    ["-i", "--count-matches", "--no-ignore", "-e", words.join("|"), root],
    { encoding: "utf8" },
  );
  return stdout
    .trim()
    .split("\n")
    .map((line) => ({
      path: relative(root, line.slice(0, line.lastIndexOf(":"))),
      count: Number(line.slice(line.lastIndexOf(":") + 1)),
    }))
    .sort((a, b) => b.count - a.count)
    .map(({ path }) => path);
}

async function measureTree(): Promise<unknown> {
  const root = fetchTree(CACHE);
  const texts = await readTexts(root);
  const bytes = texts.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  const lines = texts.reduce((sum, { text }) => sum + text.split("\n").length, 0);
  const owners = new Map(
    texts.flatMap(({ path, text }) =>
      readPassages(text, languageOf(path) ?? "generic").symbols.map(
        ({ name, owner }) => [name, owner.slice(owner.lastIndexOf(".") + 1)] as const,
      ),
    ),
  );
  const names = [...owners.keys()].sort();
  const pick = (count: number): string[] =>
    Array.from({ length: count }, (_, at) => names[Math.floor((at * names.length) / count)] ?? "");
  texts.length = 0;
  const searcher = new Searcher({ root, cache: join(scratch, "tree") }, silent);
  const [beganMs, cpuBegan] = [performance.now(), process.cpuUsage()];
  await searcher.update({ workspace: true, dependencies: false });
  const cpu = process.cpuUsage(cpuBegan);
  const seconds = (performance.now() - beganMs) / 1000;
  const facts = await searcher.facts();
  const ask = async (query: string): Promise<void> =>
    void (await searcher.search({ query, filter: { sources: ["workspace"] } }));
  const descriptions = readQuestions()
    .map(({ query }) => query)
    .filter((query) => query.includes(" "));
  const literals = pick(40)
    .filter((name) => name.length > 5)
    .map((name) => `"${name}("`);
  const prefixes = pick(50).flatMap((name) => [name.slice(0, 3), name.slice(0, 5)]);
  const members = pick(200)
    .filter((name) => owners.get(name) !== "")
    .map((name) => `${owners.get(name) ?? ""}.${name.slice(0, 4)}`)
    .slice(0, 50);
  // Everybody gets to know the machine first.
  for (const query of [...descriptions.slice(0, 20), ...pick(10), ...literals.slice(0, 5)])
    await ask(query);
  const typed = pick(50)
    .flatMap((name) => [name.slice(0, 2), name.slice(0, 4)])
    .filter((text) => text.length > 1);
  await searcher.suggest("a", 10);
  return {
    lines,
    megabytes: Math.round(bytes / 1e5) / 10,
    index: {
      seconds: round(seconds),
      cpuSecondsPerMb: round((cpu.user + cpu.system) / bytes),
      bytesPerByte: round(facts.workspace.bytes / bytes),
    },
    peakRssMb: peakMemoryMb(root),
    descriptionMs: await times(descriptions, ask),
    identifierMs: await times([...pick(100), ...prefixes, ...BROAD, ...members, ...PACKAGES], ask),
    wholeNameMs: await times(pick(100), ask),
    prefixMs: await times([...prefixes, ...BROAD], ask),
    memberMs: await times(members, ask),
    packageMs: await times(PACKAGES, ask),
    suggestionMs: await times(typed, async (text) => void (await searcher.suggest(text, 10))),
    literalMs: await times(literals, ask),
    ripgrepLiteralMs: await times(literals, (text) => {
      spawnSync("rg", ["-F", "-l", text.slice(1, -1), root]);
      return Promise.resolve();
    }),
    close: await searcher.close(),
  };
}

/** The most that the program itself ever holds: building the index from nothing and answering, in a process of its own. */
function peakMemoryMb(root: string): number {
  const program = join(ROOT, "apps", "assistant", "bin", "cloud-code.js");
  const { stderr } = spawnSync(
    "/usr/bin/time",
    [
      "-f",
      "%M",
      process.execPath,
      program,
      "search",
      "shortest path",
      "--source",
      "workspace",
      "--workspace",
      root,
    ],
    { encoding: "utf8", env: { ...process.env, CLOUD_CODE_CACHE_DIR: join(scratch, "memory") } },
  );
  return Math.round(Number(stderr.trim().split("\n").at(-1)) / 1000);
}

async function times(
  queries: readonly string[],
  ask: (query: string) => Promise<void>,
): Promise<Record<string, number>> {
  const taken: number[] = [];
  const cpuBegan = process.cpuUsage();
  for (const query of queries) {
    const beganMs = performance.now();
    await ask(query);
    taken.push(performance.now() - beganMs);
  }
  const cpu = process.cpuUsage(cpuBegan);
  taken.sort((a, b) => a - b);
  const at = (share: number): number => round(taken[Math.floor(taken.length * share)] ?? 0);
  return {
    n: taken.length,
    p50: at(0.5),
    p95: at(0.95),
    cpuMean: round((cpu.user + cpu.system) / 1000 / Math.max(1, taken.length)),
  };
}

function measureBeir(folder: string): unknown {
  const program = join(ROOT, "apps", "assistant", "bin", "cloud-code.js");
  return JSON.parse(
    execFileSync(process.execPath, [program, "bench", "search", "--beir", folder, "--json"], {
      encoding: "utf8",
    }),
  );
}

async function readTexts(root: string): Promise<{ path: string; text: string }[]> {
  const { files } = await new Selector(root).select();
  return files.map(({ path }) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

function rounded(measures: Measures): Record<string, number> {
  return Object.fromEntries(
    Object.entries(measures).map(([name, value]) => [name, round(Number(value))]),
  );
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
