import type { SymbolKind } from "@cloud-code/syntax";
import type { SearchTools } from "./answer.ts";
import type { Findings, Hit } from "./hit.ts";
import type { Library } from "./library.ts";
import type { TermGroup } from "./postings.ts";
import type { ApiName } from "./query.ts";
import { rerank, worthOf } from "./rank.ts";
import { type Mark, shorten, unitAround } from "./snippet.ts";
import type { SearchStore, StoredSymbol, SymbolQuery } from "./store.ts";
import { toTerms } from "./terms.ts";

type Definition = StoredSymbol & { readonly store: SearchStore };

/** How likely a symbol is meant by its name alone. */
const WORTH: Readonly<Record<SymbolKind, number>> = {
  class: 10,
  interface: 9,
  enum: 9,
  module: 7,
  type: 8,
  function: 9,
  method: 7,
  constructor: 4,
  field: 4,
  constant: 6,
  macro: 6,
  test: 1,
};
const MAX_DEFINITIONS = 200;
const FIRST_DEFINITIONS = 2;
const USE_CANDIDATES = 24;
/** The best of so many are opened; the words of a name alone rank well. */
const USE_PASSAGES = 80;
const SCORE_OF_DEFINITION = 100;

/**
 * Finds a name in all the forms that people type: Class, package, package.Class, method, Class.method, package.Class.method, Enum.CONST, each as a prefix,
 * in any case, or by its humps. First what it is, then where it is used.
 */
export async function findApi(
  library: Library,
  { parts }: ApiName,
  tools: SearchTools,
): Promise<Findings> {
  const last = parts.at(-1) ?? "";
  let definitions = await findDefinitions(library, parts);
  if (definitions.length === 0 && parts.length === 1) {
    for (const name of await tools.expand(last))
      definitions.push(...(await library.symbols({ name, isPrefix: false }, MAX_DEFINITIONS)));
  }
  library.check();
  definitions = order(definitions, last);
  const [first] = definitions;
  const shown = definitions.map((definition, at) =>
    toDefinition(definition, SCORE_OF_DEFINITION - at / 10),
  );
  const name = first?.name ?? last;
  const isExact = name.toLowerCase() === last.toLowerCase();
  // A name nobody declares may still be used: that of a library whose source is not here.
  const owner = parts.length > 1 ? (parts.at(-2) ?? "") : (first?.owner ?? "");
  const uses = name === "" ? [] : await findUses(library, name, owner, definitions);
  const ahead = isExact ? FIRST_DEFINITIONS : shown.length;
  return {
    hits: [...shown.slice(0, ahead), ...uses, ...shown.slice(ahead)],
    isTotalExact: definitions.length < MAX_DEFINITIONS,
  };
}

/** Every reading of the parts; what several readings find counts once. */
async function findDefinitions(library: Library, parts: readonly string[]): Promise<Definition[]> {
  const name = parts.at(-1) ?? "";
  const readings: SymbolQuery[] = [];
  if (parts.length === 1) readings.push({ name, isPrefix: true });
  else {
    readings.push({ name, isPrefix: true, owner: parts.at(-2) ?? "" });
    readings.push({ name, isPrefix: true, module: parts.slice(0, -1).join(".") });
    if (parts.length > 2)
      readings.push({
        name,
        isPrefix: true,
        owner: parts.at(-2) ?? "",
        module: parts.slice(0, -2).join("."),
      });
    // A whole package: everything at the top of its files.
    readings.push({
      name: "",
      isPrefix: true,
      module: parts.filter((part) => part !== "").join("."),
    });
  }
  const found = new Map<string, Definition>();
  for (const reading of readings) {
    library.check();
    for (const symbol of await library.symbols(reading, MAX_DEFINITIONS)) {
      const key = `${library.stores.indexOf(symbol.store)} ${symbol.file.content} ${symbol.startLine} ${symbol.name}`;
      if (!found.has(key)) found.set(key, symbol);
    }
  }
  return [...found.values()];
}

function order(definitions: readonly Definition[], typed: string): Definition[] {
  const score = ({ name, kind, file, owner }: Definition): number => {
    const exact = name === typed ? 30 : name.toLowerCase() === typed.toLowerCase() ? 20 : 0;
    const beginning = name.startsWith(typed) ? 3 : 0;
    const depth = owner === "" ? 1 : 0;
    return (
      exact +
      beginning +
      depth +
      WORTH[kind] * worthOf(file, "description") -
      Math.min(8, (name.length - typed.length) / 4)
    );
  };
  return definitions
    .map((definition) => ({ definition, score: score(definition) }))
    .sort((a, b) => b.score - a.score || compare(a.definition, b.definition))
    .map(({ definition }) => definition);
}

