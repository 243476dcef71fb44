import { type Colours, colourNames } from "@cloud-code/panel/protocol";
import { type Language, tokenize, TokenKind } from "@cloud-code/syntax";

const KEYWORD = colourNames.indexOf("keyword");
const STRING = colourNames.indexOf("string");
const NUMBER = colourNames.indexOf("number");
const COMMENT = colourNames.indexOf("comment");
const TYPE = colourNames.indexOf("type");
const CALL = colourNames.indexOf("call");
const MARKUP = colourNames.indexOf("markup");

const BY_KIND: Readonly<Partial<Record<number, number>>> = {
  [TokenKind.Keyword]: KEYWORD,
  [TokenKind.Number]: NUMBER,
  [TokenKind.String]: STRING,
  [TokenKind.Template]: STRING,
  [TokenKind.Regex]: STRING,
  [TokenKind.Comment]: COMMENT,
  [TokenKind.Preprocessor]: MARKUP,
  [TokenKind.Markup]: MARKUP,
};

/** The languages that have a lexer; a source beyond this machine may know others. */
const LEXED: Readonly<Record<Language, true>> = {
  c: true,
  cpp: true,
  csharp: true,
  generic: true,
  go: true,
  java: true,
  javascript: true,
  php: true,
  python: true,
  ruby: true,
  rust: true,
  tsx: true,
  typescript: true,
};

/** Which parts of a text have which colour, as the panel reads it. Prose has none. A name before "(" is a call, one in capitals a type. */
export function toColours(text: string, language: string): Colours {
  if (!isLexed(language)) return [];
  const { count, kinds, starts, ends } = tokenize(text, language);
  const colours: number[] = [];
  for (let index = 0; index < count; index++) {
    const start = starts[index] ?? 0;
    const end = ends[index] ?? start;
    const colour =
      kinds[index] === TokenKind.Identifier
        ? colourOfName(text.slice(start, end), text.charAt(end))
        : BY_KIND[kinds[index] ?? 0];
    if (colour !== undefined) colours.push(start, end, colour);
  }
  return colours;
}

function colourOfName(name: string, next: string): number | undefined {
  if (/^\p{Lu}[\p{L}\p{N}]*\p{Ll}/u.test(name)) return TYPE;
  return next === "(" ? CALL : undefined;
}

function isLexed(language: string): language is Language {
  return Object.hasOwn(LEXED, language);
}
