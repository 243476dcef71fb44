import { type ComponentChild, h } from "preact";
import type { Mode, Source } from "@cloud-code/search";
import { countFilters, noFilter } from "../state.ts";
import { languageNames, type Word } from "../words.ts";
import { button, icon, type Scene } from "./element.ts";

/** The words for the ways a question can be read. */
export const modeWords: Readonly<Record<Mode | "selection", Word>> = {
  auto: "modeAuto",
  api: "modeApi",
  description: "modeDescription",
  literal: "modeLiteral",
  regex: "modeRegex",
  error: "modeError",
  selection: "modeSelection",
};

const modes = ["auto", "api", "description", "literal", "regex", "error"] as const;

/** The box, its suggestions and its filters. */
export function drawBox(scene: Scene): ComponentChild {
  const { state, dispatch, say } = scene;
  const { search } = state;
  const filters = countFilters(search.filter) + (search.mode === "auto" ? 0 : 1);
  return h(
    "form",
    {
      class: "ask",
      role: "search",
      onSubmit: (event: Event) => {
        event.preventDefault();
        dispatch({ kind: "submit" });
      },
    },
    h(
      "div",
      { class: "box" },
      icon("search"),
      drawQuery(scene),
      search.query === ""
        ? null
        : button(icon("close"), () => dispatch({ kind: "clear" }), {
            class: "plain clear",
            "aria-label": say("clear"),
            title: say("clear"),
          }),
      button(icon("filter"), () => dispatch({ kind: "toggle-filters" }), {
        class: filters > 0 ? "plain toggle active" : "plain toggle",
        "aria-expanded": String(search.hasFilters),
        "aria-controls": search.hasFilters ? "panel-filters" : undefined,
        "aria-label": filters > 0 ? say("filtersActive", { count: filters }) : say("filters"),
        title: say("filters"),
      }),
      search.suggestions.length === 0 ? null : drawSuggestions(scene),
    ),
    h("p", { class: "unseen", id: "panel-query-help" }, say("queryHelp")),
    search.hasFilters ? drawFilters(scene) : null,
  );
}

function drawQuery({ state, dispatch, say }: Scene): ComponentChild {
  const { query, suggestions, chosen } = state.search;
  const isOpen = suggestions.length > 0;
  const onKeyDown = (event: KeyboardEvent): void => {
    // Enter that ends a word of an input method is no question.
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const isFirstLine = !query.includes("\n");
    switch (event.key) {
      case "Enter":
        if (event.shiftKey) return;
        dispatch(chosen >= 0 ? { kind: "take", index: chosen } : { kind: "submit" });
        break;
      case "ArrowDown":
      case "ArrowUp":
        if (isOpen) dispatch({ kind: "choose", by: event.key === "ArrowDown" ? 1 : -1 });
        else if (event.key === "ArrowDown" && isFirstLine) dispatch({ kind: "move", to: 0 });
        else return;
        break;
      case "Escape":
        if (isOpen) dispatch({ kind: "close-suggestions" });
        else if (state.search.phase.kind === "waiting") dispatch({ kind: "cancel" });
        else if (query !== "") dispatch({ kind: "clear" });
        else return;
        break;
      case "Tab":
        if (chosen < 0) return;
        dispatch({ kind: "take", index: chosen });
        break;
      default:
        return;
    }
    event.preventDefault();
  };
  return h("textarea", {
    id: "panel-query",
    class: query.includes("\n") ? "query long" : "query",
    rows: Math.min(6, query.split("\n").length),
    value: query,
    placeholder: say("queryHint"),
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: false,
    "aria-label": say("query"),
    "aria-describedby": "panel-query-help",
    "aria-autocomplete": "list",
    "aria-controls": isOpen ? "panel-suggestions" : undefined,
    "aria-activedescendant": chosen >= 0 ? `panel-suggestion-${chosen}` : undefined,
    "data-focus": "box",
    onInput: (event: Event & { currentTarget: HTMLTextAreaElement }) =>
      dispatch({ kind: "typed", query: event.currentTarget.value }),
    onKeyDown,
    onBlur: () => {
      if (isOpen) dispatch({ kind: "close-suggestions" });
    },
  });
}

