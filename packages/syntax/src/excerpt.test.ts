import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Language as Grammar, Parser } from "web-tree-sitter";
import { beforeAll, expect, it } from "vitest";
import { createExcerpt } from "./excerpt.ts";
import { SourceTree } from "./tree.ts";

const require = createRequire(import.meta.url);
let parser: Parser;

beforeAll(async () => {
  await Parser.init({
    wasmBinary: readFileSync(require.resolve("web-tree-sitter/web-tree-sitter.wasm")),
  });
  const wasm = readFileSync(
    require.resolve("@vscode/tree-sitter-wasm/wasm/tree-sitter-typescript.wasm"),
  );
  parser = new Parser().setLanguage(await Grammar.load(wasm));
});

/** Checks the excerpt around the "¦" in a text, and that its part around the place is a part of the text. */
function check(marked: string, expected: string): void {
  const place = marked.indexOf("¦");
  const text = marked.replace("¦", "");
  const tree = SourceTree.parse(parser, text);
  const { root } = tree;
  if (root === undefined) throw new Error("the text was not parsed");
  const excerpt = createExcerpt(root, text, place, place);
  expect(excerpt.text).toBe(expected);
  expect(excerpt.start <= place && place <= excerpt.end).toBe(true);
  const part = text.slice(excerpt.start, excerpt.end);
  expect(excerpt.text.slice(excerpt.offset, excerpt.offset + part.length)).toBe(part);
  tree.dispose();
}

it("an excerpt has the edges of a list and the items next to the place", () => {
  const names = "abcdefghijklmnopqrstuvwxyz".split("");
  const list = (mark: string, of: readonly string[]): string =>
    of.map((name) => `${name}() {${name === mark ? "¦" : ""}}`).join(" ");
  check(
    `class C { ${list("m", names)} }`,
    "class C { a() {} b() {} l() {} m() {} n() {} y() {} z() {} }",
  );
  check(`class C { ${list("a", names)} }`, "class C { a() {} b() {} y() {} z() {} }");
  check(`class C { ${list("z", names)} }`, "class C { a() {} b() {} y() {} z() {} }");
  check(`f(${names.join(", ").replace("m", "m¦")});`, "f(a, b, l, m, n, y, z);");
});

it("lists within lists are shortened too, and short ones stay whole", () => {
  const numbers = Array.from({ length: 20 }, (_, index) => index);
  const lines = numbers.map(
    (row) => `[${numbers.map((column) => (row === 7 && column === 9 ? "9¦" : column)).join()}];`,
  );
  const all = numbers.join();
  check(
    lines.join("\n"),
    `[${all}];\n[${all}];\n[${all}];\n[0,1,8,9,10,18,19];\n[${all}];\n[${all}];\n[${all}];`,
  );
  check("f(1, 2, 3¦, 4);", "f(1, 2, 3, 4);");
});

it("long items that are kept at the edges are shortened too", () => {
  const names = "abcdefghijklmnopqrstuvwxyz".split("");
  const long = `class C { ${names.map((name) => `${name}() { return "${"-".repeat(20)}"; }`).join(" ")} }`;
  const short = `class C { ${["a", "b", "y", "z"].map((name) => `${name}() { return "${"-".repeat(20)}"; }`).join(" ")} }`;
  check(`${long}\nf(1¦);`, `${short}\nf(1);`);
});
