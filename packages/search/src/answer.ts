import type { SymbolKind } from "@cloud-code/syntax";
import type { Understanding, Mode } from "./query.ts";
import type { Mark } from "./snippet.ts";
import type { Filter, PackageFacts, Source } from "./store.ts";
import type { TextPattern } from "./pattern.ts";

/** A signal that a search is not wanted any more; an `AbortSignal` is one. */
export interface CancelSignal {
  readonly aborted: boolean;
}

/** A question. */
export interface SearchRequest {
  /** As typed or pasted; what it means is found out. */
  readonly query: string;
  /** Forces a reading. Default "auto". */
  readonly mode?: Mode;
  /** Names that every answer to a description has to mention. */
  readonly apis?: readonly string[];
  /** Default: everything. */
  readonly filter?: Filter;
  /** From 1; default 1. */
  readonly page?: number;
  /** Results on a page, at most 100; default 10. */
  readonly pageSize?: number;
  /** Stops the search between two steps. */
  readonly signal?: CancelSignal;
}

/** Why something was found. A closed list, so that every surface can word it in its language. */
export type Reason =
  | { readonly kind: "definition"; readonly name: string }
  | { readonly kind: "use"; readonly name: string }
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "match"; readonly count: number }
  | { readonly kind: "frame"; readonly line: number }
  | { readonly kind: "message" };

/** One answer: the smallest complete piece of code, and where it is from. */
export interface SearchResult {
  /** Relative to the workspace or to the package. */
  readonly path: string;
  /** First line of the snippet, from 1. */
  readonly startLine: number;
  /** Last line, included. */
  readonly endLine: number;
  /** The lines as they are in the file now; what is cut off a very long one is replaced by "…". */
  readonly snippet: string;
  /** What to mark in the snippet. */
  readonly marks: readonly Mark[];
  readonly language: string;
  readonly source: Source;
  /** Absent in a workspace. */
  readonly package?: PackageFacts;
  /** What the snippet declares; absent when it is a part of something. */
  readonly symbol?: { readonly name: string; readonly kind: SymbolKind };
  /** Higher is better; comparable within one answer only. */
  readonly score: number;
  readonly why: Reason;
  /** How many files have the same text or showed the same snippet and were folded into this one. */
  readonly copies: number;
}

/** An answer. */
export interface SearchAnswer {
  readonly understoodAs: Understanding;
  /** The results of the page, best first. */
  readonly results: readonly SearchResult[];
  /** From 1. */
  readonly page: number;
  /** How many results there are over all pages, or about so many. */
  readonly total: number;
  /** False when the search stopped counting, or when some of those on later pages may yet fold into others. */
  readonly isTotalExact: boolean;
}

/** What the search needs besides an index. */
export interface SearchTools {
  /**
   * Finds a regular expression in some texts, in any time it takes, without blocking the caller; rejects with a `SearchError` when it takes too long.
   * A pattern that goes wild cannot be stopped from within its own thread.
   */
  readonly match: (
    pattern: TextPattern & { readonly kind: "regex" },
    texts: readonly string[],
  ) => Promise<readonly (readonly Mark[])[]>;
  /** Names that an abbreviation such as `HM` may stand for. */
  readonly expand: (humps: string) => Promise<readonly string[]>;
  /** A second opinion on what a description means; without it words alone decide. */
  readonly similarity?: Similarity;
}

/** How near texts are to a question in meaning, by the vectors of some embedding model. */
export interface Similarity {
  /** The say it has in the order, 0 to 1; the rest is the words'. */
  readonly weight: number;
  /** One number for each text, higher is nearer, on any scale; undefined when the model cannot be asked, which leaves the order to the words. */
  readonly rate: (
    question: string,
    texts: readonly string[],
    signal?: CancelSignal,
  ) => Promise<readonly number[] | undefined>;
}
