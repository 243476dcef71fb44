/** Usage statistics as people use them: the built assistant, its terminal, and the built receiver, over HTTPS on loopback. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { products } from "../packages/policy/src/index.ts";
import { makeCertificate } from "../packages/telemetry/src/testing/index.ts";
import { noCounts, weekMs, weekOf } from "../packages/telemetry/src/index.ts";
import type { TelemetryState } from "../apps/assistant/src/lsp/protocol.ts";
import { command, type Copy, Served } from "./lsp.ts";

const program = fileURLToPath(
  new URL("../apps/receiver/bin/cloud-code-receiver.js", import.meta.url),
);
const ledger = fileURLToPath(new URL("../apps/assistant/src/session.ts", import.meta.url));
const certificate = makeCertificate();
const lastWeekMs = Date.now() - weekMs;
const lastWeek = weekOf(lastWeekMs);
const noticeVersion = products.assistant.notice.version;

let data: string;
let origin: string;
let receiver: ChildProcess;
let said = "";

beforeAll(async () => {
  data = join(mkdtempSync(join(tmpdir(), "receiver-")), "data");
  const key = join(certificate.authority, "..", "key.pem");
  const words = [
    program,
    "serve",
    "--data",
    data,
    "--port",
    "0",
    "--certificate",
    certificate.authority,
    "--key",
    key,
  ];
  receiver = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "pipe"] });
  for (const output of [receiver.stdout, receiver.stderr])
    output?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  for (let waitedMs = 0; !said.includes("https://"); waitedMs += 50) {
    if (waitedMs > 10_000) throw new Error(`The receiver did not start: ${said}`);
    await pause(50);
  }
  origin = /https:\/\/[\d.]+:\d+/.exec(said)?.[0] ?? "";
});
afterAll(async () => {
  const ended = once(receiver, "exit");
  receiver.kill("SIGTERM");
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`The receiver ended with ${String(code)}: ${said}`);
  rmSync(data, { recursive: true, force: true });
});

/** One person with a project, and a folder for choices and figures. */
class Person {
  readonly home: string = mkdtempSync(join(tmpdir(), "person-"));
  readonly figures: string = join(this.home, "usage");
  readonly environment: Record<string, string> = {
    CLOUD_CODE_TELEMETRY_DIR: this.figures,
    NODE_EXTRA_CA_CERTS: certificate.authority,
  };
  readonly project: Copy;

  constructor() {
    const folder = join(this.home, "ledger-of-li-lei");
    mkdirSync(folder);
    cpSync(ledger, join(folder, "session.ts"));
    this.project = {
      folder,
      cache: join(this.home, "cache"),
      path: (name) => join(folder, name),
      uri: (name) => `file://${join(folder, name)}`,
      read: (name) => readFileSync(join(folder, name), "utf8"),
      remove: () => rmSync(this.home, { recursive: true, force: true }),
    };
    onTestFinished(() => this.project.remove());
  }

  /** As after a yes two weeks ago, and a week of work; its report is due. */
  workedLastWeek(): void {
    const yes = { mode: "on", receiver: origin, noticeVersion, atMs: Date.now() - 2 * weekMs };
    const counts = {
      ...noCounts,
      triggers: 1_234,
      accepts: 56,
      acceptRankSum: 61,
      acceptCharSum: 999,
    };
    this.write("telemetry.jsonl", yes);
    this.write(`telemetry/counts/${lastWeek}/queued-a.json`, { sinceMs: lastWeekMs, counts });
    this.write(`telemetry/due/${lastWeek}.json`, { atMs: 0, attempts: 0 });
  }

  /** An editor that has opened the project. */
  async edit(initializationOptions: object): Promise<Served> {
    const settings = Object.entries(this.environment).map(([name, value]) => `${name}=${value}`);
    const served = new Served(this.project, ["env", ...settings]);
    onTestFinished(() => served.stop());
    await served.connection.sendRequest("initialize", {
      processId: process.pid,
      capabilities: {},
      initializationOptions: { telemetry: { receiver: origin }, ...initializationOptions },
      workspaceFolders: [{ uri: `file://${this.project.folder}`, name: "ledger" }],
    });
    served.notify("initialized", {});
    served.open(this.project.uri("session.ts"), this.project.read("session.ts"));
    return served;
  }

  /** What `cloud-code telemetry …` prints. */
  run(...words: readonly string[]): string {
    const [node = "", bin = ""] = command;
    const { stdout, stderr, status } = spawnSync(node, [bin, "telemetry", ...words], {
      encoding: "utf8",
      env: { PATH: process.env["PATH"], HOME: this.home, LANG: "C.UTF-8", ...this.environment },
    });
    if (status !== 0 || stderr !== "") throw new Error(`${words.join(" ")} failed: ${stderr}`);
    return stdout;
  }

  files(): string[] {
    if (!existsSync(this.figures)) return [];
    return readdirSync(this.figures, { recursive: true, encoding: "utf8" }).filter((name) =>
      /\.jsonl?$/.test(name),
    );
  }

