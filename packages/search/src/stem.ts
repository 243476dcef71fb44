/**
 * The stem of a lower-case English word, by Porter's algorithm of 1980 ("An algorithm for suffix stripping"), so that "parsing",
 * "parsed" and "parse" are one word. Words of one or two letters, and words with anything but a to z, stay as they are.
 *
 * The measure `m` of a stem counts its vowel-consonant pairs: tree 0, trouble 1, private 2. A rule strips a suffix only while
 * enough word is left: "relational" gives "relat", but "rational" keeps its "ration".
 */
export function stem(word: string): string {
  if (word.length < 3 || !/^[a-z]+$/.test(word)) return word;
  let stemmed = stripPlural(word);
  stemmed = stripPast(stemmed);
  if (stemmed.endsWith("y") && hasVowel(stemmed.slice(0, -1))) stemmed = `${stemmed.slice(0, -1)}i`;
  stemmed = replaceSuffix(stemmed, DOUBLE, 0);
  stemmed = replaceSuffix(stemmed, SINGLE, 0);
  stemmed = stripLast(stemmed);
  return tidy(stemmed);
}

type Suffixes = readonly (readonly [suffix: string, replacement: string])[];

// Longest first where one suffix ends in another: the first that fits decides.
const DOUBLE: Suffixes = [
  ["ational", "ate"],
  ["ization", "ize"],
  ["iveness", "ive"],
  ["fulness", "ful"],
  ["ousness", "ous"],
  ["tional", "tion"],
  ["biliti", "ble"],
  ["ation", "ate"],
  ["alism", "al"],
  ["aliti", "al"],
  ["iviti", "ive"],
  ["ousli", "ous"],
  ["entli", "ent"],
  ["enci", "ence"],
  ["anci", "ance"],
  ["izer", "ize"],
  ["alli", "al"],
  ["ator", "ate"],
  ["logi", "log"],
  ["bli", "ble"],
  ["eli", "e"],
];
const SINGLE: Suffixes = [
  ["icate", "ic"],
  ["ative", ""],
  ["alize", "al"],
  ["iciti", "ic"],
  ["ical", "ic"],
  ["ness", ""],
  ["ful", ""],
];
const LAST =
  /(?:ement|ance|ence|able|ible|ment|ant|ent|ism|ate|iti|ous|ive|ize|(?<=[st])ion|al|er|ic|ou)$/;

function stripPlural(word: string): string {
  if (word.endsWith("sses") || word.endsWith("ies")) return word.slice(0, -2);
  return word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
}

function stripPast(word: string): string {
  if (word.endsWith("eed")) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const suffix = word.endsWith("ed") ? 2 : word.endsWith("ing") ? 3 : 0;
  const rest = word.slice(0, word.length - suffix);
  if (suffix === 0 || !hasVowel(rest)) return word;
  if (/(?:at|bl|iz)$/.test(rest)) return `${rest}e`;
  // "hopping" is "hop", but "falling" is "fall".
  if (/([^aeiou])\1$/.test(rest) && !/[lsz]$/.test(rest)) return rest.slice(0, -1);
  return measure(rest) === 1 && endsShort(rest) ? `${rest}e` : rest;
}

function replaceSuffix(word: string, suffixes: Suffixes, least: number): string {
  for (const [suffix, replacement] of suffixes) {
    if (!word.endsWith(suffix)) continue;
    const rest = word.slice(0, word.length - suffix.length);
    return measure(rest) > least ? rest + replacement : word;
  }
  return word;
}

function stripLast(word: string): string {
  const suffix = LAST.exec(word)?.[0];
  if (suffix === undefined) return word;
  const rest = word.slice(0, word.length - suffix.length);
  return measure(rest) > 1 ? rest : word;
}

function tidy(word: string): string {
  let tidied = word;
  if (tidied.endsWith("e")) {
    const rest = tidied.slice(0, -1);
    const m = measure(rest);
    if (m > 1 || (m === 1 && !endsShort(rest))) tidied = rest;
  }
  return tidied.endsWith("ll") && measure(tidied) > 1 ? tidied.slice(0, -1) : tidied;
}

/** "c" for each run of consonants, "v" for each of vowels; a "y" after a consonant is a vowel. */
function shape(word: string): string {
  return word
    .replace(/(?<=[^aeiou])y/g, "i")
    .replace(/[aeiou]+/g, "V")
    .replace(/[^V]+/g, "C");
}

function measure(word: string): number {
  const pairs = shape(word).match(/VC/g);
  return pairs === null ? 0 : pairs.length;
}

function hasVowel(word: string): boolean {
  return shape(word).includes("V");
}

/** Whether a word ends consonant, vowel, consonant other than w, x and y: "hop" does, "snow" does not. */
function endsShort(word: string): boolean {
  return /(?:^|[^aeiou])[aeiouy][^aeiouwxy]$/.test(word);
}
