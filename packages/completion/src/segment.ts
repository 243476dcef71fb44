/**
 * An immutable piece of the project index: the token sequence of some files, and the order of its positions by context.
 * Segments are built apart (in a worker), stored as bytes, and attached to a project; they know nothing of each other.
 */
import { readStream } from "./stream.ts";
import { sortByContext, type ContextOrder } from "./sorting.ts";
import type { SourceFile } from "./suggestion.ts";
import { FIRST_WORD, Mark, Vocabulary } from "./vocabulary.ts";

/** One file inside a segment: its tokens are `start … start + length` of the segment's sequence. */
export interface SegmentFile {
  readonly path: string;
  readonly stamp: string;
  readonly start: number;
  readonly length: number;
}

/** See the head of this file. Token numbers are local: they index `words`. */
export interface Segment extends ContextOrder {
  /** The word behind each local number; the first `FIRST_WORD` are marks, the others stand in the order of their UTF-16 units. */
  readonly words: readonly string[];
  readonly tokens: Int32Array;
  /** One bit per token, lowest first: a blank stands before it. */
  readonly spaces: Uint8Array;
  /** In the order of their starts; each begins with a file mark. */
  readonly files: readonly SegmentFile[];
}

/** Lexes and sorts `files` into a new segment. */
export function buildSegment(files: readonly SourceFile[]): Segment {
  const draft = new Draft();
  for (const file of files) {
    const stream = readStream(file.text, file.language, (word) => draft.vocabulary.idOf(word));
    draft.open(file.path, file.stamp);
    draft.add(Mark.file, false);
    for (let i = 0; i < stream.length; i++)
      draft.add(stream.ids[i] as number, stream.spaced[i] === 1);
    // The last line of a file ends like any other.
    if (stream.length > 0) draft.add(Mark.lineSame, false);
  }
  return draft.finish();
}

/**
 * Joins the files for which `isLive` holds into one new segment. The texts are not needed: a segment holds everything the index
 * knows of a file.
 */
export function mergeSegments(
  segments: readonly Segment[],
  isLive: (segment: Segment, file: SegmentFile) => boolean,
): Segment {
  const draft = new Draft();
  for (const segment of segments) {
    const numbers = new Int32Array(segment.words.length).fill(-1);
    for (const file of segment.files) {
      if (!isLive(segment, file)) continue;
      draft.open(file.path, file.stamp);
      for (let at = file.start; at < file.start + file.length; at++) {
        const local = segment.tokens[at] as number;
        // Words are numbered when first met, so words of dead files only do not survive.
        if ((numbers[local] as number) < 0) {
          numbers[local] =
            local < FIRST_WORD ? local : draft.vocabulary.idOf(segment.words[local] as string);
        }
        draft.add(numbers[local] as number, hasBit(segment.spaces, at));
      }
    }
  }
  return draft.finish();
}

/** A segment being written: tokens in the order of their arrival, words in the order of their first sight. */
class Draft {
  readonly vocabulary = new Vocabulary();
  readonly #files: SegmentFile[] = [];
  #tokens = new Int32Array(1 << 12);
  #spaces = new Uint8Array(1 << 9);
  #length = 0;

  open(path: string, stamp: string): void {
    this.#files.push({ path, stamp, start: this.#length, length: 0 });
  }

  add(token: number, isSpaced: boolean): void {
    if (this.#length === this.#tokens.length) {
      const tokens = new Int32Array(this.#length * 2);
      tokens.set(this.#tokens);
      this.#tokens = tokens;
      const spaces = new Uint8Array(this.#length / 4);
      spaces.set(this.#spaces);
      this.#spaces = spaces;
    }
    this.#tokens[this.#length] = token;
    if (isSpaced) setBit(this.#spaces, this.#length);
    this.#length += 1;
  }

  finish(): Segment {
    const { words, numbers } = sortWords(this.vocabulary);
    const tokens = this.#tokens.slice(0, this.#length);
    for (let i = 0; i < tokens.length; i++) tokens[i] = numbers[tokens[i] as number] as number;
    const files = this.#files.map((file, i) => ({
      ...file,
      length: (this.#files[i + 1]?.start ?? this.#length) - file.start,
    }));
    const spaces = this.#spaces.slice(0, (this.#length + 7) >> 3);
    return { words, tokens, spaces, files, ...sortByContext(tokens, words.length) };
  }
}

/** Words in the order of their UTF-16 units, so that the words with one beginning are neighbours; `numbers` maps old to new. */
function sortWords(vocabulary: Vocabulary): { words: string[]; numbers: Int32Array } {
  const unsorted = vocabulary.words();
  const sorted = unsorted.slice(FIRST_WORD).sort(compareUnits);
  const words = [...unsorted.slice(0, FIRST_WORD), ...sorted];
  const numbers = new Int32Array(unsorted.length);
  for (let mark = 0; mark < FIRST_WORD; mark++) numbers[mark] = mark;
  sorted.forEach((word, i) => {
    numbers[vocabulary.idOf(word)] = FIRST_WORD + i;
  });
  return { words, numbers };
}

function compareUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** True when bit `index` is set. */
export function hasBit(bits: Uint8Array, index: number): boolean {
  return ((bits[index >> 3] as number) & (1 << (index & 7))) !== 0;
}

function setBit(bits: Uint8Array, index: number): void {
  bits[index >> 3]! |= 1 << (index & 7);
}
