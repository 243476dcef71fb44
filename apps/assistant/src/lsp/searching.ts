import { isAbsolute, relative, resolve, sep } from "node:path";
import { ErrorCodes, LSPErrorCodes, ResponseError } from "vscode-languageserver-protocol/node";
import type { CancellationToken } from "vscode-languageserver-protocol/node";
import type { Completion } from "@cloud-code/search";
import { languageOf } from "@cloud-code/syntax";
import { AssistantError, type Locale, wordError } from "../errors.ts";
import { toColours } from "../search/colours.ts";
import { LiveSearch } from "../search/live.ts";
import type { ModelRequest } from "../search/meaning.ts";
import { parseSearch } from "../search/request.ts";
import { wordReason, wordUnderstanding } from "../search/words.ts";
import type { Counter } from "../telemetry/counter.ts";
import { cacheFolder } from "../workspace/store.ts";
import { toPath } from "./client.ts";
import { at, stringAt } from "./params.ts";
import type { FoundSource, SearchReport } from "./protocol.ts";

const SUGGESTIONS = 10;

/** Answers an editor's searches, with one search thread for each workspace folder that was searched. */
export class Searching {
  readonly #locale: Locale;
  readonly #isTold: boolean;
  readonly #counter: Counter;
  readonly #searches = new Map<string, LiveSearch>();

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
      .toSorted((one, other) => other.atMs - one.atMs);
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
      return {
        ...rest,
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
    await Promise.all(Array.from(this.#searches.values(), (search) => search.close()));
    this.#searches.clear();
  }

  #open(root: string): LiveSearch {
    let search = this.#searches.get(root);
    if (search === undefined) {
      search = new LiveSearch(
        { root, cache: cacheFolder(), isTold: this.#isTold },
        () => undefined,
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
