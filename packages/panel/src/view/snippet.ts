import { type ComponentChild, h } from "preact";
import type { Line } from "../code.ts";

/** Lines of code with their numbers. Long lines are wrapped: nothing lies outside of a narrow side bar. */
export function drawCode(lines: readonly Line[]): ComponentChild {
  return h(
    "pre",
    { class: "code", style: { "--digits": String(lines.at(-1)?.number ?? 1).length } },
    lines.map((line) => drawLine(line)),
  );
}

/** One line with its number, which is not read aloud and not copied. */
export function drawLine({ number, indent, pieces }: Line): ComponentChild {
  return h(
    "code",
    { class: "line", "data-line": number, key: number, style: { "--indent": indent } },
    pieces.map(({ text, colour, isMarked }) => {
      const kind = colour === undefined ? undefined : `of-${colour}`;
      if (isMarked) return h("mark", { class: kind }, text);
      return kind === undefined ? text : h("span", { class: kind }, text);
    }),
    "\n",
  );
}
