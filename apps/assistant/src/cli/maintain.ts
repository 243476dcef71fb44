import { AssistantError } from "../errors.ts";
import { Indexer, type IndexFacts } from "../workspace/indexer.ts";
import { resolveWorkspace } from "../workspace/open.ts";
import { findRepository } from "../workspace/root.ts";
import { cacheFolder, indexFolder, Store } from "../workspace/store.ts";
import type { Given } from "./command.ts";
import { Progress } from "./progress.ts";
import { print, printJson, type Terminal, toDigits } from "./terminal.ts";

/** The workspace a command of maintenance is about: `--workspace`, else the repository around this folder, else this folder. */
export async function findWorkspace(given: Given): Promise<string> {
  return resolveWorkspace(
    given.texts["workspace"] ?? (await findRepository(process.cwd())) ?? process.cwd(),
  );
}

/** `cloud-code index rebuild`: throws the index away and builds it again, in one segment. */
export async function runRebuild(given: Given, terminal: Terminal): Promise<number> {
  const root = await findWorkspace(given);
  const folder = indexFolder(root, cacheFolder());
  await new Store(root, folder).clear();
  const { signal } = terminal;
  const progress = new Progress(terminal);
  const beganMs = performance.now();
  let facts: IndexFacts | undefined;
  const indexer = new Indexer({ root, folder }, (report) => {
    if (report.kind === "progress") progress.update({ ...report, kind: "indexing" });
    if (report.kind === "settled") facts = report.facts;
    if (report.kind === "notice") progress.notice(report.notice);
  });
  const stop = (): void => void indexer.close();
  signal.addEventListener("abort", stop, { once: true });
  try {
    await indexer.start();
    await indexer.compact();
  } finally {
    signal.removeEventListener("abort", stop);
    await indexer.close();
    progress.end();
  }
  if (facts === undefined || signal.aborted) throw new AssistantError("CANCELLED");
  const seconds = (performance.now() - beganMs) / 1000;
  if (given.switches.has("json")) printJson(terminal, { root, ...facts, seconds });
  else print(terminal, wordRebuilt(facts, seconds, terminal));
  return 0;
}

/** `cloud-code index clear`: deletes the index from disk. */
export async function runClear(given: Given, terminal: Terminal): Promise<number> {
  const root = await findWorkspace(given);
  const folder = indexFolder(root, cacheFolder());
  await new Store(root, folder).clear();
  if (given.switches.has("json")) printJson(terminal, { root, cleared: folder });
  else
    print(
      terminal,
      terminal.locale === "en" ? `The index of ${root} is deleted.` : `${root} 的索引已删除。`,
    );
  return 0;
}

function wordRebuilt({ files, tokens }: IndexFacts, seconds: number, terminal: Terminal): string {
  const [count, size, time] = [
    toDigits(terminal, files),
    toDigits(terminal, tokens),
    seconds.toFixed(1),
  ];
  return terminal.locale === "en"
    ? `Indexed ${count} files, ${size} tokens, in ${time} s.`
    : `已在 ${time} 秒内为 ${count} 个文件、${size} 个词元建立索引。`;
}
