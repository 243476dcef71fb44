import type { Language } from "@cloud-code/syntax";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readAbove, readBelow, Readings, type Part } from "./readings.ts";
import { isLineEnd, Overlay, Vocabulary } from "./vocabulary.ts";

const SOURCES: readonly (readonly [Language, string])[] = [
  [
    "python",
    'class A:\n    """Doc\n    more"""\n    def f(self):\n        return [\n            1,\n        ]\n\n\nx = A()\n',
  ],
  [
    "java",
    "class A {\n  /* a\n     b */\n  int f(int x) {\n    return x + 1;\n  }\n}\n\nclass B {}\n",
  ],
  [
    "typescript",
    "export function f() {\n  const s = `a${[\n    1].map((x) => `\n${x}`)}`;\n  return s;\n}\nconst y = 1;\nexport const z = 2;\n",
  ],
  ["tsx", "const a = (\n  <p>\n    text {b}\n  </p>\n);\nexport const c = 1;\n"],
  ["ruby", "def f\n  x = <<~A\n    text\n  A\n  x\nend\ndef g\nend\n"],
  ["go", "package a\n\nvar s = `x\ny`\n\nfunc f() {\n\tg()\n}\n"],
];

/** Sources in which no token spans lines, so that reading may begin at any of them. */
const PLAIN: typeof SOURCES = [
  ["java", "class A {\n  int f(int x) {\n    return x + 1;\n  }\n}\n\nclass B {}\n"],
  [
    "typescript",
    "export function f(a) {\n  if (a) {\n    return [a, 1];\n  }\n}\nconst y = f(1);\n",
  ],
];

/** Pieces that mean little, and pieces that open or close what spans lines. */
const HARMLESS = ["x", " ", "\n", "\n    ", "(", ")", "{", "}", "return y;"];
const HARMFUL = ['"', "'", "`", "${", "/*", "*/", '"""', "//", "#"];

describe("readings kept between requests", () => {
  /** Runs random edits; after each, `look` is compared between readings that were kept and readings made anew. */
  function check(
    sources: typeof SOURCES,
    pieces: readonly string[],
    look: (seen: ReturnType<typeof read>) => unknown,
  ): void {
    const edit = fc.record({
      at: fc.nat(400),
      remove: fc.nat(8),
      insert: fc.array(fc.constantFrom(...pieces), { maxLength: 3 }),
    });
    const edits = fc.array(edit, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.constantFrom(...sources), edits, ([language, source], changes) => {
        const kept = new Readings(new Vocabulary());
        let text = source;
        for (const { at, remove, insert } of changes) {
          const from = at % (text.length + 1);
          const removed = pieces === HARMLESS ? 0 : remove;
          text = text.slice(0, from) + insert.join("") + text.slice(from + removed);
          const offset = from + insert.join("").length;
          const anew = new Readings(new Vocabulary());
          expect(look(read(kept, language, text, offset))).toEqual(
            look(read(anew, language, text, offset)),
          );
        }
      }),
      { numRuns: 400 },
    );
  }

  it("give the same tokens before the cursor as reading anew, after any edits, in every kind of language", () => {
    check(SOURCES, [...HARMLESS, ...HARMFUL], ({ place, literal, above }) => ({
      place,
      literal,
      above,
    }));
  });

  it("give the same words after the cursor as reading anew", () => {
    // Levels of indentation may differ: what was read with the whole document knows more of them.
    check(PLAIN, HARMLESS, ({ below }) => below.filter((token) => !token.endsWith(" 0")));
  });

  it("know when the cursor is in a comment or in a literal", () => {
    const place = (language: Language, text: string): string => {
      const vocabulary = new Vocabulary();
      const reading = new Readings(vocabulary).open("a", language, text);
      const { place, literal } = readAbove(reading, text, text.length, new Overlay(vocabulary));
      return literal === "" ? place : `${place} ${literal}`;
    };
    expect(place("python", "x = 1  # not")).toBe("comment");
    expect(place("java", "/* a\n b")).toBe("comment");
    expect(place("java", "// a\n ")).toBe("code");
    expect(place("typescript", 'import "./ut')).toBe('literal "./ut');
    expect(place("typescript", "x = `a\n b")).toBe("literal");
    expect(place("typescript", "x = `a${b")).toBe("code");
    expect(place("python", "f('a', ")).toBe("code");
  });
});

/** What stands around `offset`, as words. */
function read(
  readings: Readings,
  language: Language,
  text: string,
  offset: number,
): { place: string; literal: string; above: string[]; below: string[] } {
  const reading = readings.open("a", language, text);
  const words = new Overlay(readings.vocabulary);
  const end = text.indexOf("\n", offset);
  const above = readAbove(reading, text, offset, words);
  const below = readBelow(reading, text, end < 0 ? text.length : end, words);
  const show = (part: Part): string[] =>
    Array.from(part.ids, (id, i) => {
      // How a line mark may be resumed is the readings' own business.
      const kind = isLineEnd(id) ? 0 : part.kinds[i];
      return `${part.spaced[i]} ${words.wordOf(id) || id} ${kind}`;
    });
  return {
    place: above.place,
    literal: above.literal,
    above: show(above.part),
    below: show(below),
  };
}
