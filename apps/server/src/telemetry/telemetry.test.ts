import type { CounterKey } from "@cloud-code/policy";
import { counters, figures, reportItems } from "@cloud-code/policy";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestService, TestBrowser, type TestService } from "../testing/index.ts";
import type { Counts } from "./store.ts";
import { minGroup, UsageStore } from "./store.ts";
import { usageWeeks, usageWeeksClassified } from "./tables.ts";

let service: TestService;
let store: UsageStore;

beforeAll(async () => {
  service = await openTestService();
  store = new UsageStore(service.services);
});

afterAll(async () => {
  await service.close();
});

const keys = Object.keys(counters) as CounterKey[];
const counts = Object.fromEntries(keys.map((key, index) => [key, index + 1])) as Counts;

async function report(week: string, times: number): Promise<void> {
  for (let time = 0; time < times; time++) expect(await store.add({ week, counts })).toBe(true);
}

test("[A5] the receiver's table has the report's items and a number of reports, nothing else", () => {
  const items = Object.values(usageWeeksClassified.columns).filter((item) => item !== "state");
  const sent = reportItems.filter(
    (item) =>
      item !== "assistant.report.schema-version" && item !== "assistant.report.consent-version",
  );
  expect(items.toSorted()).toEqual(sent.toSorted());
});

test("[A6] ten reports are shown as their sum; of fewer not even the number is told", async () => {
  await report("2026-W45", minGroup - 1);
  await report("2026-W46", minGroup);
  expect(await store.weeks()).toEqual([
    { kind: "too-few", week: "2026-W45" },
    {
      kind: "shown",
      week: "2026-W46",
      reports: minGroup,
      counts: Object.fromEntries(keys.map((key) => [key, minGroup * counts[key]])),
    },
  ]);
});

test("[A6] reports that come at the same time are all counted, and none leaves a row of its own", async () => {
  await Promise.all(Array.from({ length: 12 }, () => store.add({ week: "2026-W47", counts })));
  const rows = await service.services.database.orm.select().from(usageWeeks);
  expect(rows.filter(({ week }) => week === "2026-W47")).toMatchObject([
    { reports: 12, triggers: 12 },
  ]);
});

test("[A5] the page draws eight figures, each with its table, and averages are of sums", async () => {
  const browser = new TestBrowser(service);
  expect((await browser.get("/statistics")).status).toBe(200);
  expect(browser.html.match(/<svg class="chart"/g)).toHaveLength(8);
  for (const { title } of Object.values(figures)) expect(browser.html).toContain(title.en);
  expect(browser.html).toContain("2026-W46");
  expect(browser.html).not.toContain("2026-W45");
  // Average rank: acceptRankSum ÷ accepts = 3 ÷ 2.
  expect(browser.html).toContain(">1.50<");
});
