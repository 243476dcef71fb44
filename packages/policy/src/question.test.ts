import { expect, test } from "vitest";
import { products } from "./product.ts";
import { purposes } from "./purpose.ts";
import { consentQuestion } from "./question.ts";
import { languages } from "./text.ts";

test("[A3] a question names its receiver, its notice and two answers of equal rank", () => {
  const origin = "https://statistics.example";
  for (const purpose of ["usage-statistics", "ask-chosen-model"] as const) {
    const question = consentQuestion(purpose, origin);
    expect(question).toMatchObject({
      purpose,
      origin,
      noticeVersion: products.assistant.notice.version,
    });
    expect(purposes[purpose].noticeFirst).toBe(true);
    for (const language of languages) {
      expect(question.body[language]).toContain(origin);
      expect(question.allow[language]).not.toBe(question.refuse[language]);
    }
  }
});
