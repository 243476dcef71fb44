/** Nobody learns from the form of requests who has an account: not by words, not by status, not by what is done before the answer. */
import { rights } from "@cloud-code/policy";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { users } from "../accounts/tables.ts";
import type { Mail } from "../mail/mail.ts";
import {
  linkIn,
  openTestService,
  signUp,
  TestBrowser,
  testableKinds,
  type TestService,
} from "../testing/index.ts";
import { rightsRequests } from "./tables.ts";

describe.each(testableKinds())("[C7] on the %s database", (kind) => {
  let service: TestService;
  beforeAll(async () => {
    service = await openTestService(kind);
    await signUp(service, "known");
    await signUp(service, "shut");
    await service.services.database.orm
      .update(users)
      .set({ disabledAt: new Date() })
      .where(eq(users.username, "shut"));
    // Accounts of the test come from the address that asks now.
    service.advance(2 * 3_600_000);
  });
  afterAll(async () => service.close());

  const addresses = ["known@example.com", "shut@example.com", "nobody@example.com"];

  it.each(rights)(
    "a request to %s is answered alike, after the same work, whoever the address is or is not",
    async (right) => {
      service.advance(2 * 3_600_000);
      const { mail, database } = service.services;
      const later: Parameters<Mail["sendLater"]>[0][] = [];
      const spies = [
        vi.spyOn(mail, "sendLater").mockImplementation((write) => void later.push(write)),
        vi.spyOn(database.pool, "query"),
        vi.spyOn(database.pool, "connect"),
      ] as const;
      const answers = new Set<string>();
      for (const email of addresses) {
        const browser = new TestBrowser(service);
        const path = `/privacy/requests/new/${right}`;
        await browser.get(path);
        for (const spy of spies) spy.mockClear();
        const answer = await browser.submit(path, {
          email,
          text: "My company is called otherwise.",
          purpose: "keep-company-profile",
        });
        const headers = [...answer.headers].filter(([name]) => name !== "content-security-policy");
        const [sent, ...database] = spies.map((spy) => spy.mock.calls.length);
        const page = (await answer.text()).replace(/(nonce|value)="[^"]*"/g, "");
        answers.add(JSON.stringify([answer.status, headers, sent, database, page]));
      }
      for (const spy of spies) spy.mockRestore();
      expect([...answers]).toHaveLength(1);
      expect(later).toHaveLength(addresses.length);

      const count = async () =>
        database.orm.$count(rightsRequests, eq(rightsRequests.right, right));
      const before = await count();
      for (const write of later) await write();
      expect(await count()).toBe(before + 2);
    },
  );

  it("the letter of a known address has the private page, and nobody else gets one", async () => {
    const letter = await service.letterTo("known@example.com");
    expect(letter).toContain("/privacy/requests/");
    const browser = new TestBrowser(service);
    expect((await browser.get(linkIn(letter))).status).toBe(200);
    expect(await service.letterTo("nobody@example.com")).toBe("");
  });
});
