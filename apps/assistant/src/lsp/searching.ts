import { isAbsolute, relative, resolve, sep } from "node:path";
import { ErrorCodes, LSPErrorCodes, ResponseError } from "vscode-languageserver-protocol/node";
import type { CancellationToken } from "vscode-languageserver-protocol/node";
import type { Completion } from "@cloud-code/search";
import { languageOf } from "@cloud-code/syntax";
import { AssistantError, isDenialReason, type Locale, wordError } from "../errors.ts";
import { toColours } from "../search/colours.ts";
import { LiveSearch } from "../search/live.ts";
import type { ModelRequest } from "../search/meaning.ts";
import { parseSearch } from "../search/request.ts";
import { wordReason, wordUnderstanding } from "../search/words.ts";
import type { Notice } from "../session.ts";
import type { Counter } from "../telemetry/counter.ts";
import { wordDenial } from "../telemetry/view.ts";
import { cacheFolder } from "../workspace/store.ts";
import { toPath } from "./client.ts";
import { at, stringAt } from "./params.ts";
import type { FoundSource, SearchReport } from "./protocol.ts";
import type { Settings } from "./settings.ts";

const SUGGESTIONS = 10;
const searchNotices: ReadonlySet<Notice["code"]> = new Set<Notice["code"]>([
  "MEANING_DENIED",
  "MEANING_FAILED",
  "SETTING_INVALID",
]);

/** Answers an editor's searches, with one search thread for each workspace folder that was searched. */
export class Searching {
  readonly #locale: Locale;
  readonly #isTold: boolean;
  readonly #counter: Counter;
  readonly #searches = new Map<string, LiveSearch>();
  /** What was told of each folder's search since its latest answer. */
  readonly #notices = new Map<string, Notice[]>();
  /** What searches that ended had sent to a model: that they ended takes nothing off the record. */
  readonly #earlier: ModelRequest[] = [];
  #hasDependencies = true;

  /** `isTold`: the editor tells of every change on disk. */
  constructor(locale: Locale, isTold: boolean, counter: Counter) {
    this.#locale = locale;
    this.#isTold = isTold;
    this.#counter = counter;
  }

  /** What was sent to a model, in all folders, the latest first. */
  get requests(): readonly ModelRequest[] {
    return [...this.#searches.values()]
      .flatMap(({ requests }) => requests)
      .concat(this.#earlier)
      .toSorted((one, other) => other.atMs - one.atMs);
  }

  /** Takes new settings: searches that knew others end, and begin anew with the next question. */
  async configure({ searchDependencies }: Settings): Promise<void> {
    if (searchDependencies === this.#hasDependencies) return;
    this.#hasDependencies = searchDependencies;
    await this.close();
  }

  /** `cloud-code/search`. */
  async search(
    params: unknown,
    folders: readonly string[],
    token: CancellationToken,
  ): Promise<SearchReport> {
    const request = parseSearch(params);
    if (request === undefined)
      throw new ResponseError(ErrorCodes.InvalidParams, "The parameter 'query' is missing.");
    const stop = new AbortController();
    const cancelling = token.onCancellationRequested(() => stop.abort());
    try {
      const root = rootOf(params, folders);
      const { results, understoodAs, ...rest } = await this.#open(root).search(
        request,
        stop.signal,
      );
      // Further pages belong to the same question.
      if (rest.page === 1) this.#counter.count({ kind: "search" });
      const notices = this.#takeNotices(root);
      return {
        ...rest,
        ...(notices.length === 0 ? {} : { notices }),
        understoodAs: {
          kind: understoodAs.kind,
          sentence: wordUnderstanding(understoodAs, this.#locale),
        },
        results: results.map((result) => ({
          ...result,
          why: wordReason(result.why, this.#locale),
          root,
          colours: toColours(result.snippet, result.language),
        })),
      };
    } catch (error) {
      if (!(error instanceof AssistantError)) throw error;
      const code =
        error.code === "CANCELLED" ? LSPErrorCodes.RequestCancelled : LSPErrorCodes.RequestFailed;
      throw new ResponseError(code, wordError(error.code, error.details, this.#locale), {
        code: error.code,
      });
    } finally {
      cancelling.dispose();
    }
  }

  /** `cloud-code/source`. */
  async source(params: unknown, folders: readonly string[]): Promise<FoundSource | null> {
    const path = stringAt(params, "path");
    if (path === undefined)
      throw new ResponseError(ErrorCodes.InvalidParams, "The parameter 'path' is missing.");
    const [ecosystem, name, version] = ["ecosystem", "name", "version"].map((key) =>
      stringAt(params, "package", key),
    );
    const isPackage = ecosystem !== undefined && name !== undefined && version !== undefined;
    const text = await this.#open(rootOf(params, folders)).source({
      path,
      ...(isPackage ? { package: { ecosystem, name, version } } : {}),
    });
    if (text === undefined) return null;
    const language = languageOf(path) ?? "generic";
    return { text, language, colours: toColours(text, language) };
  }

  /** `cloud-code/suggest`. */
  async suggest(params: unknown, folders: readonly string[]): Promise<readonly Completion[]> {
    const search = this.#open(rootOf(params, folders));
    const words = await search.suggest(stringAt(params, "query") ?? "", SUGGESTIONS);
    if (words.length > 0) this.#counter.count({ kind: "search-prompt" });
    return words;
  }

  /** Tells of a file that is different. */
  changed(uri: string): void {
    const path = toPath(uri);
    if (path === undefined) return;
    for (const [root, search] of this.#searches) {
      const inside = relative(root, path);
      if (inside !== "" && !inside.startsWith("..") && !isAbsolute(inside))
        search.changed(inside.split(sep).join("/"));
    }
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    const searches = [...this.#searches.values()];
    this.#earlier.push(...searches.flatMap(({ requests }) => requests));
    // First: a question that comes meanwhile is not one for a thread that ends.
    this.#searches.clear();
    await Promise.all(searches.map((search) => search.close()));
  }

  /** What concerns the question that was asked, in words; what concerns the index is told by the session. */
  #takeNotices(root: string): readonly string[] {
    const notices = this.#notices.get(root) ?? [];
    this.#notices.delete(root);
    return notices
      .filter(({ code }) => searchNotices.has(code))
      .map((notice) => this.#word(notice));
  }

  #word({ code, details }: Notice): string {
    const { origin, because } = details;
    // The sentence of the terminal names the terminal's commands.
    return code === "MEANING_DENIED" && isDenialReason(because)
      ? `${origin ?? ""}: ${wordDenial(because, this.#locale)}`
      : wordError(code, details, this.#locale);
  }

  #open(root: string): LiveSearch {
    let search = this.#searches.get(root);
    if (search === undefined) {
      search = new LiveSearch(
        {
          root,
          cache: cacheFolder(),
          isTold: this.#isTold,
          dependencies: this.#hasDependencies,
        },
        (notice) => this.#notices.set(root, [...(this.#notices.get(root) ?? []), notice]),
      );
      this.#searches.set(root, search);
    }
    return search;
  }
}

/** The folder that is searched: the one the editor names, else its first. */
function rootOf(params: unknown, folders: readonly string[]): string {
  const named = toPath(stringAt(params, "workspace") ?? "");
  const root = folders
    .map((folder) => resolve(folder))
    .find((folder) => named === undefined || folder === resolve(named));
  if (root === undefined)
    throw new ResponseError(
      ErrorCodes.InvalidParams,
      `No open folder${at(params, "workspace") === undefined ? "" : " of that name"}. Open the folder to search.`,
    );
  return root;
}
