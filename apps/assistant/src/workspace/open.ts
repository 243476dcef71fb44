import { realpath, stat } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { complete, Project } from "@cloud-code/completion";
import { type Language, languageOf } from "@cloud-code/syntax";
import { AssistantError, reasonOf } from "../errors.ts";
import type { Activity, Answer, Notice, Question, Session, Status, Why } from "../session.ts";
import { CHECK_BUDGET_MS, Checker } from "./checker.ts";
import { isSecret } from "./denied.ts";
import type { IndexFacts, Report } from "./indexer.ts";
import { MAX_FILE_BYTES } from "./source.ts";
import { cacheFolder, indexFolder } from "./store.ts";
import { IndexerThread } from "./thread.ts";

/** How a session is opened. */
export interface SessionOptions {
  /** The workspace folder. */
  readonly root: string;
  /** Watch the disk for changes, for surfaces that are not told of them. Default false: only `changed` tells. */
  readonly watch?: boolean;
  /** The folder for the indexes of all workspaces; null keeps this one in memory. Default: see `cacheFolder`. */
  readonly cache?: string | null;
  /** Larger files are neither indexed nor completed. Default 1 MiB. */
  readonly maxFileBytes?: number;
  /** The index stops growing here. Default 30 million. */
  readonly maxTokens?: number;
}

/** Opens a workspace; throws `WORKSPACE_NOT_FOUND`. Indexing goes on in the background, completion works at once. */
export async function openSession(options: SessionOptions): Promise<Session> {
  return new WorkspaceSession(await resolveWorkspace(options.root), options);
}

/** The real path of a workspace folder; throws `WORKSPACE_NOT_FOUND` or `WORKSPACE_UNREADABLE`. */
export async function resolveWorkspace(path: string): Promise<string> {
  try {
    const root = await realpath(path);
    if ((await stat(root)).isDirectory()) return root;
  } catch (error) {
    const reason = reasonOf(error);
    if (reason !== "ENOENT" && reason !== "ENOTDIR")
      throw new AssistantError("WORKSPACE_UNREADABLE", { path, reason }, { cause: error });
  }
  throw new AssistantError("WORKSPACE_NOT_FOUND", { path });
}

const FEW_FILES = 20;

class WorkspaceSession implements Session {
  readonly root: string;
  readonly #named: string;
  readonly #maxFileBytes: number;
  readonly #folder: string | undefined;
  readonly #project: Project = new Project();
  readonly #checker: Checker;
  readonly #thread: IndexerThread;
  readonly #listeners = new Set<(status: Status) => void>();
  readonly #notices = new Map<Notice["code"], Notice>();
  readonly #settled: Promise<void>;
  #resolveSettled: () => void = () => undefined;
  #rejectSettled: (error: AssistantError) => void = () => undefined;
  #activity: Activity = { kind: "starting" };
  #facts: IndexFacts = { files: 0, tokens: 0, bytes: 0, languages: {}, skipped: {} };
  #closing: Promise<void> | undefined;

