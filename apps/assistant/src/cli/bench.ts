import { resolve } from "node:path";
import { runCompletionBench, type CompletionReport } from "../bench/completion.ts";
import { runBeir } from "../bench/search.ts";
import { CUTS } from "../bench/rows.ts";
import type { Figures } from "../bench/score.ts";
import { resolveWorkspace } from "../workspace/open.ts";
import { type Given, requireText } from "./command.ts";
import { print, printJson, type Terminal } from "./terminal.ts";

/** `cloud-code bench completion`: the figures as a table, or with `--json` as one object. */
export async function runBench(given: Given, terminal: Terminal): Promise<number> {
  const { locale } = terminal;
  const workspace = await resolveWorkspace(
    requireText(given, "workspace", "bench completion", locale),
  );
  const items = resolve(requireText(given, "items", "bench completion", locale));
  const isWatched = terminal.errors.isTTY === true;
  const report = await runCompletionBench({
    workspace,
    items,
    signal: terminal.signal,
    onProgress: (done, total) => {
      if (!isWatched || done % 16 !== 0) return;
      const words =
        locale === "en" ? `${done} of ${total} positions` : `已完成 ${done} / ${total} 个位置`;
      terminal.errors.write(`\r\u001b[K${words}`);
    },
  });
  if (isWatched) terminal.errors.write("\r\u001b[K");
  if (given.switches.has("json")) printJson(terminal, report);
  else printReport(report, terminal);
  return 0;
}

/** `cloud-code bench search`: the figures as a table, or with `--json` as one object. */
export async function runSearchBench(given: Given, terminal: Terminal): Promise<number> {
  const folder = resolve(requireText(given, "beir", "bench search", terminal.locale));
  const report = await runBeir(folder, terminal.signal);
  if (given.switches.has("json")) {
    printJson(terminal, report);
    return 0;
  }
  const { index, latencyMs, rssMb, ...quality } = report;
  for (const [name, value] of Object.entries(quality))
    print(terminal, `${name.padEnd(12)}${name === "queries" ? value : value.toFixed(4)}`);
  const english = terminal.locale === "en";
  const size = index.bytesPerByte.toFixed(2);
  const seconds = `${index.seconds.toFixed(2)} s (CPU ${index.cpuSeconds.toFixed(2)} s)`;
  const rows = [
    [
      english ? "index" : "索引",
      english
        ? `${seconds}, ${size} bytes a byte of the corpus`
        : `${seconds}，每字节语料 ${size} 字节`,
    ],
    [
      english ? "query" : "查询",
      `p50 ${latencyMs.p50} · p95 ${latencyMs.p95} · p99 ${latencyMs.p99} ms`,
    ],
    [english ? "memory" : "内存", `${rssMb} MB`],
  ];
  for (const [name = "", value = ""] of rows) print(terminal, `${name.padEnd(12)}${value}`);
  return 0;
}

const COLUMNS: readonly (keyof Figures)[] = [
  "n",
  "EM@1",
  "EM@5",
  "ES",
  "MRR",
  "meanRank",
  "charsSaved",
  "shown",
  "precision",
  "validity",
];

function printReport(report: CompletionReport, terminal: Terminal): void {
  const cell = (text: string): string => text.padStart(11);
  print(terminal, `${"".padEnd(8)}${COLUMNS.map(cell).join("")}`);
  for (const name of [...CUTS, "all"] as const) {
    const figures = name === "all" ? report.all : report.kinds[name];
    if (figures.n === 0) continue;
    print(
      terminal,
      `${name.padEnd(8)}${COLUMNS.map((column) => cell(String(figures[column]))).join("")}`,
    );
  }
  const { index, latencyMs, latencyCpuMs, engineMs, rssMb } = report;
  const times = ({ p50, p95, p99 }: typeof latencyMs): string =>
    `p50 ${p50} · p95 ${p95} · p99 ${p99} ms`;
  const perSecond = Math.round(index.tokens / Math.max(index.cpuSeconds, 1e-9));
  const perToken = (index.bytes / Math.max(1, index.tokens)).toFixed(2);
  const lines =
    terminal.locale === "en"
      ? [
          `index      ${index.tokens} tokens, ${index.seconds.toFixed(2)} s wall, ${index.cpuSeconds.toFixed(2)} s CPU (${perSecond} tokens per CPU second), ${perToken} bytes a token`,
          `request    ${times(latencyMs)}, parse check included`,
          `  in CPU   ${times(latencyCpuMs)}`,
          `  engine   ${times(engineMs)}`,
          `memory     ${rssMb} MB`,
        ]
      : [
          `索引       ${index.tokens} 个词元，耗时 ${index.seconds.toFixed(2)} 秒，CPU ${index.cpuSeconds.toFixed(2)} 秒（每 CPU 秒 ${perSecond} 个词元），每词元 ${perToken} 字节`,
          `请求       ${times(latencyMs)}，含语法检查`,
          `  CPU 时间 ${times(latencyCpuMs)}`,
          `  引擎     ${times(engineMs)}`,
          `内存       ${rssMb} MB`,
        ];
  for (const line of lines) print(terminal, line);
}
