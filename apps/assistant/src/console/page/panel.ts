import { createPanel, type HostMessage, type PanelMessage } from "@cloud-code/panel";
import type { Status } from "../../session.ts";
import { type Locale, wordActivity, wordError, wordSkipped } from "../../words.ts";
import type { PanelRequest } from "../protocol.ts";
import { find, nameKey, narrow } from "./elements.ts";
import { say } from "./words.ts";

/** What the panel needs of the page. */
export interface SidePanelOptions {
  readonly locale: () => Locale;
  readonly status: () => Status;
  /** Hands a message to the program. */
  readonly ask: (request: PanelRequest, signal: AbortSignal) => Promise<readonly HostMessage[]>;
  /** What is selected in the editor. */
  readonly selection: () => string;
  /** Shows a line of a file in the editor. */
  readonly open: (path: string, line: number) => Promise<void>;
  /** Puts a text where the cursor is. */
  readonly insert: (text: string) => void;
  /** A failed request in words. */
  readonly word: (error: unknown) => string;
  /** The panel was closed: the focus goes back to the editor. */
  readonly closed: () => void;
}

const queriesItem = "cloud-code.queries";

/** The panel beside the editor. Hidden until it is asked for; it does not keep the person from the editor. */
export class SidePanel {
  readonly #options: SidePanelOptions;
  readonly #side: HTMLElement = find("panel-side");
  readonly #listeners = new Set<(message: HostMessage) => void>();
  readonly #running = new Map<number, AbortController>();
  #isMade = false;

  constructor(options: SidePanelOptions) {
    this.#options = options;
    find("panel-close").addEventListener("click", () => this.close());
    this.#side.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) this.close();
    });
  }

  /** Shows the panel with the focus in its box; what is selected in the editor is the question. */
  show(): void {
    this.#side.hidden = false;
    document.body.classList.add("panel-open");
    if (!this.#isMade) {
      this.#isMade = true;
      createPanel(find("panel"), {
        post: (message) => this.#hear(message),
        onMessage: (listener) => {
          this.#listeners.add(listener);
          return () => this.#listeners.delete(listener);
        },
      });
    }
    this.#tell({ kind: "show", tab: "search" });
    const selected = this.#options.selection().trim();
    if (selected !== "") this.#tell({ kind: "ask", query: selected });
  }

  /** Hides the panel and goes back to the editor. */
  close(): void {
    this.#side.hidden = true;
    document.body.classList.remove("panel-open");
    this.#options.closed();
  }

  /** Tells what changed: the language, or what the program is doing. */
  renew(what: "settings" | "status"): void {
    if (!this.#isMade) return;
    if (what === "settings") {
      this.#tellSettings();
      // Sentences of the program are in the language they were asked for in.
      this.#forward({ kind: "telemetry-get" });
    }
    this.#tellStatus();
  }

  #hear(message: PanelMessage): void {
    switch (message.kind) {
      case "ready":
        this.#tellSettings();
        this.#tellStatus();
        this.#forward({ kind: "telemetry-get" });
        return;
      case "cancel":
        this.#running.get(message.id)?.abort();
        return;
      case "open":
        this.#run(message.id, () => this.#options.open(message.place.path, message.line));
        this.#makeRoom();
        return;
      case "copy":
        this.#run(message.id, () => navigator.clipboard.writeText(message.text));
        return;
      case "insert":
        this.#options.insert(message.text);
        this.#tell({ kind: "done", id: message.id });
        this.#makeRoom();
        return;
      case "status-get":
        this.#tellStatus();
        return;
      case "keep-queries":
        if (message.queries === undefined) localStorage.removeItem(queriesItem);
        else localStorage.setItem(queriesItem, JSON.stringify(message.queries));
        return;
      default:
        this.#forward(message);
    }
  }

  #forward(message: PanelMessage): void {
    const id = "id" in message ? message.id : 0;
    const control = new AbortController();
    if (id !== 0) this.#running.set(id, control);
    this.#options
      .ask({ message, language: this.#options.locale() }, control.signal)
      .then(
        (answers) => answers.forEach((answer) => this.#tell(toSaved(message, answer))),
        (error: unknown) => {
          if (control.signal.aborted) return;
          this.#tell({ kind: "problem", id, sentence: this.#options.word(error) });
        },
      )
      .finally(() => this.#running.delete(id));
  }

  #run(id: number, work: () => Promise<void>): void {
    work().then(
      () => this.#tell({ kind: "done", id }),
      (error: unknown) => this.#tell({ kind: "problem", id, sentence: this.#options.word(error) }),
    );
  }

  /** On a phone the panel lies over the editor, where the person now wants to look. */
  #makeRoom(): void {
    if (matchMedia(narrow).matches) this.close();
  }

  #tellSettings(): void {
    const kept = readQueries();
    this.#tell({
      kind: "settings",
      settings: {
        language: this.#options.locale(),
        sources: ["workspace", "dependencies"],
        can: { open: true, insert: true, showNotice: true, keepQueries: true },
        keys: { focusSearch: nameKey("Mod+Shift+S") },
        ...(kept === undefined ? {} : { keptQueries: kept }),
      },
    });
  }

  #tellStatus(): void {
    const { root, activity, index, cacheFolder, notices = [] } = this.#options.status();
    const locale = this.#options.locale();
    const sentence = wordActivity(activity, locale);
    this.#tell({
      kind: "status",
      status: {
        sentence: sentence.charAt(0).toUpperCase() + sentence.slice(1),
        engine: "on",
        model: { kind: "local", sentence: say("modelLocal", locale) },
        folders: [
          {
            root,
            activity:
              activity.kind === "failed"
                ? { kind: "failed", sentence: activity.message }
                : activity,
            files: index.files,
            tokens: index.tokens,
            bytes: index.bytes,
            leftOut: Object.entries(index.skipped)
              .filter(([, files]) => files > 0)
              .map(([reason, files]) => ({ reason: wordSkipped(reason, locale), files })),
            notices: notices.map(({ code, details }) => wordError(code, details, locale)),
            ...(index.languages === undefined ? {} : { languages: index.languages }),
            ...(cacheFolder === undefined ? {} : { cacheFolder }),
          },
        ],
      },
    });
  }

  #tell(message: HostMessage): void {
    for (const listener of this.#listeners) listener(message);
  }
}

/** An export comes as the text of the file: the browser saves it. */
function toSaved(asked: PanelMessage, answer: HostMessage): HostMessage {
  if (asked.kind !== "telemetry-export" || answer.kind !== "done") return answer;
  const name = "cloud-code-usage-statistics.json";
  const address = URL.createObjectURL(
    new Blob([answer.sentence ?? ""], { type: "application/json" }),
  );
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
  return { kind: "done", id: answer.id, sentence: name };
}

/** Questions that the person keeps in this browser; undefined without that wish. */
function readQueries(): string[] | undefined {
  const kept = localStorage.getItem(queriesItem);
  if (kept === null) return undefined;
  try {
    const queries: unknown = JSON.parse(kept);
    return Array.isArray(queries) ? queries.map(String) : [];
  } catch {
    // Somebody else wrote there: the wish holds, the questions are gone.
    return [];
  }
}
