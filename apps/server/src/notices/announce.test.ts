/** Changes are told beforehand: to everybody, once, in their language, by letter and on every page. */
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { users } from "../accounts/tables.ts";
import {
  openTestService,
  signUp,
  TestBrowser,
  testableKinds,
  type TestService,
} from "../testing/index.ts";
import { announceNotices } from "./announce.ts";
import type { PublishedNotice } from "./store.ts";

const dayMs = 86_400_000;

describe.each(testableKinds())("announcements on the %s database", (kind) => {
  let service: TestService;
  let next: PublishedNotice;

  beforeAll(async () => {
    service = await openTestService(kind);
    const { database, notices, now } = service.services;
    for (const name of ["mei", "tom", "gone", "later"]) await signUp(service, name);
    const set = async (name: string, values: Partial<typeof users.$inferInsert>): Promise<void> => {
      await database.orm.update(users).set(values).where(eq(users.username, name));
    };
    await set("mei", { language: "zh" });
    await set("gone", { disabledAt: new Date() });
    await set("later", { emailVerified: false });
    const current = await notices.current("service");
    if (current === undefined) throw new Error("no notice");
    next = {
      ...current,
      id: "service-9.0-2030-01-01-bbbbbbbb",
      version: 9,
      hash: "b".repeat(64),
      publishedMs: now(),
      effectiveMs: now() + 30 * dayMs,
      kind: "notice",
      changes: [
        {
          kind: "notice",
          where: "service.email",
          text: { en: "E-mail address: is kept longer.", zh: "电子邮箱：保存更久。" },
          purposes: ["service-mail"],
        },
      ],
    };
    await notices.add(next);
  });
  afterAll(async () => service.close());

  test("[C14] go to everybody with a confirmed address, once, in their language, before the day", async () => {
    expect(await announceNotices(service.services)).toBe(2);
    const english = await service.letterTo("tom@example.com");
    expect(english).toContain("Our notice changes on");
    expect(english).toContain("- E-mail address: is kept longer.");
    expect(english).toContain(`/privacy/archive/${next.id}/changes`);
    const chinese = await service.letterTo("mei@example.com");
    expect(chinese).toContain("- 电子邮箱：保存更久。");
    expect(chinese).toMatch(/将于\d{4}年\d+月\d+日变更/);
    for (const nobody of ["gone", "later"])
      expect(await service.letterTo(`${nobody}@example.com`)).not.toContain("is kept longer");

    expect(await announceNotices(service.services)).toBe(0);
    // Whoever confirms their address in between is told, too, and nobody else again.
    await service.services.database.orm
      .update(users)
      .set({ emailVerified: true })
      .where(eq(users.username, "later"));
    expect(await announceNotices(service.services)).toBe(1);
    expect(await service.letterTo("later@example.com")).toContain("is kept longer");
  });

  test("[C14] stand on every page in both languages, lead to the difference, and go with the day", async () => {
    const browser = new TestBrowser(service);
    for (const [language, said] of [
      ["en", "A change of our notices is coming."],
      ["zh", "我们的声明即将变更。"],
    ] as const) {
      browser.headers["accept-language"] = language;
      for (const path of ["/", "/support", "/sign-up"]) {
        await browser.get(path);
        expect([path, browser.html.includes(said)]).toEqual([path, true]);
      }
    }
    expect((await browser.get(`/privacy/archive/${next.id}/changes`)).status).toBe(200);
    service.advance(31 * dayMs);
    await browser.get("/");
    expect(browser.html).not.toContain("我们的声明即将变更。");
    expect(await announceNotices(service.services)).toBe(0);
  });

  test("[C14] of a mere rewording nobody is written to", async () => {
    const { notices, now } = service.services;
    await notices.add({
      ...next,
      id: "service-9.1-2030-02-01-cccccccc",
      revision: 1,
      hash: "c".repeat(64),
      publishedMs: now(),
      effectiveMs: now() + dayMs,
      kind: "editorial",
      changes: [],
    });
    expect((await notices.upcoming()).map(({ kind: change }) => change)).toEqual(["editorial"]);
    expect(await announceNotices(service.services)).toBe(0);
  });
});
