import type { Filter, Mode, SearchRequest, Source } from "@cloud-code/search";

/** A question as editors, pages and agents send it. */
export type AskedSearch = Omit<SearchRequest, "signal">;

/** The places to search, as people name them. */
export const SOURCES: readonly Source[] = ["workspace", "dependencies", "team"];
/** The readings that can be asked for. */
export const MODES: readonly Mode[] = ["auto", "api", "description", "literal", "regex", "error"];

/** Makes a question of what somebody sent; undefined when it has no `query`. What is no valid option is left out: a search is better than a refusal. */
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
  const sources = SOURCES.filter((source) => toTexts(given["sources"])?.includes(source));
  const languages = toTexts(given["languages"]);
  const { path, package: name } = given;
  return {
    ...(sources.length === 0 ? {} : { sources }),
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
    ? value.filter((each) => typeof each === "string" && each !== "")
    : [];
  return texts.length === 0 ? undefined : texts.map(String);
}

function toCount(value: unknown): number | undefined {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 1_000
    ? Number(value)
    : undefined;
}
