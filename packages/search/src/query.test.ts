import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_QUERY_LENGTH, type Mode, understand, type Understanding } from "./query.ts";

/** One line for an understanding, so that a table of them stays readable. */
function show(understood: Understanding): string {
  switch (understood.kind) {
    case "api":
      return `api ${understood.name.parts.join("|")}`;
    case "description":
      return `${understood.language}${understood.apis.map(({ parts }) => ` +${parts.join("|")}`).join("")}`;
    case "selection":
      return "selection";
    case "literal":
      return `literal ${understood.pattern.text}`;
    case "regex":
      return `regex ${understood.pattern.source} ${understood.pattern.flags}`.trim();
    case "error":
      return `error ${understood.trace.exception}`.trim();
  }
}

function check(rows: Readonly<Record<string, string>>, mode?: Mode): void {
  for (const [query, expected] of Object.entries(rows))
    expect(show(understand(query, mode)), query).toBe(expected);
}

describe("understand", () => {
  it("knows names in all their forms", () => {
    check({
      HashMap: "api HashMap",
      "java.util": "api java|util",
      "java.util.HashMap": "api java|util|HashMap",
      createSheet: "api createSheet",
      "XSSFWorkbook.create": "api XSSFWorkbook|create",
      "java.util.HashMap.pu": "api java|util|HashMap|pu",
      "TimeUnit.SECONDS": "api TimeUnit|SECONDS",
      "HashMap.": "api HashMap|",
      "std::vec::Vec": "api std|vec|Vec",
      "String#format()": "api String|format",
      "@Override": "api Override",
      excel: "api excel",
    });
  });
  it("knows descriptions, and the names that narrow them", () => {
    check({
      "read excel": "en",
      "how do I sort a list?": "en",
      "读取 Excel 文件": "mixed",
      读取文件: "zh",
      "read excel XSSFWorkbook": "en +XSSFWorkbook",
      "读取 Excel 文件 createSheet": "mixed +createSheet",
      "write a row with csv.writer": "en +csv|writer",
      "parse package.json": "en",
      read_csv: "api read_csv",
    });
  });
  it("knows text and patterns", () => {
    check({
      '"read timed out"': "literal read timed out",
      "/get\\w+Name/i": "regex get\\w+Name i",
      "catch (e) {": "literal catch (e) {",
      "foo(bar, 1);": "literal foo(bar, 1);",
      "x => x + 1": "literal x => x + 1",
    });
  });
  it("knows what a console prints", () => {
    check({
      "TypeError: Cannot read properties of undefined (reading 'x')": "error TypeError",
      'Exception in thread "main" java.lang.IllegalStateException: closed\n\tat a.B.c(B.java:3)':
        "error java.lang.IllegalStateException",
      'Traceback (most recent call last):\n  File "a.py", line 3, in f\n    g()\nValueError: bad':
        "error ValueError",
    });
  });
  it("takes several lines of code for a selection", () => {
    check({ "const a = 1;\nconst b = 2;": "selection" });
  });
  it("does as it is told", () => {
    check({ "read excel": "api read excel" }, "api");
    check({ HashMap: "en" }, "description");
    check({ "a.b": "literal a.b" }, "literal");
    check({ "a.b": "regex a.b" }, "regex");
  });
  it("refuses nothing and a pattern that does not parse", () => {
    expect(() => understand("  \n ")).toThrow(
      expect.objectContaining({ code: "QUERY_EMPTY" }) as Error,
    );
    expect(() => understand("/(/")).toThrow(
      expect.objectContaining({ code: "PATTERN_INVALID" }) as Error,
    );
  });
  it("understands any text, a very long one soon", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: "grapheme" }), (text) => {
        fc.pre(text.trim() !== "" && !/^\/.+\/[a-z]*$/s.test(text.trim()));
        expect(show(understand(text))).not.toBe("");
      }),
    );
    for (const piece of ["a ", "a.", "at x (", "(", '"', "文件", "0x1 ", "/a/a:1 ", "\n at "]) {
      const beganMs = performance.now();
      understand(piece.repeat(MAX_QUERY_LENGTH), "auto");
      understand(piece.repeat(MAX_QUERY_LENGTH), "error");
      expect(performance.now() - beganMs, piece).toBeLessThan(5_000);
    }
  });
});
