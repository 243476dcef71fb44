import type { CancelSignal } from "./answer.ts";
import { SearchError } from "./errors.ts";
import { type TermGroup, scorePassages } from "./postings.ts";
import type { Ranked } from "./rank.ts";
import type { Filter, SearchStore, StoredFile, StoredSymbol, SymbolQuery } from "./store.ts";

/** A passage with the store it is from. */
export interface Found extends Ranked {
  readonly store: SearchStore;
}

/** So many passages of each index go into the ranking. */
export const CANDIDATES = 300;

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
        ...(await store.extent(this.filter)),
        postings: await store.postings(terms),
      })),
    );
    this.check();
    const scored = scorePassages(groups, collections, limit);
    const lists = await Promise.all(
      this.stores.map(async (store, at) => {
        const scores = new Map(scored[at]?.map(({ passage, score }) => [passage, score]));
        const passages = await store.passages([...scores.keys()], this.filter);
        return passages.map((each): Found => ({
          ...each,
          store,
          score: scores.get(each.passage) ?? 0,
        }));
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
