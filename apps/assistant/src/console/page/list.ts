import {
  Prec,
  StateEffect,
  StateField,
  type EditorState,
  type Extension,
  type StateEffectType,
} from "@codemirror/state";
import {
  EditorView,
  keymap,
  showTooltip,
  tooltips,
  type Command,
  type Tooltip,
  type TooltipView,
} from "@codemirror/view";
import type { Suggestion } from "@cloud-code/completion";
import type { Locale } from "../../errors.ts";
import { accept, cycle, show, shownField, type Shown } from "./ghost.ts";
import { say, type Word } from "./words.ts";

const listId = "suggestion-list";

const sourceWord: Readonly<Record<Suggestion["source"], Word>> = {
  file: "sourceFile",
  project: "sourceProject",
  model: "sourceModel",
};

/** Where a suggestion comes from, in words. */
export function saySource(suggestion: Suggestion, locale: Locale): string {
  return say(sourceWord[suggestion.source], locale);
}

/** A probability as people read it: whole per cent; what is offered is never "0 %". */
export function sayPercent(probability: number, locale: Locale): string {
  const number = probability < 0.005 ? "<1" : String(Math.round(probability * 100));
  return locale === "en" ? `${number} %` : `${number}%`;
}

/** Room between the cursor's line and what is shown at it, in pixels. */
const offset = { x: 0, y: 4 };

/** Says at the cursor why a list that was asked for is empty; the next edit or move takes it away. */
export const showNote: StateEffectType<string> = StateEffect.define<string>();

const noteField = StateField.define<string | undefined>({
  create: () => undefined,
  update(note, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(showNote)) return effect.value;
      if (effect.is(show)) return undefined;
    }
    return transaction.docChanged || transaction.selection ? undefined : note;
  },
});

function optionId(index: number): string {
  return `${listId}-${index}`;
}

/** The ranked list below the cursor: rank, text, probability and source of every suggestion. */
export function rankedList(locale: () => Locale): Extension {
  const whenOpen =
    (command: Command): Command =>
    (view) =>
      view.state.field(shownField)?.isList === true && command(view);
  return [
    noteField,
    // Within the editor: the strip below shows the keys and must stay in sight.
    tooltips({ tooltipSpace: (view) => view.scrollDOM.getBoundingClientRect() }),
    showTooltip.compute([shownField, noteField, "selection"], (state) => toTooltip(state, locale)),
    EditorView.contentAttributes.compute([shownField], (state) =>
      toAttributes(state.field(shownField)),
    ),
    Prec.highest(
      keymap.of([
        { key: "ArrowDown", run: whenOpen(cycle(1)) },
        { key: "ArrowUp", run: whenOpen(cycle(-1)) },
        { key: "Enter", run: whenOpen((view) => accept(view)) },
      ]),
    ),
  ];
}

/** The editor keeps the focus; these attributes tell a screen reader which option the arrows are on. */
function toAttributes(shown: Shown | undefined): Record<string, string> {
  const base = { "aria-autocomplete": "both", "aria-haspopup": "listbox" };
  return shown?.isList
    ? { ...base, "aria-controls": listId, "aria-activedescendant": optionId(shown.index) }
    : base;
}

function toTooltip(state: EditorState, locale: () => Locale): Tooltip | null {
  const shown = state.field(shownField);
  const note = state.field(noteField);
  const cursor = state.selection.main.head;
  if (shown?.isList) {
    const pos = Math.min(...shown.suggestions.map(({ replace }) => replace.start), cursor);
    return { pos, above: false, create: (view) => createList(view, locale) };
  }
  return note === undefined
    ? null
    : { pos: cursor, above: false, create: () => createNote(note, locale()) };
}

function createNote(note: string, locale: Locale): TooltipView {
  const dom = document.createElement("div");
  dom.className = "note";
  const title = document.createElement("strong");
  title.textContent = say("nothingHere", locale);
  dom.append(title, note);
  return { dom, offset };
}

function createList(view: EditorView, locale: () => Locale): TooltipView {
  const dom = document.createElement("div");
  dom.className = "list";
  dom.id = listId;
  dom.setAttribute("role", "listbox");
  dom.setAttribute("aria-label", say("listLabel", locale()));
  let drawn: Shown | undefined;
  const draw = (shown: Shown | undefined): void => {
    if (!shown || shown === drawn) return;
    drawn = shown;
    dom.replaceChildren(
      ...shown.suggestions.map((suggestion, index) =>
        createOption(view, suggestion, index, index === shown.index, locale()),
      ),
    );
    dom.children[shown.index]?.scrollIntoView({ block: "nearest" });
  };
  draw(view.state.field(shownField));
  return { dom, update: (update) => draw(update.state.field(shownField)), overlap: true, offset };
}

function createOption(
  view: EditorView,
  suggestion: Suggestion,
  index: number,
  isSelected: boolean,
  locale: Locale,
): HTMLElement {
  const percent = sayPercent(suggestion.probability, locale);
  const source = saySource(suggestion, locale);
  const element = document.createElement("div");
  element.className = "option";
  element.id = optionId(index);
  element.setAttribute("role", "option");
  element.setAttribute("aria-selected", String(isSelected));

  const share = createPart("share", "");
  share.style.setProperty("--share", `${suggestion.probability * 100}%`);
  share.title = say("probability", locale);
  share.setAttribute("aria-hidden", "true");
  element.append(
    createPart("rank", String(suggestion.rank)),
    createPart("code", suggestion.text),
    share,
    createPart("percent", percent),
    createPart("source", source),
  );
  // The editor must keep the focus, on a phone its keyboard too.
  element.addEventListener("mousedown", (event) => event.preventDefault());
  element.addEventListener("click", () =>
    accept(view, view.state.field(shownField)?.suggestions[index]),
  );
  return element;
}

function createPart(name: string, text: string): HTMLElement {
  const part = document.createElement("span");
  part.className = name;
  part.textContent = text;
  return part;
}
