import { desc, eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { users } from "../accounts/tables.ts";
import { auditEntries } from "../audit/tables.ts";
import { consentSubjects } from "../consent/tables.ts";
import { createRights } from "../requests/rights.ts";
import { rightsRequests } from "../requests/tables.ts";
import { tickets } from "../support/tables.ts";
import { disclosures } from "../transfers/tables.ts";
import {
  goodPassword,
  openTestService,
  signUp,
  TestBrowser,
  textOf,
  type TestService,
} from "../testing/index.ts";

let service: TestService;
let officer: TestBrowser;
let auditor: TestBrowser;
let person: TestBrowser;

const orm = () => service.services.database.orm;
const givesSecondFactor = async (username: string) =>
  orm().update(users).set({ twoFactorEnabled: true }).where(eq(users.username, username));

beforeAll(async () => {
  service = await openTestService();
  person = await signUp(service, "wanderer");
  officer = await signUp(service, "deskofficer", "officer");
  auditor = await signUp(service, "deskauditor", "auditor");
});
afterAll(async () => service.close());

/** Opens a page that asks for the password first. */
async function openFresh(browser: TestBrowser, path: string): Promise<void> {
  const answer = await browser.get(path);
  if (answer.status !== 303) return;
  await browser.get(answer.headers.get("location") ?? "");
  const confirmed = await browser.submit("/account/confirm", { password: goodPassword });
  expect(confirmed.headers.get("location")).toBe(path);
  await browser.get(path);
}

const pages = [
  "/console",
  "/console/holds",
  "/console/incidents",
  "/console/retention",
  "/console/transfers",
  "/console/disclosures",
  "/console/processors",
  "/console/webhooks",
  "/console/consents",
  "/console/record",
  "/console/record.csv",
  "/console/trail",
  "/console/children",
];

describe("the desk", () => {
  it.each(pages)(
    "[C10] keeps visitors and people out of %s, and officers without a second factor",
    async (page) => {
      const visitor = await new TestBrowser(service).get(page);
      expect([visitor.status, visitor.headers.get("location")]).toEqual([
        303,
        `/sign-in?to=${encodeURIComponent(page)}`,
      ]);
      expect((await person.get(page)).status).toBe(403);
      const without = await officer.get(page);
      expect(without.headers.get("location")).toBe("/account/security?needed=second-factor");
    },
  );

  it("lets officers work and auditors look, once they have a second factor", async () => {
    await givesSecondFactor("deskofficer");
    await givesSecondFactor("deskauditor");
    for (const page of pages) {
      expect((await officer.get(page)).status, page).toBe(200);
      if (page !== "/console/children") expect((await auditor.get(page)).status, page).toBe(200);
    }
    expect((await auditor.get("/console/children")).status).toBe(403);
    await auditor.get("/console/trail");
    expect(textOf(auditor.html)).toContain("You may look, and change nothing.");
    await auditor.get("/support");
    expect((await auditor.submit("/support", {})).status).not.toBe(403);
    await officer.get("/console/holds");
    const token = /name="form_token" value="([^"]+)"/.exec(auditor.html)?.[1] ?? "";
    expect((await auditor.post("/console/holds", { form_token: token })).status).toBe(403);
  });

  it("names every table by the heading over it, and says nothing twice to who listens", async () => {
    for (const page of [...pages.filter((path) => !path.includes(".")), "/support/desk"]) {
      await officer.get(page);
      const ids = [...officer.html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
      expect(ids.length, page).toBe(new Set(ids).size);
      const headings = [...officer.html.matchAll(/<h[12][^>]*>([^]*?)<\/h[12]>/g)].map(
        ([, text = ""]) => textOf(text).trim(),
      );
      for (const [table] of officer.html.matchAll(/<table[^]*?<thead>/g)) {
        const [, heading] = /aria-labelledby="([^"]+)"/.exec(table) ?? [];
        const [, caption] = /<caption>([^]*?)<\/caption>/.exec(table) ?? [];
        if (heading !== undefined) expect(ids, page).toContain(heading);
        else expect(caption, page).toBeDefined();
        if (caption !== undefined) expect(headings, page).not.toContain(textOf(caption).trim());
      }
    }
  });

  it("speaks Chinese, with every picture beside its table", async () => {
    officer.headers["accept-language"] = "zh-CN";
    officer.cookies.set("language", "zh");
    await officer.get("/console");
    expect(textOf(officer.html)).toContain("隐私工作台");
    await officer.get("/console/record");
    expect(textOf(officer.html)).toContain("数据流向图");
    expect(officer.html).toContain("<svg");
    expect(officer.html.match(/<table/g)?.length).toBeGreaterThan(0);
    for (const product of ["service", "assistant", "gateway"]) {
      await officer.get(`/console/record?product=${product}`);
      expect(textOf(officer.html)).not.toMatch(/\b(customer|visitor|none|workspace|received)\b/);
    }
    officer.cookies.set("language", "en");
  });

  it("[C10] takes an incident from its record to the letters and its end", async () => {
    await officer.get("/console/incidents");
    const made = await officer.submit("/console/incidents", {
      title: "A laptop was lost",
      aware: "",
    });
    const own = made.headers.get("location") ?? "";
    await officer.get(own);
    expect(textOf(officer.html)).toContain("notify the authority");
    await officer.submit(`${own}/assess`, {
      risk: "high",
      grade: "minor",
      "region-other": "yes",
      "item-service.email": "yes",
      reason: "Addresses in clear.",
    });
    await officer.get(own);
    expect(textOf(officer.html)).toContain("People it concerns 3");
    await officer.submit(`${own}/tell`, { "basics-en": "A laptop was lost." });
    expect(textOf(officer.html)).toContain("Fill in all parts in both languages");
    const notice = Object.fromEntries(
      ["basics", "impact", "measures", "advice", "remedies", "contact"].flatMap((part) => [
        [`${part}-en`, `The ${part}.`],
        [`${part}-zh`, `${part}内容`],
      ]),
    );
    await officer.submit(`${own}/tell`, notice);
    const letter = await service.letterTo("wanderer@example.com");
    expect(letter).toContain("What you can do\nThe advice.");
    await officer.submit(`${own}/contain`, { measures: "Locked." });
    await officer.get(own);
    await officer.submit(`${own}/close`, { lessons: "Disks are encrypted." });
    await officer.get(own);
    expect(textOf(officer.html)).toContain("Closed · Disks are encrypted.");
    // Once each, however often it is pressed.
    const { rows } = await orm().execute<{ count: string }>(
      sql`SELECT count(*) AS count FROM incident_letters`,
    );
    expect(Number(rows[0]?.count)).toBe(3);
  });
});

