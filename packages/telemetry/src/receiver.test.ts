import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
} from "node:fs";
import { request as send } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noCounts } from "./counts.ts";
import { ReportFolder } from "./folder.ts";
import { createReceiver } from "./receiver.ts";
import { buildReport, type Report } from "./report.ts";
import { serve } from "./serve.ts";
import { minGroup, summarise } from "./summary.ts";
import { startOf, weekMs } from "./week.ts";

const report: Report = {
  consentVersion: 2,
  week: "2026-W47",
  counts: { ...noCounts, triggers: 120, accepts: 7 },
};
const afterMs = (startOf("2026-W48") ?? 0) + 7_200_000;

function start(nowMs: number = afterMs): {
  readonly folder: string;
  readonly store: ReportFolder;
  readonly post: (
    body: BodyInit,
    headers?: Record<string, string>,
  ) => Promise<{ status: number; code?: string }>;
  readonly receive: (request: Request) => Promise<Response>;
} {
  const folder = join(mkdtempSync(join(tmpdir(), "reports-")), "data");
  const store = new ReportFolder(folder);
  const receive = createReceiver({
    store,
    isConsentValid: (version) => version === 2,
    now: () => nowMs,
  });
  return {
    folder,
    store,
    receive,
    post: async (body, headers = {}) => {
      const response = await receive(
        new Request("https://receiver.example/v1/usage-reports", {
          method: "POST",
          headers: { "Content-Type": "application/json", ...headers },
          body,
        }),
      );
      const text = await response.text();
      const { code } = (text === "" ? {} : JSON.parse(text)) as { code?: string };
      return { status: response.status, ...(code === undefined ? {} : { code }) };
    },
  };
}

describe("a receiver", () => {
  it("[A5] [A6] stores the report and nothing else: no address, no header, no time", async () => {
    const { folder, post } = start();
    const headers = {
      "X-Forwarded-For": "203.0.113.9",
      "User-Agent": "Editor/9.9 (Li Lei's laptop)",
      Cookie: "session=8c1f",
      Referer: "https://wiki.example/people/li-lei",
    };
    expect(await post(buildReport(report), headers)).toEqual({ status: 204 });
    expect(readdirSync(folder)).toEqual(["2026-W47.jsonl"]);
    const path = join(folder, "2026-W47.jsonl");
    expect(readFileSync(path, "utf8")).toBe(`${buildReport(report)}\n`);
    expect(statSync(path).mtimeMs).toBe(startOf("2026-W47"));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("[A8] stores nothing of a request that it refuses", async () => {
    const { folder, post } = start();
    const good = buildReport(report);
    const check = async (body: BodyInit, status: number, code: string): Promise<void> =>
      expect(await post(body), code).toEqual({ status, code });
    await check("", 400, "not-json");
    await check("{", 400, "not-json");
    await check(new Uint8Array([0x22, 0xff, 0x22]), 400, "not-utf8");
    await check(good.replace("{", '{"user":"Li Lei",'), 422, "unknown-field");
    await check(good.replace('"consentVersion":2,', ""), 422, "missing-field");
    await check(
      good.replace('"consentVersion":2', '"consentVersion":null'),
      422,
      "consent-version",
    );
    await check(good.replace('"consentVersion":2', '"consentVersion":1'), 403, "consent-not-valid");
    await check(good.replace('"consentVersion":2', '"consentVersion":3'), 403, "consent-not-valid");
    await check(good.replace('"triggers":120', '"triggers":604801'), 422, "count");
    await check(good.replace('"triggers":120', '"triggers":121'), 422, "not-rounded");
    await check(
      good.replace('"triggers":120', '"triggers":120,"triggers":120'),
      422,
      "not-canonical",
    );
    await check(`\ufeff${good}`, 400, "not-json");
    await check(good + " ".repeat(1_024), 413, "too-large");
    await check(new Uint8Array(5_000_000), 413, "too-large");
    expect(existsSync(folder)).toBe(false);
  });

  it("takes a week that is over, and for as long as a sender tries", async () => {
    const endMs = startOf("2026-W48") ?? 0;
    const check = async (nowMs: number, status: number): Promise<void> =>
      expect([nowMs, (await start(nowMs).post(buildReport(report))).status]).toEqual([
        nowMs,
        status,
      ]);
    await check(endMs - 3_600_001, 422);
    await check(endMs - 1_800_000, 204);
    await check(endMs + 6 * weekMs, 204);
    await check(endMs + 6 * weekMs + 1, 422);
  });

  it("answers other requests as HTTP has it", async () => {
    const { receive } = start();
    const check = async (path: string, init: RequestInit, status: number): Promise<void> => {
      const response = await receive(new Request(`https://receiver.example${path}`, init));
      expect([path, init, response.status]).toEqual([path, init, status]);
    };
    await check("/", {}, 404);
    await check("/v1/usage-reports/", { method: "POST" }, 404);
    await check("/v1/usage-reports", {}, 405);
    await check("/v1/usage-reports", { method: "DELETE" }, 405);
    await check("/v1/usage-reports", { method: "POST", body: buildReport(report) }, 415);
  });

  it("says that it failed when its store does, and to its operator why", async () => {
    const failures: unknown[] = [];
    const receive = createReceiver({
      store: { add: () => Promise.reject(new Error("disk")) },
      isConsentValid: () => true,
      now: () => afterMs,
      failed: (error) => failures.push(error),
    });
    const headers = { "Content-Type": "application/json" };
    const body = buildReport(report);
    const response = await receive(
      new Request("https://a.example/v1/usage-reports", { method: "POST", headers, body }),
    );
    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain("disk");
    expect(failures.length).toBe(1);
  });

  it("never breaks, whatever the body is", async () => {
    const { receive } = start();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 1_500 }), async (bytes) => {
        const headers = { "Content-Type": "application/json" };
        const { status } = await receive(
          new Request("https://a.example/v1/usage-reports", {
            method: "POST",
            headers,
            body: bytes,
          }),
        );
        expect(status).toBeGreaterThanOrEqual(400);
        expect(status).toBeLessThan(500);
      }),
    );
  });

  it("answers a body without end, and one that stops, over a real connection", async () => {
    const { receive } = start();
    const running = await serve(receive, { host: "127.0.0.1", port: 0 });
    const post = (
      headers: Record<string, string | number>,
      parts: readonly string[],
    ): Promise<number> =>
      new Promise((resolve, reject) => {
        const sending = send({
          port: running.port,
          path: "/v1/usage-reports",
          method: "POST",
          headers,
        });
        sending.on("response", (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
          sending.destroy();
        });
        sending.on("error", reject);
        for (const part of parts) sending.write(part);
      });
    const json = { "Content-Type": "application/json" };
    expect(await post({ ...json, "Transfer-Encoding": "chunked" }, ["x".repeat(100_000)])).toBe(
      413,
    );
    const whole = buildReport(report);
    expect(
      await post({ ...json, "Content-Length": whole.length }, [whole.slice(0, 9), whole.slice(9)]),
    ).toBe(204);
    await running.close();
  });
});

