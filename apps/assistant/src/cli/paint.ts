import type { SearchResult } from "@cloud-code/search";
import { type Language, tokenize, TokenKind } from "@cloud-code/syntax";

const PLAIN = "39";
/** Colours of the terminal's own palette, so that they suit light and dark ones. */
const COLOURS: Readonly<Partial<Record<TokenKind, string>>> = {
  [TokenKind.Keyword]: "35",
  [TokenKind.Number]: "33",
  [TokenKind.String]: "32",
  [TokenKind.Template]: "32",
  [TokenKind.Regex]: "32",
  [TokenKind.Comment]: "90",
  [TokenKind.Preprocessor]: "35",
};

/**
 * The snippet for a terminal, line by line: its tokens in colour, its marks bold and underlined, no control character but the tab. Nothing goes over a line's
 * end: terminals would colour the margin.
 */
export function paintSnippet(
  { snippet, marks, language }: Pick<SearchResult, "snippet" | "marks" | "language">,
  isColored: boolean,
): string[] {
  if (!isColored) return clean(snippet).split("\n");
  const isMarked = new Uint8Array(snippet.length);
  for (const { start, end } of marks) isMarked.fill(1, start, end);
  let painted = "";
  let style = PLAIN;
  let wasMarked = 0;
  const put = (from: number, to: number, colour: string): void => {
    for (let at = from; at < to; at++) {
      const marked = isMarked[at] ?? 0;
      const sign = snippet[at] ?? "";
      if (sign === "\n") {
        painted += `${reset(style, wasMarked)}\n`;
        style = PLAIN;
        wasMarked = 0;
        continue;
      }
      if (colour !== style) painted += `\u001b[${colour}m`;
      if (marked !== wasMarked) painted += marked === 1 ? "\u001b[1;4m" : "\u001b[22;24m";
      style = colour;
      wasMarked = marked;
      painted += clean(sign);
    }
  };
  let at = 0;
  const tokens = tokenize(snippet, language === "markdown" ? "generic" : (language as Language));
  for (let index = 0; index < tokens.count; index++) {
    const [start, end] = [tokens.starts[index] ?? at, tokens.ends[index] ?? at];
    put(at, start, PLAIN);
    put(start, end, COLOURS[tokens.kinds[index] as TokenKind] ?? PLAIN);
    at = end;
  }
  put(at, snippet.length, PLAIN);
  return (painted + reset(style, wasMarked)).split("\n");
}

function reset(style: string, wasMarked: number): string {
  return (style === PLAIN ? "" : `\u001b[${PLAIN}m`) + (wasMarked === 0 ? "" : "\u001b[22;24m");
}

/** What is printed must not steer the terminal, nor turn the direction of what stands beside it. */
function clean(text: string): string {
  return text.replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (sign) =>
    sign === "\n" || sign === "\t" ? sign : "�",
  );
}
