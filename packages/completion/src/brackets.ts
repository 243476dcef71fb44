/** Brackets open at some place, innermost first; undefined when none is. */
export interface Brackets {
  readonly closer: string;
  /** How far the line it stands in is indented, in levels; 0 where nobody asks. */
  readonly level: number;
  readonly outer: Brackets | undefined;
}

const CLOSERS: ReadonlyMap<string, string> = new Map([
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
]);
/** Blocks within blocks that are all still open are rare beyond this. */
const MAX_TAILS = 3;
const ENDS: ReadonlySet<string> = new Set(CLOSERS.values());

/**
 * The brackets open after `word`; "mismatch" when it closes another bracket than the innermost. A closer where nothing is open is
 * let through: the text before may have been cut, or its branches may be the preprocessor's.
 */
export function applyBracket(
  open: Brackets | undefined,
  word: string,
  level = 0,
): Brackets | undefined | "mismatch" {
  const closer = CLOSERS.get(word);
  if (closer !== undefined) return { closer, level, outer: open };
  if (!ENDS.has(word) || open === undefined) return open;
  return open.closer === word ? open.outer : "mismatch";
}

/** The closers of what is open in `inner` but was not yet in `outer`, innermost first. Both come from one run over a text. */
export function closersBetween(inner: Brackets | undefined, outer: Brackets | undefined): string {
  let closers = "";
  const outerDepth = depthOf(outer);
  let depth = depthOf(inner);
  for (let at = inner; at !== undefined && depth > outerDepth; at = at.outer) {
    closers += at.closer;
    depth -= 1;
  }
  return closers;
}

function depthOf(brackets: Brackets | undefined): number {
  let depth = 0;
  for (let at = brackets; at !== undefined; at = at.outer) depth += 1;
  return depth;
}

/**
 * What may be missing behind a line that is indented by `level`: the closers of brackets opened in lines further left, the
 * innermost, then the two innermost and so on. While a person writes a block, its end is often not there yet.
 */
export function closersBehind(open: Brackets | undefined, level: number): string[] {
  const tails: string[] = [];
  let tail = "";
  for (
    let at = open;
    at !== undefined && at.level < level && tails.length < MAX_TAILS;
    at = at.outer
  ) {
    tail += `\n${at.closer}`;
    tails.push(tail);
  }
  return tails;
}
