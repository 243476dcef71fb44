import { inventory, needsConsent, purposes, regimes } from "@cloud-code/policy";
import type { PurposeKey, Region } from "@cloud-code/policy";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { users } from "../accounts/tables.ts";
import type { PublishedNotice } from "../notices/store.ts";
import {
  openTestService,
  signUp,
  TestBrowser,
  testableKinds,
  type TestService,
} from "../testing/index.ts";
import { ConsentLedger } from "./ledger.ts";
import { serviceQuestions } from "./questions.ts";
import { consentEvents } from "./tables.ts";

describe.each(testableKinds())("consents on the %s database", (kind) => {
  let service: TestService;
  let ledger: ConsentLedger;

  beforeAll(async () => {
    service = await openTestService(kind);
    ledger = new ConsentLedger(service.services, service.services.notices);
  });

  afterAll(async () => {
    await service.close();
  });

  /** Answers a question on the privacy center as a person does. */
  async function answer(
    browser: TestBrowser,
    purpose: PurposeKey,
    given: string,
  ): Promise<Response> {
    await browser.get("/privacy/center");
    // The page has one form per purpose, and every one carries the same proof.
    return browser.submit("/privacy/center/consent", { purpose, answer: given });
  }

  async function userId(username: string): Promise<string> {
    const [row] = await service.services.database.orm
      .select({ id: users.id })
      .from(users)
      .where(eq(users.email, `${username}@example.com`));
    return row?.id ?? "";
  }

  describe("the questions", () => {
    test("[C4] the service asks exactly for the purposes that rest on consent where the person is", () => {
      for (const region of [undefined, ...(Object.keys(regimes) as Region[])]) {
        const asked = serviceQuestions(region, ["display"]).map(({ purpose }) => purpose);
        const expected = (Object.keys(purposes) as PurposeKey[]).filter(
          (key) =>
            needsConsent(purposes[key], region) &&
            Object.values(inventory).some(
              (item) =>
                item.product === "service" &&
                item.state === "collected" &&
                item.purposes.includes(key),
            ),
        );
        expect([region, asked]).toEqual([region, expected]);
      }
      expect(serviceQuestions("eu", ["display"]).map(({ purpose }) => purpose)).not.toContain(
        "keep-company-profile",
      );
      expect(serviceQuestions("cn", ["display"]).map(({ purpose }) => purpose)).toContain(
        "keep-company-profile",
      );
    });

    test("[C5] nobody is asked about an optional cookie that is not offered", () => {
      expect(serviceQuestions(undefined, []).map(({ purpose }) => purpose)).not.toContain(
        "remember-display",
      );
    });
  });

  describe("the privacy center", () => {
    test("[C8] a consent is given with one click, withdrawn with one click, and the record keeps both", async () => {
      const browser = await signUp(service, "anna");
      const id = await userId("anna");
      await browser.get("/privacy/center");
      expect(browser.html).not.toContain("checked");
      expect(await ledger.allows(id, "recover-account")).toBe(false);

      expect((await answer(browser, "recover-account", "given")).status).toBe(303);
      expect(await ledger.allows(id, "recover-account")).toBe(true);

      await answer(browser, "recover-account", "withdrawn");
      expect(await ledger.allows(id, "recover-account")).toBe(false);
      const history = await ledger.history(await ledger.pseudonymOf(id));
      expect(history.map((entry) => entry.answer)).toEqual(["given", "withdrawn"]);
      expect(history[0]).toMatchObject({
        screen: "/privacy/center",
        kind: "consent",
        language: "en",
      });
      expect(history[0]?.question).toMatch(/^May we use phone number to help you back/);
      expect(history[0]?.noticeId).toBe((await service.services.notices.current("service"))?.id);
    });

    test("[C8] what rested on the withdrawn consent alone is deleted, the rest stays", async () => {
      const browser = await signUp(service, "boris");
      const id = await userId("boris");
      const { orm } = service.services.database;
      await orm
        .update(users)
        .set({ phone: "+41 44 668 18 00", companyName: "Acme" })
        .where(eq(users.id, id));
      await answer(browser, "recover-account", "given");
      await answer(browser, "recover-account", "withdrawn");
      const [row] = await orm.select().from(users).where(eq(users.id, id));
      expect(row).toMatchObject({ phone: null, companyName: "Acme", email: "boris@example.com" });
    });

    test("[C1] [C8] a yes without the proof that the notice was shown is not recorded, a no always is", async () => {
      const browser = await signUp(service, "chen");
      const id = await userId("chen");
      await browser.get("/privacy/center");
      const token = /name="form_token" value="([^"]+)"/.exec(browser.html)?.[1] ?? "";
      const send = (given: string): Promise<Response> =>
        browser.post("/privacy/center/consent", {
          form_token: token,
          purpose: "recover-account",
          answer: given,
        });
      expect((await send("given")).headers.get("Location")).toContain("notice=changed");
      expect(await ledger.history(await ledger.pseudonymOf(id))).toEqual([]);
      await send("refused");
      expect(await ledger.history(await ledger.pseudonymOf(id))).toHaveLength(1);
    });

    test("a purpose that nobody is asked about, or an answer that is none, changes nothing", async () => {
      const browser = await signUp(service, "dana");
      for (const [purpose, given] of [
        ["usage-statistics", "given"],
        ["toString", "given"],
        ["recover-account", "maybe"],
      ] as const) {
        await answer(browser, purpose as PurposeKey, given);
      }
      expect(await ledger.history(await ledger.pseudonymOf(await userId("dana")))).toEqual([]);
    });

    test("[C5] Global Privacy Control is recorded with the answer and shown", async () => {
      const browser = await signUp(service, "eva");
      browser.headers["Sec-GPC"] = "1";
      await answer(browser, "recover-account", "refused");
      const [entry] = await ledger.history(await ledger.pseudonymOf(await userId("eva")));
      expect(entry?.signal).toBe(true);
      await browser.get("/privacy/center");
      expect(browser.html).toContain("opt-out request honoured");
    });

    test("[C8] the receipt says who asked what, under which text, and how to take it back", async () => {
      const browser = await signUp(service, "fred");
      await answer(browser, "recover-account", "given");
      const response = await browser.get("/privacy/center/receipts/recover-account");
      expect(response.headers.get("Content-Type")).toBe("application/ld+json");
      expect(response.headers.get("Cache-Control")).toBe("no-store");
      const receipt = (await response.json()) as Record<string, never>;
      expect(receipt).toMatchObject({
        "@type": "dpv:ConsentReceipt",
        "dct:conformsTo": expect.stringContaining("dpv-27560") as string,
        "dct:hasPart": {
          "dpv:hasConsentStatus": "dpv:ConsentGiven",
          "dpv:hasProcess": {
            "dpv:hasLegalBasis": "dpv:Consent",
            "dpv:hasPersonalData": [{ "@id": "cc:service.phone" }],
          },
          "cc:events": [{ "cc:screen": "/privacy/center" }],
        },
      });
      // It names the pseudonym, never the person.
      expect(JSON.stringify(receipt)).not.toMatch(/fred/);
      expect((await browser.get("/privacy/center/receipts/support")).status).toBe(404);
      expect(
        (await new TestBrowser(service).get("/privacy/center/receipts/recover-account")).status,
      ).toBe(303);
    });
  });

  describe("the ledger", () => {
    test("[C14] a yes that a notice outgrew counts no longer, from the day the notice is in effect", async () => {
      const own = await openTestService(kind);
      try {
        const { notices } = own.services;
        const browser = await signUp(own, "gus");
        const ownLedger = new ConsentLedger(own.services, notices);
        const [row] = await own.services.database.orm.select({ id: users.id }).from(users);
        const id = row?.id ?? "";
        await answer(browser, "recover-account", "given");
        const current = await notices.current("service");
        if (current === undefined) throw new Error("no notice");
        const outgrowing: PublishedNotice = {
          ...current,
          id: "service-9.0-2030-01-01-bbbbbbbb",
          version: 9,
          publishedMs: current.publishedMs + 1,
          effectiveMs: own.services.now() + 30 * 86_400_000,
          kind: "ask-again",
          changes: [
            {
              kind: "ask-again",
              where: "service.phone",
              text: { en: "Phone number: is also given to: X.", zh: "电话号码：新增接收方：X。" },
              purposes: ["recover-account"],
            },
          ],
        };
        await notices.add(outgrowing);
        expect(await ownLedger.allows(id, "recover-account")).toBe(true);
        own.advance(31 * 86_400_000);
        expect(await ownLedger.allows(id, "recover-account")).toBe(false);
        const history = await ownLedger.history(await ownLedger.pseudonymOf(id));
        expect((await ownLedger.standing(history, "recover-account")).kind).toBe("outgrown");
      } finally {
        await own.close();
      }
    });

    test("[C8] [C10] the database refuses to change the ledger; what a superuser changes all the same is named", async () => {
      const { orm, pool } = service.services.database;
      const refused: unknown = await orm
        .update(consentEvents)
        .set({ answer: "given" })
        .execute()
        .catch((error: unknown) => (error instanceof Error ? error.cause : error));
      expect(String(refused)).toContain("only ever added");
      expect(await ledger.verify()).toMatchObject({ kind: "intact" });
      await pool.query("ALTER TABLE consent_events DISABLE TRIGGER consent_events_frozen");
      await pool.query("UPDATE consent_events SET answer = 'given' WHERE number = 2");
      expect(await ledger.verify()).toEqual({ kind: "broken", number: 2, because: "altered" });
      await pool.query("UPDATE consent_events SET answer = 'withdrawn' WHERE number = 2");
      expect(await ledger.verify()).toMatchObject({ kind: "intact" });
      await pool.query("DELETE FROM consent_events WHERE number = 3");
      expect(await ledger.verify()).toMatchObject({
        kind: "broken",
        number: 4,
        because: "missing",
      });
    });

    test("[C7] with the account goes the link between the ledger and the person", async () => {
      const browser = await signUp(service, "hugo");
      await answer(browser, "recover-account", "refused");
      const id = await userId("hugo");
      const pseudonym = await ledger.pseudonymOf(id);
      await service.services.database.orm.delete(users).where(eq(users.id, id));
      const { rows } = await service.services.database.pool.query(
        "SELECT 1 FROM consent_subjects WHERE pseudonym = $1",
        [pseudonym],
      );
      expect(rows).toEqual([]);
      expect(await ledger.history(pseudonym)).toHaveLength(1);
    });
  });
});
