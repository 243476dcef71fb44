import {
  Breaks,
  characterEnd,
  isBreak,
  isDigit,
  isNameAt,
  isOneOf,
  isWord,
  lineEnd,
  nameEnd,
  quotedEnd,
} from "../scan.ts";
import { createLexicon } from "../scanner.ts";
import type { Lexer, Scanner } from "../scanner.ts";
import { TokenKind } from "../token.ts";
import { Holes } from "./hole.ts";

/** What a keyword does to the meaning of "/", "%", "?" and "<<" after it. */
const Role = {
  /** An expression follows: `if /x/`. */
  Plain: 1,
  /** It is a value or ends one: `end / 2`. */
  Value: 2,
  /** The name of a method follows, which may be an operator or a keyword: `def /(other)`. */
  Definition: 3,
} as const;

/** No line opens more heredocs than this; what looks like more is a row of shifts. */
const HEREDOC_LIMIT = 32;

/** The signs that name global variables: `$!`, `$~`, `$,`. */
const SPECIAL = "~*$?!@/\\;,.=:<>\"&'+`";

/** Ruby, by the language documentation of Ruby 3.4 and, where that leaves it open, the custom of blanks. */
export const ruby: Lexer = {
  lexicon: createLexicon({
    keywords: {
      [Role.Plain]: `BEGIN END alias and begin break case class defined? do else elsif ensure for if in module next not or
        rescue return super then undef unless until when while yield`,
      [Role.Value]: "__ENCODING__ __FILE__ __LINE__ end false nil redo retry self true",
      [Role.Definition]: "def",
    },
    operators: `( ) { } [ ] ; , . .. ... :: : ? ! = == === =~ !~ != < <= <=> << > >= >> + - * / % ** & && &. | || ^ ~ += -=
      *= /= %= **= &= &&= |= ||= ^= <<= >>= => -> \``,
    numbers: { bare: false, leading: false, quotes: false },
    continuation: true,
  }),
  lex: (scanner) => new Ruby(scanner).lex(),
};

interface Heredoc {
  readonly label: string;
  /** True for `<<~` and `<<-`: the closing label may be indented. */
  readonly indented: boolean;
}

class Ruby {
  readonly #scanner: Scanner;
  readonly #holes: Holes;
  /** Heredocs opened on this line, whose bodies follow it. */
  readonly #heredocs: Heredoc[] = [];
  /** True if the last token ended an operand: "/" divides, "%" is a remainder, "<<" shifts. */
  #operand = false;
  /** True if it was a name that could be a method's, so that an argument may follow: `puts /x/`. */
  #callable = false;
  /** True if a name follows even if it is spelt like a keyword: behind ".", "def" and the colon of a symbol. */
  #naming = false;
  /** Up to here no argument like `/x/` ends: one that was tried on this line found no end. */
  #barren = 0;

  constructor(scanner: Scanner) {
    this.#scanner = scanner;
    this.#holes = new Holes(scanner.text, "#{");
  }

  lex(): void {
    const scanner = this.#scanner;
    while (scanner.more) this.#token(scanner.peek(0));
  }

