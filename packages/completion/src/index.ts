export { complete } from "./complete.ts";
export { decodeSegment, encodeSegment } from "./codec.ts";
export { CompletionError } from "./errors.ts";
export type { CompletionErrorCode } from "./errors.ts";
export { Project } from "./project.ts";
export { buildSegment } from "./segment.ts";
export type { Segment } from "./segment.ts";
export { normalizeBlanks } from "./text.ts";
export type {
  CancelSignal,
  CompletionRequest,
  CompletionResult,
  CountErrors,
  Silence,
  SourceFile,
  Suggestion,
} from "./suggestion.ts";
