import { expect, test } from "vitest";
import { say, sayBytes, sayLanguage, sayMoment, sayNumber, toLanguage } from "./words.ts";

test("a text is filled with its details, and a detail that is missing shows its name", () => {
  expect(say("page", "en", { page: 2, pages: 9 })).toBe("Page 2 of 9");
  expect(say("page", "zh", { page: 2, pages: 9 })).toBe("第 2 页，共 9 页");
  expect(say("page", "en", { page: 2 })).toBe("Page 2 of {pages}");
  expect(say("failed", "en", { constructor: 1 })).toBe("The search did not work");
});

test("numbers, sizes and moments are written as the language writes them", () => {
  expect(sayNumber(1_204.26, "en", 1)).toBe("1,204.3");
  const check = (bytes: number, expected: string): void =>
    expect(sayBytes(bytes, "en")).toBe(expected);
  check(0, "0 bytes");
  check(999, "999 bytes");
  check(1_500, "1.5 kB");
  check(18_400_000, "18 MB");
  expect(sayMoment("2026-11-22T13:00:00Z", "en")).toContain("2026");
  expect(sayMoment("soon", "en")).toBe("soon");
});

test("languages of people and of programs are known by their tags", () => {
  expect(["zh-CN", "ZH", "en-GB", "", "zhx"].map(toLanguage)).toEqual([
    "zh",
    "zh",
    "en",
    "en",
    "en",
  ]);
  expect([sayLanguage("cpp"), sayLanguage("cobol")]).toEqual(["C++", "cobol"]);
});
