import {
  Annotation,
  type AnnotationType,
  Prec,
  StateEffect,
  StateField,
  type EditorState,
  type Extension,
  type StateEffectType,
  type Transaction,
} from "@codemirror/state";
import {
  Decoration,
  EditorView,
  keymap,
  WidgetType,
  type Command,
  type DecorationSet,
} from "@codemirror/view";
import type { Suggestion } from "@cloud-code/completion";
import { defaultSettings } from "../../lsp/settings.ts";
import { follow, nextWord, preferContinuation, toGhost, type Ghost } from "./suggestion.ts";

/** The suggestions at the cursor. `isTaken` tells whether a part of one was accepted already. `isList` tells whether the ranked list is open; `index` is the one shown in grey. */
export interface Shown {
  readonly suggestions: readonly Suggestion[];
  readonly index: number;
  readonly isList: boolean;
  readonly isTaken?: boolean;
}

/** An edit that accepted a suggestion, or a first part of it. */
export const accepted: AnnotationType<Acceptance> = Annotation.define<Acceptance>();

/** What was accepted, by its place in the list and the UTF-16 units that went in. */
export interface Acceptance {
  readonly rank: number;
  readonly characters: number;
}

/** Shows suggestions, or none. */
export const show: StateEffectType<Shown | undefined> = StateEffect.define<Shown | undefined>();

/** What is shown now. An edit along the suggestions keeps them, any other ends them. */
export const shownField: StateField<Shown | undefined> = StateField.define<Shown | undefined>({
  create: () => undefined,
  update(shown, transaction) {
    for (const effect of transaction.effects) if (effect.is(show)) return effect.value;
    if (!shown || !(transaction.docChanged || transaction.selection)) return shown;
    return followAll(shown, transaction);
  },
});

function followAll(shown: Shown, transaction: Transaction): Shown | undefined {
  const { doc, selection } = transaction.state;
  if (selection.ranges.length > 1 || !selection.main.empty) return undefined;
  const current = shown.suggestions[shown.index];
  const suggestions: Suggestion[] = [];
  let index = 0;
  for (const suggestion of shown.suggestions) {
    const followed = follow(suggestion, transaction.changes, doc, selection.main.head);
    if (!followed) continue;
    if (suggestion === current) index = suggestions.length;
    suggestions.push(followed);
  }
  const isTaken = shown.isTaken === true || transaction.annotation(accepted) !== undefined;
  return suggestions.length === 0 ? undefined : { ...shown, suggestions, index, isTaken };
}

/**
 * What to show of an answer. What comes by itself must be likely, by the same thresholds as in an editor; of what was
 * asked for, everything: how unlikely the rest is can be seen beside it.
 */
export function toShown(
  state: EditorState,
  suggestions: readonly Suggestion[],
  isAskedFor: boolean,
): Shown | undefined {
  const cursor = state.selection.main.head;
  const { listThreshold, ghostThreshold } = defaultSettings;
  const chosen = suggestions.filter(
    (suggestion) =>
      toGhost(state.doc, suggestion, cursor) !== undefined &&
      (isAskedFor || suggestion.probability >= listThreshold),
  );
  const index = preferContinuation(state.doc, chosen, cursor);
  const first = chosen[index];
  if (!first || (!isAskedFor && first.probability < ghostThreshold)) return undefined;
  return { suggestions: chosen, index, isList: isAskedFor };
}

/** The suggestion in grey and how it is drawn; undefined when there is none. */
export function ghostOf(
  state: EditorState,
): { readonly suggestion: Suggestion; readonly ghost: Ghost } | undefined {
  const shown = state.field(shownField);
  const suggestion = shown?.suggestions[shown.index];
  const ghost = suggestion && toGhost(state.doc, suggestion, state.selection.main.head);
  return suggestion && ghost && { suggestion, ghost };
}

class GhostText extends WidgetType {
  readonly text: string;

  constructor(text: string) {
    super();
    this.text = text;
  }

  override eq(other: GhostText): boolean {
    return other.text === this.text;
  }

  override toDOM(): HTMLElement {
    const element = document.createElement("span");
    element.className = "ghost";
    element.textContent = this.text;
    // Read out by the live region instead, once it stands still.
    element.setAttribute("aria-hidden", "true");
    return element;
  }

