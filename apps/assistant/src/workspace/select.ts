import type { Dirent } from "node:fs";
import { lstat, readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { type Language, languageOf } from "@cloud-code/syntax";
import { AssistantError, reasonOf } from "../errors.ts";
import type { SkipReason } from "../session.ts";
import { isSecret, isSecretFolder } from "./denied.ts";
import { IGNORE_FILES, IgnoreRules } from "./ignored.ts";
import { drain } from "./pool.ts";
import { findRepository } from "./root.ts";
import { MAX_FILE_BYTES, skipByName, toStamp } from "./source.ts";

/** A file that may be read. */
export interface SelectedFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly language: Language;
  readonly bytes: number;
  readonly modifiedMs: number;
  readonly stamp: string;
}

/** What the walk found. */
export interface Selection {
  /** Sorted by path. */
  readonly files: readonly SelectedFile[];
  readonly skipped: Readonly<Partial<Record<SkipReason, number>>>;
  /** Folders that could not be opened, with the system's reason. */
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
}

/** What one path is to the index. */
export type Verdict =
  | { readonly kind: "file"; readonly file: SelectedFile }
  | { readonly kind: "folder" }
  | { readonly kind: "skipped"; readonly reason: SkipReason }
  | { readonly kind: "missing" };

/** Limits of a selection. */
export interface SelectOptions {
  /** Default `MAX_FILE_BYTES`. */
  readonly maxFileBytes?: number;
  /** An absolute folder that is left out: the index itself, should it lie inside the workspace. */
  readonly exclude?: string;
}

const FOLDERS_AT_ONCE = 16;

/**
 * Decides which files of a workspace may be read. Names decide first, so a secret is never opened; links are not followed, so no path
 * leaves the root and no loop can arise.
 */
export class Selector {
  readonly #root: string;
  readonly #maxFileBytes: number;
  readonly #exclude: string | undefined;

  /** `root` must be a real path. */
  constructor(root: string, options: SelectOptions = {}) {
    this.#root = root;
    this.#maxFileBytes = options.maxFileBytes ?? MAX_FILE_BYTES;
    this.#exclude = options.exclude;
  }

