import { findStorageKey } from "@cloud-code/policy";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConsentLedger } from "../consent/ledger.ts";
import { openTestService, TestBrowser, testableKinds, type TestService } from "../testing/index.ts";

describe.each(testableKinds())("cookies on the %s database", (kind) => {
  let service: TestService;
  let ledger: ConsentLedger;

  beforeAll(async () => {
    service = await openTestService(kind, { optionalCookies: ["display"] });
    ledger = new ConsentLedger(service.services, service.services.notices);
  });

  afterAll(async () => {
    await service.close();
  });

  const choose = "/privacy/cookies/choice";

  /** The number under which the ledger knows the browser's answers. */
  function idOf(browser: TestBrowser): string {
    const value = decodeURIComponent(browser.cookies.get("cookie_choice") ?? "");
    return (JSON.parse(value) as { consentId: string }).consentId;
  }

  test("[C5] without an optional cookie there is no question", async () => {
    const own = await openTestService(kind);
    try {
      const browser = new TestBrowser(own);
      await browser.get("/");
      expect(browser.html).not.toContain("cookie-question");
      expect([...browser.cookies.keys()]).toEqual([]);
      await browser.get("/privacy/cookies");
      expect(browser.html).toContain("Only necessary cookies exist here");
    } finally {
      await own.close();
    }
  });

  test("[C5] the question offers yes and no alike, with nothing chosen beforehand", async () => {
    const browser = new TestBrowser(service);
    await browser.get("/");
    const question =
      /<section class="cookie-question"[^]*?<\/section>/.exec(browser.html)?.[0] ?? "";
    const buttons = [
      ...question.matchAll(/<button type="submit" class="([^"]+)" name="answer" value="(\w+)"/g),
    ];
    expect(buttons.map(([, , value]) => value)).toEqual(["accept", "refuse"]);
    expect(new Set(buttons.map(([, looks]) => looks)).size).toBe(1);
    expect(question).not.toContain("checked");
  });

  test("[C5] [C8] a no is one click, sets no optional cookie, is recorded, and is not asked again", async () => {
    const browser = new TestBrowser(service);
    await browser.get("/");
    await browser.submit(choose, { answer: "refuse" });
    await browser.get("/proof");
    expect(browser.html).not.toContain("cookie-question");
    expect([...browser.cookies.keys()].toSorted()).toEqual(["cookie_choice", "form"]);
    const [entry] = await ledger.history(idOf(browser));
    expect(entry).toMatchObject({ answer: "refused", purpose: "remember-display" });
  });

  test("[C5] [C8] a yes allows the cookie; taking it back deletes it at once", async () => {
    const browser = new TestBrowser(service);
    await browser.get("/");
    // Before the yes, asking for the cookie is in vain.
    await browser.get("/privacy/cookies");
    await browser.submit("/privacy/cookies/display", {
      theme: "dark",
      form_token: /name="form_token" value="([^"]+)"/.exec(browser.html)?.[1] ?? "",
    });
    expect(browser.cookies.has("display")).toBe(false);

    await browser.get("/");
    await browser.submit(choose, { answer: "accept" });
    await browser.get("/privacy/cookies");
    await browser.submit("/privacy/cookies/display", { theme: "dark" });
    expect(browser.cookies.get("display")).toBe("dark");
    await browser.get("/");
    expect(browser.html).toContain('data-theme="dark"');

    await browser.get("/privacy/cookies");
    await browser.submit(choose, { answer: "refuse" });
    expect(browser.cookies.has("display")).toBe(false);
    await browser.get("/");
    expect(browser.html).not.toContain("data-theme");
    expect((await ledger.history(idOf(browser))).map(({ answer }) => answer)).toEqual([
      "given",
      "refused",
    ]);
    for (const name of browser.cookies.keys()) expect(findStorageKey(name)).toBeDefined();
  });

  test("[C5] Global Privacy Control is a no without asking; an explicit yes on the site wins, and both are recorded", async () => {
    const browser = new TestBrowser(service);
    browser.headers["Sec-GPC"] = "1";
    await browser.get("/");
    expect(browser.html).not.toContain("cookie-question");
    expect(browser.html).toContain("opt-out request honoured");
    await browser.get("/privacy/cookies");
    await browser.submit(choose, { answer: "accept" });
    await browser.get("/privacy/cookies");
    expect(browser.html).toContain("You answered yes on this site");
    expect(await ledger.history(idOf(browser))).toMatchObject([{ answer: "given", signal: true }]);
  });

  test("[C5] a yes that is made up, or was given to another text, allows nothing", async () => {
    const now = new Date().toISOString();
    const cookie = {
      categories: ["necessary", "display"],
      revision: 1,
      consentId: "6f7dbd9e-9f4c-4a38-8f5e-2f2a1b6d8c11",
      consentTimestamp: now,
      lastConsentTimestamp: now,
    };
    for (const value of [
      JSON.stringify(cookie),
      "{",
      '"yes"',
      "null",
      JSON.stringify({ categories: ["display"] }),
    ]) {
      const browser = new TestBrowser(service);
      browser.cookies.set("cookie_choice", encodeURIComponent(value));
      browser.cookies.set("display", "dark");
      await browser.get("/");
      expect(browser.html).not.toContain("data-theme");
      expect(browser.html).toContain("cookie-question");
    }
  });

  test("[C1] a yes without the proof that the notice was shown sets and records nothing", async () => {
    const browser = new TestBrowser(service);
    await browser.get("/");
    const token = /name="form_token" value="([^"]+)"/.exec(browser.html)?.[1] ?? "";
    const response = await browser.post(choose, { form_token: token, answer: "accept" });
    expect(response.headers.get("Location")).toBe("/privacy/cookies#choices");
    expect(browser.cookies.has("cookie_choice")).toBe(false);
  });
});
