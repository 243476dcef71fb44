import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { products } from "@cloud-code/policy";
import type { Copy } from "../lsp.ts";
import { createProject, ledger } from "../try.ts";
import { Editor, packExtension, whyNoEditor } from "./editor.ts";

const noEditor = await whyNoEditor();
if (noEditor !== undefined) console.warn(noEditor);

const soon = { timeout: 20_000 };
const noticeVersion = products.assistant.notice.version;
const lineInside = ledger.split("\n").length - 2;

describe.skipIf(noEditor !== undefined)(
  "VS Code, where not all is allowed",
  { timeout: 300_000 },
  () => {
    let packed: string;
    let project: Copy;
    const homes: string[] = [];

    beforeAll(async () => {
      packed = await packExtension();
      project = createProject();
    });

    afterAll(() => {
      project.remove();
      for (const home of homes) rmSync(home, { recursive: true, force: true });
    });

    /** The home of a person who has these files. */
    function createHome(files: Readonly<Record<string, object>>): string {
      const home = mkdtempSync(join(tmpdir(), "cloud-code-home-"));
      homes.push(home);
      for (const [name, value] of Object.entries(files)) {
        mkdirSync(dirname(join(home, name)), { recursive: true });
        writeFileSync(join(home, name), `${JSON.stringify(value)}\n`);
      }
      return home;
    }

    test("[A2] in a workspace that is not trusted completion works, models elsewhere are off, and its settings name nobody", async () => {
      const service = "https://models.example";
      const elsewhere = "https://elsewhere.example";
      mkdirSync(project.path(".vscode"));
      writeFileSync(
        project.path(".vscode/settings.json"),
        JSON.stringify({
          "cloudCode.telemetry.receiver": elsewhere,
          "cloudCode.telemetry.mode": "on",
          "cloudCode.embeddings.url": `${elsewhere}/v1`,
          "cloudCode.search.dependencies": false,
        }),
      );
      const editor = await Editor.start(packed, {
        folder: project.folder,
        asksForTrust: true,
        settings: { "workbench.colorTheme": "Default Dark Modern" },
        machine: {
          "cloudCode.embeddings.url": `${service}/v1`,
          "cloudCode.embeddings.model": "some-model",
        },
        home: createHome({
          ".config/cloud-code/models.jsonl": {
            answer: "given",
            purpose: "ask-chosen-model",
            origin: service,
            noticeVersion,
            atMs: 1,
          },
        }),
      });
      try {
        await editor.page
          .locator(".monaco-dialog-box")
          .getByRole("button", { name: "No, I don't trust the authors" })
          .click();
        await editor.begin("ledger.ts");
        await editor.indexed();
        await editor.rewrite(lineInside, "  const total");
        await editor.ghost.waitFor();
        await editor.picture("untrusted-ghost");
        await editor.page.keyboard.press("Tab");
        await expect.poll(() => editor.editor.innerText(), soon).toContain("totalCents");
        await editor.goTo(28, 12);
        await editor.command("Find Code Examples");
        await editor.panel.locator("pre").first().waitFor();
        const notice = editor.panel.locator(".summary .hint");
        await expect.poll(() => notice.innerText(), soon).toContain("trust");
        await editor.picture("untrusted-search");
        await editor.panel.getByRole("tab", { name: "Status" }).click();
        const model = editor.panel.locator(".part", { hasText: "Model" });
        await expect.poll(() => model.innerText(), soon).toContain(service);
        expect(await model.innerText()).toContain("trust");
        await editor.picture("untrusted-status");
        await editor.panel.getByRole("tab", { name: "Data" }).click();
        await editor.panel.getByText("Nothing has left this machine").waitFor();
        await editor.picture("untrusted-data");
        expect(await editor.notification(elsewhere).count()).toBe(0);
        expect(editor.log()).not.toContain(elsewhere);
      } finally {
        await editor.close();
        rmSync(project.path(".vscode"), { recursive: true });
      }
    });

    test("[A2] the model of this machine's settings is asked; one elsewhere only after a yes that names it", async () => {
      const asked: string[] = [];
      const server = createServer((request, response) => {
        let body = "";
        request.on("data", (chunk: Buffer) => (body += chunk.toString()));
        request.on("end", () => {
          const { input, model } = JSON.parse(body) as { input: string[]; model: string };
          asked.push(`${request.url ?? ""} ${model} ${input[0] ?? ""}`);
          const data = input.map((_, index) => ({
            object: "embedding",
            index,
            embedding: [1, index],
          }));
          response.setHeader("content-type", "application/json");
          response.end(
            JSON.stringify({
              object: "list",
              data,
              model,
              usage: { prompt_tokens: 1, total_tokens: 1 },
            }),
          );
        });
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      const home = createHome({});
      const editor = await Editor.start(packed, {
        folder: project.folder,
        home,
        machine: {
          "cloudCode.embeddings.url": `http://127.0.0.1:${port}/v1`,
          "cloudCode.embeddings.model": "some-model",
        },
      });
      try {
        await editor.begin("ledger.ts");
        await editor.indexed();
        await editor.command("Open the Panel");
        await editor.panel.locator("textarea").first().fill("orders that are not paid");
        await editor.page.keyboard.press("Enter");
        await editor.panel.locator("pre").first().waitFor();
        expect(asked).toEqual(["/v1/embeddings some-model orders that are not paid"]);
        await editor.panel.getByRole("tab", { name: "Data" }).click();
        const place = `127.0.0.1:${port}`;
        await editor.panel.locator(".connections li", { hasText: place }).waitFor();
        await editor.picture("model-data");

        const elsewhere = "https://models.example";
        writeFileSync(
          join(home, "data/Machine/settings.json"),
          JSON.stringify({
            "cloudCode.embeddings.url": `${elsewhere}/v1`,
            "cloudCode.embeddings.model": "some-model",
          }),
        );
        const question = editor.notification("Send code to this model service?");
        await question.waitFor();
        expect(await question.innerText()).toContain(elsewhere);
        await editor.picture("model-question");
        const answers = join(home, ".config/cloud-code/models.jsonl");
        expect(existsSync(answers)).toBe(false);
        await question.getByRole("button", { name: "Allow", exact: true }).click();
        await expect
          .poll(() => existsSync(answers) && readFileSync(answers, "utf8"), soon)
          .toContain(elsewhere);
        await editor.command("Allow or Stop the Embedding Model");
        await editor.page
          .locator(".monaco-dialog-box")
          .getByRole("button", { name: "Stop" })
          .click();
        await expect.poll(() => readFileSync(answers, "utf8"), soon).toContain("withdrawn");
      } finally {
        await editor.close();
        server.close();
      }
    });

    test("[A1] [A3] a notice that changed asks again; everything is reached by keys, in high contrast", async () => {
      const receiver = "https://statistics.example";
      const editor = await Editor.start(packed, {
        folder: project.folder,
        settings: {
          "workbench.colorTheme": "Default High Contrast",
          "telemetry.telemetryLevel": "all",
          "cloudCode.telemetry.receiver": receiver,
        },
        home: createHome({
          ".config/cloud-code/telemetry.jsonl": {
            mode: "on",
            receiver,
            noticeVersion: noticeVersion - 1,
            atMs: 1,
          },
        }),
      });
      const { keyboard } = editor.page;
      try {
        await editor.begin("ledger.ts");
        const question = editor.notification("Send anonymous usage statistics?");
        await question.waitFor();
        await editor.picture("contrast-question");
        await editor.indexed();
        await editor.command("Show Usage Statistics");
        const hint = editor.panel.locator("fieldset.choices .hint");
        await expect.poll(() => hint.innerText(), soon).toContain("current privacy notice");
        await editor.picture("contrast-statistics");
        await editor.command("Notifications: Focus Notification Toast");
        await keyboard.press("Tab");
        await question.getByRole("button", { name: "Not now" }).press("Enter");
        await question.waitFor({ state: "hidden" });
        await expect.poll(() => hint.innerText(), soon).toContain("statistics are off");

        // A question by keys alone: to the panel, to a result, into the file.
        await editor.openFile("ledger.ts");
        await editor.goTo(22, 20);
        await keyboard.press("Shift+Alt+S");
        const results = editor.panel.locator("pre");
        await expect
          .poll(() => results.first().innerText(), soon)
          .toContain("toReceipt(order: Order)");
        await keyboard.press("ArrowDown");
        await editor.panel.locator("button.title:focus").waitFor();
        await editor.picture("contrast-search");
        await keyboard.press("Enter");
        const place = editor.page.locator('.statusbar-item[id="status.editor.selection"]');
        await expect.poll(() => place.innerText(), soon).toContain("Ln 21");
        await editor.goTo(lineInside, 3);
        await editor.command("Open the Panel");
        await editor.panel.locator("textarea:focus").waitFor();
        await keyboard.press("Control+A");
        // The editor hears this key first and selects a moment later.
        const box = editor.panel.locator("textarea");
        await expect
          .poll(
            () =>
              box.evaluate((area) => {
                const { selectionStart, selectionEnd, value } = area as HTMLTextAreaElement;
                return selectionEnd - selectionStart === value.length;
              }),
            soon,
          )
          .toBe(true);
        await keyboard.type("unpaid");
        await expect.poll(() => box.inputValue(), soon).toBe("unpaid");
        await keyboard.press("Enter");
        await expect.poll(() => results.first().innerText(), soon).toContain("unpaid(orders");
        await keyboard.press("ArrowDown");
        await editor.panel.locator("button.title:focus").waitFor();
        await keyboard.press("i");
        await expect
          .poll(async () => (await editor.editor.innerText()).match(/unpaid/g)?.length, soon)
          .toBe(2);
        // The tabs of the panel are one stop, and arrows go through them.
        await editor.command("Open the Panel");
        await editor.panel.locator("textarea:focus").waitFor();
        await keyboard.press("Shift+Tab");
        await editor.panel.locator('[role="tab"]:focus').waitFor();
        const status = editor.panel.getByRole("tab", { name: "Status", selected: true });
        for (let presses = 0; presses < 2; presses += 1) await keyboard.press("ArrowRight");
        await status.waitFor();
        await editor.picture("contrast-status");
      } finally {
        await editor.close();
      }
    });

    test("[A4] what an organisation rules out is locked, and said, in Chinese too", async () => {
      const home = createHome({ "policy.json": { forbiddenPurposes: ["usage-statistics"] } });
      const editor = await Editor.start(packed, {
        folder: project.folder,
        home,
        language: "zh-cn",
        settings: {
          "telemetry.telemetryLevel": "all",
          "cloudCode.telemetry.receiver": "https://statistics.example",
        },
        environment: { CLOUD_CODE_POLICY_FILE: join(home, "policy.json") },
      });
      try {
        await editor.begin("ledger.ts");
        await editor.indexed();
        await editor.picture("chinese");
        await editor.command("允许或停止使用统计");
        await editor.page
          .locator(".quick-input-list .monaco-list-row", { hasText: "会先征求您的同意" })
          .first()
          .click();
        await editor.notification("您所在的组织不允许使用统计").waitFor();
        await editor.picture("chinese-locked");
        await editor.command("显示使用统计");
        const choices = editor.panel.locator("fieldset.choices");
        await expect
          .poll(() => choices.locator(".hint").innerText(), soon)
          .toContain("您的组织不允许");
        const areLocked = await Promise.all(
          (await choices.locator("input").all()).map((input) => input.isDisabled()),
        );
        // Sending; to count less is the person's to choose whatever the organisation says.
        expect(areLocked).toEqual([false, false, true]);
        await editor.picture("chinese-statistics");
      } finally {
        await editor.close();
      }
    });
  },
);
