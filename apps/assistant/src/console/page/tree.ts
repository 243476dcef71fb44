import type { FileEntry } from "../protocol.ts";

/** What stands in one row of the tree: a folder or a file. */
interface Row {
  readonly path: string;
  readonly name: string;
  readonly level: number;
  readonly isFolder: boolean;
  /** With a filter: the folder, behind the name. */
  readonly folder?: string;
}

interface Folder {
  readonly folders: Map<string, Folder>;
  readonly files: FileEntry[];
}

/** More rows than this help nobody find a file. */
const maxMatches = 200;

/** What the tree tells and asks the page. */
export interface TreeHost {
  open(path: string): void;
  isUnsaved(path: string): boolean;
  /** What the row under the tree says: nothing matches, or how many more there are. */
  describe(matches: number, shown: number): string;
}

/** The project's files as an ARIA tree: arrows, Home, End, Enter and the first letters of a name work as in an editor. */
export class FileTree {
  readonly #element: HTMLElement;
  readonly #note: HTMLElement;
  readonly #host: TreeHost;
  readonly #expanded = new Set<string>([""]);
  #files: readonly FileEntry[] = [];
  #root: Folder = createFolder();
  #rows: readonly Row[] = [];
  #filter = "";
  #current: string | undefined;
  /** The row that the Tab key enters. */
  #focused: string | undefined;
  #typed = { text: "", atMs: 0 };

