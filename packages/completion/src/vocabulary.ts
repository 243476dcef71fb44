/**
 * Token numbers that stand for something other than a word. A line break carries how the next line is indented, because that
 * tells most about what the next line starts with.
 */
export const Mark = {
  /** Start of a file; no context reaches across it with meaning. */
  file: 0,
  /** The next line is indented like this one. */
  lineSame: 1,
  /** The next line is indented deeper. */
  lineDeeper: 2,
  /** The next line leaves one level, two levels, three or more. */
  lineOut1: 3,
  lineOut2: 4,
  lineOut3: 5,
  /** A literal too long or spread over several lines: it is context, but it is never suggested. */
  opaque: 6,
  /** The place where the cursor's line was cut out of the document. */
  hole: 7,
} as const;

/** The first number that stands for a word. */
export const FIRST_WORD = 8;

/** True for the five line-break marks: for the search they all mean "the line ends here". */
export function isLineEnd(id: number): boolean {
  return id >= Mark.lineSame && id <= Mark.lineOut3;
}

/** Words and their numbers. */
export interface Words {
  /** Every valid number is below it. */
  readonly size: number;
  /** The number of `word`, made on first sight. */
  idOf(word: string): number;
  /** The number of `word`, or undefined when it was never seen. */
  find(word: string): number | undefined;
  /** The word behind a number; empty for marks. */
  wordOf(id: number): string;
}

/** Gives each distinct word a number; numbers are dense and never change. */
export class Vocabulary implements Words {
  readonly #ids = new Map<string, number>();
  readonly #words: string[] = Array.from({ length: FIRST_WORD }, () => "");

  get size(): number {
    return this.#words.length;
  }

  idOf(word: string): number {
    const known = this.#ids.get(word);
    if (known !== undefined) return known;
    const id = this.#words.length;
    this.#words.push(word);
    this.#ids.set(word, id);
    return id;
  }

  find(word: string): number | undefined {
    return this.#ids.get(word);
  }

  wordOf(id: number): string {
    return this.#words[id] ?? "";
  }

  /** All words in the order of their numbers, marks included as empty strings. */
  words(): readonly string[] {
    return this.#words;
  }
}

/**
 * A vocabulary for one request: reads through to `base` and keeps words of its own above it, so that what a person types
 * halfway never stays in the project's vocabulary.
 */
export class Overlay implements Words {
  readonly #base: Vocabulary;
  readonly #baseSize: number;
  readonly #ids = new Map<string, number>();
  readonly #words: string[] = [];

  constructor(base: Vocabulary) {
    this.#base = base;
    this.#baseSize = base.size;
  }

  get size(): number {
    return this.#baseSize + this.#words.length;
  }

  idOf(word: string): number {
    const known = this.find(word);
    if (known !== undefined) return known;
    const id = this.size;
    this.#words.push(word);
    this.#ids.set(word, id);
    return id;
  }

  find(word: string): number | undefined {
    return this.#base.find(word) ?? this.#ids.get(word);
  }

  wordOf(id: number): string {
    return id < this.#baseSize ? this.#base.wordOf(id) : (this.#words[id - this.#baseSize] ?? "");
  }
}
