import fc from "fast-check";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { beforeAll, describe, expect, it } from "vitest";
import { Grammars, SyntaxFailure, grammarFile } from "./index.ts";
import type { Language, SyntaxDocument } from "./index.ts";
import { createSource } from "../bench/samples.ts";

const require = createRequire(import.meta.url);
const runtime = readFileSync(require.resolve("web-tree-sitter/web-tree-sitter.wasm"));

function readGrammar(language: Language): Uint8Array {
  return readFileSync(
    require.resolve(`@vscode/tree-sitter-wasm/wasm/${grammarFile(language) ?? ""}`),
  );
}

/** For each grammar a whole text and the same text with a fault in it. */
const samples: Readonly<Partial<Record<Language, readonly [whole: string, broken: string]>>> = {
  typescript: [
    "const a: Map<string, number> = new Map();\n",
    "const a: Map<string, = new Map();\n",
  ],
  tsx: ["const a = <p>{b as string}</p>;\n", "const a = <p>{b as string}</q;\n"],
  javascript: ["const a = <p>{`${b}`}</p>;\n", "const a = ;\n"],
  java: ["class A { int f() { return 1; } }\n", "class A { int f( { return 1; } }\n"],
  python: ["def f(a):\n    return a\n", "def f(a:\n    return a\n"],
  go: ["package a\n\nfunc f() int { return 1 }\n", "package a\n\nfunc f( int { return 1 }\n"],
  rust: ["fn f<'a>(x: &'a str) -> &'a str { x }\n", "fn f<'a>(x: ) -> &'a str { x }\n"],
  c: ["#include <a.h>\nint f(void) { return 1; }\n", "int f(void) { return 1 }\n"],
  cpp: [
    "template <class T> T f(T a) { return a; }\n",
    "template <class T> T f(T a { return a; }\n",
  ],
  csharp: ["class A { int F() => 1; }\n", "class A { int F( => 1; }\n"],
  php: [
    "<?php function f(int $a): int { return $a; }\n",
    "<?php function f(int $a: int { return $a; }\n",
  ],
  ruby: ["def f(a)\n  a + 1\nend\n", "def f(a)\n  a + \nend)\n"],
};

let grammars: Grammars;

beforeAll(async () => {
  grammars = await Grammars.load(runtime);
  for (const language of ["typescript", "java", "python"] as const)
    await grammars.add(language, readGrammar(language));
});

function open(language: Language, text: string): SyntaxDocument {
  const document = grammars.open(language, text);
  if (document === undefined) throw new Error(`no grammar for ${language}`);
  return document;
}

/** How many errors a text has when it is parsed from nothing. */
function errorsOf(language: Language, text: string): number | undefined {
  const document = open(language, text);
  const errors = document.errors();
  document.dispose();
  return errors;
}

describe("grammars", () => {
  it.each(Object.entries(samples) as [Language, readonly [string, string]][])(
    "the grammar of %s loads and tells whole from broken code",
    async (language, [whole, broken]) => {
      await grammars.add(language, readGrammar(language));
      expect(grammars.has(language)).toBe(true);
      expect(errorsOf(language, whole)).toBe(0);
      expect(errorsOf(language, broken)).toBeGreaterThan(0);
    },
  );

  it("a language without a grammar has no documents", async () => {
    expect(grammarFile("generic")).toBeUndefined();
    expect(grammars.has("generic")).toBe(false);
    expect(grammars.open("generic", "a")).toBeUndefined();
  });

  it("bytes that are no grammar are refused with a code", async () => {
    const failure = await grammars
      .add("generic", new Uint8Array([0, 97, 115, 109]))
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SyntaxFailure);
    expect(failure).toMatchObject({ code: "GRAMMAR_UNUSABLE" });
    expect(grammars.has("generic")).toBe(false);
  });
});