describe("[C10] every look at data of persons", () => {
  /** Pages that show nobody's data. A page that is in neither list fails the test below. */
  const ofNobody = new Set([
    "/console/incidents",
    "/console/incidents/:id",
    "/console/retention",
    "/console/processors",
    "/console/webhooks",
    "/console/record",
    "/console/:file{record\\.(csv|json)}",
    "/console/children",
    // Only with the pseudonym of a person; see below.
    "/console/consents",
  ]);
  const views = async () => orm().$count(auditEntries, eq(auditEntries.action, "viewed"));

  it("stands in the trail with its purpose, whatever page of the router it is", async () => {
    await openFresh(person, "/privacy/requests/new/access");
    await person.submit("/privacy/requests/new/access");
    const { rows } = await orm().execute<{ id: string }>(sql`SELECT id FROM rights_requests`);
    const paths = service.app.routes
      .filter(({ path, method }) => method === "GET" && /^\/(console|support\/desk)/.test(path))
      .map(({ path }) => path);
    expect(paths.length).toBeGreaterThan(16);
    await person.get("/support");
    await person.submit("/support", { kind: "question", body: "Where is my data kept?" });
    const [ticket] = await orm().select({ id: tickets.id }).from(tickets);
    for (const path of new Set(paths)) {
      const before = await views();
      const url = path
        .replace("/console/requests/:id", `/console/requests/${rows[0]?.id ?? ""}`)
        .replace("/support/desk/:id", `/support/desk/${ticket?.id ?? ""}`)
        .replace(":file{record\\.(csv|json)}", "record.csv");
      const answer = await officer.get(url);
      if (!path.includes(":id")) expect(answer.status, path).toBe(200);
      expect([path, (await views()) - before]).toEqual([path, ofNobody.has(path) ? 0 : 1]);
    }
    const [known] = await orm()
      .select({ pseudonym: consentSubjects.pseudonym })
      .from(consentSubjects);
    const pseudonym = known?.pseudonym ?? "";
    // What was typed and is nobody's pseudonym may be a name, and the trail cannot forget.
    for (const [typed, subject] of [
      [pseudonym, pseudonym],
      ["Wei Li", null],
      ["nobody@example.com", null],
    ] as const) {
      const before = await views();
      await officer.get(`/console/consents?pseudonym=${encodeURIComponent(typed)}`);
      expect((await views()) - before).toBe(1);
      const [last] = await orm().select().from(auditEntries).orderBy(desc(auditEntries.number));
      expect(last).toMatchObject({ purpose: "prove-consent", subject });
    }
  });

  it("names the ticket and its writer's pseudonym, and also who answered", async () => {
    const [ticket] = await orm().select().from(tickets);
    const own = `/support/desk/${ticket?.id ?? ""}`;
    const newest = async () => {
      const [entry] = await orm().select().from(auditEntries).orderBy(desc(auditEntries.number));
      return entry;
    };
    const [writer] = await orm()
      .select()
      .from(consentSubjects)
      .where(eq(consentSubjects.userId, ticket?.userId ?? ""));
    const [looker] = await orm()
      .select({ pseudonym: consentSubjects.pseudonym })
      .from(consentSubjects)
      .innerJoin(users, eq(users.id, consentSubjects.userId))
      .where(eq(users.username, "deskofficer"));
    const said = { actor: looker?.pseudonym, subject: writer?.pseudonym, purpose: "support" };
    await officer.get(own);
    expect(await newest()).toMatchObject({
      ...said,
      action: "viewed",
      detail: { what: ticket?.number },
    });
    // What is shown again because an answer was too short is seen again.
    const before = await views();
    await officer.submit(`${own}/answer`, { body: "short" });
    expect((await views()) - before).toBe(1);
    await officer.submit(`${own}/answer`, { body: "In the country the notice says." });
    expect(await newest()).toMatchObject({
      ...said,
      action: "ticket-moved",
      detail: { ticket: ticket?.number, event: "answered" },
    });
  });

  it("shows what is due on the overview, the most urgent first, whatever it is", async () => {
    await openFresh(person, "/privacy/requests/new/correct");
    await person.submit("/privacy/requests/new/correct", {
      text: "My company is called otherwise.",
    });
    await person.get("/support");
    await person.submit("/support", { kind: "complaint", body: "Nobody has answered me." });
    await officer.get("/console");
    const [list = ""] = /<table[^]*?<\/table>/.exec(officer.html) ?? [];
    const dues = [...list.matchAll(/<time datetime="([^"]+)"/g)].map(([, at]) => at ?? "");
    expect(dues.length).toBeGreaterThan(1);
    expect(dues).toEqual(dues.toSorted((one, other) => (one < other ? -1 : 1)));
  });
});

