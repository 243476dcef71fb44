import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium, startBrowser, visit } from "../browser.ts";
import { violations } from "./axe.ts";
import { type RunningService, startService } from "./service.ts";

const pictures = fileURLToPath(new URL("../.output/server/", import.meta.url));
const chromium = await findChromium();

let service: RunningService;
let browser: Browser;

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  service = await startService({ CLOUD_CODE_OPTIONAL_COOKIES: "display" });
  if (chromium !== undefined) browser = await startBrowser(chromium);
});

afterAll(async () => {
  if (chromium !== undefined) await browser.close();
  await service.stop();
});

const paths = [
  "/",
  "/download",
  "/download/gateway",
  "/download/dify",
  "/proof",
  "/privacy",
  "/privacy/assistant",
  "/privacy/gateway",
  "/privacy/cookies",
  "/privacy/processors",
  "/privacy/archive",
  "/privacy/center",
  "/support",
  "/statistics",
  "/status",
  "/sign-up",
  "/sign-in",
  "/no/such/page",
];

describe.runIf(chromium !== undefined)("every page", () => {
  for (const language of ["en", "zh"] as const) {
    for (const colorScheme of ["light", "dark"] as const) {
      test(`is accessible in ${language}, ${colorScheme}, narrow and wide`, async () => {
        const visited = await visit(browser, {
          locale: language === "zh" ? "zh-CN" : "en-GB",
          colorScheme,
          extraHTTPHeaders: { "Sec-GPC": "1" },
        });
        const { page } = visited;
        const found: string[] = [];
        for (const path of paths) {
          await page.setViewportSize({ width: 1280, height: 900 });
          await page.goto(service.origin + path);
          await page.evaluate(() => document.fonts.ready.then(() => undefined));
          expect(await page.locator("html").getAttribute("lang")).toBe(
            language === "zh" ? "zh-Hans" : "en",
          );
          const name = path === "/" ? "home" : path.slice(1).replaceAll("/", "-");
          for (const violation of await violations(page)) found.push(`${path}: ${violation}`);
          await page.screenshot({
            path: join(pictures, `${name}.${language}.${colorScheme}.png`),
            fullPage: true,
          });
          await page.setViewportSize({ width: 375, height: 800 });
          for (const violation of await violations(page))
            found.push(`${path} (narrow): ${violation}`);
          const overflow = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          if (overflow > 0) found.push(`${path}: ${overflow} px wider than the screen`);
          if (colorScheme === "light") {
            await page.screenshot({
              path: join(pictures, `${name}.${language}.narrow.png`),
              fullPage: true,
            });
          }
        }
        expect(found).toEqual([]);
        expect(visited.requests.filter((url) => !url.startsWith(service.origin))).toEqual([]);
        expect(visited.errors.filter((text) => !text.includes("status of 404"))).toEqual([]);
        await visited.close();
      }, 240_000);
    }
  }
});
