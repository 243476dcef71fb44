import { createHmac } from "node:crypto";
import { hash } from "@node-rs/argon2";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  goodPassword,
  linkIn,
  openTestService,
  signIn,
  signUp,
  TestBrowser,
  testableKinds,
  type TestService,
} from "../testing/index.ts";
import { ConsentLedger } from "../consent/ledger.ts";
import { hashPassword } from "./hashing.ts";
import { credentials, sessions, users } from "./tables.ts";

describe.each(testableKinds())("accounts on the %s database", (kind) => {
  let service: TestService;
  beforeAll(async () => {
    service = await openTestService(kind);
  });
  afterAll(async () => service.close());

  it("[C2] opens an account with a username, an address and a password alone", async () => {
    const browser = new TestBrowser(service);
    await browser.get("/sign-up");
    const sent = await browser.submit("/sign-up", {
      username: "Ada.L",
      email: "ada@example.com",
      password: goodPassword,
      age: "yes",
    });
    expect(sent.status).toBe(200);
    expect((await signIn(browser, "ada.l")).status).toBe(400);
    await browser.get(linkIn(await service.letterTo("ada@example.com")));
    expect((await browser.submit("/confirm")).status).toBe(200);
    const signedIn = await signIn(browser, "ADA.l");
    expect(signedIn.headers.get("location")).toBe("/account");
    await browser.get("/account");
    expect(browser.html).toContain("ada@example.com");
  });

  it("[C11] opens none for a child and keeps nothing of what was entered", async () => {
    const browser = new TestBrowser(service);
    await browser.get("/sign-up");
    const answer = await browser.submit("/sign-up", {
      username: "kid",
      email: "kid@example.com",
      password: goodPassword,
      age: "no",
    });
    expect(answer.status).toBe(200);
    const { rows } = await service.services.database.orm.execute(
      sql`SELECT 1 FROM users WHERE email = 'kid@example.com' OR username = 'kid'`,
    );
    expect(rows).toEqual([]);
  });

  it("[C1] takes no sign-up that was not shown the current notice", async () => {
    const browser = new TestBrowser(service);
    await browser.get("/sign-up");
    const answer = await browser.submit("/sign-up", {
      username: "nonotice",
      email: "nonotice@example.com",
      password: goodPassword,
      age: "yes",
      notice_shown: "forged",
    });
    expect(answer.status).toBe(400);
    const found = await service.services.database.orm
      .select()
      .from(users)
      .where(eq(users.username, "nonotice"));
    expect(found).toEqual([]);
  });

  it("answers a known address like an unknown one, and tells its owner by mail", async () => {
    await signUp(service, "owner");
    const pages: string[] = [];
    for (const [username, email] of [
      ["other1", "owner@example.com"],
      ["other2", "unknown@example.com"],
    ] as const) {
      const browser = new TestBrowser(service);
      await browser.get("/sign-up");
      const answer = await browser.submit("/sign-up", {
        username,
        email,
        password: goodPassword,
        age: "yes",
      });
      expect(answer.status).toBe(200);
      pages.push(withoutNonces(await answer.text()));
    }
    expect(pages[0]).toBe(pages[1]);
    expect(await service.letterTo("owner@example.com")).toContain("You already have an account");
  });

  it("answers a wrong password, an unknown name and an unknown address alike", async () => {
    await signUp(service, "alike");
    const pages = new Set<string>();
    for (const identifier of ["alike", "nobody", "alike@example.com", "no@example.com", "x y"]) {
      const browser = new TestBrowser(service);
      const answer = await signIn(browser, identifier, "not the password at all");
      expect(answer.status).toBe(400);
      pages.add(withoutNonces(await answer.text()).replaceAll(identifier, ""));
    }
    expect(pages.size).toBe(1);
  });

  it("answers a reset for known and unknown addresses alike", async () => {
    await signUp(service, "forgetful");
    const pages = new Set<string>();
    for (const email of ["forgetful@example.com", "stranger@example.com"]) {
      const browser = new TestBrowser(service);
      await browser.get("/reset");
      pages.add(withoutNonces(await (await browser.submit("/reset", { email })).text()));
    }
    expect(pages.size).toBe(1);
  });

  it("gives the browser a new session at sign-in and ends the one it had", async () => {
    const browser = await signUp(service, "fixed");
    const planted = browser.cookies.get("session") ?? "";
    const victim = new TestBrowser(service);
    victim.cookies.set("session", planted);
    await victim.get("/reset");
    const answer = await victim.post("/sign-in", {
      ...hidden(victim),
      identifier: "fixed",
      password: goodPassword,
    });
    expect(answer.status).toBe(303);
    expect(victim.cookies.get("session")).not.toBe(planted);
    const attacker = new TestBrowser(service);
    attacker.cookies.set("session", planted);
    expect((await attacker.get("/account")).status).toBe(303);
  });

  it("[C10] cannot be entered with what is in the session table", async () => {
    const browser = await signUp(service, "dumped");
    const cookie = decodeURIComponent(browser.cookies.get("session") ?? "");
    const [token = "", signature = ""] = cookie.split(/\.(.*)/s);
    const rows = await service.services.database.orm.select().from(sessions);
    expect(JSON.stringify(rows)).not.toContain(token);
    for (const row of rows) {
      for (const value of [
        row.token,
        `${row.token}.${signature}`,
        row.id,
        `${row.id}.${signature}`,
      ]) {
        const thief = new TestBrowser(service);
        thief.cookies.set("session", encodeURIComponent(value));
        expect((await thief.get("/account")).headers.get("location")).toMatch(/^\/sign-in/);
      }
    }
  });

  it("[C10] keeps passwords as Argon2id with 19 MiB and two passes, exactly as typed", async () => {
    await signUp(service, "hashed");
    const rows = await service.services.database.orm
      .select({ hash: credentials.password })
      .from(credentials);
    for (const { hash } of rows) expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await hashPassword("a")).not.toBe(await hashPassword("a"));
    const browser = new TestBrowser(service);
    expect((await signIn(browser, "hashed", ` ${goodPassword}`)).status).toBe(400);
  });

  describe("when the parameters of password hashes were raised", () => {
    const weaker = async (name: string, password = goodPassword): Promise<string> => {
      const weak = await hash(password, { memoryCost: 8192, timeCost: 1, parallelism: 1 });
      await store(name, weak);
      return weak;
    };
    const store = async (name: string, password: string) => {
      const { orm } = service.services.database;
      const [user] = await orm.select({ id: users.id }).from(users).where(eq(users.username, name));
      await orm
        .update(credentials)
        .set({ password })
        .where(eq(credentials.userId, user?.id ?? ""));
    };
    const stored = async (name: string): Promise<string | null | undefined> => {
      const rows = await service.services.database.orm
        .select({ hash: credentials.password })
        .from(credentials)
        .innerJoin(users, eq(users.id, credentials.userId))
        .where(eq(users.username, name));
      return rows[0]?.hash;
    };
    const inForce = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/;
    const enter = async (identifier: string, password = goodPassword) =>
      signIn(new TestBrowser(service), identifier, password);

    it("[C10] an old hash still signs in and is replaced by it, by name and by address; a wrong password replaces nothing", async () => {
      await signUp(service, "oldhash");
      for (const identifier of ["OLDhash", "Oldhash@Example.com"]) {
        const weak = await weaker("oldhash");
        expect((await enter(identifier, "not the password at all")).status).toBe(400);
        expect(await stored("oldhash")).toBe(weak);
        expect((await enter(identifier)).headers.get("location")).toBe("/account");
        expect(await stored("oldhash")).toMatch(inForce);
        expect((await enter(identifier)).headers.get("location")).toBe("/account");
      }
      const kept = await stored("oldhash");
      await enter("oldhash");
      expect(await stored("oldhash")).toBe(kept);
    });

    it("[C10] it is replaced also where a second factor is still to come", async () => {
      const browser = await signUp(service, "oldfactor");
      await setUpFactor(browser);
      await weaker("oldfactor");
      expect((await enter("oldfactor")).headers.get("location")).toMatch(/^\/sign-in\/code/);
      expect(await stored("oldfactor")).toMatch(inForce);
    });

    it("a write that fails keeps nobody out, and is in the log", async () => {
      await signUp(service, "unwritable");
      const weak = await weaker("unwritable");
      const { orm } = service.services.database;
      await orm.execute(sql`
        CREATE FUNCTION refuse_hash() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full'; END $$`);
      await orm.execute(sql`
        CREATE TRIGGER refuse_hash BEFORE UPDATE ON credentials FOR EACH ROW EXECUTE FUNCTION refuse_hash()`);
      try {
        const known = service.log.length;
        expect((await enter("unwritable")).headers.get("location")).toBe("/account");
        expect(await stored("unwritable")).toBe(weak);
        const failures = service.log.slice(known).filter(({ event }) => event === "failed");
        expect(failures).toMatchObject([{ route: "strengthen-hash", code: expect.any(String) }]);
      } finally {
        await orm.execute(sql`DROP TRIGGER refuse_hash ON credentials`);
        await orm.execute(sql`DROP FUNCTION refuse_hash`);
      }
      expect((await enter("unwritable")).headers.get("location")).toBe("/account");
      expect(await stored("unwritable")).toMatch(inForce);
    });

    it("a refusal tells no old hash from an unknown name: both are held back to the same moment", async () => {
      await signUp(service, "oldrefused");
      await weaker("oldrefused");
      const heldBack = async (identifier: string) => {
        const before = service.pauses.length;
        const startMs = performance.now();
        const answer = await enter(identifier, "not the password at all");
        const workMs = performance.now() - startMs;
        const [pauseMs = 0, ...more] = service.pauses.slice(before);
        expect(more).toEqual([]);
        // What is left of the half second: together with the work it is never less.
        expect(pauseMs + workMs).toBeGreaterThanOrEqual(500);
        return [answer.status, (await answer.text()).replaceAll(identifier, "")] as const;
      };
      const unknown = await heldBack("nobodyatall");
      const old = await heldBack("oldrefused");
      expect(old[0]).toBe(unknown[0]);
      expect(withoutNonces(old[1])).toBe(withoutNonces(unknown[1]));
    });
  });

  it("ends a session on the server when the person signs out", async () => {
    const browser = await signUp(service, "leaver");
    const old = browser.cookies.get("session") ?? "";
    await browser.get("/account");
    const left = await browser.submit("/sign-out");
    // ASVS 14.3.1: nor does anything of the account stay in the browser.
    expect(left.headers.get("clear-site-data")).toBe('"cache", "storage"');
    expect(browser.cookies.has("session")).toBe(false);
    browser.cookies.set("session", old);
    expect((await browser.get("/account")).status).toBe(303);
  });

  it("lists sessions and ends the others, or one, but never somebody else's", async () => {
    const first = await signUp(service, "many");
    const second = new TestBrowser(service);
    await signIn(second, "many");
    const stranger = await signUp(service, "stranger");
    await second.get("/account/sessions");
    const id = /name="id" value="([^"]+)"/.exec(second.html)?.[1] ?? "";
    expect(id).not.toBe("");
    await stranger.get("/account/sessions");
    await stranger.submit("/account/sessions/end", { id });
    expect((await first.get("/account")).status).toBe(200);
    await second.get("/account/sessions");
    await second.submit("/account/sessions/end", { id: "" });
    await second.get("/account/sessions");
    await second.post("/account/sessions/end", hidden(second));
    expect((await first.get("/account")).status).toBe(303);
    expect((await second.get("/account")).status).toBe(200);
  });

  it("changes the password with the current one, ends other sessions and says so by mail", async () => {
    const browser = await signUp(service, "changer");
    const other = new TestBrowser(service);
    await signIn(other, "changer");
    const before = browser.cookies.get("session");
    const next = "nine loud cranes under Lhasa";
    await browser.get("/account/security");
    const wrong = await browser.submit("/account/password", { current: "wrong", next });
    expect(wrong.status).toBe(400);
    const right = await browser.submit("/account/password", { current: goodPassword, next });
    expect(right.status).toBe(303);
    expect(browser.cookies.get("session")).not.toBe(before);
    expect((await browser.get("/account")).status).toBe(200);
    expect((await other.get("/account")).status).toBe(303);
    expect(await service.letterTo("changer@example.com")).toContain("Your password was changed");
    expect((await signIn(new TestBrowser(service), "changer", goodPassword)).status).toBe(400);
    expect((await signIn(new TestBrowser(service), "changer", next)).status).toBe(303);
  });

  it("refuses passwords that are short, common, or made of the person's own name", async () => {
    for (const password of [
      "short",
      "password1234",
      "qwertyuiop12",
      "weakling2026",
      "aaaaaaaaaaaa",
    ]) {
      const browser = new TestBrowser(service);
      await browser.get("/sign-up");
      const answer = await browser.submit("/sign-up", {
        username: "weakling",
        email: "weakling@example.com",
        password,
        age: "yes",
      });
      expect(answer.status, password).toBe(400);
    }
  });

  it("changes the address when the letter to the new one is opened, and tells the old one", async () => {
    const browser = await signUp(service, "mover");
    await browser.get("/account/security");
    const wrong = { email: "moved@example.com", password: "wrong" };
    expect((await browser.submit("/account/email", wrong)).status).toBe(400);
    const right = { email: "moved@example.com", password: goodPassword };
    await browser.get("/account/security");
    expect((await browser.submit("/account/email", right)).status).toBe(200);
    const link = linkIn(await service.letterTo("moved@example.com"));
    await browser.get(link);
    expect((await browser.submit("/confirm/new")).status).toBe(200);
    expect(await service.letterTo("mover@example.com")).toContain("was changed");
    await browser.get(link);
    expect((await browser.submit("/confirm/new")).status).toBe(410);
    expect((await signIn(new TestBrowser(service), "moved@example.com")).status).toBe(303);
  });

  it("asks for the second factor at every sign-in, takes a code once, and a reset does not pass it", async () => {
    const browser = await signUp(service, "careful");
    const { secret, codes } = await setUpFactor(browser);

    const next = new TestBrowser(service);
    expect((await signIn(next, "careful")).headers.get("location")).toMatch(/^\/sign-in\/code/);
    expect((await next.get("/account")).status).toBe(303);
    await next.get("/sign-in/code");
    expect((await next.submit("/sign-in/code", { code: "000000" })).status).toBe(400);
    const code = totp(secret);
    await next.get("/sign-in/code");
    expect((await next.submit("/sign-in/code", { code })).status).toBe(303);
    expect((await next.get("/account")).status).toBe(200);

    const replay = new TestBrowser(service);
    await signIn(replay, "careful");
    await replay.get("/sign-in/code");
    expect((await replay.submit("/sign-in/code", { code })).status).toBe(400);
    await replay.get("/sign-in/code");
    expect((await replay.submit("/sign-in/code", { code: codes[0] ?? "" })).status).toBe(303);

    const forgetful = new TestBrowser(service);
    await forgetful.get("/reset");
    await forgetful.submit("/reset", { email: "careful@example.com" });
    await forgetful.get(linkIn(await service.letterTo("careful@example.com")));
    const password = "four wet stones by Lake Tai";
    expect((await forgetful.submit("/reset/choose", { password })).status).toBe(200);
    expect((await next.get("/account")).status).toBe(303);
    const answer = await signIn(forgetful, "careful", password);
    expect(answer.headers.get("location")).toMatch(/^\/sign-in\/code/);
    expect((await forgetful.get("/account")).status).toBe(303);
  });

  it("brings a visitor from the link of a letter through the sign-in back to it, with all it carries", async () => {
    const owner = await signUp(service, "inviter");
    await signUp(service, "invited");
    await owner.get("/account/organizations");
    const made = await owner.submit("/account/organizations", { name: "Herons" });
    const organization = made.headers.get("location") ?? "";
    await owner.get(organization);
    const invite = { email: "invited@example.com", role: "member" };
    expect((await owner.submit(`${organization}/invite`, invite)).status).toBe(200);
    const visitor = new TestBrowser(service);
    const link = linkIn(await service.letterTo("invited@example.com"));
    const asked = await visitor.get(link);
    await visitor.get(asked.headers.get("location") ?? "");
    const entered = await visitor.submit("/sign-in", {
      identifier: "invited",
      password: goodPassword,
    });
    expect(entered.headers.get("location")).toBe(link);
    await visitor.get(link);
    const joined = await visitor.submit("/account/organizations/join");
    expect(joined.headers.get("location")).toBe(organization);
  });

  it("asks for the first code of an app again when it was mistyped, with the key that is in the app", async () => {
    const browser = await signUp(service, "mistyped");
    await browser.get("/account/security");
    await browser.submit("/account/factor", { password: goodPassword });
    const uri = /href="(otpauth:[^"]+)"/.exec(browser.html)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const secret = new URL(uri).searchParams.get("secret") ?? "";
    const right = totp(fromBase32(secret));
    const wrong = String((Number(right) + 1) % 1_000_000).padStart(6, "0");
    for (const code of [wrong, "12", ""]) {
      expect((await browser.submit("/account/factor/finish", { code })).status).toBe(400);
      expect(browser.html).toContain('action="/account/factor/finish"');
      expect(browser.html).not.toContain(secret.slice(0, 4));
    }
    const code = totp(fromBase32(secret));
    expect((await browser.submit("/account/factor/finish", { code })).status).toBe(303);
    await browser.get("/account/security");
    expect(browser.html).toContain("An authenticator app is set up.");
  });

  it("a session that was just opened is recent, an officer's with two factors too, and is not after five minutes", async () => {
    const right = "/privacy/requests/new/access";
    const person = await signUp(service, "recent");
    expect((await person.get(right)).status).toBe(200);
    const officer = await signUp(service, "recentofficer", "officer");
    const { secret } = await setUpFactor(officer);
    expect((await officer.get(right)).status).toBe(200);
    const next = new TestBrowser(service);
    await signIn(next, "recentofficer");
    await next.get("/sign-in/code");
    expect((await next.submit("/sign-in/code", { code: totp(secret) })).status).toBe(303);
    expect((await next.get(right)).status).toBe(200);
    service.advance(5 * 60_000 + 1);
    expect((await next.get(right)).headers.get("location")).toMatch(/^\/account\/confirm/);
    await next.get("/account/confirm");
    const confirmed = await next.submit("/account/confirm", { password: goodPassword, to: right });
    expect(confirmed.headers.get("location")).toBe(right);
    expect((await next.get(right)).status).toBe(200);
  });

  it("ends a session after seven days of use, an officer's after half an hour of rest, a disabled account's at once", async () => {
    const { orm } = service.services.database;
    const age = async (name: string, values: Partial<typeof sessions.$inferInsert>) => {
      const [user] = await orm.select().from(users).where(eq(users.username, name));
      await orm
        .update(sessions)
        .set(values)
        .where(eq(sessions.userId, user?.id ?? ""));
    };
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    const person = await signUp(service, "sitter");
    await age("sitter", { createdAt: ago(6 * 24 * 60), updatedAt: ago(60) });
    expect((await person.get("/account")).status).toBe(200);
    await age("sitter", { createdAt: ago(8 * 24 * 60) });
    expect((await person.get("/account")).status).toBe(303);
    // As a use 25 minutes ago left it: written then, with twelve hours to go from there.
    const rested = (minutes: number) => ({
      updatedAt: ago(minutes),
      expiresAt: ago(minutes - 720),
    });
    const officer = await signUp(service, "rester", "officer");
    await age("rester", rested(25));
    expect((await officer.get("/account")).status).toBe(200);
    await age("rester", rested(31));
    expect((await officer.get("/account")).status).toBe(303);
    const gone = await signUp(service, "goner");
    await orm.update(users).set({ disabledAt: new Date() }).where(eq(users.username, "goner"));
    expect((await gone.get("/account")).status).toBe(303);
    expect((await signIn(new TestBrowser(service), "goner")).status).toBe(400);
  });

  it("writes that a session is used every five minutes, and ends one that was not used for twelve hours", async () => {
    const { orm } = service.services.database;
    const browser = await signUp(service, "renewer");
    const read = async () => {
      const rows = await orm
        .select({ id: sessions.id, usedAt: sessions.updatedAt, expiresAt: sessions.expiresAt })
        .from(sessions)
        .innerJoin(users, eq(users.id, sessions.userId))
        .where(eq(users.username, "renewer"));
      return rows[0];
    };
    const lastUsed = async (minutesAgo: number) => {
      const usedAt = new Date(Date.now() - minutesAgo * 60_000);
      await orm
        .update(sessions)
        .set({ updatedAt: usedAt, expiresAt: new Date(usedAt.getTime() + 12 * 3_600_000) })
        .where(eq(sessions.id, (await read())?.id ?? ""));
      return usedAt;
    };
    const lately = await lastUsed(4);
    const early = await browser.get("/account");
    expect(early.status).toBe(200);
    expect(early.headers.getSetCookie().filter((cookie) => cookie.startsWith("session="))).toEqual(
      [],
    );
    expect((await read())?.usedAt).toEqual(lately);
    const before = await lastUsed(6);
    const later = await browser.get("/account");
    expect(later.status).toBe(200);
    expect(later.headers.getSetCookie().join()).toMatch(/session=[^;]+/);
    expect((await read())?.usedAt.getTime()).toBeGreaterThan(before.getTime() + 5 * 60_000);
    await lastUsed(12 * 60 + 1);
    expect((await browser.get("/account")).headers.get("location")).toMatch(/^\/sign-in/);
    expect(await read()).toBeUndefined();
    expect(browser.cookies.has("session")).toBe(false);
  });

  it("takes nobody for somebody by a cookie that is broken, unsigned or signed by others", async () => {
    const browser = await signUp(service, "forged");
    const good = decodeURIComponent(browser.cookies.get("session") ?? "");
    const [token = "", signature = ""] = good.split(".");
    const other = createHmac("sha256", "another secret").update(token).digest("base64");
    const check = async (value: string, status: number) => {
      const visitor = new TestBrowser(service);
      visitor.cookies.set("session", value);
      expect((await visitor.get("/account")).status, value).toBe(status);
    };
    await check(encodeURIComponent(good), 200);
    for (const value of ["", "%", "%E0%A4%A", ".", token, `${token}.`, `.${signature}`])
      await check(value, 303);
    await check(encodeURIComponent(`${token}.${other}`), 303);
    await check(encodeURIComponent(`${token.slice(1)}.${signature}`), 303);
  });

  it("[C2] keeps phone and company only if given, and takes them out again", async () => {
    const browser = await signUp(service, "profiled");
    await browser.get("/account");
    const saved = await browser.submit("/account/profile", {
      language: "zh",
      phone: "+86 10 6552 9988",
      companyName: "示例公司",
      companyRegion: "CN",
      companyWebsite: "https://example.cn",
      companyContact: "",
      "allow-recover-account": "yes",
      "allow-keep-company-profile": "yes",
    });
    expect(saved.status).toBe(303);
    await browser.get("/account");
    expect(browser.html).toContain("示例公司");
    expect(browser.html).toContain('lang="zh-Hans"');
    await browser.submit("/account/profile", { language: "en", phone: "", companyName: "" });
    const [row] = await service.services.database.orm
      .select()
      .from(users)
      .where(eq(users.username, "profiled"));
    expect(row).toMatchObject({ phone: null, companyName: null, companyRegion: "CN" });
  });

  it("[C8] keeps a phone number only with a yes to what it is for, asked un-ticked beside the field and recorded", async () => {
    const ledger = new ConsentLedger(service.services, service.services.notices);
    const browser = new TestBrowser(service);
    await browser.get("/sign-up");
    expect(browser.html).toContain('name="allow-recover-account"');
    expect(browser.html).not.toContain("checked");
    const form = {
      username: "reachable",
      email: "reachable@example.com",
      password: goodPassword,
      age: "yes",
      phone: "+41 44 668 18 00",
    };
    expect((await browser.submit("/sign-up", form)).status).toBe(400);
    expect(browser.html).toContain("We keep it only with your yes.");
    expect(browser.html).toContain(form.phone);
    const allowed = { ...form, "allow-recover-account": "yes" };
    expect((await browser.submit("/sign-up", allowed)).status).toBe(200);
    const [row] = await service.services.database.orm
      .select()
      .from(users)
      .where(eq(users.username, "reachable"));
    expect(row?.phone).toBe(form.phone);
    const history = await ledger.history(await ledger.pseudonymOf(row?.id ?? ""));
    expect(history).toMatchObject([
      { purpose: "recover-account", answer: "given", screen: "/sign-up", language: "en" },
    ]);
    expect(history[0]?.question).toMatch(/^May we use phone number/);
  });

  it("[C8] asks for a company's profile in China, and where no country is given, and nowhere else", async () => {
    const browser = await signUp(service, "corporate");
    const save = async (fields: Record<string, string>): Promise<number> => {
      await browser.get("/account");
      return (await browser.submit("/account/profile", { language: "en", ...fields })).status;
    };
    expect(await save({ companyName: "Acme", companyRegion: "DE" })).toBe(303);
    expect(await save({ companyName: "Acme", companyRegion: "CN" })).toBe(400);
    expect(await save({ companyName: "Acme" })).toBe(400);
    expect(await save({ companyRegion: "CN" })).toBe(303);
    const yes = { "allow-keep-company-profile": "yes" };
    expect(await save({ companyName: "Acme", companyRegion: "CN", ...yes })).toBe(303);
    // The yes stands until it is taken back; nobody is asked twice.
    await browser.get("/account");
    expect(browser.html).not.toContain("allow-keep-company-profile");
    expect(await save({ companyName: "Acme & Sons", companyRegion: "CN" })).toBe(303);
  });

  it("[C1] changes no profile from a page that did not show the current notice", async () => {
    const browser = await signUp(service, "unshown");
    await browser.get("/account");
    const fields = { ...hidden(browser), language: "en", companyName: "Acme", companyRegion: "DE" };
    expect((await browser.post("/account/profile", fields)).status).toBe(400);
    const [row] = await service.services.database.orm
      .select()
      .from(users)
      .where(eq(users.username, "unshown"));
    expect(row?.companyName).toBeNull();
  });
});

