import { Frames } from "../frames.ts";
import {
  Breaks,
  behind,
  isBreak,
  isDigit,
  isNameAt,
  isWord,
  lineEnd,
  nameEnd,
  quotedEnd,
} from "../scan.ts";
import { createLexicon } from "../scanner.ts";
import type { Lexer, Scanner } from "../scanner.ts";
import { TokenKind } from "../token.ts";
import { takeSlashComment } from "./comment.ts";

/** What a keyword does to the meaning of "/", "<" and "{" after it. */
const Role = {
  /** An expression follows: `return /x/`. */
  Plain: 1,
  /** It is a value itself: `this / 2`. */
  Value: 2,
  /** A head in parentheses follows, then a statement: `if (x) /y/.test(z)`. */
  Head: 3,
  /** A block follows: `else { … }`. */
  Block: 4,
} as const;

// ECMAScript 2026, clause 12, and the reserved words of TypeScript 6. `>>` and `>>>` are not listed: only the grammar
// can tell the shift in `a >> b` from the two brackets in `Map<string, Set<number>>`, so each ">" is a token.
const lexicon = createLexicon({
  keywords: {
    [Role.Plain]: `await break case catch class const continue debugger default delete enum export extends function
      implements import in instanceof interface let new package private protected public return static switch throw
      typeof var void yield`,
    [Role.Value]: "this super null true false",
    [Role.Head]: "if for while with",
    [Role.Block]: "do else finally try",
  },
  operators: `{ } ( ) [ ] . ... ; , < > <= >= == != === !== + - * / % ** ++ -- << & | ^ ! ~ && || ?? ? ?. : =
    += -= *= /= %= **= <<= &= |= ^= &&= ||= ??= => @ #`,
  numbers: { bare: true, leading: true, quotes: false },
  letters: "$",
});

/** TypeScript without JSX: `<T>value` is a type assertion. */
export const typescript: Lexer = {
  lexicon,
  lex: (scanner) => new Ecmascript(scanner, false).lex(),
};
/** JavaScript, or TypeScript with JSX: `<T>` where an expression starts is an element. */
export const jsx: Lexer = { lexicon, lex: (scanner) => new Ecmascript(scanner, true).lex() };

/** What an open bracket is, which tells what its end means. */
const Frame = {
  /** A group or a call: an operand ends with it. */
  Parenthesis: 1,
  /** The head of `if`, `for`, `while`, `with`: a statement follows it. */
  Head: 2,
  /** A block or a body: a statement follows it. */
  Block: 3,
  /** An object literal: an operand ends with it. */
  Object: 4,
  /** `${` in a template: the template goes on behind it. */
  Template: 5,
  /** `{` in JSX: the tag or the text goes on behind it. */
  Hole: 6,
  /** Between `<name` and `>`. */
  Tag: 7,
  /** Between `</` and `>`. */
  ClosingTag: 8,
  /** Type arguments in a tag: `<List<Item> …`. */
  Angle: 9,
  /** Between a tag and its closing tag. */
  Children: 10,
} as const;

class Ecmascript {
  readonly #scanner: Scanner;
  readonly #jsx: boolean;
  readonly #frames = new Frames();
  /** How many of the frames are closed by "}". */
  #braces = 0;
  /** True if the last token ended an operand: "/" divides, "<" compares, "!" asserts. */
  #operand = false;
  /** The role of the last token if it was a keyword, else 0. */
  #role = 0;
  /** The last code of the last token if it was punctuation, else 0. */
  #sign = 0;
  /** Up to here no regular expression can end: one that was tried on this line found no end. */
  #barren = 0;

  constructor(scanner: Scanner, jsx: boolean) {
    this.#scanner = scanner;
    this.#jsx = jsx;
  }

