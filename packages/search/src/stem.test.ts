import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stem } from "./stem.ts";

function check(rows: Readonly<Record<string, string>>): void {
  for (const [word, stemmed] of Object.entries(rows)) expect(stem(word), word).toBe(stemmed);
}

describe("stem", () => {
  it("follows the examples of Porter's paper", () => {
    check({
      caresses: "caress",
      ponies: "poni",
      cats: "cat",
      feed: "feed",
      agreed: "agre",
      plastered: "plaster",
      motoring: "motor",
      sing: "sing",
      conflated: "conflat",
      sized: "size",
      hopping: "hop",
      falling: "fall",
      filing: "file",
      happy: "happi",
      sky: "sky",
      relational: "relat",
      conditional: "condit",
      rational: "ration",
      digitizer: "digit",
      triplicate: "triplic",
      hopefulness: "hope",
      electrical: "electr",
      revival: "reviv",
      adjustable: "adjust",
      adoption: "adopt",
      effective: "effect",
      probate: "probat",
      rate: "rate",
      cease: "ceas",
      controll: "control",
      roll: "roll",
    });
  });
  it("makes one word of the forms of a verb", () => {
    check({ parse: "pars", parsed: "pars", parsing: "pars", parser: "parser", parses: "pars" });
  });
  it("never lengthens a word by more than a letter, and leaves what is no English word alone", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,20}$/), (word) => {
        expect(stem(word).length).toBeLessThanOrEqual(word.length + 1);
        expect(stem(word).length).toBeGreaterThan(0);
      }),
    );
    check({ 工作: "工作", x2: "x2", a: "a" });
  });
});
