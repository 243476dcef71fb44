import { type ComponentChild, h } from "preact";
import { dedent, shorten, toLines } from "../code.ts";
import type { PanelResult } from "../protocol.ts";
import { rankOf } from "../state.ts";
import { canOpen } from "../update.ts";
import { sayLanguage, type Word } from "../words.ts";
import { button, icon, type Scene, type Shape } from "./element.ts";
import { drawCode } from "./snippet.ts";

/** One result: where it is, what it is from, the code, and what can be done with it. */
export function drawResult(scene: Scene, result: PanelResult, index: number): ComponentChild {
  const { state, dispatch, say } = scene;
  const { search } = state;
  const rank = rankOf(search, index);
  const isCurrent = search.current === index;
  const place = `${result.path}:${result.startLine}`;
  const opens = canOpen(state, result);
  const slash = result.path.lastIndexOf("/") + 1;
  return h(
    "li",
    {
      class: isCurrent ? "result current" : "result",
      key: `${rank} ${place}`,
      onFocusIn: () => {
        if (!isCurrent) dispatch({ kind: "current", index });
      },
    },
    h(
      "h4",
      null,
      button(
        [
          h("span", { class: "dir" }, breakable(result.path.slice(0, slash))),
          h("span", { class: "file" }, result.path.slice(slash)),
          h("span", { class: "where" }, `:${result.startLine}`),
        ],
        () => dispatch({ kind: opens ? "open" : "preview", index }),
        {
          class: "title",
          tabIndex: isCurrent ? 0 : -1,
          "aria-label": say("result", { rank, place }),
          ...(isCurrent ? { "data-focus": "result" } : {}),
        },
      ),
    ),
    drawFacts(scene, result),
    drawSnippet(scene, result, index),
    h(
      "div",
      { class: "actions", role: "group", "aria-label": say("actions", { rank }) },
      opens ? drawAction(scene, "open", index, "open", isCurrent) : null,
      drawAction(scene, "preview", index, "preview", isCurrent),
      drawAction(scene, "copy", index, "copy", isCurrent),
      state.settings?.can.insert === true
        ? drawAction(scene, "insert", index, "insert", isCurrent)
        : null,
    ),
  );
}

/** Which package, which licence, which language, and why it was found. */
function drawFacts({ say }: Scene, result: PanelResult): ComponentChild {
  const { package: facts, symbol, copies } = result;
  const licence = facts?.licence ?? "";
  return h(
    "p",
    { class: "facts" },
    symbol === undefined ? null : h("span", { class: "fact strong" }, symbol.name),
    facts === undefined
      ? null
      : h("span", { class: "fact package" }, `${facts.name}@${facts.version}`),
    facts === undefined
      ? null
      : h(
          "span",
          { class: "fact", title: licence === "" ? undefined : say("licence", { licence }) },
          licence === "" ? say("licenceUnknown") : licence,
        ),
    h("span", { class: "fact" }, sayLanguage(result.language)),
    h("span", { class: "fact why" }, result.why),
    copies === 0 ? null : h("span", { class: "fact" }, say("copies", { count: copies })),
  );
}

function drawSnippet(
  { state, dispatch, say }: Scene,
  result: PanelResult,
  index: number,
): ComponentChild {
  const { snippet, startLine, colours, marks } = result;
  const lines = dedent(toLines(snippet, startLine, colours, marks));
  const isWhole = state.search.expanded.has(index);
  const short = shorten(lines);
  const isCut = short.length < lines.length;
  return h(
    "div",
    { class: "snippet" },
    drawCode(isWhole ? lines : short),
    isCut
      ? button(
          isWhole ? say("showLess") : say("showAll", { count: lines.length }),
          () => dispatch({ kind: "expand", index }),
          {
            class: "more",
            "aria-expanded": String(isWhole),
            tabIndex: state.search.current === index ? 0 : -1,
          },
        )
      : null,
  );
}

function drawAction(
  { dispatch, say }: Scene,
  kind: "open" | "preview" | "copy" | "insert",
  index: number,
  shape: Shape,
  isCurrent: boolean,
): ComponentChild {
  const word: Word = kind;
  return button([icon(shape), h("span", null, say(word))], () => dispatch({ kind, index }), {
    class: "plain",
    tabIndex: isCurrent ? 0 : -1,
  });
}

/** A path may be broken behind its slashes. */
function breakable(folder: string): ComponentChild {
  return folder.split(/(?<=\/)/).map((name) => [name, h("wbr", null)]);
}
