/**
 * Every page the router knows, with something on it, in a real browser: accessible by axe, not wider than a phone, silent in the console,
 * asking nobody else. The pictures in `e2e/.output/server` are there to be looked at.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  inhabit,
  type ServedService,
  serveTestService,
  type Inhabited,
  type Visitor,
} from "../../apps/server/src/testing/index.ts";
import { findChromium, startBrowser, visit } from "../browser.ts";
import { violations } from "./axe.ts";

const pictures = fileURLToPath(new URL("../.output/server/", import.meta.url));
const chromium = await findChromium();

let served: ServedService;
let world: Inhabited;
let browser: Browser;

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  served = await serveTestService("embedded", { optionalCookies: ["display"] });
  world = await inhabit(served.service);
  if (chromium !== undefined) browser = await startBrowser(chromium);
});

afterAll(async () => {
  if (chromium !== undefined) await browser.close();
  await served.close();
});

interface SeenPage {
  readonly path: string;
  readonly who: Visitor;
}

/** Every address that answers with a page, as the first of these people who may see it. */
async function listPages(): Promise<readonly SeenPage[]> {
  const pages: SeenPage[] = [];
  for (const { path } of [...world.reading, { path: "/no/such/page" }]) {
    for (const who of ["visitor", "owner", "officer"] as const) {
      const response = await world.browsers[who].get(path);
      const isPage = (response.headers.get("content-type") ?? "").startsWith("text/html");
      if (isPage && (response.status === 200 || (path === "/no/such/page" && who === "visitor"))) {
        pages.push({ path, who });
        break;
      }
    }
  }
  return pages;
}

/** What is wrong with the page at a width. */
async function faults(page: Page, width: number): Promise<readonly string[]> {
  await page.setViewportSize({ width, height: 900 });
  const found = [...(await violations(page))];
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (overflow > 0) found.push(`${overflow} px wider than the screen`);
  return found.map((each) => `at ${width} px: ${each}`);
}

function nameOf(path: string): string {
  return path === "/"
    ? "home"
    : path
        .slice(1)
        .replace(/[\w-]{30,}|\w+-\d\.\d-[\w-]+/g, "one")
        .replaceAll("/", "-");
}

describe.runIf(chromium !== undefined)("every page", () => {
  // Colours and structure are the same in every language: darkness is looked at once, and of Chinese what could not fit a phone.
  for (const [language, colorScheme, widths] of [
    ["en", "light", [1280, 375]],
    ["en", "dark", [1280]],
    ["zh", "light", [375]],
  ] as const) {
    test(`is accessible in ${language}, ${colorScheme}, at ${widths.join(" and ")} px`, async () => {
      const pages = await listPages();
      expect(pages.length).toBeGreaterThan(45);
      const visited = await visit(browser, {
        locale: language === "zh" ? "zh-CN" : "en-GB",
        colorScheme,
        extraHTTPHeaders: { "Sec-GPC": "1" },
      });
      const { page, context } = visited;
      const found: string[] = [];
      let last: Visitor = "visitor";
      for (const { path, who } of pages.toSorted((one, other) => (one.who < other.who ? 1 : -1))) {
        if (who !== last) {
          await context.clearCookies();
          const cookies = [...world.browsers[who].cookies, ["language", language] as const];
          await context.addCookies(
            cookies.map(([name, value]) => ({ name, value, url: served.origin })),
          );
          last = who;
        }
        await page.goto(served.origin + path);
        await page.evaluate(() => document.fonts.ready.then(() => undefined));
        expect([path, await page.locator("html").getAttribute("lang")]).toEqual([
          path,
          language === "zh" ? "zh-Hans" : "en",
        ]);
        for (const width of widths) {
          found.push(...(await faults(page, width)).map((fault) => `${who} ${path} ${fault}`));
          await page.screenshot({
            path: join(pictures, `page-${nameOf(path)}.${language}.${colorScheme}.${width}.png`),
            fullPage: true,
          });
        }
      }
      expect(found).toEqual([]);
      expect(visited.requests.filter((url) => !url.startsWith(served.origin))).toEqual([]);
      expect(visited.errors.filter((text) => !text.includes("status of 404"))).toEqual([]);
      await visited.close();
    }, 400_000);
  }
});
