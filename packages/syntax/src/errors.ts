/** What can go wrong in this package. */
export type SyntaxFailureCode =
  /** The runtime or a grammar is damaged, or of a version that does not fit the other. */
  | "GRAMMAR_UNUSABLE"
  /** A start or an end lies outside of the document. */
  | "RANGE_OUTSIDE"
  /** The document was disposed of. */
  | "DOCUMENT_DISPOSED";

/** A broken promise between this package and its caller: the code is stable, the message says what to do and holds no source text. */
export class SyntaxFailure extends Error {
  /** What went wrong. */
  readonly code: SyntaxFailureCode;

  constructor(code: SyntaxFailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "SyntaxFailure";
    this.code = code;
  }
}
