/** Measures line completion on held-out files: quality, speed, memory. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  buildSegment,
  complete,
  encodeSegment,
  Project,
  type SourceFile,
} from "@cloud-code/completion";
import { languageOf, type Language } from "@cloud-code/syntax";
import { AssistantError } from "../errors.ts";
import { CHECK_BUDGET_MS, Checker } from "../workspace/checker.ts";
import { readDocument } from "../workspace/document.ts";
import { Selector } from "../workspace/select.ts";
import { MAX_FILE_BYTES, readSource } from "../workspace/source.ts";
import { readRows, type Cut, type Row } from "./rows.ts";
import { scoreOutcomes, type Figures, type Outcome } from "./score.ts";

/** Times of requests in milliseconds. */
interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** The report of one run, as `--json` prints it. */
export interface CompletionReport {
  readonly all: Figures;
  readonly kinds: Readonly<Record<Cut, Figures>>;
  readonly index: {
    readonly tokens: number;
    /** Reading, lexing and sorting, wall clock. */
    readonly seconds: number;
    /** The same in processor time. */
    readonly cpuSeconds: number;
    /** At rest. */
    readonly bytes: number;
  };
  /** Whole requests, the parse check included, wall clock. */
  readonly latencyMs: Percentiles;
  /** Whole requests in processor time of this process, which other work on the machine disturbs less. */
  readonly latencyCpuMs: Percentiles;
  /** The engine alone, without the parse check, wall clock. */
  readonly engineMs: Percentiles;
  readonly rssMb: number;
}

