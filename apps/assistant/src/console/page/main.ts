import { EditorView } from "@codemirror/view";
import type { EditorState } from "@codemirror/state";
import type { Answer, Status } from "../../session.ts";
import type { Locale } from "../../words.ts";
import type { Project } from "../protocol.ts";
import { asking, type Outcome } from "./asking.ts";
import { Client, RequestError } from "./client.ts";
import { findBeginnings } from "./demonstration.ts";
import { createFileState, setEditorWords, styleNonce } from "./editor.ts";
import { fillKeys, find, nameKey, nameKeyOrButton, narrow } from "./elements.ts";
import { accepted, ghostText, show, shownField, toShown } from "./ghost.ts";
import { rankedList, showNote } from "./list.ts";
import { SidePanel } from "./panel.ts";
import {
  applyLocale,
  applyTheme,
  readLocale,
  readTheme,
  writeLocale,
  writeTheme,
} from "./preferences.ts";
import { drawLatency, drawStatus, drawStopped } from "./status.ts";
import { Strip } from "./strip.ts";
import { FileTree } from "./tree.ts";
import { fillWords, say, sayProblem, type Details, type Word } from "./words.ts";

/** A file as the page holds it: its text lives in `state` while another file is shown. */
interface Buffer {
  readonly path: string;
  state: EditorState;
  /** The text that is on disk, and its version. */
  savedText: EditorState["doc"];
  version: string | null;
}

/** A line begun for the person, and what the engine would make of it. */
interface Demonstration {
  readonly at: number;
  readonly inserted: string;
  readonly answer: Answer;
}

/** About 20 ms each. */
const demonstrationTries = 24;

/** The page: one project, one editor, its files' unsaved texts. */
class Page {
  readonly #client: Client;
  readonly #project: Project;
  readonly #buffers = new Map<string, Buffer>();
  readonly #view: EditorView;
  readonly #tree: FileTree;
  readonly #strip: Strip;
  readonly #panel: SidePanel;
  readonly #ask: (view: EditorView) => void;
  readonly #extensions: ReturnType<typeof asking>["extension"];
  #current: Buffer | undefined;
  #opening: symbol | undefined;
  #locale: Locale = readLocale();
  #status: Status;
  #latencyMs: number | undefined;
  #hint: { readonly word: Word; readonly details: Details } | undefined;

