import fc from "fast-check";
import { expect, test } from "vitest";
import { assessmentNeeds, missingAssessments, type AssessmentReason } from "./assessment.ts";
import { readFacts, type Facts, type ItemFacts } from "./facts.ts";
import { inventory } from "./inventory/index.ts";
import { publisher } from "./operator.ts";
import { products, type ProductKey } from "./product.ts";
import { dataMap, processingRecord, toCsv, toRecordCsv } from "./records.ts";

const productKeys = Object.keys(products) as ProductKey[];

test("the record of processing has every collected item of a product, and what article 30 asks of each activity", () => {
  for (const product of productKeys) {
    const record = processingRecord(product, publisher, "en");
    const collected = Object.entries(inventory).flatMap(([key, item]) =>
      item.product === product && item.state === "collected" ? [key] : [],
    );
    expect([...new Set(record.activities.flatMap(({ items }) => items))].toSorted()).toEqual(
      collected.toSorted(),
    );
    for (const activity of record.activities) {
      expect(
        activity.subjects.length &&
          activity.categories.length &&
          activity.periods.length &&
          activity.bases.length,
      ).toBeGreaterThan(0);
      expect(activity.transfers).toHaveLength(activity.recipients.length);
    }
    expect(record.measures.length).toBeGreaterThan(2);
    expect(toRecordCsv(record).split("\r\n")).toHaveLength(record.activities.length + 2);
  }
});

test("the record is there in Chinese, too", () => {
  expect(
    processingRecord("service", publisher, "zh").activities.find(
      ({ purpose }) => purpose === "sign-in",
    )?.title,
  ).toBe("登录");
  for (const product of productKeys)
    for (const { subjects, transfers } of processingRecord(product, publisher, "zh").activities)
      for (const words of [...subjects, ...transfers]) expect(words).not.toMatch(/[a-z]{2}/);
});

test("a table survives being read back, and no cell of it is a formula", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), { maxLength: 5 }),
      (rows) => {
        const read = readCsv(toCsv(rows));
        expect(read.map((row) => row.map((cell) => cell.replace(/^'(?=[=+\-@\t\r])/, "")))).toEqual(
          rows.map((row) => row.map((cell) => cell.replace(/^'(?=[=+\-@\t\r])/, ""))),
        );
        for (const cell of read.flat()) expect(cell).not.toMatch(/^[=+@\t\r]/);
      },
    ),
  );
  expect(toCsv([["=1+1", "-5", "-a", 'say "hi"']])).toBe(`'=1+1,-5,'-a,"say ""hi"""\r\n`);
});

test("the data map has every flow from origin to purpose to recipient", () => {
  const { flows, origins, purposes, recipients } = dataMap("service");
  expect(origins).toEqual(["provided", "observed"]);
  expect(recipients).toEqual(["mail-service", "competent-authority"]);
  const nodes = new Set<string>([...origins, ...purposes, ...recipients]);
  for (const { from, to, count } of flows) {
    expect(nodes.has(from) && nodes.has(to)).toBe(true);
    expect(count).toBeGreaterThan(0);
  }
  expect(flows).toContainEqual({ from: "service-mail", to: "mail-service", count: 3 });
});

const before = readFacts("service");

function checkNeeds(
  change: {
    readonly items?: Record<string, Partial<ItemFacts>>;
    readonly recipients?: Facts["recipients"];
  },
  expected: readonly AssessmentReason[],
): void {
  const items = Object.fromEntries(
    Object.entries(change.items ?? {}).map(([key, item]) => [
      key,
      Object.assign({}, before.items[key], item),
    ]),
  );
  const after: Facts = {
    ...before,
    items: { ...before.items, ...items },
    recipients: { ...before.recipients, ...change.recipients },
  };
  const needs = assessmentNeeds(before, after);
  expect(needs.map(({ reason }) => reason)).toEqual(expected);
  const covers = needs.map(({ where }) => where);
  expect(missingAssessments(needs, [])).toEqual(needs);
  expect(
    missingAssessments(needs, [{ id: "DPIA-2026-01", covers, approvedOn: "2026-11-22" }]),
  ).toEqual([]);
}

test("a risky change of the inventory asks for an assessment that names it", () => {
  const title = { en: "A host", zh: "主机商" };
  const wifi =
    Object.keys(before.items).find(
      (key) => before.items[key]?.category === "user.device.cc_wifi_credentials",
    ) ?? "";
  const device =
    Object.keys(before.items).find(
      (key) => before.items[key]?.category === "user.device.device_id",
    ) ?? "";
  checkNeeds({}, []);
  checkNeeds({ items: { "service.username": { title } } }, []);
  checkNeeds({ items: { [wifi]: { state: "collected" } } }, ["sensitive-data"]);
  checkNeeds({ items: { [device]: { state: "collected" } } }, ["device-identity"]);
  checkNeeds({ items: { "service.page-views": { personal: true } } }, ["becomes-personal"]);
  checkNeeds({ items: { "service.support-messages": { purposes: ["support", "count-visits"] } } }, [
    "joined-purpose",
  ]);
  checkNeeds({ recipients: { host: { title, place: "elsewhere", transfer: "none" } } }, [
    "new-recipient",
  ]);
  checkNeeds(
    { recipients: { "mail-service": { title, place: "elsewhere", transfer: "contract-clauses" } } },
    ["transfer-abroad"],
  );
});

/** An independent reader of RFC 4180. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charAt(index);
    if (quoted) {
      if (char === '"' && text.charAt(index + 1) === '"') cell += text.charAt((index += 1));
      else if (char === '"') quoted = false;
      else cell += char;
    } else if (char === '"' && cell === "") quoted = true;
    else if (char === ",") {
      row.push(cell);
      cell = "";
    } else if (char === "\r" && text.charAt(index + 1) === "\n") {
      rows.push([...row, cell]);
      row = [];
      cell = "";
      index += 1;
    } else cell += char;
  }
  return rows;
}
