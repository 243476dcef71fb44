export type {
  CancelSignal,
  CompletionRequest,
  CompletionResult,
  CountErrors,
  Silence,
  SourceFile,
  Suggestion,
} from "./suggestion.ts";
