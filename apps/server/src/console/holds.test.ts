import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { users } from "../accounts/tables.ts";
import { legalHolds } from "../retention/tables.ts";
import {
  openTestService,
  signUp,
  type TestBrowser,
  textOf,
  type TestService,
} from "../testing/index.ts";

const dayMs = 86_400_000;

let service: TestService;
let officer: TestBrowser;

const orm = () => service.services.database.orm;
const dayAfter = (days: number): string =>
  new Date(service.services.now() + days * dayMs).toISOString().slice(0, 10);
const actionOf = (event: string): string =>
  new RegExp(`action="(/console/holds/[0-9a-f-]+/${event})"`).exec(officer.html)?.[1] ?? "";

beforeAll(async () => {
  service = await openTestService();
  await signUp(service, "claimant");
  officer = await signUp(service, "holdofficer", "officer");
  await orm()
    .update(users)
    .set({ twoFactorEnabled: true })
    .where(eq(users.username, "holdofficer"));
  await officer.get("/console/holds");
});
afterAll(async () => service.close());

describe("[C12] legal holds at the desk", () => {
  async function checkRefused(
    fields: Readonly<Record<string, string>>,
    because: string,
  ): Promise<void> {
    const answer = await officer.submit("/console/holds", {
      subject: "everyone",
      items: "service.email",
      reason: "Claim 12",
      review: dayAfter(90),
      ...fields,
    });
    expect([answer.status, textOf(officer.html)]).toEqual([409, expect.stringContaining(because)]);
    expect(await orm().$count(legalHolds)).toBe(0);
  }

  it("are not placed on nobody, on an item that was mistyped, for no reason or without a day", async () => {
    await checkRefused({ reason: "" }, "Give the reason: the claim, the court, the number.");
    await checkRefused({ review: "31.12.2026" }, "Give the day of the next review");
    await checkRefused({ subject: " " }, "Say whose data it is");
    await checkRefused({ subject: "p-1" }, "A hold on nobody keeps nothing.");
    await checkRefused({ subject: "other@example.com" }, "A hold on nobody keeps nothing.");
    await checkRefused(
      { items: "service.email service.emial", reason: "Claim 13/2026" },
      "The inventory has no such item: service.emial",
    );
    // What was typed is not lost.
    expect(officer.html).toContain("Claim 13/2026");
  });

  it("are placed on a person by the address of the account or by the pseudonym", async () => {
    await officer.submit("/console/holds", {
      subject: "Claimant@example.com",
      items: "service.email",
      reason: "Claim 12",
      review: dayAfter(2),
    });
    const [hold] = await orm().select().from(legalHolds);
    expect(hold).toMatchObject({ items: ["service.email"], status: "active" });
    await officer.submit("/console/holds", {
      subject: hold?.subject ?? "",
      items: "",
      reason: "Claim 14",
      review: dayAfter(90),
    });
    expect(await orm().$count(legalHolds, eq(legalHolds.subject, hold?.subject ?? ""))).toBe(2);
    await officer.get("/console/holds");
    await officer.submit(actionOf("lift"), { reason: "Settled" });
    await officer.get("/console/holds");
    expect(textOf(officer.html)).toContain("lifted: Settled");
  });

  it("go on when their review is late, stand on the overview, and are reviewed", async () => {
    service.advance(3 * dayMs);
    await officer.get("/console");
    expect(textOf(officer.html)).toMatch(/Legal holds .*Late by/);
    await officer.get("/console/holds");
    expect(textOf(officer.html)).toContain("Late by");
    const own = actionOf("review");
    await officer.submit(own, { reason: "The court has not decided.", review: "" });
    expect(textOf(officer.html)).toContain("Give the day of the next review");
    await officer.submit(own, { reason: "The court has not decided.", review: dayAfter(90) });
    await officer.get("/console/holds");
    expect(textOf(officer.html)).toContain("reviewed, still needed: The court has not decided.");
    expect(textOf(officer.html)).not.toContain("Late by");
    await officer.get("/console");
    expect(textOf(officer.html)).not.toContain("Late by");
  });

  it("that do not exist are not moved", async () => {
    await officer.get("/console/holds");
    const token = /name="form_token" value="([^"]+)"/.exec(officer.html)?.[1] ?? "";
    const answer = await officer.post("/console/holds/not-one/lift", {
      form_token: token,
      reason: "Settled",
    });
    expect([answer.status, textOf(officer.html)]).toEqual([
      409,
      expect.stringContaining("There is no such hold."),
    ]);
  });
});
