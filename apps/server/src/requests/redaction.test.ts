import { eq } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { users } from "../accounts/tables.ts";
import { auditEntries } from "../audit/tables.ts";
import { holdEvents, legalHolds } from "../retention/tables.ts";
import { ticketMessages } from "../support/tables.ts";
import {
  openTestService,
  signUp,
  testableKinds,
  type TestBrowser,
  type TestService,
  textOf,
} from "../testing/index.ts";
import { redactValue } from "./redaction.ts";
import { createRights, type Rights } from "./rights.ts";
import type { RequestLine } from "./store.ts";

describe("redacting a value", () => {
  const traces = [
    { value: "ann@example.com", match: "word" },
    { value: "person-ann-0123456789", match: "anywhere" },
    { value: "ann", match: "name" },
  ] as const;
  const check = (value: unknown, expected: unknown): void =>
    expect(redactValue(value, traces)).toEqual(expected);

  it("takes the person's values out and leaves every other word", () => {
    check("Ask Ann@Example.com, or ann.", "Ask [erased], or ann.");
    check("joann@example.com, ann@example.community", "joann@example.com, ann@example.community");
    check("xperson-ann-0123456789x", "x[erased]x");
    check(
      { to: ["ann@example.com", 7, null], note: { text: "ANN@EXAMPLE.COM" } },
      { to: ["[erased]", 7, null], note: { text: "[erased]" } },
    );
    check(null, null);
  });

  it("done twice is done once, whatever the value", () => {
    const word = fc.constantFrom("ann@example.com", "ANN@example.com", "jo", " ", ",", "[erased]");
    const text = fc.array(word).map((words) => words.join(""));
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.integer(),
        fc.array(tie("any")),
        fc.dictionary(fc.string(), tie("any")),
      ),
    })).any;
    fc.assert(
      fc.property(value, (each) => {
        const once = redactValue(each, traces);
        expect(redactValue(once, traces)).toEqual(once);
      }),
    );
  });
});

