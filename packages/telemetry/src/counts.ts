import { type CounterKey, counters } from "@cloud-code/policy";

/** Twelve whole numbers, none negative. */
export type Counts = Readonly<Record<CounterKey, number>>;

/** The names of the counters, in the order of a report. */
export const counterKeys: readonly CounterKey[] = Object.keys(counters) as CounterKey[];

/** What happened, as far as it is counted. The README of this package defines each word. */
export type UsageEvent =
  /** A question reached the completion engine. */
  | { readonly kind: "trigger" }
  /** It had at least one candidate, so many milliseconds after the editor asked. */
  | { readonly kind: "response"; readonly milliseconds: number }
  /** A candidate was inserted by a gesture: its place in the list as shown, from 1, and the UTF-16 units that went in. */
  | { readonly kind: "accept"; readonly rank: number; readonly characters: number }
  /** Keywords were offered for a search. */
  | { readonly kind: "search-prompt" }
  /** A search was answered. */
  | { readonly kind: "search" }
  /** A snippet was inserted or copied: its place among all results, from 1. */
  | { readonly kind: "search-accept"; readonly rank: number }
  /** A result was opened or its preview shown. */
  | { readonly kind: "snippet-click" }
  /** Another page of the same results was shown. */
  | { readonly kind: "page-turn" };

/** Nothing counted. */
export const noCounts: Counts = Object.freeze(
  Object.fromEntries(counterKeys.map((key) => [key, 0])) as Record<CounterKey, number>,
);

/** What an event adds to the counters. Numbers that are not whole are rounded; what is not a number counts as nothing. */
export function toCounts(event: UsageEvent): Partial<Counts> {
  switch (event.kind) {
    case "trigger":
      return { triggers: 1 };
    case "response":
      return { responses: 1, responseMsSum: whole(event.milliseconds) };
    case "accept":
      return {
        accepts: 1,
        acceptRankSum: whole(event.rank),
        acceptCharSum: whole(event.characters),
      };
    case "search-prompt":
      return { searchPrompts: 1 };
    case "search":
      return { searches: 1 };
    case "search-accept":
      return { searchAccepts: 1, searchAcceptRankSum: whole(event.rank) };
    case "snippet-click":
      return { snippetClicks: 1 };
    case "page-turn":
      return { pageTurns: 1 };
  }
}

/** The sum, each counter no more than a week can hold. */
export function addCounts(one: Counts, other: Partial<Counts>): Counts {
  const sum = counterKeys.map((key) => [
    key,
    Math.min(one[key] + (other[key] ?? 0), counters[key].maxPerWeek),
  ]);
  return Object.fromEntries(sum) as Record<CounterKey, number>;
}

/** Reads counters from an object that has exactly them; undefined when one is missing, foreign or impossible. */
export function parseCounts(value: unknown): Counts | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const entries = Object.entries(value);
  const fits = entries.every(
    ([key, count]) => Object.hasOwn(counters, key) && isCount(key as CounterKey, count),
  );
  return fits && entries.length === counterKeys.length ? { ...noCounts, ...value } : undefined;
}

/** Whether a value may stand in a counter. */
export function isCount(key: CounterKey, value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= counters[key].maxPerWeek;
}

function whole(value: number): number {
  return Number.isFinite(value) ? Math.max(0, Math.round(value)) : 0;
}
