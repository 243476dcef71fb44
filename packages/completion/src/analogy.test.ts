import { describe, expect, it } from "vitest";
import { AnalogyModel, renameWord } from "./analogy.ts";
import { Mark, Vocabulary } from "./vocabulary.ts";

describe("renaming by analogy", () => {
  const words = new Vocabulary();
  for (const word of ["height", "setHeight", "HEIGHT", "heightOf", "color", "isColor"])
    words.idOf(word);

  function check(here: string, there: string, next: string, expected: string | undefined): void {
    const found = renameWord(words, here, there, next);
    expect(found === undefined ? undefined : words.wordOf(found)).toBe(expected);
  }

  it("carries a changed name into the names that contain it", () => {
    check("height", "width", "setWidth", "setHeight");
    check("height", "width", "widthOf", "heightOf");
    check("getHeight", "getWidth", "width", "height");
    check("Color", "Size", "isSize", "isColor");
  });

  it("invents no name, and ignores pieces too short to mean anything", () => {
    check("depth", "width", "setWidth", undefined);
    check("height", "is", "isColor", undefined);
    check("height", "width", "color", undefined);
  });
});

describe("analogies", () => {
  it("expects here what the changed names say", () => {
    const words = new Vocabulary();
    const read = (text: string): number[] =>
      text.split(" ").map((word) => (word === "⏎" ? Mark.lineSame : words.idOf(word)));
    const above = read("this . width = width ; ⏎ this . height =");
    const tokens = Int32Array.from([...above, Mark.hole]);
    const names = Uint8Array.from(tokens, (token) => Number(/^[a-z]/u.test(words.wordOf(token))));
    const model = new AnalogyModel(tokens, names, above.length, {
      isName: (token) => /^[a-z]/u.test(words.wordOf(token)),
      rename: () => undefined,
    });
    const expected: string[] = [];
    model.eachAnalogy(Int32Array.from(above), above.length, 8, (length, token) => {
      expected.push(`${words.wordOf(token)} ${length}`);
    });
    expect(expected).toEqual(["height 4"]);
  });
});
