import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium, startBrowser, visit } from "../browser.ts";
import { violations } from "./axe.ts";
import { type RunningService, startService } from "./service.ts";

const pictures = fileURLToPath(new URL("../.output/server/", import.meta.url));
const password = "seven quiet herons over Wuhan";
const chromium = await findChromium();

let service: RunningService;
let browser: Browser;

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  service = await startService();
  if (chromium !== undefined) browser = await startBrowser(chromium);
});

afterAll(async () => {
  if (chromium !== undefined) await browser.close();
  await service.stop();
});

const said = {
  en: { done: "done", received: "received", authority: "Data Protection Commission" },
  zh: { done: "已办结", received: "已收到", authority: "Data Protection Commission" },
} as const;

/** Opens the page of a right; gives the password where it is asked for. */
async function open(page: Page, right: string): Promise<void> {
  await page.goto(`${service.origin}/privacy/requests/new/${right}`);
  if (new URL(page.url()).pathname === "/account/confirm") {
    await page.locator("#password").fill(password);
    await page.locator('form[action="/account/confirm"] button[type="submit"]').first().click();
    await page.waitForURL(`**/privacy/requests/new/${right}`);
  }
}

async function send(page: Page, right: string): Promise<void> {
  await page.locator(`form[action="/privacy/requests/new/${right}"] button[type="submit"]`).click();
  await page.waitForURL(/\/privacy\/requests\/[\w-]{43}$/);
}

describe.runIf(chromium !== undefined)("a person's rights in a browser", () => {
  for (const language of ["en", "zh"] as const) {
    test(`[C7] [C9] all six, and the authority, in ${language}`, async () => {
      const words = said[language];
      const visited = await visit(browser, { locale: language === "zh" ? "zh-CN" : "en-GB" });
      const { page } = visited;
      const email = `rights-${language}@example.com`;
      const look = async (what: string, state?: string): Promise<void> => {
        await page.screenshot({
          path: join(pictures, `rights-${what}.${language}.png`),
          fullPage: true,
        });
        expect([what, await violations(page)]).toEqual([what, []]);
        if (state !== undefined)
          expect(await page.locator("main .chip").first().textContent()).toBe(state);
      };

      await page.goto(`${service.origin}/sign-up`);
      await page.locator("#username").fill(`rights.${language}`);
      await page.locator("#email").fill(email);
      await page.locator("#password").fill(password);
      await page.locator("#age-yes").check();
      await page.locator('form[action="/sign-up"] button[type="submit"]').first().click();
      const letter = await service.letterTo(email, "/confirm?");
      await page.goto(/https?:\/\/\S+\/confirm\?\S+/.exec(letter)?.[0] ?? "");
      await page.locator("main form button[type=submit]").first().click();
      await page.goto(`${service.origin}/sign-in`);
      await page.locator("#identifier").fill(email);
      await page.locator("#password").fill(password);
      await page.locator('form[action="/sign-in"] button[type="submit"]').first().click();
      await page.goto(`${service.origin}/privacy/requests`);
      await look("list");

      for (const right of ["access", "transfer"]) {
        await open(page, right);
        await send(page, right);
        await look(right, words.done);
        const downloading = page.waitForEvent("download");
        await page.locator("a[href$='copy.json']").click();
        const copy = readFileSync(await (await downloading).path(), "utf8");
        expect(JSON.parse(copy)).toMatchObject({
          about: { kind: right },
          records: { users: [{ email }] },
        });
      }

      await open(page, "correct");
      await page.locator("#text").fill("My company is spelt otherwise.");
      await send(page, "correct");
      await look("correct", words.received);

      await open(page, "object");
      await send(page, "object");
      await look("object", words.done);

      await open(page, "restrict");
      await send(page, "restrict");
      await look("restrict", words.done);

      await page.goto(`${service.origin}/privacy/authorities`);
      await page.locator("#place").selectOption("IE");
      await page.locator('form[action="/privacy/authorities"] button').click();
      expect(await page.locator("main").textContent()).toContain(words.authority);
      await look("authorities");

      await open(page, "delete");
      await look("delete-plan");
      await page.locator("#sure-yes").check();
      await send(page, "delete");
      await look("delete", words.done);
      // The page outlives the account.
      await page.reload();
      expect(await page.locator("main .chip").first().textContent()).toBe(words.done);
      await page.goto(`${service.origin}/account`);
      expect(new URL(page.url()).pathname).toBe("/sign-in");

      expect(visited.requests.filter((url) => !url.startsWith(service.origin))).toEqual([]);
      await visited.close();
    }, 180_000);
  }

  test("[C7] the trail of all this verifies from the command line", async () => {
    expect(await service.command("audit", "verify")).toMatch(
      /audit_entries: \d+ rows, none tampered with/,
    );
  });
});
