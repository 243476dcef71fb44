import type { Language } from "@cloud-code/syntax";
import { describe, expect, it } from "vitest";
import { readStream } from "./stream.ts";
import { Mark, Vocabulary } from "./vocabulary.ts";

const MARKS: Readonly<Record<number, string>> = {
  [Mark.lineSame]: "⏎",
  [Mark.lineDeeper]: "⏎>",
  [Mark.lineOut1]: "⏎<",
  [Mark.lineOut2]: "⏎<<",
  [Mark.lineOut3]: "⏎<<<",
  [Mark.opaque]: "▮",
};

describe("reading text as the model does", () => {
  /** Tokens separated by blanks; a blank in the source shows as `·` before its token. */
  function check(language: Language, text: string, expected: string): void {
    const words = new Vocabulary();
    const stream = readStream(text, language, (word) => words.idOf(word));
    const shown = Array.from({ length: stream.length }, (_, i) => {
      const id = stream.ids[i] ?? 0;
      return (stream.spaced[i] === 1 ? "·" : "") + (MARKS[id] ?? words.wordOf(id));
    });
    expect(shown.join(" ")).toBe(expected);
  }

  it("says with each line break where the next line stands", () => {
    check(
      "python",
      "if a:\n    b()\n    if c:\n        d()\n\ne",
      "⏎ if ·a : ⏎> b ( ) ⏎ if ·c : ⏎> d ( ) ⏎<< e",
    );
    check("java", "  a {\n\n    b;\n  }", "⏎> a ·{ ⏎> b ; ⏎< }");
  });

  it("leaves comments out, and remembers that they separated words", () => {
    check("java", "a/* x */b // c\n/* d\n*/ e", "⏎ a ·b ⏎> e");
    check("python", "# top\na # b\n  # c\nd", "⏎ a ⏎ d");
  });

  it("reads one long line of literals as fast as many short ones", () => {
    // Looking back to the last line break for each of them would take minutes, and end this test.
    const literals = '"abc", '.repeat(200_000);
    const words = new Vocabulary();
    expect(readStream(`x = [${literals}]`, "typescript", (word) => words.idOf(word)).length).toBe(
      400_005,
    );
  });

  it("keeps long literals as a place only", () => {
    check("python", `x = """a\nb"""\ny = '${"z".repeat(200)}'`, "⏎ x ·= ·▮ ⏎ y ·= ·▮");
    check("typescript", "f(`a${b}c`)", "⏎ f ( `a${ b }c` )");
  });
});
