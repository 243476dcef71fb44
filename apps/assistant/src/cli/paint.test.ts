import { expect, it } from "vitest";
import { paintSnippet } from "./paint.ts";

function check(snippet: string, marks: readonly [number, number][], expected: string[]): void {
  const lines = paintSnippet(
    { snippet, marks: marks.map(([start, end]) => ({ start, end })), language: "typescript" },
    true,
  );
  expect(lines.map((line) => line.replaceAll("\u001b[", "<"))).toEqual(expected);
}

it("colours tokens and marks, and ends every colour with its line", () => {
  check("return 1;", [], ["<35mreturn<39m <33m1<39m;"]);
  check("a.read(b)", [[2, 6]], ["a.<34m<1;4mread<39m<22;24m(b)"]);
  check("`x\ny`", [[1, 4]], ["<32m`<1;4mx<39m<22;24m", "<32m<1;4my<22;24m`<39m"]);
  check("// a", [[0, 4]], ["<90m<1;4m// a<39m<22;24m"]);
});

it("lets nothing steer the terminal", () => {
  check('"\u001b[2J"', [], ['<32m"�[2J"<39m']);
  expect(paintSnippet({ snippet: "a\u0007\tb", marks: [], language: "markdown" }, false)).toEqual([
    "a�\tb",
  ]);
});
