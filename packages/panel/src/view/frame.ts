import { type ComponentChild, h } from "preact";
import type { Tab } from "../protocol.ts";
import { drawData } from "./data.ts";
import { button, icon, loading, type Scene } from "./element.ts";
import { drawPreview } from "./preview.ts";
import { drawSearch } from "./search.ts";
import { drawStatistics } from "./statistics.ts";
import { drawStatus } from "./status.ts";

const tabs: readonly Tab[] = ["search", "statistics", "status", "data"];

/** The whole panel: its tabs, the page that is chosen, and what is said aloud. */
export function drawFrame(scene: Scene): ComponentChild {
  const { state, say } = scene;
  return h(
    "div",
    { class: "frame", lang: state.language === "zh" ? "zh-CN" : "en" },
    drawTabs(scene),
    h(
      "div",
      {
        id: `panel-${state.tab}`,
        class: "body",
        role: "tabpanel",
        "aria-labelledby": `panel-tab-${state.tab}`,
        key: state.tab,
      },
      state.settings === undefined
        ? h(
            "div",
            { class: "pad" },
            loading(say("connecting")),
            h("p", { class: "soft" }, say("connectingNext")),
          )
        : drawBody(scene),
    ),
    drawSaid(scene),
  );
}

function drawBody(scene: Scene): ComponentChild {
  const { state } = scene;
  switch (state.tab) {
    case "search": {
      const { preview } = state.search;
      return preview === undefined ? drawSearch(scene) : drawPreview(scene, preview);
    }
    case "statistics":
      return drawStatistics(scene);
    case "status":
      return drawStatus(scene);
    case "data":
      return drawData(scene);
  }
}

function drawTabs({ state, dispatch, say }: Scene): ComponentChild {
  const move = (event: KeyboardEvent): void => {
    const at = tabs.indexOf(state.tab);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    const tab = to === undefined ? undefined : tabs[(to + tabs.length) % tabs.length];
    if (tab === undefined) return;
    event.preventDefault();
    dispatch({ kind: "host", message: { kind: "show", tab } });
  };
  return h(
    "div",
    { class: "tabs", role: "tablist", "aria-label": say("tabs"), onKeyDown: move },
    tabs.map((tab) => {
      const isChosen = tab === state.tab;
      return h(
        "button",
        {
          type: "button",
          id: `panel-tab-${tab}`,
          key: tab,
          role: "tab",
          class: isChosen ? "tab chosen" : "tab",
          "aria-selected": String(isChosen),
          "aria-controls": isChosen ? `panel-${tab}` : undefined,
          tabIndex: isChosen ? 0 : -1,
          "data-focus": isChosen ? "tab" : undefined,
          onClick: () => dispatch({ kind: "tab", tab }),
        },
        say(tab),
      );
    }),
  );
}

/** Two live regions that are always there: one that appears with its text is not read. */
function drawSaid({ state, dispatch, say }: Scene): ComponentChild {
  const { said } = state;
  const isProblem = said?.tone === "problem";
  const isShown = said !== undefined && said.tone !== "quiet";
  return h(
    "div",
    { class: isShown ? `said of-${said.tone}` : "said unseen" },
    h("p", { role: "status" }, said !== undefined && !isProblem ? said.text : ""),
    h("p", { role: "alert" }, isProblem ? said.text : ""),
    isShown
      ? button(icon("close"), () => dispatch({ kind: "dismiss" }), {
          class: "plain",
          "aria-label": say("dismiss"),
          title: say("dismiss"),
        })
      : null,
  );
}
