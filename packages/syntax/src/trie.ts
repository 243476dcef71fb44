const ASCII = 128;

/**
 * A set of ASCII words, each with a small number, that is asked about a span of a text without cutting it out.
 *
 * Example: of `=`, `==` and `=>`, node 1 is reached by `=`, nodes 2 and 3 from there; the longest word at
 * `==x` is found by walking 0 → 1 → 2 and stopping where no arrow leads on.
 */
export class Trie {
  /** `node * 128 + code` leads to the next node; 0 is "no such word", since no arrow leads back to the root. */
  readonly #next: Uint16Array;
  /** The number of the word that ends at a node; 0 if none does. */
  readonly #values: Uint8Array;

  /** `words` are ASCII with numbers from 1 to 255; with `caseless`, lower-case words are found in any case. */
  constructor(words: Iterable<readonly [word: string, value: number]>, caseless = false) {
    const rows: number[][] = [[]];
    const values = [0];
    for (const [word, value] of words) {
      let node = 0;
      for (let index = 0; index < word.length; index++) {
        const row = rows[node] ?? [];
        const code = word.charCodeAt(index);
        let next = row[code];
        if (next === undefined) {
          next = rows.push([]) - 1;
          row[code] = next;
          if (caseless && code >= 97 && code <= 122) row[code - 32] = next;
          values.push(0);
        }
        node = next;
      }
      values[node] = value;
    }
    this.#next = new Uint16Array(rows.length * ASCII);
    for (const [node, row] of rows.entries()) {
      for (const [code, next] of row.entries()) {
        // Rows are sparse arrays; a hole reads as undefined, which stays 0 here.
        this.#next[node * ASCII + code] = next ?? 0;
      }
    }
    this.#values = Uint8Array.from(values);
  }

  /** The number of the word that is exactly `text.slice(start, end)`; 0 if it is not in the set. */
  value(text: string, start: number, end: number): number {
    let node = 0;
    for (let at = start; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code >= ASCII) return 0;
      node = this.#next[node * ASCII + code] ?? 0;
      if (node === 0) return 0;
    }
    return this.#values[node] ?? 0;
  }

  /** Where the longest word that starts at `at` ends; `at` itself if none does. */
  longest(text: string, at: number): number {
    let node = 0;
    let end = at;
    for (let index = at; index < text.length;) {
      const code = text.charCodeAt(index);
      if (code >= ASCII) break;
      node = this.#next[node * ASCII + code] ?? 0;
      if (node === 0) break;
      index++;
      if (this.#values[node] !== 0) end = index;
    }
    return end;
  }
}
