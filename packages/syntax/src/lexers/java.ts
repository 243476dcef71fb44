import { Breaks, escapedEnd, quotedEnd } from "../scan.ts";
import { createLexicon } from "../scanner.ts";
import type { Lexer, Scanner } from "../scanner.ts";
import { TokenKind } from "../token.ts";
import { takeSlashComment } from "./comment.ts";

/** Java, by the Java Language Specification 21, chapter 3. */
export const java: Lexer = {
  lexicon: createLexicon({
    keywords: {
      1: `abstract assert boolean break byte case catch char class const continue default do double else enum
        extends final finally float for goto if implements import instanceof int interface long native new package
        private protected public return short static strictfp super switch synchronized this throw throws transient
        try void volatile while true false null`,
    },
    operators: `( ) { } [ ] ; , . ... @ :: = > < ! ~ ? : -> == >= <= != && || ++ -- + - * / & | ^ % <<
      += -= *= /= &= |= ^= %= <<=`,
    numbers: { bare: true, leading: true, quotes: false },
    letters: "$",
  }),
  lex(scanner: Scanner): void {
    const { text } = scanner;
    while (scanner.more) {
      const code = scanner.peek(0);
      if (code === 34 /* " */) {
        const block = scanner.peek(1) === 34 && scanner.peek(2) === 34;
        const end = block
          ? escapedEnd(text, scanner.at + 3, '"""')
          : quotedEnd(text, scanner.at + 1, code, Breaks.End);
        scanner.push(TokenKind.String, end);
      } else if (code === 39 /* ' */) {
        scanner.push(TokenKind.String, quotedEnd(text, scanner.at + 1, code, Breaks.End));
      } else if (!takeSlashComment(scanner, code)) {
        scanner.plain(code);
      }
    }
  },
};
