import { Breaks, behind, isBreak, isNameAt, isWord, lineEnd, nameEnd, quotedEnd } from "../scan.ts";
import { createLexicon } from "../scanner.ts";
import type { Lexer, Scanner } from "../scanner.ts";
import { TokenKind } from "../token.ts";
import { Holes } from "./hole.ts";

/** PHP 8.5 by its manual, with the HTML around it as markup. */
export const php: Lexer = {
  lexicon: createLexicon({
    keywords: {
      1: `__halt_compiler abstract and array as break callable case catch class clone const continue declare default die
        do echo else elseif empty enddeclare endfor endforeach endif endswitch endwhile eval exit extends final finally
        fn for foreach function global goto if implements include include_once instanceof insteadof interface isset
        list match namespace new or print private protected public readonly require require_once return static switch
        throw trait try unset use var while xor yield true false null`,
    },
    operators: `{ } ( ) [ ] ; , . + - * / % = & | ^ ~ ! < > ? : @ # $ \\ :: -> ?-> => ++ -- ** && || ?? |> == != <> === !==
      <= >= <=> << >> += -= *= /= .= %= &= |= ^= **= <<= >>= ??= ...`,
    numbers: { bare: true, leading: true, quotes: false },
    caseless: true,
  }),
  lex(scanner: Scanner): void {
    const holes = new Holes(scanner.text, "{$");
    let inside = false;
    while (scanner.more) inside = inside ? takeCode(scanner, holes) : takeMarkup(scanner);
  },
};

/** Takes one token or blank outside of PHP; true if it opened PHP. */
function takeMarkup(scanner: Scanner): boolean {
  const { text, at } = scanner;
  const code = scanner.peek(0);
  const tag = code === 60 /* < */ ? openEnd(text, at) : at;
  if (tag > at) {
    scanner.push(TokenKind.Punctuator, tag);
    return true;
  }
  if (code === 32 || code === 9 || isBreak(code)) {
    scanner.plain(code);
    return false;
  }
  let end = at + 1;
  let solid = end;
  while (end < text.length) {
    const next = text.charCodeAt(end);
    if (isBreak(next) || (next === 60 && openEnd(text, end) > end)) break;
    end++;
    if (next !== 32 && next !== 9) solid = end;
  }
  scanner.push(TokenKind.Markup, solid);
  return false;
}

/** Where the opening tag at `at` ends (`<?php`, `<?=`, `<?` before a blank); `at` if there is none, as in `<?xml`. */
function openEnd(text: string, at: number): number {
  if (text.charCodeAt(at + 1) !== 63 /* ? */) return at;
  if (text.charCodeAt(at + 2) === 61 /* = */) return at + 3;
  const end = text.slice(at + 2, at + 5).toLowerCase() === "php" ? at + 5 : at + 2;
  // At the end of the text the code is NaN, and the tag is complete.
  return text.charCodeAt(end) > 32 ? at : end;
}

/** Takes one token or blank of PHP; false if it ended PHP. */
function takeCode(scanner: Scanner, holes: Holes): boolean {
  const { text, at } = scanner;
  const code = scanner.peek(0);
  switch (code) {
    case 34 /* " */:
    case 96 /* ` */:
      scanner.push(
        TokenKind.String,
        holes.literalEnd(at + 1, { close: code, breaks: Breaks.Inside }),
      );
      return true;
    case 39 /* ' */:
      scanner.push(TokenKind.String, quotedEnd(text, at + 1, code, Breaks.Inside));
      return true;
    case 36 /* $ */:
      if (isNameAt(text, at + 1) && scanner.peek(1) !== 36)
        scanner.push(TokenKind.Identifier, nameEnd(text, at + 1));
      else scanner.plain(code);
      return true;
    case 35 /* # */:
      if (scanner.peek(1) === 91 /* [ */) scanner.plain(code);
      else scanner.push(TokenKind.Comment, commentEnd(text, at));
      return true;
    case 47 /* / */:
      if (scanner.peek(1) === 47) scanner.push(TokenKind.Comment, commentEnd(text, at));
      else if (scanner.peek(1) === 42) scanner.push(TokenKind.Comment, behind(text, "*/", at + 2));
      else scanner.plain(code);
      return true;
    case 60 /* < */: {
      const end = text.startsWith("<<<", at) ? heredocEnd(text, at + 3) : -1;
      if (end < 0) scanner.plain(code);
      else scanner.push(TokenKind.String, end);
      return true;
    }
    case 63 /* ? */:
      if (scanner.peek(1) === 62 /* > */) {
        scanner.push(TokenKind.Punctuator, at + 2);
        return false;
      }
      scanner.plain(code);
      return true;
    default:
      // A member may be called like a keyword: $list->print().
      if (
        scanner.peek(-1) === 62 &&
        scanner.peek(-2) === 45 &&
        isNameAt(text, at) &&
        scanner.lastEnd === at
      ) {
        scanner.push(TokenKind.Identifier, nameEnd(text, at));
      } else {
        scanner.plain(code);
      }
      return true;
  }
}

/** Where the one-line comment at `at` ends: at the line break, or at a closing tag before it. */
function commentEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length && !isBreak(text.charCodeAt(end))) {
    if (text.charCodeAt(end) === 63 && text.charCodeAt(end + 1) === 62) break;
    end++;
  }
  return end;
}

/** Where the heredoc ends whose label starts at `at`, quoted or not; -1 if no label stands there alone on its line. */
function heredocEnd(text: string, at: number): number {
  let start = at;
  while (text.charCodeAt(start) === 32 || text.charCodeAt(start) === 9) start++;
  const quote = text.charCodeAt(start);
  const quoted = quote === 34 || quote === 39;
  if (quoted) start++;
  if (!isNameAt(text, start)) return -1;
  let end = nameEnd(text, start);
  const label = text.slice(start, end);
  if (quoted && text.charCodeAt(end++) !== quote) return -1;
  if (!isBreak(text.charCodeAt(end))) return -1;
  while (end < text.length) {
    // On each line, behind its indentation.
    end++;
    while (text.charCodeAt(end) === 32 || text.charCodeAt(end) === 9) end++;
    const behindLabel = end + label.length;
    if (text.startsWith(label, end) && !isWord(text.charCodeAt(behindLabel))) return behindLabel;
    end = lineEnd(text, end);
  }
  return text.length;
}
