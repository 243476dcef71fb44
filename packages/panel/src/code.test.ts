import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dedent, type Line, shorten, SHORT_LINES, toLines } from "./code.ts";
import { colourNames } from "./protocol.ts";

/** Lines as text: `[marked]`, `{colour:text}`. */
function show(lines: readonly Line[]): string[] {
  return lines.map(
    ({ number, pieces }) =>
      `${number} ${pieces
        .map(({ text, colour, isMarked }) => {
          const coloured = colour === undefined ? text : `{${colour}:${text}}`;
          return isMarked ? `[${coloured}]` : coloured;
        })
        .join("")}`,
  );
}

const number = colourNames.indexOf("number");
const comment = colourNames.indexOf("comment");

describe("toLines", () => {
  test("cuts a line where its colour or its marking changes", () => {
    const lines = toLines("a = 1", 7, [4, 5, number], [{ start: 0, end: 1 }]);
    expect(show(lines)).toEqual(["7 [a] = {number:1}"]);
    expect(show(toLines("12345", 1, [0, 5, number], [{ start: 1, end: 3 }]))).toEqual([
      "1 {number:1}[{number:23}]{number:45}",
    ]);
  });

  test("goes on with a colour over several lines, whatever ends them", () => {
    expect(show(toLines("/*\r\n*/ x", 1, [0, 6, comment]))).toEqual([
      "1 {comment:/*}",
      "2 {comment:*/} x",
    ]);
  });

  test("leaves out spans that overlap, lie outside or name no colour", () => {
    const colours = [0, 2, number, 1, 3, comment, 4, 3, number, 9, 99, number, 3, 4, 77];
    expect(show(toLines("abcd", 1, colours))).toEqual(["1 {number:ab}cd"]);
  });

  test("cuts a line that is data", () => {
    const [line] = toLines("x".repeat(100_000), 1);
    expect(line?.pieces.map(({ text }) => text.length)).toEqual([2_000, 2]);
  });

  test("shows every text as it is, whatever is said about it", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 200 }),
        fc.array(fc.integer({ min: -5, max: 250 }), { maxLength: 30 }),
        fc.array(fc.record({ start: fc.nat(220), end: fc.nat(220) }), { maxLength: 8 }),
        (text, colours, marks) => {
          const shown = toLines(text, 1, colours, marks).map(({ pieces }) =>
            pieces.map((piece) => piece.text).join(""),
          );
          expect(shown).toEqual(text.split("\n").map((line) => line.replace(/\r$/, "")));
        },
      ),
    );
  });
});

test("what all lines are indented by is left out, and the rest stays", () => {
  const check = (text: string, expected: readonly string[]): void =>
    expect(
      dedent(toLines(text, 1)).map(({ pieces }) => pieces.map((p) => p.text).join("")),
    ).toEqual(expected);
  check("    if (x)\n\n        y();", ["if (x)", "", "    y();"]);
  check("\tone\n    two", ["\tone", "    two"]);
  check("one\n  two", ["one", "  two"]);
  check("", [""]);
});

test("a long snippet is shown from its beginning, or around what was found", () => {
  const lines = (count: number, mark?: number): readonly Line[] =>
    toLines(
      Array.from({ length: count }, () => "xx").join("\n"),
      1,
      [],
      mark === undefined ? [] : [{ start: mark * 3, end: mark * 3 + 2 }],
    );
  const check = (given: readonly Line[], first: number, count: number): void => {
    const short = shorten(given);
    expect([short[0]?.number, short.length]).toEqual([first, count]);
  };
  check(lines(5), 1, 5);
  check(lines(SHORT_LINES + 2), 1, SHORT_LINES + 2);
  check(lines(60), 1, SHORT_LINES);
  check(lines(60, 4), 1, SHORT_LINES);
  check(lines(60, 30), 29, SHORT_LINES);
  check(lines(60, 59), 49, SHORT_LINES);
});
