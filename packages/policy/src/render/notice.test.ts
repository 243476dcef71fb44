import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { ChangeKind } from "../compare.ts";
import { readFacts } from "../facts.ts";
import { counters } from "../figures.ts";
import { inventory } from "../inventory/index.ts";
import { measures } from "../measures.ts";
import type { ProductKey } from "../product.ts";
import { products } from "../product.ts";
import { purposes } from "../purpose.ts";
import { recipients } from "../recipient.ts";
import type { Language, Text } from "../text.ts";
import { languages } from "../text.ts";
import type { Notice } from "./document.ts";
import { toMarkdown, toPlainText } from "./document.ts";
import { renderNotice } from "./notice.ts";
import { checkRelease } from "./release.ts";

const keys: readonly ProductKey[] = ["assistant", "gateway", "service"];

/** Expects a text in the notice of a product, in each language the words of that language. */
function check(product: ProductKey, expected: Text, section?: string): void {
  for (const language of languages) {
    const notice = renderNotice(product, language);
    const sections = notice.sections.filter(({ id }) => section === undefined || id === section);
    expect(toPlainText({ ...notice, sections })).toContain(expected[language]);
  }
}

describe("what a notice says", () => {
  test("[A1] the assistant's notice covers the assistant only, and says that the IDE has its own policy", () => {
    const [first] = renderNotice("assistant", "en").sections;
    expect(first?.id).toBe("scope");
    check(
      "assistant",
      { en: "covers the Cloud Code assistant only", zh: "仅适用于 Cloud Code 编程助手" },
      "scope",
    );
    check(
      "assistant",
      { en: "editor (IDE) you use it in has a privacy policy of its own", zh: "编辑器（IDE）另有" },
      "scope",
    );
  });

  test("[A5] the assistant's notice lists eight figures and every counter", () => {
    for (const language of languages) {
      const statistics = renderNotice("assistant", language).sections.find(
        ({ id }) => id === "statistics",
      );
      const table = statistics?.blocks.find((block) => block.kind === "table");
      expect(table?.rows).toHaveLength(8);
    }
    for (const { item } of Object.values(counters)) {
      check("assistant", inventory[item].title, "statistics");
    }
  });

  test("[A9] [C15] every notice names a contact and the 15 days", () => {
    for (const product of keys) check(product, { en: "within 15 days", zh: "15 天内" }, "contact");
  });

  test("[G5] the gateway's notice links the policies of aliyun.com and of alibabacloud.com", () => {
    for (const language of languages) {
      const markdown = toMarkdown(renderNotice("gateway", language));
      expect(markdown).toMatch(/aliyun\.com.*\]\(<https:\/\/terms\.aliyun\.com\//);
      expect(markdown).toMatch(/alibabacloud\.com.*\]\(<https:\/\/www\.alibabacloud\.com\//);
    }
  });

  test("[G6] [G9] the gateway's notice states responsibilities and a disclaimer", () => {
    for (const text of [
      { en: "right to transmit", zh: "有权传输" },
      { en: "use is lawful", zh: "符合您及相关个人所在地的法律" },
      { en: "terms of the AI service's provider", zh: "AI 服务提供商的条款" },
      { en: "credentials are kept safe", zh: "妥善保管凭证" },
    ]) {
      check("gateway", text, "responsibilities");
    }
    check(
      "gateway",
      { en: "no influence on what the AI service's provider", zh: "均不受我们控制" },
      "disclaimer",
    );
  });

  test("[C3] every item stands in its product's notice, with what becomes of it", () => {
    for (const item of Object.values(inventory)) {
      check(item.product, item.title);
      if (item.state === "refused") {
        check(item.product, item.because, "refused");
        continue;
      }
      for (const purpose of item.purposes) check(item.product, purposes[purpose].title, "purposes");
      for (const recipient of item.recipients) {
        check(item.product, recipients[recipient].when, "disclosures");
      }
      if (item.origin === "provided") check(item.product, item.without);
      if (item.erasure.kind === "keep") check(item.product, item.erasure.because, "retention");
    }
  });

  test("[C4] [C6] [C10] uses, disclosures and measures are spelled out, not left empty", () => {
    for (const product of keys) {
      for (const id of ["purposes", "disclosures", "protection"]) {
        const section = renderNotice(product, "en").sections.find((part) => part.id === id);
        const entries = section?.blocks.flatMap((block) =>
          block.kind === "list" ? block.items : block.kind === "table" ? block.rows : [],
        );
        expect(entries?.length, `${product} ${id}`).toBeGreaterThan(1);
      }
    }
    for (const { text, products: having } of measures) {
      for (const product of having) check(product, text, "protection");
    }
  });

  test("[C7] the service's notice promises an answer in one month and at most two more", () => {
    check("service", { en: "within one month", zh: "一个月内答复" }, "rights");
    check("service", { en: "up to two further months", zh: "再延长至多两个月" }, "rights");
  });

  test("whoever runs a service puts their own name and address on its notice", () => {
    const operator = {
      name: { en: "Example_Ltd | R&D", zh: "示例公司" },
      contact: { en: "the privacy desk", zh: "隐私事务部" },
      contactUrl: "mailto:privacy@example.org",
      processors: [
        {
          name: "Example Mail",
          task: { en: "sends our mail", zh: "代发邮件" },
          place: { en: "Germany", zh: "德国" },
        },
      ],
    };
    const notice = renderNotice("service", "en", operator);
    expect(toPlainText(notice)).toContain("run by Example_Ltd | R&D.");
    expect(toPlainText(notice)).toContain("the privacy desk <mailto:privacy@example.org>");
    expect(toMarkdown(notice)).toContain("| Example Mail | sends our mail | Germany |");
    expect(toMarkdown(notice)).toContain("run by Example_Ltd \\| R&D.");
    expect(toMarkdown(notice)).toContain("[the privacy desk](<mailto:privacy@example.org>)");
  });
});

test("both languages say the same things in the same order", () => {
  for (const product of keys) {
    const [english, chinese] = languages.map((language) =>
      outline(renderNotice(product, language)),
    );
    expect(chinese).toEqual(english);
  }
});

test("no sentence was left in the other language", () => {
  for (const product of keys) {
    expect(toPlainText(renderNotice(product, "en"))).not.toMatch(/\p{Script=Han}/u);
    for (const line of toPlainText(renderNotice(product, "zh")).split("\n")) {
      // Names such as "Cookie" may stand alone; five words in a row are a sentence.
      expect(line).not.toMatch(/(?:\b[a-z]+\b[ ,]+){4}[a-z]+/);
    }
  }
});

describe("releases", () => {
  const released = (product: ProductKey, language: Language): string =>
    readFileSync(new URL(`../../notices/${product}.${language}.md`, import.meta.url), "utf8");

  test("[G8] [C14] every notice reads letter by letter as it was released; if not, run `npm run notices -w @cloud-code/policy`", () => {
    for (const product of keys) {
      for (const language of languages) {
        const notice = renderNotice(product, language);
        expect(toMarkdown(notice)).toBe(released(product, language));
        expect(notice.lastUpdated).toBe(products[product].notice.lastUpdated);
        expect(toMarkdown(notice).split("\n")[2]).toContain(notice.lastUpdated);
      }
    }
  });

  test("[C14] the facts of every notice are frozen as released; if not, run `npm run notices -w @cloud-code/policy`", () => {
    for (const product of keys) {
      const file = new URL(`../../notices/${product}.facts.json`, import.meta.url);
      expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(readFacts(product));
    }
  });

  test("[G8] a changed text is released only with a higher number and the day of the change", () => {
    const before: Notice = { ...renderNotice("gateway", "en"), version: 2, revision: 3 };
    const dated: Notice = { ...before, dateline: "Version 2.3. Last updated: 2026-11-22." };
    const text = toMarkdown(dated);
    const changed: Notice = { ...dated, title: "Other words" };
    const verdict = (
      notice: Notice,
      old: string | undefined,
      today: string,
      change: ChangeKind = "editorial",
    ): string => checkRelease(notice, old, today, change).kind;
    expect(verdict(dated, text, "2030-01-01")).toBe("unchanged");
    expect(verdict(dated, undefined, dated.lastUpdated)).toBe("allowed");
    expect(verdict(dated, undefined, "2030-01-01")).toBe("refused");
    expect(verdict(changed, text, dated.lastUpdated)).toBe("refused");
    expect(verdict({ ...changed, revision: 2 }, text, dated.lastUpdated)).toBe("refused");
    expect(verdict({ ...changed, version: 1, revision: 9 }, text, dated.lastUpdated)).toBe(
      "refused",
    );
    expect(verdict({ ...changed, revision: 4 }, text, "2030-01-01")).toBe("refused");
    const advanced = { ...changed, revision: 4, lastUpdated: "2030-01-01" };
    expect(verdict(advanced, text, "2029-12-31")).toBe("refused");
    expect(verdict(advanced, text, "2030-01-01")).toBe("allowed");
    expect(verdict({ ...advanced, version: 3, revision: 0 }, text, "2030-01-01")).toBe("allowed");
    // Something new, not only new words: a higher revision is not enough.
    for (const change of ["notice", "ask-again"] as const) {
      expect(verdict(advanced, text, "2030-01-01", change)).toBe("refused");
      expect(verdict({ ...advanced, version: 3, revision: 0 }, text, "2030-01-01", change)).toBe(
        "allowed",
      );
    }
  });
});

function outline(notice: Notice): unknown {
  return notice.sections.map(({ id, blocks }) => [
    id,
    blocks.map((block) =>
      block.kind === "table"
        ? [block.columns.length, block.rows.length]
        : [block.kind, (block.kind === "list" ? block.items : block.content).length],
    ),
  ]);
}
