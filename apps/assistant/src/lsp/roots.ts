import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import {
  basename,
  dirname,
  extname,
  isAbsolute,
  join,
  parse,
  relative,
  resolve,
  sep,
} from "node:path";
import type { Session, Status } from "../session.ts";
import { findProject } from "../workspace/root.ts";
import { toPath } from "./client.ts";

/** Opens the session of one folder. With `watch: false` changes on disk are told by `Session.changed`. */
export type OpenSession = (options: {
  readonly root: string;
  readonly watch: boolean;
  /** Present for a folder that is not worth an index on disk. */
  readonly cache?: null;
}) => Session | Promise<Session>;

/** Where a document belongs: its session and its path there. */
export interface Located {
  readonly session: Session;
  readonly path: string;
}

interface Root {
  /** Outside the workspace folders, opened for a single file; it goes when no open document needs it. */
  isBorrowed: boolean;
  readonly session: Promise<Session>;
  opened: Session | undefined;
}

/** The endings that tell a session the language of a document that has no file name yet. */
const ENDINGS: Readonly<Record<string, string>> = {
  typescript: ".ts",
  typescriptreact: ".tsx",
  javascript: ".js",
  javascriptreact: ".jsx",
  java: ".java",
  python: ".py",
  go: ".go",
  rust: ".rs",
  c: ".c",
  cpp: ".cpp",
  csharp: ".cs",
  php: ".php",
  ruby: ".rb",
};

/** One session per workspace folder, opened when first needed. */
export class Roots {
  readonly #openSession: OpenSession;
  readonly #watch: boolean;
  readonly #changed: () => void;
  readonly #failed: (root: string, error: unknown) => void;
  readonly #folders = new Set<string>();
  #empty: string | undefined;
  readonly #roots = new Map<string, Root>();

  /** `changed` is called at every change of any session's status, `failed` when a session cannot be opened. */
  constructor(options: {
    openSession: OpenSession;
    watch: boolean;
    changed: () => void;
    failed: (root: string, error: unknown) => void;
  }) {
    this.#openSession = options.openSession;
    this.#watch = options.watch;
    this.#changed = options.changed;
    this.#failed = options.failed;
  }

  /** The workspace folders, the first one first. */
  get folders(): readonly string[] {
    return [...this.#folders];
  }

  /** Adds workspace folders and begins to index them. */
  add(folders: readonly string[]): void {
    for (const folder of folders.map((each) => resolve(each))) {
      this.#folders.add(folder);
      this.#open(folder, false);
    }
  }

  async remove(folders: readonly string[]): Promise<void> {
    for (const folder of folders.map((each) => resolve(each))) this.#folders.delete(folder);
    await this.#closeWhere((path) => folders.some((folder) => resolve(folder) === path));
  }

  /**
   * The session for a document: the innermost workspace folder that holds it, else the project
   * around it, else one that knows no other file. A document without a file is asked of the first workspace folder. Rejects when the
   * session cannot be opened.
   */
  async locate(uri: string, languageId: string): Promise<Located> {
    const path = toPath(uri);
    if (path === undefined) {
      const [first] = this.#folders;
      const session = await this.#open(first ?? this.#nowhere(), false).session;
      return { session, path: toName(uri, languageId) };
    }
    const folder = innermost([...this.#folders], path);
    const root = folder ?? (await findProject(dirname(path)));
    if (root !== undefined) {
      return {
        session: await this.#open(root, folder === undefined).session,
        path: toWay(root, path),
      };
    }
    // Named by its whole path, so that a secret below a folder of secrets is still known for one.
    return {
      session: await this.#open(this.#nowhere(), false).session,
      path: toWay(parse(path).root, path),
    };
  }

  /** Tells the sessions that hold it that a file was created, changed or deleted. */
  changed(uri: string): void {
    const path = toPath(uri);
    if (path === undefined) return;
    for (const [root, { opened }] of this.#roots) {
      if (isInside(root, path)) opened?.changed(toWay(root, path));
    }
  }

  /** The state of every project that is open. */
  statuses(): readonly Status[] {
    const projects = [...this.#roots].filter(([root]) => root !== this.#empty);
    return projects.flatMap(([, { opened }]) => (opened === undefined ? [] : [opened.status()]));
  }

  /** Closes sessions outside the workspace that none of the open documents needs. */
  async keepOnly(openUris: readonly string[]): Promise<void> {
    const paths = openUris.flatMap((uri) => toPath(uri) ?? []);
    await this.#closeWhere(
      (root, { isBorrowed }) => isBorrowed && !paths.some((path) => isInside(root, path)),
    );
  }

  async close(): Promise<void> {
    await this.#closeWhere(() => true);
    if (this.#empty !== undefined) rmSync(this.#empty, { recursive: true, force: true });
  }

  /** An empty folder: its session answers from the document alone. */
  #nowhere(): string {
    this.#empty ??= mkdtempSync(join(tmpdir(), "cloud-code-"));
    return this.#empty;
  }

  #open(root: string, isBorrowed: boolean): Root {
    const known = this.#roots.get(root);
    if (known !== undefined) {
      known.isBorrowed &&= isBorrowed;
      return known;
    }
    const entry: Root = {
      isBorrowed,
      opened: undefined,
      session: this.#start(root, (session) => (entry.opened = session)),
    };
    this.#roots.set(root, entry);
    entry.session.catch((error: unknown) => {
      // Whoever asks is told by the promise; the next question tries again, since a folder may come back.
      if (this.#roots.get(root) === entry) this.#roots.delete(root);
      this.#failed(root, error);
    });
    return entry;
  }

  async #start(root: string, opened: (session: Session) => void): Promise<Session> {
    const isEmpty = root === this.#empty;
    const session = await this.#openSession({
      root,
      watch: this.#watch && !isEmpty,
      ...(isEmpty ? { cache: null } : {}),
    });
    opened(session);
    session.onStatus(this.#changed);
    this.#changed();
    return session;
  }

  async #closeWhere(isOver: (root: string, entry: Root) => boolean): Promise<void> {
    const over = [...this.#roots].filter(([root, entry]) => isOver(root, entry));
    for (const [root] of over) this.#roots.delete(root);
    await Promise.allSettled(over.map(async ([, { session }]) => (await session).close()));
  }
}

function innermost(folders: readonly string[], path: string): string | undefined {
  return folders
    .filter((folder) => isInside(folder, path))
    .toSorted((one, other) => other.length - one.length)[0];
}

/** From the root with forward slashes. Never absolute, because the session may know its root by another name (a symbolic link). */
function toWay(root: string, path: string): string {
  return relative(root, path).split(sep).join("/");
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** A file name for a document without a file: "untitled:Untitled-1" in Python is asked about as "Untitled-1.py". */
function toName(uri: string, languageId: string): string {
  const name = basename(decode(uri.slice(uri.indexOf(":") + 1).split(/[?#]/)[0] ?? ""));
  // `extname(".env")` is empty, and so a secret keeps its name and is refused.
  if (extname(name) !== "" || name.startsWith(".")) return name;
  return `${name === "" ? "Untitled" : name}${ENDINGS[languageId] ?? ""}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray percent sign: the name is used as it was sent.
    return text;
  }
}
