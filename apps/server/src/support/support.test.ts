import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  linkIn,
  openTestService,
  signUp,
  TestBrowser,
  testableKinds,
  type TestService,
} from "../testing/index.ts";
import { escalateTickets } from "./escalation.ts";
import { TicketStore } from "./store.ts";
import { tickets } from "./tables.ts";

const dayMs = 86_400_000;
describe.each(testableKinds())("support on the %s database", (kind) => {
  let service: TestService;
  let store: TicketStore;

  beforeAll(async () => {
    service = await openTestService(kind);
    store = new TicketStore(service.services);
  });

  afterAll(async () => {
    await service.close();
  });

  const question = { kind: "question", body: "How long is my address kept?", name: "", email: "" };

  /** Sends a message and gives the path of its private page. */
  async function ask(browser: TestBrowser, fields: Partial<typeof question> = {}): Promise<string> {
    await browser.get("/support");
    const response = await browser.submit("/support", { ...question, ...fields });
    expect(response.status).toBe(303);
    return (response.headers.get("Location") ?? "").replace("?new=1", "");
  }

  /** An officer with a second factor, as the pages of the desk demand. */
  async function officer(target: TestService, name = "officer"): Promise<TestBrowser> {
    const browser = await signUp(target, name, "officer");
    await target.services.database.pool.query(
      "UPDATE users SET second_factor = true WHERE role = 'officer'",
    );
    return browser;
  }

  describe("a message without an account", () => {
    test("[A9] [C15] shows its due date at once, gets its answer on the page and by e-mail, and is closed", async () => {
      const browser = new TestBrowser(service);
      const path = await ask(browser, { email: "mei@example.com" });
      await browser.get(path);
      expect(browser.html).toMatch(/Due .* · 15 days left/);
      expect(linkIn(await service.letterTo("mei@example.com"))).toBe(path);

      const desk = await officer(service);
      await desk.get("/support/desk");
      const id = /href="\/support\/desk\/([0-9a-f-]+)"/.exec(desk.html)?.[1] ?? "";
      await desk.get(`/support/desk/${id}`);
      expect(desk.html).toContain(question.body);
      // Whoever answers did not write it.
      expect(desk.html).not.toContain("<strong>You</strong>");
      await desk.submit(`/support/desk/${id}/answer`, {
        body: "Thirty days after the account is closed.",
      });
      expect(await service.letterTo("mei@example.com")).toContain("Thirty days after");

      await browser.get(path);
      expect(browser.html).toContain("Thirty days after the account is closed.");
      expect(browser.html).toContain("answered");
      await browser.submit(`${path}/close`);
      await browser.get(path);
      expect(browser.html).toContain("closed");
    });

    test("[C2] works without any contact: the answer waits on the private page", async () => {
      const path = await ask(new TestBrowser(service));
      expect((await new TestBrowser(service).get(path)).status).toBe(200);
    });

    test("its address is kept as a hash, and a guess opens nothing", async () => {
      const path = await ask(new TestBrowser(service));
      const secret = path.split("/").at(-1) ?? "";
      const rows = await service.services.database.orm.select().from(tickets);
      expect(JSON.stringify(rows)).not.toContain(secret);
      for (const wrong of [secret.slice(1), `${secret}a`, "x", rows[0]?.secretHash ?? ""]) {
        expect((await new TestBrowser(service).get(`/support/tickets/${wrong}`)).status).toBe(404);
      }
    });

    test("[C7] somebody in whose name it was written deletes it from the letter's address", async () => {
      const browser = new TestBrowser(service);
      const path = await ask(browser);
      await browser.get(path);
      await browser.submit(`${path}/delete`);
      expect((await browser.get(path)).status).toBe(404);
    });

    test("[C2] what is wrong is said beside the field, and what was entered is still there", async () => {
      const browser = new TestBrowser(service);
      const check = async (fields: Partial<typeof question>, said: string): Promise<void> => {
        await browser.get("/support");
        const response = await browser.submit("/support", { ...question, ...fields });
        expect([fields, response.status]).toEqual([fields, 400]);
        expect(browser.html).toContain(said);
      };
      await check({ body: "short" }, "at least ten characters");
      await check({ body: "x".repeat(5001) }, "under 5,000 characters");
      await check({ email: "not an address" }, "not an e-mail address");
      await check({ kind: "gossip" }, "choose what it is about");
      await check({ name: "n".repeat(101) }, "under 100 characters");
      await check(
        { email: "no", body: "A question of <b>mine</b> & yours" },
        "&lt;b&gt;mine&lt;/b&gt; &amp; yours",
      );
    });
  });

  describe("the clock", () => {
    test("[A9] [C15] an unanswered message warns the officers once, five days before it is due, and then shows as late", async () => {
      const own = await openTestService(kind);
      try {
        const ownStore = new TicketStore(own.services);
        const path = await ask(new TestBrowser(own));
        const officers = () =>
          Promise.resolve([{ email: "officer@example.com", language: "en" } as const]);
        const escalate = (): Promise<number> =>
          escalateTickets(ownStore, { ...own.services, officers });
        own.advance(9.9 * dayMs);
        expect(await escalate()).toBe(0);
        own.advance(0.2 * dayMs);
        expect(await escalate()).toBe(1);
        expect(await escalate()).toBe(0);
        expect(await own.letterTo("officer@example.com")).toMatch(/has to be answered by/);
        const early = await officer(own, "early");
        await early.get("/support/desk");
        expect(early.html).toContain("escalated");
        own.advance(6 * dayMs);
        // Sessions of officers are short: this is another one's.
        const late = await officer(own, "late");
        await late.get("/support/desk");
        expect(late.html).toContain("Late by");
        expect(await ownStore.countLate()).toBe(1);
        await late.get("/status");
        expect(late.html).toContain("1 late");

        // An answer stops the clock; a new question starts another.
        const id = (await ownStore.waiting())[0]?.id ?? "";
        await ownStore.answer(id, "Here is the answer.");
        expect(await ownStore.waiting()).toEqual([]);
        const browser = new TestBrowser(own);
        await browser.get(path);
        await browser.submit(`${path}/reply`, { body: "Thank you, and another one?" });
        const [again] = await ownStore.waiting();
        expect((again?.dueMs ?? 0) - own.services.now()).toBeGreaterThan(14.9 * dayMs);
        expect(again?.escalatedMs).toBeUndefined();
      } finally {
        await own.close();
      }
    });
  });

  describe("who may see what", () => {
    test("[C4] the desk is for officers and administrators alone", async () => {
      const person = await signUp(service, "nosy");
      const visitor = new TestBrowser(service);
      const [ticket] = await store.waiting();
      for (const path of ["/support/desk", `/support/desk/${ticket?.id ?? ""}`]) {
        expect((await person.get(path)).status).toBe(403);
        expect((await visitor.get(path)).status).toBe(303);
      }
    });

    test("[C4] a person sees the list of their own messages, and nobody else's", async () => {
      const owner = await signUp(service, "owner");
      await ask(owner);
      await owner.get("/support");
      const path = /href="(\/support\/mine\/[0-9a-f-]+)"/.exec(owner.html)?.[1] ?? "";
      expect((await owner.get(path)).status).toBe(200);
      const other = await signUp(service, "other");
      expect((await other.get(path)).status).toBe(404);
      expect((await other.get("/support/mine/not-a-number")).status).toBe(404);
      expect((await new TestBrowser(service).get(path)).status).toBe(303);
    });

    test("more than ten messages an hour from one address are turned away", async () => {
      const own = await openTestService(kind);
      try {
        const browser = new TestBrowser(own);
        for (let count = 0; count < 10; count++) await ask(browser);
        await browser.get("/support");
        expect((await browser.submit("/support", question)).status).toBe(429);
      } finally {
        await own.close();
      }
    });
  });
});
