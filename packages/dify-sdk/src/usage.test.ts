import { expect, it } from "vitest";
import {
  estimatePromptTokens,
  estimateTokens,
  toEmbeddingUsage,
  toLanguageUsage,
} from "./usage.ts";

it("prices exactly, rounded half up to seven places", () => {
  const check = (tokens: number, price: string, unit: string, expected: string): void => {
    const usage = toLanguageUsage({ promptTokens: tokens, completionTokens: 0 }, 0, {
      input: price,
      unit,
      currency: "CNY",
    });
    expect(usage.prompt_price).toBe(expected);
  };
  check(3, "0.1", "1", "0.3"); // 0.30000000000000004 in binary
  check(1, "0.00000005", "1", "0.0000001");
  check(1, "0.00000004", "1", "0");
  check(1000, "0.0012", "0.001", "0.0012");
  check(123_456_789, "10", "0.000001", "1234.56789");
  check(0, "5", "1", "0");
});

it("adds prompt and completion", () => {
  const usage = toLanguageUsage({ promptTokens: 10, completionTokens: 20 }, 0.5, {
    input: "1",
    output: "2",
    unit: "0.001",
    currency: "USD",
  });
  expect(usage).toMatchObject({
    total_tokens: 30,
    prompt_price: "0.01",
    completion_price: "0.04",
    total_price: "0.05",
    latency: 0.5,
  });
  expect(toEmbeddingUsage(7, 0).total_price).toBe("0");
});

it("estimates letters by four and ideographs by one", () => {
  const check = (text: string, expected: number): void =>
    expect(estimateTokens(text)).toBe(expected);
  check("", 0);
  check("word", 1);
  check("你好", 2);
  check("👋", 1);
  expect(
    estimatePromptTokens(
      [
        {
          role: "user",
          content: [
            { type: "text", text: "word" },
            { type: "image", url: "x" },
          ],
        },
      ],
      [],
    ),
  ).toBe(7);
});
