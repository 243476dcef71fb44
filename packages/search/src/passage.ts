import { TokenKind, symbols, tokenize } from "@cloud-code/syntax";
import type { CodeSymbol, Language, SymbolKind } from "@cloud-code/syntax";
import { termsOfWord, toTerms } from "./terms.ts";

/** A symbol as the index keeps it: lines instead of offsets. */
export interface IndexedSymbol {
  readonly name: string;
  readonly kind: SymbolKind;
  /** The names around it within the file, joined by ".". */
  readonly owner: string;
  /** First line, from 1, its comment and decorators included. */
  readonly startLine: number;
  /** Last line, included. */
  readonly endLine: number;
}

/** A part of a file that is found as one: a function, some short members, a paragraph of prose. The fields hold terms, in order. */
export interface Passage {
  /** First line, from 1. */
  readonly startLine: number;
  /** Last line, included. */
  readonly endLine: number;
  /** What is declared here. */
  readonly name: readonly string[];
  /** The first sentence of each comment: it says what the rest explains. */
  readonly doc: readonly string[];
  /** Names and types of parameters. */
  readonly parameters: readonly string[];
  /** Names and texts in the code, and what comments say after their first sentence. */
  readonly body: readonly string[];
}

/** A file made ready for an index. */
export interface IndexedText {
  readonly passages: readonly Passage[];
  readonly symbols: readonly IndexedSymbol[];
  /** The package or module that the file says it belongs to, "" if it does not say. */
  readonly module: string;
  /** How many lines it has. */
  readonly lines: number;
}

/** Members shorter than this share a passage. */
const TARGET_LINES = 24;
/** A passage longer than this is cut, at a blank line where there is one. */
const MAX_LINES = 80;
const MAX_STRING_LENGTH = 400;
const MAX_COMMENT_LENGTH = 10_000;
/** A word counts at most so often in a field: BM25 hardly hears the fourth time, and two bits hold the number. */
export const MAX_REPEATS = 3;

/** Takes a source file apart into passages and symbols, in time linear in its length. */
export function readPassages(text: string, language: Language | "markdown"): IndexedText {
  const lineStarts = toLineStarts(text);
  if (language === "markdown") return readProse(text, lineStarts);
  const tokens = tokenize(text, language);
  const found = symbols(text, language, tokens);
  const toLine = createLineFinder(lineStarts);
  const indexed = found.map(({ name, kind, owner, start, end }) => ({
    name,
    kind,
    owner,
    startLine: toLine(start),
    endLine: toLine(Math.max(start, end - 1)),
  }));
  const cuts = cutLines(indexed, text, lineStarts);
  const fields = cuts.map(createFields);
  const summaries = new Summaries(text, found);
  let at = 0;
  for (let token = 0; token < tokens.count; token++) {
    const start = tokens.starts[token] ?? 0;
    while (at + 1 < cuts.length && start >= (lineStarts[(cuts[at + 1] ?? 1) - 1] ?? Infinity)) at++;
    const field = fields[at];
    if (field === undefined) break;
    const kind = tokens.kinds[token];
    const end = tokens.ends[token] ?? start;
    if (kind === TokenKind.Identifier || kind === TokenKind.Keyword)
      field.body.addWord(text.slice(start, end));
    else if (kind === TokenKind.Comment)
      addComment(field, text, start, end, summaries.at(start) ?? summaryEnd(text, start, end));
    else if (kind === TokenKind.String && summaries.at(start) !== undefined)
      addComment(field, text, start, end, summaries.at(start) ?? end);
    else if (kind === TokenKind.String || kind === TokenKind.Template || kind === TokenKind.Markup)
      // Long strings are data: their beginning says what they are.
      field.body.addText(text.slice(start, Math.min(end, start + MAX_STRING_LENGTH)));
  }
  for (const [index, symbol] of found.entries()) {
    const line = indexed[index]?.startLine ?? 1;
    const field = fields[lastAtMost(cuts, line)];
    if (field === undefined) continue;
    if (symbol.kind === "test") field.name.addText(symbol.name);
    else field.name.addWord(symbol.name);
    if (symbol.parameters !== undefined)
      field.parameters.addText(text.slice(symbol.parameters.start, symbol.parameters.end));
  }
  const lines = lineStarts.length;
  const passages = fields.map(({ name, doc, parameters, body }, index) => ({
    startLine: cuts[index] ?? 1,
    endLine: (cuts[index + 1] ?? lines + 1) - 1,
    name: name.terms,
    doc: doc.terms,
    parameters: parameters.terms,
    body: body.terms,
  }));
  return {
    passages: passages.filter(isWorthKeeping),
    symbols: indexed,
    module: moduleOf(text, language),
    lines,
  };
}

function isWorthKeeping({ name, doc, body }: Passage): boolean {
  return name.length + doc.length + body.length > 0;
}

