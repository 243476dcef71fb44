/**
 * An immutable piece of the project index: the token sequence of some files, and the order of its positions by context.
 * Segments are built apart (in a worker), stored as bytes, and attached to a project; they know nothing of each other.
 */
import { readStream } from "./stream.ts";
import { sortByContext, type ContextOrder } from "./sorting.ts";
import type { SourceFile } from "./suggestion.ts";
import { Mark, Vocabulary } from "./vocabulary.ts";

/** One file inside a segment: its tokens are `start … start + length` of the segment's sequence. */
export interface SegmentFile {
  readonly path: string;
  readonly stamp: string;
  readonly start: number;
  readonly length: number;
}

/** See the head of this file. Token numbers are local: they index `words`. */
export interface Segment extends ContextOrder {
  /** The word behind each local number; the first `FIRST_WORD` are marks. */
  readonly words: readonly string[];
  readonly tokens: Int32Array;
  /** One bit per token, lowest first: a blank stands before it. */
  readonly spaces: Uint8Array;
  /** In the order of their starts; each begins with a file mark. */
  readonly files: readonly SegmentFile[];
}

/** Lexes and sorts `files` into a new segment. */
export function buildSegment(files: readonly SourceFile[]): Segment {
  const vocabulary = new Vocabulary();
  const idOf = (word: string): number => vocabulary.idOf(word);
  const parts: { file: SourceFile; ids: Int32Array; spaced: Uint8Array }[] = [];
  let total = 0;
  for (const file of files) {
    const stream = readStream(file.text, file.language, idOf);
    parts.push({
      file,
      ids: stream.ids.slice(0, stream.length),
      spaced: stream.spaced.slice(0, stream.length),
    });
    total += stream.length + 1;
  }
  const tokens = new Int32Array(total);
  const spaces = new Uint8Array((total + 7) >> 3);
  const entries: SegmentFile[] = [];
  let at = 0;
  for (const { file, ids, spaced } of parts) {
    entries.push({ path: file.path, stamp: file.stamp, start: at, length: ids.length + 1 });
    tokens[at] = Mark.file;
    tokens.set(ids, at + 1);
    for (let i = 0; i < spaced.length; i++) {
      if (spaced[i] === 1) setBit(spaces, at + 1 + i);
    }
    at += ids.length + 1;
  }
  return createSegment(vocabulary.words(), tokens, spaces, entries);
}

/** Sorts a finished token sequence. */
export function createSegment(
  words: readonly string[],
  tokens: Int32Array,
  spaces: Uint8Array,
  files: readonly SegmentFile[],
): Segment {
  return { words, tokens, spaces, files, ...sortByContext(tokens, words.length) };
}

/**
 * Joins the files for which `isLive` holds into one new segment, newest segment last. The texts are not needed: a segment holds
 * everything the index knows of a file.
 */
export function mergeSegments(
  segments: readonly Segment[],
  isLive: (segment: Segment, file: SegmentFile) => boolean,
): Segment {
  const vocabulary = new Vocabulary();
  const kept = segments.flatMap((segment) =>
    segment.files.filter((file) => isLive(segment, file)).map((file) => ({ segment, file })),
  );
  const total = kept.reduce((sum, { file }) => sum + file.length, 0);
  const tokens = new Int32Array(total);
  const spaces = new Uint8Array((total + 7) >> 3);
  const files: SegmentFile[] = [];
  const translations = new Map<Segment, Int32Array>();
  let at = 0;
  for (const { segment, file } of kept) {
    const translation = translations.get(segment) ?? new Int32Array(segment.words.length).fill(-1);
    translations.set(segment, translation);
    files.push({ ...file, start: at });
    for (let i = 0; i < file.length; i++) {
      const local = segment.tokens[file.start + i] as number;
      // Words are translated when first met, so words only dead files used do not survive.
      if ((translation[local] as number) < 0)
        translation[local] = translate(segment, local, vocabulary);
      tokens[at + i] = translation[local] as number;
      if (hasBit(segment.spaces, file.start + i)) setBit(spaces, at + i);
    }
    at += file.length;
  }
  return createSegment(vocabulary.words(), tokens, spaces, files);
}

function translate(segment: Segment, local: number, vocabulary: Vocabulary): number {
  const word = segment.words[local] as string;
  return word === "" ? local : vocabulary.idOf(word);
}

/** True when bit `index` is set. */
export function hasBit(bits: Uint8Array, index: number): boolean {
  return ((bits[index >> 3] as number) & (1 << (index & 7))) !== 0;
}

function setBit(bits: Uint8Array, index: number): void {
  bits[index >> 3]! |= 1 << (index & 7);
}
