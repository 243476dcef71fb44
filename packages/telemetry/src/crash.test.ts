import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { toLine } from "./choice.ts";
import { UsageStore } from "./store.ts";
import { sumOf } from "./tally.ts";
import { flushIntervalMs } from "./telemetry.ts";

const program = join(mkdtempSync(join(tmpdir(), "counter-")), "counter.mjs");
beforeAll(async () => {
  await build({
    entryPoints: [fileURLToPath(new URL("testing/counter.ts", import.meta.url))],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["source"],
    logLevel: "warning",
  });
});

/** A person's folder with a choice in it. */
function folderOf(mode: "local" | "off"): string {
  const folder = mkdtempSync(join(tmpdir(), "crash-"));
  writeFileSync(join(folder, "telemetry.jsonl"), toLine({ mode, atMs: 1 }));
  return folder;
}

function start(
  folder: string,
  pace: "flush" | "interval",
): { child: ChildProcess; said: () => string[] } {
  const child = spawn(process.execPath, [program, folder, pace], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return { child, said: () => output.split("\n").slice(0, -1) };
}

async function kill(child: ChildProcess): Promise<void> {
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}

function storeOf(folder: string): UsageStore {
  return new UsageStore({
    choices: join(folder, "telemetry.jsonl"),
    figures: join(folder, "telemetry"),
  });
}

describe("a program that is killed", () => {
  it("[A7] loses no count that was acknowledged, however often it happens", async () => {
    const folder = folderOf("local");
    let acknowledged = 0;
    let counted = 0;
    for (const afterMs of [150, 210, 333, 171, 262]) {
      const { child, said } = start(folder, "flush");
      await pause(afterMs);
      await kill(child);
      acknowledged += Number(said().at(-1) ?? 0);
      // One more may have reached the disk before it was said.
      counted += Number(said().at(-1) ?? 0) + 1;
    }
    const tallies = await storeOf(folder).tallies();
    expect(acknowledged).toBeGreaterThan(20);
    expect(sumOf(tallies).triggers).toBeGreaterThanOrEqual(acknowledged);
    expect(sumOf(tallies).triggers).toBeLessThanOrEqual(counted);
  });

  it("[A7] loses at most the last interval when it is left to itself", async () => {
    const folder = folderOf("local");
    const { child, said } = start(folder, "interval");
    await pause(flushIntervalMs * 2 + 700);
    await kill(child);
    const lines = said().map((line) => line.split(" ").map(Number));
    const lastMs = lines.at(-1)?.[1] ?? 0;
    // A disk needs a moment as well, and this machine does other things.
    const safe =
      lines.findLast(([, atMs]) => Number(atMs) < lastMs - flushIntervalMs - 500)?.[0] ?? 0;
    expect(safe).toBeGreaterThan(20);
    expect(sumOf(await storeOf(folder).tallies()).triggers).toBeGreaterThanOrEqual(safe);
  });
});

describe("several programs at once", () => {
  it("[A7] lose nothing to each other", async () => {
    const folder = folderOf("local");
    const programs = [1, 2, 3].map(() => start(folder, "flush"));
    await pause(700);
    await Promise.all(programs.map(({ child }) => kill(child)));
    const counts = programs.map(({ said }) => Number(said().at(-1) ?? 0));
    expect(Math.min(...counts)).toBeGreaterThan(5);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const { triggers } = sumOf(await storeOf(folder).tallies());
    expect(triggers).toBeGreaterThanOrEqual(total);
    expect(triggers).toBeLessThanOrEqual(total + 3);
  });

  it("[A4] all stop, and nothing stays, when one is told to", async () => {
    const folder = folderOf("local");
    const programs = [1, 2].map(() => start(folder, "flush"));
    await pause(500);
    const store = storeOf(folder);
    await store.addChoice({ mode: "off", atMs: Date.now() });
    await store.eraseCounts();
    await pause(2_500);
    expect(readdirSync(folder)).toEqual(["telemetry.jsonl"]);
    await Promise.all(programs.map(({ child }) => kill(child)));
  });
});
