import { describe, expect, it } from "vitest";
import { TokenKind, isKeyword, tokenize } from "./index.ts";
import type { Language } from "./index.ts";

/** One letter per kind, so that a table of tokens stays readable. */
const letters = new Map<number, string>([
  [TokenKind.Identifier, "i"],
  [TokenKind.Keyword, "k"],
  [TokenKind.Number, "n"],
  [TokenKind.String, "s"],
  [TokenKind.Template, "t"],
  [TokenKind.Punctuator, "p"],
  [TokenKind.Comment, "c"],
  [TokenKind.Regex, "r"],
  [TokenKind.Preprocessor, "#"],
  [TokenKind.Markup, "m"],
  [TokenKind.Unknown, "?"],
]);

/** The tokens as lines like "k return"; a line break is "⏎". */
function show(text: string, language: Language): string[] {
  const { count, kinds, starts, ends } = tokenize(text, language);
  const shown: string[] = [];
  for (let index = 0; index < count; index++) {
    const letter = letters.get(kinds[index] ?? 0);
    shown.push(letter === undefined ? "⏎" : `${letter} ${text.slice(starts[index], ends[index])}`);
  }
  return shown;
}

/** Checks every row of a table: a text, then its tokens. */
function check(
  language: Language,
  rows: readonly (readonly [text: string, ...tokens: string[]])[],
): void {
  for (const [text, ...tokens] of rows) expect(show(text, language), text).toEqual(tokens);
}

describe("TypeScript and JavaScript", () => {
  it("a slash divides behind an operand and starts a regular expression elsewhere", () => {
    check("typescript", [
      ["a / b / c", "i a", "p /", "i b", "p /", "i c"],
      ["x = /b/g", "i x", "p =", "r /b/g"],
      ["x! / y / z", "i x", "p !", "p /", "i y", "p /", "i z"],
      ["i++ / 2 / 3", "i i", "p ++", "p /", "n 2", "p /", "n 3"],
      ["if (x) /y/.z", "k if", "p (", "i x", "p )", "r /y/", "p .", "i z"],
      ["(x) / y / z", "p (", "i x", "p )", "p /", "i y", "p /", "i z"],
      ["x = {} / 1 / 2", "i x", "p =", "p {", "p }", "p /", "n 1", "p /", "n 2"],
      ["{} /x/", "p {", "p }", "r /x/"],
      ["return /[/]/", "k return", "r /[/]/"],
      ["this / 1 / 2", "k this", "p /", "n 1", "p /", "n 2"],
      ["x.return / 1 / 2", "i x", "p .", "i return", "p /", "n 1", "p /", "n 2"],
      ["[...await /x/]", "p [", "p ...", "k await", "r /x/", "p ]"],
      ["= / 1", "p =", "p /", "n 1"],
      ["`${/a/}`", "t `${", "r /a/", "t }`"],
    ]);
  });
  it("templates are chunks with the tokens of their expressions between them", () => {
    check("typescript", [
      ["`a`", "t `a`"],
      ["`a${b}c${d}e`", "t `a${", "i b", "t }c${", "i d", "t }e`"],
      ["`${{ a: `${b}` }}`", "t `${", "p {", "i a", "p :", "t `${", "i b", "t }`", "p }", "t }`"],
      ["`a\\`\n$b`", "t `a\\`\n$b`"],
      ["`${f(}` + 1", "t `${", "i f", "p (", "t }`", "p +", "n 1"],
      ["`a", "t `a"],
    ]);
  });
  it("names, numbers and signs", () => {
    check("typescript", [
      ["Map<A, B<C>>", "i Map", "p <", "i A", "p ,", "i B", "p <", "i C", "p >", "p >"],
      ["a ??= b?.c?.5:1", "i a", "p ??=", "i b", "p ?.", "i c", "p ?", "n .5", "p :", "n 1"],
      [
        "0x1F 1_000n 1e-5 .5 1..x",
        "n 0x1F",
        "n 1_000n",
        "n 1e-5",
        "n .5",
        "n 1",
        "p .",
        "p .",
        "i x",
      ],
      ["0xe+1", "n 0xe", "p +", "n 1"],
      ["#a $ b$c ĝ", "i #a", "i $", "i b$c", "i ĝ"],
      ["promise.catch(x)", "i promise", "p .", "i catch", "p (", "i x", "p )"],
      ["async type of", "i async", "i type", "i of"],
      ["'a\\'b' \"c\\\nd\"", "s 'a\\'b'", 's "c\\\nd"'],
      ["'open\nnext", "s 'open", "⏎", "i next"],
      ["#!/usr/bin/env node\nx", "c #!/usr/bin/env node", "⏎", "i x"],
      ["a // b\r\n/* c\n*/ d /* e", "i a", "c // b", "⏎", "c /* c\n*/", "i d", "c /* e"],
      ["a\u0000\u0001😀\ud800 b", "i a", "? \u0000\u0001😀\ud800", "i b"],
    ]);
  });
  it("JSX has tags, attributes, text and holes", () => {
    check("tsx", [
      [
        'x = <a b-c="d\ne" {...f}/>',
        "i x",
        "p =",
        "p <",
        "i a",
        "i b-c",
        "p =",
        's "d\ne"',
        "p {",
        "p ...",
        "i f",
        "p }",
        "p />",
      ],
      [
        "(<p>it's {n} </p>)",
        "p (",
        "p <",
        "i p",
        "p >",
        "m it's",
        "p {",
        "i n",
        "p }",
        "p </",
        "i p",
        "p >",
        "p )",
      ],
      ["<>\n a / b\n</> / 2", "p <", "p >", "⏎", "m a / b", "⏎", "p </", "p >", "p /", "n 2"],
      ["<A.B<C> for/>", "p <", "i A", "p .", "i B", "p <", "i C", "p >", "i for", "p />"],
      [
        "<a>{x ? <b/> : `${1}`}</a>",
        "p <",
        "i a",
        "p >",
        "p {",
        "i x",
        "p ?",
        "p <",
        "i b",
        "p />",
        "p :",
        "t `${",
        "n 1",
        "t }`",
        "p }",
        "p </",
        "i a",
        "p >",
      ],
      ["a < b > c", "i a", "p <", "i b", "p >", "i c"],
      [
        "<T,>(x: T) => x",
        "p <",
        "i T",
        "p ,",
        "p >",
        "p (",
        "i x",
        "p :",
        "i T",
        "p )",
        "p =>",
        "i x",
      ],
      [
        "x = <T extends U>(y)",
        "i x",
        "p =",
        "p <",
        "i T",
        "k extends",
        "i U",
        "p >",
        "p (",
        "i y",
        "p )",
      ],
      ["x = <TItem>(y)", "i x", "p =", "p <", "i TItem", "p >", "p (", "i y", "p )"],
    ]);
    check("typescript", [["x = <T>y / 2", "i x", "p =", "p <", "i T", "p >", "i y", "p /", "n 2"]]);
  });
});

