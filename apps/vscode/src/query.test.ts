import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toQuery } from "./query.ts";

/** `text` has the cursor as "|", or a selection between two of them. */
function check(
  text: string,
  expected: [string, string] | undefined,
  language = "typescript",
): void {
  const [before = "", inner = "", after] = text.split("|");
  const selection = after === undefined ? "" : inner;
  const whole = before + inner + (after ?? "");
  const lines = whole.split("\n");
  const head = before.split("\n");
  const query = toQuery({
    language,
    selection,
    lines,
    line: head.length - 1,
    character: head.at(-1)?.length ?? 0,
  });
  expect(query && [query.text, query.mode]).toEqual(expected);
}

describe("what is searched for", () => {
  it("is the name under the cursor, with the type it belongs to", () => {
    check("user.getN|ame()", ["getName", "auto"]);
    check("user|.getName()", ["user", "auto"]);
    check("Files.read|String(path)", ["Files.readString", "auto"]);
    check("Files|.readString(path)", ["Files", "auto"]);
    check("std::Vec::n|ew()", ["Vec.new", "auto"]);
    check("名前.取得|()", ["取得", "auto"]);
    check("  return |;", undefined);
    check("|", undefined);
  });

  it("is the comment around the cursor, all lines of it, without its markers", () => {
    check("// reads a f|ile", ["reads a file", "description"]);
    check("// reads a file\n// line by l|ine\nread()", [
      "reads a file line by line",
      "description",
    ]);
    check("/**\n * Reads a fi|le.\n * @param path where\n */", ["Reads a file.", "description"]);
    check("read(); // li|ne by line", ["line by line", "description"]);
    check("re|ad(); // line by line", ["read", "auto"]);
    check("# parse d|ates", ["parse dates", "description"], "python");
    check("#inc|lude <vector>", ["include", "auto"], "cpp");
    check("-- sum of ord|ers", ["sum of orders", "description"], "sql");
    check('fetch("https://exa|mple.org")', ["example", "auto"]);
  });

  it("is what is selected", () => {
    check("const a = |readFile(path)|;", ["readFile(path)", "auto"]);
    check("|// one\n  // two|", ["one two", "description"]);
    check("|a b|", ["a b", "auto"]);
    check(`|${"x".repeat(5_000)}|`, ["x".repeat(2_000), "auto"]);
  });

  it("is found or not, and never fails, in any text", () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.nat(40),
        fc.constantFrom("python", "c", "sql"),
        (line, at, language) => {
          const query = toQuery({ language, selection: "", lines: [line], line: 0, character: at });
          expect(query === undefined || query.text.length > 0).toBe(true);
        },
      ),
    );
  });
});