  /**
   * Walks `under` (default the whole workspace). `entering` is told each folder, "" for the root, just before it is read, so that whoever
   * watches it from then on misses nothing. Rejects when the signal aborts or the root itself cannot be opened.
   */
  async select(
    options: {
      readonly under?: string;
      readonly signal?: AbortSignal;
      readonly entering?: (folder: string) => void;
    } = {},
  ): Promise<Selection> {
    const files: SelectedFile[] = [];
    const skipped: Partial<Record<SkipReason, number>> = {};
    const unreadable: { path: string; reason: string }[] = [];
    const skip = (reason: SkipReason): void => {
      skipped[reason] = (skipped[reason] ?? 0) + 1;
    };
    const start = options.under ?? "";
    const queue: { readonly folder: string; readonly rules: Rules }[] = [];
    const visit = async ({ folder, rules: outer }: (typeof queue)[number]): Promise<void> => {
      let entries: Dirent[];
      options.entering?.(folder);
      try {
        entries = await readdir(join(this.#root, folder), { withFileTypes: true });
      } catch (error) {
        if (folder === "") {
          const details = { path: this.#root, reason: reasonOf(error) };
          throw new AssistantError("WORKSPACE_UNREADABLE", details, { cause: error });
        }
        // Deleted since its parent was read.
        if (isMissing(error)) return;
        skip("unreadable");
        unreadable.push({ path: folder, reason: reasonOf(error) });
        return;
      }
      const rules = await outer.enter(this.#root, folder, entries);
      for (const entry of entries) {
        const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
        if (entry.isDirectory()) {
          const reason = this.#skipFolder(path, rules);
          if (reason === undefined) queue.push({ folder: path, rules });
          else skip(reason);
          continue;
        }
        const verdict = await this.#judgeFile(path, entry, rules);
        if (verdict.kind === "file") files.push(verdict.file);
        else if (verdict.kind === "skipped") skip(verdict.reason);
      }
    };
    try {
      queue.push({ folder: start, rules: await this.#rulesAround(start) });
      await drain(queue, FOLDERS_AT_ONCE, visit, options.signal);
    } catch (error) {
      // A folder that is gone holds nothing; a workspace that is gone is an error.
      if (start === "" || !isMissing(error)) throw error;
    }
    return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), skipped, unreadable };
  }

  /** Judges one path, relative to the root with forward slashes, as the walk would. */
  async judge(path: string): Promise<Verdict> {
    if (path === "") return { kind: "folder" };
    if (path.split("/").some((name) => name === ".." || name === "." || name === ""))
      return { kind: "missing" };
    if (isSecret(path)) return { kind: "skipped", reason: "secret" };
    let rules = await Rules.around(this.#root);
    for (let end = path.indexOf("/"); ; end = path.indexOf("/", end + 1)) {
      const folder = end === -1 ? path : path.slice(0, end);
      try {
        const parent = folder.slice(0, Math.max(0, folder.lastIndexOf("/")));
        rules = await rules.enter(
          this.#root,
          parent,
          await readdir(join(this.#root, parent), { withFileTypes: true }),
        );
        const facts = await lstat(join(this.#root, folder));
        if (end === -1 && !facts.isDirectory()) return await this.#judgeFile(path, facts, rules);
        if (!facts.isDirectory())
          return { kind: "skipped", reason: facts.isSymbolicLink() ? "symlink" : "unsupported" };
      } catch (error) {
        return isMissing(error) ? { kind: "missing" } : { kind: "skipped", reason: "unreadable" };
      }
      const reason = this.#skipFolder(folder, rules);
      if (reason !== undefined) return { kind: "skipped", reason };
      if (end === -1) return { kind: "folder" };
    }
  }

  async #rulesAround(folder: string): Promise<Rules> {
    let rules = await Rules.around(this.#root);
    const names = folder === "" ? [] : folder.split("/");
    for (let depth = 0; depth < names.length; depth++) {
      const parent = names.slice(0, depth).join("/");
      rules = await rules.enter(
        this.#root,
        parent,
        await readdir(join(this.#root, parent), { withFileTypes: true }),
      );
    }
    return rules;
  }

  #skipFolder(path: string, rules: Rules): SkipReason | undefined {
    if (isSecretFolder(path.slice(path.lastIndexOf("/") + 1))) return "secret";
    return rules.ignores(path, true) || join(this.#root, path) === this.#exclude
      ? "ignored"
      : undefined;
  }

  async #judgeFile(
    path: string,
    type: Pick<Dirent, "isFile" | "isSymbolicLink">,
    rules: Rules,
  ): Promise<Verdict> {
    if (isSecret(path)) return { kind: "skipped", reason: "secret" };
    if (rules.ignores(path, false)) return { kind: "skipped", reason: "ignored" };
    if (type.isSymbolicLink()) return { kind: "skipped", reason: "symlink" };
    const language = type.isFile() ? languageOf(path) : undefined;
    if (language === undefined) return { kind: "skipped", reason: "unsupported" };
    try {
      const facts = await lstat(join(this.#root, path));
      const reason = skipByName(
        path.slice(path.lastIndexOf("/") + 1),
        facts.size,
        this.#maxFileBytes,
      );
      if (reason !== undefined) return { kind: "skipped", reason };
      return {
        kind: "file",
        file: {
          path,
          language,
          bytes: facts.size,
          modifiedMs: facts.mtimeMs,
          stamp: toStamp(facts),
        },
      };
    } catch (error) {
      return isMissing(error) ? { kind: "missing" } : { kind: "skipped", reason: "unreadable" };
    }
  }
}

/**
 * Ignore rules together with where the workspace lies in its Git repository: a folder opened inside a repository obeys the rules of the
 * folders above it too. Only ignore files are read there.
 */
class Rules {
  readonly #rules: IgnoreRules;
  readonly #prefix: string;

  private constructor(rules: IgnoreRules, prefix: string) {
    this.#rules = rules;
    this.#prefix = prefix;
  }

  /** What holds at the root before its own ignore files are read. */
  static async around(root: string): Promise<Rules> {
    const fresh = IgnoreRules.create(process.platform === "win32" || process.platform === "darwin");
    const top = await findRepository(root);
    const exclude = await readText(join(top ?? root, ".git", "info", "exclude"));
    const base = exclude === undefined ? fresh : fresh.enter("", [], [exclude]);
    if (top === undefined || top === root) return new Rules(base, "");
    const prefix = relative(top, root).split(sep).join("/");
    let rules = base;
    for (
      let folder = "";
      folder !== prefix;
      folder = prefix.split("/", depth(folder) + 1).join("/")
    ) {
      rules = rules.enter(folder, [], await readIgnoreFiles(join(top, folder), IGNORE_FILES));
    }
    // Whoever opens an ignored folder as a workspace means it.
    return prefix
      .split("/")
      .some((_, at, names) => rules.ignores(names.slice(0, at + 1).join("/"), true))
      ? new Rules(base, "")
      : new Rules(rules, prefix);
  }

  async enter(root: string, folder: string, entries: readonly Dirent[]): Promise<Rules> {
    const names = entries.map((entry) => entry.name);
    const present = IGNORE_FILES.filter((name) =>
      entries.some((entry) => entry.name === name && entry.isFile()),
    );
    const rules = this.#rules.enter(
      this.#place(folder),
      names,
      await readIgnoreFiles(join(root, folder), present),
    );
    return rules === this.#rules ? this : new Rules(rules, this.#prefix);
  }

  ignores(path: string, isFolder: boolean): boolean {
    return this.#rules.ignores(this.#place(path), isFolder);
  }

  #place(path: string): string {
    return this.#prefix === "" || path === "" ? this.#prefix + path : `${this.#prefix}/${path}`;
  }
}

function depth(folder: string): number {
  return folder === "" ? 0 : folder.split("/").length;
}

async function readIgnoreFiles(folder: string, names: readonly string[]): Promise<string[]> {
  const texts = await Promise.all(names.map((name) => readText(join(folder, name))));
  return texts.filter((text) => text !== undefined);
}

// An ignore file that cannot be read has no rules: what it would have hidden is still subject to every other check.
function readText(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(() => undefined);
}

function isMissing(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    (error.code === "ENOENT" || error.code === "ENOTDIR")
  );
}
