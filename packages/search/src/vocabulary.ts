import { humpsOf, matchesHumps, splitIdentifier } from "./split.ts";
import type { NameCount } from "./store.ts";

/** A suggestion while typing. */
export interface Completion {
  readonly text: string;
  /** "word" for keywords out of names, otherwise what the name declares. */
  readonly kind: NameCount["kind"] | "word";
  /** How often it is declared. */
  readonly count: number;
}

const MIN_WORD_LENGTH = 3;
/** What the very letters at the beginning, and the very name, are worth beside the logarithm of how often it is declared. */
const BEGINNING = 2;
const WHOLE = 4;

interface Entry extends Completion {
  readonly key: string;
  readonly weight: number;
}

/** The names and words of an index, sorted, for suggestions while typing and for names by their humps. */
export class Vocabulary {
  readonly #entries: readonly Entry[];

  constructor(names: readonly NameCount[]) {
    const words = new Map<string, { names: Set<string>; count: number }>();
    const byName = new Map<string, Completion>();
    for (const { name, kind, count } of names) {
      if (kind === "test") continue;
      const known = byName.get(name);
      byName.set(name, {
        text: name,
        kind: known?.kind ?? kind,
        count: (known?.count ?? 0) + count,
      });
      for (const part of new Set(splitIdentifier(name))) {
        if (part.length < MIN_WORD_LENGTH || /^\d/.test(part)) continue;
        const word = words.get(part) ?? { names: new Set(), count: 0 };
        word.names.add(name);
        word.count += count;
        words.set(part, word);
      }
    }
    for (const [word, { names: having, count }] of words)
      // A word that one name alone has suggests nothing that the name does not.
      if (having.size > 1 && !byName.has(word))
        byName.set(word, { text: word, kind: "word", count });
    this.#entries = Array.from(byName.values(), (entry) => ({
      ...entry,
      key: entry.text.toLowerCase(),
      weight: Math.log2(1 + entry.count) - entry.text.length / 1_000,
    })).sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  }

  /** How many entries there are. */
  get size(): number {
    return this.#entries.length;
  }

  /**
   * What the last word of `typed` may become, the most frequent first; what goes before it stays in front. A member is suggested behind its class:
   * `HashMap.pu` gives `HashMap.put`.
   */
  suggest(typed: string, limit: number): Completion[] {
    const at = typed.search(/[\p{L}\p{N}_$]+$/u);
    if (at < 0) return [];
    const front = typed.slice(0, at);
    const last = typed.slice(at);
    const best = this.#best(this.#under(last.toLowerCase()), last, limit);
    const humps =
      best.length < limit && /\p{Lu}/u.test(last) ? this.byHumps(last, limit - best.length) : [];
    return [...best, ...humps.filter((each) => !best.includes(each))].map(
      ({ text, kind, count }) => ({ text: front + text, kind, count }),
    );
  }

  /** Names that `humps` abbreviates: `HM` for `HashMap`, `crSh` for `createSheet`. */
  byHumps(humps: string, limit: number): Completion[] {
    const first = /^\P{Lu}*\p{Lu}?/u.exec(humps)?.[0].toLowerCase() ?? "";
    // The first hump is a beginning of the name, which narrows the search to its neighbourhood.
    const beginning = /^(?:\p{Lu}|[^\p{Lu}]+)/u.exec(humps)?.[0].toLowerCase() ?? first;
    const parts = humpsOf(humps).map((hump) => hump.toLowerCase());
    if (parts.length < 2) return [];
    const found: Completion[] = [];
    for (const entry of this.#under(beginning)) {
      // Most names lack the letters, which is seen much sooner than their humps are.
      let at = 0;
      const hasLetters = parts.every((part) => {
        const place = entry.key.indexOf(part, at);
        at = place + part.length;
        return place >= 0;
      });
      if (hasLetters && entry.kind !== "word" && matchesHumps(humps, entry.text)) found.push(entry);
    }
    return found.sort((a, b) => b.count - a.count || a.text.length - b.text.length).slice(0, limit);
  }

  /** The first `limit` in order, without putting the thousands behind them in order. */
  #best(found: readonly Entry[], typed: string, limit: number): Completion[] {
    const best: { readonly entry: Completion; readonly weight: number }[] = [];
    let least = -Infinity;
    for (const entry of found) {
      // Most are out before their letters are looked at.
      if (entry.weight + BEGINNING + WHOLE <= least) continue;
      const { text } = entry;
      const weight =
        entry.weight + (text.startsWith(typed) ? BEGINNING : 0) + (text === typed ? WHOLE : 0);
      if (weight <= least) continue;
      const at = best.findIndex((each) => each.weight < weight);
      best.splice(at < 0 ? best.length : at, 0, { entry, weight });
      if (best.length > limit) best.pop();
      if (best.length === limit) least = best.at(-1)?.weight ?? least;
    }
    return best.map(({ entry }) => entry);
  }

  #under(prefix: string): readonly Entry[] {
    const from = this.#firstAt(prefix);
    return this.#entries.slice(from, this.#firstAt(`${prefix}\uffff`));
  }

  /** The first entry that is not before a key. */
  #firstAt(key: string): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle]?.key ?? "") < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
