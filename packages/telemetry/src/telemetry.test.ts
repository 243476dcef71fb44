import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { products } from "@cloud-code/policy";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { flushIntervalMs, Telemetry } from "./telemetry.ts";
import type { Signals } from "./permission.ts";
import { parseReport } from "./report.ts";
import { startReceiver, type TestReceiver } from "./testing/index.ts";
import { upload as realUpload } from "./upload.ts";
import { startOf, weekMs } from "./week.ts";

const noticeVersion = products.assistant.notice.version;
const allowed: Signals = {
  editorTelemetry: true,
  doNotTrack: false,
  organisation: { forbiddenPurposes: [], allowedOrigins: "any" },
};
const wednesdayMs = (startOf("2026-W47") ?? 0) + 2 * 86_400_000;

let receiver: TestReceiver;
let nowMs = wednesdayMs;
beforeAll(async () => {
  receiver = await startReceiver(() => nowMs);
});
afterAll(() => receiver.close());
const opened: Telemetry[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((telemetry) => telemetry.close()));
  receiver.answer = undefined;
  receiver.bodies.length = 0;
  nowMs = wednesdayMs;
});

/** One person's machine: any number of programs that count, and signals that a test changes. */
class Machine {
  readonly folder: string = mkdtempSync(join(tmpdir(), "telemetry-"));
  readonly paths = {
    choices: join(this.folder, "telemetry.jsonl"),
    figures: join(this.folder, "telemetry"),
  };
  readonly failures: unknown[] = [];
  signals: Signals = allowed;
  receiver: string | undefined = receiver.origin;

  async open(): Promise<Telemetry> {
    const telemetry = await Telemetry.open({
      paths: this.paths,
      signals: () => Promise.resolve(this.signals),
      receiver: () => this.receiver,
      now: () => nowMs,
      chance: () => 0,
      failed: (error) => this.failures.push(error),
      upload: (bytes, permit, atMs, signal) =>
        realUpload(bytes, permit, atMs, signal, receiver.certificate),
    });
    opened.push(telemetry);
    return telemetry;
  }

  /** Every file, with its text. */
  files(): Record<string, string> {
    const names = readdirSync(this.folder, { recursive: true, withFileTypes: true });
    return Object.fromEntries(
      names
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path) => [path.slice(this.folder.length + 1), readFileSync(path, "utf8")]),
    );
  }

  queue(): string[] {
    return Object.keys(this.files()).filter((name) => name.includes("queued-"));
  }
}

function yes(): { mode: "on"; receiver: string; noticeVersion: number } {
  return { mode: "on", receiver: receiver.origin, noticeVersion };
}

function use(telemetry: Telemetry, times: number): void {
  for (let time = 0; time < times; time++) {
    telemetry.count({ kind: "trigger" });
    telemetry.count({ kind: "response", milliseconds: 12 });
    if (time % 4 === 0) telemetry.count({ kind: "accept", rank: 2, characters: 9 });
  }
}

/** A machine that counted `times` uses after a yes, at an hour when that week's report is due. */
async function withDueReport(times = 40): Promise<{ machine: Machine; telemetry: Telemetry }> {
  const machine = new Machine();
  const telemetry = await machine.open();
  await telemetry.choose(yes());
  nowMs += 60_000;
  use(telemetry, times);
  await telemetry.flush();
  nowMs += weekMs;
  return { machine, telemetry };
}

describe("off, the default", () => {
  it("[A3] counts nothing and writes no file, whatever happens", async () => {
    const machine = new Machine();
    const telemetry = await machine.open();
    use(telemetry, 100);
    await pause(flushIntervalMs + 200);
    await telemetry.sendDue();
    await telemetry.signalsChanged();
    await telemetry.standing();
    await telemetry.close();
    expect(machine.files()).toEqual({});
    expect(readdirSync(machine.folder)).toEqual([]);
  });

  it("[A3] holds when the choices cannot be read", async () => {
    const machine = new Machine();
    writeFileSync(machine.paths.choices, '{"mode":"on"');
    const telemetry = await machine.open();
    use(telemetry, 100);
    await telemetry.close();
    expect(existsSync(machine.paths.figures)).toBe(false);
  });

  it("[A4] deletes what was counted and not sent, in every program, and keeps the answer", async () => {
    const machine = new Machine();
    const [one, other] = [await machine.open(), await machine.open()];
    await one.choose(yes());
    await pause(2_300);
    use(one, 30);
    use(other, 30);
    await Promise.all([one.flush(), other.flush()]);
    expect(machine.queue().length).toBe(2);
    use(other, 30);
    await one.choose({ mode: "off" });
    expect(Object.keys(machine.files())).toEqual(["telemetry.jsonl"]);
    await other.flush();
    use(other, 30);
    await other.flush();
    expect(Object.keys(machine.files())).toEqual(["telemetry.jsonl"]);
    nowMs += weekMs;
    await Promise.all([one.sendDue(), other.sendDue()]);
    expect(receiver.bodies).toEqual([]);
    expect(machine.files()["telemetry.jsonl"]).toContain('"mode":"off"');
  });
});

