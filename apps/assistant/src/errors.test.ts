import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { AssistantError, type ErrorCode, reasonOf, wordError } from "./errors.ts";
import { toLocale } from "./words.ts";

// The codes as the source lists them: the type is gone at run time.
const source = readFileSync(new URL("errors.ts", import.meta.url), "utf8");
const codes = [...source.matchAll(/^ {2}\| "([A-Z0-9_]+)"/gm)].map(([, code]) => code as ErrorCode);

describe("errors", () => {
  it("have a sentence in both languages, about the same facts", () => {
    expect(codes.length).toBeGreaterThan(20);
    const facts = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    for (const code of codes) {
      const [english, chinese] = [wordError(code, {}, "en"), wordError(code, {}, "zh")];
      expect([code, facts(chinese)]).toEqual([code, facts(english)]);
      expect([code, /[\u4e00-\u9fff]/.test(english)]).toEqual([code, false]);
      expect([code, /[\u4e00-\u9fff]/.test(chinese)]).toEqual([code, true]);
    }
  });

  it("name what failed, and keep the cause", () => {
    const cause = Object.assign(new Error("no space left"), { code: "ENOSPC" });
    const error = new AssistantError(
      "INDEX_UNWRITABLE",
      { path: "/x", reason: reasonOf(cause) },
      { cause },
    );
    expect(error).toMatchObject({ code: "INDEX_UNWRITABLE", cause });
    expect(error.message).toContain("/x (ENOSPC)");
  });

  it("do not take a detail for a pattern", () => {
    expect(wordError("FILE_NOT_FOUND", { path: "$&{path}" }, "en")).toContain("no file $&{path}.");
  });
});

describe("the person's language", () => {
  it("is Chinese for every kind of Chinese, otherwise English", () => {
    const tags = [
      "zh",
      "zh_CN.UTF-8",
      "zh-Hans",
      "ZH-tw",
      "en_US.UTF-8",
      "C",
      "zha",
      "de",
      undefined,
    ];
    expect(tags.map(toLocale)).toEqual(["zh", "zh", "zh", "zh", "en", "en", "en", "en", "en"]);
  });
});
