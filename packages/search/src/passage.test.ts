import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readPassages } from "./passage.ts";

const PYTHON = `import os

class Reader:
    """Reads tables. It keeps the file open."""

    def read_rows(self, path):
        # Skips the header.
        return open(path, "utf-8")
`;

describe("readPassages", () => {
  it("keeps short members together and fills the fields", () => {
    const { passages, symbols, lines } = readPassages(PYTHON, "python");
    expect(lines).toBe(9);
    expect(
      symbols.map(({ owner, name, startLine, endLine }) => [owner, name, startLine, endLine]),
    ).toEqual([
      ["", "Reader", 3, 8],
      ["Reader", "read_rows", 6, 8],
    ]);
    expect(passages).toEqual([
      {
        startLine: 1,
        endLine: 9,
        name: ["reader", "read", "row"],
        doc: ["read", "tabl", "skip", "header"],
        parameters: ["path"],
        body: expect.arrayContaining(["keep", "file", "open", "path", "utf"]) as string[],
      },
    ]);
  });
  it("gives a long function a passage of its own and cuts a very long one", () => {
    const body = (count: number): string => "  work();\n".repeat(count);
    const text = `function short() {}\nfunction long() {\n${body(40)}}\nfunction huge() {\n${body(200)}}\n`;
    const { passages } = readPassages(text, "javascript");
    expect(passages.map(({ startLine, endLine }) => [startLine, endLine])).toEqual([
      [1, 1],
      [2, 43],
      [44, 123],
      [124, 203],
      [204, 246],
    ]);
  });
  it("reads the module that a file names", () => {
    expect(readPassages("package a.b.c;\nclass X {}", "java").module).toBe("a.b.c");
    expect(readPassages("class X {}", "java").module).toBe("");
  });
  it("takes prose by its headings, and code in it for code", () => {
    const { passages } = readPassages(
      "# Install\nRun it.\n## Usage\n```js\ncreateServer()\n```\n",
      "markdown",
    );
    expect(passages.map(({ startLine, name, doc, body }) => [startLine, name, doc, body])).toEqual([
      [1, ["instal"], ["run"], []],
      [3, ["usag"], [], ["creat", "server"]],
    ]);
  });
  it("passages of any text follow each other and lie within it", () => {
    const piece = fc.constantFrom(
      "function a() {",
      "}",
      "\n",
      "// b\n",
      "class C {",
      "x = 1;\n",
      '"s"',
      "\n\n\n",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 300 }), (parts) => {
        const text = parts.join(" ");
        const { passages, lines } = readPassages(text, "typescript");
        let last = 0;
        for (const { startLine, endLine } of passages) {
          expect(startLine).toBeGreaterThan(last);
          expect(endLine).toBeGreaterThanOrEqual(startLine);
          last = endLine;
        }
        expect(last).toBeLessThanOrEqual(lines);
      }),
    );
  });
});
