/**
 * Keeps what was last read of each open document, so that a request lexes only the text around the cursor.
 *
 * Between two keystrokes nearly everything stands still: what lies before the common prefix of the two texts, and behind their
 * common suffix, is taken from the last reading. Lexing may go on only where it is known to start afresh: at a line mark; and in
 * languages whose templates or heredocs nest, only at a line that opens with a keyword in the first column. Where markup and code
 * nest, the text is read anew.
 */
import { TokenKind, type Language } from "@cloud-code/syntax";
import { LINE, LINE_IN_BRACKETS, openIndentsAt, readStream, type Stream } from "./stream.ts";
import { isLineEnd, type Vocabulary, type Words } from "./vocabulary.ts";

/** Documents remembered; the oldest is forgotten first. */
const MAX_DOCUMENTS = 8;
/** Lexing more than this again is a reason to remember the document anew. UTF-16 units. */
const MAX_GAP_CHARS = 8192;
/** Tokens of a document that take part: those nearest to the cursor. They bound the time in files of any length. */
const MAX_TOKENS_ABOVE = 12_000;
const MAX_TOKENS_BELOW = 6_000;

const PLAIN_LINES: ReadonlySet<Language> = new Set<Language>([
  "java",
  "python",
  "go",
  "rust",
  "c",
  "cpp",
  "csharp",
]);

/** A run of model tokens without their places in the text. */
export interface Part {
  readonly ids: Int32Array;
  readonly kinds: Uint8Array;
  readonly spaced: Uint8Array;
}

/** What stands before the cursor. Inside a comment or a literal, `part` ends before it. */
export interface Above {
  readonly part: Part;
  readonly place: "code" | "comment" | "literal";
  /** The unfinished literal from its first quote to the cursor; empty elsewhere, and for one of several lines. */
  readonly literal: string;
}

/** One document as it was read last. */
export interface Reading {
  readonly text: string;
  readonly language: Language;
  readonly stream: Stream;
}

/** See the head of this file. */
export class Readings {
  /** Where words of whole documents are numbered. */
  readonly vocabulary: Vocabulary;
  readonly #byPath = new Map<string, Reading>();

  constructor(vocabulary: Vocabulary) {
    this.vocabulary = vocabulary;
  }

