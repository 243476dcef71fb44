import { expect, test } from "vitest";
import { openTelemetry } from "./open.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PastWeek, Standing } from "@cloud-code/telemetry";
import { products } from "@cloud-code/policy";
import { toEgress } from "./egress.ts";

const noModel = { permission: undefined, requests: [] };

async function standingOf(choose: boolean): Promise<Standing> {
  const folder = await mkdtemp(join(tmpdir(), "egress-"));
  const telemetry = await openTelemetry(
    { editorTelemetry: () => true, receiver: () => "https://statistics.example" },
    { XDG_CONFIG_HOME: folder, XDG_STATE_HOME: folder },
  );
  try {
    const receiver = "https://statistics.example";
    if (choose)
      await telemetry.choose({
        mode: "on",
        receiver,
        noticeVersion: products.assistant.notice.version,
      });
    return await telemetry.standing();
  } finally {
    await telemetry.close();
    await rm(folder, { recursive: true });
  }
}

const report = (week: PastWeek["week"], outcome: "sent" | "refused"): PastWeek => ({
  week,
  outcome,
  bytes: "{}",
});

test("[A2] without a yes nothing may be sent, and nothing was", async () => {
  expect(toEgress(await standingOf(false), [], noModel, "en")).toEqual({
    permits: [],
    connections: [],
  });
});

test("[A8] a yes names one destination, and every report that left is a connection", async () => {
  const standing = await standingOf(true);
  const { week } = standing;
  const { permits, connections } = toEgress(
    standing,
    [report(week, "sent"), report(week, "refused")],
    noModel,
    "zh",
  );
  expect(permits).toMatchObject([{ destination: "statistics.example", purpose: "使用统计" }]);
  expect(permits[0]?.items).toHaveLength(8);
  expect(connections).toEqual(
    (["sent", "failed"] as const).map((outcome) => ({
      destination: "statistics.example",
      purpose: "使用统计",
      at: week,
      bytesSent: 2,
      outcome,
    })),
  );
});

test("[A2] a model that may be asked is named, and every request to it is a connection", async () => {
  const { permits, connections } = toEgress(
    await standingOf(false),
    [],
    {
      permission: {
        origin: "https://models.example",
        purpose: "ask-chosen-model",
        items: ["assistant.source-code"],
        sinceMs: 0,
      },
      requests: [{ origin: "https://models.example", atMs: 0, bytesSent: 7, isAnswered: false }],
    },
    "en",
  );
  expect(permits).toMatchObject([
    { destination: "models.example", items: ["Source code"], since: "1970-01-01" },
  ]);
  expect(connections).toMatchObject([
    { destination: "models.example", bytesSent: 7, outcome: "failed" },
  ]);
});
