import {
  Breaks,
  behind,
  characterEnd,
  isBreak,
  isDigit,
  isNameAt,
  lineEnd,
  nameEnd,
  quotedEnd,
} from "../scan.ts";
import { createLexicon } from "../scanner.ts";
import type { Lexer, Scanner } from "../scanner.ts";
import { TokenKind } from "../token.ts";

/** Raw strings may have up to this many "#"; the compiler's own limit. */
const HASH_LIMIT = 255;

/** Rust, by the reference of Rust 1.90, "Lexical structure". `>>` is two tokens, as type arguments may end there. */
export const rust: Lexer = {
  lexicon: createLexicon({
    keywords: {
      1: `as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod
        move mut pub ref return self Self static struct super trait true type unsafe use where while
        abstract become box do final gen macro override priv try typeof unsized virtual yield`,
    },
    operators: `+ - * / % ^ ! & | && || << += -= *= /= %= ^= &= |= <<= = == != > < >= <= @ . .. ... ..= , ; : :: -> <-
      => # $ ? ~ ( ) [ ] { }`,
    numbers: { bare: true, leading: false, quotes: false },
  }),
  lex(scanner: Scanner): void {
    const { text } = scanner;
    if (text.startsWith("#!") && text.charCodeAt(2) !== 91 /* [ */)
      scanner.push(TokenKind.Comment, lineEnd(text, 0));
    while (scanner.more) {
      const code = scanner.peek(0);
      switch (code) {
        case 34 /* " */:
          scanner.push(TokenKind.String, quotedEnd(text, scanner.at + 1, code, Breaks.Inside));
          break;
        case 39 /* ' */:
          takeQuote(scanner, scanner.at);
          break;
        case 98 /* b */:
        case 99 /* c */:
        case 114 /* r */:
          if (!takePrefixed(scanner, code)) scanner.plain(code);
          break;
        case 47 /* / */:
          if (scanner.peek(1) === 47) scanner.push(TokenKind.Comment, lineEnd(text, scanner.at));
          else if (scanner.peek(1) === 42 /* * */)
            scanner.push(TokenKind.Comment, nestedEnd(text, scanner.at + 2));
          else scanner.plain(code);
          break;
        default:
          // In "pair.0.1" the numbers are field names, not 0.1.
          if (
            isDigit(code) &&
            scanner.peek(-1) === 46 &&
            scanner.lastKind === TokenKind.Punctuator
          ) {
            scanner.push(TokenKind.Number, nameEnd(text, scanner.at));
          } else {
            scanner.plain(code);
          }
      }
    }
  },
};

/** Takes a character literal or a lifetime, whose quote is at `quote`. */
function takeQuote(scanner: Scanner, quote: number): void {
  const { text } = scanner;
  const first = text.charCodeAt(quote + 1);
  const second = characterEnd(text, quote + 1);
  if (first === 92 /* \ */) {
    scanner.push(TokenKind.String, quotedEnd(text, quote + 1, 39, Breaks.End));
  } else if (text.charCodeAt(second) === 39 && !isBreak(first)) {
    scanner.push(TokenKind.String, second + 1);
  } else if (isNameAt(text, quote + 1)) {
    scanner.push(TokenKind.Identifier, nameEnd(text, quote + 1));
  } else {
    scanner.push(TokenKind.Unknown, quote + 1);
  }
}

/** Takes a literal with a prefix (`b'x'`, `b"…"`, `c"…"`, `r"…"`, `br#"…"#`) or a raw name (`r#type`), if one starts here. */
function takePrefixed(scanner: Scanner, code: number): boolean {
  const { text, at } = scanner;
  const raw = code === 114 || scanner.peek(1) === 114;
  if (!raw) {
    const quote = scanner.peek(1);
    if (quote === 34) scanner.push(TokenKind.String, quotedEnd(text, at + 2, quote, Breaks.Inside));
    else if (quote === 39 && code === 98) takeQuote(scanner, at + 1);
    else return false;
    return true;
  }
  const start = code === 114 ? at + 1 : at + 2;
  let quote = start;
  while (text.charCodeAt(quote) === 35 /* # */ && quote - start < HASH_LIMIT) quote++;
  if (text.charCodeAt(quote) === 34) {
    scanner.push(TokenKind.String, behind(text, `"${"#".repeat(quote - start)}`, quote + 1));
  } else if (code === 114 && quote === start + 1 && isNameAt(text, quote)) {
    scanner.push(TokenKind.Identifier, nameEnd(text, quote));
  } else {
    return false;
  }
  return true;
}

/** Where the block comment ends whose content starts at `at`; comments nest. */
function nestedEnd(text: string, at: number): number {
  let depth = 1;
  let end = at;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    const next = text.charCodeAt(end + 1);
    if (code === 42 /* * */ && next === 47) {
      end += 2;
      if (--depth === 0) return end;
    } else if (code === 47 && next === 42) {
      depth++;
      end += 2;
    } else {
      end++;
    }
  }
  return text.length;
}
