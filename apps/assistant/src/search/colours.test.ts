import { colourNames } from "@cloud-code/panel/protocol";
import { expect, test } from "vitest";
import { toColours } from "./colours.ts";

function check(text: string, language: string, expected: readonly string[]): void {
  const colours = toColours(text, language);
  const found: string[] = [];
  for (let at = 0; at < colours.length; at += 3) {
    const [start = 0, end = 0, colour = 0] = colours.slice(at, at + 3);
    found.push(`${colourNames[colour]} ${text.slice(start, end)}`);
  }
  expect(found, text).toEqual(expected);
}

test("every part of a text that has a colour is found, in order", () => {
  check('const row: Row = sheet.add("a", 1); // first', "typescript", [
    "keyword const",
    "type Row",
    "call add",
    'string "a"',
    "number 1",
    "comment // first",
  ]);
  check("def read(path):\n    return open(path)\n", "python", [
    "keyword def",
    "call read",
    "keyword return",
    "call open",
  ]);
  check("#include <stdio.h>\n", "c", ["markup #include", "string <stdio.h>"]);
});

test("prose and languages nobody knows have none", () => {
  check("# Title with a Word", "markdown", []);
  check("x = 1", "brainfuck", []);
  check("x = 1", "toString", []);
});