  lex(): void {
    const scanner = this.#scanner;
    if (scanner.peek(0) === 35 && scanner.peek(1) === 33 /* #! */) {
      scanner.push(TokenKind.Comment, lineEnd(scanner.text, 0));
    }
    while (scanner.more) {
      const code = scanner.peek(0);
      switch (this.#frames.top) {
        case Frame.Children:
          this.#child(code);
          break;
        case Frame.Tag:
        case Frame.ClosingTag:
        case Frame.Angle:
          this.#attribute(code);
          break;
        default:
          this.#token(code);
      }
    }
  }

  /** Takes one token or blank of code. */
  #token(code: number): void {
    const scanner = this.#scanner;
    switch (code) {
      case 34 /* " */:
      case 39 /* ' */:
        this.#take(
          TokenKind.String,
          quotedEnd(scanner.text, scanner.at + 1, code, Breaks.Escaped),
          true,
        );
        return;
      case 96 /* ` */:
        this.#template();
        return;
      case 47 /* / */:
        if (!takeSlashComment(scanner, code)) this.#slash();
        return;
      case 40 /* ( */:
        this.#frames.push(this.#role === Role.Head ? Frame.Head : Frame.Parenthesis);
        this.#punctuator(scanner.at + 1, false);
        return;
      case 41 /* ) */:
        this.#closeParenthesis();
        return;
      case 93 /* ] */:
        this.#punctuator(scanner.at + 1, true);
        return;
      case 123 /* { */:
        this.#openBrace(this.#isObject() ? Frame.Object : Frame.Block, scanner.at + 1);
        return;
      case 125 /* } */:
        this.#closeBrace();
        return;
      case 60 /* < */:
        if (this.#jsx && !this.#operand && this.#isElement()) this.#openTag();
        else this.#plain(code);
        return;
      case 63 /* ? */:
        // "a?.5:1" is a condition.
        if (scanner.peek(1) === 46 && isDigit(scanner.peek(2)))
          this.#punctuator(scanner.at + 1, false);
        else this.#plain(code);
        return;
      case 35 /* # */:
        if (this.#isNameAt(scanner.at + 1))
          this.#take(TokenKind.Identifier, this.#nameEnd(scanner.at + 1), true);
        else this.#plain(code);
        return;
      default:
        this.#plain(code);
    }
  }

