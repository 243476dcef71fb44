import { describe, expect, it } from "vitest";
import { readPassages } from "./passage.ts";
import { piecesOf } from "./pattern.ts";
import { MAX_QUERY_LENGTH, understand } from "./query.ts";
import { readTrace } from "./trace.ts";
import { toGroups } from "./words.ts";

const LIMIT_MS = 1_000;

/** Does it, and takes no more processor time than that: what the rest of the machine does is none of its business. */
function check(name: string, work: () => unknown): void {
  const began = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(began);
  expect((user + system) / 1_000, name).toBeLessThan(LIMIT_MS);
}

describe("text that nobody writes in good faith", () => {
  const fill = (text: string, length: number): string =>
    text.repeat(Math.ceil(length / text.length)).slice(0, length);
  it("is understood as a question in no time", () => {
    const questions: Record<string, string> = {
      lines: `a${fill("\n", MAX_QUERY_LENGTH - 2)}b`,
      blanks: `a\n${fill(" \n", MAX_QUERY_LENGTH - 4)}b`,
      humps: Array.from({ length: 11_000 }, (_, at) => `fooB${at}`).join(" "),
      commas: `${fill(",", MAX_QUERY_LENGTH - 8)}x read`,
      slashes: fill("/i", MAX_QUERY_LENGTH),
      groups: `/${fill("(", 40_000)}${fill(")", 40_000)}/`,
      braces: `/${fill("\\u{", 90_000)}/`,
      chinese: fill("读取文件a(", MAX_QUERY_LENGTH),
      words: fill("read ", MAX_QUERY_LENGTH),
    };
    for (const [name, query] of Object.entries(questions))
      check(name, () => {
        try {
          const understood = understand(query);
          if (understood.kind === "description") toGroups(understood.text);
          if (understood.kind === "regex") piecesOf(understood.pattern);
        } catch (error) {
          expect(error, name).toMatchObject({ code: "PATTERN_INVALID" });
        }
      });
  });
  it("asks for a handful of names at most", () => {
    const understood = understand(Array.from({ length: 5_000 }, (_, at) => `fooB${at}`).join(" "));
    expect(understood).toMatchObject({ kind: "description" });
    expect(understood.kind === "description" ? understood.apis.length : 0).toBe(8);
  });
  it("is taken apart as an error in no time", () => {
    const begin = "Error: x\n at ";
    for (const [name, unit] of Object.entries({
      plusses: "+a",
      colons: ":",
      ats: "at ",
      paths: "at /",
      dots: "a.a",
      parentheses: "at a(a",
      lines: "\n",
      digits: "1,",
      from: "from ",
    }))
      check(name, () => readTrace(`${begin}${fill(unit, 40_000)}${fill("x", 10)}`));
  });
  it("is made ready for an index in no time", () => {
    for (const [name, text] of Object.entries({
      lines: fill("\n", 50_000),
      decorators: "@a\n".repeat(16_000),
      annotations: fill("@a(b) ", 50_000),
      brackets: fill("[", 50_000),
      quotes: fill('"', 50_000),
      stars: `/**\n${fill("*", 50_000)}`,
      templates: fill("`${", 50_000),
      arrows: fill("a=>", 50_000),
      slashes: fill("/[", 50_000),
    }))
      for (const language of ["typescript", "python", "java", "rust", "generic"] as const)
        check(`${name} as ${language}`, () => readPassages(text, language));
  });
});
