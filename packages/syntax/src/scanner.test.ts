import fc from "fast-check";
import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { TokenKind, tokenize } from "./index.ts";
import type { Language } from "./index.ts";

const languages: readonly Language[] = [
  "typescript",
  "tsx",
  "javascript",
  "java",
  "python",
  "go",
  "rust",
  "c",
  "cpp",
  "csharp",
  "php",
  "ruby",
  "generic",
];

const continued = new Set<Language>(["python", "c", "cpp", "ruby", "generic"]);

/** The promises that hold for the tokens of any text. */
function checkInvariants(text: string, language: Language): void {
  const { count, kinds, starts, ends } = tokenize(text, language);
  expect([kinds.length, starts.length, ends.length]).toEqual([count, count, count]);
  const blank = continued.has(language)
    ? /^(?:[ \t\f\uFEFF]|\\(?:\r\n|\n|\r))*$/
    : /^[ \t\f\uFEFF]*$/;
  let before = 0;
  for (let index = 0; index <= count; index++) {
    const start = starts[index] ?? text.length;
    const end = ends[index] ?? text.length;
    const gap = text.slice(before, start);
    if (start < before || (index < count && end <= start) || !blank.test(gap)) {
      expect.fail(
        `${language}: token ${index} at ${start}–${end} behind ${JSON.stringify(gap)} in ${JSON.stringify(text)}`,
      );
    }
    if (kinds[index] === TokenKind.Newline)
      expect(text.slice(start, end)).toMatch(/^(?:\r\n|\n|\r)$/);
    before = end;
  }
}

/** What opens, closes or misleads in one language or another. */
const pieces = fc.constantFrom(
  ...Array.from("\"'`/\\{}()[]<>#$%@?!:;.,=+-*&|~^_ \t\n\r\f\0\uFEFF\u2028\u00A0😀\ud800éa9Rr"),
  ...`\${ #{ {$ <<~A <<<A """ ''' /* */ // <?php ?> R"( )" r#" "# %w[ f" $" @" </a> <a /> if( 1. e5`.split(
    " ",
  ),
  ..."A\n|=begin\n|\n=end|\r\n|return |#include <|\\\n|<?php ".split("|"),
);

/** Any UTF-16 units, lone surrogates among them. */
const units = fc.uint16Array({ maxLength: 200 }).map((codes) => String.fromCharCode(...codes));

describe.each(languages)("any text as %s", (language) => {
  it("has tokens in order with nothing but blanks between them", () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) =>
        checkInvariants(parts.join(""), language),
      ),
      {
        numRuns: 500,
      },
    );
    fc.assert(fc.property(units, (text) => checkInvariants(text, language)));
  });

  it("has them in slices of real code too", () => {
    const folder = new URL("lexers/", import.meta.url);
    const source = readdirSync(folder)
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(new URL(name, folder), "utf8"))
      .join("");
    const slice = fc.tuple(fc.nat(source.length), fc.nat(3000));
    fc.assert(
      fc.property(slice, ([start, length]) =>
        checkInvariants(source.slice(start, start + length), language),
      ),
    );
  });
});