/** Names that the last word may become; what stays the same is dim. */
function drawSuggestions({ state, dispatch, say }: Scene): ComponentChild {
  const { suggestions, chosen, query } = state.search;
  const front = query.slice(0, query.search(/[\p{L}\p{N}_$]*$/u));
  return h(
    "ul",
    {
      id: "panel-suggestions",
      class: "suggestions",
      role: "listbox",
      "aria-label": say("suggestions"),
    },
    suggestions.map(({ text, kind }, index) =>
      h(
        "li",
        {
          id: `panel-suggestion-${index}`,
          key: text,
          role: "option",
          "aria-selected": String(index === chosen),
          // The box keeps the focus, else the list would close before the click.
          onMouseDown: (event: Event) => event.preventDefault(),
          onClick: () => dispatch({ kind: "take", index }),
        },
        h(
          "span",
          { class: "text" },
          text.startsWith(front) ? h("span", { class: "front" }, front) : null,
          text.startsWith(front) ? text.slice(front.length) : text,
        ),
        h("span", { class: "kind" }, kind),
      ),
    ),
  );
}

function drawFilters({ state, dispatch, say }: Scene): ComponentChild {
  const { filter, mode } = state.search;
  const sources = state.settings?.sources ?? [];
  const text = (name: "package" | "path", hint: Word): ComponentChild =>
    h(
      "label",
      { class: "field" },
      h("span", null, say(name)),
      h("input", {
        type: "text",
        value: filter[name],
        placeholder: say(hint),
        autocomplete: "off",
        spellcheck: false,
        onInput: (event: Event & { currentTarget: HTMLInputElement }) =>
          dispatch({ kind: "filter", filter: { [name]: event.currentTarget.value } }),
      }),
    );
  // Nothing chosen is everything.
  const chosen = filter.sources.length === 0 ? sources : filter.sources;
  const toggle = (source: Source): void => {
    const next = sources.filter((each) => chosen.includes(each) !== (each === source));
    dispatch({ kind: "filter", filter: { sources: next.length === sources.length ? [] : next } });
  };
  return h(
    "div",
    { id: "panel-filters", class: "filters" },
    h(
      "fieldset",
      { class: "field" },
      h("legend", null, say("source")),
      h(
        "div",
        { class: "chips" },
        sources.map((source) =>
          h(
            "label",
            { class: "chip", key: source },
            h("input", {
              type: "checkbox",
              checked: chosen.includes(source),
              onChange: () => toggle(source),
            }),
            h("span", null, say(source)),
          ),
        ),
      ),
    ),
    h(
      "label",
      { class: "field" },
      h("span", null, say("language")),
      h(
        "select",
        {
          value: filter.language,
          onChange: (event: Event & { currentTarget: HTMLSelectElement }) =>
            dispatch({ kind: "filter", filter: { language: event.currentTarget.value } }),
        },
        h("option", { value: "" }, say("anyLanguage")),
        Object.entries(languageNames).map(([value, name]) =>
          h("option", { value, key: value }, name),
        ),
        h("option", { value: "generic" }, say("otherLanguage")),
      ),
    ),
    text("package", "packageHint"),
    text("path", "pathHint"),
    h(
      "label",
      { class: "field" },
      h("span", null, say("mode")),
      h(
        "select",
        {
          value: mode,
          onChange: (event: Event & { currentTarget: HTMLSelectElement }) => {
            const chosen = modes.find((each) => each === event.currentTarget.value);
            if (chosen !== undefined) dispatch({ kind: "mode", mode: chosen });
          },
        },
        modes.map((value) => h("option", { value, key: value }, say(modeWords[value]))),
      ),
    ),
    h(
      "div",
      { class: "row end" },
      button(
        say("filtersReset"),
        () => {
          dispatch({ kind: "filter", filter: noFilter });
          dispatch({ kind: "mode", mode: "auto" });
        },
        { disabled: countFilters(filter) === 0 && mode === "auto" },
      ),
      h("button", { type: "submit", class: "primary" }, say("search")),
    ),
  );
}
