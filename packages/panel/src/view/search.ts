import { type ComponentChild, h } from "preact";
import type { PanelAnswer, PanelSettings } from "../protocol.ts";
import { countFilters, hasNext, noFilter, PAGE_SIZE, pagesOf } from "../state.ts";
import { sayNumber, type Word } from "../words.ts";
import { drawBox, modeWords } from "./box.ts";
import { button, icon, loading, notice, type Scene } from "./element.ts";
import { drawResult } from "./result.ts";

/** The search page: the box, and below it what came of the question. */
export function drawSearch(scene: Scene): ComponentChild {
  return h(
    "div",
    { class: "search", onKeyDown: (event: KeyboardEvent) => onKey(scene, event) },
    drawBox(scene),
    drawOutcome(scene),
  );
}

/** The keys of the results. Letters work there only, where nothing is typed. */
function onKey({ state, dispatch }: Scene, event: KeyboardEvent): void {
  const { current, answer } = state.search;
  const isResult = event.target instanceof Element && event.target.closest(".results") !== null;
  if (!isResult || answer === undefined) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  switch (event.key) {
    case "ArrowDown":
    case "j":
      dispatch({ kind: "move", to: current + 1 });
      break;
    case "ArrowUp":
    case "k":
      dispatch({ kind: "move", to: current - 1 });
      break;
    case "Home":
      dispatch({ kind: "move", to: 0 });
      break;
    case "End":
      dispatch({ kind: "move", to: answer.results.length - 1 });
      break;
    case "PageDown":
    case "n":
      dispatch({ kind: "turn", by: 1 });
      break;
    case "PageUp":
    case "b":
      dispatch({ kind: "turn", by: -1 });
      break;
    case "p":
      dispatch({ kind: "preview", index: current });
      break;
    case "o":
      dispatch({ kind: "open", index: current });
      break;
    case "c":
      dispatch({ kind: "copy", index: current });
      break;
    case "i":
      if (state.settings?.can.insert !== true) return;
      dispatch({ kind: "insert", index: current });
      break;
    case "e":
      dispatch({ kind: "expand", index: current });
      break;
    case "/":
    case "Escape":
      dispatch({ kind: "focus-box" });
      break;
    default:
      return;
  }
  event.preventDefault();
}

function drawOutcome(scene: Scene): ComponentChild {
  const { state, dispatch, say } = scene;
  const { phase, answer } = state.search;
  switch (phase.kind) {
    case "idle":
      return drawIntro(scene);
    case "waiting":
      return [
        h(
          "div",
          { class: "summary", key: "summary" },
          loading(say("searching")),
          button(say("cancel"), () => dispatch({ kind: "cancel" })),
        ),
        answer === undefined
          ? h("p", { class: "soft pad", key: "first" }, say("searchingFirst"))
          : drawResults(scene, answer, true),
      ];
    case "cancelled":
      return notice(
        undefined,
        say("cancelled"),
        h("p", null, say("cancelledNext")),
        button(say("again"), () => dispatch({ kind: "submit" })),
      );
    case "failed":
      return notice(
        "warning",
        say("failed"),
        h("p", null, phase.sentence),
        button(say("again"), () => dispatch({ kind: "submit" })),
      );
    case "answered":
      return answer === undefined
        ? null
        : answer.results.length === 0
          ? drawNothing(scene, answer)
          : [drawSummary(scene, answer), drawResults(scene, answer, false), drawKeys(scene)];
  }
}

/** What the question was taken for, and how much came of it. */
function drawSummary(scene: Scene, answer: PanelAnswer): ComponentChild {
  const { say } = scene;
  return h(
    "div",
    { class: "summary", key: "summary" },
    h(
      "p",
      { class: "understood" },
      h("span", { class: "badge" }, say(modeWords[answer.understoodAs.kind])),
      " ",
      answer.understoodAs.sentence,
    ),
    h("p", { class: "soft count" }, sayCount(scene, answer)),
    drawNews(scene, answer),
  );
}

function sayCount({ state, say }: Scene, answer: PanelAnswer): string {
  const { page, results, isTotalExact } = answer;
  const total = sayNumber(answer.total, state.language);
  if (isTotalExact && answer.total === results.length)
    return results.length === 1 ? say("countOne") : say("countAll", { total });
  const first = (page - 1) * PAGE_SIZE + 1;
  const last = first + results.length - 1;
  return say(isTotalExact ? "count" : "countAbout", { first, last, total });
}

/** What the person should know of the answer: that it may grow, and what was not asked for it. */
function drawNews({ dispatch, say }: Scene, { isIndexing, notices }: PanelAnswer): ComponentChild {
  return [
    isIndexing === true
      ? h(
          "div",
          { class: "news", key: "indexing" },
          loading(say("stillIndexing")),
          button(say("again"), () => dispatch({ kind: "submit" }), { class: "plain" }),
        )
      : null,
    notices?.map((sentence) => h("p", { class: "hint", key: sentence }, sentence)),
  ];
}

function drawResults(scene: Scene, answer: PanelAnswer, isOld: boolean): ComponentChild {
  const { say } = scene;
  return h(
    "div",
    { class: isOld ? "results old" : "results", key: "results" },
    h("h3", { class: "unseen" }, say("results")),
    h(
      "ol",
      { "aria-label": say("results") },
      answer.results.map((result, index) => drawResult(scene, result, index)),
    ),
    drawPages(scene, answer),
  );
}

