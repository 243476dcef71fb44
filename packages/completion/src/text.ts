/** From tokens back to source text, and how a candidate meets the text to its right. */

const WORD_CHARACTER = /[\p{L}\p{N}_$]/u;

/** True when the character can be part of a word in some language. */
export function isWordCharacter(character: string): boolean {
  return WORD_CHARACTER.test(character);
}

/**
 * Writes `words` behind `before`, with the blanks the model saw. Two words that would melt into one are kept apart; a blank that
 * already stands before the cursor is not repeated.
 */
export function renderWords(
  before: string,
  words: readonly string[],
  spaced: readonly boolean[],
): string {
  let text = "";
  words.forEach((word, i) => {
    const last = text === "" ? before.slice(-1) : text.slice(-1);
    const isAfterBlank = last === "" || /\s/u.test(last);
    const wouldMelt = isWordCharacter(last) && isWordCharacter(word.charAt(0));
    if (!isAfterBlank && (spaced[i] === true || wouldMelt)) text += " ";
    text += word;
  });
  return text;
}

/** One blank for each run of blanks, none at the ends: two lines that differ only so are the same line. */
export function normalizeBlanks(text: string): string {
  return text.replace(/\s+/gu, " ").trim();
}

/** What editors put to the right of the cursor by themselves: closing brackets and quotes, and what ends a statement. */
const CLOSING = /^[)\]}>'"`;,\s]*$/u;

/**
 * Fits a candidate for the rest of the line to what already stands right of the cursor. Returns the text to insert and how many
 * characters to the right it replaces; undefined when the candidate does not lead to what stands there.
 *
 * - `call(▮)` with the candidate `first, second);`: the `)` is typed over, `overwrite` 1.
 * - `a = ▮ + c;` with the candidate `b + c;`: it is cut where it meets the rest, `b`.
 */
export function meetRest(
  candidate: string,
  rest: string,
): { text: string; overwrite: number } | undefined {
  const wanted = rest.trim();
  if (wanted === "") return { text: candidate, overwrite: 0 };
  if (CLOSING.test(rest)) {
    const lead = rest.length - rest.trimStart().length;
    for (let length = wanted.length; length > 0; length--) {
      if (candidate.endsWith(wanted.slice(0, length))) {
        return { text: candidate, overwrite: lead + length };
      }
    }
    return { text: candidate, overwrite: 0 };
  }
  // The rest is code: its first word or sign is where the candidate has to arrive.
  const target = /^(?:[\p{L}\p{N}_$]+|[^\p{L}\p{N}_$\s]+)/u.exec(wanted)?.[0] ?? wanted;
  for (let at = candidate.indexOf(target, 1); at > 0; at = candidate.indexOf(target, at + 1)) {
    const isInsideWord =
      isWordCharacter(target.charAt(0)) && isWordCharacter(candidate.charAt(at - 1));
    if (isInsideWord) continue;
    const text = candidate.slice(0, at);
    return { text: /^\s/u.test(rest) ? text.trimEnd() : text, overwrite: 0 };
  }
  return undefined;
}
