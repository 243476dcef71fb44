import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { piecesOf, toRegExp } from "./pattern.ts";

function check(rows: Readonly<Record<string, readonly string[]>>): void {
  for (const [source, pieces] of Object.entries(rows))
    expect(piecesOf({ kind: "regex", source, flags: "" }), source).toEqual(pieces);
}

describe("piecesOf", () => {
  it("takes what every match must have", () => {
    check({
      "throw new \\w+Error": ["throw new ", "error"],
      "get(User|Account)Name": ["get", "name"],
      "foo(?:bar)+baz": ["foo", "bar", "baz"],
      "colou?r": ["colo"],
      "abc*def": ["def"],
      "abcd*efg": ["abc", "efg"],
      "abc{0,2}defg": ["defg"],
      "abc{2}": ["abc"],
      "a\\.b\\(c\\)": ["a.b(c)"],
      "\\bclass\\s+Foo": ["class", "foo"],
      "foo|bar": [],
      "(foo)?bar": ["bar"],
      "(?!foo)bar": ["bar"],
      "[abc]def": ["def"],
      "\\u0041bcd": ["bcd"],
    });
  });
  it("never names a piece that a match lacks", () => {
    const atom = fc.constantFrom(
      "a",
      "b",
      "c",
      "\\.",
      "[ab]",
      ".",
      "(ab|c)",
      "(abc)",
      "\\d",
      "\\w",
      "(?:bc)",
      "x1",
    );
    const quantifier = fc.constantFrom("", "", "", "*", "+", "?", "{2}", "{0,1}", "*?");
    const part = fc.tuple(atom, quantifier).map(([a, q]) => a + q);
    const source = fc
      .array(part, { minLength: 1, maxLength: 6 })
      .map((parts) => parts.join(""))
      .chain((one) =>
        fc.oneof(fc.constant(one), fc.constant(`${one}|abc`), fc.constant(`(${one})?c`)),
      );
    const text = fc.string({ unit: fc.constantFrom("a", "b", "c", ".", "1", "x"), maxLength: 40 });
    fc.assert(
      fc.property(source, text, (pattern, body) => {
        const pieces = piecesOf({ kind: "regex", source: pattern, flags: "" });
        for (const [match] of body.matchAll(toRegExp({ source: pattern, flags: "" })))
          for (const piece of pieces) expect(match.toLowerCase()).toContain(piece);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("toRegExp", () => {
  it("says what is wrong with a pattern", () => {
    expect(() => toRegExp({ source: "(", flags: "" })).toThrow(
      expect.objectContaining({ code: "PATTERN_INVALID" }) as Error,
    );
  });
});
