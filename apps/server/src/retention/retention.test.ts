import { sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sessions, users } from "../accounts/tables.ts";
import { chain, chainStart } from "../consent/chain.ts";
import { consentEvents } from "../consent/tables.ts";
import { createRights, type Rights } from "../requests/rights.ts";
import { processingLimits } from "../requests/tables.ts";
import { ticketMessages, tickets } from "../support/tables.ts";
import { noticeVersions } from "../notices/tables.ts";
import { openTestService, testableKinds, type TestService } from "../testing/index.ts";
import { retentionRules } from "./retention.ts";
import { legalHolds } from "./tables.ts";

const day = 86_400_000;

describe.each(testableKinds())("[C12] the sweep on the %s database", (kind) => {
  let service: TestService;
  let rights: Rights;
  let noticeId = "";
  const orm = () => service.services.database.orm;

  beforeAll(async () => {
    service = await openTestService(kind);
    rights = createRights(service.services);
    const [notice] = await orm().select({ id: noticeVersions.id }).from(noticeVersions).limit(1);
    noticeId = notice?.id ?? "";
    const now = new Date(service.services.now());
    for (const id of ["ann", "bob", "eve"]) {
      await orm()
        .insert(users)
        .values({
          id,
          name: id,
          username: id,
          displayUsername: id,
          email: `${id}@example.com`,
          oldEnough: true,
          createdAt: now,
          updatedAt: now,
        });
      await rights.ledger.pseudonymOf(id);
    }
  });
  afterAll(async () => service.close());

  async function addTicket(userId: string, closedDaysAgo: number | undefined): Promise<void> {
    const now = service.services.now();
    const number = `Q-${Math.random()}`;
    const [ticket] = await orm()
      .insert(tickets)
      .values({
        number,
        userId,
        kind: "question",
        language: "en",
        secretHash: number,
        noticeId,
        receivedAt: new Date(now - 1000 * day),
        dueAt: new Date(now),
        escalateAt: new Date(now),
        closedAt: closedDaysAgo === undefined ? null : new Date(now - closedDaysAgo * day - 1),
      })
      .returning();
    await orm()
      .insert(ticketMessages)
      .values({
        ticketId: ticket?.id ?? "",
        author: "person",
        body: "?",
        writtenAt: new Date(now - 1000 * day),
      });
  }

  const rest = async () => ({
    tickets: await orm().$count(tickets),
    messages: await orm().$count(ticketMessages),
  });
  const clear = async () => {
    await orm().delete(tickets);
    await orm().delete(legalHolds);
    await orm().delete(processingLimits);
  };

  it("deletes what is overdue and leaves what is not, whatever the ages", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(fc.integer({ min: 360, max: 370 }), { nil: undefined }), {
          maxLength: 8,
        }),
        async (ages) => {
          await clear();
          for (const age of ages) await addTicket("ann", age);
          const due = ages.filter((age) => age !== undefined && age >= 365).length;
          const dry = await rights.retention.dryRun();
          // The due chart counts no row twice: what it says is what the sweep does.
          const nowMs = service.services.now();
          expect((await rights.retention.dryRun(nowMs)).rows).toBe(dry.rows);
          expect(await rest()).toMatchObject({ tickets: ages.length });
          const done = await rights.retention.sweep();
          expect(await rest()).toEqual({ tickets: ages.length - due, messages: ages.length - due });
          expect(dry.lines.filter(({ table }) => table === "support_tickets").length > 0).toBe(
            due > 0,
          );
          expect(done.held).toBe(0);
          expect(done.rows).toBe(dry.rows);
        },
      ),
      { numRuns: 8 },
    );
  });

  it("keeps what a hold keeps, on one of the items, of one person or of everybody, until it is lifted", async () => {
    await clear();
    for (const id of ["ann", "bob"]) await addTicket(id, 400);
    const now = new Date(service.services.now());
    await orm()
      .insert(legalHolds)
      .values({
        subject: await rights.ledger.pseudonymOf("ann"),
        items: ["service.support-messages"],
        status: "active",
        placedAt: now,
        reviewAt: now,
      });
    expect((await rights.retention.sweep()).held).toBeGreaterThan(0);
    expect(await orm().select({ userId: tickets.userId }).from(tickets)).toEqual([
      { userId: "ann" },
    ]);
    expect(await rest()).toEqual({ tickets: 1, messages: 1 });
    await orm().update(legalHolds).set({ subject: "everyone", items: "all" });
    await addTicket("bob", 400);
    await rights.retention.sweep();
    expect(await rest()).toEqual({ tickets: 2, messages: 2 });
    await orm().update(legalHolds).set({ status: "lifted" });
    await rights.retention.sweep();
    expect(await rest()).toEqual({ tickets: 0, messages: 0 });
  });

  it("keeps what a person asked to be kept, by restricting it", async () => {
    await clear();
    for (const id of ["bob", "eve"]) await addTicket(id, 400);
    await orm()
      .insert(processingLimits)
      .values({ userId: "eve", purpose: null, since: new Date() });
    await rights.retention.sweep();
    expect(await orm().select({ userId: tickets.userId }).from(tickets)).toEqual([
      { userId: "eve" },
    ]);
  });

  it("after a year of a moved clock leaves nothing overdue anywhere, and the trail still verifies", async () => {
    await clear();
    const now = new Date(service.services.now());
    await orm().insert(sessions).values({
      id: "s1",
      token: "t1",
      userId: "bob",
      createdAt: now,
      updatedAt: now,
      expiresAt: now,
      ipAddress: "192.0.2.1",
    });
    await addTicket("bob", 0);
    await orm().execute(sql`INSERT INTO page_counts VALUES ('2020-01-01', '/', 3)`);
    await rights.trail.record({ actor: "test", action: "viewed", purpose: "keep-records" });
    service.advance(1200 * day);
    await rights.trail.record({ actor: "test", action: "viewed", purpose: "keep-records" });
    expect((await rights.retention.sweep()).rows).toBeGreaterThan(3);
    const after = await rights.retention.dryRun();
    expect(after.lines).toEqual([]);
    expect(await orm().$count(sessions)).toBe(0);
    expect(await rights.trail.verify()).toMatchObject({ kind: "intact" });
    const [certificate] = await rights.retention.certificates(1);
    expect(certificate?.counts.map(({ table }) => table)).toEqual(
      expect.arrayContaining(["sessions", "support_tickets", "page_counts", "audit_entries"]),
    );
  });

  it("ends the proof of a consent three years after the no, never the proof of a yes that counts, and the ledger still verifies", async () => {
    const answer = async (subject: string) =>
      rights.ledger.record(subject, {
        answer: "refused",
        purpose: "recover-account",
        kind: "consent",
        question: "May we?",
        language: "en",
        screen: "/privacy/center",
        signal: false,
      });
    const count = async () => orm().$count(consentEvents);
    const [gone, stays, held] = ["p-gone", "p-stays", "p-held"];
    for (const subject of [gone, held, gone]) await answer(subject);
    // A yes that nobody took back, written as the page would.
    const yes = (await answer(stays)).number;
    await orm().execute(sql`ALTER TABLE consent_events DISABLE TRIGGER USER`);
    await orm().execute(sql`UPDATE consent_events SET answer = 'given' WHERE number = ${yes}`);
    await orm().execute(sql`ALTER TABLE consent_events ENABLE TRIGGER USER`);
    expect(await rights.ledger.verify()).toMatchObject({ kind: "broken", number: yes });
    await rehash(yes);
    const now = new Date(service.services.now());
    await orm()
      .insert(legalHolds)
      .values({
        subject: held,
        items: ["service.consent-records"],
        status: "active",
        placedAt: now,
        reviewAt: now,
      });
    const before = await count();
    service.advance(1096 * day);
    const due = await rights.retention.dryRun();
    await rights.retention.sweep();
    expect(await count()).toBe(2);
    expect(due.lines.find(({ item }) => item === "service.consent-records")).toMatchObject({
      rows: before - 2,
      held: 1,
    });
    const left = await orm().select({ subject: consentEvents.pseudonym }).from(consentEvents);
    expect(left.map(({ subject }) => subject).sort()).toEqual([held, stays]);
    expect(await rights.ledger.verify()).toMatchObject({ kind: "intact", entries: 2 });
    // It goes on being written, and a row that was taken out by hand is not an expired one.
    await answer(gone);
    expect(await rights.ledger.verify()).toMatchObject({ kind: "intact", entries: 3 });
    await orm().execute(sql`ALTER TABLE consent_events DISABLE TRIGGER USER`);
    await orm().execute(sql`DELETE FROM consent_events WHERE number = ${yes}`);
    await orm().execute(
      sql`INSERT INTO chain_gaps SELECT 'consent_events', ${yes}, ${yes}, hash, now(), signature FROM chain_gaps LIMIT 1`,
    );
    await orm().execute(sql`ALTER TABLE consent_events ENABLE TRIGGER USER`);
    expect(await rights.ledger.verify()).toMatchObject({ kind: "broken", because: "missing" });
  });

  /** Makes the chain fit again from a row on: what a page would have written. */
  async function rehash(from: number): Promise<void> {
    const rows = await orm().select().from(consentEvents).orderBy(consentEvents.number);
    let previous = rows.find(({ number }) => number === from - 1)?.hash ?? chainStart;
    await orm().execute(sql`ALTER TABLE consent_events DISABLE TRIGGER USER`);
    for (const { at, previousHash: _, hash: __, ...row } of rows.filter(
      ({ number }) => number >= from,
    )) {
      const chained = chain(previous, { ...row, atMs: at.getTime() });
      await orm().execute(
        sql`UPDATE consent_events SET previous_hash = ${previous}, hash = ${chained.hash} WHERE number = ${row.number}`,
      );
      previous = chained.hash;
    }
    await orm().execute(sql`ALTER TABLE consent_events ENABLE TRIGGER USER`);
  }

  it("has a statement for every rule that the database accepts", async () => {
    expect(retentionRules.map(({ table, item }) => `${table} ${item}`)).toContain(
      "support_messages service.support-messages",
    );
    await expect(rights.retention.dryRun()).resolves.toMatchObject({ rows: 0 });
  });
});
