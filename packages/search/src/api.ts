import type { SymbolKind } from "@cloud-code/syntax";
import type { SearchTools } from "./answer.ts";
import type { Findings, Hit } from "./hit.ts";
import type { Library } from "./library.ts";
import type { TermGroup } from "./postings.ts";
import type { ApiName } from "./query.ts";
import { rerank, worthOf } from "./rank.ts";
import { type Mark, shorten, type Unit, unitAround } from "./snippet.ts";
import type { SearchStore, StoredSymbol, SymbolQuery } from "./store.ts";
import { toTerms } from "./terms.ts";

type Definition = StoredSymbol & {
  readonly store: SearchStore;
  /** Whether the package it is in was asked for, rather than itself. */
  readonly isOfPackage: boolean;
};

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
const OWNER_BOOST = 1.5;
/** So far from its place something is looked for in a file that changed. */
const MOVED_LINES = 200;

/**
 * Finds a name in all the forms that people type: Class, package, package.Class, method, Class.method, package.Class.method, Enum.CONST, each as a prefix,
 * in any case, or by its humps. First what it is, then where it is used.
 */
export async function findApi(
  library: Library,
  { parts }: ApiName,
  wanted: number,
  tools: SearchTools,
): Promise<Findings> {
  const last = parts.at(-1) ?? "";
  let definitions = await findDefinitions(library, parts);
  if (definitions.length === 0 && parts.length === 1) {
    for (const name of await tools.expand(last))
      for (const symbol of await library.symbols({ name, isPrefix: false }, MAX_DEFINITIONS))
        definitions.push({ ...symbol, isOfPackage: false });
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
  const isPackage = first?.isOfPackage === true;
  const ahead = isExact && !isPackage ? FIRST_DEFINITIONS : shown.length;
  const uses =
    name === "" || isPackage
      ? { hits: [], isWhole: true }
      : await findUses(library, name, owner, definitions, wanted - Math.min(ahead, shown.length));
  return {
    hits: [...shown.slice(0, ahead), ...uses.hits, ...shown.slice(ahead)],
    isTotalExact: definitions.length < MAX_DEFINITIONS && uses.isWhole,
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
  const add = async (
    query: SymbolQuery,
    keep: (symbol: StoredSymbol) => boolean = () => true,
  ): Promise<void> => {
    library.check();
    const isOfPackage = query.name === "" && query.owner === undefined;
    for (const symbol of (await library.symbols(query, MAX_DEFINITIONS)).filter(keep)) {
      const key = `${library.stores.indexOf(symbol.store)} ${symbol.file.content} ${symbol.startLine} ${symbol.name}`;
      if (!found.has(key)) found.set(key, { ...symbol, isOfPackage });
    }
  };
  for (const reading of readings) await add(reading);
  if (parts.length > 1 && name !== "") {
    const owner = (parts.at(-2) ?? "").toLowerCase();
    const exact = { name, isPrefix: false };
    // What a package offers is often declared in a file below it: models.CASCADE is in django/db/models/deletion.py.
    await add(exact, ({ file }) => file.module.toLowerCase().split(/[./]/).includes(owner));
    // "reader.readRows" may begin with a variable, whose class nobody knows.
    if (found.size === 0) await add(exact);
  }
  return [...found.values()];
}

/** The likeliest first. Capitals that are typed are meant: "Exec" is the beginning of Executor sooner than another way to write exec. */
function order(definitions: readonly Definition[], typed: string): Definition[] {
  const isLower = typed === typed.toLowerCase();
  const score = ({ name, kind, file, owner, isOfPackage }: Definition): number => {
    const isSame = name.toLowerCase() === typed.toLowerCase();
    const exact = name === typed ? 30 : isSame ? (isLower ? 20 : 4) : 0;
    const beginning = name.startsWith(typed) ? 3 : 0;
    const depth = owner === "" ? 1 : 0;
    const hidden = name.startsWith("_") && !typed.startsWith("_") ? 4 : 0;
    return (
      (isOfPackage ? 40 : exact) +
      beginning +
      depth -
      hidden +
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
      const unit = findAgain(lines, { ...symbol, symbol }, name);
      if (unit === undefined) return undefined;
      return { unit: shorten(unit, unit.startLine), mark: (snippet) => placesOf(snippet, name) };
    },
  };
}

/** The unit if it still has the name, some lines around the nearest place that has it, or undefined: the file may have changed since it was indexed. */
function findAgain(lines: readonly string[], unit: Unit, name: string): Unit | undefined {
  const has = (line: number): boolean => placesOf(lines[line - 1] ?? "", name).length > 0;
  const { startLine, endLine, symbol } = unit;
  for (let line = startLine; line <= Math.min(endLine, lines.length); line++)
    // A test is called by a sentence, which no single line may have.
    if (symbol?.kind === "test" || has(line))
      return { startLine, endLine, ...(symbol === undefined ? {} : { symbol }) };
  for (let distance = 1; distance <= MOVED_LINES; distance++)
    for (const line of [startLine - distance, endLine + distance])
      if (has(line)) return unitAround(lines, line, []);
  return undefined;
}

/** Where a name is used, tests and examples first: passages with its words, opened to see that the very name is there. */
async function findUses(
  library: Library,
  name: string,
  owner: string,
  definitions: readonly Definition[],
  wanted: number,
): Promise<{ readonly hits: readonly Hit[]; readonly isWhole: boolean }> {
  const own = toTerms(name).map((term): TermGroup => [[term, 1]]);
  const around = toTerms(owner).map((term): TermGroup => [[term, 0.5]]);
  if (own.length === 0) return { hits: [], isWhole: true };
  const candidates = await library.passages([...own, ...around], USE_PASSAGES);
  const ownerName = owner.slice(owner.lastIndexOf(".") + 1);
  const uses: { hit: Hit; score: number }[] = [];
  const boost = ownerName === "" ? 1 : OWNER_BOOST;
  let isWhole = true;
  for (const found of rerank(candidates, [...own, ...around], "uses").slice(0, USE_CANDIDATES)) {
    library.check();
    // What comes now cannot get onto the page any more, and every file that is not opened is time won.
    if (uses.filter(({ score }) => score >= found.score * boost).length >= wanted) {
      isWhole = false;
      break;
    }
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
    const score = found.score * (ownerName !== "" && text.includes(ownerName) ? OWNER_BOOST : 1);
    uses.push({
      score,
      hit: {
        store: found.store,
        file: found.file,
        score,
        why: { kind: "use", name },
        show: async (now) => {
          if (placesOf(now[line - 1] ?? "", name).length === 0) return undefined;
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
  return { hits: uses.sort((a, b) => b.score - a.score).map(({ hit }) => hit), isWhole };
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
