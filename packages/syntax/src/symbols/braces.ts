import type { Language } from "../language.ts";
import { TokenKind } from "../token.ts";
import type { Code } from "./code.ts";
import type { CodeSymbol, SymbolKind } from "./symbol.ts";

/** What is declared between two brackets depends on what the brackets are of. */
type Scope = "file" | "class" | "enum" | "object" | "fields";

/** The words that open a scope with members, and what they declare. */
const CONTAINERS: Readonly<Record<string, SymbolKind>> = {
  class: "class",
  struct: "class",
  record: "class",
  object: "class",
  actor: "class",
  union: "class",
  interface: "interface",
  trait: "interface",
  protocol: "interface",
  enum: "enum",
  namespace: "module",
  module: "module",
  mod: "module",
  impl: "module",
  extension: "module",
};
const FUNCTIONS = new Set(["function", "func", "fn", "fun", "def"]);
const VARIABLES = new Set(["const", "let", "var", "val", "static", "final"]);
const ALIASES = new Set(["type", "typealias", "using", "typedef"]);
/** Words behind which a line goes on, and words that go on with the line before. */
const OPENING =
  /^(?:export|default|public|private|protected|internal|static|final|abstract|async|declare|readonly|override|open|const|function|class|interface|type|extends|implements|return|new|in|of|case)$/;
const CONTINUING =
  /^(?:extends|implements|throws|where|with|permits|instanceof|in|of|as|satisfies)$/;
const TEST_CALLS = /^(?:describe|it|test|suite|specify)$/;

/** Deeper nesting is left out: people stop at ten, and a damaged file must not exhaust the stack. */
const MAX_DEPTH = 100;

/** A statement before it is known what it declares. Token indices. */
interface Statement {
  readonly start: number;
  /** The first token after decorators, attributes and annotations. */
  readonly head: number;
  /** Where the header ends: at its block, its "=" or its end. */
  readonly headEnd: number;
  /** The first parameter list in the header, or -1. */
  readonly list: number;
  /** The "=" at the top level, or -1. */
  readonly assign: number;
  /** The bracket that opens the block, or -1. */
  readonly block: number;
  readonly end: number;
}

/** The symbols of a language whose blocks are in braces. */
export function readBraces(code: Code, language: Language): CodeSymbol[] {
  const reader = new Reader(code, language);
  reader.read(0, code.count, "file", "");
  return reader.symbols.sort((a, b) => a.start - b.start || b.end - a.end);
}

class Reader {
  readonly symbols: CodeSymbol[] = [];
  readonly #code: Code;
  readonly #isScript: boolean;
  readonly #isGo: boolean;
  readonly #isC: boolean;
  readonly #isRust: boolean;
  readonly #breaksEnd: boolean;
  #depth = 0;
  /** Decorators up to here decorate nothing: known once, so that a file of nothing else is not read again from each of them. */
  #bare = { start: 0, to: -1 };

  constructor(code: Code, language: Language) {
    this.#code = code;
    this.#isScript = language === "typescript" || language === "tsx" || language === "javascript";
    this.#isGo = language === "go";
    this.#isC = language === "c" || language === "cpp";
    this.#isRust = language === "rust";
    this.#breaksEnd = this.#isScript || this.#isGo || language === "generic";
  }

