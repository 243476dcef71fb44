import { counters, reportItems } from "@cloud-code/policy";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { counterKeys, type Counts, noCounts } from "./counts.ts";
import { buildReport, maxReportBytes, parseReport, type Report, roundCount } from "./report.ts";
import { weekOf } from "./week.ts";

const counts: fc.Arbitrary<Counts> = fc
  .record(
    Object.fromEntries(
      counterKeys.map((key) => [key, fc.integer({ min: 0, max: counters[key].maxPerWeek })]),
    ),
  )
  .map((drawn) => ({ ...noCounts, ...drawn, triggers: Math.max(20, drawn["triggers"] ?? 0) }));

const anyReport: fc.Arbitrary<Report> = fc.record({
  consentVersion: fc.integer({ min: 1, max: 999 }),
  week: fc.integer({ min: 0, max: Date.UTC(2100, 0) }).map(weekOf),
  counts,
});

const sample: Report = {
  consentVersion: 1,
  week: "2026-W47",
  counts: { ...noCounts, triggers: 123, accepts: 7, acceptCharSum: 1_250 },
};
const text = buildReport(sample);

describe("[A5] a report", () => {
  it("is these bytes for these numbers", () => {
    expect(text).toBe(
      '{"schemaVersion":1,"consentVersion":1,"week":"2026-W47","triggers":120,"accepts":7,"acceptRankSum":0,"acceptCharSum":1300,' +
        '"responseMsSum":0,"responses":0,"searchPrompts":0,"searches":0,"searchAccepts":0,"searchAcceptRankSum":0,"snippetClicks":0,"pageTurns":0}',
    );
  });

  it("has the items of the inventory and no other", () => {
    const envelope = {
      schemaVersion: "schema-version",
      consentVersion: "consent-version",
      week: "week",
    };
    const fields = Object.keys(JSON.parse(text) as object);
    const items = fields.map((field) =>
      field in envelope
        ? `assistant.report.${envelope[field as keyof typeof envelope]}`
        : counters[field as keyof typeof counters].item,
    );
    expect(items).toEqual(reportItems);
  });

  it("is read as it was written, and written as it was read", () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const written = buildReport(report);
        const parsed = parseReport(written);
        expect(parsed.kind).toBe("report");
        if (parsed.kind !== "report") return;
        expect(buildReport(parsed.report)).toBe(written);
        expect(parsed.report.week).toBe(report.week);
        for (const key of counterKeys)
          expect(parsed.report.counts[key]).toBe(roundCount(report.counts[key]));
        expect(Buffer.byteLength(written)).toBeLessThanOrEqual(maxReportBytes);
        expect(written).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });

  it("rounds to two significant digits", () => {
    const check = (count: number, rounded: number): void =>
      expect([count, roundCount(count)]).toEqual([count, rounded]);
    check(0, 0);
    check(99, 99);
    check(104, 100);
    check(105, 110);
    check(1_249, 1_200);
    check(1_250, 1_300);
    check(995, 1_000);
    check(604_800_000, 600_000_000);
  });

  it("is refused in every other form", () => {
    const check = (body: string, because: string): void =>
      expect([body, parseReport(body)]).toEqual([body, expect.objectContaining({ because })]);
    const changed = (change: object): string =>
      JSON.stringify({ ...(JSON.parse(text) as object), ...change });
    check("", "not-json");
    check("{", "not-json");
    check("[]", "not-an-object");
    check("null", "not-an-object");
    check(changed({ user: "Li Lei" }), "unknown-field");
    check(changed({ __proto__: 1, id: 1 }), "unknown-field");
    check("{}", "missing-field");
    check(changed({ schemaVersion: 2 }), "schema-version");
    check(changed({ consentVersion: 0 }), "consent-version");
    check(changed({ consentVersion: "1" }), "consent-version");
    check(changed({ consentVersion: 1_000 }), "consent-version");
    check(changed({ week: "2026-W54" }), "week");
    check(changed({ week: 47 }), "week");
    check(changed({ week: "2026-11-22" }), "week");
    check(changed({ triggers: -1 }), "count");
    check(changed({ triggers: 20.5 }), "count");
    check(changed({ triggers: 604_801 }), "count");
    check(changed({ accepts: "7" }), "count");
    check(changed({ triggers: 123 }), "not-rounded");
    check(changed({ triggers: 19 }), "too-few-triggers");
    check(` ${text}`, "not-canonical");
    check(`${text}\n`, "not-canonical");
    check(text.replace('"triggers":120', '"triggers":120,"triggers":120'), "not-canonical");
    check(text.replace("120", "1.2e2"), "not-canonical");
    check(text.replace('"triggers"', '"\\u0074riggers"'), "not-canonical");
    check(
      text.replace('"accepts":7,"acceptRankSum":0', '"acceptRankSum":0,"accepts":7'),
      "not-canonical",
    );
    check(text.replace('"accepts":7', '"accepts":-0'), "not-canonical");
  });

  it("is refused or canonical whatever the text is", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), anyReport.map(buildReport)), (body) => {
        const parsed = parseReport(body);
        expect(parsed.kind === "refused" || buildReport(parsed.report) === body).toBe(true);
      }),
    );
  });
});