describe.each(testableKinds())("an erased person whom others name, on the %s database", (kind) => {
  let service: TestService;
  let rights: Rights;
  let officer: TestBrowser;
  let auditor: TestBrowser;
  let secret = "";
  const orm = () => service.services.database.orm;

  beforeAll(async () => {
    service = await openTestService(kind);
    rights = createRights(service.services);
    officer = await signUp(service, "redactor", "officer");
    auditor = await signUp(service, "looker", "auditor");
    await orm().update(users).set({ twoFactorEnabled: true });
    const ben = await signUp(service, "ben.okri");
    await ben.get("/support");
    await ben.submit("/support", {
      kind: "question",
      body: "Please ask ANN.LEE@example.com and not joann.lee@example.com.",
    });
    const now = new Date(service.services.now());
    const [hold] = await orm()
      .insert(legalHolds)
      .values({
        subject: "p-nobody",
        items: ["service.email"],
        status: "lifted",
        placedAt: now,
        reviewAt: now,
      })
      .returning();
    await orm()
      .insert(holdEvents)
      .values({
        holdId: hold?.id ?? "",
        event: { kind: "lifted", atMs: now.getTime(), reason: "ann.lee@example.com took it back" },
      });
    await signUp(service, "ann.lee");
    const [ann] = await orm().select().from(users).where(eq(users.username, "ann.lee"));
    ({ secret } = await rights.handling.ask(ann?.id ?? "", { right: "delete", language: "en" }));
    // Half an hour of rest ends an officer's session.
    for (const browser of [officer, auditor]) browser.cookies.clear();
    officer = await signUp(service, "redactor.two", "officer");
    auditor = await signUp(service, "looker.two", "auditor");
    await orm().update(users).set({ twoFactorEnabled: true });
  });
  afterAll(async () => service.close());

  const request = async (): Promise<RequestLine> => {
    const found = await rights.store.findBySecret(secret);
    if (found === undefined) throw new Error("The request is gone.");
    return found;
  };
  const redactions = async () =>
    orm().select().from(auditEntries).where(eq(auditEntries.action, "redacted"));
  const bodies = async () => (await orm().select().from(ticketMessages)).map(({ body }) => body);

  it("[C7] the erasure stays open and says so once, however often it is searched", async () => {
    const before = await request();
    expect(before.state).toMatchObject({ status: "in_progress", checked: false });
    expect(await rights.erasure.progress(before)).toBe("left");
    await rights.handling.tick(async () => []);
    await rights.handling.tick(async () => []);
    expect((await request()).events).toEqual(before.events);
  });

  it("[C12] what a hold keeps is not redacted", async () => {
    const now = new Date(service.services.now());
    const [hold] = await orm()
      .insert(legalHolds)
      .values({
        subject: "everyone",
        items: ["service.support-messages"],
        status: "active",
        placedAt: now,
        reviewAt: now,
      })
      .returning();
    const found = await rights.redaction.find(await request());
    expect(Object.fromEntries(found.map(({ table, kept }) => [table, kept]))).toEqual({
      hold_events: undefined,
      support_messages: "held",
    });
    const [message] = found.filter(({ table }) => table === "support_messages");
    expect(
      await rights.redaction.redact(await request(), [message?.id ?? ""], "erasure", "p-officer"),
    ).toBe(0);
    expect(await bodies()).toContain(
      "Please ask ANN.LEE@example.com and not joann.lee@example.com.",
    );
    await orm()
      .delete(legalHolds)
      .where(eq(legalHolds.id, hold?.id ?? ""));
  });

  it("[C7] an officer takes the name out, for a reason and on record, and the erasure ends", async () => {
    const { id, number } = await request();
    const own = `/console/requests/${id}`;
    await officer.get(own);
    expect(officer.html).toContain(`${own}/leftovers`);
    expect((await auditor.get(`${own}/leftovers`)).status).toBe(403);
    await auditor.get(own);
    expect(auditor.html).not.toContain(`${own}/leftovers`);

    await officer.get(`${own}/leftovers`);
    expect(officer.html).toContain(
      "<mark>ANN.LEE@example.com</mark> and not joann.lee@example.com",
    );
    const places = [...officer.html.matchAll(/name="(place-[\w-]{43})"/g)].map(([, name]) => name);
    expect(places).toHaveLength(2);
    const found = await rights.redaction.find(await request());
    const tables = new Map(found.map((each) => [`place-${each.id}`, each.table]));
    const none = await officer.submit(`${own}/leftovers`, { reason: "erasure" });
    expect([none.status, textOf(officer.html)]).toEqual([
      409,
      expect.stringContaining("Choose at least one place."),
    ]);

    // One place after the other: until the last, it is not done.
    const [first = "", second = ""] = places;
    await officer.submit(`${own}/leftovers`, { [first]: "yes", reason: "erasure" });
    expect((await request()).state.status).toBe("in_progress");
    await officer.get(`${own}/leftovers`);
    await officer.submit(`${own}/leftovers`, { [second]: "yes", reason: "mistake" });
    expect((await request()).state).toMatchObject({ status: "fulfilled", checked: true });
    expect(await service.letterTo("ann.lee@example.com")).toContain("nothing was found");
    expect(await bodies()).toContain("Please ask [erased] and not joann.lee@example.com.");

    const entries = await redactions();
    expect(new Set(entries.map(({ detail }) => `${detail["table"]} ${detail["reason"]}`))).toEqual(
      new Set(
        [first, second].map(
          (place, index) =>
            `${tables.get(place ?? "") ?? ""} ${["erasure", "mistake"][index] ?? ""}`,
        ),
      ),
    );
    expect(entries.every(({ detail }) => detail["request"] === number)).toBe(true);
    expect(JSON.stringify(await orm().select().from(auditEntries)).toLowerCase()).not.toContain(
      "ann.lee@",
    );
    expect(await rights.trail.verify()).toMatchObject({ kind: "intact" });

    // Sent once more, by a second press or a second officer, it changes nothing.
    await officer.get(own);
    await officer.get(`${own}/leftovers`);
    expect(textOf(officer.html)).toContain("Nothing of ours names the person.");
    expect(await rights.redaction.redact(await request(), [first], "erasure", "p-officer")).toBe(0);
    expect(await redactions()).toHaveLength(2);
  });

  it("[C10] what is chained as proof is shown, and nobody changes it", async () => {
    await signUp(service, "kim.lee");
    const [kim] = await orm().select().from(users).where(eq(users.username, "kim.lee"));
    // What the trail's type allows and its rule forbids: a value of a person's.
    const detail = { what: "kim.lee@example.com" };
    await rights.trail.record({ actor: "p", action: "viewed", purpose: "support", detail });
    const asked = await rights.handling.ask(kim?.id ?? "", { right: "delete", language: "en" });
    const [place] = await rights.redaction.find(asked.request);
    expect(place).toMatchObject({ table: "audit_entries", column: "detail", kept: "fixed" });
    const chosen = [place?.id ?? ""];
    expect(await rights.redaction.redact(asked.request, chosen, "erasure", "p-officer")).toBe(0);
    expect(await rights.trail.verify()).toMatchObject({ kind: "intact" });
  });
});
