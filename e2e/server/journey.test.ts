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
  en: {
    allowed: "allowed since",
    withdrawn: "withdrawn since",
    withdraw: "Withdraw",
    allow: "Allow",
    refuse: "Do not allow",
    refused: "not allowed since",
    confirm: "Confirm",
    signIn: "Sign in",
  },
  zh: {
    allowed: "已允许 自",
    withdrawn: "已撤回 自",
    withdraw: "撤回",
    allow: "允许",
    refuse: "不允许",
    refused: "未允许 自",
    confirm: "确认",
    signIn: "登录",
  },
} as const;

/** Presses the button of a consent and waits for the page that follows. */
async function press(page: Page, purpose: string, label: string): Promise<void> {
  await page.locator(`#${purpose}`).getByRole("button", { name: label, exact: true }).click();
  await page.locator(".banner.good").waitFor();
}

async function linkIn(address: string): Promise<string> {
  const letter = await service.letterTo(address, "/confirm?");
  return /https?:\/\/\S+\/confirm\?\S+/.exec(letter)?.[0] ?? "";
}

describe.runIf(chromium !== undefined)("a person", () => {
  for (const language of ["en", "zh"] as const) {
    for (const javaScriptEnabled of [true, false]) {
      const name = `${language}-${javaScriptEnabled ? "scripts" : "plain"}`;
      test(`[C2] [C8] [C11] signs up, confirms, consents, changes their mind, withdraws and signs out, in ${language} ${javaScriptEnabled ? "with" : "without"} JavaScript`, async () => {
        const words = said[language];
        const visited = await visit(browser, {
          locale: language === "zh" ? "zh-CN" : "en-GB",
          javaScriptEnabled,
        });
        const { page } = visited;
        const picture = async (what: string): Promise<void> => {
          await page.screenshot({
            path: join(pictures, `journey-${what}.${name}.png`),
            fullPage: true,
          });
          // The checker is a script; where scripts are off the same pages were checked with them on.
          if (javaScriptEnabled) expect([what, await violations(page)]).toEqual([what, []]);
        };

        await page.goto(`${service.origin}/sign-up`);
        const email = `${name}@example.com`;
        await page.locator("#username").fill(`reader.${name}`.replaceAll("-", "."));
        await page.locator("#email").fill(email);
        await page.locator("#password").fill(password);
        await page.locator("#age-yes").check();
        await page.locator('form[action="/sign-up"] button[type="submit"]').first().click();
        await picture("mail");

        await page.goto(await linkIn(email));
        await page.locator("main form button[type=submit]").first().click();

        await page.goto(`${service.origin}/sign-in`);
        await page.locator("#identifier").fill(email);
        await page.locator("#password").fill(password);
        await page.locator('form[action="/sign-in"] button[type="submit"]').first().click();
        await page.goto(`${service.origin}/account`);
        expect(new URL(page.url()).pathname).toBe("/account");
        await picture("account");

        await page.goto(`${service.origin}/privacy/center`);
        // Nothing is chosen beforehand, and yes and no are the same size.
        expect(await page.locator("input:checked").count()).toBe(0);
        const card = page.locator("#recover-account");
        const sizes = [];
        for (const label of [words.allow, words.refuse]) {
          const box = await card.getByRole("button", { name: label, exact: true }).boundingBox();
          sizes.push([Math.round(box?.width ?? 0), Math.round(box?.height ?? 0)]);
        }
        expect(sizes[0]).toEqual(sizes[1]);
        await picture("center");

        await press(page, "recover-account", words.refuse);
        expect(await card.textContent()).toContain(words.refused);
        await press(page, "recover-account", words.allow);
        expect(await card.textContent()).toContain(words.allowed);
        await picture("allowed");

        const downloading = page.waitForEvent("download");
        await card.locator("a[href*=receipts]").click();
        const receipt = JSON.parse(
          readFileSync(await (await downloading).path(), "utf8"),
        ) as object;
        expect(receipt).toMatchObject({ "@type": "dpv:ConsentReceipt" });

        await press(page, "recover-account", words.withdraw);
        expect(await card.textContent()).toContain(words.withdrawn);
        expect(await page.locator("#history li").count()).toBe(3);
        await picture("withdrawn");

        await page.goto(`${service.origin}/account`);
        await page.locator('form[action="/sign-out"] button').first().click();
        await page.goto(`${service.origin}/account`);
        expect(new URL(page.url()).pathname).toBe("/sign-in");

        expect(visited.requests.filter((url) => !url.startsWith(service.origin))).toEqual([]);
        expect(visited.errors).toEqual([]);
        await visited.close();
      }, 120_000);
    }
  }

  test("[A9] [C15] asks without an account, keeps the private page, and sees the date of the answer", async () => {
    const visited = await visit(browser, { locale: "en-GB", javaScriptEnabled: true });
    const { page } = visited;
    await page.goto(`${service.origin}/support`);
    await page.locator("#body").fill("no");
    await page.getByRole("button", { name: "Send" }).click();
    await page.screenshot({ path: join(pictures, "journey-support-problem.png"), fullPage: true });
    expect(await page.locator("#body-problem").textContent()).toContain("at least ten characters");
    expect(await page.locator("#body").getAttribute("aria-describedby")).toContain("body-problem");
    expect(await violations(page)).toEqual([]);
    await page.locator("#body").fill("Where do I see what you hold about me?");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("Your message has arrived.").waitFor();
    expect(await page.locator(".facts").textContent()).toContain("15 days left");
    expect(await violations(page)).toEqual([]);
    await page.screenshot({ path: join(pictures, "journey-support-ticket.png"), fullPage: true });
    await visited.close();
  }, 60_000);
});
