/** What a symbol is. A closed list: indices on disk hold these words. */
export type SymbolKind =
  | "class"
  | "interface"
  | "enum"
  | "module"
  | "type"
  | "function"
  | "method"
  | "constructor"
  | "field"
  | "constant"
  | "macro"
  | "test";

/** A part of a text, in UTF-16 units; the end is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Something a source file declares. `start` to `end` is the whole of it, with its comment, its decorators and its body. */
export interface CodeSymbol extends Span {
  readonly name: string;
  readonly kind: SymbolKind;
  /** The names around it within the file, joined by ".": "" at the top, "Outer.Inner" two levels down. */
  readonly owner: string;
  /** Where the name stands. */
  readonly nameStart: number;
  /** The parameter list with its brackets; absent for what takes none. */
  readonly parameters?: Span;
  /** The documentation comment, or Python's documentation string. */
  readonly doc?: Span;
}
