// What counting costs: `node bench/count.mjs` after `tsc -b`. Prints one JSON object.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { buildReport, noCounts, parseReport, Telemetry } from "../dist/index.js";

const folder = mkdtempSync(join(tmpdir(), "telemetry-bench-"));
const open = () =>
  Telemetry.open({
    paths: { choices: join(folder, "telemetry.jsonl"), figures: join(folder, "telemetry") },
    signals: async () => ({
      editorTelemetry: true,
      doNotTrack: false,
      organisation: { forbiddenPurposes: [], allowedOrigins: "any" },
    }),
    receiver: () => "https://statistics.example",
  });

/** Median and 95th percentile of `runs` measurements, in microseconds. */
async function measure(runs, work) {
  const times = [];
  for (let run = 0; run < runs; run++) {
    const beganMs = performance.now();
    await work();
    times.push((performance.now() - beganMs) * 1_000);
  }
  times.sort((one, other) => one - other);
  const at = (share) => Number(times[Math.floor(runs * share)].toFixed(1));
  return { medianUs: at(0.5), p95Us: at(0.95) };
}

const telemetry = await open();
const event = { kind: "response", milliseconds: 12 };
const thousand = () => {
  for (let time = 0; time < 1_000; time++) telemetry.count(event);
};
const off = await measure(200, thousand);
await telemetry.choose({ mode: "local" });
const local = await measure(200, thousand);
const flush = await measure(200, async () => {
  telemetry.count(event);
  await telemetry.flush();
});
const standing = await measure(100, () => telemetry.standing());
const bytes = buildReport({
  consentVersion: 1,
  week: "2026-W47",
  counts: { ...noCounts, triggers: 1_234 },
});
const report = await measure(2_000, () => parseReport(bytes));
const opening = await measure(100, async () => (await open()).close());
await telemetry.close();
rmSync(folder, { recursive: true });
console.log(
  JSON.stringify({
    node: process.version,
    countThousandOff: off,
    countThousandLocal: local,
    flush,
    standing,
    parseReport: report,
    open: opening,
    reportBytes: bytes.length,
  }),
);
