import type { Language } from "@cloud-code/syntax";

const ECMASCRIPT = [
  /\bfrom\s*["']([^"'\n]+)["']/g,
  /\bimport\s*(?:\(\s*)?["']([^"'\n]+)["']/g,
  /\brequire\(\s*["']([^"'\n]+)["']\s*\)/g,
];
const JVM = [/^[ \t]*import[ \t]+(?:static[ \t]+)?([\w.]+)/gm];
const PATTERNS: Readonly<Partial<Record<Language | "markdown", readonly RegExp[]>>> = {
  typescript: ECMASCRIPT,
  tsx: ECMASCRIPT,
  javascript: ECMASCRIPT,
  python: [/^[ \t]*from[ \t]+([\w.]+)[ \t]+import\b/gm, /^[ \t]*import[ \t]+([\w.]+)/gm],
  java: JVM,
  generic: JVM,
  go: [/^[ \t]*(?:import[ \t]+)?(?:[\w.]+[ \t]+)?"([\w.~/-]+)"[ \t\r]*$/gm],
  rust: [/^[ \t]*(?:pub[ \t]+)?use[ \t]+(?:::)?(\w+)/gm, /^[ \t]*extern[ \t]+crate[ \t]+(\w+)/gm],
};
const MAX_LENGTH = 200;

/** The names of modules and packages that a source file imports, as it writes them; relative ones are left out. */
export function importsOf(text: string, language: Language | "markdown"): Set<string> {
  const found = new Set<string>();
  for (const pattern of PATTERNS[language] ?? [])
    for (const [, name = ""] of text.matchAll(pattern))
      if (!name.startsWith(".") && !name.startsWith("/") && name.length <= MAX_LENGTH)
        found.add(name);
  return found;
}
