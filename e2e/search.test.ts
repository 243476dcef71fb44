import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium, startBrowser, visit } from "./browser.ts";
import type { Copy } from "./lsp.ts";
import { createProject, type Running, startTry } from "./try.ts";

const chromium = await findChromium();
const pictures = fileURLToPath(new URL(".output/try-", import.meta.url));

describe.skipIf(chromium === undefined)("code search in the page of cloud-code try", () => {
  let project: Copy;
  let running: Running;
  let browser: Browser;
  beforeAll(async () => {
    project = createProject();
    running = await startTry(project);
    browser = await startBrowser(chromium ?? "");
  });
  afterAll(async () => {
    await browser.close();
    await running.stop();
    project.remove();
  });

  async function ask(page: Page, query: string): Promise<void> {
    await page.locator("#panel-query").fill(query);
    await page.keyboard.press("Enter");
    await page.locator(".result").first().waitFor();
  }

  test("finds by description, opens the file at the place, and inserts a snippet", async () => {
    const { page, requests, errors } = await visit(browser);
    try {
      await page.goto(running.url);
      await page.locator(".cm-content").waitFor();
      await page.keyboard.press("Control+Shift+S");
      await ask(page, "what is still to be paid in cents");
      const first = page.locator(".result").first();
      expect(await first.locator(".title").textContent()).toMatch(/^ledger\.ts:\d+$/);
      expect(await first.locator(".code").textContent()).toContain("function openCents");
      expect(await first.locator("mark").count()).toBeGreaterThan(0);
      expect(await first.locator(".of-keyword").count()).toBeGreaterThan(0);
      await page.screenshot({ path: `${pictures}search.png` });
      await first.getByRole("button", { name: "Preview" }).click();
      await page.locator(".window .line", { hasText: "What is still to be paid" }).waitFor();
      await page.keyboard.press("Escape");
      await first.getByRole("button", { name: "Open" }).click();
      await page.locator("#path", { hasText: "ledger.ts" }).waitFor();
      await page.locator(".cm-line", { hasText: "What is still to be paid" }).waitFor();

      await ask(page, "toReceipt");
      await first.getByRole("button", { name: "Insert" }).click();
      await page.locator("#unsaved:not([hidden])").waitFor();

      await page.keyboard.press("Control+Shift+S");
      await page.locator("#panel-query").fill("/(/");
      await page.keyboard.press("Enter");
      await page.getByRole("tabpanel").getByText("does not parse").waitFor();
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      await page.locator("#panel-side").waitFor({ state: "hidden" });
      expect(requests.every((address) => address.startsWith("http://127.0.0.1:"))).toBe(true);
      expect(errors).toEqual([]);
    } finally {
      await page.context().close();
    }
  });

  test("[A2] [A4] [A7] statistics are off, can be counted for one's own eyes, exported and deleted", async () => {
    const { page, requests, errors } = await visit(browser);
    try {
      await page.goto(running.url);
      await page.locator(".cm-content").waitFor();
      await page.getByRole("button", { name: /^Search code/ }).click();
      const side = page.locator("#panel-side");
      await side.getByRole("tab", { name: "Statistics" }).click();
      const off = side.getByRole("radio", { name: /^Off/ });
      await expect.poll(() => off.isChecked()).toBe(true);
      await side.getByText("Nothing is counted while statistics are off.").waitFor();

      await side.getByRole("radio", { name: /^On this machine only/ }).click();
      await side.getByRole("row", { name: /Number of code searches/ }).waitFor();
      await side.getByRole("tab", { name: "Search" }).click();
      await ask(page, "toReceipt");
      await side.getByRole("tab", { name: "Statistics" }).click();
      await side.getByRole("row", { name: /Number of code searches.* 1$/ }).waitFor();
      await page.screenshot({ path: `${pictures}statistics.png` });

      const saving = page.waitForEvent("download");
      await side.getByRole("button", { name: "Export …" }).click();
      expect((await saving).suggestedFilename()).toBe("cloud-code-usage-statistics.json");
      await side.getByRole("button", { name: "Delete everything …" }).click();
      await side.getByRole("button", { name: "Delete everything", exact: true }).click();
      await side.getByRole("row", { name: /Number of code searches.* 0$/ }).waitFor();
      await off.click();
      await side.getByText("Nothing is counted while statistics are off.").waitFor();

      await side.getByRole("tab", { name: "Status" }).click();
      await side.getByText("may hold secrets (never opened)").waitFor();
      await side.getByRole("tab", { name: "Data" }).click();
      await side.getByText("Nothing has left this machine").waitFor();
      await page.screenshot({ path: `${pictures}data.png` });
      await page.getByRole("button", { name: /Chinese/ }).click();
      await side.getByText("没有任何内容离开本机").waitFor();
      expect(requests.every((address) => /^(?:blob:)?http:\/\/127\.0\.0\.1:/.test(address))).toBe(
        true,
      );
      expect(errors).toEqual([]);
    } finally {
      await page.context().close();
    }
  });
});
