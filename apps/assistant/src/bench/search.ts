import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Measures, measure, search, type SearchTools } from "@cloud-code/search";
import { type Language, languageOf } from "@cloud-code/syntax";
import { AssistantError, reasonOf } from "../errors.ts";
import { BATCH_BYTES, Catalog, type NewFile, WORKSPACE } from "../search/catalog.ts";
import { Database } from "../search/database.ts";
import { SqliteStore } from "../search/store.ts";

/** What a run over a collection gives. */
export interface SearchReport extends Measures {
  readonly index: {
    readonly seconds: number;
    readonly cpuSeconds: number;
    readonly bytes: number;
    readonly bytesPerByte: number;
  };
  /** Of one page of ten, snippets included, wall clock. */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number };
  readonly rssMb: number;
}

const DEPTH = 100;
const EXTENSIONS: Readonly<Record<string, string>> = {
  python: "py",
  java: "java",
  javascript: "js",
  typescript: "ts",
  go: "go",
  ruby: "rb",
  php: "php",
  rust: "rs",
  c: "c",
  cpp: "cpp",
  csharp: "cs",
};

interface Document {
  readonly ids: string[];
  readonly file: NewFile;
}

/** Indexes a collection in the BEIR layout as the product indexes a workspace, and asks its questions as a person would. Throws `CORPUS_UNREADABLE`. */
export async function runBeir(folder: string, signal?: AbortSignal): Promise<SearchReport> {
  const documents = new Map<string, Document>();
  let corpusBytes = 0;
  for await (const row of readRows(join(folder, "corpus.jsonl"))) {
    const { _id: id, text, title, metadata } = row;
    const body =
      typeof title === "string" && title !== "" ? `${title}\n${String(text)}` : String(text);
    corpusBytes += Buffer.byteLength(body);
    const same = documents.get(body);
    if (same !== undefined) {
      same.ids.push(String(id));
      continue;
    }
    const named =
      typeof metadata === "object" && metadata !== null && "lang" in metadata
        ? String(metadata.lang)
        : "";
    const path = `${documents.size}.${EXTENSIONS[named] ?? "md"}`;
    const language: Language | "markdown" = languageOf(path) ?? "markdown";
    documents.set(body, { ids: [String(id)], file: { path, language, text: body, stamp: "1" } });
  }
  const judgements = await readJudgements(join(folder, "qrels", "test.tsv"));
  const cache = await mkdtemp(join(tmpdir(), "cloud-code-bench-"));
  try {
    return await runOn(cache, folder, [...documents.values()], corpusBytes, judgements, signal);
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
}

async function runOn(
  cache: string,
  folder: string,
  documents: readonly Document[],
  corpusBytes: number,
  judgements: ReadonlyMap<string, ReadonlyMap<string, number>>,
  signal: AbortSignal | undefined,
): Promise<SearchReport> {
  const database = new Database(cache, "bench", (code, details) => {
    throw new AssistantError(code, details);
  });
  const catalog = new Catalog(database);
  const [beganMs, cpuBegan] = [performance.now(), process.cpuUsage()];
  for (let from = 0; from < documents.length;) {
    signal?.throwIfAborted();
    const batch: NewFile[] = [];
    for (let length = 0; from < documents.length && length < BATCH_BYTES; from++) {
      const { file } = documents[from] ?? {};
      if (file === undefined) break;
      batch.push(file);
      length += file.text.length;
    }
    await database.use(() => catalog.update(WORKSPACE, batch));
  }
  const seconds = (performance.now() - beganMs) / 1000;
  const cpu = process.cpuUsage(cpuBegan);
  const byPath = new Map(documents.map((document) => [document.file.path, document]));
  const store = new SqliteStore(database, {
    source: "workspace",
    read: (path) => Promise.resolve(byPath.get(path)?.file.text),
  });
  const tools: SearchTools = {
    match: () => Promise.resolve([]),
    expand: () => Promise.resolve([]),
  };
  const rankings = new Map<string, string[]>();
  const latencies: number[] = [];
  for await (const { _id: id, text } of readRows(join(folder, "queries.jsonl"))) {
    signal?.throwIfAborted();
    if (!judgements.has(String(id))) continue;
    const query = String(text);
    const askedMs = performance.now();
    await search([store], { query }, tools);
    latencies.push(performance.now() - askedMs);
    const { results } = await search([store], { query, pageSize: DEPTH }, tools);
    const ids = results.flatMap(({ path }) => byPath.get(path)?.ids ?? []);
    rankings.set(String(id), [...new Set(ids)].slice(0, DEPTH));
  }
  const { bytes } = database;
  await database.close();
  latencies.sort((a, b) => a - b);
  const at = (share: number): number =>
    Math.round((latencies[Math.floor(latencies.length * share)] ?? 0) * 100) / 100;
  return {
    ...measure(rankings, judgements),
    index: {
      seconds,
      cpuSeconds: (cpu.user + cpu.system) / 1e6,
      bytes,
      bytesPerByte: bytes / Math.max(1, corpusBytes),
    },
    latencyMs: { p50: at(0.5), p95: at(0.95), p99: at(0.99) },
    rssMb: Math.round(process.memoryUsage.rss() / 1e6),
  };
}

async function readJudgements(path: string): Promise<Map<string, Map<string, number>>> {
  const judgements = new Map<string, Map<string, number>>();
  for await (const line of readLines(path)) {
    const [query = "", document = "", grade = ""] = line.split("\t");
    // The first line names the columns.
    if (!(Number(grade) > 0)) continue;
    const known = judgements.get(query) ?? new Map<string, number>();
    judgements.set(query, known.set(document, Number(grade)));
  }
  return judgements;
}

async function* readRows(path: string): AsyncGenerator<Readonly<Record<string, unknown>>> {
  for await (const line of readLines(path)) {
    try {
      const row: unknown = JSON.parse(line);
      if (typeof row === "object" && row !== null) yield row as Readonly<Record<string, unknown>>;
    } catch (cause) {
      throw new AssistantError(
        "CORPUS_UNREADABLE",
        { path, reason: "a line is not JSON" },
        { cause },
      );
    }
  }
}

async function* readLines(path: string): AsyncGenerator<string> {
  const input = createReadStream(path, "utf8");
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity }))
      if (line.trim() !== "") yield line;
  } catch (cause) {
    throw new AssistantError("CORPUS_UNREADABLE", { path, reason: reasonOf(cause) }, { cause });
  }
}