  override get lineBreaks(): number {
    return this.text.split("\n").length - 1;
  }

  override ignoreEvent(): boolean {
    return false;
  }
}

function decorate(state: EditorState): DecorationSet {
  const drawn = ghostOf(state);
  if (!drawn) return Decoration.none;
  const { pieces, struck } = drawn.ghost;
  const marks = pieces.map(({ at, text }) =>
    Decoration.widget({ widget: new GhostText(text), side: 1 }).range(at),
  );
  const strike =
    struck && struck.from < struck.to
      ? [Decoration.mark({ class: "struck" }).range(struck.from, struck.to)]
      : [];
  return Decoration.set([...strike, ...marks], true);
}

/** Inserts a suggestion whole; the grey one when none is given. */
export function accept(
  view: EditorView,
  suggestion: Suggestion | undefined = ghostOf(view.state)?.suggestion,
): boolean {
  if (!suggestion) return false;
  const { start, end } = suggestion.replace;
  view.dispatch({
    changes: { from: start, to: end, insert: suggestion.text },
    selection: { anchor: start + suggestion.text.length },
    effects: show.of(undefined),
    annotations: acceptanceOf(view, suggestion, suggestion.text.length),
    userEvent: "input.complete",
    scrollIntoView: true,
  });
  return true;
}

/** Inserts the next word of the grey text and keeps the rest of it. */
export const acceptWord: Command = (view) => {
  const drawn = ghostOf(view.state);
  if (!drawn) return false;
  const { pieces, struck } = drawn.ghost;
  const cursor = view.state.selection.main.head;
  const piece = struck ? undefined : pieces.find(({ at }) => at === cursor);
  const word = nextWord(piece?.text ?? "");
  // What cannot be typed bit by bit is taken whole: a re-spelled word, and the end of the suggestion.
  if (word === "" || (pieces.length === 1 && word === piece?.text)) return accept(view);
  view.dispatch({
    changes: { from: cursor, insert: word },
    selection: { anchor: cursor + word.length },
    annotations: acceptanceOf(view, drawn.suggestion, word.length),
    userEvent: "input.complete.word",
    scrollIntoView: true,
  });
  return true;
};

/** A suggestion counts once, however many bites it is taken in. */
function acceptanceOf(
  view: EditorView,
  { rank }: Suggestion,
  characters: number,
): Annotation<Acceptance>[] {
  const isTaken = view.state.field(shownField)?.isTaken === true;
  return isTaken ? [] : [accepted.of({ rank, characters })];
}

/** Shows the next (1) or the previous (-1) suggestion in grey. */
export function cycle(step: 1 | -1): Command {
  return (view) => {
    const shown = view.state.field(shownField);
    if (!shown) return false;
    const count = shown.suggestions.length;
    view.dispatch({ effects: show.of({ ...shown, index: (shown.index + step + count) % count }) });
    return true;
  };
}

/** Closes the list first, then takes the grey text away. */
export const dismiss: Command = (view) => {
  const shown = view.state.field(shownField);
  if (!shown) return false;
  view.dispatch({ effects: show.of(shown.isList ? { ...shown, isList: false } : undefined) });
  return true;
};

/** Grey text at the cursor with its keys. They do something only while there is a suggestion, so Tab still indents. */
export function ghostText(): Extension {
  return [
    shownField,
    EditorView.decorations.compute([shownField, "doc", "selection"], decorate),
    // A finger has no Tab key; a mouse on grey text means the place, not the text.
    EditorView.domEventHandlers({
      pointerdown(event, view) {
        const isTap =
          event.pointerType === "touch" &&
          event.target instanceof Element &&
          event.target.closest(".ghost") !== null;
        if (isTap) event.preventDefault();
        return isTap && accept(view);
      },
    }),
    Prec.highest(
      keymap.of([
        { key: "Tab", run: (view) => accept(view) },
        { key: "Ctrl-ArrowRight", mac: "Cmd-ArrowRight", run: acceptWord },
        { key: "Alt-]", run: cycle(1), preventDefault: true },
        { key: "Alt-[", run: cycle(-1), preventDefault: true },
        { key: "Escape", run: dismiss },
      ]),
    ),
  ];
}