  constructor(element: HTMLElement, note: HTMLElement, host: TreeHost) {
    this.#element = element;
    this.#note = note;
    this.#host = host;
    element.addEventListener("click", (event) => this.#onClick(event));
    element.addEventListener("keydown", (event) => this.#onKey(event));
  }

  /** Replaces the files. */
  setFiles(files: readonly FileEntry[]): void {
    this.#files = files;
    this.#root = createFolder();
    for (const file of files) insert(this.#root, file);
    // A project whose sources lie under one folder opens at that folder.
    let folder = this.#root;
    let path = "";
    while (folder.files.length === 0 && folder.folders.size === 1) {
      const [[name, only]] = [...folder.folders] as [[string, Folder]];
      path = path === "" ? name : `${path}/${name}`;
      this.#expanded.add(path);
      folder = only;
    }
    this.draw();
  }

  /** Marks the file that the editor shows and unfolds the way to it. */
  setCurrent(path: string): void {
    this.#current = path;
    this.#focused = path;
    const parts = path.split("/");
    for (let count = 1; count < parts.length; count++)
      this.#expanded.add(parts.slice(0, count).join("/"));
    this.draw();
    this.#reveal();
  }

  /** Shows only files whose path holds every word of `text`; an empty text shows the tree again. */
  setFilter(text: string): void {
    this.#filter = text.trim().toLowerCase();
    this.draw();
    this.#reveal();
  }

  /** Gives the keyboard to the tree. */
  focus(): void {
    this.#focusRow(this.#rows.find(({ path }) => path === this.#focused) ?? this.#rows[0]);
  }

  /** Opens the first match of the filter. */
  openFirst(): void {
    const first = this.#rows.find(({ isFolder }) => !isFolder);
    if (first) this.#host.open(first.path);
  }

  /** Draws the rows anew, after a change of words or of what is unsaved too. */
  draw(): void {
    const hadFocus = this.#element.contains(document.activeElement);
    const matches = this.#filter === "" ? undefined : findMatches(this.#files, this.#filter);
    this.#rows = matches
      ? matches.slice(0, maxMatches).map(toMatchRow)
      : [...rowsOf(this.#root, "", 1, this.#expanded)];
    const entry = this.#rows.find(({ path }) => path === this.#focused) ?? this.#rows[0];
    this.#element.replaceChildren(...this.#rows.map((row) => this.#createRow(row, row === entry)));
    this.#note.textContent = this.#host.describe(
      matches?.length ?? this.#files.length,
      matches ? this.#rows.length : this.#files.length,
    );
    this.#element.hidden = this.#rows.length === 0;
    if (hadFocus) this.#focusRow(entry);
  }

  #reveal(): void {
    if (this.#current !== undefined)
      this.#rowElement(this.#current)?.scrollIntoView({ block: "nearest" });
  }

  #createRow(row: Row, isEntry: boolean): HTMLElement {
    const element = document.createElement("div");
    element.className = row.isFolder ? "row folder" : "row file";
    element.dataset["path"] = row.path;
    element.setAttribute("role", "treeitem");
    element.setAttribute("aria-level", String(row.level));
    element.setAttribute("aria-selected", String(row.path === this.#current));
    element.tabIndex = isEntry ? 0 : -1;
    element.style.setProperty("--level", String(row.level - 1));
    if (row.isFolder) element.setAttribute("aria-expanded", String(this.#expanded.has(row.path)));
    if (!row.isFolder && this.#host.isUnsaved(row.path)) element.classList.add("unsaved");
    const name = document.createElement("span");
    name.className = "name";
    name.textContent = row.name;
    element.append(name);
    if (row.folder !== undefined) {
      const folder = document.createElement("span");
      folder.className = "where";
      folder.textContent = row.folder;
      element.append(folder);
    }
    element.title = row.path;
    return element;
  }

  #onClick(event: MouseEvent): void {
    const row = this.#rowOf(event.target);
    if (!row) return;
    this.#focused = row.path;
    this.#activate(row);
  }

  #activate(row: Row): void {
    if (row.isFolder) this.#toggle(row, !this.#expanded.has(row.path));
    else this.#host.open(row.path);
  }

  #toggle(row: Row, isExpanded: boolean): void {
    if (isExpanded) this.#expanded.add(row.path);
    else this.#expanded.delete(row.path);
    this.draw();
    this.#focusRow(row);
  }

  #onKey(event: KeyboardEvent): void {
    const row = this.#rowOf(event.target);
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const index = this.#rows.indexOf(row);
    if (event.key === "Enter" || event.key === " ") this.#activate(row);
    else if (event.key === "ArrowRight" && row.isFolder && !this.#expanded.has(row.path))
      this.#toggle(row, true);
    else if (event.key === "ArrowLeft" && row.isFolder && this.#expanded.has(row.path))
      this.#toggle(row, false);
    else {
      const target = this.#targetOf(event.key, row, index);
      if (!target) return;
      this.#focusRow(target);
    }
    event.preventDefault();
  }

  #targetOf(key: string, row: Row, index: number): Row | undefined {
    switch (key) {
      case "ArrowDown":
        return this.#rows[index + 1];
      case "ArrowUp":
        return this.#rows[index - 1];
      case "Home":
        return this.#rows[0];
      case "End":
        return this.#rows.at(-1);
      case "ArrowRight":
        return row.isFolder ? this.#rows[index + 1] : undefined;
      case "ArrowLeft":
        return this.#rows.find(({ path, isFolder }) => isFolder && path === parentOf(row.path));
      default:
        return key.length === 1 ? this.#findTyped(key, index) : undefined;
    }
  }

  #findTyped(key: string, index: number): Row | undefined {
    const nowMs = performance.now();
    const isContinued = nowMs - this.#typed.atMs < 700;
    this.#typed = { text: (isContinued ? this.#typed.text : "") + key.toLowerCase(), atMs: nowMs };
    const from = isContinued ? index : index + 1;
    const rest = [...this.#rows.slice(from), ...this.#rows.slice(0, from)];
    return rest.find(({ name }) => name.toLowerCase().startsWith(this.#typed.text));
  }

  #focusRow(row: Row | undefined): void {
    if (!row) return;
    const element = this.#rowElement(row.path);
    if (!element) return;
    for (const entry of this.#element.querySelectorAll<HTMLElement>("[tabindex='0']"))
      entry.tabIndex = -1;
    this.#focused = row.path;
    element.tabIndex = 0;
    element.focus();
  }

  #rowOf(target: EventTarget | null): Row | undefined {
    const path =
      target instanceof Element ? target.closest<HTMLElement>(".row")?.dataset["path"] : undefined;
    return this.#rows.find((row) => row.path === path);
  }

  #rowElement(path: string): HTMLElement | undefined {
    return [...this.#element.children].find(
      (child): child is HTMLElement =>
        child instanceof HTMLElement && child.dataset["path"] === path,
    );
  }
}

function createFolder(): Folder {
  return { folders: new Map(), files: [] };
}

function insert(root: Folder, file: FileEntry): void {
  let folder = root;
  for (const name of file.path.split("/").slice(0, -1)) {
    let next = folder.folders.get(name);
    if (!next) folder.folders.set(name, (next = createFolder()));
    folder = next;
  }
  folder.files.push(file);
}

function* rowsOf(
  folder: Folder,
  path: string,
  level: number,
  expanded: ReadonlySet<string>,
): Generator<Row> {
  for (const [name, child] of folder.folders) {
    const childPath = path === "" ? name : `${path}/${name}`;
    yield { path: childPath, name, level, isFolder: true };
    if (expanded.has(childPath)) yield* rowsOf(child, childPath, level + 1, expanded);
  }
  for (const file of folder.files)
    yield { path: file.path, name: nameOf(file.path), level, isFolder: false };
}

/** Files whose name holds the first word come first; among equals the shorter path. */
function findMatches(files: readonly FileEntry[], filter: string): readonly FileEntry[] {
  const words = filter.split(/\s+/);
  const rank = ({ path }: FileEntry): number =>
    (nameOf(path)
      .toLowerCase()
      .includes(words[0] ?? "")
      ? 0
      : 1e6) + path.length;
  return files
    .filter(({ path }) => words.every((word) => path.toLowerCase().includes(word)))
    .toSorted((left, right) => rank(left) - rank(right));
}

function toMatchRow({ path }: FileEntry): Row {
  return { path, name: nameOf(path), level: 1, isFolder: false, folder: parentOf(path) };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
