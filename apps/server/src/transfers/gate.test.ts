import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AuditTrail } from "../audit/trail.ts";
import { openTestService, type TestService } from "../testing/index.ts";
import { type HandOver, TransferGate } from "./gate.ts";
import { disclosures } from "./tables.ts";

let service: TestService;
let gate: TransferGate;
const sent: string[] = [];

beforeAll(async () => {
  service = await openTestService();
  gate = new TransferGate(service.services, new AuditTrail(service.services), (url) => {
    sent.push(url);
    return Promise.resolve(new Response());
  });
});
afterAll(async () => service.close());

const letter: HandOver = {
  recipient: "mail-service",
  items: ["service.email"],
  purpose: "service-mail",
  subject: "p1",
  from: "eu",
};

async function check(change: Partial<HandOver>, expected: string): Promise<void> {
  const answer = await gate.open({ ...letter, ...change });
  expect(answer.kind === "granted" ? answer.client.permit.ground : answer.because).toBe(expected);
}

describe("[C13] data leaves for another country", () => {
  it("only to a recipient whose place is known", async () => {
    await check({}, "target-unknown");
    await gate.place("mail-service", "SG", "https://mail.example/");
    await check({}, "mechanism-missing");
  });
  it("under a mechanism that is on record", async () => {
    const nowMs = service.services.now();
    await gate.agree("mail-service", {
      kind: "clauses",
      reference: "SCC-1",
      assessment: "TIA-1",
      signedMs: nowMs,
      endsMs: nowMs + 1_000,
    });
    await check({}, "clauses");
    service.advance(2_000);
    await check({}, "clauses-ended");
    await check({ consentedMs: nowMs }, "separate-consent");
    await check({ items: ["service.phone"] }, "recipient-not-declared");
  });
  it("through a client that sends what was granted, to its origin, for a minute", async () => {
    const answer = await gate.open({ ...letter, consentedMs: service.services.now() });
    if (answer.kind !== "granted") throw new Error(answer.because);
    await answer.client.send("/send", ["service.email"], { method: "POST" });
    expect(sent).toEqual(["https://mail.example/send"]);
    await expect(answer.client.send("/send", ["service.phone"], {})).rejects.toThrow(
      "does not cover",
    );
    await expect(
      answer.client.send("https://evil.example/", ["service.email"], {}),
    ).rejects.toThrow("leaves");
    service.advance(60_000);
    await expect(answer.client.send("/send", ["service.email"], {})).rejects.toThrow("ended");
    expect(sent).toHaveLength(1);
  });
  it("from China counted by people and year, with a warning at four fifths", async () => {
    await check({ from: "cn", subject: "c1" }, "exempt");
    await check({ from: "cn", subject: "c1" }, "exempt");
    expect(await gate.china()).toMatchObject({
      people: 1,
      sensitivePeople: 0,
      tier: "exempt",
      warning: false,
    });
    const { orm } = service.services.database;
    const add = async (from: number, to: number) =>
      orm.execute(sql`
        INSERT INTO transfers (at, subject, from_region, recipient, country, items, ground)
        SELECT ${new Date(service.services.now()).toISOString()}::timestamptz, 'c-' || n, 'cn', 'mail-service', 'SG', '["service.email"]', 'exempt'
          FROM generate_series(${from}::int, ${to}::int) AS n`);
    await add(1, 80_000);
    expect(await gate.china()).toMatchObject({ people: 80_001, warning: true });
    await add(80_001, 100_000);
    await check({ from: "cn", subject: "c-new" }, "clauses-ended");
    service.advance(366 * 86_400_000);
    expect(await gate.china()).toMatchObject({ people: 0, tier: "exempt" });
  });
  it("[C6] and every disclosure is on record, with the demand it rests on", async () => {
    const disclosure = {
      recipient: "competent-authority",
      subject: "p1",
      items: ["service.email"],
      told: { because: "The order forbids it." },
    } as const;
    await expect(gate.disclose({ ...disclosure, reference: " " }, "officer")).rejects.toThrow(
      "names the demand",
    );
    await gate.disclose({ ...disclosure, reference: "Order 12/2026" }, "officer");
    expect(await service.services.database.orm.select().from(disclosures)).toMatchObject([
      { reference: "Order 12/2026", untold: "The order forbids it." },
    ]);
  });
});