it("Java: text blocks, characters, numbers, type arguments", () => {
  check("java", [
    ['x = """\n a \\""" "b" """;', "i x", "p =", 's """\n a \\""" "b" """', "p ;"],
    ["'\\'' 'a", "s '\\''", "s 'a"],
    ["1.5f 1.d 0x1p-3 1_0L 1.e5", "n 1.5f", "n 1.d", "n 0x1p-3", "n 1_0L", "n 1.e5"],
    [
      "List<List<A>> a >>>= b",
      "i List",
      "p <",
      "i List",
      "p <",
      "i A",
      "p >",
      "p >",
      "i a",
      "p >",
      "p >",
      "p >=",
      "i b",
    ],
    ["record var A::new @B...", "i record", "i var", "i A", "p ::", "k new", "p @", "i B", "p ..."],
    ['"a\\\nb', 's "a\\', "⏎", "i b"],
  ]);
});

it("Python: prefixes, triple quotes, formatted strings, joined lines", () => {
  check("python", [
    ["rb'\\'' U\"a\"", "s rb'\\''", 's U"a"'],
    ['f"{x["a"]:{w}} {{" "b"', 's f"{x["a"]:{w}} {{"', 's "b"'],
    ["f'{' + f'{x}'", "s f'{'", "p +", "s f'{x}'"],
    ['f"""{x\n}""" \'\'\'a', 's f"""{x\n}"""', "s '''a"],
    ["a = \\\n  b", "i a", "p =", "i b"],
    ["a = \\ b", "i a", "p =", "? \\", "i b"],
    ["'a\\\nb' 'c\nd", "s 'a\\\nb'", "s 'c", "⏎", "i d"],
    ["x: int = 0xFFj # é", "i x", "p :", "i int", "p =", "n 0xFFj", "c # é"],
    [
      "a //= b ** c @ d := e -> f",
      "i a",
      "p //=",
      "i b",
      "p **",
      "i c",
      "p @",
      "i d",
      "p :=",
      "i e",
      "p ->",
      "i f",
    ],
    ["bfr match", "i bfr", "i match"],
  ]);
});

it("Go: raw strings, runes, operators", () => {
  check("go", [
    ["`a\\\n\"` '\\'' \"b\"", 's `a\\\n"`', "s '\\''", 's "b"'],
    ["a &^= <-c >> 1i", "i a", "p &^=", "p <-", "i c", "p >>", "n 1i"],
    ["f[T any](x ...T)", "i f", "p [", "i T", "i any", "p ]", "p (", "i x", "p ...", "i T", "p )"],
    ["`open", "s `open"],
  ]);
});