describe("local", () => {
  it("[A3] counts and never sends, not even after a later yes", async () => {
    const machine = new Machine();
    const telemetry = await machine.open();
    await telemetry.choose({ mode: "local" });
    use(telemetry, 500);
    await telemetry.flush();
    nowMs += 1_000;
    await telemetry.choose(yes());
    nowMs += 1_000;
    use(telemetry, 30);
    await telemetry.flush();
    const { next, counts } = await telemetry.standing();
    expect(counts.triggers).toBe(530);
    expect(next?.bytes).toContain('"triggers":30,');
    nowMs += weekMs;
    await telemetry.sendDue();
    expect(receiver.bodies).toEqual([next?.bytes]);
    expect(await telemetry.history()).toMatchObject([
      { outcome: "sent" },
      { outcome: "kept", counts: { triggers: 500 } },
    ]);
  });
});

describe("on", () => {
  it("[A5] [A8] sends the bytes that were shown, once, at its hour, and keeps a copy", async () => {
    const { machine, telemetry } = await withDueReport();
    const [shown] = (await telemetry.standing()).waiting;
    await telemetry.sendDue();
    await telemetry.sendDue();
    expect(receiver.bodies).toEqual([shown?.bytes]);
    expect(machine.files()["telemetry/sent/2026-W47.json"]).toBe(shown?.bytes);
    expect(machine.queue()).toEqual([]);
    expect(machine.failures).toEqual([]);
    const stored = readFileSync(join(receiver.folder, "2026-W47.jsonl"), "utf8");
    expect(stored).toContain(`${shown?.bytes}\n`);
    expect(await telemetry.history()).toMatchObject([{ outcome: "sent", bytes: shown?.bytes }]);
  });

  it("[A6] tells nothing that names person, machine, folder, address or hour, on the wire or at the receiver", async () => {
    const { machine, telemetry } = await withDueReport();
    await telemetry.sendDue();
    const bytes = receiver.bodies[0] ?? "";
    expect(parseReport(bytes).kind).toBe("report");
    const names = readdirSync(receiver.folder);
    const dump = names
      .map((name) => name + readFileSync(join(receiver.folder, name), "utf8"))
      .join("\n");
    const tallies = Object.keys(machine.files()).join("\n");
    for (const secret of [
      hostname(),
      userInfo().username,
      machine.folder,
      tmpdir(),
      "127.0.0.1",
      String(process.pid),
      process.version,
      process.platform,
      new Date(nowMs).toISOString().slice(0, 10),
      String(nowMs).slice(0, 6),
      ...(tallies.match(/[0-9a-f]{8}-[0-9a-f-]{27}/g) ?? []),
    ]) {
      expect([secret, bytes.includes(secret)]).toEqual([secret, false]);
      expect([secret, dump.includes(secret)]).toEqual([secret, false]);
    }
  });

  it("sends no week with fewer than 20 triggers, and shows it as kept", async () => {
    const { machine, telemetry } = await withDueReport(19);
    await telemetry.sendDue();
    expect(receiver.bodies).toEqual([]);
    expect(machine.queue()).toEqual([]);
    expect(await telemetry.history()).toMatchObject([
      { outcome: "kept", counts: { triggers: 19 } },
    ]);
  });

  it("waits for its hour, which all programs share and a restart does not draw again", async () => {
    const { machine, telemetry } = await withDueReport();
    nowMs = (startOf("2026-W48") ?? 0) + 60_000;
    await telemetry.sendDue();
    expect(receiver.bodies).toEqual([]);
    const { waiting } = await (await machine.open()).standing();
    expect(waiting).toMatchObject([
      { week: "2026-W47", dueMs: (startOf("2026-W48") ?? 0) + 3_600_000 },
    ]);
    nowMs += 3_600_000;
    await telemetry.sendDue();
    expect(receiver.bodies.length).toBe(1);
  });

  it("sends one report for all programs, also when all try at once", async () => {
    const { machine, telemetry } = await withDueReport();
    const others = await Promise.all([1, 2, 3].map(() => machine.open()));
    await Promise.all([telemetry, ...others].map((each) => each.sendDue()));
    expect(receiver.bodies.length).toBe(1);
  });

  it("[A4] ends an upload under way when the person says no, and nothing goes out later", async () => {
    for (const lower of ["off", "local"] as const) {
      const { machine, telemetry } = await withDueReport();
      let arrived = (): void => undefined;
      const underway = new Promise<void>((resolve) => (arrived = resolve));
      receiver.answer = () => {
        arrived();
        return new Promise(() => undefined);
      };
      const sending = telemetry.sendDue();
      await underway;
      const beganMs = performance.now();
      await telemetry.choose({ mode: lower });
      await sending;
      expect(performance.now() - beganMs).toBeLessThan(1_000);
      expect(machine.queue()).toEqual([]);
      receiver.answer = undefined;
      receiver.bodies.length = 0;
      nowMs += weekMs;
      await telemetry.sendDue();
      expect(receiver.bodies).toEqual([]);
    }
  });

  it("[A4] ends an upload under way when another program says no", async () => {
    const { machine, telemetry } = await withDueReport();
    const other = await machine.open();
    let arrived = (): void => undefined;
    const underway = new Promise<void>((resolve) => (arrived = resolve));
    receiver.answer = () => {
      arrived();
      return new Promise(() => undefined);
    };
    const sending = telemetry.sendDue();
    await underway;
    await other.choose({ mode: "off" });
    await sending;
    expect(Object.keys(machine.files()).filter((name) => name.includes("counts"))).toEqual([]);
  });

  it("[A8] asks the policy again at the moment of sending: each single no empties the queue", async () => {
    const check = async (signals: Partial<Signals>): Promise<void> => {
      const { machine, telemetry } = await withDueReport();
      machine.signals = { ...allowed, ...signals };
      await telemetry.sendDue();
      expect(machine.queue()).toEqual([]);
      machine.signals = allowed;
      await telemetry.signalsChanged();
      await telemetry.sendDue();
      expect(receiver.bodies).toEqual([]);
      nowMs = wednesdayMs;
    };
    await check({ editorTelemetry: false });
    await check({ doNotTrack: true });
    await check({
      organisation: { forbiddenPurposes: ["usage-statistics"], allowedOrigins: "any" },
    });
  });

  it("[A8] goes nowhere while the settings name another receiver than the one agreed to", async () => {
    const { machine, telemetry } = await withDueReport();
    machine.receiver = "https://127.0.0.1:9";
    await telemetry.signalsChanged();
    await telemetry.sendDue();
    expect(receiver.bodies).toEqual([]);
    expect(await telemetry.standing()).toMatchObject({
      receiver: machine.receiver,
      isAnswered: false,
      decision: { kind: "denied", because: "consent-missing" },
    });
    machine.receiver = undefined;
    await telemetry.sendDue();
    expect(receiver.bodies.length).toBe(1);
  });

  it("neither sends nor drops anything in an editor that has no switch, and leaves it to one that has", async () => {
    const { machine, telemetry } = await withDueReport();
    machine.signals = { ...allowed, editorTelemetry: undefined };
    await telemetry.sendDue();
    use(telemetry, 1);
    await telemetry.flush();
    expect(receiver.bodies).toEqual([]);
    expect(machine.queue().length).toBe(1);
    machine.signals = allowed;
    await telemetry.sendDue();
    expect(receiver.bodies.length).toBe(1);
  });

  it("is silent while offline, tries again later, and gives up after five weeks", async () => {
    const { machine, telemetry } = await withDueReport();
    receiver.answer = () => new Response(null, { status: 503 });
    const tries: number[] = [];
    for (let hour = 0; hour < 72; hour++, nowMs += 3_600_000) {
      await telemetry.sendDue();
      if (receiver.bodies.length > tries.length) tries.push(hour);
    }
    expect(tries).toEqual([0, 1, 3, 7, 15, 31, 55]);
    expect(machine.queue().length).toBe(1);
    expect(machine.files()["telemetry/sent/2026-W47.json"]).toBeUndefined();
    receiver.answer = undefined;
    nowMs += 5 * weekMs;
    await telemetry.sendDue();
    expect(receiver.bodies.length).toBe(tries.length);
    expect(machine.queue()).toEqual([]);
    expect(machine.failures).toEqual([]);
  });

  it("keeps a copy of what the receiver refused, and does not offer it again", async () => {
    const { machine, telemetry } = await withDueReport();
    receiver.answer = () => new Response(null, { status: 403 });
    await telemetry.sendDue();
    await telemetry.sendDue();
    expect(receiver.bodies.length).toBe(1);
    expect(await telemetry.history()).toMatchObject([
      { outcome: "refused", bytes: receiver.bodies[0] },
    ]);
    expect(machine.queue()).toEqual([]);
  });

  it("does not follow a receiver to somebody else", async () => {
    const { telemetry } = await withDueReport();
    const other = await startReceiver(() => nowMs);
    receiver.answer = () =>
      new Response(null, {
        status: 307,
        headers: { Location: `${other.origin}/v1/usage-reports` },
      });
    await telemetry.sendDue();
    expect([receiver.bodies.length, other.bodies.length]).toEqual([1, 0]);
    await other.close();
  });

  it("counts what was on disk before a later yes to another receiver, and does not send it there", async () => {
    const { machine, telemetry } = await withDueReport();
    const choices = readFileSync(machine.paths.choices, "utf8");
    writeFileSync(
      machine.paths.choices,
      choices + choices.replace(/"atMs":\d+/, `"atMs":${nowMs}`),
    );
    await telemetry.sendDue();
    expect(receiver.bodies).toEqual([]);
  });

  it("[A8] is not chosen by an answer to another question", async () => {
    const telemetry = await new Machine().open();
    const check = async (change: object, code: string): Promise<void> =>
      expect(telemetry.choose({ ...yes(), ...change })).rejects.toMatchObject({ code });
    await check({ noticeVersion: noticeVersion + 1 }, "TELEMETRY_QUESTION_OUTDATED");
    await check({ receiver: "https://other.example" }, "TELEMETRY_QUESTION_OUTDATED");
    await check({ receiver: "http://127.0.0.1" }, "TELEMETRY_RECEIVER_INVALID");
    await check({ receiver: "https://a.example/path" }, "TELEMETRY_RECEIVER_INVALID");
    await check({ receiver: "https://user@a.example" }, "TELEMETRY_RECEIVER_INVALID");
    expect((await telemetry.standing()).mode).toBe("off");
  });
});

