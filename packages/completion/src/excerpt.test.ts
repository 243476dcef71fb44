import { describe, expect, it } from "vitest";
import { excerptAround } from "./excerpt.ts";

const METHOD =
  "    /**\n     * Adds; see {@code a;}\n     */\n    int add(int a) {\n        return a + 1;\n    }\n\n";
const LONG = `class A {\n${METHOD.repeat(4000)}}\n`;

describe("the excerpt of a document", () => {
  it("is all of it, unless it is long", () => {
    expect(excerptAround(METHOD, 10)).toEqual({ start: 0, end: METHOD.length });
    expect(excerptAround(LONG, 10).start).toBe(0);
  });

  it("holds much above and below the cursor, and begins where a statement begins", () => {
    for (let offset = 0; offset < LONG.length; offset += 9973) {
      const { start, end } = excerptAround(LONG, offset);
      expect(end - start).toBeLessThan(200 * 1024);
      expect(Math.min(offset, 60 * 1024)).toBeLessThanOrEqual(offset - start);
      expect(end).toBeGreaterThanOrEqual(Math.min(LONG.length, offset + 32 * 1024));
      expect(LONG.slice(start, start + 30)).toMatch(/^(class|    int add|        return|    \})/u);
    }
  });

  it("stays where it is while a person types", () => {
    const offset = 400_000;
    const typed = `${LONG.slice(0, offset)}x = 1;${LONG.slice(offset)}`;
    expect(excerptAround(typed, offset + 6).start).toBe(excerptAround(LONG, offset).start);
  });

  it("does not begin inside a literal of several lines", () => {
    const body = "x = 1;\n\nnot code;\n\n".repeat(4000);
    const text = `a = """${body}"""\n${"b = 2\n\n".repeat(20_000)}`;
    const { start } = excerptAround(text, body.length + 70 * 1024);
    expect(text.slice(start, start + 5)).toBe("b = 2");
  });

  it("begins at the next line where no good place is found", () => {
    const text = "x, y,\n".repeat(40_000);
    const { start } = excerptAround(text, 200_000);
    expect(text[start - 1]).toBe("\n");
  });
});