async function setUpFactor(
  browser: TestBrowser,
): Promise<{ readonly secret: Uint8Array; readonly codes: readonly string[] }> {
  await browser.get("/account/security");
  await browser.submit("/account/factor", { password: goodPassword });
  const uri = /href="(otpauth:[^"]+)"/.exec(browser.html)?.[1]?.replaceAll("&amp;", "&") ?? "";
  const base32 = new URL(uri).searchParams.get("secret") ?? "";
  const secret = fromBase32(base32);
  const codes = [...browser.html.matchAll(/<li><code>([^<]+)<\/code>/g)].map(
    ([, code = ""]) => code,
  );
  const code = totp(secret);
  expect((await browser.submit("/account/factor/finish", { code })).status).toBe(303);
  return { secret, codes };
}

/** The code of this half minute (RFC 6238, SHA-1, six digits). */
function totp(secret: Uint8Array): string {
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac("sha1", secret).update(step).digest();
  const offset = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

function fromBase32(text: string): Uint8Array {
  const bits = text
    .replace(/=+$/, "")
    .split("")
    .map((letter) =>
      "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"),
    )
    .join("");
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}

/** A page without what differs on every request. */
function withoutNonces(html: string): string {
  return html
    .replace(/nonce="[^"]*"/g, "")
    .replace(/name="(form_token|notice_shown)" value="[^"]*"/g, "");
}

function hidden({ html }: TestBrowser): Record<string, string> {
  const token = /name="form_token" value="([^"]+)"/.exec(html)?.[1] ?? "";
  return { form_token: token };
}
