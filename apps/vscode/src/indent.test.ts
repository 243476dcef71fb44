import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dedent } from "./indent.ts";

describe("a piece of code", () => {
  test("loses the indentation that all of its lines have", () => {
    const check = (input: string, expected: string): void => expect(dedent(input)).toBe(expected);
    check("", "");
    check("one", "one");
    check("  one", "one");
    check("  one {\n    two\n  }", "one {\n  two\n}");
    check("one {\n  two\n}", "one {\n  two\n}");
    check("\tone\n\n\ttwo", "one\n\ntwo");
    check("    one\n \n    two", "one\n\ntwo");
    check("\tone\n  two", "\tone\n  two");
  });

  test("is what it was before somebody indented all of it", () => {
    const line = fc.stringMatching(/^[ab ]{0,6}[ab]$/);
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1 }),
        fc.constantFrom("  ", "\t", "\t  "),
        (lines, by) => {
          const text = lines.join("\n");
          const indented = lines.map((each) => by + each).join("\n");
          expect(dedent(indented)).toBe(dedent(text));
        },
      ),
    );
  });
});