  #token(code: number): void {
    const scanner = this.#scanner;
    const { text, at } = scanner;
    switch (code) {
      case 10:
      case 13:
        scanner.plain(code);
        this.#after(false);
        this.#heredocBody();
        return;
      case 32:
      case 9:
        scanner.plain(code);
        return;
      case 35 /* # */:
        scanner.push(TokenKind.Comment, lineEnd(text, at));
        return;
      case 34 /* " */:
      case 96 /* ` */:
        if (code === 96 && this.#naming) this.#plain(code);
        else
          this.#take(
            TokenKind.String,
            this.#holes.literalEnd(at + 1, { close: code, breaks: Breaks.Inside }),
          );
        return;
      case 39 /* ' */:
        this.#take(TokenKind.String, quotedEnd(text, at + 1, code, Breaks.Inside));
        return;
      case 58 /* : */:
        this.#colon();
        return;
      case 36 /* $ */:
      case 64 /* @ */:
        this.#sigil(code);
        return;
      case 47 /* / */:
        if (!this.#literal(TokenKind.Regex, at + 1, code, 0, Breaks.End)) this.#plain(code);
        return;
      case 37 /* % */:
        if (!this.#percent()) this.#plain(code);
        return;
      case 60 /* < */:
        if (!this.#heredoc()) this.#plain(code);
        return;
      case 61 /* = */:
        if (!this.#documentation()) this.#plain(code);
        return;
      case 63 /* ? */:
        if (!this.#character()) this.#plain(code);
        return;
      default:
        if (code === 95 /* _ */ && isDataMark(text, at))
          scanner.push(TokenKind.Comment, text.length);
        else if (isNameAt(text, at)) this.#word();
        else this.#plain(code);
    }
  }

  #after(operand: boolean): void {
    this.#operand = operand;
    this.#callable = false;
    this.#naming = false;
  }

  #take(kind: TokenKind, end: number): void {
    this.#scanner.push(kind, end);
    this.#after(true);
  }

  /** Takes what needs no care and keeps track of what it says about the next token. */
  #plain(code: number): void {
    const scanner = this.#scanner;
    switch (scanner.plain(code)) {
      case TokenKind.Number:
        this.#after(true);
        return;
      case TokenKind.Punctuator: {
        // Behind "def" and ":" an operator is a method's name.
        const named = this.#naming;
        const last = scanner.peek(-1);
        this.#after(named || last === 41 /* ) */ || last === 93 /* ] */ || last === 125 /* } */);
        if (!named && last === 46 /* . */ && scanner.peek(-2) !== 46) {
          this.#operand = true;
          this.#naming = true;
        }
        return;
      }
      default:
      // Blanks and unknown characters say nothing.
    }
  }

  #word(): void {
    const scanner = this.#scanner;
    const { text, at } = scanner;
    let end = nameEnd(text, at);
    const mark = text.charCodeAt(end);
    // empty? and save! are names; in "a!=b" the mark belongs to the operator.
    if (
      (mark === 63 || mark === 33) &&
      (text.charCodeAt(end + 1) !== 61 || isOperator(text, end + 1))
    )
      end++;
    const key = text.charCodeAt(end) === 58 && text.charCodeAt(end + 1) !== 58;
    const role = key ? 0 : scanner.lexicon.keywords.value(text, at, end);
    if (role === 0 || (this.#naming && !text.startsWith("self.", at))) {
      this.#take(TokenKind.Identifier, end);
      this.#callable = true;
      return;
    }
    scanner.push(TokenKind.Keyword, end);
    this.#after(role !== Role.Plain);
    this.#naming = role === Role.Definition;
  }

  /** Takes a colon, and knows whether a symbol follows it: `:if` is no keyword. */
  #colon(): void {
    const scanner = this.#scanner;
    const { text, at } = scanner;
    const key = this.#callable && scanner.lastEnd === at;
    scanner.plain(58);
    const single = scanner.at === at + 1;
    const next = scanner.peek(0);
    this.#after(false);
    this.#naming = single && !key && (isNameAt(text, at + 1) || isOneOf(next, "+-*/%<=>!~^&|`"));
    if (this.#naming) this.#operand = true;
  }

  /** Takes `@field`, `@@field`, `$global`, `$1` or `$!`. */
  #sigil(code: number): void {
    const scanner = this.#scanner;
    const { text, at } = scanner;
    const start = code === 64 && scanner.peek(1) === 64 ? at + 2 : at + 1;
    let end = nameEnd(text, start);
    if (code === 36 && end === start && isOneOf(text.charCodeAt(start), SPECIAL)) end++;
    if (end === start) scanner.plain(code);
    else this.#take(TokenKind.Identifier, end);
  }

  /** True if the sign here, which could divide, rather starts an argument: behind a name and a blank, before no blank. */
  #isArgument(after: number): boolean {
    const scanner = this.#scanner;
    if (!this.#callable || scanner.lastEnd === scanner.at || scanner.at < this.#barren)
      return false;
    return after > 32 && after !== 61; /* = */
  }

