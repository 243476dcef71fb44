import { hasChinese, translate } from "./chinese.ts";
import type { TermGroup } from "./postings.ts";
import { synonymsOf } from "./synonyms.ts";
import { isQuestionWord, toBigrams, toTerms } from "./terms.ts";

const SYNONYM_WEIGHT = 0.35;
/** What two words written as one are worth to each of them: "data frame" is also `dataframe`. */
const JOINED_WEIGHT = 0.8;
/** Chinese that no entry covers is looked for as it is, in comments. */
const UNTRANSLATED_WEIGHT = 0.5;
const ENGLISH_RUN = /[\p{Script=Latin}\p{N}_$+#.-]+/gu;
const MAX_GROUPS = 24;

/** What a description asks for: one group of terms for each of its words, English and Chinese alike. */
export function toGroups(description: string): TermGroup[] {
  const groups = hasChinese(description)
    ? [...englishGroups(description.match(ENGLISH_RUN) ?? []), ...chineseGroups(description)]
    : englishGroups(description.split(/\s+/));
  const seen = new Set<string>();
  const distinct = groups.filter(([first]) => {
    const term = first?.[0] ?? "";
    if (seen.has(term)) return false;
    seen.add(term);
    return true;
  });
  // A pasted page asks for its first words: the rest would make every file an answer.
  return distinct.slice(0, MAX_GROUPS);
}

function englishGroups(words: readonly string[]): TermGroup[] {
  const telling = words.filter((word) => !isQuestionWord(word));
  const asked = telling.length > 0 ? telling : words;
  const groups = new Map<string, Map<string, number>>();
  for (const term of asked.flatMap(toTerms)) groups.set(term, withSynonyms(term));
  for (const [at, word] of asked.entries()) {
    const next = asked[at + 1];
    if (next === undefined || !/^[a-z]{2,}$/.test(word) || !/^[a-z]{2,}$/.test(next)) continue;
    for (const joined of toTerms(word + next))
      for (const term of [...toTerms(word), ...toTerms(next)])
        groups.get(term)?.set(joined, JOINED_WEIGHT);
  }
  return Array.from(groups.values(), (group) => [...group]);
}

function chineseGroups(text: string): TermGroup[] {
  const { translations, rest } = translate(text);
  const groups: TermGroup[] = translations.map((choices) => {
    const group = new Map<string, number>();
    for (const { word, weight } of choices)
      for (const term of toTerms(word)) group.set(term, Math.max(group.get(term) ?? 0, weight));
    const own = [...group.keys()];
    for (const term of own)
      for (const other of synonymsOf(term)) if (!group.has(other)) group.set(other, SYNONYM_WEIGHT);
    return [...group];
  });
  const plain = toBigrams(rest).map((pair): TermGroup => [[pair, UNTRANSLATED_WEIGHT]]);
  return [...groups.filter((group) => group.length > 0), ...plain];
}

function withSynonyms(term: string): Map<string, number> {
  const group = new Map([[term, 1]]);
  for (const other of synonymsOf(term)) group.set(other, SYNONYM_WEIGHT);
  return group;
}