function compare(a: Definition, b: Definition): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  if (a.file.path !== b.file.path) return a.file.path < b.file.path ? -1 : 1;
  return a.startLine - b.startLine;
}

function toDefinition(symbol: Definition, score: number): Hit {
  const { store, file, name } = symbol;
  return {
    store,
    file,
    score,
    why: { kind: "definition", name: symbol.owner === "" ? name : `${symbol.owner}.${name}` },
    show: async (lines) => {
      if (symbol.startLine > lines.length) return undefined;
      const unit = { startLine: symbol.startLine, endLine: symbol.endLine, symbol };
      return { unit: shorten(unit, unit.startLine), mark: (snippet) => placesOf(snippet, name) };
    },
  };
}

/** Where a name is used, tests and examples first: passages with its words, opened to see that the very name is there. */
async function findUses(
  library: Library,
  name: string,
  owner: string,
  definitions: readonly Definition[],
): Promise<Hit[]> {
  const own = toTerms(name).map((term): TermGroup => [[term, 1]]);
  const around = toTerms(owner).map((term): TermGroup => [[term, 0.5]]);
  if (own.length === 0) return [];
  const candidates = await library.passages([...own, ...around], USE_PASSAGES);
  const ownerName = owner.slice(owner.lastIndexOf(".") + 1);
  const uses: { hit: Hit; score: number }[] = [];
  for (const found of rerank(candidates, [...own, ...around], "uses").slice(0, USE_CANDIDATES)) {
    library.check();
    const text = await library.read(found);
    // Most of the candidates have the words of the name somewhere, and not the name.
    if (text?.includes(name) !== true) continue;
    const lines = (await library.lines(found)) ?? [];
    const isDefinition = (line: number): boolean =>
      definitions.some(
        (each) =>
          each.store === found.store &&
          each.file.content === found.file.content &&
          each.name === name &&
          line >= each.startLine &&
          line <= each.endLine,
      );
    const line = bestUse(lines, found, name, isDefinition);
    if (line === undefined) continue;
    // Beside the class it belongs to, a method of that name is the one that is meant.
    const score = found.score * (ownerName !== "" && text.includes(ownerName) ? 1.5 : 1);
    uses.push({
      score,
      hit: {
        store: found.store,
        file: found.file,
        score,
        why: { kind: "use", name },
        show: async (now) => {
          const unit = unitAround(
            now,
            line,
            await found.store.symbolsIn(found.file.content, line, line),
          );
          return { unit: shorten(unit, line), mark: (snippet) => placesOf(snippet, name) };
        },
      },
    });
  }
  return uses.sort((a, b) => b.score - a.score).map(({ hit }) => hit);
}

/** The line of a passage that uses a name most plainly: a call before a mention, never a comment or an import alone. */
function bestUse(
  lines: readonly string[],
  { startLine, endLine }: { readonly startLine: number; readonly endLine: number },
  name: string,
  isDefinition: (line: number) => boolean,
): number | undefined {
  let mentioned: number | undefined;
  for (let line = startLine; line <= Math.min(endLine, lines.length); line++) {
    const text = lines[line - 1] ?? "";
    const [place] = placesOf(text, name);
    if (place === undefined || isDefinition(line) || NO_CODE.test(text)) continue;
    if (/^\s*[(<]/.test(text.slice(place.end))) return line;
    mentioned ??= line;
  }
  return mentioned;
}

/** Where a name stands as a whole word. */
function placesOf(text: string, name: string): Mark[] {
  const places: Mark[] = [];
  for (let start = text.indexOf(name); start >= 0; start = text.indexOf(name, start + 1)) {
    const end = start + name.length;
    if (!LETTER.test(text[start - 1] ?? "") && !LETTER.test(text[end] ?? ""))
      places.push({ start, end });
  }
  return places;
}

const LETTER = /[\p{L}\p{N}_$]/u;
const NO_CODE = /^\s*(?:\/\/|\*|\/\*|#|import\b|from\b|using\b|package\b)/;
