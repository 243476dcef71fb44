import type { Suggestion } from "@cloud-code/completion";

/** The part of the editor's text this needs. */
export interface Slices {
  sliceString(from: number, to: number): string;
}

/** The part of a change set this needs: which old ranges changed, and where an old position went. */
export interface Changes {
  iterChangedRanges(visit: (from: number, to: number) => void): void;
  mapPos(position: number, association: -1 | 1): number;
}

/** A suggestion as it is drawn: grey pieces between the characters that stay, and the range that would go, if any. */
export interface Ghost {
  readonly pieces: readonly { readonly at: number; readonly text: string }[];
  readonly struck?: { readonly from: number; readonly to: number };
}

/**
 * How to draw a suggestion with the cursor at `cursor`; undefined when accepting it would change nothing.
 *
 * Characters right of the cursor that it keeps stay where they are: with `log(|)`, the suggestion `log(name);` for the
 * whole of `log()` is drawn as `log(` *name* `)` *;*. When it does not begin with what was typed, or drops something
 * to the right, the old text is struck and the whole suggestion follows it.
 */
export function toGhost(doc: Slices, suggestion: Suggestion, cursor: number): Ghost | undefined {
  const { start, end } = suggestion.replace;
  const typed = doc.sliceString(start, cursor);
  const right = doc.sliceString(cursor, end);
  if (typed + right === suggestion.text) return undefined;
  const kept = suggestion.text.startsWith(typed)
    ? placeKept(suggestion.text.slice(typed.length), right)
    : undefined;
  if (!kept)
    return { pieces: [{ at: end, text: suggestion.text }], struck: { from: start, to: end } };
  return {
    pieces: kept
      .map((text, index) => ({ at: cursor + index, text }))
      .filter(({ text }) => text !== ""),
  };
}

/**
 * Cuts `rest` at the characters of `right`, in order: one piece before each of them and one behind the last. Matched
 * from the end, because what an editor adds by itself are closing brackets. Undefined when one has no partner.
 */
function placeKept(rest: string, right: string): readonly string[] | undefined {
  const pieces: string[] = [];
  let until = rest.length;
  for (let index = right.length - 1; index >= 0; index--) {
    const at = until === 0 ? -1 : rest.lastIndexOf(right.charAt(index), until - 1);
    if (at < 0) return undefined;
    pieces.unshift(rest.slice(at + 1, until));
    until = at;
  }
  return [rest.slice(0, until), ...pieces];
}

/**
 * The suggestion after an edit, when the person typed along it: undefined as soon as the text before the cursor is no
 * beginning of it, or something outside its range changed. So typing through needs no new request, and a bracket that
 * the editor closed by itself falls into the range to be replaced.
 */
export function follow(
  suggestion: Suggestion,
  changes: Changes,
  newDoc: Slices,
  newCursor: number,
): Suggestion | undefined {
  const { start, end } = suggestion.replace;
  let isInside = true;
  changes.iterChangedRanges((from, to) => {
    isInside &&= from >= start && to <= end;
  });
  if (!isInside) return undefined;
  const replace = { start: changes.mapPos(start, -1), end: changes.mapPos(end, 1) };
  if (newCursor < replace.start || newCursor > replace.end) return undefined;
  if (!suggestion.text.startsWith(newDoc.sliceString(replace.start, newCursor))) return undefined;
  const followed = { ...suggestion, replace };
  return toGhost(newDoc, followed, newCursor) && followed;
}

/** The next word of a ghost's first piece with the blanks before it: what "accept word" inserts. */
export function nextWord(text: string): string {
  return /^\s*(?:[\p{L}\p{N}_$]+|[^\p{L}\p{N}_$\s]+)?/u.exec(text)?.[0] ?? "";
}

/** The suggestion to show first: the best that continues what was typed, since a re-spelled word is a surprise. */
export function preferContinuation(
  doc: Slices,
  suggestions: readonly Suggestion[],
  cursor: number,
): number {
  const index = suggestions.findIndex((suggestion) => {
    const ghost = toGhost(doc, suggestion, cursor);
    return ghost !== undefined && ghost.struck === undefined;
  });
  return Math.max(index, 0);
}
