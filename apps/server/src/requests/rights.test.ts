import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  credentials,
  invitations,
  members,
  organizations,
  sessions,
  users,
  usersClassified,
} from "../accounts/tables.ts";
import { readFor } from "../database/reading.ts";
import { legalHolds } from "../retention/tables.ts";
import { ticketMessages, tickets } from "../support/tables.ts";
import { noticeVersions } from "../notices/tables.ts";
import { openTestService, testableKinds, type TestService } from "../testing/index.ts";
import { toCopyCsv } from "./copy.ts";
import { reach } from "./reach.ts";
import { createRights, type Rights } from "./rights.ts";
import { searchDatabase } from "./search.ts";
import { processingLimits, requestSteps, rightsRequests } from "./tables.ts";

const day = 86_400_000;

describe.each(testableKinds())("rights on the %s database", (kind) => {
  let service: TestService;
  let rights: Rights;
  let directory: string;
  let count = 0;

  beforeAll(async () => {
    service = await openTestService(kind);
    directory = mkdtempSync(join(tmpdir(), "cc-rights-"));
    mkdirSync(join(directory, "outbox"));
    rights = createRights(service.services, {
      outbox: join(directory, "outbox"),
      tombstones: join(directory, "tombstones"),
    });
  });
  afterAll(async () => {
    await service.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const orm = () => service.services.database.orm;

  /** An account with something in every corner: sessions, an organization of its own, tickets, invitations, a file. */
  async function settle(
    region: string | null = "IE",
  ): Promise<{ readonly id: string; readonly email: string; readonly name: string }> {
    count += 1;
    const name = `wanderer${kind}${count}`;
    const id = `person-${kind}-${count}-0123456789`;
    const email = `${name}@example.com`;
    const now = new Date(service.services.now());
    await orm()
      .insert(users)
      .values({
        id,
        name,
        username: name,
        displayUsername: name,
        email,
        emailVerified: true,
        oldEnough: true,
        createdAt: now,
        updatedAt: now,
        phone: `+353 1 55512${count}00`,
        companyName: "Acme",
        companyRegion: region,
      });
    await orm()
      .insert(sessions)
      .values({
        id: `s-${id}`,
        token: `t-${id}`,
        userId: id,
        createdAt: now,
        updatedAt: now,
        expiresAt: new Date(now.getTime() + day),
        ipAddress: "192.0.2.7",
        userAgent: "Firefox",
      });
    await orm()
      .insert(organizations)
      .values([{ id: `own-${id}`, name: "Alone", createdAt: now }]);
    await orm()
      .insert(members)
      .values([
        { id: `m-${id}`, organizationId: `own-${id}`, userId: id, role: "owner", createdAt: now },
      ]);
    await orm()
      .insert(invitations)
      .values({
        id: `i-${id}`,
        tokenHash: `h-${id}`,
        organizationId: `own-${id}`,
        email,
        role: "member",
        expiresAt: now,
      });
    const [notice] = await orm().select({ id: noticeVersions.id }).from(noticeVersions).limit(1);
    const [ticket] = await orm()
      .insert(tickets)
      .values({
        number: `Q-${id}`,
        email,
        kind: "question",
        language: "en",
        secretHash: `q-${id}`,
        noticeId: notice?.id ?? "",
        receivedAt: now,
        dueAt: now,
        escalateAt: now,
      })
      .returning();
    await orm()
      .insert(ticketMessages)
      .values({
        ticketId: ticket?.id ?? "",
        author: "person",
        body: `It is me, ${email}`,
        writtenAt: now,
      });
    await rights.ledger.pseudonymOf(id);
    writeFileSync(join(directory, "outbox", `${id}.eml`), `To: ${email}\n\nHello`);
    return { id, email, name };
  }

  const ask = async (
    id: string,
    right: Parameters<Rights["handling"]["ask"]>[1]["right"],
    more: object = {},
  ) => rights.handling.ask(id, { right, language: "en", ...more });
  const exists = async (id: string): Promise<boolean> =>
    (await orm().select().from(users).where(eq(users.id, id))).length > 0;

  it("[C7] access: a copy of everything, with what the law asks to be told about each datum", async () => {
    const { id, email } = await settle();
    const now = new Date(service.services.now());
    await orm()
      .insert(credentials)
      .values({
        id: `c-${id}`,
        accountId: id,
        providerId: "credential",
        userId: id,
        password: "$argon2id$hash-of-it",
        createdAt: now,
        updatedAt: now,
      });
    const { request, secret } = await ask(id, "access");
    expect(request.state.status).toBe("fulfilled");
    const copy = await rights.handling.copyOf(request, "en");
    expect(copy?.records["users"]?.[0]).toMatchObject({ email, company_name: "Acme" });
    expect(copy?.records["support_messages"]?.[0]).toMatchObject({ body: `It is me, ${email}` });
    expect(copy?.records["organizations"]).toEqual([expect.objectContaining({ name: "Alone" })]);
    // There is a password, and not even its hash is handed out (CCPA Regulations, § 7024(d)).
    expect(copy?.records["credentials"]).toHaveLength(1);
    expect(JSON.stringify(copy)).not.toMatch(/password_hash|argon2/);
    const about = copy?.about.items.find(({ item }) => item === "service.email");
    expect(about).toMatchObject({
      title: "E-mail address",
      origin: "you gave it",
      kept: "30 days after you close your account, then deleted",
    });
    expect(copy?.about.authorities.map(({ name }) => name)).toEqual(["Data Protection Commission"]);
    expect(copy?.fields["users.email"]).toBe("service.email");
    // What somebody has nothing of is not in their copy.
    for (const [name, rows] of Object.entries(copy?.records ?? {}))
      expect(rows, name).not.toHaveLength(0);
    // What was only needed on the way is forgotten.
    expect((await rights.store.findBySecret(secret))?.sealed).toBeUndefined();
    expect(await service.letterTo(email)).toContain(`/privacy/requests/${secret}`);
  });

  it("[C7] a copy can be fetched for seven days and is stored nowhere", async () => {
    const { id } = await settle();
    const { request } = await ask(id, "access");
    service.advance(7 * day);
    expect(await rights.handling.copyOf(request, "en")).toBeUndefined();
  });

  it("[C7] transfer: what article 20 covers, as JSON and as a table, and nothing else", async () => {
    const { id, email } = await settle();
    const { request } = await ask(id, "transfer");
    const copy = await rights.handling.copyOf(request, "en");
    expect(copy?.records["users"]?.[0]).toMatchObject({ email });
    // Addresses are kept for security, under legitimate interests.
    expect(copy?.records["sessions"]?.[0]).not.toHaveProperty("ip_address");
    expect(copy?.records["audit_entries"]).toBeUndefined();
    const csv = toCopyCsv(copy ?? { about: {} as never, records: {}, fields: {} });
    expect(csv).toContain(`users,1,email,service.email,${email}\r\n`);
  });

  it("[C7] restrict: the database shows the row for nothing but storage, until it is lifted after a warning", async () => {
    const { id, email } = await settle();
    const read = async () =>
      readFor(service.services.database, "service-mail", usersClassified, ["email"], {
        where: (table) => eq(table.id, id),
      });
    expect(await read()).toEqual([{ email }]);
    const { request } = await ask(id, "restrict");
    expect(request.state.restriction).toBe("active");
    expect(await read()).toEqual([]);
    const lift = () => ({ kind: "lifted", atMs: service.services.now() }) as const;
    expect(await rights.handling.decide(request, lift(), "officer")).toMatchObject({
      because: "lifting-unannounced",
    });
    await rights.handling.decide(
      request,
      { kind: "lifting-announced", atMs: service.services.now() },
      "officer",
    );
    expect(await service.letterTo(email)).toContain("will end in seven days");
    expect(await read()).toEqual([]);
    expect(await rights.handling.decide(request, lift(), "officer")).toMatchObject({
      kind: "done",
    });
    expect(await read()).toEqual([{ email }]);
  });

  it("[C7] object: the purpose stops at once, and what rested on it alone is gone", async () => {
    const { id } = await settle();
    const { request } = await ask(id, "object", { purposes: ["keep-company-profile"] });
    expect(request.state.status).toBe("fulfilled");
    const rows = await readFor(
      service.services.database,
      "keep-company-profile",
      usersClassified,
      ["companyName"],
      { where: (table) => eq(table.id, id) },
    );
    expect(rows).toEqual([]);
    const [row] = await orm().select().from(users).where(eq(users.id, id));
    expect(row?.companyName).toBeNull();
    // What may be compelling is weighed by a person.
    expect((await ask(id, "object", { purposes: ["secure-service"] })).request.state.status).toBe(
      "open",
    );
  });

  it("[C7] correct: what the person says stands before the officer, and is forgotten when it is done", async () => {
    const { id } = await settle();
    const { request } = await ask(id, "correct", { text: "My name is spelt otherwise." });
    expect(rights.store.contentOf(request)?.text).toBe("My name is spelt otherwise.");
    const atMs = service.services.now();
    await rights.handling.decide(request, { kind: "begun", atMs }, "officer");
    const done = await rights.handling.decide(request, { kind: "fulfilled", atMs }, "officer");
    expect(done).toMatchObject({ kind: "done", request: { state: { status: "fulfilled" } } });
    expect((await rights.store.find(request.id))?.sealed).toBeUndefined();
  });

  it("[C7] delete: counted beforehand, erased everywhere, searched for afterwards, and its page stays", async () => {
    const { id, email, name } = await settle();
    const { id: other } = await settle();
    const plan = await rights.erasure.plan(id);
    // Proof that stays is not announced as something that goes.
    for (const { name: table, erasing } of reach)
      if (erasing === "keep") expect(plan.counts).not.toHaveProperty(table);
    expect(plan).toMatchObject({
      held: [],
      counts: {
        users: 1,
        sessions: 1,
        organizations: 1,
        members: 1,
        invitations: 1,
        support_tickets: 1,
        support_messages: 1,
      },
    });
    expect(await exists(id)).toBe(true);
    const { request, secret } = await ask(id, "delete");
    expect(request.state).toMatchObject({ status: "fulfilled", checked: true });
    expect(await exists(id)).toBe(false);
    expect(await exists(other)).toBe(true);
    const left = await searchDatabase(
      service.services.database,
      [
        { value: email, match: "anywhere" },
        { value: id, match: "anywhere" },
        { value: name, match: "name" },
      ],
      { since: new Date(service.services.now()), largestBlocks: Number.POSITIVE_INFINITY },
    );
    expect(left).toEqual({ kind: "searched", leftovers: [] });
    const page = await rights.store.findBySecret(secret);
    expect(page).toMatchObject({
      userId: undefined,
      sealed: undefined,
      state: { status: "fulfilled" },
    });
    expect(await service.letterTo(email)).toContain("nothing was found");
    const [done] = await orm().select().from(requestSteps).where(eq(requestSteps.step, "files"));
    expect(done?.counts).toEqual({ files: 1 });
    expect(await rights.trail.verify()).toMatchObject({ kind: "intact" });
  });

  it("[C7] says what is left and does not say done; the next run goes on", async () => {
    const { id, email } = await settle();
    await orm().execute(sql`CREATE TABLE forgotten (payload jsonb)`);
    await orm().execute(
      sql`INSERT INTO forgotten VALUES (${JSON.stringify({ to: email })}::jsonb)`,
    );
    const { request, secret } = await ask(id, "delete");
    expect(request.state).toMatchObject({ status: "in_progress", checked: false });
    expect(await rights.erasure.progress(request)).toBe("left");
    await orm().execute(sql`DROP TABLE forgotten`);
    expect(await rights.erasure.resume()).toBe(1);
    expect((await rights.store.findBySecret(secret))?.state.status).toBe("fulfilled");
  });

  it("[C7] going on erases nobody who asked for something else, and nobody who has not shown who they are", async () => {
    const corrected = await settle();
    const { request } = await ask(corrected.id, "correct", { text: "My company is spelt Acne." });
    const begun = await rights.handling.decide(
      request,
      { kind: "begun", atMs: service.services.now() },
      "officer",
    );
    expect(begun).toMatchObject({ kind: "done" });
    const unknown = await settle();
    await rights.handling.askUnverified(
      unknown.email,
      { right: "delete", language: "en" },
      { actor: "service", source: "person" },
    );
    const waiting = await rights.store.waiting();
    expect(waiting.map(({ right, state }) => [right, state.begun])).toEqual(
      expect.arrayContaining([
        ["correct", true],
        ["delete", false],
      ]),
    );
    for (const each of waiting) expect(await rights.erasure.progress(each)).toBeUndefined();
    expect(await rights.erasure.resume()).toBe(0);
    expect(await exists(corrected.id)).toBe(true);
    expect(await exists(unknown.id)).toBe(true);
  });

  it("[C7] says that it is still searching while it is, and done when it has found nothing", async () => {
    const { id, email } = await settle();
    await orm().execute(sql`CREATE TABLE large (note text)`);
    await orm().execute(
      sql`INSERT INTO large SELECT repeat('x', 500) FROM generate_series(1, 200)`,
    );
    const impatient = createRights(service.services, {
      outbox: join(directory, "outbox"),
      tombstones: join(directory, "tombstones"),
      inlineBlocks: 2,
    });
    const { request, secret } = await impatient.handling.ask(id, {
      right: "delete",
      language: "en",
    });
    expect(await exists(id)).toBe(false);
    expect(request.state).toMatchObject({ status: "in_progress", checked: false });
    expect(await rights.erasure.progress(request)).toBe("checking");
    expect(await service.letterTo(email)).not.toContain("nothing was found");
    // The job of the minute reads everything, however long it takes.
    await rights.handling.tick(async () => []);
    const done = await rights.store.findBySecret(secret);
    expect(done?.state).toMatchObject({ status: "fulfilled", checked: true });
    expect(done && (await rights.erasure.progress(done))).toBeUndefined();
    expect(await service.letterTo(email)).toContain("nothing was found");
    await orm().execute(sql`DROP TABLE large`);
  });

  it("[C7] somebody whose address contains another's is nobody's leftover", async () => {
    const { id, email } = await settle();
    const { id: other } = await settle();
    await orm()
      .update(users)
      .set({ email: `jo${email}` })
      .where(eq(users.id, other));
    expect((await ask(id, "delete")).request.state.status).toBe("fulfilled");
    expect(await exists(other)).toBe(true);
  });

  it("[C7] [C12] a hold keeps what it names and nothing else; the rest goes, the person is told, and later that goes, too", async () => {
    const { id, email, name } = await settle();
    const now = new Date(service.services.now());
    const [hold] = await orm()
      .insert(legalHolds)
      .values({
        subject: await rights.ledger.pseudonymOf(id),
        items: ["service.support-messages"],
        status: "active",
        placedAt: now,
        reviewAt: now,
      })
      .returning();
    const plan = await rights.erasure.plan(id);
    expect(plan.held).toEqual(["service.support-messages"]);
    expect(plan.counts).toMatchObject({ sessions: 1, invitations: 1 });
    expect(plan.counts).not.toHaveProperty("support_messages");
    const { secret } = await ask(id, "delete");
    const partly = await rights.store.findBySecret(secret);
    expect(partly?.state).toMatchObject({
      status: "fulfilled",
      withheld: ["service.support-messages"],
    });
    expect(partly?.events.find(({ kind: event }) => event === "withheld")).toMatchObject({
      authority: expect.stringContaining("authority"),
      court: expect.stringContaining("courts"),
    });
    expect(await service.letterTo(email)).toContain("but for a part that a legal claim");
    // The message stays as it is, and everything else that named the person is gone, sign-in included.
    const [ticket] = await orm().select().from(tickets).where(eq(tickets.userId, id));
    expect(ticket).toMatchObject({ email: null, kind: "question" });
    expect(await orm().$count(ticketMessages, eq(ticketMessages.ticketId, ticket?.id ?? ""))).toBe(
      1,
    );
    const [row] = await orm().select().from(users).where(eq(users.id, id));
    expect(row).toMatchObject({ phone: null, companyName: null, language: "en" });
    expect(JSON.stringify(row)).not.toContain(name);
    expect(row?.disabledAt).not.toBeNull();
    expect(await orm().$count(sessions, eq(sessions.userId, id))).toBe(0);
    expect(await orm().$count(organizations, eq(organizations.id, `own-${id}`))).toBe(0);

    await rights.handling.tick(async () => []);
    expect(await exists(id)).toBe(true);
    await orm()
      .update(legalHolds)
      .set({ status: "lifted" })
      .where(eq(legalHolds.id, hold?.id ?? ""));
    // Written while the hold lasted: the rest does not end as long as anything names the person.
    await orm().execute(sql`CREATE TABLE noted (payload text)`);
    await orm().execute(sql`INSERT INTO noted VALUES (${`Ask ${email}.`})`);
    await rights.handling.tick(async () => []);
    expect(await exists(id)).toBe(false);
    expect((await rights.store.findBySecret(secret))?.state.withheld).toEqual([
      "service.support-messages",
    ]);
    await orm().execute(sql`DROP TABLE noted`);
    await rights.handling.tick(async () => []);
    const after = await rights.store.findBySecret(secret);
    expect(after).toMatchObject({ userId: undefined, sealed: undefined, state: { withheld: [] } });
    expect(
      await searchDatabase(
        service.services.database,
        [
          { value: email, match: "word" },
          { value: id, match: "anywhere" },
        ],
        { since: new Date(service.services.now()), largestBlocks: Number.POSITIVE_INFINITY },
      ),
    ).toEqual({ kind: "searched", leftovers: [] });
    expect(await rights.trail.verify()).toMatchObject({ kind: "intact" });
  });

  it("[C7] [C12] a hold on everything of a person leaves nothing to erase, and says so", async () => {
    const { id } = await settle();
    const now = new Date(service.services.now());
    const subject = await rights.ledger.pseudonymOf(id);
    const placed = {
      subject,
      items: "all",
      status: "active",
      placedAt: now,
      reviewAt: now,
    } as const;
    const [hold] = await orm().insert(legalHolds).values(placed).returning();
    const { request } = await ask(id, "delete");
    expect(request.state.withheld).toContain("service.email");
    const [row] = await orm().select().from(users).where(eq(users.id, id));
    expect(row?.companyName).toBe("Acme");
    await orm()
      .delete(legalHolds)
      .where(eq(legalHolds.id, hold?.id ?? ""));
    await rights.handling.tick(async () => []);
    expect(await exists(id)).toBe(false);
  });

  it("[C7] a letter is answered only after its link was used, and silence ends it after thirty days", async () => {
    const { id, email } = await settle();
    const by = { actor: "officer", source: "officer" } as const;
    expect(
      await rights.handling.askUnverified(
        "nobody@example.com",
        { right: "access", language: "en" },
        by,
      ),
    ).toBeUndefined();
    const request = await rights.handling.askUnverified(
      email,
      { right: "delete", language: "en" },
      by,
    );
    expect(request?.state).toMatchObject({
      status: "in_progress",
      waitsFor: "need_user_verification",
    });
    expect(await exists(id)).toBe(true);
    const [, secret = ""] = /requests\/([\w-]{43})/.exec(await service.letterTo(email)) ?? [];
    expect(await rights.handling.confirmIdentity(`${secret}x`)).toMatchObject({
      because: "unknown",
    });
    const confirmed = await rights.handling.confirmIdentity(secret);
    expect(confirmed).toMatchObject({ kind: "done", request: { state: { status: "fulfilled" } } });
    expect(await exists(id)).toBe(false);

    const silent = await settle();
    const waiting = await rights.handling.askUnverified(
      silent.email,
      { right: "access", language: "en" },
      by,
    );
    service.advance(31 * day);
    await rights.handling.tick(async () => []);
    expect((await rights.store.find(waiting?.id ?? ""))?.state.status).toBe("expired");
  });

  it("[C7] officers are warned a week before a request is late, once", async () => {
    const { id } = await settle();
    await ask(id, "correct", { text: "Please change it." });
    const officers = async () => [{ email: "officer@example.com", language: "en" } as const];
    await rights.handling.tick(officers);
    expect(await service.letterTo("officer@example.com")).toBe("");
    service.advance(25 * day);
    await rights.handling.tick(officers);
    expect(await service.letterTo("officer@example.com")).toContain("Due soon");
  });

  it("[C11] a child's data goes by one decision of an officer", async () => {
    const { id, email } = await settle();
    const request = await rights.handling.deleteChild(id, "officer");
    expect(request).toMatchObject({
      source: "child",
      sealed: undefined,
      state: { status: "fulfilled" },
    });
    expect(await exists(id)).toBe(false);
    const rows = await orm().execute(
      sql`SELECT * FROM rights_requests WHERE rights_requests::text LIKE ${`%${email}%`}`,
    );
    expect(rows.rows).toEqual([]);
  });

  it("[C7] who comes back with a restored backup is erased again", async () => {
    const { id, name, email } = await settle();
    const backup = await orm().select().from(users).where(eq(users.id, id));
    await ask(id, "delete");
    // The backup knows neither the request nor the mark.
    await orm().execute(sql`DELETE FROM tombstones`);
    await orm().insert(users).values(backup);
    expect(await exists(id)).toBe(true);
    expect(await rights.erasure.replayTombstones()).toBe(1);
    expect(await exists(id)).toBe(false);
    expect(await rights.erasure.replayTombstones()).toBe(0);
    expect([name, email].every(Boolean)).toBe(true);
  });

  it("[C7] a tampered row of the trail is named", async () => {
    expect(await rights.trail.verify()).toMatchObject({ kind: "intact" });
    const refused = orm().execute(sql`UPDATE audit_entries SET actor = 'x' WHERE number = 3`);
    await expect(refused).rejects.toThrow("Failed query");
    await orm().execute(sql`ALTER TABLE audit_entries DISABLE TRIGGER USER`);
    await orm().execute(sql`UPDATE audit_entries SET actor = 'somebody-else' WHERE number = 3`);
    await orm().execute(sql`ALTER TABLE audit_entries ENABLE TRIGGER USER`);
    expect(await rights.trail.verify()).toEqual({ kind: "broken", number: 3, because: "altered" });
    expect(await orm().select().from(processingLimits)).toBeDefined();
    expect(await orm().$count(rightsRequests)).toBeGreaterThan(5);
  });
});
