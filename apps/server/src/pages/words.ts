import type { Language, Text } from "@cloud-code/policy";

/** The words of a page in every language. A missing translation does not compile, because `Text` asks for all of them. */
export type Words = Readonly<Record<string, Text>>;

type Said = Readonly<Record<string, string>>;

// Every component of every page asks; what it asks for never changes.
const known = new WeakMap<Words, Partial<Record<Language, Said>>>();

/** Takes one language out of a page's words: `say(words, "zh").title`. */
export function say<W extends Words>(
  words: W,
  language: Language,
): Readonly<Record<keyof W, string>> {
  const kept = known.get(words) ?? {};
  known.set(words, kept);
  const said = (kept[language] ??= Object.fromEntries(
    Object.entries(words).map(([key, text]) => [key, text[language]]),
  ));
  return said as Record<keyof W, string>;
}

const locale: Readonly<Record<Language, string>> = { en: "en-GB", zh: "zh-CN" };

// Making a format costs fifty times what using it does.
const days = inEveryLanguage({ dateStyle: "long", timeZone: "UTC" });
const minutes = inEveryLanguage({ dateStyle: "long", timeStyle: "short", timeZone: "UTC" });

function inEveryLanguage(
  options: Intl.DateTimeFormatOptions,
): Readonly<Record<Language, Intl.DateTimeFormat>> {
  return {
    en: new Intl.DateTimeFormat(locale.en, options),
    zh: new Intl.DateTimeFormat(locale.zh, options),
  };
}

/** A day in words, in UTC so that every reader sees the same: "22 November 2026", "2026年11月22日". */
export function formatDate(atMs: number, language: Language): string {
  return days[language].format(atMs);
}

/** A day and minute, in UTC. */
export function formatTime(atMs: number, language: Language): string {
  return `${minutes[language].format(atMs)} UTC`;
}

const numbers = new Map<string, Intl.NumberFormat>();

/** A number as people of the language write it. */
export function formatNumber(value: number, language: Language, digits = 0): string {
  const key = `${language} ${digits}`;
  const known = numbers.get(key);
  if (known !== undefined) return known.format(value);
  const made = new Intl.NumberFormat(locale[language], {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  numbers.set(key, made);
  return made.format(value);
}
