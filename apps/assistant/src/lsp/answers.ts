import type { CancelSignal } from "@cloud-code/completion";
import type { Answer } from "../session.ts";

/** A place in a text; `revision` names the text. `inserted` is the list's selected text when the question supposes it accepted. */
export interface Place {
  readonly revision: number;
  readonly offset: number;
  readonly inserted?: string;
}

/** An answer under the name by which an acceptance refers to it; list and ghost text of one place have the same. */
export interface Asked {
  readonly requestId: string;
  readonly answer: Answer;
}

/** One accepted suggestion, as usage statistics count it: by rank and length, never by content. */
export interface Acceptance {
  /** 1-based position in the list as shown. */
  readonly rank: number;
  /** UTF-16 units that were inserted. */
  readonly characters: number;
}

interface Entry {
  readonly place: string;
  readonly requestId: string;
  readonly explicit: boolean;
  readonly answer: Promise<Answer>;
  readonly waiting: Set<CancelSignal>;
  settled: Answer | undefined;
  /** No new request may share it; what it showed can still be accepted. */
  stale: boolean;
  accepted: boolean;
}

/** Typing makes one request a key; an acceptance refers to one of the last few. */
const maxEntries = 32;

/** The latest answers by place: two views of a place share one question, one result and its ranks. */
export class Answers {
  /** By request id, oldest first. */
  readonly #entries = new Map<string, Entry>();
  #asked = 0;

  /**
   * The answer for `place`: the one that is there or on its way, else that of `compute`. A silent answer is asked again, since
   * nothing would be shared, and by hand the engine speaks where it is quiet otherwise.
   * The question is aborted when everybody who waits for it has cancelled.
   */
  async ask(
    place: Place,
    explicit: boolean,
    signal: CancelSignal,
    compute: (signal: CancelSignal) => Promise<Answer>,
  ): Promise<Asked> {
    const key = JSON.stringify([place.revision, place.offset, place.inserted ?? null]);
    const shared = [...this.#entries.values()].find(
      (entry) => entry.place === key && isShared(entry, explicit),
    );
    const entry = shared ?? this.#create(key, explicit, compute);
    entry.waiting.add(signal);
    return { requestId: entry.requestId, answer: await entry.answer };
  }

  /**
   * What was accepted, or the first `characters` of it; undefined when the names are unknown, too old or counted before: a request counts
   * once.
   */
  accept(requestId: string, rank: number, characters?: number): Acceptance | undefined {
    const entry = this.#entries.get(requestId);
    const candidate = entry?.settled?.candidates.find((each) => each.rank === rank);
    if (entry === undefined || candidate === undefined || entry.accepted) return undefined;
    entry.accepted = true;
    const whole = candidate.text.length;
    return { rank, characters: Math.min(whole, Math.max(1, Math.round(characters ?? whole))) };
  }

  /** Shares nothing that was answered so far, for example because the index or a setting changed. */
  refresh(): void {
    for (const entry of this.#entries.values()) entry.stale = true;
  }

  #create(
    place: string,
    explicit: boolean,
    compute: (signal: CancelSignal) => Promise<Answer>,
  ): Entry {
    const waiting = new Set<CancelSignal>();
    const everybody = {
      get aborted(): boolean {
        return waiting.size > 0 && [...waiting].every((each) => each.aborted);
      },
    };
    this.#asked += 1;
    const requestId = String(this.#asked);
    const answer = compute(everybody);
    const entry: Entry = {
      place,
      requestId,
      explicit,
      answer,
      waiting,
      settled: undefined,
      stale: false,
      accepted: false,
    };
    answer.then(
      (settled) => (entry.settled = settled),
      // Everybody who waits is told by the promise itself; the next request asks again.
      () => (entry.stale = true),
    );
    this.#entries.set(requestId, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > maxEntries && oldest !== undefined) this.#entries.delete(oldest);
    return entry;
  }
}

function isShared({ settled, stale, explicit, waiting }: Entry, byHand: boolean): boolean {
  if (stale) return false;
  if (settled !== undefined) return settled.candidates.length > 0;
  return (explicit || !byHand) && ![...waiting].some((each) => each.aborted);
}
