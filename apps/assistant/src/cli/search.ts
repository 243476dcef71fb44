import type { Filter, SearchAnswer, SearchResult, Source } from "@cloud-code/search";
import type { Locale } from "../errors.ts";
import { LANGUAGES, MODES, parseLanguage, SOURCES } from "../search/request.ts";
import { Finder } from "../search/thread.ts";
import { wordReason, wordUnderstanding } from "../search/words.ts";
import { cacheFolder } from "../workspace/store.ts";
import { type Given, parseNumber, usage } from "./command.ts";
import { findWorkspace } from "./maintain.ts";
import { paintSnippet } from "./paint.ts";
import { Progress } from "./progress.ts";
import { dim, print, printJson, type Terminal, toDigits } from "./terminal.ts";

const COMMAND = "search";
const MAX_RESULTS = 50;
const MAX_QUERY_BYTES = 1_000_000;

/** `cloud-code search`: brings the index up to date and answers one question. */
export async function runSearch(given: Given, terminal: Terminal): Promise<number> {
  const { locale, signal } = terminal;
  const { texts } = given;
  const page = parseNumber(given, "page", 1, 1_000, COMMAND, locale) ?? 1;
  const pageSize = parseNumber(given, "limit", 1, MAX_RESULTS, COMMAND, locale) ?? 10;
  const mode = parseChoice(texts["as"], "as", MODES, locale) ?? "auto";
  const filter = toFilter(given, locale);
  const query = given.switches.has("stdin")
    ? await readQuery(terminal)
    : given.positionals.join(" ");
  const root = await findWorkspace(given);
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
    const wants = (source: Source): boolean =>
      filter.sources === undefined || filter.sources.includes(source);
    await finder.update({ workspace: true, dependencies: wants("dependencies") }, signal);
    progress.end();
    const apis = toList(texts["api"]);
    const answer = await finder.search(
      { query, mode, page, pageSize, filter, ...(apis === undefined ? {} : { apis }) },
      signal,
    );
    if (given.switches.has("json")) printJson(terminal, toJson(answer, locale));
    else printAnswer(answer, pageSize, terminal);
    return 0;
  } finally {
    progress.end();
    await finder.close();
  }
}

function toFilter({ texts }: Given, locale: Locale): Filter {
  const sources = toList(texts["source"])?.map(
    (source) => parseChoice(source, "source", SOURCES, locale) ?? "workspace",
  );
  if (sources?.includes("team") === true) {
    const reason =
      locale === "en"
        ? "No team corpus is set up: `--source` is workspace or dependencies."
        : "尚未设置团队代码库：`--source` 应为 workspace 或 dependencies。";
    throw usage(reason, COMMAND);
  }
  const languages = toList(texts["lang"])?.flatMap(
    (name) => parseLanguage(name) ?? [parseChoice(name, "lang", LANGUAGES, locale) ?? name],
  );
  return {
    ...(sources === undefined ? {} : { sources }),
    ...(languages === undefined ? {} : { languages }),
    ...(texts["path"] === undefined ? {} : { path: texts["path"] }),
    ...(texts["package"] === undefined ? {} : { package: texts["package"] }),
  };
}

function toList(text: string | undefined): string[] | undefined {
  return text
    ?.split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function parseChoice<Choice extends string>(
  text: string | undefined,
  option: string,
  choices: readonly Choice[],
  locale: Locale,
): Choice | undefined {
  if (text === undefined) return undefined;
  const choice = choices.find((each) => each === text);
  if (choice !== undefined) return choice;
  const list = choices.join(", ");
  const reason =
    locale === "en"
      ? `\`--${option}\` is one of ${list}, not \`${text}\`.`
      : `\`--${option}\` 应为 ${list} 之一，而不是 \`${text}\`。`;
  throw usage(reason, COMMAND);
}

async function readQuery(terminal: Terminal): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of terminal.input as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    // The search reads no more than a tenth of this.
    if (bytes > MAX_QUERY_BYTES) break;
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The answer as programs get it: with the reason also as a sentence. */
function toJson(
  { understoodAs, results, page, total, isTotalExact }: SearchAnswer,
  locale: Locale,
): object {
  return {
    understoodAs: { ...understoodAs, sentence: wordUnderstanding(understoodAs, locale) },
    results: results.map(({ why, ...result }) => ({
      ...result,
      why: wordReason(why, locale),
      reason: why,
    })),
    page,
    total,
    isTotalExact,
  };
}

function printAnswer(answer: SearchAnswer, pageSize: number, terminal: Terminal): void {
  const { locale } = terminal;
  const english = locale === "en";
  print(terminal, dim(terminal, wordUnderstanding(answer.understoodAs, locale)));
  const first = (answer.page - 1) * pageSize;
  for (const [at, result] of answer.results.entries())
    printResult(result, first + at + 1, terminal);
  if (answer.results.length === 0 && answer.total > 0) {
    const last = toDigits(terminal, Math.ceil(answer.total / pageSize));
    print(
      terminal,
      english
        ? `There is no page ${answer.page}; the last one is ${last}.`
        : `没有第 ${answer.page} 页；最后一页是第 ${last} 页。`,
    );
    return;
  }
  if (answer.results.length === 0) {
    print(
      terminal,
      english
        ? "Nothing was found. `cloud-code status` shows what is indexed."
        : "没有找到结果。运行 `cloud-code status` 可查看已建立的索引。",
    );
    return;
  }
  const about = answer.isTotalExact ? "" : english ? "about " : "约 ";
  const total = `${about}${toDigits(terminal, answer.total)}`;
  const range = `${first + 1}–${first + answer.results.length}`;
  const more = answer.total > first + answer.results.length;
  const next = more
    ? english
      ? `; next: --page ${answer.page + 1}`
      : `；下一页：--page ${answer.page + 1}`
    : "";
  print(terminal, "");
  print(
    terminal,
    dim(
      terminal,
      english ? `${range} of ${total}${next}` : `第 ${range} 条，共 ${total} 条${next}`,
    ),
  );
}

function printResult(result: SearchResult, rank: number, terminal: Terminal): void {
  const { package: facts, why, copies } = result;
  const { locale } = terminal;
  const origin =
    facts === undefined
      ? ""
      : `  ${facts.name}@${facts.version}${facts.licence === "" ? "" : ` (${facts.licence})`}`;
  const folded =
    copies === 0 ? "" : locale === "en" ? `, ${copies} more like it` : `，另有 ${copies} 处相同`;
  print(terminal, "");
  print(
    terminal,
    `${rank}. ${bold(terminal, `${result.path}:${result.startLine}`)}${dim(terminal, `${origin}  ${wordReason(why, locale)}${folded}`)}`,
  );
  const width = String(result.endLine).length;
  const lines = paintSnippet(result, terminal.isColored);
  for (const [at, line] of lines.entries())
    print(terminal, `${dim(terminal, String(result.startLine + at).padStart(width + 3))}  ${line}`);
}

function bold(terminal: Terminal, text: string): string {
  return terminal.isColored ? `\u001b[1;36m${text}\u001b[22;39m` : text;
}
