import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Lock } from "./lock.ts";

describe("the lock", () => {
  const folder = mkdtempSync(join(tmpdir(), "lock-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let count = 0;
  const path = (): string => join(folder, `lock-${count++}`);

  async function take(at: string): Promise<Lock> {
    const lock = await Lock.acquire(at);
    if (!(lock instanceof Lock)) throw new Error(`held by ${lock.heldBy}`);
    return lock;
  }

  /** The number of a process that has ended. */
  async function deadPid(): Promise<number> {
    const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
    await once(child, "exit");
    return child.pid ?? 0;
  }

  it("is held by one at a time and can be given back", async () => {
    const at = path();
    const lock = await take(at);
    expect(await Lock.acquire(at)).toEqual({ heldBy: process.pid });
    expect(await lock.isHeld()).toBe(true);
    await lock.release();
    await (await take(at)).release();
  });

  it("is taken from a process that died", async () => {
    const at = path();
    writeFileSync(at, JSON.stringify({ pid: await deadPid(), host: hostname(), token: "old" }));
    expect(await Lock.holder(at)).toBeUndefined();
    const lock = await take(at);
    expect(await lock.isHeld()).toBe(true);
    await lock.release();
  });

  it("is not taken from a living process, nor from another machine whose heartbeat goes on", async () => {
    const at = path();
    writeFileSync(at, JSON.stringify({ pid: process.ppid, host: hostname(), token: "other" }));
    expect(await Lock.acquire(at)).toEqual({ heldBy: process.ppid });
    const far = path();
    writeFileSync(far, JSON.stringify({ pid: await deadPid(), host: "elsewhere", token: "other" }));
    expect(await Lock.acquire(far)).toMatchObject({ heldBy: expect.any(Number) });
  });

  it("is taken once the heartbeat has stopped, even if the process number lives on, and the old holder notices", async () => {
    const at = path();
    const asleep = await take(at);
    const longAgo = new Date(Date.now() - 10 * 60_000);
    utimesSync(at, longAgo, longAgo);
    const lock = await take(at);
    expect([await asleep.isHeld(), await lock.isHeld()]).toEqual([false, true]);
    await asleep.release();
    expect(await lock.isHeld()).toBe(true);
    await lock.release();
  });

  it("treats a half-written lock as held until its heartbeat is old", async () => {
    const at = path();
    writeFileSync(at, '{"pid":');
    expect(await Lock.acquire(at)).toEqual({ heldBy: 0 });
    const longAgo = new Date(Date.now() - 10 * 60_000);
    utimesSync(at, longAgo, longAgo);
    await (await take(at)).release();
  });

  it("goes to exactly one of many that find the same stale lock at once", async () => {
    for (let round = 0; round < 20; round++) {
      const at = path();
      writeFileSync(at, JSON.stringify({ pid: await deadPid(), host: hostname(), token: "old" }));
      const results = await Promise.all(Array.from({ length: 8 }, () => Lock.acquire(at)));
      const locks = results.filter((result) => result instanceof Lock);
      const held = await Promise.all(locks.map((lock) => lock.isHeld()));
      expect(held.filter(Boolean).length).toBe(1);
      await Promise.all(locks.map((lock) => lock.release()));
    }
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});
