import { createHmac } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium, startBrowser, visit } from "../browser.ts";
import { violations } from "./axe.ts";
import { type RunningService, startService } from "./service.ts";

const pictures = fileURLToPath(new URL("../.output/server/", import.meta.url));
const password = "seven quiet herons over Wuhan";
const chromium = await findChromium();
const folder = mkdtempSync(join(tmpdir(), "cc-officer-"));

let service: RunningService;
let browser: Browser;

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  const operator = join(folder, "operator.json");
  writeFileSync(
    operator,
    JSON.stringify({
      name: { en: "Example Ltd", zh: "示例公司" },
      contact: { en: "privacy@example.com", zh: "privacy@example.com" },
      country: "IE",
      timeZone: "Europe/Dublin",
    }),
  );
  service = await startService({ CLOUD_CODE_OPERATOR_FILE: operator });
  if (chromium !== undefined) browser = await startBrowser(chromium);
});

afterAll(async () => {
  if (chromium !== undefined) await browser.close();
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

const said = {
  en: {
    locale: "en-GB",
    closed: "Closed · Disks are encrypted now.",
    deleted: "searched for afterwards. Proof:R-",
  },
  zh: { locale: "zh-CN", closed: "结案 · Disks are encrypted now.", deleted: "凭证：R-" },
} as const;

describe.runIf(chromium !== undefined)("an officer in a browser", () => {
  for (const language of ["en", "zh"] as const) {
    test(`[C10] [C11] [C13] works through a day: an exercise, a hold, a transfer, a child, in ${language}`, async () => {
      const words = said[language];
      const visited = await visit(browser, { locale: words.locale });
      const { page, errors } = visited;
      const at = (path: string): string => `${service.origin}${path}`;
      const press = async (action: string): Promise<void> => {
        await page.locator(`form[action="${action}"] button[type="submit"]`).first().click();
        await page.waitForLoadState();
      };
      const look = async (name: string): Promise<void> => {
        for (const [suffix, width, colorScheme] of [
          ["", 1280, "light"],
          [".dark", 1280, "dark"],
          [".narrow", 390, "light"],
        ] as const) {
          await page.setViewportSize({ width, height: 900 });
          await page.emulateMedia({ colorScheme });
          // Nothing sticks out of a phone's page.
          if (width === 390)
            expect([name, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual(
              [name, 390],
            );
          await page.screenshot({
            path: join(pictures, `officer-${name}.${language}${suffix}.png`),
            fullPage: true,
          });
          if (suffix !== ".narrow")
            expect([name, suffix, await violations(page)]).toEqual([name, suffix, []]);
        }
        await page.setViewportSize({ width: 1280, height: 900 });
        await page.emulateMedia({ colorScheme: "light" });
      };

      // The first officer comes by the command line, chooses a password, and has to set up a second factor.
      const name = `officer.${language}`;
      const made = await service.command(
        "user",
        "create",
        name,
        "--email",
        `${name}@example.com`,
        "--role",
        "officer",
      );
      await page.goto(/http\S+\/reset\/choose\S+/.exec(made)?.[0] ?? "");
      await page.locator('input[type="password"]').first().fill(password);
      await press("/reset/choose");
      await page.goto(at("/sign-in"));
      await page.locator("#identifier").fill(name);
      await page.locator("#password").fill(password);
      await press("/sign-in");
      await page.goto(at("/console"));
      // An account that others opened is first shown the notice.
      expect(new URL(page.url()).pathname).toBe("/privacy/changes");
      await press("/privacy/changes");
      await page.goto(at("/console"));
      expect(new URL(page.url()).pathname).toBe("/account/security");
      await page.locator('form[action="/account/factor"] input[type="password"]').fill(password);
      await press("/account/factor");
      const uri = await page.locator('a[href^="otpauth:"]').getAttribute("href");
      await page.locator("#code").fill(totp(new URL(uri ?? "").searchParams.get("secret") ?? ""));
      await press("/account/factor/finish");

      await page.goto(at(`/language/${language}?to=/console`));

      // An exercise, from the record to the lessons; nobody is written to.
      await page.goto(at("/console/incidents"));
      await page.locator("#title").fill("A laptop was lost");
      await page.locator("#drill-yes").check();
      await press("/console/incidents");
      const own = new URL(page.url()).pathname;
      expect(own).toMatch(/^\/console\/incidents\/[\w-]{36}$/);
      await page.locator("#region-eu-yes").check();
      await page.locator("#item-service\\.email-yes").check();
      await page.locator(`form[action="${own}/assess"] textarea`).fill("Addresses in clear text.");
      await look("incident-assess");
      await press(`${own}/assess`);
      await page.locator(`form[action="${own}/authority"] select`).selectOption("eu");
      await press(`${own}/authority`);
      for (const part of ["basics", "impact", "measures", "advice", "remedies"]) {
        await page.locator(`[name="${part}-en"]`).fill(`The ${part}.`);
        await page.locator(`[name="${part}-zh"]`).fill(`${part}说明。`);
      }
      await look("incident-tell");
      await press(`${own}/tell`);
      await page
        .locator(`form[action="${own}/contain"] textarea`)
        .fill("The disk was wiped from afar.");
      await press(`${own}/contain`);
      await page.locator(`form[action="${own}/close"] textarea`).fill("Disks are encrypted now.");
      await press(`${own}/close`);
      expect(await page.locator("main").textContent()).toContain(words.closed);
      await look("incident-closed");

      await page.goto(at("/console/holds"));
      await page.locator("#subject").fill("everyone");
      await page.locator("#items").fill("service.support-messages");
      await page.locator("#reason").fill("Claim 12/2026");
      await page
        .locator("#review")
        .fill(new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10));
      await press("/console/holds");
      await page.locator("main tbody summary").first().click();
      await page.locator('form[action$="/review"] [name="reason"]').first().fill("Not decided.");
      await page
        .locator('form[action$="/review"] [name="review"]')
        .first()
        .fill(new Date(Date.now() + 120 * 86_400_000).toISOString().slice(0, 10));
      await look("holds");
      await page.locator('form[action$="/review"] button').first().click();
      await page.waitForLoadState();
      expect(await page.locator("main tbody").textContent()).toContain("Not decided.");
      await page.locator("main tbody summary").nth(1).click();
      await page.locator('form[action$="/lift"] [name="reason"]').first().fill("Settled.");
      await page.locator('form[action$="/lift"] button').first().click();

      await page.goto(at("/console/transfers"));
      await page.locator("main summary").first().click();
      await page.locator("#country").fill("SG");
      await page.locator("#origin").fill("https://mail.example");
      await press("/console/transfers/place");
      expect(await page.locator("main").textContent()).toContain("SG");
      await look("transfers");
      await page.goto(at("/console/disclosures"));
      await page.locator("#recipient").selectOption("competent-authority");
      await page.locator("#items").fill("service.email");
      await page.locator("#reference").fill("Order 12/2026");
      await press("/console/disclosures");
      expect(await page.locator("main").textContent()).toContain("Order 12/2026");
      await look("disclosures");
      await page.goto(at("/console/webhooks"));
      await page.locator("#url").fill("https://hooks.example/erased");
      await press("/console/webhooks");
      expect(await page.locator("main code").textContent()).toMatch(/^[\w-]{43}$/);
      await look("webhooks");
      await page.goto(at("/console/webhooks"));
      expect(await page.locator("main code").count()).toBe(0);
      await page.locator('form[action$="/remove"] button').first().click();

      // A child's account goes by one decision.
      const child = `child-${language}@example.com`;
      await service.command(
        "user",
        "create",
        `child.${language}`,
        "--email",
        child,
        "--role",
        "person",
      );
      await page.goto(at("/console/children"));
      await page.locator("#email").fill(child);
      await press("/console/children");
      expect(await page.locator("main").textContent()).toContain(words.deleted);
      await look("child");

      for (const path of ["", "retention", "consents", "processors", "record", "trail"]) {
        await page.goto(at(`/console/${path}`.replace(/\/$/, "")));
        await look(path === "" ? "overview" : path);
      }
      await press("/console/trail");
      await page.goto(at("/console"));
      expect(errors).toEqual([]);
      await visited.close();
    }, 300_000);
  }
});

/** The code of this half minute (RFC 6238, SHA-1, six digits). */
function totp(base32: string): string {
  const bits = base32
    .replace(/=+$/, "")
    .split("")
    .map((letter) =>
      "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"),
    )
    .join("");
  const secret = Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac("sha1", secret).update(step).digest();
  const offset = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