  write(name: string, content: object): void {
    const path = join(this.figures, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, `${JSON.stringify(content)}\n`);
  }
}

/** Everything that the receiver has on disk, names included. */
function dump(): string {
  if (!existsSync(data)) return "";
  return readdirSync(data)
    .map((name) => `${name}\n${readFileSync(join(data, name), "utf8")}`)
    .join("\n");
}

function until(isSo: () => boolean): Promise<boolean> {
  return (async () => {
    for (let waitedMs = 0; waitedMs < 20_000; waitedMs += 100) {
      if (isSo()) return true;
      await pause(100);
    }
    return false;
  })();
}

describe("usage statistics", () => {
  it("[A5] [A6] [A7] arrive as the bytes that editor and terminal showed, and name nobody", async () => {
    const person = new Person();
    person.workedLastWeek();
    const editor = await person.edit({ editorTelemetry: true });
    const state = await editor.ask<TelemetryState>("cloud-code/telemetry/state");
    const [shown] = state.waiting;
    expect(state).toMatchObject({
      mode: "on",
      sends: true,
      waiting: [{ week: lastWeek, enough: true }],
    });
    expect(shown?.bytes).toContain(
      '"triggers":1200,"accepts":56,"acceptRankSum":61,"acceptCharSum":1000,',
    );
    expect(person.run("show")).toContain(`\n${shown?.bytes}\n`);
    expect(await until(() => dump() !== "")).toBe(true);
    expect(dump()).toBe(`${lastWeek}.jsonl\n${shown?.bytes}\n`);
    expect(await until(() => person.run("history").includes("sent"))).toBe(true);
    expect(person.run("history")).toContain(`  ${shown?.bytes}\n`);
    const traces = `${dump()}\n${said}`;
    for (const name of [
      userInfo().username,
      hostname(),
      person.home,
      "li-lei",
      "session.ts",
      String(editor.process.pid),
      process.version,
      "typescript",
      new Date().toISOString().slice(0, 10),
    ])
      expect([name, traces.includes(name)]).toEqual([name, false]);
    expect(said.match(/\n/g)?.length).toBe(1);
    const { reports } = JSON.parse(person.run("export")) as { reports: object[] };
    expect(reports).toEqual([{ week: lastWeek, outcome: "sent", bytes: shown?.bytes }]);
    person.run("purge");
    expect(person.files()).toEqual(["telemetry.jsonl"]);
    expect(person.run("history")).toBe("Nothing is kept about earlier weeks.\n");
    const summary = spawnSync(process.execPath, [program, "summary", "--data", data, "--json"]);
    expect(JSON.parse(String(summary.stdout))).toEqual([{ week: lastWeek, shown: false }]);
    const purged = spawnSync(process.execPath, [program, "purge", "--data", data, "--yes"]);
    expect([purged.status, dump()]).toEqual([0, ""]);
  });

  it("[A2] [A3] are not counted by an editor whose person answered nothing", async () => {
    const person = new Person();
    const editor = await person.edit({ editorTelemetry: true });
    await editor.ask("textDocument/completion", {
      textDocument: { uri: person.project.uri("session.ts") },
      position: { line: 0, character: 0 },
    });
    await editor.ask("cloud-code/telemetry/state");
    await pause(6_500);
    expect(person.files()).toEqual([]);
    expect(dump()).toBe("");
  });

  it("[A4] leave the queue of an editor at once when the terminal says off", async () => {
    const person = new Person();
    person.workedLastWeek();
    const editor = await person.edit({ editorTelemetry: true });
    const { waiting } = await editor.ask<TelemetryState>("cloud-code/telemetry/state");
    expect(waiting.length).toBe(1);
    person.run("off");
    const after = await editor.ask<TelemetryState>("cloud-code/telemetry/state");
    expect(after).toMatchObject({ mode: "off", waiting: [] });
    await pause(6_500);
    expect(person.files()).toEqual(["telemetry.jsonl"]);
    expect(dump()).toBe("");
  });

  it("[A8] are not sent while the editor's own telemetry, DO_NOT_TRACK or an organisation forbids it", async () => {
    const check = async (person: Person, options: object, because: string): Promise<void> => {
      person.workedLastWeek();
      const editor = await person.edit(options);
      const state = await editor.ask<TelemetryState>("cloud-code/telemetry/state");
      expect(state).toMatchObject({ sends: false, because, waiting: [] });
      await pause(6_500);
      expect(person.files().filter((name) => name.includes("queued"))).toEqual([]);
    };
    const tracked = new Person();
    tracked.environment["DO_NOT_TRACK"] = "1";
    const employed = new Person();
    employed.write("policy.json", { forbiddenPurposes: ["usage-statistics"] });
    employed.environment["CLOUD_CODE_POLICY_FILE"] = join(employed.figures, "policy.json");
    await Promise.all([
      check(new Person(), { editorTelemetry: false }, "editor-forbids"),
      check(tracked, { editorTelemetry: true }, "do-not-track"),
      check(employed, { editorTelemetry: true }, "organisation-forbids"),
    ]);
    expect(dump()).toBe("");
  });
});
