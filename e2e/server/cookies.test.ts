import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findStorageKey } from "@cloud-code/policy";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium, startBrowser, visit, type Visit } from "../browser.ts";
import { violations } from "./axe.ts";
import { type RunningService, startService } from "./service.ts";

const pictures = fileURLToPath(new URL("../.output/server/", import.meta.url));
const chromium = await findChromium();

let service: RunningService;
let plain: RunningService;
let browser: Browser;

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  service = await startService({ CLOUD_CODE_OPTIONAL_COOKIES: "display" });
  plain = await startService();
  if (chromium !== undefined) browser = await startBrowser(chromium);
});

afterAll(async () => {
  if (chromium !== undefined) await browser.close();
  await service.stop();
  await plain.stop();
});

/** Follows every link of the site once, and gives the pages it saw. */
async function crawl(page: Page, origin: string): Promise<readonly string[]> {
  const waiting = ["/"];
  const seen = new Set<string>(waiting);
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    await page.goto(origin + path);
    const links = await page
      .locator("a[href^='/']")
      .evaluateAll((all) => all.map((link) => new URL((link as HTMLAnchorElement).href).pathname));
    for (const link of links) {
      // Picking a language is an action of the visitor; it has a test of its own.
      if (seen.has(link) || link.startsWith("/language/") || /\.(txt|json)$/.test(link)) continue;
      seen.add(link);
      waiting.push(link);
    }
  }
  return [...seen];
}

interface Stored {
  readonly cookies: readonly string[];
  readonly others: readonly string[];
}

async function stored({ context, page }: Visit): Promise<Stored> {
  const cookies = await context.cookies();
  const others = await page.evaluate(async () => [
    ...Object.keys(localStorage).map((key) => `localStorage ${key}`),
    ...Object.keys(sessionStorage).map((key) => `sessionStorage ${key}`),
    ...(await indexedDB.databases()).map(({ name }) => `indexedDB ${name ?? ""}`),
    ...(await caches.keys()).map((key) => `cache ${key}`),
    ...(await navigator.serviceWorker.getRegistrations()).map(({ scope }) => `worker ${scope}`),
  ]);
  return { cookies: cookies.map(({ name }) => name).toSorted(), others };
}

/** Crawls the site and expects that nothing is kept but what is declared, and that no other host was called. */
async function checkCrawl(
  visited: Visit,
  origin: string,
  optional: readonly string[],
): Promise<void> {
  const pages = await crawl(visited.page, origin);
  expect(pages.length).toBeGreaterThan(20);
  const { cookies, others } = await stored(visited);
  expect(others).toEqual([]);
  expect(cookies.filter((name) => findStorageKey(name) === undefined)).toEqual([]);
  const set = cookies.filter((name) => findStorageKey(name)?.necessary === false);
  expect(set).toEqual(optional);
  expect(visited.requests.filter((url) => !url.startsWith(origin))).toEqual([]);
  expect(visited.errors).toEqual([]);
}

describe.runIf(chromium !== undefined)("a browser with a clean profile", () => {
  test("[C5] keeps nothing undeclared and calls nobody else: before a choice, after a no, after a yes", async () => {
    const visited = await visit(browser, { locale: "en-GB" });
    const { page } = visited;
    await checkCrawl(visited, service.origin, []);

    await page.goto(`${service.origin}/proof`);
    await page.locator("#cc-main .cm").waitFor();
    await page.waitForTimeout(500);
    await page.screenshot({ path: join(pictures, "cookie-question.png") });
    expect(await violations(page)).toEqual([]);
    // Both answers stand in the first layer and look alike.
    const looks = await page.locator("#cc-main .cm__btn").evaluateAll((all) =>
      all.map((button) => {
        const { width, height } = button.getBoundingClientRect();
        const { backgroundColor, color, fontSize } = getComputedStyle(button);
        return [Math.round(width), Math.round(height), backgroundColor, color, fontSize];
      }),
    );
    expect(looks).toHaveLength(2);
    expect(looks[0]).toEqual(looks[1]);

    const recorded = page.waitForResponse((response) =>
      response.url().endsWith("/privacy/cookies/choice"),
    );
    await page.getByRole("button", { name: "Do not allow" }).click();
    await recorded;
    await page.goto(service.origin);
    expect(await page.locator("#cc-main, #cookie-question").count()).toBe(0);
    await checkCrawl(visited, service.origin, []);

    await page.goto(`${service.origin}/privacy/cookies`);
    await page.getByRole("button", { name: "Allow", exact: true }).click();
    await page.locator("#theme-dark").check();
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator("html[data-theme=dark]").waitFor();
    await page.screenshot({ path: join(pictures, "cookies-allowed.png"), fullPage: true });
    await checkCrawl(visited, service.origin, ["display"]);

    // Withdrawn: gone at once.
    await page.goto(`${service.origin}/privacy/cookies`);
    await page.getByRole("button", { name: "Do not allow" }).click();
    await page.waitForURL(/choices/);
    await checkCrawl(visited, service.origin, []);
    await visited.close();
  }, 180_000);

  test("[C5] is asked by a plain form where scripts are off", async () => {
    const visited = await visit(browser, { locale: "zh-CN", javaScriptEnabled: false });
    const { page } = visited;
    await page.goto(`${service.origin}/proof`);
    await page.screenshot({ path: join(pictures, "cookie-question-plain.png"), fullPage: true });
    await page.locator("#cookie-question").getByRole("button", { name: "不允许" }).click();
    expect(new URL(page.url()).pathname).toBe("/proof");
    expect(await page.locator("#cookie-question").count()).toBe(0);
    await visited.close();
  }, 60_000);

  test("[C5] is not asked at all when it sends Global Privacy Control, and is told so", async () => {
    const visited = await visit(browser, { extraHTTPHeaders: { "Sec-GPC": "1" } });
    await visited.page.goto(service.origin);
    expect(await visited.page.locator("#cc-main, #cookie-question").count()).toBe(0);
    expect(await visited.page.locator("footer").textContent()).toContain(
      "opt-out request honoured",
    );
    await visited.close();
  }, 60_000);

  test("[C5] sees no banner where only necessary cookies exist, and has none before it uses something", async () => {
    const visited = await visit(browser, {});
    await visited.page.goto(plain.origin);
    expect(await visited.page.locator("#cc-main, #cookie-question").count()).toBe(0);
    expect(await stored(visited)).toEqual({ cookies: [], others: [] });
    await visited.page.locator(".links a[lang=zh-Hans]:visible").first().click();
    expect((await stored(visited)).cookies).toEqual(["language"]);
    await checkCrawl(visited, plain.origin, []);
    await visited.close();
  }, 120_000);
});
