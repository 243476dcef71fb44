import { Breaks, behind, breakEnd, isBreak, quotedEnd } from "../scan.ts";
import { createLexicon } from "../scanner.ts";
import type { Lexer, Scanner } from "../scanner.ts";
import { TokenKind } from "../token.ts";
import { takeDirective } from "./directive.ts";

const operators = `[ ] ( ) { } . -> ++ -- & * + - ~ ! / % << < > <= >= == != ^ | && || ? : ; ... = *= /= %= += -=
  <<= &= ^= |= , # ##`;

/** C, by ISO/IEC 9899:2024, 6.4. */
export const c: Lexer = {
  lexicon: createLexicon({
    keywords: {
      1: `alignas alignof auto bool break case char const constexpr continue default do double else enum extern false
        float for goto if inline int long nullptr register restrict return short signed sizeof static static_assert
        struct switch thread_local true typedef typeof typeof_unqual union unsigned void volatile while _Alignas
        _Alignof _Atomic _BitInt _Bool _Complex _Decimal128 _Decimal32 _Decimal64 _Generic _Imaginary _Noreturn
        _Static_assert _Thread_local`,
    },
    operators: `${operators} >> >>= ::`,
    numbers: { bare: true, leading: true, quotes: true },
    letters: "$",
    continuation: true,
  }),
  lex,
};

/** C++, by ISO/IEC 14882:2024, clause 5. `>>` is two tokens, as template arguments may end there. */
export const cpp: Lexer = {
  lexicon: createLexicon({
    keywords: {
      1: `alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t char32_t class
        compl concept const consteval constexpr constinit const_cast continue co_await co_return co_yield decltype
        default delete do double dynamic_cast else enum explicit export extern false float for friend goto if inline
        int long mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected public register
        reinterpret_cast requires return short signed sizeof static static_assert static_cast struct switch template
        this thread_local throw true try typedef typeid typename union unsigned using virtual void volatile wchar_t
        while xor xor_eq`,
    },
    operators: `${operators} :: ->* .* <=>`,
    numbers: { bare: true, leading: true, quotes: true },
    letters: "$",
    continuation: true,
  }),
  lex,
};

function lex(scanner: Scanner): void {
  const { text } = scanner;
  while (scanner.more) {
    const code = scanner.peek(0);
    switch (code) {
      case 34 /* " */:
      case 39 /* ' */:
        scanner.push(TokenKind.String, quotedEnd(text, scanner.at + 1, code, Breaks.Escaped));
        break;
      case 76 /* L */:
      case 82 /* R */:
      case 85 /* U */:
      case 117 /* u */:
        if (!takePrefixed(scanner)) scanner.plain(code);
        break;
      case 47 /* / */:
        if (scanner.peek(1) === 47)
          scanner.push(TokenKind.Comment, lineCommentEnd(text, scanner.at));
        else if (scanner.peek(1) === 42)
          scanner.push(TokenKind.Comment, behind(text, "*/", scanner.at + 2));
        else scanner.plain(code);
        break;
      case 60 /* < */:
        if (!takeHeader(scanner)) scanner.plain(code);
        break;
      default:
        if (!takeDirective(scanner, code)) scanner.plain(code);
    }
  }
}

/** Takes a literal with an encoding prefix (`L"…"`, `u8'x'`) or a raw one (`R"(…)"`, `u8R"x(…)x"`), if one starts here. */
function takePrefixed(scanner: Scanner): boolean {
  const { text, at } = scanner;
  let start = at;
  if (text.startsWith("u8", at)) start += 2;
  else if (text.charCodeAt(at) !== 82 /* R */) start++;
  const raw = text.charCodeAt(start) === 82;
  if (raw) start++;
  const quote = text.charCodeAt(start);
  if (quote !== 34 && (quote !== 39 || raw)) return false;
  const end = raw ? rawEnd(text, start + 1) : -1;
  scanner.push(TokenKind.String, end < 0 ? quotedEnd(text, start + 1, quote, Breaks.Escaped) : end);
  return true;
}

/** Where the raw string ends whose delimiter starts at `at`; -1 if that is no delimiter: 16 characters and "(" at most. */
function rawEnd(text: string, at: number): number {
  for (let end = at; end <= at + 16; end++) {
    const code = text.charCodeAt(end);
    if (code === 40 /* ( */) return behind(text, `)${text.slice(at, end)}"`, end + 1);
    if (!(code > 32) || code === 41 /* ) */ || code === 92 /* \ */ || code === 34) return -1;
  }
  return -1;
}

/** Where the `//` comment at `at` ends; a backslash at the end of a line takes the next one along. */
function lineCommentEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    if (code === 92 && isBreak(text.charCodeAt(end + 1))) end = breakEnd(text, end + 1);
    else if (isBreak(code)) return end;
    else end++;
  }
  return end;
}

/** Takes the `<stdio.h>` of an include directive, if this is one. */
function takeHeader(scanner: Scanner): boolean {
  const { text, at } = scanner;
  if (scanner.lastKind !== TokenKind.Preprocessor) return false;
  if (
    !/(?:include|include_next|import|embed)$/.test(text.slice(scanner.lastStart, scanner.lastEnd))
  )
    return false;
  let end = at + 1;
  while (end < text.length && !isBreak(text.charCodeAt(end))) {
    if (text.charCodeAt(end++) === 62 /* > */) {
      scanner.push(TokenKind.String, end);
      return true;
    }
  }
  return false;
}