/** Headings and paragraphs; code in fences counts as body, so that an example is found by what it calls. */
function readProse(text: string, lineStarts: readonly number[]): IndexedText {
  const lines = text.split("\n");
  const passages: Passage[] = [];
  let from = 0;
  let isCode = false;
  const close = (to: number): void => {
    const { name, doc, body } = createFields();
    let inside = false;
    for (const line of lines.slice(from, to)) {
      if (/^\s*(?:```|~~~)/.test(line)) inside = !inside;
      else if (inside) body.addText(line);
      else if (/^#{1,6}\s/.test(line)) name.addText(line);
      else doc.addText(line);
    }
    const passage = {
      startLine: from + 1,
      endLine: to,
      name: name.terms,
      doc: doc.terms,
      parameters: [],
      body: body.terms,
    };
    if (to > from && isWorthKeeping(passage)) passages.push(passage);
    from = to;
  };
  for (const [at, line] of lines.entries()) {
    if (/^\s*(?:```|~~~)/.test(line)) isCode = !isCode;
    else if (!isCode && /^#{1,6}\s/.test(line) && at > from) close(at);
    if (at - from >= MAX_LINES) close(at);
  }
  close(lines.length);
  return { passages, symbols: [], module: "", lines: lineStarts.length };
}

/** The lines at which passages begin, ascending, the first being 1. */
function cutLines(
  found: readonly IndexedSymbol[],
  text: string,
  lineStarts: readonly number[],
): number[] {
  const starts = [...new Set([1, ...found.map(({ startLine }) => startLine)])].sort(
    (a, b) => a - b,
  );
  const cuts: number[] = [];
  let from = 1;
  for (const [index, start] of starts.entries()) {
    const next = starts[index + 1] ?? lineStarts.length + 1;
    // What fits goes with its neighbours; what is long stands alone.
    if (index === 0 || next - from > TARGET_LINES) {
      cuts.push(start);
      from = start;
    }
    for (let to = from + MAX_LINES; to < next; to = from + MAX_LINES) {
      from = blankLineBefore(text, lineStarts, to, from + MAX_LINES / 2);
      cuts.push(from);
    }
  }
  return cuts;
}

function blankLineBefore(
  text: string,
  lineStarts: readonly number[],
  line: number,
  least: number,
): number {
  for (let each = line; each > least; each--) {
    const start = lineStarts[each - 2] ?? 0;
    if (text.slice(start, lineStarts[each - 1]).trim() === "") return each;
  }
  return line;
}

interface Fields {
  readonly name: Field;
  readonly doc: Field;
  readonly parameters: Field;
  readonly body: Field;
}

function createFields(): Fields {
  return { name: new Field(), doc: new Field(), parameters: new Field(), body: new Field() };
}

/** Terms of one field, with a limit to repetition. */
class Field {
  readonly #counts = new Map<string, number>();
  readonly #terms: string[] = [];

  get terms(): readonly string[] {
    return this.#terms;
  }

  addWord(word: string): void {
    for (const term of termsOfWord(word)) this.#add(term);
  }

  addText(text: string): void {
    for (const term of toTerms(text)) this.#add(term);
  }

  #add(term: string): void {
    const count = (this.#counts.get(term) ?? 0) + 1;
    if (count > MAX_REPEATS) return;
    this.#counts.set(term, count);
    this.#terms.push(term);
  }
}

/** Where the first sentence of each documentation comment ends, asked for in the order of the text. */
class Summaries {
  readonly #text: string;
  readonly #docEnds: ReadonlyMap<number, number>;
  #docEnd = -1;
  #summaryEnd = -1;

  constructor(text: string, found: readonly CodeSymbol[]) {
    this.#text = text;
    this.#docEnds = new Map(
      found.flatMap(({ doc }) => (doc === undefined ? [] : [[doc.start, doc.end] as const])),
    );
  }

  /** The end of the first sentence of the comment that starts at `start` or goes on there; undefined if it documents nothing. */
  at(start: number): number | undefined {
    const docEnd = this.#docEnds.get(start);
    if (docEnd !== undefined) {
      this.#docEnd = docEnd;
      this.#summaryEnd = summaryEnd(this.#text, start, docEnd);
    }
    return start < this.#docEnd ? this.#summaryEnd : undefined;
  }
}

// A full stop before a blank, an empty line, or the first "@param", ":param" or "Args:" ends what a comment says first.
const SENTENCE_END = /[.!?](?=\s)|[。！？]|\n[\s*/#]*\n|\n[\s*/#]*(?:@|:\w|\w+:\s*\n)/;
const COMMENT_START = /^(?:[\s*/#!]|[rRuUbB]{0,2}(?:"""|'''))+/;

function summaryEnd(text: string, start: number, end: number): number {
  const comment = text.slice(start, end);
  const skipped = COMMENT_START.exec(comment)?.[0].length ?? 0;
  const found = SENTENCE_END.exec(comment.slice(skipped));
  return found === null ? end : start + skipped + found.index;
}

function addComment(
  fields: Fields,
  text: string,
  start: number,
  end: number,
  summary: number,
): void {
  fields.doc.addText(text.slice(start, Math.min(end, Math.max(start, summary))));
  fields.body.addText(
    text.slice(Math.max(start, summary), Math.min(end, start + MAX_COMMENT_LENGTH)),
  );
}

function toLineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** Finds lines by offsets; offsets that come in ascending order cost nothing. */
function createLineFinder(lineStarts: readonly number[]): (offset: number) => number {
  return (offset) => lastAtMost(lineStarts, offset) + 1;
}

/** The index of the last number that is not above `value`; 0 if all are. */
function lastAtMost(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) <= value) low = middle;
    else high = middle;
  }
  return low;
}

const MODULE: Readonly<Partial<Record<Language, RegExp>>> = {
  java: /^[ \t]*package\s+([\w.]+)\s*;/m,
  csharp: /^[ \t]*namespace\s+([\w.]+)/m,
  php: /^[ \t]*namespace\s+([\w\\]+)\s*;/m,
  go: /^[ \t]*package\s+(\w+)/m,
  generic: /^[ \t]*package[ \t]+([\w.]+)[ \t]*;?[ \t\r]*$/m,
};

function moduleOf(text: string, language: Language): string {
  const pattern = MODULE[language];
  if (pattern === undefined) return "";
  return pattern.exec(text.slice(0, 20_000))?.[1]?.replaceAll("\\", ".") ?? "";
}
