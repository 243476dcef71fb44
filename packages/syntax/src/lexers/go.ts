import { Breaks, behind, quotedEnd } from "../scan.ts";
import { createLexicon } from "../scanner.ts";
import type { Lexer, Scanner } from "../scanner.ts";
import { TokenKind } from "../token.ts";
import { takeSlashComment } from "./comment.ts";

/** Go, by the language specification of Go 1.25, "Lexical elements". */
export const go: Lexer = {
  lexicon: createLexicon({
    keywords: {
      1: `break case chan const continue default defer else fallthrough for func go goto if import interface map
        package range return select struct switch type var`,
    },
    operators: `+ & += &= && == != ( ) - | -= |= || < <= [ ] * ^ *= ^= <- > >= { } / << /= <<= ++ = := , ; % >> %= >>=
      -- ! ... . : &^ &^= ~`,
    numbers: { bare: true, leading: true, quotes: false },
  }),
  lex(scanner: Scanner): void {
    const { text } = scanner;
    while (scanner.more) {
      const code = scanner.peek(0);
      if (code === 34 /* " */ || code === 39 /* ' */) {
        scanner.push(TokenKind.String, quotedEnd(text, scanner.at + 1, code, Breaks.End));
      } else if (code === 96 /* ` */) {
        scanner.push(TokenKind.String, behind(text, "`", scanner.at + 1));
      } else if (!takeSlashComment(scanner, code)) {
        scanner.plain(code);
      }
    }
  },
};
