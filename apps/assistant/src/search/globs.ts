/** More alternatives than this are one person's joke on another. */
const MAX_GLOBS = 64;

/**
 * SQLite's patterns for a path as people write it in an editor: `src/**\/*.{ts,tsx}`. A star crosses folders; brackets are no set of
 * characters but what frameworks name files with (`app/[id]/page.tsx`).
 */
export function toGlobs(path: string): readonly string[] {
  return expandBraces(path).map((each) =>
    each.replaceAll("**/", "*").replaceAll("**", "*").replaceAll("[", "[[]"),
  );
}

function expandBraces(path: string): string[] {
  let left = [path];
  for (;;) {
    const next = left.flatMap((each) => {
      const [braces = "", alternatives] = /\{([^{}]*,[^{}]*)\}/.exec(each) ?? [];
      if (alternatives === undefined) return [each];
      return alternatives.split(",").map((one) => each.replace(braces, () => one));
    });
    if (next.length === left.length || next.length > MAX_GLOBS) return left;
    left = next;
  }
}
