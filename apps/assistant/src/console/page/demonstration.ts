/** A begun line to show completion with: `head` goes into a new line at `at`. */
export interface Beginning {
  readonly at: number;
  readonly head: string;
}

const shortestChars = 18;
const longestChars = 90;

/**
 * Lines of the file worth beginning once more, best first: those whose first half occurs again elsewhere in the file, cut
 * at a word boundary near the middle. The engine decides which of them it can continue.
 */
export function findBeginnings(text: string, limit: number): readonly Beginning[] {
  const found: (Beginning & { readonly score: number })[] = [];
  let offset = 0;
  for (const line of text.split("\n")) {
    const head = headOf(line);
    if (head !== undefined)
      found.push({
        at: offset + line.length,
        head,
        score: countOccurrences(text, head.trimStart()),
      });
    offset += line.length + 1;
  }
  return found.toSorted((left, right) => right.score - left.score).slice(0, limit);
}

function headOf(line: string): string | undefined {
  const code = line.trim();
  if (
    code.length < shortestChars ||
    code.length > longestChars ||
    /^(\/\/|\/?\*|#|import\b|from\b|package\b)/.test(code) ||
    !/[;:)\]}]$/.test(code)
  )
    return undefined;
  const indentation = line.length - line.trimStart().length;
  const cut = /^.{6,}?[.(= ](?=\w)/.exec(code.slice(0, Math.ceil(code.length * 0.7)))?.[0];
  return cut === undefined ? undefined : line.slice(0, indentation) + cut;
}

function countOccurrences(text: string, part: string): number {
  return Math.min(9, text.split(part).length - 2);
}
