import { splitIdentifier } from "./split.ts";
import { stem } from "./stem.ts";

/** Words of a language that say nothing about what code does. */
const STOP_WORDS = new Set(
  `a about all also cls self an and any are as at be been being but by can cannot could did do does doing don for from get got had has have
  having he her here him his how however i if in into is it its just let like may me might my need no nor not of off on once
  one only onto or other our out over own please s same she should so some such t than that the their them then there these
  they this those through to too under until up us very want was way we were what when where which while who whom why will
  with would you your`.split(/\s+/),
);

/** Words that people write into questions about code and authors rarely into the answer. */
const QUESTION_WORDS = new Set(
  "code example examples using use used python java javascript typescript golang rust js ts function method programming program snippet best work works working without via".split(
    " ",
  ),
);

const MAX_WORD_LENGTH = 64;
const CACHE_SIZE = 50_000;
const cache = new Map<string, readonly string[]>();
const WORD = /[\p{L}\p{N}_$]+/gu;
const HAN_RUN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+/gu;

/**
 * The terms that a text of code or prose is found by, in order and with repetitions: identifiers split and stemmed, Chinese, Japanese
 * and Korean as pairs of neighbouring characters, stop words and reserved words left out.
 */
export function toTerms(text: string): string[] {
  const terms: string[] = [];
  for (const word of text.match(WORD) ?? []) for (const term of termsOfWord(word)) terms.push(term);
  return terms;
}

/** The terms of one word: `readFiles` gives read and file. */
export function termsOfWord(word: string): readonly string[] {
  let terms = cache.get(word);
  if (terms === undefined) {
    terms = word.length > MAX_WORD_LENGTH ? [] : splitIdentifier(word).flatMap(termsOfPart);
    // Code repeats its words: a bounded memory of them saves most of the splitting.
    if (cache.size >= CACHE_SIZE) cache.clear();
    cache.set(word, terms);
  }
  return terms;
}

/** Whether a stemmed term came from a word that only questions have, such as "example". */
export function isQuestionWord(word: string): boolean {
  return QUESTION_WORDS.has(word.toLowerCase());
}

/** The pairs of neighbouring characters in the Chinese, Japanese and Korean parts of a text; a lone character stands for itself. */
export function toBigrams(text: string): string[] {
  return (text.match(HAN_RUN) ?? []).flatMap((run) => {
    const characters = Array.from(run);
    if (characters.length < 2) return characters;
    return characters.slice(1).map((character, at) => `${characters[at] ?? ""}${character}`);
  });
}

function termsOfPart(part: string): string[] {
  if (STOP_WORDS.has(part)) return [];
  if (/^[a-z]+$/.test(part)) return part.length === 1 ? [] : [stem(part)];
  if (/^\d+$/.test(part)) return part.length > 8 ? [] : [part];
  const bigrams = toBigrams(part);
  return bigrams.length > 0 ? bigrams : [part];
}
