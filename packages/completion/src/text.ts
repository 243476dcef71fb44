/** From tokens back to source text: blanks, brackets, and how a candidate meets the text to its right. */

const WORD = /[\p{L}\p{N}_$@#]/u;

const CLOSER_OF: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };
const OPENER_OF: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

/** True when the character can be part of a word in some language. */
export function isWordCharacter(character: string): boolean {
  return WORD.test(character);
}

/**
 * Writes `words` behind `before`, with the blanks the model saw. Two words that would melt into one are kept apart; a blank that
 * already stands before the cursor is not repeated.
 */
export function renderTokens(
  before: string,
  words: readonly string[],
  spaced: readonly boolean[],
): string {
  let text = "";
  words.forEach((word, i) => {
    const last = text === "" ? before.slice(-1) : text.slice(-1);
    const isAfterBlank =
      last === "" || last === " " || last === "\t" || last === "\n" || last === "\r";
    const wouldMelt = isWordCharacter(last) && isWordCharacter(word.charAt(0));
    if (!isAfterBlank && (spaced[i] === true || wouldMelt)) text += " ";
    text += word;
  });
  return text;
}

/** The brackets of `words` that are still open at the end, as the closers they need, innermost first; undefined when one closes too much. */
export function openBrackets(words: readonly string[]): string | undefined {
  const open: string[] = [];
  let surplus = 0;
  for (const word of words) {
    const closer = CLOSER_OF[word];
    if (closer !== undefined) open.push(closer);
    else if (OPENER_OF[word] !== undefined && open.at(-1) === word) open.pop();
    else if (OPENER_OF[word] !== undefined) surplus += 1;
  }
  if (surplus > 0 && open.length > 0) return undefined;
  return open.reverse().join("");
}

/** One blank for each run of blanks, none at the ends: two lines that differ only so are the same line. */
export function normalizeBlanks(text: string): string {
  return text.replace(/\s+/gu, " ").trim();
}
