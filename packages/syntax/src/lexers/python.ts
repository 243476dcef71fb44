import { Breaks, escapedEnd, lineEnd, quotedEnd } from "../scan.ts";
import { createLexicon } from "../scanner.ts";
import type { Lexer, Scanner } from "../scanner.ts";
import { TokenKind } from "../token.ts";
import { Holes } from "./hole.ts";

/** Python, by the language reference 3.14, chapter 2. */
export const python: Lexer = {
  lexicon: createLexicon({
    keywords: {
      1: `False None True and as assert async await break class continue def del elif else except finally for from
        global if import in is lambda nonlocal not or pass raise return try while with yield`,
    },
    operators: `( ) { } [ ] ; , . ... @ -> : := ~ ! = + - * / % & | ^ < > ** // << >> == != <= >= <>
      += -= *= /= %= &= |= ^= @= **= //= <<= >>=`,
    numbers: { bare: true, leading: true, quotes: false },
    continuation: true,
  }),
  lex(scanner: Scanner): void {
    const { text } = scanner;
    const holes = new Holes(text, "{");
    while (scanner.more) {
      const code = scanner.peek(0);
      if (code === 35 /* # */) {
        scanner.push(TokenKind.Comment, lineEnd(text, scanner.at));
        continue;
      }
      const start = scanner.at + prefixLength(text, scanner.at, code);
      const quote = text.charCodeAt(start);
      if (quote !== 34 /* " */ && quote !== 39 /* ' */) {
        scanner.plain(code);
      } else if (text.charCodeAt(start + 1) === quote && text.charCodeAt(start + 2) === quote) {
        scanner.push(TokenKind.String, escapedEnd(text, start + 3, quote === 34 ? '"""' : "'''"));
      } else if (isFormatted(text, scanner.at, start)) {
        scanner.push(
          TokenKind.String,
          holes.literalEnd(start + 1, { close: quote, breaks: Breaks.Escaped }),
        );
      } else {
        scanner.push(TokenKind.String, quotedEnd(text, start + 1, quote, Breaks.Escaped));
      }
    }
  },
};

/** How many letters at `at` could be a string's prefix: r, b, f, t or u in any case, alone or in pairs. */
function prefixLength(text: string, at: number, code: number): number {
  if (!isPrefix(code)) return 0;
  return isPrefix(text.charCodeAt(at + 1)) ? 2 : 1;
}

function isPrefix(code: number): boolean {
  switch (code | 32) {
    case 98 /* b */:
    case 102 /* f */:
    case 114 /* r */:
    case 116 /* t */:
    case 117 /* u */:
      return true;
    default:
      return false;
  }
}

/** True if the prefix has an f or a t: the literal holds expressions in braces. */
function isFormatted(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const letter = text.charCodeAt(at) | 32;
    if (letter === 102 || letter === 116) return true;
  }
  return false;
}
