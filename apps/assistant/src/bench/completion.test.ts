import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCompletionBench } from "./completion.ts";

const SOURCE = "def area(width, height):\n    return width * height\n";

let workspace = "";
let items = "";

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), "bench-"));
  items = join(workspace, "positions.jsonl");
  writeFileSync(join(workspace, "known.py"), SOURCE);
  writeFileSync(join(workspace, "held.py"), `${SOURCE}never_seen_elsewhere(1)\n`);
});
afterEach(() => rmSync(workspace, { recursive: true }));

function writeRows(
  ...rows: readonly { line: number; col: number; gold: string; kind?: string; blob?: string }[]
): void {
  const lines = rows.map(({ gold, kind = "mid", ...row }) => {
    const goldSha1 = createHash("sha1").update(gold).digest("hex");
    return JSON.stringify({ path: "held.py", kind, goldSha1, ...row });
  });
  writeFileSync(items, lines.join("\n"));
}

describe("the completion benchmark", () => {
  it("finds what the other files tell, and never sees the rest of the line", async () => {
    writeRows(
      { line: 2, col: 11, gold: "width * height" },
      { line: 3, col: 20, gold: "(1)", kind: "mid" },
    );
    const report = await runCompletionBench({ workspace, items });
    expect(report.all).toMatchObject({ n: 2, "EM@1": 50, validity: 100 });
    // The held-out file is not in the index: its words alone would be more.
    expect(report.index.tokens).toBe(16);
    expect(report.index.bytes).toBeGreaterThan(0);
    expect(report.latencyMs.p50).toBeGreaterThan(0);
  });

  it("refuses rows that do not fit the files, by code", async () => {
    const check = async (code: string): Promise<void> => {
      await expect(runCompletionBench({ workspace, items })).rejects.toMatchObject({ code });
    };
    writeRows({ line: 2, col: 11, gold: "something else" });
    await check("BENCH_GOLD");
    writeRows({ line: 99, col: 0, gold: "" });
    await check("BENCH_GOLD");
    writeRows({ line: 2, col: 11, gold: "width * height", blob: "0".repeat(40) });
    await check("BENCH_BLOB");
    writeFileSync(items, "{}");
    await check("BENCH_ROW");
    rmSync(items);
    await check("FILE_NOT_FOUND");
  });
});
