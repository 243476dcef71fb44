import type { UsageEvent } from "@cloud-code/telemetry";

/** Further results than these nobody leafs through to; a larger rank is no rank. */
const maxRank = 10_000;
/** Longer than any suggestion. */
const maxCharacters = 100_000;

/** What a surface says that the person did with results of a search; undefined when it is not one of these deeds. */
export function parseSearchUse(value: unknown): UsageEvent | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { kind, rank } = value as Record<string, unknown>;
  if (kind === "click") return { kind: "snippet-click" };
  if (kind === "page-turn") return { kind: "page-turn" };
  return kind === "adopt" && isWithin(rank, maxRank) ? { kind: "search-accept", rank } : undefined;
}

/** The same of a page that also tells of accepted suggestions, as `{ kind: "accept", rank, characters }`. */
export function parseUse(value: unknown): UsageEvent | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { kind, rank, characters } = value as Record<string, unknown>;
  if (kind !== "accept") return parseSearchUse(value);
  return isWithin(rank, maxRank) && isWithin(characters, maxCharacters)
    ? { kind, rank, characters }
    : undefined;
}

function isWithin(value: unknown, max: number): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= max;
}
