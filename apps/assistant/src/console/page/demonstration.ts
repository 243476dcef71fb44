/** A begun line to show completion with: `head` goes into a new line at `at`. */
export interface Beginning {
  readonly at: number;
  readonly head: string;
}

const shortestChars = 18;
const longestChars = 90;

/**
 * Lines of the file worth beginning once more, cut at a word boundary near the middle: statements and heads of blocks, no
 * comments or imports. Spread over the file, so that a few tries see all of it; the engine decides which it can continue.
 */
export function findBeginnings(text: string, limit: number): readonly Beginning[] {
  const found: Beginning[] = [];
  let offset = 0;
  for (const line of text.split("\n")) {
    const head = headOf(line);
    if (head !== undefined) found.push({ at: offset + line.length, head });
    offset += line.length + 1;
  }
  const step = Math.max(1, found.length / limit);
  return Array.from(
    { length: Math.min(limit, found.length) },
    (_, index) => found[Math.floor(index * step)],
  ).filter((beginning) => beginning !== undefined);
}

function headOf(line: string): string | undefined {
  const code = line.trim();
  if (code.length < shortestChars || code.length > longestChars) return undefined;
  if (
    /^(?:\/\/|\/?\*|#|["'|]|import\b|from\b|package\b|using\b)/.test(code) ||
    !/[;:{)]$/.test(code)
  )
    return undefined;
  const cut = /^.{6,}[.(= ](?=\w)/.exec(code.slice(0, Math.ceil(code.length * 0.6)))?.[0];
  return cut === undefined ? undefined : line.slice(0, line.length - line.trimStart().length) + cut;
}
