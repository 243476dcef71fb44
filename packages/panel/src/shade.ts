/** The kinds of colours there are: light or dark, each also with high contrast. */
export type Shade = "light" | "dark" | "contrast-light" | "contrast-dark";

/**
 * The kind of colours in force. Editors of the VS Code family tell it by a class of the body; elsewhere a choice of the page (`data-theme` of the
 * document) counts before the system's.
 */
function readShade(document: Document): Shade {
  const { classList } = document.body;
  if (classList.contains("vscode-high-contrast-light")) return "contrast-light";
  if (classList.contains("vscode-high-contrast")) return "contrast-dark";
  if (classList.contains("vscode-dark")) return "dark";
  if (classList.contains("vscode-light")) return "light";
  const chosen = document.documentElement.dataset["theme"];
  const isDark = chosen === undefined ? matchMedia(darkQuery).matches : chosen === "dark";
  if (matchMedia(contrastQuery).matches) return isDark ? "contrast-dark" : "contrast-light";
  return isDark ? "dark" : "light";
}

const darkQuery = "(prefers-color-scheme: dark)";
const contrastQuery = "(prefers-contrast: more)";

/** Calls `onShade` now and at every change; the returned function ends that. */
export function watchShade(document: Document, onShade: (shade: Shade) => void): () => void {
  const tell = (): void => onShade(readShade(document));
  const observer = new MutationObserver(tell);
  observer.observe(document.body, { attributeFilter: ["class"] });
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  const queries = [matchMedia(darkQuery), matchMedia(contrastQuery)];
  for (const query of queries) query.addEventListener("change", tell);
  tell();
  return () => {
    observer.disconnect();
    for (const query of queries) query.removeEventListener("change", tell);
  };
}