  /** The reading to start from: the last one, or a new one when too much has changed since. New ones number new words. */
  open(path: string, language: Language, text: string): Reading {
    const last = this.#byPath.get(path);
    // Asked for again, so it is the youngest now.
    this.#byPath.delete(path);
    if (last?.language === language && isNear(last.text, text)) {
      this.#byPath.set(path, last);
      return last;
    }
    const stream = readStream(text, language, (word) => this.vocabulary.idOf(word));
    const reading = { text, language, stream };
    this.#byPath.set(path, reading);
    const oldest = this.#byPath.keys().next();
    if (this.#byPath.size > MAX_DOCUMENTS && oldest.done !== true)
      this.#byPath.delete(oldest.value);
    return reading;
  }
}

/** What opens or closes a token that spans lines: a change of one may turn all that follows from code to text, or back. */
const FENCE = /\/\*|\*\/|"""|'''|`|^=(?:begin|end)|<<|\?>|<\?/mu;

/** True when `text` differs from `known` by a small edit that changes no more than what it touches. */
function isNear(known: string, text: string): boolean {
  if (known === text) return true;
  const prefix = commonPrefix(known, text);
  const suffix = Math.min(commonSuffix(known, text), Math.min(known.length, text.length) - prefix);
  if (Math.max(known.length, text.length) - prefix - suffix > MAX_GAP_CHARS) return false;
  // Two characters more on either side: an edit may complete a sign that it does not hold itself.
  const touched = (source: string): string =>
    source.slice(Math.max(0, prefix - 2), source.length - suffix + 2);
  return !FENCE.test(touched(known)) && !FENCE.test(touched(text));
}

/**
 * Tokens before `offset`, the nearest ones; on a line that is still blank, with the mark of that line. Words seen for the
 * first time are numbered by `words`.
 */
export function readAbove(reading: Reading, text: string, offset: number, words: Words): Above {
  const { stream, language, text: known } = reading;
  const common = Math.min(commonPrefix(known, text), offset);
  const resume = lastResumeBefore(stream, common, language);
  const from = resume < 0 ? 0 : (stream.starts[resume] as number);
  const indents = resume < 0 ? undefined : openIndentsAt(stream, resume);
  const read = (source: string): Stream =>
    readStream(source, language, (word) => words.idOf(word), indents);
  const kept = Math.max(0, resume);
  const join = (fresh: Stream, length: number): Part =>
    joinParts(
      partOf(stream, Math.max(0, kept - MAX_TOKENS_ABOVE), kept),
      partOf(fresh, Math.max(0, length - MAX_TOKENS_ABOVE), length),
    );

  // A probe word behind the cursor: where it does not come out as a word, a comment or a literal has swallowed it.
  const tail = text.slice(from, offset);
  const probe = /(^|[\r\n])[ \t]*$/u.test(tail) ? "_" : " _";
  const probed = read(tail + probe);
  const last = probed.length - 1;
  if (last >= 0 && probed.starts[last] === tail.length + probe.length - 1) {
    return { part: join(probed, last), place: "code", literal: "" };
  }
  const fresh = read(tail);
  const end = fresh.length - 1;
  if (end < 0 || fresh.ends[end] !== tail.length || fresh.kinds[end] === TokenKind.Identifier) {
    return { part: join(fresh, fresh.length), place: "comment", literal: "" };
  }
  const literal = fresh.kinds[end] === TokenKind.String ? tail.slice(fresh.starts[end]) : "";
  return {
    part: join(fresh, end),
    place: "literal",
    literal: literal.includes("\n") ? "" : literal,
  };
}

/** Tokens from `offset`, the start of a line break, on; the nearest ones. */
export function readBelow(reading: Reading, text: string, offset: number, words: Words): Part {
  const { stream, language, text: known } = reading;
  const shift = known.length - text.length;
  const unchanged = text.length - commonSuffix(known, text);
  const resume = firstResumeFrom(stream, Math.max(offset, unchanged) + shift + 1, language);
  const to = resume < stream.length ? (stream.starts[resume] as number) - shift : text.length;
  const fresh = readStream(text.slice(offset, to), language, (word) => words.idOf(word));
  return joinParts(
    partOf(fresh, 0, Math.min(fresh.length, MAX_TOKENS_BELOW)),
    partOf(stream, resume, Math.min(stream.length, resume + MAX_TOKENS_BELOW)),
  );
}

function canResume(stream: Stream, index: number, language: Language): boolean {
  if (!isLineEnd(stream.ids[index] as number)) return false;
  const kind = stream.kinds[index];
  if (PLAIN_LINES.has(language)) return kind === LINE || kind === LINE_IN_BRACKETS;
  // An expression within markup looks like code of its own, and nothing before it tells for sure.
  if (language === "tsx" || language === "javascript") return false;
  const isFirstColumn = stream.starts[index] === stream.ends[index];
  return kind === LINE && isFirstColumn && stream.kinds[index + 1] === TokenKind.Keyword;
}

/** The last resumable line mark whose line begins at or before `offset`; -1 when there is none. */
function lastResumeBefore(stream: Stream, offset: number, language: Language): number {
  let low = 0;
  let high = stream.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((stream.starts[middle] as number) <= offset) low = middle + 1;
    else high = middle;
  }
  let index = low - 1;
  // The line itself may have grown to the right of the common part, and its mark depends only on what is left of its first word.
  while (
    index >= 0 &&
    !(canResume(stream, index, language) && (stream.ends[index] as number) <= offset)
  )
    index -= 1;
  return index;
}

/** The first resumable line mark whose line begins at or after `offset`; `stream.length` when there is none. */
function firstResumeFrom(stream: Stream, offset: number, language: Language): number {
  let low = 0;
  let high = stream.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((stream.starts[middle] as number) < offset) low = middle + 1;
    else high = middle;
  }
  while (low < stream.length && !canResume(stream, low, language)) low += 1;
  return low;
}

function partOf(stream: Stream, from: number, to: number): Part {
  return {
    ids: stream.ids.subarray(from, to),
    kinds: stream.kinds.subarray(from, to),
    spaced: stream.spaced.subarray(from, to),
  };
}

function joinParts(left: Part, right: Part): Part {
  const length = left.ids.length + right.ids.length;
  const ids = new Int32Array(length);
  const kinds = new Uint8Array(length);
  const spaced = new Uint8Array(length);
  ids.set(left.ids);
  ids.set(right.ids, left.ids.length);
  kinds.set(left.kinds);
  kinds.set(right.kinds, left.ids.length);
  spaced.set(left.spaced);
  spaced.set(right.spaced, left.ids.length);
  return { ids, kinds, spaced };
}

const BLOCK = 1024;

/** How many UTF-16 units two texts share at their beginning. Compares block-wise: comparing short strings is one machine loop. */
function commonPrefix(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let at = 0;
  while (at + BLOCK <= most && a.slice(at, at + BLOCK) === b.slice(at, at + BLOCK)) at += BLOCK;
  while (at < most && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  return at;
}

/** How many UTF-16 units two texts share at their end. */
function commonSuffix(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let at = 0;
  while (
    at + BLOCK <= most &&
    a.slice(a.length - at - BLOCK, a.length - at) === b.slice(b.length - at - BLOCK, b.length - at)
  ) {
    at += BLOCK;
  }
  while (at < most && a.charCodeAt(a.length - 1 - at) === b.charCodeAt(b.length - 1 - at)) at += 1;
  return at;
}
