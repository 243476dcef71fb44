import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium, startBrowser, visit } from "./browser.ts";
import type { Copy } from "./lsp.ts";
import { createProject, type Running, startTry } from "./try.ts";

const chromium = await findChromium();

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
    await page.locator("#search-query").fill(query);
    await page.keyboard.press("Enter");
    await page.locator("#search-results li").first().waitFor();
  }

  test("finds by description, opens the file at the place, and inserts a snippet", async () => {
    const { page, requests, errors } = await visit(browser);
    try {
      await page.goto(running.url);
      await page.locator(".cm-content").waitFor();
      await page.keyboard.press("Control+Shift+S");
      await ask(page, "what is still to be paid in cents");
      const first = page.locator("#search-results li").first();
      expect(await first.locator("strong").textContent()).toMatch(/^ledger\.ts:\d+$/);
      expect(await first.locator("pre").textContent()).toContain("function openCents");
      expect(await first.locator("mark").count()).toBeGreaterThan(0);
      await first.getByRole("button", { name: "Open" }).click();
      await page.locator("#path", { hasText: "ledger.ts" }).waitFor();
      await page.locator(".cm-line", { hasText: "What is still to be paid" }).waitFor();

      await page.getByRole("button", { name: "Search code" }).first().click();
      await ask(page, "toReceipt");
      await page.locator("#search-results").getByRole("button", { name: "Insert" }).first().click();
      await page.locator("#unsaved:not([hidden])").waitFor();

      await page.keyboard.press("Control+Shift+S");
      await page.locator("#search-query").fill("/(/");
      await page.keyboard.press("Enter");
      await page.locator("#search-said", { hasText: "does not parse" }).waitFor();
      expect(requests.every((address) => address.startsWith("http://127.0.0.1:"))).toBe(true);
      expect(errors).toEqual([]);
    } finally {
      await page.context().close();
    }
  });
});