it("Rust: raw strings, lifetimes, nested comments, ranges", () => {
  check("rust", [
    ['r#"a"b"# br##"c"#"## b"d" c"e"', 's r#"a"b"#', 's br##"c"#"##', 's b"d"', 's c"e"'],
    [
      "&'a T 'x' '\\'' b'\\n' 'é' '😀'",
      "p &",
      "i 'a",
      "i T",
      "s 'x'",
      "s '\\''",
      "s b'\\n'",
      "s 'é'",
      "s '😀'",
    ],
    ["'outer: loop {}", "i 'outer", "p :", "k loop", "p {", "p }"],
    ["/* a /* b */ c */ d /* e", "c /* a /* b */ c */", "i d", "c /* e"],
    [
      "0..10 1.max(2) 1. x.0.1 1.5e-3_f64",
      "n 0",
      "p ..",
      "n 10",
      "n 1",
      "p .",
      "i max",
      "p (",
      "n 2",
      "p )",
      "n 1.",
      "i x",
      "p .",
      "n 0",
      "p .",
      "n 1",
      "n 1.5e-3_f64",
    ],
    ["r#type Vec<Vec<u8>>", "i r#type", "i Vec", "p <", "i Vec", "p <", "i u8", "p >", "p >"],
    ['"a\nb" #![x]', 's "a\nb"', "p #", "p !", "p [", "i x", "p ]"],
  ]);
});

it("C and C++: directives, headers, raw strings, joined lines, separators", () => {
  check("cpp", [
    [
      "#include <a/b.h>\n# define X(a) a##b",
      "# #include",
      "s <a/b.h>",
      "⏎",
      "# # define",
      "i X",
      "p (",
      "i a",
      "p )",
      "i a",
      "p ##",
      "i b",
    ],
    ['#include "x.h" // c', "# #include", 's "x.h"', "c // c"],
    [
      'R"(a)b")" u8R"x()")x" LR"(a" L\'a\' u8"b"',
      's R"(a)b")"',
      's u8R"x()")x"',
      's LR"(a" L\'a\' u8"b"',
    ],
    ["1'000'000u 0x1p-3 1.f .5", "n 1'000'000u", "n 0x1p-3", "n 1.f", "n .5"],
    ["// a \\\n b\nc", "c // a \\\n b", "⏎", "i c"],
    ["a \\\r\n b", "i a", "i b"],
    [
      "v<v<int>> a->*b <=> c",
      "i v",
      "p <",
      "i v",
      "p <",
      "k int",
      "p >",
      "p >",
      "i a",
      "p ->*",
      "i b",
      "p <=>",
      "i c",
    ],
    ["a < b; #x", "i a", "p <", "i b", "p ;", "p #", "i x"],
  ]);
  check("c", [["a >>= b; class", "i a", "p >>=", "i b", "p ;", "i class"]]);
});

it("C#: verbatim, interpolated and raw strings, directives", () => {
  check("csharp", [
    ['@"a\\""b\n" "c\\"" \'"\'', 's @"a\\""b\n"', 's "c\\""', "s '\"'"],
    ['$"{d["k"]} {{" + "x"', 's $"{d["k"]} {{"', "p +", 's "x"'],
    ['$@"{a}""\n" @$"b" ""', 's $@"{a}""\n"', 's @$"b"', 's ""'],
    ['"""a "" b""" $$"""{{x}}\n"""" ', 's """a "" b"""', 's $$"""{{x}}\n""""'],
    ["#if DEBUG\n#endregion", "# #if", "i DEBUG", "⏎", "# #endregion"],
    [
      "@class a?.b ?? c?.5:1",
      "i @class",
      "i a",
      "p ?.",
      "i b",
      "p ??",
      "i c",
      "p ?",
      "n .5",
      "p :",
      "n 1",
    ],
    ["1..2 1.5m 0b1_0", "n 1", "p ..", "n 2", "n 1.5m", "n 0b1_0"],
    ['"open\nx', 's "open', "⏎", "i x"],
  ]);
});