  read(from: number, to: number, scope: Scope, owner: string): void {
    if (this.#depth >= MAX_DEPTH) return;
    this.#depth++;
    let inside = scope;
    for (let at = from; at < to;) {
      // The HTML around PHP, and the mark that ends it, declare nothing.
      if (this.#code.is(at, TokenKind.Markup) || this.#code.word(at).startsWith("<?")) {
        at++;
        continue;
      }
      const statement = this.#statement(at, to, inside);
      if (inside === "enum") this.#constant(statement, owner);
      else this.#declare(statement, inside, owner);
      // Behind the constants of an enum and a semicolon come members.
      if (inside === "enum" && this.#code.isSign(statement.end - 1, ";")) inside = "class";
      at = Math.max(statement.end, at + 1);
    }
    this.#depth--;
  }

  #statement(start: number, to: number, scope: Scope): Statement {
    const code = this.#code;
    const head = this.#skipDecorators(start, to);
    let list = -1;
    let assign = -1;
    const isSeparated = scope === "enum" || scope === "object" || scope === "fields";
    const done = (at: number, end: number, block = -1): Statement => ({
      start,
      head,
      headEnd: assign >= 0 ? assign : at,
      list,
      assign,
      block,
      end: Math.min(end, to),
    });
    if (code.is(start, TokenKind.Preprocessor)) {
      let at = start + 1;
      while (at < to && !code.isFirst(at)) at++;
      return done(at, at);
    }
    for (let at = head; at < to; at++) {
      if (at > head && this.#breaksEnd && code.isFirst(at) && this.#endsLine(at, scope))
        return done(at, at);
      if (!code.is(at, TokenKind.Punctuator)) continue;
      const sign = code.word(at);
      if (sign === ";" || sign === "}" || (sign === "," && isSeparated)) return done(at, at + 1);
      if (sign === "(" || sign === "[") {
        if (sign === "(" && list < 0 && assign < 0) list = at;
        at = code.partner(at);
      } else if (sign === "=" || sign === ":=") {
        if (assign < 0) assign = at;
      } else if (sign === "{") {
        const isPart =
          assign >= 0 || scope === "enum" || (this.#isScript && /^[:|&<]$/.test(code.word(at - 1)));
        const isImport = code.word(head) === "import" || code.word(at - 1) === "export";
        if (!isPart && !isImport) return done(at, code.partner(at) + 1, at);
        at = code.partner(at);
      }
    }
    return done(to, to);
  }

  /** Whether the line break before token `at` ends a statement. */
  #endsLine(at: number, scope: Scope): boolean {
    const code = this.#code;
    const word = code.word(at);
    if (this.#isGo) return !code.isSign(at - 1, ",") && !code.isSign(at - 1, ".");
    if (code.is(at, TokenKind.Punctuator) && !/^[@#}[(*]$/.test(word)) return false;
    // A member may begin with a bracket; elsewhere it goes on with a call or an index.
    if (/^[[(*]$/.test(word) && (scope !== "class" || code.is(at - 1, TokenKind.Punctuator)))
      return false;
    if (CONTINUING.test(word) || OPENING.test(code.word(at - 1))) return false;
    return (
      !code.is(at - 1, TokenKind.Punctuator) || /^(?:[)\]}>]|\+\+|--|!)$/.test(code.word(at - 1))
    );
  }

  /** The first token after `@Annotation(…)`, `[Attribute]` and `#[attribute]`. */
  #skipDecorators(start: number, to: number): number {
    if (to === this.#bare.to && start >= this.#bare.start) return start;
    const code = this.#code;
    let at = start;
    while (at < to) {
      if (code.isSign(at, "@") && code.isName(at + 1)) {
        at += 2;
        while (code.isSign(at, ".") && code.isName(at + 1)) at += 2;
        if (code.isSign(at, "(")) at = code.partner(at) + 1;
      } else if (code.is(at, TokenKind.Identifier) && code.word(at).startsWith("@") && !this.#isC) {
        at++;
        if (code.isSign(at, "(")) at = code.partner(at) + 1;
      } else if (code.isSign(at, "#") || code.isSign(at, "#!")) {
        at += code.isSign(at + 1, "!") ? 2 : 1;
        if (code.isSign(at, "[")) at = code.partner(at) + 1;
      } else if (/^(?:public|private|protected)$/.test(code.word(at)) && code.isSign(at + 1, ":")) {
        at += 2;
      } else if (code.isSign(at, "[") && !this.#isScript && !this.#isGo) {
        at = code.partner(at) + 1;
      } else break;
    }
    if (at < to) return at;
    this.#bare = { start, to };
    return start;
  }

  #declare(statement: Statement, scope: Scope, owner: string): void {
    if (statement.head >= statement.end) return;
    if (this.#preprocessor(statement)) return;
    if (scope === "object") this.#objectMember(statement, owner);
    else if (this.#isGo && this.#goDeclaration(statement, owner)) return;
    else if (!this.#isGo && this.#container(statement, owner)) return;
    else if (this.#function(statement, owner)) return;
    else if (this.#alias(statement, owner)) return;
    else if (this.#variable(statement, scope, owner)) return;
    else if (this.#member(statement, scope, owner)) return;
    else if (scope === "file") this.#other(statement, owner);
  }

  #preprocessor({ start, end }: Statement): boolean {
    const code = this.#code;
    if (!code.is(start, TokenKind.Preprocessor)) return false;
    if (/^#\s*define$/.test(code.word(start)) && code.isName(start + 1))
      this.#add("macro", start + 1, "", start, end);
    return true;
  }

  #container(statement: Statement, owner: string): boolean {
    const code = this.#code;
    const { head, headEnd, list, block } = statement;
    let word = head;
    while (
      word < headEnd &&
      !(Object.hasOwn(CONTAINERS, code.word(word)) && !code.isSign(word - 1, "."))
    )
      word = word === list ? headEnd : word + 1;
    if (word >= headEnd) return false;
    // "enum class Color": the first word says what it is.
    let nameAt = word + 1;
    while (
      nameAt < headEnd &&
      Object.hasOwn(CONTAINERS, code.word(nameAt)) &&
      !code.isSign(nameAt + 1, "{")
    )
      nameAt++;
    const keyword = code.word(word);
    if (keyword === "impl") return this.#implementation(statement, nameAt);
    const isText = code.is(nameAt, TokenKind.String);
    if (!code.isName(nameAt) && !isText) return false;
    // `struct stat *find(…) {` is a function that returns a struct; `record = load()` and `module.exports` are uses of the word.
    if (this.#isC && list >= 0 && keyword !== "class") return false;
    if (code.isSign(word + 1, "=") || code.isSign(word + 1, ".")) return false;
    if (this.#isC && block < 0) return false;
    const isPath = code.isSign(nameAt + 1, ".") || code.isSign(nameAt + 1, "::");
    const lastName = isPath ? this.#endOfPath(nameAt) : nameAt;
    const name = isText ? code.word(nameAt).slice(1, -1) : this.#pathText(nameAt, lastName);
    const kind = keyword === "extension" ? "module" : (CONTAINERS[keyword] ?? "class");
    this.#add(kind, nameAt, owner, statement.start, statement.end, -1, name);
    if (block < 0) return true;
    // Namespaces do not take part in names: `System.IO.File` is found by its file's package.
    const inner =
      kind === "module" && keyword !== "extension" && !this.#isScript ? owner : join(owner, name);
    const isRustStruct = this.#isRust && keyword === "struct";
    const scope = isRustStruct
      ? "fields"
      : kind === "enum"
        ? "enum"
        : kind === "module" && keyword !== "extension"
          ? "file"
          : "class";
    this.read(block + 1, code.partner(block), scope, inner);
    return true;
  }

  /** `impl<T> Trait for Type<T> { … }`: the members belong to the type. */
  #implementation({ block, headEnd }: Statement, from: number): boolean {
    const code = this.#code;
    if (block < 0) return true;
    let nameAt = -1;
    let depth = 0;
    for (let at = from; at < headEnd; at++) {
      const word = code.word(at);
      if (word === "where") break;
      if (word === "<") depth++;
      else if (word === ">") depth--;
      else if (word === "for" && depth === 0) nameAt = -1;
      else if (depth === 0 && code.isName(at) && (nameAt < 0 || code.isSign(at - 1, "::")))
        nameAt = at;
    }
    this.read(block + 1, code.partner(block), "class", nameAt < 0 ? "" : code.word(nameAt));
    return true;
  }

  /** `type Name struct {…}`, and `type ( … )`, `const ( … )`, `var ( … )` with one declaration a line. */
  #goDeclaration(statement: Statement, owner: string): boolean {
    const code = this.#code;
    const { head, end } = statement;
    const keyword = code.word(head);
    if (keyword !== "type" && keyword !== "const" && keyword !== "var") return false;
    if (!code.isSign(head + 1, "(")) {
      this.#goSpec(keyword, head + 1, statement.start, end, owner);
      return true;
    }
    const close = code.partner(head + 1);
    for (let at = head + 2; at < close;) {
      let next = at + 1;
      while (next < close && !code.isFirst(next)) {
        const isOpening = /^[({[]$/.test(code.word(next)) && code.is(next, TokenKind.Punctuator);
        next = isOpening ? code.partner(next) + 1 : next + 1;
      }
      this.#goSpec(keyword, at, at, next, owner);
      at = next;
    }
    return true;
  }

  #goSpec(keyword: string, nameAt: number, start: number, end: number, owner: string): void {
    const code = this.#code;
    if (!code.isName(nameAt)) return;
    if (keyword !== "type") {
      this.#add("constant", nameAt, owner, start, end);
      return;
    }
    let at = nameAt + 1;
    if (code.isSign(at, "[")) at = code.partner(at) + 1;
    const isInterface = code.word(at) === "interface";
    const isStruct = code.word(at) === "struct";
    this.#add(isInterface ? "interface" : isStruct ? "class" : "type", nameAt, owner, start, end);
    if ((isInterface || isStruct) && code.isSign(at + 1, "{"))
      this.read(at + 2, code.partner(at + 1), "class", join(owner, code.word(nameAt)));
  }

  #function(statement: Statement, owner: string): boolean {
    const code = this.#code;
    const { head, headEnd, start, end } = statement;
    let word = -1;
    for (let at = head; at < headEnd && word < 0; at++) {
      if (FUNCTIONS.has(code.word(at)) && !code.isSign(at - 1, ".")) word = at;
      else if (code.isSign(at, "(") || code.isSign(at, ":")) break;
    }
    if (word < 0 && code.word(head) === "macro_rules" && code.isName(head + 2)) {
      this.#add("macro", head + 2, owner, start, end);
      return true;
    }
    if (word < 0) return false;
    let inside = owner;
    let nameAt = word + 1;
    if (this.#isGo && code.isSign(nameAt, "(")) {
      inside = this.#receiver(nameAt);
      nameAt = code.partner(nameAt) + 1;
    } else {
      while (nameAt < headEnd && !code.isName(nameAt) && !code.isSign(nameAt, "(")) nameAt++;
      // `fun <T> List<T>.each(…)`: the name is what stands before the parameters.
      const before = statement.list > nameAt ? statement.list - 1 : nameAt;
      if (code.isName(before) && (code.isSign(before - 1, ".") || code.isSign(before - 1, ">")))
        nameAt = before;
    }
    if (!code.isName(nameAt)) return !this.#isScript;
    const list = this.#listAfter(nameAt + 1, end);
    const kind = inside === "" ? (isTest(code.word(nameAt)) ? "test" : "function") : "method";
    this.#add(kind, nameAt, inside, start, end, list);
    return true;
  }

  #receiver(open: number): string {
    const code = this.#code;
    for (let at = code.partner(open) - 1; at > open; at--) {
      // `(s *Stack[T])`: the type parameters are no part of the name.
      if (code.isSign(at, "]")) while (at > open && !code.isSign(at, "[")) at--;
      if (code.isName(at)) return code.word(at);
    }
    return "";
  }

  #alias({ start, head, end, headEnd, assign }: Statement, owner: string): boolean {
    const code = this.#code;
    let at = head;
    while (at < headEnd && /^(?:export|declare|pub|public|internal|private)$/.test(code.word(at))) {
      at++;
      if (code.isSign(at, "(")) at = code.partner(at) + 1;
    }
    const word = code.word(at);
    if (!ALIASES.has(word)) return false;
    if (word === "typedef") {
      const last = code.isSign(end - 1, ";") ? end - 2 : end - 1;
      if (!code.isName(last)) return false;
      this.#add("type", last, owner, start, end);
      return true;
    }
    if (!code.isName(at + 1) || (assign < 0 && word !== "type")) return false;
    if (code.isSign(at + 1, "=") || code.isSign(at + 1, ".")) return false;
    this.#add("type", at + 1, owner, start, end);
    return true;
  }

  #variable(statement: Statement, scope: Scope, owner: string): boolean {
    const code = this.#code;
    const { head, headEnd, start, end, assign } = statement;
    let at = head;
    while (
      at < headEnd &&
      /^(?:export|default|declare|pub|public|private|protected|internal|open|override|lazy|companion|lateinit|mut|readonly|abstract)$/.test(
        code.word(at),
      )
    )
      at++;
    if (!VARIABLES.has(code.word(at))) return false;
    const isTyped = code.word(at) === "static" || code.word(at) === "final";
    while (VARIABLES.has(code.word(at)) || code.word(at) === "mut") at++;
    // `static final int MAX = 3;` names its type first: a member like others. `static MAX: u8` and `static x = 1` do not.
    if (isTyped && !code.isSign(at + 1, ":") && !(this.#isScript && code.isSign(at + 1, "=")))
      return false;
    if (
      !code.isName(at) ||
      !(
        code.isSign(at + 1, "=") ||
        code.isSign(at + 1, ":") ||
        code.isFirst(at + 1) ||
        code.isSign(at + 1, ";")
      )
    )
      return false;
    this.#initialized(at, assign, start, end, scope, owner);
    return true;
  }

  /** A name with a value: a function if the value is one, a class if that is what it is, otherwise a constant or a field. */
  #initialized(
    nameAt: number,
    assign: number,
    start: number,
    end: number,
    scope: Scope,
    owner: string,
  ): void {
    const code = this.#code;
    const value = assign < 0 ? end : assign + 1;
    const list = this.#isScript ? this.#functionAt(value, end) : -1;
    const plain = scope === "file" && owner === "" ? "constant" : "field";
    const callable = owner === "" ? "function" : "method";
    this.#add(list >= 0 ? callable : plain, nameAt, owner, start, end, list);
    if (!this.#isScript || list >= 0) return;
    const inner = join(owner, code.word(nameAt));
    if (code.word(value) === "class") {
      let open = value;
      while (open < end && !code.isSign(open, "{")) open++;
      if (open < end) this.read(open + 1, code.partner(open), "class", inner);
    } else if (code.isSign(value, "{")) {
      this.read(value + 1, code.partner(value), "object", inner);
    }
  }

  /** The parameter list of the function value that starts at token `at`, or -1: `(a) => …`, `async a => …`, `function (a) {…}`. */
  #functionAt(from: number, end: number): number {
    const code = this.#code;
    let at = code.word(from) === "async" ? from + 1 : from;
    if (code.word(at) === "function") {
      while (at < end && !code.isSign(at, "(")) at++;
      return at < end ? at : -1;
    }
    if (code.isName(at) && code.isSign(at + 1, "=>")) return at;
    if (code.isSign(at, "<")) while (at < end && !code.isSign(at, "(")) at++;
    if (!code.isSign(at, "(")) return -1;
    const behind = code.partner(at) + 1;
    if (code.isSign(behind, "=>")) return at;
    if (!code.isSign(behind, ":")) return -1;
    for (let type = behind; type < Math.min(end, behind + 60); type++)
      if (code.isSign(type, "=>")) return at;
    return -1;
  }

  /** Members of classes, and functions that begin with their type, as in C. */
  #member(statement: Statement, scope: Scope, owner: string): boolean {
    const code = this.#code;
    const { head, headEnd, start, end, list, assign, block } = statement;
    if (scope === "file" && (this.#isScript || this.#isGo)) return false;
    const colon = this.#colon(head, headEnd, list);
    if (list >= 0 && (colon < 0 || !this.#isScript) && (assign < 0 || list < assign)) {
      let nameAt = list - 1;
      if (code.isSign(nameAt, ">")) nameAt = this.#openAngle(nameAt, head) - 1;
      if (code.isSign(nameAt, "?")) nameAt--;
      const isMaker = code.word(nameAt) === "constructor" || code.word(nameAt) === "init";
      if (!code.isName(nameAt) && !(isMaker && scope === "class")) return false;
      // A call is no declaration: outside of a class a type goes before the name, and a block or another file behind.
      if (scope === "file" && (nameAt === head || (block < 0 && !this.#isC))) return false;
      if (scope === "file" && code.isSign(nameAt - 1, ".")) return false;
      let inside = owner;
      for (let at = nameAt; code.isSign(at - 1, "::"); at -= 2)
        inside = join(code.word(at - 2), inside === owner ? "" : inside);
      const simple = inside.slice(inside.lastIndexOf(".") + 1);
      const name = code.word(nameAt);
      const kind =
        inside === "" ? "function" : isMaker || name === simple ? "constructor" : "method";
      this.#add(kind, nameAt, inside, start, end, list);
      return true;
    }
    if ((scope === "file" && !this.#isC) || (scope === "fields" && colon < 0)) return false;
    let nameAt = colon >= 0 ? colon - 1 : headEnd - 1;
    if (code.isSign(nameAt, "?") || code.isSign(nameAt, "!")) nameAt--;
    while (code.isSign(nameAt, "]")) {
      while (nameAt > head && !code.isSign(nameAt, "[")) nameAt--;
      nameAt--;
    }
    if (this.#isGo && scope === "class") nameAt = head;
    if (nameAt < head || !code.isName(nameAt)) return false;
    if (scope === "file" && nameAt === head) return false;
    if (this.#isScript) this.#initialized(nameAt, assign, start, end, scope, owner);
    else this.#add(owner === "" ? "constant" : "field", nameAt, owner, start, end);
    return true;
  }

  /** The ":" of `name: Type`, before any list; -1 if there is none. */
  #colon(from: number, to: number, list: number): number {
    const code = this.#code;
    for (let at = from; at < to && (list < 0 || at < list); at++)
      if (code.isSign(at, ":")) return at;
    return -1;
  }

  #objectMember(statement: Statement, owner: string): void {
    const code = this.#code;
    const { start, end, list } = statement;
    let at = statement.head;
    while (
      /^(?:async|get|set|\*)$/.test(code.word(at)) &&
      !code.isSign(at + 1, ":") &&
      !code.isSign(at + 1, "(")
    )
      at++;
    const isText = code.is(at, TokenKind.String);
    if (!code.isName(at) && !isText && !code.is(at, TokenKind.Keyword)) return;
    const name = isText ? code.word(at).slice(1, -1) : code.word(at);
    if (list === at + 1) this.#add("method", at, owner, start, end, list, name);
    else if (code.isSign(at + 1, ":")) {
      const parameters = this.#functionAt(at + 2, end);
      if (parameters >= 0) this.#add("method", at, owner, start, end, parameters, name);
      else if (code.isSign(at + 2, "{"))
        this.read(at + 3, code.partner(at + 2), "object", join(owner, name));
      // Where there are no enumerations, people write them as objects with capital keys.
      else if (!isText && /^\p{Lu}/u.test(name)) this.#add("constant", at, owner, start, end);
    }
  }

  #constant({ start, head, end }: Statement, owner: string): void {
    const code = this.#code;
    if (!code.isName(head)) return;
    this.#add("constant", head, owner, start, end);
  }

  /** Tests by their titles, assignments to members (`exports.read = …`), and what wrappers wrap. */
  #other(statement: Statement, owner: string): void {
    const code = this.#code;
    const { head, start, end, assign, list, block } = statement;
    const title = list + 1;
    if (
      list > head &&
      TEST_CALLS.test(code.word(head)) &&
      (code.is(title, TokenKind.String) || code.is(title, TokenKind.Template))
    ) {
      this.#add("test", head, owner, start, end, -1, code.word(title).slice(1, -1));
      if (!/^(?:describe|suite)$/.test(code.word(head))) return;
    }
    if (this.#isScript && assign > 0 && code.isName(assign - 1)) {
      const path = [];
      for (let at = head; at < assign; at++) if (code.isName(at)) path.push(code.word(at));
      const names = path.filter(
        (name) => !/^(?:module|exports|prototype|window|global|globalThis|self)$/.test(name),
      );
      const isMember = assign - 1 > head;
      if (
        isMember &&
        names.length > 0 &&
        code.isName(assign - 1) &&
        code.word(assign - 1) !== "exports"
      ) {
        this.#initialized(assign - 1, assign, start, end, "file", names.slice(0, -1).join("."));
        return;
      }
      if (code.isSign(assign + 1, "{"))
        this.read(assign + 2, code.partner(assign + 1), "object", owner);
    }
    if (!this.#isScript) {
      if (block >= 0 && !this.#isGo) this.read(block + 1, code.partner(block), "file", owner);
      return;
    }
    // A module wrapper, a condition or a suite: what it holds is declared as if it stood outside.
    for (let at = head; at < end; at++) {
      const isBody = code.isSign(at, "{") && /^(?:\)|=>|else|try)$/.test(code.word(at - 1));
      if (!isBody) continue;
      this.read(at + 1, Math.min(end, code.partner(at)), "file", owner);
      at = Math.max(at, code.partner(at));
    }
  }

  #listAfter(from: number, end: number): number {
    const code = this.#code;
    for (let at = from; at < end; at++) {
      if (code.isSign(at, "(")) return at;
      if (code.isSign(at, "{") || code.isSign(at, ";")) return -1;
    }
    return -1;
  }

  #openAngle(close: number, from: number): number {
    const code = this.#code;
    let depth = 0;
    for (let at = close; at > from; at--) {
      if (code.isSign(at, ">")) depth++;
      if (code.isSign(at, "<") && --depth === 0) return at;
    }
    return close;
  }

  #endOfPath(from: number): number {
    const code = this.#code;
    let at = from;
    while ((code.isSign(at + 1, ".") || code.isSign(at + 1, "::")) && code.isName(at + 2)) at += 2;
    return at;
  }

  #pathText(from: number, to: number): string {
    const names: string[] = [];
    for (let at = from; at <= to; at++) if (this.#code.isName(at)) names.push(this.#code.word(at));
    return names.join(".");
  }

  #add(
    kind: SymbolKind,
    nameAt: number,
    owner: string,
    start: number,
    end: number,
    list = -1,
    name?: string,
  ): void {
    const code = this.#code;
    const doc = code.doc(start);
    this.symbols.push({
      name: name ?? code.word(nameAt),
      kind,
      owner,
      start: doc?.start ?? code.start(start),
      end: code.end(Math.max(start, end - 1)),
      nameStart: code.start(nameAt),
      ...(list < 0
        ? {}
        : { parameters: { start: code.start(list), end: code.end(code.partner(list)) } }),
      ...(doc === undefined ? {} : { doc }),
    });
  }
}

function join(owner: string, name: string): string {
  if (owner === "" || name === "") return owner + name;
  return `${owner}.${name}`;
}

function isTest(name: string): boolean {
  return /^(?:test_|Test[A-Z_]|Example[A-Z_]?|Benchmark[A-Z])/.test(name);
}
