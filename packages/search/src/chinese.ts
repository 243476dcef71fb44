import { DICTIONARY } from "./dictionary.ts";

/** An English word that may stand for a part of a Chinese question: the first choice weighs 1, the others less. */
export interface Translation {
  readonly word: string;
  readonly weight: number;
}

const OTHER_WEIGHT = 0.6;
const HAN = /\p{Script=Han}/u;
// Words that bind a sentence together. They are cut out first, so that what stands around them is not read as one word.
const PARTICLES =
  /(?:怎么样?|如何|怎样|什么|哪个|哪些|为什么|请问|是否|能否|可以|能够|需要|应该|我想|想要|一下|一个|某个|所有的?|中的|里的|里面|之间|以及|或者|并且|然后|其中|的话|使用|利用|通过|根据|按照|用于|[的了吗呢吧把被将从向往与和或在是有给让对为以及到用个])/gu;

const entries: ReadonlyMap<string, readonly string[]> = new Map(
  DICTIONARY.trim()
    .split("\n")
    .map((line) => {
      const [chinese = "", english = ""] = line.split("\t");
      return [chinese, english.split(" ")];
    }),
);
const longest = Math.max(...Array.from(entries.keys(), (key) => key.length));

/** Whether a text has Chinese in it. */
export function hasChinese(text: string): boolean {
  return HAN.test(text);
}

/**
 * English for the Chinese in a text, by the longest entry of the dictionary at each place: 读取Excel文件 gives read, load, file. `rest` is what no entry
 * covers. On 60 real questions a list of terms with the longest match found more than two word segmenters in front of the same list:
 * those cut "读取" and "线程池" apart.
 */
export function translate(text: string): {
  readonly translations: readonly (readonly Translation[])[];
  readonly rest: string;
} {
  const translations: (readonly Translation[])[] = [];
  let rest = "";
  for (let at = 0; at < text.length;) {
    const entry = longestEntry(text, at);
    if (entry === undefined) {
      rest += text[at] ?? "";
      at++;
    } else {
      translations.push(
        entry.words.map((word, rank) => ({ word, weight: rank === 0 ? 1 : OTHER_WEIGHT })),
      );
      rest += " ";
      at += entry.length;
    }
  }
  return { translations, rest: rest.replace(PARTICLES, " ") };
}

function longestEntry(
  text: string,
  at: number,
): { readonly words: readonly string[]; readonly length: number } | undefined {
  if (!HAN.test(text[at] ?? "")) return undefined;
  for (let length = Math.min(longest, text.length - at); length > 0; length--) {
    const words = entries.get(text.slice(at, at + length));
    if (words !== undefined) return { words, length };
  }
  return undefined;
}
