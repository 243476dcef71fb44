import type { SearchAnswer, SearchRequest, SearchResult, SearchTools } from "./answer.ts";
import { findApi } from "./api.ts";
import { findError } from "./error.ts";
import { findText } from "./text.ts";
import { findDescription } from "./description.ts";
import { understand } from "./query.ts";
import type { SearchStore } from "./store.ts";
import type { Findings, Hit } from "./hit.ts";
import { Library } from "./library.ts";
import { clip } from "./snippet.ts";

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
  let understoodAs = understand(request.query, request.mode, request.apis);
  const page = Math.max(1, Math.trunc(request.page ?? 1));
  const pageSize = Math.min(MAX_PAGE_SIZE, Math.max(1, Math.trunc(request.pageSize ?? PAGE_SIZE)));
  const library = new Library(stores, request.filter ?? {}, request.signal);
  const wanted = page * pageSize;
  let findings: Findings;
  switch (understoodAs.kind) {
    case "api":
      findings = await findApi(library, understoodAs.name, wanted, tools);
      if (findings.hits.length > 0) break;
      // "excel" may be the beginning of a name, and is a description if nothing is called so.
      understoodAs = understand(understoodAs.name.parts.join(" "), "description");
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
  const { results, left, isWhole } = await show(library, findings.hits, wanted, pageSize);
  return {
    understoodAs,
    results,
    page,
    total: left,
    isTotalExact: findings.isTotalExact && isWhole,
  };
}

/** Cuts out the snippets of one page. Hits before it are cut as well as far as needed to know which of them fold into one. */
async function show(
  library: Library,
  hits: readonly Hit[],
  wanted: number,
  pageSize: number,
): Promise<{ results: SearchResult[]; left: number; isWhole: boolean }> {
  const shown: SearchResult[] = [];
  const bySnippet = new Map<string, number>();
  const byFile = new Map<string, number[]>();
  let looked = 0;
  for (const hit of hits) {
    if (shown.length >= wanted) break;
    library.check();
    looked++;
    const result = await cut(library, hit);
    if (result === undefined) continue;
    const snippet = result.snippet.replace(/\s+/g, " ");
    const file = `${library.stores.indexOf(hit.store)} ${hit.file.content}`;
    const inFile = byFile.get(file) ?? [];
    const same = bySnippet.get(snippet) ?? inFile.find((at) => isWithin(result, shown[at]));
    const first = same === undefined ? undefined : shown[same];
    if (same === undefined || first === undefined) {
      byFile.set(file, [...inFile, shown.length]);
      bySnippet.set(snippet, shown.length);
      shown.push(result);
    } else if (first.path !== result.path)
      shown[same] = { ...first, copies: first.copies + 1 + result.copies };
  }
  return {
    results: shown.slice(wanted - pageSize),
    left: shown.length + hits.length - looked,
    isWhole: looked === hits.length,
  };
}

/** Whether a result of a file shows nothing that another one does not show already. What something is stands beside what it is a part of. */
function isWithin(inner: SearchResult, outer: SearchResult | undefined): boolean {
  return (
    outer !== undefined &&
    inner.why.kind !== "definition" &&
    inner.startLine >= outer.startLine &&
    inner.endLine <= outer.endLine
  );
}

async function cut(library: Library, hit: Hit): Promise<SearchResult | undefined> {
  const lines = await library.lines(hit);
  if (lines === undefined) return undefined;
  const shown = await hit.show(lines);
  if (shown === undefined) return undefined;
  const { unit, mark, why } = shown;
  const { file, score } = hit;
  const { snippet, endLine } = clip(lines, unit, mark);
  if (snippet.trim() === "") return undefined;
  const { symbol } = unit;
  return {
    path: file.path,
    startLine: unit.startLine,
    endLine,
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
