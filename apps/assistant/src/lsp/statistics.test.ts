import { existsSync, readdirSync } from "node:fs";
import { products } from "@cloud-code/policy";
import { describe, expect, it } from "vitest";
import { codeOf, Editor, root } from "./editor.ts";
import {
  noticeMethod,
  type PrivacyNotice,
  telemetryExportMethod,
  telemetryHistoryMethod,
  telemetryPurgeMethod,
  telemetrySetMethod,
  type TelemetryState,
  telemetryStateMethod,
} from "./protocol.ts";

const receiver = "https://statistics.example";
const noticeVersion = products.assistant.notice.version;
const yes = { mode: "on", receiver, noticeVersion };

function state(editor: Editor): Promise<TelemetryState> {
  return editor.ask(telemetryStateMethod, undefined);
}

function set(editor: Editor, choice: object): Promise<TelemetryState> {
  return editor.ask(telemetrySetMethod, choice);
}

function startWith(options: object, locale = "en"): Promise<Editor> {
  const initializationOptions = { telemetry: { receiver }, editorTelemetry: true, ...options };
  const capabilities = { experimental: { cloudCode: { telemetry: true } } };
  return Editor.start({ initializationOptions, capabilities, locale });
}

function figure(shown: TelemetryState, at: number): string | undefined {
  return shown.figures?.[at]?.value;
}

describe("statistics in an editor", () => {
  it("[A1] [A3] are off, and come with the question and the notice to show before first use", async () => {
    const editor = await startWith({});
    await editor.list();
    const shown = await state(editor);
    expect(shown).toMatchObject({
      mode: "off",
      sends: false,
      locked: false,
      answered: false,
      question: { receiver, noticeVersion, allow: "Allow", refuse: "Do not allow" },
      waiting: [],
    });
    expect(shown.question?.body).toContain(receiver);
    expect(shown.figures).toBeUndefined();
    expect(existsSync(editor.telemetryFolder)).toBe(false);
    const notice: PrivacyNotice = await editor.ask(noticeMethod, undefined);
    expect(notice.version).toBe(noticeVersion);
    expect(notice.markdown).toMatch(/^# .*privacy/i);
    const chinese = await startWith({}, "zh-cn");
    expect((await state(chinese)).question?.allow).toBe("允许");
  });

  it("ask nobody who has no receiver to say yes to", async () => {
    const editor = await Editor.start();
    expect(await state(editor)).not.toHaveProperty("question");
    expect(await codeOf(set(editor, { mode: "on" }))).toBe(-32602);
  });

  it("[A4] [A5] count after a yes, show the next report, and forget after a no", async () => {
    const editor = await startWith({});
    expect(await set(editor, yes)).toMatchObject({ mode: "on", sends: true, answered: true });
    const { items } = await editor.list();
    await editor.ghost();
    await editor.ask("workspace/executeCommand", {
      command: "cloud-code.accepted",
      arguments: [items[0]?.data],
    });
    editor.notify("cloud-code/search/used", { kind: "click" });
    editor.notify("cloud-code/search/used", { kind: "page-turn" });
    editor.notify("cloud-code/search/used", { kind: "adopt", rank: 12 });
    for (const nonsense of [
      {},
      { kind: "adopt" },
      { kind: "adopt", rank: 0 },
      { kind: "adopt", rank: 1e9 },
      null,
    ])
      editor.notify("cloud-code/search/used", nonsense);
    const shown = await state(editor);
    expect(shown.figures?.map(({ value }) => value)).toEqual([
      "1 / 1",
      "1",
      "6",
      expect.stringMatching(/^[\d.]+$/),
      "0",
      "0",
      "12",
      "1 / 1",
    ]);
    expect(shown.next).toMatchObject({ enough: false });
    expect(shown.next?.bytes).toContain(
      '"triggers":1,"accepts":1,"acceptRankSum":1,"acceptCharSum":6,',
    );
    expect(await editor.wait("cloud-code/telemetry/changed")).toMatchObject([{ mode: "on" }]);
    const off = await set(editor, { mode: "off" });
    expect(off).toMatchObject({ mode: "off", answered: true, waiting: [] });
    expect(readdirSync(editor.telemetryFolder)).toEqual(["telemetry.jsonl"]);
    await editor.list(8, { triggerKind: 1 });
    expect(await state(editor)).not.toHaveProperty("figures");
    expect(readdirSync(editor.telemetryFolder)).toEqual(["telemetry.jsonl"]);
  });

  it("count a partly accepted suggestion once, by what went in", async () => {
    const editor = await startWith({});
    await set(editor, { mode: "local" });
    const { items } = await editor.ghost();
    const [reference] = items[0]?.command?.arguments ?? [];
    for (const characters of [3, 5]) {
      await editor.ask("workspace/executeCommand", {
        command: "cloud-code.accepted",
        arguments: [{ ...(reference as object), characters }],
      });
    }
    expect(figure(await state(editor), 2)).toBe("3");
  });

  it("[A8] send nothing while the editor's own switch is off or unknown", async () => {
    const check = async (options: object, sends: boolean): Promise<void> => {
      const editor = await startWith(options);
      expect([options, (await set(editor, yes)).sends]).toEqual([options, sends]);
    };
    await check({ editorTelemetry: true }, true);
    await check({ editorTelemetry: false }, false);
    await check({ editorTelemetry: undefined }, false);
    const editor = await startWith({});
    await set(editor, yes);
    editor.notify("cloud-code/telemetry/editor", { allowed: false });
    expect(await state(editor)).toMatchObject({ sends: false, because: "editor-forbids" });
    editor.notify("cloud-code/telemetry/editor", { allowed: true });
    expect((await state(editor)).sends).toBe(true);
    editor.notify("cloud-code/telemetry/editor", { allowed: "yes" });
    expect((await state(editor)).sends).toBe(true);
  });

  it("[A3] are not switched on by a setting, nor by a yes to another question", async () => {
    const editor = await startWith({ telemetry: { receiver, mode: "on" } });
    expect((await state(editor)).mode).toBe("off");
    expect(await codeOf(set(editor, { ...yes, noticeVersion: noticeVersion + 1 }))).toBe(-32602);
    expect(await codeOf(set(editor, { ...yes, receiver: "https://other.example" }))).toBe(-32602);
    expect(await codeOf(set(editor, { mode: "yes" }))).toBe(-32602);
    expect((await state(editor)).mode).toBe("off");
  });

  it("[A4] are withdrawn by a setting, at once", async () => {
    const editor = await startWith({});
    await set(editor, yes);
    await editor.list();
    editor.notify("workspace/didChangeConfiguration", {
      settings: { cloudCode: { telemetry: { mode: "off" } } },
    });
    expect((await state(editor)).mode).toBe("off");
    expect(readdirSync(editor.telemetryFolder)).toEqual(["telemetry.jsonl"]);
  });

  it("[A7] are exported and purged", async () => {
    const editor = await startWith({});
    await set(editor, { mode: "local" });
    await editor.list();
    const { text } = await editor.ask<{ text: string }>(telemetryExportMethod, undefined);
    expect(JSON.parse(text)).toMatchObject({
      choices: [{ mode: "local" }],
      counted: [{ mayBeSent: false, counts: { triggers: 1 } }],
    });
    expect(text).not.toContain(root);
    expect(await editor.ask(telemetryHistoryMethod, undefined)).toEqual([]);
    expect(figure(await editor.ask(telemetryPurgeMethod, undefined), 0)).toBe("0 / 0");
    expect(readdirSync(editor.telemetryFolder)).toEqual(["telemetry.jsonl"]);
  });
});