describe("the registers", () => {
  it("[C6] take no disclosure of an item that is none, and say in words what is missing", async () => {
    const count = await orm().$count(disclosures);
    await officer.get("/console/disclosures");
    const disclosed = {
      recipient: "competent-authority",
      subject: "",
      items: "service.email, service.emial",
      reference: "Order 12/2026",
      told: "yes",
      because: "",
    };
    await officer.submit("/console/disclosures", disclosed);
    expect(textOf(officer.html)).toContain("Not done: Look again at Items");
    await officer.submit("/console/disclosures", {
      ...disclosed,
      items: "service.email",
      subject: "Wei Li",
    });
    expect(textOf(officer.html)).toContain("Not done: Look again at Whose data");
    expect(await orm().$count(disclosures)).toBe(count);
    await officer.submit("/console/disclosures", { ...disclosed, items: "service.email" });
    expect(await orm().$count(disclosures)).toBe(count + 1);
  });

  it("[C8] [C12] tell consents in words, and who swept", async () => {
    const { ledger } = createRights(service.services);
    const [row] = await orm().select().from(users).where(eq(users.username, "wanderer"));
    const pseudonym = await ledger.pseudonymOf(row?.id ?? "");
    await ledger.record(pseudonym, {
      purpose: "recover-account",
      answer: "refused",
      kind: "consent",
      question: "May we call you?",
      language: "en",
      screen: "/account",
      signal: false,
    });
    officer.cookies.set("language", "zh");
    await officer.get(`/console/consents?pseudonym=${pseudonym}`);
    expect(textOf(officer.html)).toContain("通过电话找回账户 不同意");
    expect(textOf(officer.html)).toContain("通过电话找回账户 · 不同意");
    officer.cookies.set("language", "en");
    await officer.get("/console/consents?pseudonym=nobodys");
    expect(textOf(officer.html)).toContain("There is nothing yet.");
    await officer.get("/console/retention");
    await officer.submit("/console/retention");
    const [swept] = await orm()
      .select({ actor: auditEntries.actor })
      .from(auditEntries)
      .where(eq(auditEntries.action, "retention-swept"))
      .orderBy(desc(auditEntries.number));
    expect(swept?.actor).not.toBe("service");
  });
});