it("PHP: markup around code, heredocs, comments, members", () => {
  check("php", [
    [
      "<p>it's\n <?= $a ?> b <?php echo 1;",
      "m <p>it's",
      "⏎",
      "p <?=",
      "i $a",
      "p ?>",
      "m b",
      "p <?php",
      "k echo",
      "n 1",
      "p ;",
    ],
    ["<?xml ?>", "m <?xml ?>"],
    ["<?php # a ?>b", "p <?php", "c # a ", "p ?>", "m b"],
    ["<?php #[A] // c\n", "p <?php", "p #", "p [", "i A", "p ]", "c // c", "⏎"],
    ["<?php <<<E\n a\n  E; 1", "p <?php", "s <<<E\n a\n  E", "p ;", "n 1"],
    ["<?php <<<'E'\nEa\nE", "p <?php", "s <<<'E'\nEa\nE"],
    ['<?php "{$a["k"]}\n" \'b\n\'', "p <?php", 's "{$a["k"]}\n"', "s 'b\n'"],
    [
      "<?php $x->list() ?? $$y",
      "p <?php",
      "i $x",
      "p ->",
      "i list",
      "p (",
      "p )",
      "p ??",
      "p $",
      "i $y",
    ],
    ["<?php IF Foo\\Bar::class", "p <?php", "k IF", "i Foo", "p \\", "i Bar", "p ::", "k class"],
    ["<?php 1.5 . 'a' <<< 2", "p <?php", "n 1.5", "p .", "s 'a'", "p <<", "p <", "n 2"],
  ]);
});

it("Ruby: literals of every form, symbols, and signs that depend on blanks", () => {
  check("ruby", [
    ['"a#{h["k"]}" "\n"', 's "a#{h["k"]}"', 's "\n"'],
    [
      "%w[a [b] c], %q(d), %i|e|, %r{f}i",
      "s %w[a [b] c]",
      "p ,",
      "s %q(d)",
      "p ,",
      "s %i|e|",
      "p ,",
      "r %r{f}i",
    ],
    ["x = %w[\n a\n]", "i x", "p =", "s %w[\n a\n]"],
    ["puts /a/i, b / c / d", "i puts", "r /a/i", "p ,", "i b", "p /", "i c", "p /", "i d"],
    ["a /2", "i a", "p /", "n 2"],
    ["return %r{f}i", "k return", "r %r{f}i"],
    [
      "f(<<~A, <<-'B')\n 1\n A\n2\n B\nx",
      "i f",
      "p (",
      "s <<~A",
      "p ,",
      "s <<-'B'",
      "p )",
      "⏎",
      "s  1\n A",
      "⏎",
      "s 2\n B",
      "⏎",
      "i x",
    ],
    ["list << ITEM", "i list", "p <<", "i ITEM"],
    ["class << self", "k class", "p <<", "k self"],
    ["=begin\nx\n=end\ny", "c =begin\nx\n=end", "⏎", "i y"],
    [
      "x.class; :if; if: 1; a ? b : c",
      "i x",
      "p .",
      "i class",
      "p ;",
      "p :",
      "i if",
      "p ;",
      "i if",
      "p :",
      "n 1",
      "p ;",
      "i a",
      "p ?",
      "i b",
      "p :",
      "i c",
    ],
    [
      "@a @@b $c $1 $! d? e! f != g",
      "i @a",
      "i @@b",
      "i $c",
      "i $1",
      "i $!",
      "i d?",
      "i e!",
      "i f",
      "p !=",
      "i g",
    ],
    [
      "x == ?a; 1..2; 3.times",
      "i x",
      "p ==",
      "s ?a",
      "p ;",
      "n 1",
      "p ..",
      "n 2",
      "p ;",
      "n 3",
      "p .",
      "i times",
    ],
    ["def self./(o)", "k def", "k self", "p .", "p /", "p (", "i o", "p )"],
    ["a&.b ||= c <=> d", "i a", "p &.", "i b", "p ||=", "i c", "p <=>", "i d"],
    ["x\n__END__\n'", "i x", "⏎", "c __END__\n'"],
  ]);
});

it("other languages: what most of them agree on", () => {
  check("generic", [
    [
      'val x: List<List<A>> = """a\n"""',
      "k val",
      "i x",
      "p :",
      "i List",
      "p <",
      "i List",
      "p <",
      "i A",
      "p >",
      "p >",
      "p =",
      's """a\n"""',
    ],
    ["echo $x # c", "i echo", "i $x", "c # c"],
    ["-- sql\nselect 'a' -- b", "c -- sql", "⏎", "k select", "s 'a'", "c -- b"],
    ["x-- 'a", "i x", "p --", "p '", "i a"],
    ["http://a /* b */ // c", "i http", "p :", "p /", "p /", "i a", "c /* b */", "c // c"],
    ["1..<5 0.5", "n 1", "p ..<", "n 5", "n 0.5"],
  ]);
});

it("keywords are reserved words only, and PHP's in any case", () => {
  const cases: readonly (readonly [string, Language, boolean])[] = [
    ["return", "typescript", true],
    ["async", "typescript", false],
    ["constructor", "javascript", false],
    ["toString", "java", false],
    ["None", "python", true],
    ["none", "python", false],
    ["ECHO", "php", true],
    ["defined?", "ruby", true],
    ["", "go", false],
    ["fün", "generic", false],
  ];
  for (const [word, language, expected] of cases)
    expect(isKeyword(word, language), word).toBe(expected);
});