  /** Takes a literal whose content starts at `start`, if the sign here starts one; an argument closes as `breaks` says. */
  #literal(kind: TokenKind, start: number, close: number, nest: number, breaks: Breaks): boolean {
    const scanner = this.#scanner;
    const { text } = scanner;
    if (this.#operand && !this.#isArgument(scanner.peek(1))) return false;
    const end = this.#holes.literalEnd(start, {
      close,
      nest,
      breaks: this.#operand ? breaks : Breaks.Inside,
    });
    if (this.#operand && (end <= start || text.charCodeAt(end - 1) !== close)) {
      // No literal after all: "width /2".
      this.#barren = lineEnd(text, start);
      return false;
    }
    this.#take(kind, kind === TokenKind.Regex ? flagsEnd(text, end) : end);
    return true;
  }

  /** Takes a percent literal (`%w[a b]`, `%(text)`, `%r{x}i`), if one starts here. */
  #percent(): boolean {
    const scanner = this.#scanner;
    const letter = scanner.peek(1);
    const typed = isOneOf(letter, "wWiIqQrsx");
    const start = scanner.at + (typed ? 2 : 1);
    const open = scanner.text.charCodeAt(start);
    // Without a type letter only brackets and bars are believed; "%=" and "% 2" are operators.
    if (!(open > 32) || open >= 128 || isWord(open)) return false;
    if (!typed && !isOneOf(open, "([{<|!")) return false;
    const kind = letter === 114 /* r */ ? TokenKind.Regex : TokenKind.String;
    const close = closing(open);
    return this.#literal(
      kind,
      start + 1,
      close,
      close === open ? 0 : open,
      typed ? Breaks.Inside : Breaks.End,
    );
  }

  /** Takes the opening of a heredoc (`<<~TEXT`, `<<-'TEXT'`, `<<TEXT`), if one starts here. */
  #heredoc(): boolean {
    const scanner = this.#scanner;
    const { text, at } = scanner;
    if (scanner.peek(1) !== 60 || this.#heredocs.length >= HEREDOC_LIMIT) return false;
    const sign = scanner.peek(2);
    const indented = sign === 126 /* ~ */ || sign === 45; /* - */
    let start = indented ? at + 3 : at + 2;
    if (this.#operand && !this.#isArgument(scanner.peek(2))) return false;
    const quote = text.charCodeAt(start);
    const quoted = quote === 34 || quote === 39 || quote === 96;
    if (quoted) start++;
    if (!isNameAt(text, start)) return false;
    // Without a sign, only a constant's name is believed: "list <<item" is a shift.
    const first = text.charCodeAt(start);
    if (!indented && !quoted && !(first >= 65 && first <= 90)) return false;
    const end = nameEnd(text, start);
    if (quoted && text.charCodeAt(end) !== quote) return false;
    this.#heredocs.push({ label: text.slice(start, end), indented });
    this.#take(TokenKind.String, quoted ? end + 1 : end);
    return true;
  }

  /** Takes the body of the first open heredoc, if there is one, up to and with its closing label. */
  #heredocBody(): void {
    const { text, at, more } = this.#scanner;
    const heredoc = more ? this.#heredocs.shift() : undefined;
    if (heredoc === undefined) return;
    let line = at;
    for (;;) {
      let start = line;
      while (heredoc.indented && (text.charCodeAt(start) === 32 || text.charCodeAt(start) === 9))
        start++;
      const end = lineEnd(text, start);
      if (end - start === heredoc.label.length && text.startsWith(heredoc.label, start)) {
        this.#take(TokenKind.String, end);
        return;
      }
      if (end === text.length) break;
      line = end + 1;
    }
    this.#take(TokenKind.String, text.length);
  }

  /** Takes a `=begin … =end` comment, if one starts here. */
  #documentation(): boolean {
    const scanner = this.#scanner;
    const { text, at } = scanner;
    if (!isLineStart(text, at) || !text.startsWith("=begin", at) || isWord(scanner.peek(6)))
      return false;
    let line = at;
    for (;;) {
      const end = lineEnd(text, line);
      const closed =
        line > at && text.startsWith("=end", line) && !isWord(text.charCodeAt(line + 4));
      if (closed || end === text.length) {
        scanner.push(TokenKind.Comment, end);
        return true;
      }
      line = end + 1;
    }
  }

  /** Takes a character literal (`?a`, `?\n`), if one starts here. */
  #character(): boolean {
    const scanner = this.#scanner;
    const { text, at } = scanner;
    const first = scanner.peek(1);
    if (this.#operand || !(first > 32)) return false;
    const end = first === 92 /* \ */ ? characterEnd(text, at + 2) : characterEnd(text, at + 1);
    if (end > text.length || isBreak(text.charCodeAt(end - 1)) || isWord(text.charCodeAt(end)))
      return false;
    this.#take(TokenKind.String, end);
    return true;
  }
}

function isLineStart(text: string, at: number): boolean {
  return at === 0 || isBreak(text.charCodeAt(at - 1));
}

/** True if the program ends here: data follows a line with nothing but `__END__`. */
function isDataMark(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 7);
  return (
    isLineStart(text, at) && text.startsWith("__END__", at) && (Number.isNaN(next) || isBreak(next))
  );
}

/** True if "==", "=~" or "=>" stands at `at`. */
function isOperator(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1);
  return next === 61 || next === 126 || next === 62;
}

/** The bracket that closes `open`, or `open` itself if it is none. */
function closing(open: number): number {
  switch (open) {
    case 40 /* ( */:
      return 41;
    case 60 /* < */:
      return 62;
    case 91 /* [ */:
      return 93;
    case 123 /* { */:
      return 125;
    default:
      return open;
  }
}

function flagsEnd(text: string, at: number): number {
  let end = at;
  while (isWord(text.charCodeAt(end)) && !isDigit(text.charCodeAt(end))) end++;
  return end;
}
