import { describe, expect, it } from "vitest";
import { meetRest, normalizeBlanks, renderWords } from "./text.ts";

describe("writing words", () => {
  function check(before: string, words: [string, 0 | 1][], expected: string): void {
    const spaced = words.map(([, blank]) => blank === 1);
    expect(
      renderWords(
        before,
        words.map(([word]) => word),
        spaced,
      ),
    ).toBe(expected);
  }

  it("sets blanks as seen, keeps words apart, and repeats no blank before the cursor", () => {
    check(
      "x",
      [
        ["=", 1],
        ["y", 1],
        [";", 0],
      ],
      " = y;",
    );
    check(
      "x ",
      [
        ["=", 1],
        ["y", 0],
      ],
      "=y",
    );
    check("return", [["value", 0]], " value");
    check(
      "  ",
      [
        ["return", 1],
        ["1", 0],
      ],
      "return 1",
    );
    check(
      "f",
      [
        ["(", 0],
        ["$a", 0],
        [",", 0],
        ["b", 1],
        [")", 0],
      ],
      "($a, b)",
    );
  });
});

describe("meeting the rest of the line", () => {
  function check(candidate: string, rest: string, expected: ReturnType<typeof meetRest>): void {
    expect(meetRest(candidate, rest)).toEqual(expected);
  }

  it("types over what the editor closed by itself", () => {
    check("a, b);", "", { text: "a, b);", overwrite: 0 });
    check("a, b);", ");", { text: "a, b);", overwrite: 2 });
    check("a, b)", "));", { text: "a, b)", overwrite: 1 });
    check('"name"', '"', { text: '"name"', overwrite: 1 });
    check("a, b", ")", { text: "a, b", overwrite: 0 });
  });

  it("stops where the candidate arrives at the code behind the cursor", () => {
    check("b + c;", " + c;", { text: "b", overwrite: 0 });
    check("first, second)", "second)", { text: "first, ", overwrite: 0 });
    check("b - d;", " + c;", undefined);
    check("cc c", "c", { text: "cc ", overwrite: 0 });
  });
});

describe("normalizing blanks", () => {
  it("makes lines that differ only in blanks equal", () => {
    expect(normalizeBlanks("  a\t =\n b ")).toBe("a = b");
  });
});
