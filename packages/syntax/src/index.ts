export { languageOf, languageOfScript } from "./language.ts";
export type { Language } from "./language.ts";
export { isKeyword, tokenize } from "./tokenize.ts";
export { TokenKind } from "./token.ts";
export type { Tokens } from "./token.ts";
export { Grammars, grammarFile } from "./grammar.ts";
export type { SyntaxDocument } from "./document.ts";
export { SyntaxFailure } from "./errors.ts";
export type { SyntaxFailureCode } from "./errors.ts";
