import type { Position, Range } from "vscode-languageserver-protocol/node";

/** Follows `path` into a value nobody has checked yet; undefined as soon as a step is not there. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== "object" || here === null) return undefined;
    here = (here as Record<string | number, unknown>)[step];
  }
  return here;
}

/** The string at `path`, or undefined when something else is there. */
export function stringAt(
  value: unknown,
  ...path: readonly (string | number)[]
): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" ? found : undefined;
}

/** The array at `path`, or an empty one. */
export function arrayAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** True for a position the protocol allows: two non-negative integers. */
export function isPosition(value: unknown): value is Position {
  return isCount(at(value, "line")) && isCount(at(value, "character"));
}

/** True for two positions; whether they are in order is for the text to say. */
export function isRange(value: unknown): value is Range {
  return isPosition(at(value, "start")) && isPosition(at(value, "end"));
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 2 ** 31 - 1;
}
