import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Copy } from "../lsp.ts";
import { createProject, ledger } from "../try.ts";
import { Editor, packExtension, whyNoEditor } from "./editor.ts";

const noEditor = await whyNoEditor();
if (noEditor !== undefined) console.warn(noEditor);

const ending = "Cents = order.lines.reduce((sum, line) => sum + line.priceCents * line.count, 0);";
const lineInside = ledger.split("\n").length - 2;

describe.skipIf(noEditor !== undefined)("in VS Code", () => {
  let project: Copy;
  let editor: Editor;

  beforeAll(async () => {
    project = createProject();
    editor = await Editor.start(await packExtension(), { folder: project.folder });
  });

  afterAll(async () => {
    await editor.close();
    project.remove();
  });

  test("ghost text is accepted into the file on disk", async () => {
    await editor.begin("ledger.ts");
    await editor.indexed();
    await editor.goToLineEnd(lineInside);
    await editor.page.keyboard.type("const total", { delay: 20 });
    await editor.ghost.waitFor();
    await editor.picture("ghost");
    await editor.page.keyboard.press("Tab");
    await editor.page.keyboard.press("Control+S");
    await expect
      .poll(() => project.read("ledger.ts"), { timeout: 10_000 })
      .toContain(`{\n  const total${ending}`);
  });
});
