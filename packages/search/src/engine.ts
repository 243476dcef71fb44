import type { SearchAnswer, SearchRequest, SearchResult, SearchTools } from "./answer.ts";
import { findApi } from "./api.ts";
import { findError } from "./error.ts";
import { findText } from "./text.ts";
import { findDescription } from "./description.ts";
import { understand } from "./query.ts";
import type { SearchStore } from "./store.ts";
import type { Findings, Hit } from "./hit.ts";
import { Library } from "./library.ts";

const PAGE_SIZE = 10;
const MAX_PAGE_SIZE = 100;

/**
 * Answers a question from some indexes, each for its part of the sources. Throws a {@link SearchError}.
 *
 * A file that changed since it was indexed is shown as it is now, at the lines where the answer stood; one that is gone is left out.
 */
export async function search(
  stores: readonly SearchStore[],
  request: SearchRequest,
  tools: SearchTools,
): Promise<SearchAnswer> {
  const understoodAs = understand(request.query, request.mode, request.apis);
  const page = Math.max(1, Math.trunc(request.page ?? 1));
  const pageSize = Math.min(MAX_PAGE_SIZE, Math.max(1, Math.trunc(request.pageSize ?? PAGE_SIZE)));
  const library = new Library(stores, request.filter ?? {}, request.signal);
  const wanted = page * pageSize;
  let findings: Findings;
  switch (understoodAs.kind) {
    case "api":
      findings = await findApi(library, understoodAs.name, tools);
      // "excel" may be the beginning of a name, and is a description if nothing is called so.
      if (findings.hits.length === 0)
        findings = await findDescription(library, request.query, [], tools.similarity);
      break;
    case "description":
    case "selection":
      findings = await findDescription(
        library,
        understoodAs.text,
        understoodAs.apis,
        tools.similarity,
      );
      break;
    case "literal":
    case "regex":
      findings = await findText(library, understoodAs.pattern, wanted, tools);
      break;
    case "error":
      findings = await findError(library, understoodAs.trace);
      break;
  }
  const { results, folded } = await show(library, findings.hits, wanted, pageSize);
  return {
    understoodAs,
    results,
    page,
    total: Math.max(0, findings.hits.length - folded),
    isTotalExact: findings.isTotalExact,
  };
}

/** Cuts out the snippets of one page. Hits before it are cut as well as far as needed to know which of them fold into one. */
async function show(
  library: Library,
  hits: readonly Hit[],
  wanted: number,
  pageSize: number,
): Promise<{ results: SearchResult[]; folded: number }> {
  const shown = new Map<string, SearchResult>();
  let folded = 0;
  for (const hit of hits) {
    if (shown.size >= wanted) break;
    library.check();
    const result = await cut(library, hit);
    if (result === undefined) {
      folded++;
      continue;
    }
    const same = result.snippet.replace(/\s+/g, " ");
    const place = `${result.source} ${result.package?.name ?? ""} ${result.path} ${result.startLine}`;
    const key = [place, same].find((each) => shown.has(each));
    if (key === undefined) {
      shown.set(same, result);
      continue;
    }
    folded++;
    const first = shown.get(key);
    if (first !== undefined)
      shown.set(key, { ...first, copies: first.copies + (first.path === result.path ? 0 : 1) });
  }
  return { results: [...shown.values()].slice(wanted - pageSize), folded };
}

async function cut(library: Library, hit: Hit): Promise<SearchResult | undefined> {
  const lines = await library.lines(hit);
  if (lines === undefined) return undefined;
  const shown = await hit.show(lines);
  if (shown === undefined) return undefined;
  const { unit, mark, why } = shown;
  const { file, score } = hit;
  const snippet = lines.slice(unit.startLine - 1, unit.endLine).join("\n");
  if (snippet.trim() === "") return undefined;
  const { symbol } = unit;
  return {
    path: file.path,
    startLine: unit.startLine,
    endLine: Math.min(unit.endLine, lines.length),
    snippet,
    marks: mark(snippet),
    language: file.language,
    source: file.source,
    ...(file.package === undefined ? {} : { package: file.package }),
    ...(symbol === undefined
      ? {}
      : {
          symbol: {
            name: symbol.owner === "" ? symbol.name : `${symbol.owner}.${symbol.name}`,
            kind: symbol.kind,
          },
        }),
    score: Math.round(score * 1000) / 1000,
    why: why ?? hit.why,
    copies: file.copies,
  };
}