  constructor(root: string, options: SessionOptions) {
    this.root = root;
    this.#named = resolve(options.root);
    this.#maxFileBytes = options.maxFileBytes ?? MAX_FILE_BYTES;
    const cache = options.cache ?? cacheFolder();
    this.#folder = options.cache === null ? undefined : indexFolder(root, cache);
    this.#settled = new Promise((settle, reject) => {
      this.#resolveSettled = settle;
      this.#rejectSettled = reject;
    });
    // A session that nobody waits for may fail too; its status says so.
    this.#settled.catch(() => undefined);
    this.#checker = new Checker((language, reason) =>
      this.#notify({ code: "GRAMMAR_UNREADABLE", details: { language, reason } }),
    );
    const { watch, maxFileBytes, maxTokens } = options;
    this.#thread = new IndexerThread(
      {
        root,
        ...(this.#folder === undefined ? {} : { folder: this.#folder }),
        ...(watch === undefined ? {} : { watch }),
        ...(maxFileBytes === undefined ? {} : { maxFileBytes }),
        ...(maxTokens === undefined ? {} : { maxTokens }),
      },
      {
        report: (report) => this.#hear(report),
        failed: (error, final) => {
          this.#setActivity({ kind: "failed", code: error.code, message: error.message });
          this.#notify({ code: error.code, details: error.details });
          if (final) this.#rejectSettled(error);
        },
      },
    );
  }

  async complete(question: Question): Promise<Answer> {
    const startMs = performance.now();
    const { candidates = [], why } = await this.#answer(question).catch((error: unknown) => {
      this.#notify({ code: "INTERNAL", details: { reason: reasonOf(error) } });
      return { why: "failed" as const, candidates: [] };
    });
    return {
      candidates,
      ...(why === undefined ? {} : { why }),
      latencyMs: performance.now() - startMs,
    };
  }

  status(): Status {
    const { bytes, files, tokens, languages, skipped } = this.#facts;
    return {
      root: this.root,
      activity: this.#activity,
      index: { files, tokens, bytes, skipped, languages },
      ...(this.#folder === undefined ? {} : { cacheFolder: this.#folder }),
      notices: [...this.#notices.values()],
    };
  }

  onStatus(listener: (status: Status) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(path: string): void {
    const inside = this.#relative(path);
    if (inside !== undefined) this.#thread.changed(inside);
  }

  ready(): Promise<void> {
    return this.#settled;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#rejectSettled(new AssistantError("CANCELLED"));
    this.#listeners.clear();
    await this.#thread.close();
    this.#checker.close();
  }

  async #answer(question: Question): Promise<{ candidates?: Answer["candidates"]; why?: Why }> {
    const path = this.#relative(question.path) ?? question.path;
    if (isSecret(path)) return { why: "refused-file" };
    const language = languageOf(path);
    if (language === undefined) return { why: "unsupported-language" };
    if (question.text.length > this.#maxFileBytes) return { why: "file-too-large" };
    await this.#checker.load(language);
    if (question.signal?.aborted === true) return { why: "cancelled" };
    // No wait from here on: another question about the same file would move its tree under our feet.
    const countErrors = this.#checker.counter(
      path,
      language,
      question.text,
      question.explicit === true ? CHECK_BUDGET_MS.byHand : CHECK_BUDGET_MS.typing,
    );
    const { candidates, why } = complete(
      this.#project,
      { ...question, path, language },
      countErrors,
    );
    if (why === "no-evidence" && this.#isIndexing()) return { why: "indexing" };
    return { candidates, ...(why === undefined ? {} : { why }) };
  }

  /** Loads the grammar that the first question will most likely need, so that it need not wait. */
  #prepare(): void {
    const [most] = Object.entries(this.#facts.languages).sort((a, b) => b[1] - a[1]);
    // The keys of this record are languages, which its type forgets.
    if (most !== undefined) void this.#checker.load(most[0] as Language);
  }

  #isIndexing(): boolean {
    return this.#activity.kind === "starting" || this.#activity.kind === "indexing";
  }

  /** A path as the index names it: relative to the root, forward slashes; undefined when it lies outside. */
  #relative(path: string): string | undefined {
    const absolute = resolve(this.root, path);
    // A workspace reached through a link has two names, and editors use the one they were given.
    const insides = [this.root, this.#named].map((root) => relative(root, absolute));
    const inside = insides.find(
      (each) => each !== ".." && !each.startsWith(`..${sep}`) && !isAbsolute(each),
    );
    return inside?.split(sep).join("/");
  }

  #hear(report: Report): void {
    if (this.#closing !== undefined) return;
    switch (report.kind) {
      case "segment":
        this.#project.attach(report.segment);
        break;
      case "hidden":
        for (const path of report.paths) this.#project.hide(path);
        break;
      case "progress":
        // A saved file is indexed in a moment: to show that would only flicker.
        if (report.filesTotal <= FEW_FILES && this.#activity.kind === "ready") break;
        this.#setActivity({
          kind: "indexing",
          filesDone: report.filesDone,
          filesTotal: report.filesTotal,
        });
        break;
      case "settled":
        this.#facts = report.facts;
        this.#notices.delete("INDEXER_FAILED");
        this.#setActivity({ kind: "ready" });
        this.#resolveSettled();
        this.#prepare();
        break;
      case "notice":
        this.#notify(report.notice);
        break;
    }
  }

  #notify(notice: Notice): void {
    this.#notices.set(notice.code, notice);
    this.#tell();
  }

  #setActivity(activity: Activity): void {
    this.#activity = activity;
    this.#tell();
  }

  #tell(): void {
    const status = this.status();
    for (const listener of this.#listeners) listener(status);
  }
}