/** What to measure. */
export interface CompletionBenchOptions {
  readonly workspace: string;
  /** Path of the JSONL file with the positions. */
  readonly items: string;
  readonly signal?: AbortSignal;
  /** Called after each position and after indexing (`done` 0). */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Runs the positions of `items` against an index of `workspace` that holds none of their files. Throws `FILE_NOT_FOUND`,
 * `BENCH_ROW`, `BENCH_BLOB` or `BENCH_GOLD` when rows and workspace do not belong together.
 */
export async function runCompletionBench(
  options: CompletionBenchOptions,
): Promise<CompletionReport> {
  const { workspace, signal, onProgress } = options;
  const rows = await readRows(options.items);
  const heldOut = new Map<string, HeldOut>();
  for (const row of rows) {
    if (!heldOut.has(row.path)) heldOut.set(row.path, await readHeldOut(workspace, row));
  }

  const started = clock();
  const files = await readIndexed(workspace, new Set(heldOut.keys()), signal);
  const segment = buildSegment(files);
  const project = new Project();
  project.attach(segment);
  const indexing = started();
  onProgress?.(0, rows.length);

  const failed = (language: Language, reason: string): never => {
    throw new AssistantError("GRAMMAR_UNREADABLE", { language, reason });
  };
  // What judges the suggestions knows the whole file, so it must not be what checks them.
  const checker = new Checker(failed);
  const judging = new Checker(failed);
  const outcomes: Outcome[] = [];
  const wholeMs: number[] = [];
  const cpuMs: number[] = [];
  const engineMs: number[] = [];
  try {
    for (const row of rows) {
      signal?.throwIfAborted();
      const file = heldOut.get(row.path) as HeldOut;
      await Promise.all([checker.load(file.language), judging.load(file.language)]);
      const { offset, end, gold } = locate(file.text, row);
      const text = file.text.slice(0, offset) + file.text.slice(end);
      // An editor had the file open before the line was cut: the tree to start from is the whole file's. What is asked is the cut text.
      checker.counter(row.path, file.language, file.text, Infinity);
      const timer = clock();
      const opening = performance.now();
      const counter = checker.counter(row.path, file.language, text, CHECK_BUDGET_MS.typing);
      let parsingMs = performance.now() - opening;
      const answer = complete(
        project,
        { path: row.path, language: file.language, text, offset },
        (start, to, insert) => {
          const parsing = performance.now();
          const errors = counter(start, to, insert);
          parsingMs += performance.now() - parsing;
          return errors;
        },
      );
      const { wall, cpu } = timer();
      wholeMs.push(wall);
      cpuMs.push(cpu);
      engineMs.push(Math.max(0, wall - parsingMs));
      const judge = (inserted: string, from: number): number | undefined => {
        const real = judging.counter(row.path, file.language, file.text, Infinity);
        const errors = real(from, end, inserted);
        if (errors !== undefined) return errors - (real(0, 0, "") ?? 0);
        // The edit was too much for one step: parse the result as a text of its own.
        const whole = file.text.slice(0, from) + inserted + file.text.slice(end);
        const count = (path: string, source: string): number | undefined =>
          judging.counter(path, file.language, source, Infinity)(0, 0, "");
        const [before, after] = [count(row.path, file.text), count(`${row.path}#`, whole)];
        return before === undefined || after === undefined ? undefined : after - before;
      };
      outcomes.push({
        cut: row.cut,
        gold,
        shown: answer.candidates.map(({ text: inserted, probability, replace }) => ({
          text: inserted,
          probability,
          parses: (judge(inserted, replace.start) ?? Infinity) <= 0,
        })),
      });
      onProgress?.(outcomes.length, rows.length);
      // A long run must not starve what else this process does, Ctrl-C included.
      if (outcomes.length % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    checker.close();
    judging.close();
  }
  return {
    ...scoreOutcomes(outcomes),
    index: {
      tokens: project.tokenCount,
      seconds: indexing.wall / 1000,
      cpuSeconds: indexing.cpu / 1000,
      bytes: encodeSegment(segment).length,
    },
    latencyMs: percentiles(wholeMs),
    latencyCpuMs: percentiles(cpuMs),
    engineMs: percentiles(engineMs),
    rssMb: Math.round(process.memoryUsage.rss() / 1e6),
  };
}

interface HeldOut {
  readonly text: string;
  readonly language: Language;
}

async function readHeldOut(workspace: string, row: Row): Promise<HeldOut> {
  const text = await readDocument(join(workspace, row.path), MAX_FILE_BYTES * 8);
  if (row.blob !== undefined) {
    const bytes = await readFile(join(workspace, row.path));
    const blob = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
    if (blob !== row.blob) {
      throw new AssistantError("BENCH_BLOB", { path: row.path, expected: row.blob, found: blob });
    }
  }
  return { text, language: languageOf(row.path) ?? "generic" };
}

async function readIndexed(
  workspace: string,
  heldOut: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<SourceFile[]> {
  const selection = await new Selector(workspace).select(signal === undefined ? {} : { signal });
  const files: SourceFile[] = [];
  for (const { path, language } of selection.files) {
    if (heldOut.has(path)) continue;
    const reading = await readSource(workspace, path, MAX_FILE_BYTES);
    if (reading.kind === "text")
      files.push({ path, language, text: reading.text, stamp: reading.stamp });
  }
  return files;
}

/** Where a row's cursor is, where its line ends, and what stands between, right-trimmed. */
function locate(text: string, row: Row): { offset: number; end: number; gold: string } {
  let start = 0;
  for (let line = 1; line < row.line; line++) {
    const lineBreak = text.indexOf("\n", start);
    if (lineBreak < 0) throw new AssistantError("BENCH_GOLD", { path: row.path, line: row.line });
    start = lineBreak + 1;
  }
  const lineBreak = text.indexOf("\n", start);
  let end = lineBreak < 0 ? text.length : lineBreak;
  if (text[end - 1] === "\r") end -= 1;
  const offset = start + row.column;
  const gold = text.slice(offset, end).trimEnd();
  if (offset > end || createHash("sha1").update(gold).digest("hex") !== row.goldSha1) {
    throw new AssistantError("BENCH_GOLD", { path: row.path, line: row.line });
  }
  return { offset, end, gold };
}

/** Starts a clock; calling what it returns gives the wall and processor milliseconds since. */
function clock(): () => { wall: number; cpu: number } {
  const cpu = process.cpuUsage();
  const wall = performance.now();
  return () => {
    const elapsed = performance.now() - wall;
    const { user, system } = process.cpuUsage(cpu);
    return { wall: elapsed, cpu: (user + system) / 1000 };
  };
}

function percentiles(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number =>
    Math.round(
      (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 100,
    ) / 100;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
