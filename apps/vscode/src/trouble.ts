/** A part of a terminal's line that tells of an error. */
export interface Trouble {
  /** UTF-16 units before it. */
  readonly start: number;
  readonly length: number;
  /** What to search for. */
  readonly text: string;
}

/**
 * How programs report errors, each with an example. The part that is linked is the message, not the place in a file, which editors link
 * by themselves.
 */
const forms: readonly RegExp[] = [
  // panic: runtime error: index out of range · thread 'main' panicked at …
  /\bpanic:\s+\S.*/,
  /\bthread '.*' panicked at\b.*/,
  // TypeError: x is not a function · java.io.IOException: closed · Exception in thread "main" java.lang.IllegalStateException
  /(?:[\p{L}_$][\p{L}\p{N}_$]*[.:]+)*[\p{Lu}][\p{L}\p{N}_$]*(?:Error|Exception|Warning|Interrupt)\b(?:\s*\[[\w.-]+\])?(?::\s?\S.*|$)/u,
  // error TS2322: Type … · error[E0382]: borrow of moved value · fatal error: x.h: No such file · npm ERR! code E404
  /\b(?:fatal )?error(?:\[\w+\]|\s+[A-Z]+\d+)?:\s+\S.*/i,
  /\bnpm (?:ERR!|error)\s+\S.*/,
  // undefined reference to `f' · command not found
  /\bundefined reference to\s+\S.*/,
];

const maxLine = 2_000;

/** The error that a line of a terminal tells of; undefined when it tells of none. */
export function findTrouble(line: string): Trouble | undefined {
  const text = line.slice(0, maxLine);
  for (const form of forms) {
    const match = form.exec(text);
    if (match === null) continue;
    const found = match[0].trimEnd();
    return { start: match.index, length: found.length, text: found };
  }
  return undefined;
}
