import { colourNames } from "@cloud-code/panel/protocol";
import type { SearchResult } from "@cloud-code/search";
import { toColours } from "../search/colours.ts";

const PLAIN = "39";
/** Colours of the terminal's own palette, so that they suit light and dark ones. */
const CODES: Readonly<Record<(typeof colourNames)[number], string>> = {
  keyword: "35",
  string: "32",
  number: "33",
  comment: "90",
  type: "36",
  call: "34",
  markup: "35",
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
  const colours = toColours(snippet, language);
  for (let index = 0; index < colours.length; index += 3) {
    const [start = 0, end = 0, colour = 0] = colours.slice(index, index + 3);
    put(at, start, PLAIN);
    put(start, end, CODES[colourNames[colour] ?? "markup"]);
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
