import { describe, expect, it } from "vitest";
import { Vocabulary } from "./vocabulary.ts";

const words = new Vocabulary([
  { name: "createSheet", kind: "method", count: 9 },
  { name: "CreateShortcut", kind: "class", count: 2 },
  { name: "createShelf", kind: "function", count: 1 },
  { name: "closeSheet", kind: "method", count: 1 },
  { name: "HashMap", kind: "class", count: 3 },
  { name: "reads a file", kind: "test", count: 5 },
]);

function check(typed: string, expected: readonly string[]): void {
  expect(
    words.suggest(typed, 3).map(({ text }) => text),
    typed,
  ).toEqual(expected);
}

describe("Vocabulary", () => {
  it("goes on with the last word, in any case, the most frequent first", () => {
    check("createSh", ["createSheet", "createShelf", "CreateShortcut"]);
    check("XSSFWorkbook.createSho", ["XSSFWorkbook.CreateShortcut"]);
    check("make a has", ["make a HashMap"]);
  });
  it("offers the words that several names share", () => {
    check("shee", ["sheet"]);
    check("shel", []);
  });
  it("knows names by their humps", () => {
    check("HM", ["HashMap"]);
    expect(words.byHumps("crShe", 5).map(({ text }) => text)).toEqual([
      "createSheet",
      "createShelf",
    ]);
  });
  it("offers nothing for nothing, and no titles of tests", () => {
    check("", []);
    check("a ", []);
    check("reads", []);
  });
});
