import { AssistantError } from "../errors.ts";
import { Indexer, type IndexFacts } from "../workspace/indexer.ts";
import { resolveWorkspace } from "../workspace/open.ts";
import { findRepository } from "../workspace/root.ts";
import { type SearchFacts } from "../search/searcher.ts";
import { Finder } from "../search/thread.ts";
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

/** `cloud-code index rebuild`: throws the indexes away and builds them again: completion's in one segment, the search's with all dependencies. */
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
  const search = await withFinder(root, terminal, async (finder) => {
    await finder.clear();
    await finder.update({ workspace: true, dependencies: true }, signal);
    return finder.facts();
  });
  const seconds = (performance.now() - beganMs) / 1000;
  if (given.switches.has("json")) printJson(terminal, { root, ...facts, search, seconds });
  else {
    print(terminal, wordRebuilt(facts, seconds, terminal));
    printSearch(search, terminal);
  }
  return 0;
}

/** `cloud-code index status`: what the search can find, and which dependencies wait for the first search. */
export async function runIndexStatus(given: Given, terminal: Terminal): Promise<number> {
  const root = await findWorkspace(given);
  const facts = await withFinder(root, terminal, (finder) => finder.facts());
  if (given.switches.has("json")) printJson(terminal, { root, ...facts });
  else {
    print(terminal, root);
    printSearch(facts, terminal);
  }
  return 0;
}

async function withFinder<Result>(
  root: string,
  terminal: Terminal,
  work: (finder: Finder) => Promise<Result>,
): Promise<Result> {
  const progress = new Progress(terminal);
  const finder = new Finder(
    { root, cache: cacheFolder() },
    {
      notice: (notice) => progress.notice(notice),
      progress: ({ filesDone, filesTotal }) =>
        progress.update({ kind: "indexing", filesDone, filesTotal }),
    },
  );
  try {
    return await work(finder);
  } finally {
    progress.end();
    await finder.close();
  }
}

function printSearch({ workspace, dependencies }: SearchFacts, terminal: Terminal): void {
  const english = terminal.locale === "en";
  const [files, symbols] = [
    toDigits(terminal, workspace.files),
    toDigits(terminal, workspace.symbols),
  ];
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  print(
    terminal,
    english
      ? `Search: ${files} files, ${symbols} symbols, ${megabytes(workspace.bytes)}.`
      : `搜索：${files} 个文件，${symbols} 个符号，${megabytes(workspace.bytes)}。`,
  );
  const { packages } = dependencies;
  const done = packages.filter(({ isIndexed }) => isIndexed).length;
  print(
    terminal,
    english
      ? `Dependencies: ${done} of ${packages.length} packages on this machine, ${toDigits(terminal, dependencies.files)} files.`
      : `依赖：本机 ${packages.length} 个软件包中的 ${done} 个，${toDigits(terminal, dependencies.files)} 个文件。`,
  );
  for (const { name, version, isIndexed, isImported } of packages) {
    const state = isIndexed
      ? english
        ? "indexed"
        : "已建立索引"
      : english
        ? "at the next search"
        : "下次搜索时建立";
    print(
      terminal,
      `  ${name}@${version}  ${state}${isImported ? (english ? ", imported" : "，已导入") : ""}`,
    );
  }
}

/** `cloud-code index clear`: deletes the index from disk. */
export async function runClear(given: Given, terminal: Terminal): Promise<number> {
  const root = await findWorkspace(given);
  const folder = indexFolder(root, cacheFolder());
  await new Store(root, folder).clear();
  await withFinder(root, terminal, (finder) => finder.clear());
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
