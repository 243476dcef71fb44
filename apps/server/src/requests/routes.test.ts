import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { users } from "../accounts/tables.ts";
import {
  goodPassword,
  openTestService,
  signUp,
  TestBrowser,
  type TestService,
} from "../testing/index.ts";
import { askingLimit } from "./handling.ts";
import { createRights } from "./rights.ts";

const base = "/privacy/requests";
const nobodys = "x".repeat(43);

describe("[C7] the pages of requests", () => {
  let service: TestService;
  let visitor: TestBrowser;
  let token = "";

  beforeAll(async () => {
    service = await openTestService();
    visitor = new TestBrowser(service);
    await visitor.get(`${base}/new/access`);
    token = /name="form_token" value="([^"]+)"/.exec(visitor.html)?.[1] ?? "";
  });
  afterAll(async () => service.close());

  it("are not there for a link that is nobody's, nor for a right that nobody has", async () => {
    for (const path of ["", "/copy.json", "/copy.csv"])
      expect((await visitor.get(`${base}/${nobodys}${path}`)).status, path).toBe(404);
    for (const path of [`${nobodys}/confirm`, `${nobodys}/revoke`, "new/anything"])
      expect((await visitor.post(`${base}/${path}`, { form_token: token })).status, path).toBe(404);
    expect((await visitor.get(`${base}/new/anything`)).status).toBe(404);
  });

  it("tell who has no account where else to ask", async () => {
    await visitor.get(`${base}/new/access`);
    expect(visitor.html).toContain('href="/support?about=privacy"');
    await visitor.submit(`${base}/new/access`, { email: "ghost@example.com" });
    expect(visitor.html).toContain('href="/support?about=privacy"');
    service.advance(askingLimit.windowMs);
    await visitor.get("/support?about=privacy");
    expect(visitor.html).toMatch(/value="privacy" (checked|selected)/);
  });

  it("take no more than ten requests an hour from one place", async () => {
    const ask = async (): Promise<Response> =>
      visitor.post(`${base}/new/access`, { form_token: token, email: "no address" });
    for (let asked = 0; asked < askingLimit.max; asked += 1) expect((await ask()).status).toBe(400);
    const answer = await ask();
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    service.advance(askingLimit.windowMs);
    expect((await ask()).status).toBe(400);
  });

  it("[C8] closing an account withdraws what was agreed to, and nothing that was refused", async () => {
    const browser = await signUp(service, "leaver");
    const { orm } = service.services.database;
    const [account] = await orm
      .select({ id: users.id })
      .from(users)
      .where(eq(users.email, "leaver@example.com"));
    const { ledger } = createRights(service.services);
    const pseudonym = await ledger.pseudonymOf(account?.id ?? "");
    const answers = { "recover-account": "given", "keep-company-profile": "refused" };
    for (const [purpose, answer] of Object.entries(answers)) {
      await browser.get("/privacy/center");
      await browser.submit("/privacy/center/consent", { purpose, answer });
    }
    const before = await ledger.history(pseudonym);
    await browser.get(`/account/confirm?to=${base}/new/delete`);
    await browser.submit("/account/confirm", { password: goodPassword });
    await browser.get(`${base}/new/delete`);
    expect((await browser.submit(`${base}/new/delete`, { sure: "yes" })).status).toBe(303);
    const added = (await ledger.history(pseudonym)).slice(before.length);
    expect(added.map(({ purpose, answer }) => [purpose, answer])).toEqual([
      ["recover-account", "withdrawn"],
    ]);
  });
});