  constructor(client: Client, project: Project) {
    this.#client = client;
    this.#project = project;
    this.#status = project.status;
    const locale = (): Locale => this.#locale;
    const { extension, ask } = asking({
      path: () => this.#current?.path,
      complete: (question, signal) => client.complete(question, signal),
      onOutcome: (outcome) => this.#onOutcome(outcome),
    });
    this.#ask = ask;
    this.#extensions = [
      ghostText(),
      rankedList(locale),
      extension,
      EditorView.updateListener.of((update) => {
        this.#strip.draw(update.view);
        for (const transaction of update.transactions) {
          const acceptance = transaction.annotation(accepted);
          if (acceptance !== undefined) client.used({ kind: "accept", ...acceptance });
        }
        if (update.docChanged) this.#drawUnsaved();
      }),
    ];
    this.#view = new EditorView({ parent: find("editor"), extensions: styleNonce() });
    this.#strip = new Strip(
      locale,
      () => this.#view,
      () => this.#ask(this.#view),
    );
    this.#panel = new SidePanel({
      locale,
      status: () => this.#status,
      ask: (request, signal) => client.panel(request, signal),
      selection: () => {
        const { from, to } = this.#view.state.selection.main;
        return this.#view.state.sliceDoc(from, to);
      },
      open: (path, line) => this.#openAt(path, line),
      insert: (text) => this.#insert(text),
      word: (error) => sayProblem(codeOf(error), this.#locale, ""),
      closed: () => this.#view.focus(),
    });
    this.#tree = new FileTree(find("tree"), find("tree-note"), {
      open: (path) => this.#run(() => this.open(path), path),
      isUnsaved: (path) => this.#isUnsaved(this.#buffers.get(path)),
      describe: (matches, shown) =>
        matches === 0
          ? this.#say("noMatch")
          : matches > shown
            ? this.#say("moreMatches", { count: matches - shown })
            : "",
    });
  }

  /** Shows the project and opens the file that shows most. */
  async start(): Promise<void> {
    this.#tree.setFiles(this.#project.files);
    this.#listen();
    this.#drawWords();
    void this.#client.watch(
      (status) => this.#setStatus(status),
      (isConnected) => this.#setConnected(isConnected),
    );
    const { start } = this.#project;
    find("empty").hidden = start !== undefined;
    find("hint").hidden = start === undefined;
    if (start !== undefined) await this.open(start);
  }

  /** Shows a file, with the text as it was left when it was open before. */
  async open(path: string): Promise<void> {
    const opening = Symbol(path);
    this.#opening = opening;
    const buffer = this.#buffers.get(path) ?? (await this.#load(path));
    // A file chosen later may have been loaded sooner.
    if (this.#opening !== opening) return;
    this.#buffers.set(path, buffer);
    if (this.#current) this.#current.state = this.#view.state;
    this.#current = buffer;
    this.#strip.setOutcome({ kind: "quiet", word: "whyStart" });
    find("editor").hidden = false;
    this.#view.setState(buffer.state);
    setEditorWords(this.#view, path, this.#locale);
    this.#view.focus();
    this.#tree.setCurrent(path);
    document.body.classList.remove("side-open");
    this.#drawPlace();
    this.#setHint();
    this.#alert("");
  }

  async #openAt(path: string, line: number): Promise<void> {
    await this.open(path);
    const { doc } = this.#view.state;
    const at = doc.line(Math.min(Math.max(1, line), doc.lines)).from;
    this.#view.dispatch({
      selection: { anchor: at },
      effects: EditorView.scrollIntoView(at, { y: "center" }),
    });
  }

  #insert(text: string): void {
    this.#view.dispatch(this.#view.state.replaceSelection(text));
    this.#view.focus();
  }

  /** Saves the current file; when it changed on disk the person chooses. */
  async save(): Promise<void> {
    const buffer = this.#current;
    if (!buffer) return;
    const doc = this.#view.state.doc;
    try {
      const saved = await this.#client.save(buffer.path, {
        text: doc.toString(),
        version: buffer.version,
      });
      buffer.version = saved.version;
      buffer.savedText = doc;
      this.#drawUnsaved();
      this.#alert("");
      find("announcer").textContent = this.#say("saved", { path: buffer.path });
    } catch (error) {
      if (!(error instanceof RequestError) || error.code !== "changed-on-disk") throw error;
      await this.#resolveConflict(buffer, error.version ?? null);
    }
  }

  async #resolveConflict(buffer: Buffer, version: string | null): Promise<void> {
    find("conflict-body").textContent = this.#say(
      version === null ? "conflictGone" : "conflictChanged",
      { path: buffer.path },
    );
    document.querySelector<HTMLElement>("#conflict [value=reload]")!.hidden = version === null;
    const choice = await askDialog(find<HTMLDialogElement>("conflict"));
    if (choice === "overwrite") {
      buffer.version = version;
      await this.save();
    } else if (choice === "reload") {
      this.#buffers.delete(buffer.path);
      this.#current = undefined;
      await this.open(buffer.path);
    }
    this.#view.focus();
  }

  async #load(path: string): Promise<Buffer> {
    const file = await this.#client.open(path);
    const state = await createFileState(file, this.#locale, this.#extensions);
    return { path, state, savedText: state.doc, version: file.version };
  }

  /** Begins a line of the file once more, at a place where the engine knows how to go on; only the editor's text changes. */
  async #demonstrate(): Promise<void> {
    const buffer = this.#current;
    if (!buffer) return;
    const { doc } = this.#view.state;
    const found = await this.#findDemonstration(buffer.path, doc.toString());
    // The person may have typed or opened another file meanwhile, and that comes first.
    if (this.#view.state.doc !== doc) return;
    if (!found) {
      this.#setHint("tryNothing");
      return;
    }
    const { at, inserted, answer } = found;
    this.#view.dispatch({
      changes: { from: at, insert: inserted },
      selection: { anchor: at + inserted.length },
      effects: EditorView.scrollIntoView(at, { y: "center" }),
    });
    const shown = toShown(this.#view.state, answer.candidates, true);
    this.#view.dispatch({ effects: show.of(shown && { ...shown, isList: false }) });
    this.#onOutcome({ kind: "answered", answer, isExplicit: false });
    this.#view.focus();
    this.#setHint("tryShown", {
      accept: nameKeyOrButton("Tab", "accept", this.#locale),
      undo: nameKey("Mod+Z"),
    });
  }

  /** The first beginning that the engine is sure of, else the one it is surest of. */
  async #findDemonstration(path: string, text: string): Promise<Demonstration | undefined> {
    let best: Demonstration | undefined;
    let bestProbability = 0;
    for (const { at, head } of findBeginnings(text, demonstrationTries)) {
      const inserted = `\n${head}`;
      const question = {
        path,
        text: text.slice(0, at) + inserted + text.slice(at),
        offset: at + inserted.length,
      };
      const answer = await this.#client.complete(question, new AbortController().signal);
      const [first] = answer.candidates;
      if (!first || first.text.length < 6 || first.probability <= bestProbability) continue;
      best = { at, inserted, answer };
      bestProbability = first.probability;
      if (bestProbability >= 0.6) break;
    }
    return best;
  }

  /** Says what the demonstration did, in place of the steps; without a word the steps come back. */
  #setHint(word?: Word, details: Details = {}): void {
    this.#hint = word && { word, details };
    this.#drawHint();
  }

  #drawHint(): void {
    find("hint-steps").hidden = this.#hint !== undefined;
    find("hint-said").hidden = this.#hint === undefined;
    find("hint-said").textContent = this.#hint
      ? this.#say(this.#hint.word, this.#hint.details)
      : "";
  }

  #onOutcome(outcome: Outcome): void {
    this.#strip.setOutcome(outcome);
    if (outcome.kind === "answered") {
      this.#latencyMs = outcome.answer.latencyMs;
      drawLatency(this.#latencyMs, this.#locale);
    }
    // An editor may not be changed while it reports a change; the strip follows with that report.
    queueMicrotask(() => {
      this.#strip.draw(this.#view);
      const isEmptyList =
        outcome.kind === "answered" && outcome.isExplicit && !this.#view.state.field(shownField);
      if (isEmptyList) this.#view.dispatch({ effects: showNote.of(this.#strip.whyNothing()) });
    });
  }

  #setStatus(status: Status): void {
    this.#status = status;
    drawStatus(status, this.#locale);
    this.#panel.renew("status");
  }

  #setConnected(isConnected: boolean): void {
    const wasConnected = document.body.dataset["connection"] !== "lost";
    if (wasConnected === isConnected) return;
    document.body.dataset["connection"] = isConnected ? "alive" : "lost";
    this.#alert(isConnected ? "" : this.#say("stopped"));
    if (!isConnected) drawStopped(this.#locale);
  }

  #listen(): void {
    const onClick = (id: string, run: () => void): void => find(id).addEventListener("click", run);
    onClick("save", () => this.#run(() => this.save()));
    onClick("search-open", () => this.#panel.show());
    onClick("language", () => this.#switchLocale());
    onClick("theme", () => this.#switchTheme());
    onClick("help", () => find<HTMLDialogElement>("facts").showModal());
    onClick("privacy", () => find<HTMLDialogElement>("facts").showModal());
    onClick("show-me", () => this.#run(() => this.#demonstrate()));
    onClick("hide-hint", () => {
      find("hint").hidden = true;
      this.#view.focus();
    });
    onClick("files-toggle", () => this.#toggleSide());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#drawTheme());

    const filter = find<HTMLInputElement>("filter");
    filter.addEventListener("input", () => this.#tree.setFilter(filter.value));
    filter.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") this.#tree.focus();
      else if (event.key === "Enter") this.#tree.openFirst();
      else return;
      event.preventDefault();
    });
    addEventListener("keydown", (event) => this.#onKey(event));
    addEventListener("beforeunload", (event) => {
      if (this.#hasUnsaved()) event.preventDefault();
    });
  }

  #onKey(event: KeyboardEvent): void {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.shiftKey && event.key.toLowerCase() === "s") this.#panel.show();
    else if (event.shiftKey) return;
    else if (event.key === "s") this.#run(() => this.save());
    else if (event.key === "p") this.#focusFilter();
    else return;
    event.preventDefault();
  }

  #focusFilter(): void {
    document.body.classList.remove("side-closed");
    document.body.classList.add("side-open");
    this.#drawSide();
    find<HTMLInputElement>("filter").select();
  }

  #toggleSide(): void {
    // On a wide screen the list stands open unless it was closed, on a phone it is closed unless it was opened.
    const isNarrow = matchMedia(narrow).matches;
    document.body.classList.toggle(isNarrow ? "side-open" : "side-closed");
    this.#drawSide();
  }

  #drawSide(): void {
    find("files-toggle").setAttribute(
      "aria-expanded",
      String(getComputedStyle(find("side")).display !== "none"),
    );
  }

  #switchLocale(): void {
    this.#locale = this.#locale === "en" ? "zh" : "en";
    writeLocale(this.#locale);
    this.#drawWords();
    this.#panel.renew("settings");
  }

  #switchTheme(): void {
    writeTheme(readTheme() === "dark" ? "light" : "dark");
    this.#drawTheme();
  }

  #drawWords(): void {
    fillWords(document, this.#locale);
    fillKeys(this.#locale);
    const language = find("language");
    language.textContent = this.#say("language");
    language.setAttribute("aria-label", this.#say("languageLabel"));
    language.lang = this.#locale === "en" ? "zh-CN" : "en";
    document.title = `${this.#project.name}: ${this.#say("title")}`;
    this.#drawTheme();
    this.#drawHint();
    this.#drawSide();
    this.#tree.draw();
    this.#setStatus(this.#status);
    if (this.#latencyMs !== undefined) drawLatency(this.#latencyMs, this.#locale);
    if (this.#current) setEditorWords(this.#view, this.#current.path, this.#locale);
    this.#drawPlace();
  }

  #drawTheme(): void {
    const label = this.#say(readTheme() === "dark" ? "themeLight" : "themeDark");
    find("theme").setAttribute("aria-label", label);
    find("theme").title = label;
  }

  #drawPlace(): void {
    find("project").textContent = this.#project.name;
    find("path").textContent = this.#current?.path ?? "";
    this.#drawUnsaved();
  }

  #drawUnsaved(): void {
    const isUnsaved = this.#isUnsaved(this.#current);
    const changed = find("unsaved").hidden === isUnsaved;
    find("unsaved").hidden = !isUnsaved;
    find<HTMLButtonElement>("save").disabled = !isUnsaved;
    if (changed) this.#tree.draw();
  }

  #isUnsaved(buffer: Buffer | undefined): boolean {
    if (!buffer) return false;
    const { doc } = buffer === this.#current ? this.#view.state : buffer.state;
    return !doc.eq(buffer.savedText);
  }

  #hasUnsaved(): boolean {
    return [...this.#buffers.values()].some((buffer) => this.#isUnsaved(buffer));
  }

  /** Runs something the person asked for and says so when it fails. */
  #run(action: () => Promise<void>, path: string = this.#current?.path ?? ""): void {
    void action().catch((error: unknown) => this.#fail(error, path));
  }

  #fail(error: unknown, path = ""): void {
    this.#alert(sayProblem(codeOf(error), this.#locale, path));
  }

  #alert(text: string): void {
    find("alert").hidden = text === "";
    find("alert").textContent = text;
  }

  #say(word: Word, details: Details = {}): string {
    return say(word, this.#locale, details);
  }
}

function codeOf(error: unknown): RequestError["code"] {
  return error instanceof RequestError ? error.code : "failed";
}

/** Shows a dialog and resolves with the value of the button that closed it; Esc is an empty value. */
function askDialog(dialog: HTMLDialogElement): Promise<string> {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }),
  );
}

function showLocked(problem: string): void {
  document.body.dataset["locked"] = "";
  find("enter").hidden = false;
  find("enter-problem").textContent = problem;
}

async function main(): Promise<void> {
  const locale = readLocale();
  applyTheme();
  applyLocale(locale);
  fillWords(document, locale);
  fillKeys(locale);
  try {
    const client = await Client.enter();
    if (!client) {
      showLocked("");
      return;
    }
    await new Page(client, await client.project()).start();
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    showLocked(sayProblem(error.code, locale, ""));
  }
}

void main();
