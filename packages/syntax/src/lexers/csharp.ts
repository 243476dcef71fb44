import { Breaks, isDigit, isNameAt, nameEnd, quotedEnd } from "../scan.ts";
import { createLexicon } from "../scanner.ts";
import type { Lexer, Scanner } from "../scanner.ts";
import { TokenKind } from "../token.ts";
import { takeSlashComment } from "./comment.ts";
import { takeDirective } from "./directive.ts";
import { Holes } from "./hole.ts";

/** A raw string has as many "$" as braces open its holes; nobody needs more. */
const PREFIX_LIMIT = 16;

/** C#, by the language reference of C# 14, "Lexical structure". `>>` is two tokens, as type arguments may end there. */
export const csharp: Lexer = {
  lexicon: createLexicon({
    keywords: {
      1: `abstract as base bool break byte case catch char checked class const continue decimal default delegate do
        double else enum event explicit extern false finally fixed float for foreach goto if implicit in int interface
        internal is lock long namespace new null object operator out override params private protected public readonly
        ref return sbyte sealed short sizeof stackalloc static string struct switch this throw true try typeof uint
        ulong unchecked unsafe ushort using virtual void volatile while`,
    },
    operators: `{ } [ ] ( ) . .. , : ; + - * / % & | ^ ! ~ = < > ? ?? :: ++ -- && || -> == != <= >= += -= *= /= %= &= |=
      ^= << <<= => ??= ?. @ # $`,
    numbers: { bare: false, leading: true, quotes: false },
  }),
  lex(scanner: Scanner): void {
    const { text } = scanner;
    const holes = new Holes(text, "{");
    while (scanner.more) {
      const code = scanner.peek(0);
      switch (code) {
        case 34 /* " */:
        case 36 /* $ */:
        case 64 /* @ */:
          if (takeString(scanner, holes)) break;
          if (code === 64 && isNameAt(text, scanner.at + 1)) {
            scanner.push(TokenKind.Identifier, nameEnd(text, scanner.at + 1));
          } else {
            scanner.plain(code);
          }
          break;
        case 39 /* ' */:
          scanner.push(TokenKind.String, quotedEnd(text, scanner.at + 1, code, Breaks.End));
          break;
        case 63 /* ? */:
          // "a?.5:1" is a condition.
          if (scanner.peek(1) === 46 && isDigit(scanner.peek(2))) {
            scanner.push(TokenKind.Punctuator, scanner.at + 1);
          } else {
            scanner.plain(code);
          }
          break;
        default:
          if (!takeSlashComment(scanner, code) && !takeDirective(scanner, code))
            scanner.plain(code);
      }
    }
  },
};

/** Takes a string of any form, if one starts here: `"…"`, `@"…"`, `$"…"`, `$@"…"`, `"""…"""`, `$$"""…"""`. */
function takeString(scanner: Scanner, holes: Holes): boolean {
  const { text, at } = scanner;
  let verbatim = false;
  let interpolated = false;
  let start = at;
  for (; start - at < PREFIX_LIMIT; start++) {
    const code = text.charCodeAt(start);
    if (code === 36 /* $ */) interpolated = true;
    else if (code === 64 /* @ */ && !verbatim) verbatim = true;
    else break;
  }
  if (text.charCodeAt(start) !== 34) return false;
  const quotes = verbatim ? 1 : runEnd(text, start) - start;
  let end: number;
  if (quotes >= 3) end = rawEnd(text, start + quotes, quotes);
  else if (quotes === 2) end = start + 2;
  else {
    const quoting = { close: 34, verbatim, breaks: verbatim ? Breaks.Inside : Breaks.End };
    if (interpolated) end = holes.literalEnd(start + 1, quoting);
    else if (verbatim) end = verbatimEnd(text, start + 1);
    else end = quotedEnd(text, start + 1, 34, Breaks.End);
  }
  scanner.push(TokenKind.String, end);
  return true;
}

/** Where the run of quotes ends that starts at `at`. */
function runEnd(text: string, at: number): number {
  let end = at;
  while (text.charCodeAt(end) === 34) end++;
  return end;
}

/** Where the raw string ends whose content starts at `at` and which at least `quotes` quotes close. */
function rawEnd(text: string, at: number, quotes: number): number {
  for (let start = text.indexOf('"', at); start >= 0;) {
    const end = runEnd(text, start);
    if (end - start >= quotes) return end;
    start = text.indexOf('"', end);
  }
  return text.length;
}

/** Where the verbatim string ends whose content starts at `at`; a doubled quote is content. */
function verbatimEnd(text: string, at: number): number {
  for (let quote = text.indexOf('"', at); quote >= 0; quote = text.indexOf('"', quote + 2)) {
    if (text.charCodeAt(quote + 1) !== 34) return quote + 1;
  }
  return text.length;
}