describe("[A7] the person's own figures", () => {
  it("are shown, exported and deleted; the choice stays", async () => {
    const { machine, telemetry } = await withDueReport();
    await telemetry.sendDue();
    use(telemetry, 25);
    const { next } = await telemetry.standing();
    expect(next?.bytes).toContain('"triggers":25,');
    const exported = await telemetry.export();
    expect(exported).toMatchObject({
      choices: [{ mode: "on" }],
      counted: [{ week: "2026-W48", mayBeSent: true, counts: { triggers: 25 } }],
      reports: [{ outcome: "sent", bytes: receiver.bodies[0] }],
    });
    await telemetry.purge();
    expect(Object.keys(machine.files())).toEqual(["telemetry.jsonl"]);
    use(telemetry, 3);
    await telemetry.flush();
    expect((await telemetry.standing()).counts.triggers).toBe(3);
  });

  it("are gone after a year", async () => {
    const { machine, telemetry } = await withDueReport();
    await telemetry.sendDue();
    nowMs += 53 * weekMs;
    await telemetry.sendDue();
    expect(Object.keys(machine.files())).toEqual(["telemetry.jsonl"]);
  });
});

describe("a disk that fails", () => {
  it("costs no count, and is told in the background", async () => {
    const machine = new Machine();
    const telemetry = await machine.open();
    await telemetry.choose({ mode: "local" });
    writeFileSync(machine.paths.figures, "not a folder");
    use(telemetry, 5);
    await telemetry.flush();
    expect(machine.failures.length).toBeGreaterThan(0);
    rmSync(machine.paths.figures);
    use(telemetry, 5);
    await telemetry.flush();
    expect((await telemetry.standing()).counts.triggers).toBe(10);
  });
});
