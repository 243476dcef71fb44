import { Prec, type Extension } from "@codemirror/state";
import {
  type EditorView,
  keymap,
  ViewPlugin,
  type PluginValue,
  type ViewUpdate,
} from "@codemirror/view";
import type { Answer, Question } from "../../session.ts";
import { show, shownField, toShown } from "./ghost.ts";
import type { Word } from "./words.ts";

/** A pause in typing after which a question is asked, in milliseconds: enough to join the keys of one burst, too short to see. */
const debounceMs = 15;
const automaticLimit = 5;
const explicitLimit = 8;

/** What became of the last question, for the strip below the editor. */
export type Outcome =
  | { readonly kind: "quiet"; readonly word: Word }
  | { readonly kind: "asking" }
  | { readonly kind: "answered"; readonly answer: Answer; readonly isExplicit: boolean }
  | { readonly kind: "failed"; readonly error: unknown };

/** Where questions go and where outcomes are shown. */
export interface Oracle {
  /** The file in the editor, or undefined when nothing may be asked. */
  path(): string | undefined;
  complete(question: Omit<Question, "signal">, signal: AbortSignal): Promise<Answer>;
  onOutcome(outcome: Outcome): void;
}

/** Asks as the person types, one question at a time: a newer one ends the older, and an answer to a text that is gone is dropped. */
class Asker implements PluginValue {
  readonly #view: EditorView;
  readonly #oracle: Oracle;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: AbortController | undefined;

  constructor(view: EditorView, oracle: Oracle) {
    this.#view = view;
    this.#oracle = oracle;
  }

  update(update: ViewUpdate): void {
    const wasShown = update.startState.field(shownField) !== undefined;
    if (!update.docChanged && !update.selectionSet) {
      if (wasShown && !update.state.field(shownField))
        this.#oracle.onOutcome({ kind: "quiet", word: "whyDismissed" });
      return;
    }
    this.#forget();
    // Typed along the suggestion: what is shown is still right, and nothing needs to be asked.
    if (update.state.field(shownField)) return;
    const quiet = whyQuiet(update);
    if (quiet) {
      this.#oracle.onOutcome({ kind: "quiet", word: quiet });
      return;
    }
    this.#timer = setTimeout(() => void this.ask(false), debounceMs);
  }

  destroy(): void {
    this.#forget();
  }

  /** A composed character is not typed before the input method says so. */
  composed(): void {
    if (this.#view.state.field(shownField) || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.ask(false), debounceMs);
  }

  async ask(isExplicit: boolean): Promise<void> {
    this.#forget();
    const path = this.#oracle.path();
    const { state, composing } = this.#view;
    if (path === undefined || (composing && !isExplicit)) return;
    const running = new AbortController();
    this.#running = running;
    this.#oracle.onOutcome({ kind: "asking" });
    const outcome = await this.#request(path, isExplicit, running.signal);
    if (running.signal.aborted) return;
    this.#running = undefined;
    if (outcome.kind === "answered") {
      this.#view.dispatch({
        effects: show.of(toShown(state, outcome.answer.candidates, isExplicit)),
      });
    }
    this.#oracle.onOutcome(outcome);
  }

  async #request(path: string, isExplicit: boolean, signal: AbortSignal): Promise<Outcome> {
    const { doc, selection } = this.#view.state;
    const question = {
      path,
      text: doc.toString(),
      offset: selection.main.head,
      limit: isExplicit ? explicitLimit : automaticLimit,
      explicit: isExplicit,
    };
    try {
      return {
        kind: "answered",
        answer: await this.#oracle.complete(question, signal),
        isExplicit,
      };
    } catch (error) {
      return { kind: "failed", error };
    }
  }

  /** Every change of text or cursor ends the question before it, so an answer always fits the text it meets. */
  #forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running?.abort();
    this.#running = undefined;
  }
}

function whyQuiet(update: ViewUpdate): Word | undefined {
  const { selection } = update.state;
  if (selection.ranges.length > 1 || !selection.main.empty) return "whyCursors";
  if (update.transactions.some((transaction) => transaction.isUserEvent("input"))) return undefined;
  return update.transactions.some((transaction) => transaction.isUserEvent("delete"))
    ? "whyDeleting"
    : "whyMoved";
}

/** Asks as the person types, and on Ctrl+Space or Alt+\ with the list. */
export function asking(oracle: Oracle): {
  readonly extension: Extension;
  readonly ask: (view: EditorView) => void;
} {
  const plugin = ViewPlugin.define((view) => new Asker(view, oracle), {
    eventHandlers: {
      compositionend() {
        this.composed();
      },
    },
  });
  const ask = (view: EditorView): void => {
    void view.plugin(plugin)?.ask(true);
  };
  const run = (view: EditorView): boolean => {
    ask(view);
    return true;
  };
  // Ctrl+Space belongs to the input method on many Chinese systems, so there is a second key.
  const keys = keymap.of([
    { key: "Ctrl-Space", run },
    { key: "Alt-\\", run, preventDefault: true },
  ]);
  return { extension: [plugin, Prec.highest(keys)], ask };
}
