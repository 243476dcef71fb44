import type { EditorView } from "@codemirror/view";
import { wordWhy, type Locale } from "../../words.ts";
import type { Outcome } from "./asking.ts";
import { RequestError } from "./client.ts";
import { find, nameKeyOrButton } from "./elements.ts";
import { accept, acceptWord, cycle, dismiss, ghostOf, shownField } from "./ghost.ts";
import { saySource, sayPercent } from "./list.ts";
import { say, sayProblem } from "./words.ts";

/** A suggestion that stands still this long is read out, in milliseconds. Reading each one while typing would drown the keys. */
const announceAfterMs = 600;

/** The strip below the editor: what the suggestion is and which keys take it, or in words why there is none. */
export class Strip {
  readonly #why: HTMLElement = find("why");
  readonly #offer: HTMLElement = find("offer");
  readonly #facts: HTMLElement = find("offer-facts");
  readonly #announcer: HTMLElement = find("announcer");
  readonly #locale: () => Locale;
  #outcome: Outcome = { kind: "quiet", word: "whyStart" };
  #announcement: ReturnType<typeof setTimeout> | undefined;

  constructor(locale: () => Locale, view: () => EditorView, ask: () => void) {
    this.#locale = locale;
    const onClick = (id: string, run: (view: EditorView) => boolean): void => {
      // Without this a tap would close the keyboard of a phone.
      find(id).addEventListener("mousedown", (event) => event.preventDefault());
      find(id).addEventListener("click", () => {
        run(view());
        view().focus();
      });
    };
    onClick("accept", (target) => accept(target));
    onClick("accept-word", acceptWord);
    onClick("next", cycle(1));
    onClick("dismiss", dismiss);
    onClick("list", () => {
      ask();
      return true;
    });
  }

  /** Remembers what became of the last question. */
  setOutcome(outcome: Outcome): void {
    this.#outcome = outcome;
  }

  /** Draws the strip for the editor as it is now. */
  draw(view: EditorView): void {
    const locale = this.#locale();
    const drawn = ghostOf(view.state);
    const shown = view.state.field(shownField);
    this.#offer.hidden = !drawn;
    this.#why.hidden = drawn !== undefined;
    clearTimeout(this.#announcement);
    if (!drawn || !shown) {
      const text = this.whyNothing();
      if (this.#why.textContent !== text) this.#why.textContent = text;
      // "Looking …" comes with every key; what is worth hearing is how it ended.
      if (this.#outcome.kind !== "asking") this.#announce(text);
      return;
    }
    const { suggestion } = drawn;
    find("next").hidden = shown.suggestions.length < 2;
    const position =
      shown.suggestions.length > 1 ? `${shown.index + 1}/${shown.suggestions.length} · ` : "";
    this.#facts.textContent = `${position}${sayPercent(suggestion.probability, locale)} · ${saySource(suggestion, locale)}`;
    this.#announce(say("announce", locale, { text: suggestion.text }));
  }

  /** Why nothing is shown, as a sentence. */
  whyNothing(): string {
    const locale = this.#locale();
    const key = nameKeyOrButton("Ctrl+Space", "list", locale);
    switch (this.#outcome.kind) {
      case "quiet":
        return say(this.#outcome.word, locale, { key });
      case "asking":
        return say("whyWaiting", locale);
      case "answered": {
        const { why, candidates } = this.#outcome.answer;
        if (why === undefined && candidates.length > 0) return say("whyUnsure", locale, { key });
        return wordWhy(why ?? "no-evidence", locale);
      }
      case "failed": {
        const { error } = this.#outcome;
        return sayProblem(error instanceof RequestError ? error.code : "failed", locale, "");
      }
    }
  }

  #announce(text: string): void {
    this.#announcement = setTimeout(() => {
      if (this.#announcer.textContent !== text) this.#announcer.textContent = text;
    }, announceAfterMs);
  }
}
