/** The element of the page with this id; the document and the scripts are built together, so a missing one is a fault of ours. */
export function find<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no element #${id}.`);
  return element as T;
}

const isApple = /mac|iphone|ipad/i.test(navigator.platform);

/** A key as this machine's keyboard names it: "Mod+S" is "Ctrl+S" or "⌘S". */
export function nameKey(key: string): string {
  const named = key === "Word" ? (isApple ? "Mod+→" : "Ctrl+→") : key;
  if (!isApple) return named.replace("Mod+", "Ctrl+");
  return named.replace("Mod+", "⌘").replace("Alt+", "⌥").replace("Ctrl+", "⌃");
}

/** Writes the names of keys into every `<kbd data-key>`. */
export function fillKeys(): void {
  for (const element of document.querySelectorAll<HTMLElement>("kbd[data-key]")) {
    element.textContent = nameKey(element.dataset["key"] ?? "");
  }
}
