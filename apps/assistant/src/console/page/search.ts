import type { Locale } from "../../words.ts";
import type { SearchUse } from "../../lsp/protocol.ts";
import type { SearchPage, SearchQuestion, SearchSuggestions } from "../protocol.ts";
import { find } from "./elements.ts";
import { say, type Word } from "./words.ts";

type Found = Extract<SearchPage, { results: unknown }>;
type Result = Found["results"][number];

const typingMs = 120;
const pageSize = 10;

/** What the search asks of the page. */
export interface SearchHost {
  readonly locale: () => Locale;
  readonly search: (question: SearchQuestion, signal: AbortSignal) => Promise<SearchPage>;
  readonly suggest: (typed: string, signal: AbortSignal) => Promise<SearchSuggestions>;
  /** What is selected in the editor, to begin with. */
  readonly selection: () => string;
  /** Shows a line of a file in the editor. */
  readonly open: (path: string, line: number) => void;
  /** Puts a snippet where the cursor is. */
  readonly insert: (text: string) => void;
  /** Tells what the person did with the results. */
  readonly used: (use: SearchUse) => void;
  /** Says that a request failed. */
  readonly failed: (error: unknown) => void;
}

/** The dialog that finds code. Questions stay in memory alone and go with the page. */
export class SearchDialog {
  readonly #host: SearchHost;
  readonly #dialog: HTMLDialogElement = find<HTMLDialogElement>("search");
  readonly #query: HTMLInputElement = find<HTMLInputElement>("search-query");
  #asking = new AbortController();
  #suggesting = new AbortController();
  #page = 1;

  constructor(host: SearchHost) {
    this.#host = host;
    find("search-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#ask(1);
    });
    this.#query.addEventListener("input", () => void this.#suggest());
    find("search-close").addEventListener("click", () => this.#dialog.close());
    find("search-more").addEventListener("click", () => this.#turn(1));
    find("search-back").addEventListener("click", () => this.#turn(-1));
    this.#dialog.addEventListener("close", () => this.#asking.abort());
  }

  /** Opens the dialog with what is selected in the editor as the question. */
  show(): void {
    const selected = this.#host.selection().trim();
    if (selected !== "") this.#query.value = selected;
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#query.select();
    if (selected !== "") this.#ask(1);
  }

  #turn(step: 1 | -1): void {
    this.#host.used({ kind: "page-turn" });
    this.#ask(this.#page + step);
  }

  #ask(page: number): void {
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    this.#page = page;
    this.#tell(this.#say("searching"));
    const question = { query: this.#query.value, page, language: this.#host.locale() };
    this.#host.search(question, signal).then(
      (answer) => this.#draw(answer),
      (error: unknown) => {
        if (signal.aborted) return;
        this.#tell("");
        this.#dialog.close();
        this.#host.failed(error);
      },
    );
  }

  async #suggest(): Promise<void> {
    this.#suggesting.abort();
    this.#suggesting = new AbortController();
    const { signal } = this.#suggesting;
    await new Promise((resolve) => setTimeout(resolve, typingMs));
    const typed = this.#query.value;
    if (signal.aborted || typed === "") return;
    // A suggestion that does not come is missed by nobody.
    const words = await this.#host.suggest(typed, signal).catch(() => []);
    if (signal.aborted) return;
    find("search-words").replaceChildren(
      ...words.map(({ text }) => {
        const option = document.createElement("option");
        option.value = text;
        return option;
      }),
    );
  }

  #draw(answer: SearchPage): void {
    const list = find("search-results");
    if ("problem" in answer) {
      this.#tell(answer.problem);
      list.replaceChildren();
      return;
    }
    const { results, total, page, isTotalExact } = answer;
    const first = (page - 1) * pageSize + 1;
    const last = first + results.length - 1;
    const count =
      results.length === 0
        ? this.#say("searchNothing")
        : this.#say("searchCount", { first, last, total: `${total}${isTotalExact ? "" : "+"}` });
    this.#tell(`${answer.sentence} ${count}`);
    list.replaceChildren(...results.map((result, at) => this.#row(result, first + at)));
    list.scrollTop = 0;
    find("search-back").hidden = page === 1;
    find("search-more").hidden = last >= total;
  }

  #row(result: Result, rank: number): HTMLElement {
    const row = document.createElement("li");
    const head = element("p", "search-head");
    const place = element("strong", "", `${result.path}:${result.startLine}`);
    const facts = result.package;
    const origin =
      facts === undefined
        ? ""
        : `${facts.name}@${facts.version}${facts.licence === "" ? "" : ` (${facts.licence})`} · `;
    head.append(place, element("span", "", `${origin}${result.why}`));
    if (result.source === "workspace")
      head.append(
        this.#button("searchOpen", () => {
          this.#host.used({ kind: "click" });
          this.#dialog.close();
          this.#host.open(result.path, result.startLine);
        }),
      );
    head.append(
      this.#button("searchCopy", () => {
        this.#host.used({ kind: "adopt", rank });
        void navigator.clipboard
          .writeText(result.snippet)
          .then(() => this.#tell(this.#say("searchCopied")));
      }),
      this.#button("searchInsert", () => {
        this.#host.used({ kind: "adopt", rank });
        this.#dialog.close();
        this.#host.insert(result.snippet);
      }),
    );
    const code = document.createElement("pre");
    let at = 0;
    for (const { start, end } of result.marks) {
      if (start < at) continue;
      code.append(
        result.snippet.slice(at, start),
        element("mark", "", result.snippet.slice(start, end)),
      );
      at = end;
    }
    code.append(result.snippet.slice(at));
    code.tabIndex = 0;
    row.append(head, code);
    return row;
  }

  #button(word: Word, run: () => void): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = this.#say(word);
    button.addEventListener("click", run);
    return button;
  }

  #tell(text: string): void {
    find("search-said").textContent = text;
  }

  #say(word: Word, details: Readonly<Record<string, string | number>> = {}): string {
    return say(word, this.#host.locale(), details);
  }
}

function element(tag: string, kind: string, text = ""): HTMLElement {
  const made = document.createElement(tag);
  if (kind !== "") made.className = kind;
  made.textContent = text;
  return made;
}
