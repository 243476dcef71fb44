import {
  Breaks,
  behind,
  escapedEnd,
  isBreak,
  isOneOf,
  isWord,
  lineEnd,
  quotedEnd,
} from "../scan.ts";
import { createLexicon } from "../scanner.ts";
import type { Lexer, Scanner } from "../scanner.ts";
import { TokenKind } from "../token.ts";

/**
 * Every language without a lexer of its own: what Kotlin, Swift, Scala, Dart, Lua, shell, SQL and their like agree on.
 *
 * Where they disagree, the blanks around a sign decide: `# note` is a comment and `list#size` is not, `-- note` is
 * one and `count--` is not, `//` is one unless it stands behind a colon as in an address.
 */
export const generic: Lexer = {
  lexicon: createLexicon({
    keywords: {
      1: `abstract and as async await begin break case catch class const constructor continue data def default defer do
        done elif else elsif elseif end enum esac except export extends extension extern fallthrough false fi final
        finally fn for foreach from fun func function goto guard if implements import in include inline inner insert
        instanceof interface internal into is join lazy let library local loop match mixin module mut namespace new nil
        none not null object of on open operator or override package pass private protected protocol pub public raise
        readonly rec ref repeat required return sealed select self set static struct super switch template then this
        throw throws trait true try type typealias typedef typeof union unless until update use using val values var
        virtual void volatile when where while with yield`,
    },
    operators: `( ) { } [ ] ; , . .. ... ..< : :: := = == === != !== =~ ~= < <= > >= + ++ += - -- -= -> => <- * ** *= / /=
      % %= & && &= | || |= ^ ^= ! !! ? ?. ?: ?? ~ @ # $ \\ |> <> << ' \``,
    numbers: { bare: false, leading: true, quotes: false },
    letters: "$",
    continuation: true,
  }),
  lex(scanner: Scanner): void {
    const { text } = scanner;
    /** Up to here no single quote is known to have a partner on its line. */
    let barren = 0;
    while (scanner.more) {
      const { at } = scanner;
      const code = scanner.peek(0);
      if (code === 34 /* " */) {
        const triple = scanner.peek(1) === code && scanner.peek(2) === code;
        const end = triple
          ? escapedEnd(text, at + 3, '"""')
          : quotedEnd(text, at + 1, code, Breaks.End);
        scanner.push(TokenKind.String, end);
      } else if (
        (code === 39 /* ' */ || code === 96) /* ` */ &&
        at >= barren &&
        !isWord(scanner.peek(-1))
      ) {
        const end = quotedEnd(text, at + 1, code, Breaks.End);
        if (end > at + 1 && text.charCodeAt(end - 1) === code) scanner.push(TokenKind.String, end);
        else {
          // An apostrophe: a quoted symbol, a lifetime, a prime.
          barren = lineEnd(text, at);
          scanner.plain(code);
        }
      } else if (code === 47 /* / */ && scanner.peek(1) === 42 /* * */) {
        scanner.push(TokenKind.Comment, behind(text, "*/", at + 2));
      } else if (isLineComment(text, at, code)) {
        scanner.push(TokenKind.Comment, lineEnd(text, at));
      } else {
        scanner.plain(code);
      }
    }
  },
};

function isLineComment(text: string, at: number, code: number): boolean {
  switch (code) {
    case 47 /* / */:
      return text.charCodeAt(at + 1) === 47 && text.charCodeAt(at - 1) !== 58; /* : */
    case 35 /* # */:
      return (
        isBlankOrEdge(text, at - 1) &&
        (isBlankOrEdge(text, at + 1) || isOneOf(text.charCodeAt(at + 1), "#!"))
      );
    case 45 /* - */:
      return (
        text.charCodeAt(at + 1) === 45 && isBlankOrEdge(text, at - 1) && isBlankOrEdge(text, at + 2)
      );
    default:
      return false;
  }
}

function isBlankOrEdge(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return Number.isNaN(code) || code === 32 || code === 9 || isBreak(code);
}
