import { type Locale, toLocale } from "../../words.ts";

/** The colours of the page. */
export type Theme = "light" | "dark";

const localeItem = "cloud-code.locale";
const themeItem = "cloud-code.theme";

/** The language chosen on this page before, else the one the program was started in. */
export function readLocale(): Locale {
  return toLocale(localStorage.getItem(localeItem) ?? document.documentElement.lang);
}

/** Keeps the language in this browser, and tells it to screen readers. */
export function writeLocale(locale: Locale): void {
  localStorage.setItem(localeItem, locale);
  applyLocale(locale);
}

/** Tells the document its language: fonts, hyphens and voices depend on it. */
export function applyLocale(locale: Locale): void {
  document.documentElement.lang = locale === "zh" ? "zh-CN" : "en";
}

/** The colours in force: those chosen here, else the system's. */
export function readTheme(): Theme {
  const chosen = localStorage.getItem(themeItem);
  if (chosen === "light" || chosen === "dark") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Keeps the colours in this browser and applies them. */
export function writeTheme(theme: Theme): void {
  localStorage.setItem(themeItem, theme);
  applyTheme();
}

/** Applies the colours chosen before; without a choice the style sheet follows the system by itself. */
export function applyTheme(): void {
  const chosen = localStorage.getItem(themeItem);
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset["theme"] = chosen;
}
