import type { CounterKey } from "@cloud-code/policy";
import { counters, figures, products, reportItems } from "@cloud-code/policy";
import {
  buildReport,
  type Counts,
  minGroup,
  reportPath,
  weekMs,
  weekOf,
} from "@cloud-code/telemetry";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestService, TestBrowser, testableKinds, type TestService } from "../testing/index.ts";
import { UsageStore } from "./store.ts";
import { usageWeeks, usageWeeksClassified } from "./tables.ts";

describe.each(testableKinds())("usage statistics on the %s database", (kind) => {
  let service: TestService;
  let store: UsageStore;

  beforeAll(async () => {
    service = await openTestService(kind);
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

  test("[A8] the receiver takes a report once its week is over, and of anything else nothing", async () => {
    const post = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
      Promise.resolve(
        service.app.request(reportPath, {
          method: "POST",
          headers: { "content-type": "application/json", ...headers },
          body,
        }),
      );
    const week = weekOf(Date.now() - weekMs);
    const { version } = products.assistant.notice;
    const body = buildReport({
      consentVersion: version,
      week,
      counts: { ...counts, triggers: 40 },
    });
    const before = await service.services.database.orm.select().from(usageWeeks);
    for (const [wrong, status] of [
      [body.replace("{", '{"device":"a",'), 422],
      [body.replace(`"consentVersion":${version}`, `"consentVersion":${version - 1}`), 403],
      [body.replace(`"consentVersion":${version},`, ""), 422],
      [`${body}${" ".repeat(2_000)}`, 413],
      ["nonsense", 400],
    ] as const)
      expect([wrong, (await post(wrong)).status]).toEqual([wrong, status]);
    expect(await service.services.database.orm.select().from(usageWeeks)).toEqual(before);
    expect((await post(body, { origin: "https://elsewhere.example" })).status).toBe(403);
    expect(await service.services.database.orm.select().from(usageWeeks)).toEqual(before);
    expect((await post(body)).status).toBe(204);
    const rows = await service.services.database.orm.select().from(usageWeeks);
    expect(rows.find((row) => row.week === week)).toMatchObject({ reports: expect.any(Number) });
  });
});
