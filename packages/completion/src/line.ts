/** The line under the cursor, and how the lines around it are set. */
import { isWordCharacter, normalizeBlanks } from "./text.ts";
import type { CompletionRequest } from "./suggestion.ts";

/** The cursor's line. */
export interface Line {
  readonly start: number;
  readonly end: number;
  /** Text right of the cursor. */
  readonly rest: string;
  readonly isAfterBlank: boolean;
  readonly isInsideWord: boolean;
}

/** Finds the cursor's line. */
export function readLine({ text, offset }: CompletionRequest): Line {
  const start = offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
  let end = text.indexOf("\n", offset);
  if (end < 0) end = text.length;
  if (end > offset && text[end - 1] === "\r") end -= 1;
  const isAfterWord = offset > start && isWordCharacter(text.charAt(offset - 1));
  const isInsideWord = isAfterWord && offset < end && isWordCharacter(text.charAt(offset));
  const isAfterBlank = offset === start || /\s/u.test(text.charAt(offset - 1));
  return { start, end, rest: text.slice(offset, end), isAfterBlank, isInsideWord };
}

/** The next line below `end` that is not blank, its blanks normalized. */
export function lineBelow(text: string, end: number): string {
  const found = /\S[^\n]*/u.exec(text.slice(end, end + 2000));
  return normalizeBlanks(found?.[0] ?? "");
}

/** How far the line at `start` is indented, in characters. */
export function indentAt(text: string, start: number): number {
  return /^[ \t]*/u.exec(text.slice(start, start + 200))?.[0].length ?? 0;
}

/** How far the next line below `end` is indented that is not blank. */
export function indentBelow(text: string, end: number): number {
  return /\n([ \t]*)[^\s]/u.exec(text.slice(end, end + 2000))?.[1]?.length ?? 0;
}
