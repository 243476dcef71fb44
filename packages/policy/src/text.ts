/** The languages the product speaks: English and Simplified Chinese. */
export type Language = "en" | "zh";

/** A sentence in every language. A missing translation does not compile. */
export interface Text {
  readonly en: string;
  readonly zh: string;
}

/** Every language, in the order they are offered. */
export const languages: readonly Language[] = ["en", "zh"];

/** The BCP 47 tag of a language, for `lang` and `hreflang` attributes and for `Intl`. */
export const languageTag: Readonly<Record<Language, string>> = { en: "en", zh: "zh-Hans" };
