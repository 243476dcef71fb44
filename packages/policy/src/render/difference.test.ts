import fc from "fast-check";
import { expect, test } from "vitest";
import { compareTexts } from "./difference.ts";

/** Writes what was removed as `[-…-]` and what was added as `{+…+}`. */
function check(before: string, after: string, expected: string): void {
  const marks = { same: ["", ""], removed: ["[-", "-]"], added: ["{+", "+}"] } as const;
  const printed = compareTexts(before, after).map(({ passages }) =>
    passages.map(({ kind, text }) => marks[kind].join(text)).join(""),
  );
  expect(printed.join("\n")).toBe(expected);
}

test("[C14] a difference is shown word by word, and in Chinese character by character", () => {
  check("kept 30 days", "kept 60 days", "kept [-30-]{+60+} days");
  check("one\ntwo\nthree", "one\nthree", "one\n[-two-]\nthree");
  check("one\nthree", "one\ntwo\nthree", "one\n{+two+}\nthree");
  check("保存三十天", "保存六十天", "保存[-三-]{+六+}十天");
  check("same", "same", "same");
  check("", "new", "{+new+}");
});

test("[C14] whatever the texts, the difference spells both", () => {
  const text = fc.array(fc.constantFrom("a", "b", "天", " ", "\n", "-"), { maxLength: 40 });
  fc.assert(
    fc.property(text, text, (left, right) => {
      const before = left.join("");
      const after = right.join("");
      const lines = compareTexts(before, after);
      const spell = (kind: "removed" | "added"): string[] =>
        lines
          .map(({ passages }) => passages.filter((passage) => passage.kind !== kind))
          .map((passages) => passages.map((passage) => passage.text).join(""));
      // A line that only one side has leaves an empty line on the other, so empty lines are left out of the comparison.
      const solid = (all: readonly string[]): string =>
        all.filter((line) => line !== "").join("\n");
      expect(solid(spell("added"))).toBe(solid(before.split("\n")));
      expect(solid(spell("removed"))).toBe(solid(after.split("\n")));
    }),
  );
});
