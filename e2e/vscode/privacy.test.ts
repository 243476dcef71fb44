import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { products } from "@cloud-code/policy";
import {
  createReceiver,
  ReportFolder,
  type RunningReceiver,
  serve,
  weekOf,
} from "@cloud-code/telemetry";
import type { Copy } from "../lsp.ts";
import { type PortAttempt, Recorder, whyNotRecorded } from "../offline.ts";
import { createProject, ledger } from "../try.ts";
import { Editor, type EditorOptions, packExtension, whyNoEditor } from "./editor.ts";

const missing = (await whyNoEditor()) ?? (await whyNotRecorded());
if (missing !== undefined) console.warn(missing);

/** How old counts are made, in days: their week is over then, and not so long ago that it is given up. */
const weeks = 15;
/** What an editor does at once takes a while on a busy machine. */
const soon = { timeout: 20_000 };
const lineInside = ledger.split("\n").length - 2;

describe.skipIf(missing !== undefined)("usage statistics in VS Code", { timeout: 300_000 }, () => {
  let project: Copy;
  let packed: string;
  let work: string;
  let home: string;
  let editorOff: string;
  let receiver: RunningReceiver;
  let origin: string;
  const arrived: string[] = [];

  const start = (options: Partial<EditorOptions> = {}): Promise<Editor> =>
    Editor.start(packed, {
      folder: project.folder,
      home,
      ...options,
      settings: {
        "telemetry.telemetryLevel": "all",
        "cloudCode.telemetry.receiver": origin,
        ...options.settings,
      },
      environment: { NODE_EXTRA_CA_CERTS: join(work, "certificate.pem") },
    });

  beforeAll(async () => {
    project = createProject();
    packed = await packExtension();
    work = mkdtempSync(join(tmpdir(), "cloud-code-privacy-"));
    home = join(work, "home");
    mkdirSync(home);
    editorOff = join(work, "editor-off");
    const tls = makeCertificate(work);
    const receive = createReceiver({
      store: new ReportFolder(join(work, "reports")),
      isConsentValid: (version) => version === products.assistant.notice.version,
    });
    receiver = await serve(
      async (request) => {
        arrived.push(await request.clone().text());
        return receive(request);
      },
      { host: "127.0.0.1", port: 0, tls },
    );
    origin = `https://127.0.0.1:${receiver.port}`;
  });

  afterAll(async () => {
    await receiver.close();
    project.remove();
    rmSync(work, { recursive: true, force: true });
  });

  /** Files of usage statistics under a home. */
  function kept(place: string): string[] {
    const found = [".config/cloud-code/telemetry.jsonl", ".local/state/cloud-code/telemetry"]
      .map((name) => join(place, name))
      .filter((path) => existsSync(path));
    return found.flatMap((path) =>
      path.endsWith(".jsonl")
        ? [path]
        : readdirSync(path, { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map((entry) => join(entry.parentPath, entry.name)),
    );
  }

  /** Those of them that hold what was counted and not sent, or when that is to be. */
  function unsent(place: string): string[] {
    return kept(place).filter((path) => !path.endsWith(".jsonl") && !path.includes("/sent/"));
  }

  /** Writes so that suggestions are computed at least `times`, and accepts the last. */
  async function write(editor: Editor, times: number): Promise<void> {
    await editor.openFile("ledger.ts");
    for (let index = 1; index <= times; index++) {
      await editor.rewrite(lineInside, "  const total");
      await editor.ghost.waitFor();
      await editor.page.keyboard.press(index === times ? "Tab" : "Escape");
    }
  }

  /**
   * Makes everything that was kept `days` older, as if it had been made so long ago, and has the report of a finished week go out in
   * `dueInMs` from now. The editor hands no other clock down to what it starts.
   */
  function age(days: number, dueInMs: number): void {
    const choices = join(home, ".config/cloud-code/telemetry.jsonl");
    const older = (text: string): string =>
      text.replaceAll(/"(atMs|sinceMs)":(\d+)/g, (_, name: string, ms: string) => {
        return `"${name}":${Number(ms) - days * 86_400_000}`;
      });
    writeFileSync(choices, older(readFileSync(choices, "utf8")));
    const figures = join(home, ".local/state/cloud-code/telemetry");
    const week = weekOf(Date.now() - days * 86_400_000);
    for (const name of readdirSync(join(figures, "counts"))) {
      const [from, to] = [join(figures, "counts", name), join(figures, "counts", week)];
      if (from !== to) renameSync(from, to);
      for (const file of readdirSync(to))
        writeFileSync(join(to, file), older(readFileSync(join(to, file), "utf8")));
    }
    comeDue(home, dueInMs);
  }

  /** Has the report of the aged week in a home go out in `inMs` from now. */
  function comeDue(place: string, inMs: number): void {
    const week = weekOf(Date.now() - weeks * 86_400_000);
    const folder = join(place, ".local/state/cloud-code/telemetry/due");
    mkdirSync(folder, { recursive: true });
    const due = JSON.stringify({ atMs: Date.now() + inMs, attempts: 0 });
    writeFileSync(join(folder, `${week}.json`), due);
  }

  let shown = "";

  test("[A1] [A3] at the first start one question comes, and closing it is no consent", async () => {
    const editor = await start();
    try {
      await editor.begin("ledger.ts");
      const question = editor.notification("Send anonymous usage statistics?");
      await question.waitFor();
      const text = await question.innerText();
      expect(text).toContain(origin);
      expect(text).toContain("your editor has a privacy policy of its own");
      expect(text).toContain("Not now");
      await editor.picture("question");
      await question.getByRole("button", { name: "Read the privacy notice" }).click();
      await editor.page.locator(".tab.active", { hasText: "Privacy notice" }).waitFor();
      const notice = editor.page
        .frameLocator('iframe.webview.ready[src*="markdown"]')
        .frameLocator("iframe#active-frame");
      await notice.getByText("This notice covers the Cloud Code assistant only.").waitFor();
      await question.waitFor();
      await editor.picture("notice");
      await question.hover();
      await question.locator(".codicon-notifications-clear").click();
      await question.waitFor({ state: "hidden" });
      await editor.indexed();
      await write(editor, 2);
      await pause(2_500);
      expect(kept(home)).toEqual([]);
    } finally {
      await editor.close();
    }
  });

  test("[A3] [A5] it is asked once; the command asks again, and what is then counted is shown byte for byte", async () => {
    const editor = await start();
    let counted = "";
    try {
      await editor.openFile("ledger.ts");
      await editor.indexed();
      await pause(2_000);
      expect(await editor.notification("Send anonymous").count()).toBe(0);
      await editor.command("Allow or Stop Usage Statistics");
      await editor.page.locator(".quick-input-list .monaco-list-row", { hasText: "Send" }).click();
      const dialog = editor.page.locator(".monaco-dialog-box");
      await dialog.waitFor();
      // Nobody allows anything by pressing Enter, or a key that was meant for the file.
      await expect
        .poll(() => dialog.locator(".monaco-button:focus").innerText())
        .toBe("Read the privacy notice");
      await editor.picture("allow");
      await dialog.getByRole("button", { name: "Allow", exact: true }).click();
      await expect.poll(() => editor.settings()["cloudCode.telemetry.mode"], soon).toBe("on");
      const bytes = editor.panel.locator("pre.bytes");
      const triggers = async (): Promise<number> =>
        (JSON.parse(await bytes.innerText()) as { triggers: number }).triggers;
      // How many of the keys a suggestion is computed for depends on how quick the machine is.
      for (let round = 0, seen = 0; seen < 20 && round < 12; round++) {
        await write(editor, 4);
        await editor.command("Show Usage Statistics");
        await pause(1_500);
        seen = await triggers();
      }
      expect(await triggers()).toBeGreaterThanOrEqual(20);
      await pause(1_500);
      await editor.picture("statistics");
      counted = await bytes.innerText();
    } finally {
      await editor.close();
    }
    age(weeks, 3_600_000);
    const next = await start();
    try {
      await next.openFile("ledger.ts");
      await next.command("Show Usage Statistics");
      const waiting = next.panel.locator("pre.bytes").nth(1);
      await waiting.waitFor();
      await waiting.scrollIntoViewIfNeeded();
      shown = await waiting.innerText();
      await next.picture("statistics-waiting");
    } finally {
      await next.close();
    }
    // The same figures, of the week they are now about.
    const ofWeek = (report: string): object => ({ ...(JSON.parse(report) as object), week: "" });
    expect(ofWeek(shown)).toEqual(ofWeek(counted));
    expect(arrived).toEqual([]);
    // A copy for the next test, so that the program of this editor, which may still be ending, has nothing that is due.
    cpSync(home, editorOff, { recursive: true });
  });

  test("[A4] while the editor's own telemetry is off nothing is sent", async () => {
    comeDue(editorOff, -1_000);
    const editor = await start({
      home: editorOff,
      settings: { "telemetry.telemetryLevel": "off" },
    });
    try {
      await editor.openFile("ledger.ts");
      await editor.indexed();
      await pause(8_000);
      await editor.command("Show Usage Statistics");
      await editor.panel.locator("fieldset.choices .hint").waitFor();
      await editor.picture("statistics-editor-off");
    } finally {
      await editor.close();
    }
    expect(arrived).toEqual([]);
  });

  test("[A2] [A5] [A8] what the inspector showed arrives byte for byte, over the only connection there is", async () => {
    comeDue(home, -1_000);
    const recorder = await Recorder.create();
    const editor = await start({ wrap: recorder.wrap });
    try {
      await editor.openFile("ledger.ts");
      await expect.poll(() => arrived, { timeout: 60_000 }).toEqual([shown]);
      await editor.indexed();
      await write(editor, 3);
      await editor.command("Show Usage Statistics");
      const week = editor.panel.locator("details.week").first();
      await week.click();
      await editor.picture("statistics-sent");
      expect(await week.innerText()).toContain(shown);
      expect(editor.foreign).toEqual([]);

      // Something waits for its week to end when the next start finds the setting lowered.
      await expect.poll(() => kept(home).some((path) => path.includes("queued-")), soon).toBe(true);
    } finally {
      await editor.close();
    }
    const toPlaces = (attempts: readonly PortAttempt[]): string[] =>
      attempts
        .filter(({ family }) => family !== undefined && family !== "AF_UNIX")
        .map(({ call, address, port }) => `${call} ${address ?? ""}:${port ?? ""}`);
    const receiving = `connect 127.0.0.1:${receiver.port}`;
    // The assistant with its threads: one connection, and not so much as a name looked up.
    const assistants = editor.assistantPids();
    expect(assistants.length).toBeGreaterThan(0);
    const own = toPlaces(await recorder.portAttempts(editor.pid, { of: assistants }));
    expect(own).toEqual([receiving]);
    // The editor around it looks up names for its own updates, and its own statistics were pointed at a port that nobody listens on.
    const all = toPlaces(await recorder.portAttempts(editor.pid))
      .filter((place) => place.startsWith("connect "))
      .filter((place) => !place.endsWith(":53") && place !== "connect 127.0.0.1:9");
    expect([...new Set(all)]).toEqual([receiving]);
    await recorder.remove();
  });

  test("[A4] the setting lowered empties the queue, and nothing is counted or sent any more", async () => {
    const editor = await start({ settings: { "cloudCode.telemetry.mode": "off" } });
    try {
      await editor.openFile("ledger.ts");
      await editor.indexed();
      await write(editor, 1);
      await pause(8_000);
    } finally {
      await editor.close();
    }
    expect(arrived).toEqual([shown]);
    expect(unsent(home)).toEqual([]);
  });

  test("[A4] [A8] withdrawing on the settings page while windows are open empties the queue, and nothing is counted or sent any more", async () => {
    const sent = [...arrived];
    const editor = await start();
    try {
      await editor.openFile("ledger.ts");
      await editor.indexed();
      await editor.command("Allow or Stop Usage Statistics");
      await editor.page.locator(".quick-input-list .monaco-list-row", { hasText: "Send" }).click();
      const dialog = editor.page.locator(".monaco-dialog-box");
      await dialog.getByRole("button", { name: "Allow", exact: true }).click();
      await expect.poll(() => editor.settings()["cloudCode.telemetry.mode"], soon).toBe("on");
      const other = await editor.openWindow();
      await other.openFile("ledger.ts");
      await other.indexed();
      await write(other, 2);
      await expect.poll(() => unsent(home), soon).not.toEqual([]);
      comeDue(home, 3_600_000);
      await editor.page.bringToFront();
      await editor.chooseSetting("cloudCode.telemetry.mode", "off");
      await expect.poll(() => unsent(home), soon).toEqual([]);
      await editor.picture("settings-off");
      // A yes in a terminal does not outvote the page, and nothing that is told of it raises the page.
      const choices = join(home, ".config/cloud-code/telemetry.jsonl");
      const modes = (): string[] => readFileSync(choices, "utf8").match(/"mode":"\w+"/g) ?? [];
      const before = modes().length;
      const yes = {
        mode: "on",
        receiver: origin,
        noticeVersion: products.assistant.notice.version,
      };
      appendFileSync(choices, `\n${JSON.stringify({ ...yes, atMs: Date.now() })}\n`);
      await expect
        .poll(() => modes().slice(before), soon)
        .toEqual(expect.arrayContaining(['"mode":"on"', '"mode":"off"']));
      expect(modes().at(-1)).toBe('"mode":"off"');
      expect(editor.settings()["cloudCode.telemetry.mode"]).toBe("off");
      await other.page.bringToFront();
      await write(other, 2);
      await pause(2_500);
      expect(unsent(home)).toEqual([]);
    } finally {
      await editor.close();
    }
    expect(arrived).toEqual(sent);
  });
});

/** A certificate for 127.0.0.1 that is its own authority, in `folder`. */
function makeCertificate(folder: string): { certificate: string; key: string } {
  const [certificate, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "60"];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"];
  const { status, stderr } = spawnSync("openssl", [
    "req",
    "-x509",
    ...curve,
    ...names,
    "-keyout",
    key,
    "-out",
    certificate,
  ]);
  if (status !== 0) throw new Error(`openssl failed: ${String(stderr)}`);
  return { certificate: readFileSync(certificate, "utf8"), key: readFileSync(key, "utf8") };
}
