import type { Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Copy } from "../lsp.ts";
import { createProject, ledger } from "../try.ts";
import { Editor, packExtension, whyNoEditor } from "./editor.ts";

const noEditor = await whyNoEditor();
if (noEditor !== undefined) console.warn(noEditor);

const ending = "Cents = order.lines.reduce((sum, line) => sum + line.priceCents * line.count, 0);";
const lineInside = ledger.split("\n").length - 2;
/** An editor on a busy machine takes its time. */
const timeout = 300_000;
const soon = { timeout: 20_000 };

describe.skipIf(noEditor !== undefined)("in VS Code", { timeout }, () => {
  let project: Copy;
  let editor: Editor;

  beforeAll(async () => {
    project = createProject();
    editor = await Editor.start(await packExtension(), { folder: project.folder });
    await editor.begin("ledger.ts");
    await editor.indexed();
  }, timeout);

  afterAll(async () => {
    await editor.close();
    project.remove();
  });

  /** Writes into the function at the end of the ledger, in the place of what was written there before. */
  async function write(text: string): Promise<void> {
    await editor.openFile("ledger.ts");
    await editor.rewrite(lineInside, `  ${text}`);
  }

  /** Saves, and waits until the function's line on the disk is `line`. */
  async function expectSaved(line: string): Promise<void> {
    await editor.page.keyboard.press("Control+S");
    await expect
      .poll(() => project.read("ledger.ts").split("\n")[lineInside - 1]?.trim(), {
        timeout: 10_000,
      })
      .toBe(line);
  }

  const searchBox = (): Locator => editor.panel.locator("textarea").first();

  test("activation takes little processor time, and the log holds no code", () => {
    expect(editor.activationMs()).toBeLessThanOrEqual(300);
    expect(editor.log()).not.toContain("order");
  });

  test("ghost text is accepted into the file on disk", async () => {
    await write("const total");
    await editor.ghost.waitFor();
    await editor.picture("ghost");
    await editor.page.keyboard.press("Tab");
    await expectSaved(`const total${ending}`);
  });

  test("a word of it is accepted, then the rest of the line", async () => {
    await write("const total");
    await editor.ghost.waitFor();
    await editor.page.keyboard.press("Control+ArrowRight");
    await expect.poll(() => editor.editor.innerText(), soon).toContain("totalCents");
    await editor.ghost.waitFor();
    await editor.page.keyboard.press("Alt+End");
    await expectSaved(`const total${ending}`);
  });

  test("the list has the likeliest first, and its choice reaches the disk", async () => {
    await write("const totalCents = order.");
    await editor.page.keyboard.press("Escape");
    // The first time at a place counts as typing; asked again, every candidate is shown.
    await editor.command("Suggest Here as a List");
    await editor.page.locator(".suggest-widget.visible").waitFor();
    await editor.page.keyboard.press("Escape");
    await editor.command("Suggest Here as a List");
    const rows = editor.page.locator(".suggest-widget.visible .monaco-list-row");
    await rows.filter({ hasText: "%" }).first().waitFor();
    const shares = (await rows.allInnerTexts()).flatMap((text) => {
      const share = /(\d+) %/.exec(text)?.[1];
      return share === undefined ? [] : [Number(share)];
    });
    expect(shares.length).toBeGreaterThan(1);
    expect(shares).toEqual(shares.toSorted((one, other) => other - one));
    await editor.picture("list");
    await rows.filter({ hasText: "lines.reduce" }).first().click();
    await expectSaved(
      "const totalCents = order.lines.reduce((sum, line) => sum + line.priceCents * line.count, 0);",
    );
  });

  test("others are shown in turn", async () => {
    await write("const ");
    await editor.command("Suggest Here as Ghost Text");
    await editor.ghost.waitFor();
    const first = await editor.ghostText();
    await editor.page.keyboard.press("Alt+]");
    await expect.poll(() => editor.ghostText(), soon).not.toBe(first);
    await editor.page.keyboard.press("Alt+[");
    await expect.poll(() => editor.ghostText(), soon).toBe(first);
    await editor.page.keyboard.press("Escape");
  });

  test("the status item says why nothing is shown, pauses and switches off", async () => {
    await editor.openFile("secrets.ts");
    await editor.page.keyboard.type("export const tok");
    await expect
      .poll(() => editor.status.getAttribute("aria-label"), soon)
      .toContain("may hold secrets");
    await editor.openFile("ledger.ts");
    await editor.status.click();
    await editor.page.locator(".quick-input-list .monaco-list-row", { hasText: "Pause" }).waitFor();
    await editor.picture("status");
    await editor.page.locator(".quick-input-list .monaco-list-row", { hasText: "Pause" }).click();
    await editor.page
      .locator(".quick-input-list .monaco-list-row", { hasText: "15 minutes" })
      .click();
    await expect.poll(() => editor.status.getAttribute("aria-label"), soon).toContain("off until");
    await write("const total");
    await editor.page.waitForTimeout(1_500);
    expect(await editor.ghost.count()).toBe(0);
    await editor.command("Resume Suggestions");
    await write("const total");
    await editor.ghost.waitFor();
    await editor.page.keyboard.press("Escape");
    await editor.command("Switch Suggestions On or Off");
    await expect.poll(() => editor.status.innerText(), soon).toContain("off");
    await editor.picture("off");
    await write("const total");
    await editor.page.waitForTimeout(1_500);
    expect(await editor.ghost.count()).toBe(0);
    await editor.command("Switch Suggestions On or Off");
    await write("const total");
    await editor.ghost.waitFor();
    await editor.page.keyboard.press("Escape");
  });

  test("code examples are found for a name, a comment and a selection", async () => {
    const box = searchBox();
    const results = editor.panel.locator("pre");
    await editor.openFile("ledger.ts");
    await editor.goTo(22, 20);
    await editor.page.keyboard.press("Shift+Alt+S");
    await results.first().waitFor();
    expect(await box.inputValue()).toBe("toReceipt");
    await expect.poll(() => results.first().innerText(), soon).toContain("toReceipt(order: Order)");
    await editor.picture("search");
    await editor.openFile("ledger.ts");
    await editor.goTo(28, 12);
    await editor.command("Find Code Examples");
    await expect.poll(() => box.inputValue(), soon).toBe("The orders that are not paid in full.");
    await expect.poll(() => results.first().innerText(), soon).toContain("unpaid");
  });

  test("an error in the terminal is a link to code examples", async () => {
    await editor.command("Terminal: Create New Terminal");
    const rows = editor.page.locator(".terminal-wrapper.active .xterm-screen");
    await rows.waitFor();
    await editor.page.waitForTimeout(2_000);
    await editor.page.keyboard.type("echo RangeError: no place in the syntax tree\n");
    await editor.page.waitForTimeout(1_000);
    await editor.picture("terminal");
    const line = editor.page.locator(".terminal-wrapper.active .xterm-screen");
    const box = await line.boundingBox();
    // The terminal is painted, so the link is found where the second line is.
    await editor.page.mouse.move((box?.x ?? 0) + 40, (box?.y ?? 0) + 26);
    await editor.page.waitForTimeout(800);
    await editor.page.keyboard.down("Control");
    await editor.page.mouse.click((box?.x ?? 0) + 40, (box?.y ?? 0) + 26);
    await editor.page.keyboard.up("Control");
    await expect
      .poll(() => searchBox().inputValue(), { timeout: 10_000 })
      .toBe("RangeError: no place in the syntax tree");
    await editor.command("Terminal: Kill the Active Terminal Instance");
  });
});
