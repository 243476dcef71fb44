import type { CancelSignal } from "./answer.ts";
import { SearchError } from "./errors.ts";
import { type TermGroup, scorePassages } from "./postings.ts";
import type { Ranked } from "./rank.ts";
import type { Filter, SearchStore, StoredFile, StoredSymbol, SymbolQuery } from "./store.ts";

/** A passage with the store it is from. */
export interface Found extends Ranked {
  readonly store: SearchStore;
}

const CANDIDATES = 300;
/** With a narrow filter most of the best passages fall away, and the rest is asked for as well. */
const ALL_CANDIDATES = 20_000;
const ENOUGH = 20;
const PASSAGES_AT_ONCE = 1_000;

/** The indexes that one question is put to, with its filter; remembers the texts it has read. */
export class Library {
  readonly stores: readonly SearchStore[];
  readonly filter: Filter;
  /** Aborted when nobody waits any more. */
  readonly signal: CancelSignal | undefined;
  readonly #texts = new Map<string, Promise<string | undefined>>();
  readonly #lines = new Map<string, readonly string[]>();

  constructor(stores: readonly SearchStore[], filter: Filter, signal: CancelSignal | undefined) {
    this.stores = stores;
    this.filter = filter;
    this.signal = signal;
  }

  /** Throws `CANCELLED` when nobody waits any more. */
  check(): void {
    if (this.signal?.aborted === true) throw new SearchError("CANCELLED");
  }

  /** The text of a file as it is now. */
  read({
    store,
    file,
  }: {
    readonly store: SearchStore;
    readonly file: StoredFile;
  }): Promise<string | undefined> {
    const key = `${this.stores.indexOf(store)} ${file.content}`;
    let text = this.#texts.get(key);
    if (text === undefined) this.#texts.set(key, (text = store.read(file)));
    return text;
  }

  /** The lines of a file as it is now. */
  async lines(of: {
    readonly store: SearchStore;
    readonly file: StoredFile;
  }): Promise<readonly string[] | undefined> {
    const key = `${this.stores.indexOf(of.store)} ${of.file.content}`;
    const known = this.#lines.get(key);
    if (known !== undefined) return known;
    const text = await this.read(of);
    if (text === undefined) return undefined;
    const lines = text.includes("\r") ? text.split(/\r\n?|\n/) : text.split("\n");
    this.#lines.set(key, lines);
    return lines;
  }

  /** The passages that the words of a question are found in, best first. */
  async passages(groups: readonly TermGroup[], limit: number = CANDIDATES): Promise<Found[]> {
    const terms = [...new Set(groups.flatMap((group) => group.map(([term]) => term)))];
    const collections = await Promise.all(
      this.stores.map(async (store) => ({
        ...(await store.collection()),
        postings: await store.postings(terms),
      })),
    );
    this.check();
    const found = await this.#load(scorePassages(groups, collections, limit));
    if (found.length >= ENOUGH || limit >= ALL_CANDIDATES) return found;
    const isComplete = Object.keys(this.filter).length === 0;
    return isComplete ? found : this.#load(scorePassages(groups, collections, ALL_CANDIDATES));
  }

  async #load(scored: ReturnType<typeof scorePassages>): Promise<Found[]> {
    const lists = await Promise.all(
      this.stores.map(async (store, at) => {
        const found: Found[] = [];
        const list = scored[at] ?? [];
        for (
          let from = 0;
          from < list.length && found.length < CANDIDATES;
          from += PASSAGES_AT_ONCE
        ) {
          this.check();
          const part = list.slice(from, from + PASSAGES_AT_ONCE);
          const scores = new Map(part.map(({ passage, score }) => [passage, score]));
          for (const passage of await store.passages([...scores.keys()], this.filter))
            found.push({ ...passage, store, score: scores.get(passage.passage) ?? 0 });
        }
        return found;
      }),
    );
    return lists
      .flat()
      .sort((a, b) => b.score - a.score)
      .slice(0, CANDIDATES * 2);
  }

  /** Symbols by name, of all stores. */
  async symbols(
    query: SymbolQuery,
    limit: number,
  ): Promise<(StoredSymbol & { readonly store: SearchStore })[]> {
    const lists = await Promise.all(
      this.stores.map(async (store) =>
        (await store.symbols(query, this.filter, limit)).map((symbol) => ({ ...symbol, store })),
      ),
    );
    return lists.flat();
  }
}