describe("a folder of reports", () => {
  it("[A7] keeps what it acknowledged, drops a line that was cut short, and goes on after it", async () => {
    const { folder, store } = start();
    await store.add(report);
    appendFileSync(join(folder, "2026-W47.jsonl"), buildReport(report).slice(0, 50));
    const next = new ReportFolder(folder);
    expect((await next.reports()).length).toBe(1);
    await next.add({ ...report, counts: { ...report.counts, accepts: 8 } });
    expect((await next.reports()).map(({ counts }) => counts.accepts)).toEqual([7, 8]);
  });

  it("[A7] deletes a week, all, and what is older than a year", async () => {
    const { store } = start();
    for (const week of ["2025-W46", "2025-W47", "2026-W47"]) await store.add({ ...report, week });
    await store.sweep(startOf("2026-W47") ?? 0);
    expect((await store.reports()).map(({ week }) => week)).toEqual(["2025-W47", "2026-W47"]);
    expect(await store.purge("2025-W47")).toBe(1);
    expect(await store.purge()).toBe(1);
    expect(await store.reports()).toEqual([]);
  });

  it("takes many at once", async () => {
    const { store } = start();
    await Promise.all(Array.from({ length: 50 }, () => store.add(report)));
    expect((await store.reports()).length).toBe(50);
  });

  it("says what is wrong with a folder that cannot be used", async () => {
    const store = new ReportFolder("/dev/null/reports");
    await expect(store.add(report)).rejects.toMatchObject({ code: "TELEMETRY_STORE_UNUSABLE" });
    await expect(store.reports()).rejects.toMatchObject({ code: "TELEMETRY_STORE_UNUSABLE" });
  });
});

describe("[A6] a summary", () => {
  it("shows a week from ten reports on, and of fewer not even their number", () => {
    const many = (count: number, week: string): Report[] =>
      Array.from({ length: count }, () => ({ ...report, week }));
    expect(summarise([...many(minGroup, "2026-W47"), ...many(minGroup - 1, "2026-W46")])).toEqual([
      { week: "2026-W46", kind: "too-few" },
      {
        week: "2026-W47",
        kind: "shown",
        reports: 10,
        counts: { ...noCounts, triggers: 1_200, accepts: 70 },
      },
    ]);
  });
});
