export type {
  CancelSignal,
  Reason,
  SearchAnswer,
  SearchRequest,
  SearchResult,
  SearchTools,
  Similarity,
} from "./answer.ts";
export { search } from "./engine.ts";
export { SearchError } from "./errors.ts";
export type { SearchErrorCode } from "./errors.ts";
export { measure } from "./measure.ts";
export type { Judgement, Measures } from "./measure.ts";
export { readPassages } from "./passage.ts";
export type { IndexedSymbol, IndexedText, Passage } from "./passage.ts";
export { toRegExp } from "./pattern.ts";
export type { TextPattern } from "./pattern.ts";
export { buildBlock, mergePostings } from "./postings.ts";
export type { Block, Extent, Postings } from "./postings.ts";
export { MAX_QUERY_LENGTH, understand } from "./query.ts";
export type { ApiName, Mode, Understanding } from "./query.ts";
export type { Mark } from "./snippet.ts";
export type {
  Filter,
  NameCount,
  PackageFacts,
  SearchStore,
  Source,
  StoredFile,
  StoredPassage,
  StoredSymbol,
  SymbolQuery,
} from "./store.ts";
export type { Frame, Trace } from "./trace.ts";
export { Vocabulary } from "./vocabulary.ts";
export type { Completion } from "./vocabulary.ts";
