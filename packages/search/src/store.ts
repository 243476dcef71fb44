import type { Language, SymbolKind } from "@cloud-code/syntax";
import type { Extent, Postings } from "./postings.ts";
import type { IndexedSymbol } from "./passage.ts";

/** Where code comes from. */
export type Source = "workspace" | "dependencies" | "team";

/** The package that a file belongs to. */
export interface PackageFacts {
  /** "npm", "pypi", "maven", "jdk", "go" or "cargo". */
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  /** The licence by its SPDX name, "" if the package does not say. */
  readonly licence: string;
}

/** A file in the index. */
export interface StoredFile {
  /** The number of its text; copies of one text share it. */
  readonly content: number;
  readonly source: Source;
  /** Relative to the workspace or to the package, with forward slashes. */
  readonly path: string;
  readonly language: Language | "markdown";
  /** The package or module the file says it is part of, "" if it does not say. */
  readonly module: string;
  /** Absent in a workspace. */
  readonly package?: PackageFacts;
  /** How many other files have the same text. */
  readonly copies: number;
}

/** A passage in the index. */
export interface StoredPassage {
  readonly passage: number;
  readonly file: StoredFile;
  readonly startLine: number;
  readonly endLine: number;
}

/** A symbol in the index. */
export interface StoredSymbol extends IndexedSymbol {
  readonly file: StoredFile;
}

/** Which symbols are asked for. Names are compared without case. */
export interface SymbolQuery {
  /** The name, or its beginning. */
  readonly name: string;
  readonly isPrefix: boolean;
  /** Only members of what has this name. */
  readonly owner?: string;
  /** Only what files of this module or package declare, or of one below it. */
  readonly module?: string;
}

/** What the search is limited to. Everything that is given must hold. */
export interface Filter {
  readonly sources?: readonly Source[];
  readonly languages?: readonly string[];
  /** A part of the path, or a pattern with `*` and `**`. */
  readonly path?: string;
  /** The name of a package. */
  readonly package?: string;
}

/**
 * What an index must be able to do to be searched; the whole of what SQLite on a desk and PostgreSQL on a server have in common. Ranking is above it
 * and the same for both.
 */
export interface SearchStore {
  /** The passages that the filter leaves: how many, their mean length, and the length of each by its number. */
  extent(filter: Filter): Promise<Extent>;
  /** Where each of these terms occurs. */
  postings(terms: readonly string[]): Promise<ReadonlyMap<string, readonly Postings[]>>;
  /** These passages with the files that the filter leaves, in any order; without those that are gone. */
  passages(numbers: readonly number[], filter: Filter): Promise<readonly StoredPassage[]>;
  /** Symbols by name, at most `limit`. */
  symbols(query: SymbolQuery, filter: Filter, limit: number): Promise<readonly StoredSymbol[]>;
  /** What a file declares between two lines. */
  symbolsIn(content: number, startLine: number, endLine: number): Promise<readonly IndexedSymbol[]>;
  /** Files whose lower-case text has all of these pieces, at most `limit`; with no piece, any file. */
  filesWith(
    pieces: readonly string[],
    filter: Filter,
    limit: number,
  ): Promise<readonly StoredFile[]>;
  /** Files whose path ends in this, at most `limit`. */
  filesAt(pathEnd: string, limit: number): Promise<readonly StoredFile[]>;
  /** The text of a file as it is now; undefined when it cannot be read any more. */
  read(file: StoredFile): Promise<string | undefined>;
  /** All symbol names with how often and as what they are declared, for suggestions. */
  names(): Promise<readonly NameCount[]>;
}

/** A name and how often it is declared. */
export interface NameCount {
  readonly name: string;
  readonly kind: SymbolKind;
  readonly count: number;
}
