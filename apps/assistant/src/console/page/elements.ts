import type { Locale } from "../../words.ts";
import { isWord, say, type Word } from "./words.ts";

/** The element of the page with this id; the document and the scripts are built together, so a missing one is a fault of ours. */
export function find<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no element #${id}.`);
  return element as T;
}

/** A phone, or a window as narrow as one. The style sheet asks the same. */
export const narrow = "(max-width: 720px)";

const isApple = /mac|iphone|ipad/i.test(navigator.platform);

/** A key as this machine's keyboard names it: "Mod+S" is "Ctrl+S" or "⌘S". */
export function nameKey(key: string): string {
  const named = key === "Word" ? (isApple ? "Mod+→" : "Ctrl+→") : key;
  if (!isApple) return named.replace("Mod+", "Ctrl+");
  return named
    .replace("Mod+Shift+", "⇧⌘")
    .replace("Mod+", "⌘")
    .replace("Alt+", "⌥")
    .replace("Ctrl+", "⌃");
}

/** Whether fingers are what the person points with: then buttons are named in place of keys. */
const isTouch = matchMedia("(pointer: coarse)").matches;

/** The name of a key, or of the button that does the same where there is no keyboard. */
export function nameKeyOrButton(key: string, button: Word, locale: Locale): string {
  return isTouch ? say(button, locale) : nameKey(key);
}

/** Writes the names of keys into every `<kbd data-key>`; one with `data-touch` names a button where there is no keyboard. */
export function fillKeys(locale: Locale): void {
  for (const element of document.querySelectorAll<HTMLElement>("kbd[data-key]")) {
    const { key = "", touch } = element.dataset;
    element.textContent =
      isTouch && touch !== undefined && isWord(touch) ? say(touch, locale) : nameKey(key);
  }
}
