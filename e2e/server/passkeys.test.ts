import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findChromium, startBrowser, visit } from "../browser.ts";
import { type RunningService, startService } from "./service.ts";

const password = "seven quiet herons over Wuhan";
const chromium = await findChromium();

let service: RunningService;
let browser: Browser;

beforeAll(async () => {
  service = await startService();
  if (chromium !== undefined) browser = await startBrowser(chromium);
});

afterAll(async () => {
  if (chromium !== undefined) await browser.close();
  await service.stop();
});

test.skipIf(chromium === undefined)(
  "a passkey is added with the password fresh, signs in without it, and no longer once it is removed",
  async () => {
    const said = await service.command(
      "user",
      "create",
      "keyed",
      "--email",
      "keyed@example.com",
      "--role",
      "person",
    );
    const visited = await visit(browser);
    const { context, page, errors } = visited;
    context.setDefaultTimeout(60_000);
    const devtools = await context.newCDPSession(page);
    await devtools.send("WebAuthn.enable");
    await devtools.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await page.goto(/http:\/\/\S+/.exec(said)?.[0] ?? "");
    await page.fill("input[name=password]", password);
    await page.locator("main button[type=submit]").click();
    await page.goto(`${service.origin}/sign-in`);
    await page.fill("input[name=identifier]", "keyed");
    await page.fill("input[name=password]", password);
    await page.locator('form[action="/sign-in"] button').click();
    // The operator opened the account, so its owner is shown the notice first.
    await page.waitForURL("**/privacy/changes");
    await page.locator('form[action="/privacy/changes"] button').click();
    await page.goto(`${service.origin}/account/security`);
    await page.fill("[data-passkey-add] input[name=name]", "This laptop");
    await page.locator("[data-passkey-add] button").click();
    await page.locator("#passkeys").getByText("This laptop").waitFor();

    await context.clearCookies();
    await page.goto(`${service.origin}/sign-in`);
    await page.locator("[data-passkey-sign-in] button").click();
    await page.waitForURL("**/account");
    expect(await page.locator("body").textContent()).toContain("keyed@example.com");

    await page.goto(`${service.origin}/account/security`);
    await page.locator('form[action="/account/passkeys/remove"] button').click();
    await page.waitForURL("**/account/security?done");
    expect(errors).toEqual([]);
    await context.clearCookies();
    await page.goto(`${service.origin}/sign-in`);
    await page.locator("[data-passkey-sign-in] button").click();
    await page.locator("[data-passkey-sign-in] [role=alert]").waitFor();
    await visited.close();
  },
  180_000,
);
