/** Nobody learns from us who has an account: not by words, not by status, and not by how much work an answer takes. */
import type * as Argon2 from "@node-rs/argon2";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Mail } from "../mail/mail.ts";
import {
  goodPassword,
  openTestService,
  signIn,
  signUp,
  TestBrowser,
  testableKinds,
  type TestService,
} from "../testing/index.ts";
import { createAccount } from "./administration.ts";
import { users, verifications } from "./tables.ts";

const { hashes } = vi.hoisted(() => ({ hashes: { done: 0 } }));

// The real thing, counted: a password hash is by far the slowest part of these answers.
vi.mock("@node-rs/argon2", async (original) => {
  const real = await original<typeof Argon2>();
  const counted =
    <Rest extends readonly unknown[], Result>(work: (...rest: Rest) => Promise<Result>) =>
    async (...rest: Rest): Promise<Result> => {
      hashes.done += 1;
      return work(...rest);
    };
  return { ...real, hash: counted(real.hash), verify: counted(real.verify) };
});

describe.each(testableKinds())("on the %s database", (kind) => {
  let service: TestService;
  beforeAll(async () => {
    service = await openTestService(kind);
    await signUp(service, "known");
    await createAccount(service.services, {
      username: "unchosen",
      email: "unchosen@example.com",
      role: "person",
    });
    await signUp(service, "shut");
    await service.services.database.orm
      .update(users)
      .set({ disabledAt: new Date() })
      .where(eq(users.username, "shut"));
  });
  afterAll(async () => service.close());

  interface Work {
    readonly hashes: number;
    readonly status: number;
    /** Whether the answer was held back until its time. */
    readonly even: boolean;
  }

  async function workOf(act: () => Promise<Response>): Promise<Work> {
    const hashesBefore = hashes.done;
    const pausesBefore = service.pauses.length;
    const { status } = await act();
    return {
      hashes: hashes.done - hashesBefore,
      status,
      even: service.pauses.length > pausesBefore,
    };
  }

  it("a refused sign-in costs one password hash and is held back, whoever the account is or is not", async () => {
    for (const identifier of [
      "known",
      "known@example.com",
      "nobody",
      "nobody@example.com",
      "unchosen",
      "unchosen@example.com",
      "shut",
      "shut@example.com",
    ]) {
      const work = await workOf(async () =>
        signIn(new TestBrowser(service), identifier, "not the password at all"),
      );
      expect([identifier, work]).toEqual([identifier, { hashes: 1, status: 400, even: true }]);
    }
  });

  it("a sign-up costs one password hash and is held back, whether or not the address is known", async () => {
    for (const [username, email] of [
      ["fresh1", "known@example.com"],
      ["fresh2", "new@example.com"],
      ["fresh3", "unchosen@example.com"],
    ] as const) {
      const browser = new TestBrowser(service);
      await browser.get("/sign-up");
      const form = { username, email, password: goodPassword, age: "yes" };
      const work = await workOf(async () => browser.submit("/sign-up", form));
      expect([email, work]).toEqual([email, { hashes: 1, status: 200, even: true }]);
    }
  });

  it("a reset is answered before anybody has looked whether there is an account", async () => {
    const later: Parameters<Mail["sendLater"]>[0][] = [];
    const spy = vi
      .spyOn(service.services.mail, "sendLater")
      .mockImplementation((write) => void later.push(write));
    const pages = new Set<string>();
    for (const email of ["known@example.com", "nobody@example.com"]) {
      const browser = new TestBrowser(service);
      await browser.get("/reset");
      const answer = await browser.submit("/reset", { email });
      pages.add(`${answer.status} ${answer.headers.get("content-length") ?? ""}`);
    }
    spy.mockRestore();
    expect([pages.size, later.length]).toEqual([1, 2]);
    const links = async (): Promise<number> =>
      (await service.services.database.orm.select().from(verifications)).length;
    const before = await links();
    for (const write of later) await write();
    expect(await links()).toBe(before + 1);
    expect(await service.letterTo("known@example.com")).toContain("Choose a new password");
    expect(await service.letterTo("nobody@example.com")).toBe("");
  });

  it("a mail server that is away changes no answer, and the letters wait for it", async () => {
    // Nothing listens on port 1.
    const cut = await openTestService(kind, {}, "smtp://127.0.0.1:1");
    try {
      await createAccount(cut.services, {
        username: "known",
        email: "known@example.com",
        role: "person",
      });
      const pages = new Set<string>();
      for (const email of ["known@example.com", "nobody@example.com"]) {
        for (const path of ["/reset", "/sign-up"]) {
          const browser = new TestBrowser(cut);
          await browser.get(path);
          const form = { username: `u${email.slice(0, 5)}`, password: goodPassword, age: "yes" };
          const answer = await browser.submit(path, { ...form, email });
          const text = (await answer.text()).replace(/nonce="[^"]*"/g, "");
          pages.add(`${path} ${answer.status} ${text}`);
        }
      }
      expect(pages.size).toBe(2);
      await cut.services.mail.settled();
      // A reset and a warning for the one, a confirmation for the other, and for a reset of nobody's nothing.
      expect(cut.log.filter(({ event }) => event === "mail-waiting")).toHaveLength(3);
    } finally {
      await cut.close();
    }
  });
});
