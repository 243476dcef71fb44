import { describe, expect, it } from "vitest";
import type { IndexedSymbol } from "./passage.ts";
import { chooseUnit, exampleIn, markTerms, shorten, unitAround } from "./snippet.ts";

function symbol(name: string, startLine: number, endLine: number): IndexedSymbol {
  return { name, kind: "method", owner: "", startLine, endLine };
}

const LINES = [
  "class Box {",
  "  open() {",
  "    read file",
  "  }",
  "  close() {",
  "    free file",
  "  }",
  "}",
];
const SYMBOLS = [symbol("Box", 1, 8), symbol("open", 2, 4), symbol("close", 5, 7)];

describe("chooseUnit", () => {
  it("takes the smallest unit with most of the words", () => {
    const wanted = new Set(["free", "file"]);
    expect(chooseUnit(LINES, { startLine: 1, endLine: 8 }, SYMBOLS, wanted).symbol?.name).toBe(
      "close",
    );
    expect(
      chooseUnit(LINES, { startLine: 1, endLine: 8 }, SYMBOLS, new Set(["read", "free"])).symbol
        ?.name,
    ).toBe("Box");
  });
  it("takes the passage itself, without blank lines around, where nothing is declared", () => {
    expect(chooseUnit(["", "x = 1", ""], { startLine: 1, endLine: 3 }, [], new Set(["x"]))).toEqual(
      { startLine: 2, endLine: 2 },
    );
  });
});

describe("unitAround", () => {
  it("takes the innermost unit, or some lines", () => {
    expect(unitAround(LINES, 6, SYMBOLS).symbol?.name).toBe("close");
    expect(unitAround(LINES, 6, [])).toEqual({ startLine: 3, endLine: 8 });
  });
});

describe("shorten", () => {
  it("shows sixty lines of a long unit, the asked one among them", () => {
    expect(shorten({ startLine: 10, endLine: 500 }, 12)).toEqual({ startLine: 10, endLine: 69 });
    expect(shorten({ startLine: 10, endLine: 500 }, 300)).toEqual({ startLine: 297, endLine: 356 });
  });
});

describe("exampleIn", () => {
  it("takes the fenced code with most of the words", () => {
    const lines = ["# A", "```", "open()", "```", "```", "read(file)", "```"];
    expect(exampleIn(lines, { startLine: 1, endLine: 7 }, new Set(["read"]))).toEqual({
      startLine: 6,
      endLine: 6,
    });
    expect(exampleIn(lines, { startLine: 1, endLine: 7 }, new Set(["lock"]))).toBeUndefined();
  });
});

describe("markTerms", () => {
  it("marks words by their stems", () => {
    expect(markTerms("Reads a fileName", new Set(["read", "file"]))).toEqual([
      { start: 0, end: 5 },
      { start: 8, end: 16 },
    ]);
  });
});