function drawPages({ state, dispatch, say }: Scene, answer: PanelAnswer): ComponentChild {
  const pages = pagesOf(answer);
  if (pages === 1) return null;
  const { page, isTotalExact } = answer;
  const turn = (word: Word, by: 1 | -1, isPossible: boolean): ComponentChild =>
    button(icon(by === 1 ? "right" : "left"), () => dispatch({ kind: "turn", by }), {
      class: "plain",
      "aria-label": say(word),
      title: say(word),
      disabled: !isPossible || state.search.phase.kind === "waiting",
    });
  return h(
    "nav",
    { class: "pages", "aria-label": say("pages") },
    turn("pageBack", -1, page > 1),
    h("span", null, isTotalExact ? say("page", { page, pages }) : say("pageOpen", { page })),
    turn("pageNext", 1, hasNext(answer)),
  );
}

/** Nothing was found: what was understood, and everything that may stand in the way. */
function drawNothing(scene: Scene, answer: PanelAnswer): ComponentChild {
  const { state, dispatch, say } = scene;
  const { asked } = state.search;
  const isFiltered = asked !== undefined && countFilters(asked.filter) > 0;
  const isForced = asked !== undefined && asked.mode !== "auto";
  return notice(
    "search",
    say("nothing"),
    h(
      "p",
      null,
      h("span", { class: "badge" }, say(modeWords[answer.understoodAs.kind])),
      " ",
      answer.understoodAs.sentence,
    ),
    h(
      "ul",
      null,
      isFiltered ? h("li", null, say("nothingFilters")) : null,
      isForced ? h("li", null, say("nothingMode", { mode: say(modeWords[asked.mode]) })) : null,
      h("li", null, say("nothingFewer")),
    ),
    drawNews(scene, answer),
    h(
      "div",
      { class: "row" },
      isFiltered
        ? button(say("filtersReset"), () => {
            dispatch({ kind: "filter", filter: noFilter });
            dispatch({ kind: "submit" });
          })
        : null,
      isForced
        ? button(say("modeReset"), () => {
            dispatch({ kind: "mode", mode: "auto" });
            dispatch({ kind: "submit" });
          })
        : null,
    ),
  );
}

/** Before the first question: what can be asked, and what was asked before. */
function drawIntro(scene: Scene): ComponentChild {
  const { dispatch, say } = scene;
  const examples: readonly (readonly [string, Word])[] = [
    ["HashMap.put", "introName"],
    [say("exampleDescription"), "introDescription"],
    ['"read timed out"', "introText"],
    ["/throw new \\w+/", "introPattern"],
  ];
  return h(
    "div",
    { class: "intro" },
    drawRecent(scene),
    h("h3", null, say("introTitle")),
    h("p", { class: "soft" }, say("introBody")),
    h(
      "ul",
      { class: "examples" },
      examples.map(([query, word]) =>
        h(
          "li",
          { key: word },
          button(h("code", null, query), () => dispatch({ kind: "ask", query, mode: "auto" })),
          h("span", { class: "soft" }, say(word)),
        ),
      ),
      h(
        "li",
        { key: "error" },
        h("code", { class: "plain" }, say("exampleError")),
        h("span", { class: "soft" }, say("introError")),
      ),
    ),
    drawKeys(scene),
  );
}

function drawRecent({ state, dispatch, say }: Scene): ComponentChild {
  const { recent, isKept } = state.search;
  if (recent.length === 0) return null;
  return h(
    "div",
    { class: "recent" },
    h(
      "div",
      { class: "row spread" },
      h("h3", null, say("recent")),
      button(say("recentForget"), () => dispatch({ kind: "forget" }), { class: "plain" }),
    ),
    h(
      "ul",
      null,
      recent.map((query) =>
        h(
          "li",
          { key: query },
          button([icon("clock"), h("span", null, query)], () => dispatch({ kind: "ask", query }), {
            class: "plain",
            title: query.includes("\n") ? query : undefined,
          }),
        ),
      ),
    ),
    state.settings?.can.keepQueries === true
      ? h(
          "label",
          { class: "check" },
          h("input", {
            type: "checkbox",
            checked: isKept,
            onChange: () => dispatch({ kind: "keep", isKept: !isKept }),
          }),
          h(
            "span",
            null,
            `${say("keep")} `,
            h("span", { class: "soft" }, say(isKept ? "keepOn" : "keepOff")),
          ),
        )
      : h("p", { class: "soft" }, say("keepOff")),
  );
}

function drawKeys({ state, say }: Scene): ComponentChild {
  const can: PanelSettings["can"] = state.settings?.can ?? {};
  const { keys } = state.settings ?? {};
  const rows: readonly (readonly [readonly string[], Word] | undefined)[] = [
    keys?.focusSearch === undefined ? undefined : [[keys.focusSearch], "keySearch"],
    [["/", "Esc"], "keyBox"],
    [["↓", "↑"], "keyMove"],
    [["Enter"], "keyOpen"],
    [["P"], "keyPreview"],
    [["C"], "keyCopy"],
    can.insert === true ? [["I"], "keyInsert"] : undefined,
    [["E"], "keyMore"],
    [["N", "B"], "keyPages"],
    [["←", "→"], "keyTabs"],
  ];
  return h(
    "details",
    { class: "keys", key: "keys" },
    h("summary", null, say("keys")),
    h(
      "dl",
      null,
      rows
        .filter((row) => row !== undefined)
        .flatMap(([names, word]) => [
          h(
            "dt",
            { key: word },
            names.map((name) => h("kbd", { key: name }, name)),
          ),
          h("dd", { key: `${word}.` }, say(word)),
        ]),
    ),
  );
}
