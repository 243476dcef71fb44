/** What can be wrong with a question. */
export type SearchErrorCode =
  /** There is nothing to look for. */
  | "QUERY_EMPTY"
  /** The regular expression does not parse. */
  | "PATTERN_INVALID"
  /** The regular expression would have to be tried on every file, or takes too long on one. */
  | "PATTERN_TOO_BROAD"
  /** The search was cancelled. */
  | "CANCELLED";

/** A question that cannot be answered: the code is stable, the message says what to do and holds no code of the user. */
export class SearchError extends Error {
  /** What is wrong. */
  readonly code: SearchErrorCode;
  /** What the sentence is about, for wording it in another language. */
  readonly reason: string;

  constructor(code: SearchErrorCode, reason = "", options?: ErrorOptions) {
    super(SENTENCES[code].replace("{reason}", reason), options);
    this.name = "SearchError";
    this.code = code;
    this.reason = reason;
  }
}

const SENTENCES: Readonly<Record<SearchErrorCode, string>> = {
  QUERY_EMPTY:
    "There is nothing to search for. Type a name, a description, a /pattern/ or an error message.",
  PATTERN_INVALID:
    'The regular expression does not parse ({reason}). Put the text in "quotes" to search it as it is.',
  PATTERN_TOO_BROAD:
    "The regular expression takes too long ({reason}). Add three letters or digits in a row that every match has, or narrow the files with --path.",
  CANCELLED: "The search was cancelled.",
};