describe("the person's pages", () => {
  it("[C7] give a copy after the password, in both languages", async () => {
    await person.get("/privacy/requests");
    expect(textOf(person.html)).toContain("See my data");
    await openFresh(person, "/privacy/requests/new/access");
    const sent = await person.submit("/privacy/requests/new/access");
    const own = sent.headers.get("location") ?? "";
    expect(own).toMatch(/^\/privacy\/requests\/[\w-]{43}$/);
    await person.get(own);
    expect(textOf(person.html)).toContain("done");
    const copy = await person.get(`${own}/copy.json`);
    expect(copy.headers.get("cache-control")).toBe("no-store");
    expect(await copy.json()).toMatchObject({
      records: { users: [{ email: "wanderer@example.com" }] },
    });
    // Another account does not get it, even with the address.
    const other = await signUp(service, "neighbour");
    expect((await other.get(`${own}/copy.json`)).status).toBe(404);
    person.cookies.set("language", "zh");
    await person.get(own);
    expect(textOf(person.html)).toContain("已办结");
    person.cookies.set("language", "en");
  });

  it("[C7] say the same to an address nobody has", async () => {
    const visitor = new TestBrowser(service);
    const pageFor = async (email: string): Promise<string> => {
      await visitor.get("/privacy/requests/new/delete");
      await visitor.submit("/privacy/requests/new/delete", { email });
      return textOf(visitor.html);
    };
    expect(await pageFor("nobody@example.com")).toBe(await pageFor("neighbour@example.com"));
  });

  it("[C7] show the officer what was written, and write down that it was shown", async () => {
    await openFresh(person, "/privacy/requests/new/correct");
    const sent = await person.submit("/privacy/requests/new/correct", {
      text: "My company is called otherwise.",
    });
    await officer.get("/console");
    const [, id = ""] =
      /console\/requests\/([0-9a-f-]{36})"/.exec(officer.html.split("Correct my data")[0] ?? "") ??
      [];
    const own =
      [...officer.html.matchAll(/\/console\/requests\/([0-9a-f-]{36})/g)]
        .map(([path]) => path)
        .at(-1) ?? `/console/requests/${id}`;
    await officer.get(own);
    expect(textOf(officer.html)).not.toContain("called otherwise");
    const before = await orm().$count(auditEntries, eq(auditEntries.action, "viewed"));
    await officer.submit(`${own}/show`);
    expect(textOf(officer.html)).toContain("called otherwise");
    expect(await orm().$count(auditEntries, eq(auditEntries.action, "viewed"))).toBe(before + 1);
    await officer.get(own);
    await officer.submit(`${own}/deny`, {
      because: "other",
      explanation: "",
      authority: "x",
      court: "the court of Wuhan",
    });
    // What was typed is not lost.
    expect(officer.html).toContain("the court of Wuhan");
    expect(textOf(officer.html)).toContain("Say why it is refused.");
    expect(sent.status).toBe(303);
  });

  it("[C7] are opened by an officer for who wrote a letter, on the day it came", async () => {
    const writeDown = async (fields: Readonly<Record<string, string>>): Promise<string> => {
      await officer.get("/console");
      await officer.submit("/console/requests", { right: "access", ...fields });
      return textOf(officer.html);
    };
    const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
    const nowMs = service.services.now();
    const count = await orm().$count(rightsRequests);
    for (const [fields, because] of [
      [{ email: "nobody@example.com" }, "There is no such account."],
      [{ email: "no address" }, "There is no such account."],
      [{ email: "wanderer@example.com", received: "yesterday" }, "Give the day it came"],
      [
        { email: "wanderer@example.com", received: dayOf(nowMs + 2 * 86_400_000) },
        "Give the day it came",
      ],
    ] as const)
      expect(await writeDown(fields)).toContain(because);
    expect(await orm().$count(rightsRequests)).toBe(count);
    const came = dayOf(nowMs - 10 * 86_400_000);
    expect(await writeDown({ email: "wanderer@example.com", received: came })).toMatch(
      /Written down\..* R-[A-Z2-9]{6}/,
    );
    const own = /href="(\/console\/requests\/[0-9a-f-]{36})"/.exec(officer.html)?.[1] ?? "";
    await officer.get(own);
    expect(officer.html).toContain(`<time datetime="${came}`);
  });

  it("[C9] find the authority of a country", async () => {
    const visitor = new TestBrowser(service);
    await visitor.get("/privacy/authorities?place=IE");
    expect(textOf(visitor.html)).toContain("Data Protection Commission");
  });

  it("[C7] delete the account, and its page outlives it", async () => {
    await openFresh(person, "/privacy/requests/new/delete");
    expect(textOf(person.html)).toContain("What will be deleted");
    const unsure = await person.submit("/privacy/requests/new/delete");
    expect(unsure.status).toBe(400);
    const sent = await person.submit("/privacy/requests/new/delete", { sure: "yes" });
    const own = sent.headers.get("location") ?? "";
    const visitor = new TestBrowser(service);
    expect((await visitor.get(own)).status).toBe(200);
    expect(textOf(visitor.html)).toContain("done");
    expect(await orm().$count(users, eq(users.username, "wanderer"))).toBe(0);
    expect((await person.get("/account")).headers.get("location")).toContain("/sign-in");
  });

  it("[C11] leave nothing of a child", async () => {
    await officer.get("/console/children");
    await officer.submit("/console/children", { email: "neighbour@example.com" });
    expect(textOf(officer.html)).toMatch(/searched for afterwards\. Proof: R-[A-Z2-9]{6}/);
    expect(await orm().$count(users, eq(users.username, "neighbour"))).toBe(0);
    await officer.get("/console/trail");
    await officer.submit("/console/trail");
    expect(textOf(officer.html)).toContain("The trail is intact.");
  });
});