  /** Takes what needs no care and keeps track of what it says about the next token. */
  #plain(code: number): void {
    const scanner = this.#scanner;
    const start = scanner.at;
    if (this.#sign === 46 /* . */ && this.#isNameAt(start)) {
      // A member may be called like a keyword: promise.catch, map.delete.
      this.#take(TokenKind.Identifier, this.#nameEnd(start), true);
      return;
    }
    switch (scanner.plain(code)) {
      case TokenKind.Identifier:
      case TokenKind.Number:
        this.#after(true);
        return;
      case TokenKind.Keyword:
        this.#after(scanner.keyword === Role.Value);
        this.#role = scanner.keyword;
        return;
      case TokenKind.Punctuator: {
        const length = scanner.at - start;
        // "x++" and "x!" end an operand if x did; "++x" and "!x" do not.
        const neutral =
          (length === 2 && (code === 43 || code === 45) && scanner.peek(-1) === code) ||
          (length === 1 && code === 33);
        this.#after(neutral && this.#operand);
        // What follows "..." is an expression, as after ",", and no member's name.
        this.#sign = length === 3 && code === 46 ? 44 : scanner.peek(-1);
        return;
      }
      default:
      // Blanks, line breaks and unknown characters say nothing.
    }
  }

  #after(operand: boolean): void {
    this.#operand = operand;
    this.#role = 0;
    this.#sign = 0;
  }

  #take(kind: TokenKind, end: number, operand: boolean): void {
    this.#scanner.push(kind, end);
    this.#after(operand);
  }

  #punctuator(end: number, operand: boolean): void {
    this.#take(TokenKind.Punctuator, end, operand);
    this.#sign = this.#scanner.peek(-1);
  }

  #isNameAt(at: number): boolean {
    const { text } = this.#scanner;
    return isNameAt(text, at) || text.charCodeAt(at) === 36; /* $ */
  }

  #nameEnd(at: number): number {
    const { text } = this.#scanner;
    let end = nameEnd(text, at);
    while (text.charCodeAt(end) === 36 /* $ */) end = nameEnd(text, end + 1);
    return end;
  }

  /** Takes a regular expression or, where none can start or end, a division. */
  #slash(): void {
    const scanner = this.#scanner;
    const { text, at } = scanner;
    if (!this.#operand && at >= this.#barren) {
      const end = regexEnd(text, at + 1);
      if (end >= 0) {
        this.#take(TokenKind.Regex, end, true);
        return;
      }
      this.#barren = lineEnd(text, at);
    }
    this.#plain(47);
  }

  /** Takes a chunk of a template literal, from its opening "`" or from the "}" of a hole. */
  #template(): void {
    const scanner = this.#scanner;
    const { text } = scanner;
    let end = scanner.at + 1;
    while (end < text.length) {
      const code = text.charCodeAt(end);
      if (code === 92 /* \ */) {
        end += 2;
      } else if (code === 96) {
        this.#take(TokenKind.Template, end + 1, true);
        return;
      } else if (code === 36 /* $ */ && text.charCodeAt(end + 1) === 123) {
        this.#take(TokenKind.Template, end + 2, false);
        this.#frames.push(Frame.Template);
        this.#braces++;
        return;
      } else {
        end++;
      }
    }
    this.#take(TokenKind.Template, text.length, true);
  }

  #closeParenthesis(): void {
    const { top } = this.#frames;
    if (top === Frame.Parenthesis || top === Frame.Head) this.#frames.pop();
    this.#punctuator(this.#scanner.at + 1, top !== Frame.Head);
  }

  /** True if the brace here opens an object: an expression is expected, and what comes before opens no body. */
  #isObject(): boolean {
    if (this.#operand) return false;
    if (this.#role !== 0) return this.#role !== Role.Block;
    switch (this.#sign) {
      case 0:
      case 41 /* ) */:
      case 59 /* ; */:
      case 62 /* > of => or of type arguments */:
      case 123 /* { */:
      case 125 /* } */:
        return false;
      case 58 /* : */:
        // After a case or a label comes a block, after a property's name an object.
        return this.#frames.top !== Frame.Block;
      default:
        return true;
    }
  }

  #openBrace(frame: number, end: number): void {
    this.#frames.push(frame);
    this.#braces++;
    this.#punctuator(end, false);
  }

  /** Takes a "}" and goes on with what its "{" interrupted; brackets left open in between are forgotten. */
  #closeBrace(): void {
    let frame = 0;
    if (this.#braces > 0) {
      do frame = this.#frames.pop();
      while (frame === Frame.Parenthesis || frame === Frame.Head);
      this.#braces--;
    }
    if (frame === Frame.Template) this.#template();
    else this.#punctuator(this.#scanner.at + 1, frame === Frame.Object);
  }

  /** True if the "<" here, where an expression starts, opens an element rather than type parameters. */
  #isElement(): boolean {
    const { text, at } = this.#scanner;
    if (text.charCodeAt(at + 1) === 62 /* > */) return true;
    if (!isNameAt(text, at + 1)) return false;
    // Type parameters: <T,>(x: T) => x, <T extends U>(x: T) => x and, by the custom of their names, <T>(x: T) => x.
    let end = at + 1;
    while (end - at < 64 && isWord(text.charCodeAt(end))) end++;
    const next = text.charCodeAt(end);
    if (next === 44 /* , */ || text.startsWith(" extends ", end)) return false;
    return !(
      next === 62 &&
      text.charCodeAt(end + 1) === 40 &&
      /^(?:[A-Z]|T[A-Z]\w*)$/.test(text.slice(at + 1, end))
    );
  }

  #openTag(): void {
    this.#frames.push(Frame.Tag);
    this.#punctuator(this.#scanner.at + 1, false);
  }

  /** Takes one token or blank between "<" and ">". */
  #attribute(code: number): void {
    const scanner = this.#scanner;
    const { text, at } = scanner;
    switch (code) {
      case 34 /* " */:
      case 39 /* ' */:
        // No escapes here, and a line break is part of the value.
        scanner.push(TokenKind.String, behind(text, String.fromCharCode(code), at + 1));
        return;
      case 123 /* { */:
        this.#openBrace(Frame.Hole, at + 1);
        return;
      case 60 /* < */:
        this.#frames.push(Frame.Angle);
        scanner.push(TokenKind.Punctuator, at + 1);
        return;
      case 62 /* > */:
        this.#closeTag();
        return;
      case 47 /* / */:
        if (takeSlashComment(scanner, code)) return;
        if (scanner.peek(1) === 62 && this.#frames.top !== Frame.Angle) {
          this.#frames.pop();
          this.#punctuator(at + 2, true);
        } else {
          scanner.push(TokenKind.Punctuator, at + 1);
        }
        return;
      case 40 /* ( */:
      case 41 /* ) */:
      case 59 /* ; */:
        // No tag has these: it was a comparison or a type. Go on as code.
        if (this.#frames.top === Frame.ClosingTag) this.#frames.pop();
        this.#frames.pop();
        return;
      default:
        if (isNameAt(text, at)) scanner.push(TokenKind.Identifier, attributeEnd(text, at));
        else scanner.plain(code);
    }
  }

  /** Takes the ">" of a tag or of type arguments in a tag. */
  #closeTag(): void {
    const frame = this.#frames.pop();
    if (frame === Frame.Tag) this.#frames.push(Frame.Children);
    if (frame === Frame.ClosingTag) this.#frames.pop();
    this.#punctuator(this.#scanner.at + 1, frame === Frame.ClosingTag);
  }

  /** Takes one token or blank between a tag and its closing tag. */
  #child(code: number): void {
    const scanner = this.#scanner;
    const { text, at } = scanner;
    if (code === 123 /* { */) {
      this.#openBrace(Frame.Hole, at + 1);
    } else if (code === 60 /* < */ && text.charCodeAt(at + 1) === 47) {
      this.#frames.push(Frame.ClosingTag);
      this.#punctuator(at + 2, false);
    } else if (code === 60 && (text.charCodeAt(at + 1) === 62 || isNameAt(text, at + 1))) {
      this.#openTag();
    } else if (code === 32 || code === 9 || isBreak(code)) {
      scanner.plain(code);
    } else {
      scanner.push(TokenKind.Markup, childEnd(text, at));
    }
  }
}

