import type { Filter, Mode, SearchRequest, Source } from "@cloud-code/search";

/** A question as editors, pages and agents send it. */
export type AskedSearch = Omit<SearchRequest, "signal">;

/** The places to search, as people name them. */
export const SOURCES: readonly Source[] = ["workspace", "dependencies", "team"];
/** The readings that can be asked for. */
export const MODES: readonly Mode[] = ["auto", "api", "description", "literal", "regex", "error"];

const NAMES: Readonly<Record<string, readonly string[]>> = {
  typescript: ["typescript", "tsx"],
  tsx: ["tsx"],
  javascript: ["javascript"],
  java: ["java"],
  python: ["python"],
  go: ["go"],
  rust: ["rust"],
  c: ["c"],
  cpp: ["cpp"],
  csharp: ["csharp"],
  php: ["php"],
  ruby: ["ruby"],
  markdown: ["markdown"],
  generic: ["generic"],
};
const ALIASES: Readonly<Record<string, string>> = {
  ts: "typescript",
  js: "javascript",
  jsx: "javascript",
  py: "python",
  golang: "go",
  rs: "rust",
  "c++": "cpp",
  "c#": "csharp",
  cs: "csharp",
  rb: "ruby",
  md: "markdown",
};
const MAX_NAMES = 20;

/** The languages to filter by, as people name them; "generic" is every one without a lexer of its own. */
export const LANGUAGES: readonly string[] = Object.keys(NAMES);

/** The languages of the index that a name stands for, in any case; undefined for one that is not known. */
export function parseLanguage(name: string): readonly string[] | undefined {
  const lower = name.trim().toLowerCase();
  return Object.hasOwn(NAMES, lower) ? NAMES[lower] : NAMES[ALIASES[lower] ?? ""];
}

/** What is wrong with the filter that somebody sent, as an English sentence; undefined when nothing is. */
export function findMistake(value: unknown): string | undefined {
  const given = toRecord(toRecord(value)["filter"]);
  const source = toTexts(given["sources"])?.find((name) => !SOURCES.some((each) => each === name));
  if (source !== undefined)
    return `sources are ${SOURCES.join(", ")}, not "${source.slice(0, 40)}".`;
  const language = toTexts(given["languages"])?.find((name) => parseLanguage(name) === undefined);
  if (language !== undefined)
    return `languages are ${LANGUAGES.join(", ")}, not "${language.slice(0, 40)}".`;
  return undefined;
}

/**
 * Makes a question of what somebody sent; undefined when it has no `query`. What is no valid option is left out: a search is better than a refusal. A filter
 * that names nothing valid finds nothing: it must not become wider than it was meant.
 */
export function parseSearch(value: unknown): AskedSearch | undefined {
  const given = toRecord(value);
  if (typeof given["query"] !== "string") return undefined;
  const filter = parseFilter(given["filter"]);
  const mode = MODES.find((each) => each === given["mode"]);
  const apis = toTexts(given["apis"]);
  const page = toCount(given["page"]);
  const pageSize = toCount(given["pageSize"]);
  return {
    query: given["query"],
    filter,
    ...(mode === undefined ? {} : { mode }),
    ...(apis === undefined ? {} : { apis }),
    ...(page === undefined ? {} : { page }),
    ...(pageSize === undefined ? {} : { pageSize }),
  };
}

function parseFilter(value: unknown): Filter {
  const given = toRecord(value);
  const named = toTexts(given["sources"]);
  const sources = SOURCES.filter((source) => named?.includes(source));
  const languages = toTexts(given["languages"])?.flatMap((name) => parseLanguage(name) ?? [name]);
  const { path, package: name } = given;
  return {
    ...(named === undefined ? {} : { sources }),
    ...(languages === undefined ? {} : { languages }),
    ...(typeof path === "string" && path !== "" ? { path } : {}),
    ...(typeof name === "string" && name !== "" ? { package: name } : {}),
  };
}

function toRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

function toTexts(value: unknown): string[] | undefined {
  const texts = Array.isArray(value)
    ? value.slice(0, MAX_NAMES).filter((each) => typeof each === "string" && each !== "")
    : [];
  return texts.length === 0 ? undefined : texts.map(String);
}

function toCount(value: unknown): number | undefined {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 1_000
    ? Number(value)
    : undefined;
}
