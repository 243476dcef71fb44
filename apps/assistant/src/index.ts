export {
  AssistantError,
  type ErrorCode,
  type ErrorDetails,
  type Locale,
  wordError,
} from "./errors.ts";
export type {
  Activity,
  Answer,
  Notice,
  Question,
  Session,
  SkipReason,
  Status,
  Why,
} from "./session.ts";
export { toLocale, wordActivity, wordSkipped, wordWhy } from "./words.ts";
export { openSession, type SessionOptions } from "./workspace/open.ts";