/** Where the regular expression ends whose body starts at `at`, flags included; -1 if its line has no end for it. */
function regexEnd(text: string, at: number): number {
  let inClass = false;
  for (let end = at; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (isBreak(code)) return -1;
    if (code === 92 /* \ */) {
      if (isBreak(text.charCodeAt(end + 1))) return -1;
      end++;
    } else if (code === 91 /* [ */) {
      inClass = true;
    } else if (code === 93 /* ] */) {
      inClass = false;
    } else if (code === 47 /* / */ && !inClass) {
      end++;
      while (isWord(text.charCodeAt(end))) end++;
      return end;
    }
  }
  return -1;
}

/** Where the name of a tag or an attribute ends; a hyphen is part of it. */
function attributeEnd(text: string, at: number): number {
  let end = nameEnd(text, at);
  while (text.charCodeAt(end) === 45 /* - */ || text.charCodeAt(end) === 36 /* $ */)
    end = nameEnd(text, end + 1);
  return end;
}

/** Where the JSX text at `at` ends: at the next tag, hole or line break, without the blanks before it. */
function childEnd(text: string, at: number): number {
  let end = at + 1;
  let solid = end;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    if (code === 60 || code === 123 || isBreak(code)) break;
    end++;
    if (code !== 32 && code !== 9) solid = end;
  }
  return solid;
}