describe("errorsAfter", () => {
  const text =
    'class A {\r\n  String s = "😀é"; /* 😀 */ int a() { return 1; }\r\n  int b() { return 2; }\r\n}\r\n';

  /** Checks the errors after replacing the only occurrence of `found`. */
  function check(found: string, replacement: string, errors: number): void {
    const document = open("java", text);
    const start = text.indexOf(found);
    expect(document.errorsAfter(start, start + found.length, replacement), replacement).toBe(
      errors,
    );
    expect(document.text).toBe(text);
    expect(document.errors()).toBe(0);
    document.dispose();
  }

  it("counts the errors of the edited text and leaves the document as it is", () => {
    check("return 1;", "return f(1);", 0);
    check("return 1;", "return 1", 1);
    check("return 1;", "", 0);
    check("return 1;", "😀", 1);
    check("😀é", "\\n😀😀", 0);
    check("return 2;", "return\r\n2 +\r\n3;\r\n", 0);
    check("}\r\n}\r\n", "}\r\n", 1);
  });

  it("finds an edited text whole exactly if it is whole when parsed from nothing", () => {
    const source = readFileSync(new URL("language.ts", import.meta.url), "utf8");
    const document = open("typescript", source);
    const pieces = fc.constantFrom(
      "",
      ";",
      ")",
      "(",
      "}",
      "{",
      "\n",
      '"',
      "`",
      " x ",
      "= 1",
      "/* 😀 */",
      "\ud83d",
      "=> {",
      "if (a) ",
    );
    const edit = fc.tuple(fc.nat(source.length), fc.nat(40), fc.array(pieces, { maxLength: 4 }));
    fc.assert(
      fc.property(edit, ([start, length, parts]) => {
        const end = Math.min(source.length, start + length);
        const replacement = parts.join("");
        const errors = document.errorsAfter(start, end, replacement);
        const whole =
          errorsOf("typescript", source.slice(0, start) + replacement + source.slice(end)) === 0;
        expect(errors === 0).toBe(whole);
      }),
    );
    document.dispose();
  });

  it.each(["typescript", "java", "python"] as const)(
    "finds the missing rest of a line of %s whole, and a bracket too many not",
    (language) => {
      const source = createSource(language, 400);
      const document = open(language, source);
      fc.assert(
        fc.property(fc.nat(source.length - 2), (start) => {
          const end = source.indexOf("\n", start);
          document.update(source.slice(0, start) + source.slice(end));
          const rest = source.slice(start, end);
          expect(document.errorsAfter(start, start, rest)).toBe(0);
          expect(document.errorsAfter(start, start, `${rest}\n) ]\n`)).toBeGreaterThan(0);
        }),
        { numRuns: 100 },
      );
      document.update(source);
      expect(document.errors()).toBe(0);
      document.dispose();
    },
  );

  it("refuses a range that is not in the document", () => {
    const document = open("java", "class A {}");
    for (const [start, end] of [
      [-1, 0],
      [2, 1],
      [0, 11],
      [Number.NaN, 0],
    ] as const) {
      expect(() => document.errorsAfter(start, end, "")).toThrow(
        expect.objectContaining({ code: "RANGE_OUTSIDE" }),
      );
    }
    document.dispose();
  });
});

describe("update", () => {
  it("leads to the same errors as opening the new text", () => {
    const pieces = fc.constantFrom(
      "a = 1\n",
      "def f():\n",
      "    b\n",
      '"""',
      "'😀'",
      "(",
      ")",
      "\r\n",
      "é",
      "\ud83d",
      "\ude00",
    );
    fc.assert(
      fc.property(
        fc.array(fc.array(pieces, { maxLength: 12 }), { minLength: 2, maxLength: 6 }),
        (versions) => {
          const [first = "", ...rest] = versions.map((parts) => parts.join(""));
          const document = open("python", first);
          for (const text of rest) {
            document.update(text);
            expect(document.text).toBe(text);
            expect(document.errors() === 0).toBe(errorsOf("python", text) === 0);
          }
          document.dispose();
        },
      ),
    );
  });

  it("back to an earlier text leads back to its errors, however far apart the edits were", () => {
    const source = createSource("java", 600);
    const document = open("java", source);
    const [first, second] = [source.indexOf("int index"), source.lastIndexOf("int index")];
    document.update(`${source.slice(0, first)}) ${source.slice(first)}`);
    expect(document.errors()).toBeGreaterThan(0);
    document.update(
      `${source.slice(0, first)}) ${source.slice(first, second)}( ${source.slice(second)}`,
    );
    expect(document.errors()).toBeGreaterThan(0);
    document.update(source);
    expect(document.errors()).toBe(0);
    expect(document.errorsAfter(second, second, "(")).toBeGreaterThan(0);
    expect(document.errorsAfter(first, first, " ")).toBe(0);
    document.dispose();
  });
});

describe("limits", () => {
  it("a text that takes too many steps has an unknown number of errors, and the document recovers", () => {
    const document = open("java", `class A { int[] a = {${"1,".repeat(1_500_000)}}; }`);
    expect(document.errors()).toBeUndefined();
    expect(document.errorsAfter(0, 0, "")).toBeUndefined();
    document.update("class A {}");
    expect(document.errors()).toBe(0);
    expect(document.errorsAfter(9, 9, "(")).toBe(1);
    document.dispose();
  });

  it("a trial gives up after a number of steps, and the document is as before", () => {
    // A sum is no list of which items could be left out.
    const document = open("java", `class A { int a = ${"1 + ".repeat(50_000)}1; }`);
    expect(document.errors()).toBe(0);
    expect(document.errorsAfter(16, 17, "(")).toBeUndefined();
    expect(document.errors()).toBe(0);
    document.dispose();
  });

  it("a document that was disposed of is not used again", () => {
    const document = open("java", "class A {}");
    document.dispose();
    document.dispose();
    expect(() => document.errors()).toThrow(expect.objectContaining({ code: "DOCUMENT_DISPOSED" }));
    expect(() => document.update("")).toThrow(
      expect.objectContaining({ code: "DOCUMENT_DISPOSED" }),
    );
  });
});
