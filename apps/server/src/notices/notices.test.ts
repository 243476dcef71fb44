import type { ProductKey } from "@cloud-code/policy";
import { languages, products, renderNotice, toPlainText } from "@cloud-code/policy";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  openTestService,
  signUp,
  TestBrowser,
  testableKinds,
  type TestService,
} from "../testing/index.ts";
import { NoticeShown } from "./shown.ts";
import type { Publication } from "./publish.ts";
import { isIntact, publishNotice } from "./publish.ts";
import type { PublishedNotice } from "./store.ts";
import { noticeVersions } from "./tables.ts";

const dayMs = 86_400_000;
describe.each(testableKinds())("notices on the %s database", (kind) => {
  let service: TestService;

  beforeAll(async () => {
    service = await openTestService(kind);
  });

  afterAll(async () => {
    await service.close();
  });

  async function current(product: ProductKey = "service"): Promise<PublishedNotice> {
    const notice = await service.services.notices.current(product);
    if (notice === undefined) throw new Error(`no notice of ${product}`);
    return notice;
  }

  /** Puts a release into the archive that says less than this build, as a build before it would have. */
  async function addOlder(
    target: TestService,
    change: (notice: PublishedNotice) => Partial<PublishedNotice>,
  ): Promise<void> {
    const { notices } = target.services;
    const latest = (await notices.all(true)).findLast(({ product }) => product === "service");
    if (latest === undefined) throw new Error("nothing published");
    const changed = { ...latest, ...change(latest) };
    await notices.add({ ...changed, publishedMs: latest.publishedMs + 1 });
  }

  describe("publishing", () => {
    test("[C14] a new installation has every notice before its first visitor, frozen in both languages", async () => {
      for (const product of Object.keys(products) as ProductKey[]) {
        const notice = await current(product);
        expect(notice.version).toBe(products[product].notice.version);
        expect(isIntact(notice)).toBe(true);
        for (const language of languages) {
          const { operator } = service.services.config;
          const now =
            product === "service"
              ? renderNotice(product, language, operator)
              : renderNotice(product, language);
          expect(toPlainText(notice.texts[language])).toBe(toPlainText(now));
        }
      }
    });

    test("[C14] publishing the same again changes nothing", async () => {
      const { notices } = service.services;
      const before = (await notices.all(true)).length;
      const publication = await publishNotice(notices, service.services, "service");
      expect(publication.kind).toBe("unchanged");
      expect(await notices.all(true)).toHaveLength(before);
    });

    test("[C14] the database refuses to change, delete or empty what was published", async () => {
      const { orm, pool } = service.services.database;
      const isRefused = async (work: Promise<unknown>): Promise<void> => {
        const error: unknown = await work.catch((caught: unknown) => caught);
        const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
        expect(String(cause)).toContain("only ever added");
      };
      await isRefused(orm.update(noticeVersions).set({ hash: "0" }).execute());
      await isRefused(orm.delete(noticeVersions).execute());
      await isRefused(pool.query("TRUNCATE notice_versions CASCADE"));
    });

    const check = async (
      older: (notice: PublishedNotice) => Partial<PublishedNotice>,
      days: number | undefined,
      expected: Partial<Publication>,
    ): Promise<Publication> => {
      const own = await openTestService(kind);
      try {
        await addOlder(own, older);
        own.advance(dayMs);
        const { now, notices } = own.services;
        const effectiveMs = days === undefined ? undefined : now() + days * dayMs;
        const publication = await publishNotice(notices, own.services, "service", effectiveMs);
        expect(publication).toMatchObject(expected);
        return publication;
      } finally {
        await own.close();
      }
    };

    /** A release before this one: it did not know the support address yet. */
    const poorer = (notice: PublishedNotice): Partial<PublishedNotice> => {
      const { "service.support-contact": _, ...items } = notice.facts.items;
      return {
        id: "service-1.0-aaaaaaaa",
        version: 1,
        revision: 0,
        hash: "a".repeat(64),
        facts: { ...notice.facts, items },
      };
    };

    test("[C14] what is new takes effect a month after it was announced, and not a day earlier", async () => {
      const published = await check(poorer, undefined, { kind: "published" });
      if (published.kind !== "published") throw new Error("not published");
      const { notice } = published;
      expect(notice.kind).toBe("notice");
      expect(notice.changes.map(({ where }) => where)).toEqual(["service.support-contact"]);
      expect(notice.effectiveMs - notice.publishedMs).toBe(30 * dayMs);
      await check(poorer, 29, { kind: "refused", code: "notice-announced-late" });
      await check(poorer, 45, { kind: "published" });
    });

    test("[C14] another text needs another number, and more than words another version", async () => {
      const { version, revision } = products.service.notice;
      const other = { id: "service-x", hash: "b".repeat(64) };
      await check((notice) => ({ ...poorer(notice), ...other, version: version + 1 }), undefined, {
        kind: "refused",
        code: "notice-number-used",
      });
      await check(
        (notice) => ({ ...poorer(notice), ...other, version, revision: revision - 1 }),
        undefined,
        { kind: "refused", code: "notice-version-needed" },
      );
      await check(() => ({ ...other, version, revision: revision - 1 }), undefined, {
        kind: "published",
      });
      // The operator's own name or address is not in the number, and who answers for the data is news.
      await check(() => ({ ...other, version, revision }), 1, {
        kind: "refused",
        code: "notice-announced-late",
      });
    });
  });

  describe("the gate", () => {
    const form = {
      kind: "question",
      body: "How long do you keep my address?",
      name: "",
      email: "",
    } as const;

    test("[C1] [C2] a form yields its fields only with the proof that the current notice was shown", async () => {
      const browser = new TestBrowser(service);
      await browser.get("/support");
      const token = /name="notice_shown" value="([^"]+)"/.exec(browser.html)?.[1] ?? "";
      expect(token).toContain((await current()).id);
      const formToken = /name="form_token" value="([^"]+)"/.exec(browser.html)?.[1] ?? "";
      const send = (shown: Record<string, string>): Promise<Response> =>
        browser.post("/support", { ...form, form_token: formToken, ...shown });
      for (const wrong of [
        {},
        { notice_shown: "" },
        { notice_shown: `${token}x` },
        { notice_shown: "service-1.0-aaaaaaaa.x" },
      ]) {
        const response = await send(wrong);
        expect(response.status).toBe(400);
        expect(browser.html).toContain("Our notice has changed since you opened this page.");
        // What was entered is not lost.
        expect(browser.html).toContain(form.body);
      }
      expect((await send({ notice_shown: token })).status).toBe(303);
    });

    test("[C1] [C14] a form that was opened under an older notice is shown the new one first", async () => {
      const own = await openTestService(kind);
      try {
        const browser = new TestBrowser(own);
        await browser.get("/support");
        await addOlder(own, () => ({
          id: "service-9.0-bbbbbbbb",
          version: 9,
          hash: "c".repeat(64),
        }));
        expect((await browser.submit("/support", form)).status).toBe(400);
        expect((await browser.submit("/support", form)).status).toBe(303);
      } finally {
        await own.close();
      }
    });

    test("[C1] a proof can be neither written by hand nor copied", () => {
      expect(NoticeShown.is({ noticeId: "x", product: "service", screen: "/", atMs: 0 })).toBe(
        false,
      );
      expect(NoticeShown.is(Object.create(NoticeShown.prototype))).toBe(false);
      const forge = NoticeShown as unknown as new (...parts: unknown[]) => NoticeShown;
      expect(() => new forge(Symbol("NoticeShown"), {}, "/", 0)).toThrow(TypeError);
    });

    test("[C14] after a material change the account opens only when the new notice was shown", async () => {
      const own = await openTestService(kind);
      try {
        const browser = await signUp(own, "li.lei");
        expect((await browser.get("/account")).status).toBe(200);
        await addOlder(own, () => ({
          id: "service-9.0-bbbbbbbb",
          version: 9,
          hash: "c".repeat(64),
        }));
        const refused = await browser.get("/account");
        expect([refused.status, refused.headers.get("Location")]).toEqual([
          303,
          "/privacy/changes",
        ]);
        await browser.get("/privacy/changes");
        expect((await browser.submit("/privacy/changes")).status).toBe(303);
        expect((await browser.get("/account")).status).toBe(200);
      } finally {
        await own.close();
      }
    });
  });

  describe("the pages", () => {
    test("[C14] an announced change stands on every page until it takes effect", async () => {
      const own = await openTestService(kind);
      try {
        const browser = new TestBrowser(own);
        await addOlder(own, ({ effectiveMs }) => ({
          id: "service-9.0-bbbbbbbb",
          version: 9,
          hash: "c".repeat(64),
          effectiveMs: effectiveMs + 30 * dayMs,
        }));
        await browser.get("/proof");
        expect(browser.html).toContain("A change of our notices is coming.");
        await browser.get("/privacy");
        expect(browser.html).toContain("A new version takes effect on");
        own.advance(31 * dayMs);
        await browser.get("/proof");
        expect(browser.html).not.toContain("A change of our notices is coming.");
      } finally {
        await own.close();
      }
    });

    test("[C14] the archive has every version, its checksum, its facts and a readable difference", async () => {
      const own = await openTestService(kind);
      try {
        const browser = new TestBrowser(own);
        await addOlder(own, (notice) => ({
          id: "service-9.0-bbbbbbbb",
          version: 9,
          hash: "c".repeat(64),
          kind: "notice",
          texts: {
            ...notice.texts,
            en: { ...notice.texts.en, title: "Privacy policy of another service" },
          },
        }));
        await browser.get("/privacy/archive");
        expect(browser.html).toContain("/privacy/archive/service-9.0-bbbbbbbb");
        await browser.get("/privacy/archive/service-9.0-bbbbbbbb/changes");
        expect(browser.html).toMatch(/<del>the Cloud Code<\/del><ins>another<\/ins>/);
        // Its text is not what the checksum was made of, and the page says so.
        await browser.get("/privacy/archive/service-9.0-bbbbbbbb");
        expect(browser.html).toContain("the text was altered");
        const facts = await browser.get("/privacy/archive/service-9.0-bbbbbbbb/facts.json");
        expect(await facts.json()).toMatchObject({ product: "service" });
        expect((await browser.get("/privacy/archive/service-0.0-00000000")).status).toBe(404);
      } finally {
        await own.close();
      }
    });

    test("[C6] the page of sub-processors names every recipient of the service", async () => {
      const browser = new TestBrowser(service);
      await browser.get("/privacy/processors");
      expect(browser.html).toContain("The operator uses no other company");
      expect(browser.html).toContain("The mail server configured by the operator");
      expect(browser.html).toContain("A competent authority or court");
    });
  });
});
