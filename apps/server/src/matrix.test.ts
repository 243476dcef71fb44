/** Who reaches what: every route of the application, as the router lists them, against everybody who might ask. */
import { getTableConfig } from "drizzle-orm/pg-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tables } from "./database/schema.ts";
import {
  type Inhabited,
  inhabit,
  openTestService,
  testableKinds,
  type TestService,
  type Visitor,
} from "./testing/index.ts";

const everybody: readonly Visitor[] = [
  "visitor",
  "owner",
  "stranger",
  "member",
  "officer",
  "auditor",
  "admin",
  "officer-without-second-factor",
];
const signedIn = everybody.filter((who) => who !== "visitor");

/**
 * Whom a route is for; the first line that fits counts, and what fits none is for everybody. A page that is added under none of these and
 * keeps somebody out fails the test below, so it has to be entered here.
 */
const audiences: readonly (readonly [pattern: RegExp, audience: readonly Visitor[]])[] = [
  [/^\/account\/organizations\/:id\/invite$/, ["owner"]],
  [/^\/account\/organizations\/:id/, ["owner", "member"]],
  [/^\/account/, signedIn],
  [/^\/api\/passkeys\/(start|finish)$/, signedIn],
  [/^\/api\/v1\/data-rights-request\/:id/, ["owner"]],
  [/^\/api\/v1\/data-rights-request/, signedIn],
  [/^\/support\/mine\//, ["owner"]],
  [/^\/support\/desk/, ["officer", "admin"]],
  [/^\/privacy\/(changes|center\/consent)$/, signedIn],
  // Who never answered a question has no receipt of it.
  [/^\/privacy\/center\/receipts/, ["owner"]],
  [/^\/privacy\/requests\/:secret\/:file/, ["owner"]],
  // What people wrote is for who answers them.
  [/^\/console\/requests\/:id\/leftovers$/, ["officer"]],
  [/^\/console\/children$/, ["officer"]],
  [/^\/console/, ["officer", "auditor"]],
];

/** What only officers may change, though auditors look at it. */
const changes: readonly (readonly [pattern: RegExp, audience: readonly Visitor[]])[] = [
  [/^\/console\/trail$/, ["officer", "auditor"]],
  [/^\/console/, ["officer"]],
];

const audienceOf = (pattern: string, lists = audiences): readonly Visitor[] =>
  lists.find(([shape]) => shape.test(pattern))?.[1] ?? everybody;

describe.each(testableKinds())("the routes on the %s database", (kind) => {
  let service: TestService;
  let world: Inhabited;
  beforeAll(async () => {
    service = await openTestService(kind);
    world = await inhabit(service);
  });
  afterAll(async () => service.close());

  /** Whether an answer kept somebody out: sent to sign in, to get a second factor or to confirm, forbidden, or nothing there. */
  function isKeptOut(response: Response): boolean {
    const target = response.headers.get("location") ?? "";
    return (
      [401, 403, 404].includes(response.status) ||
      (response.status === 303 &&
        /^\/sign-in(\?|$)|^\/account\/security\?needed|^\/privacy(\/center)?$/.test(target))
    );
  }

  it("[C4] [C10] show what is somebody's to them alone: every page against every role", async () => {
    expect(world.reading.length).toBeGreaterThan(50);
    const wrong: string[] = [];
    for (const { pattern, path } of world.reading) {
      const audience = audienceOf(pattern);
      for (const who of everybody) {
        service.advance(1_000);
        const response = await world.browsers[who].get(path);
        if (response.status >= 500) wrong.push(`${who} ${path}: ${response.status}`);
        if (isKeptOut(response) === audience.includes(who))
          wrong.push(
            `${who} ${path}: ${response.status} ${response.headers.get("location") ?? ""}`,
          );
      }
    }
    expect(wrong).toEqual([]);
  });

  it("[C4] [C10] let nobody else change it: every form against every role", async () => {
    expect(world.sending.length).toBeGreaterThan(40);
    const wrong: string[] = [];
    const before = await contents(service);
    for (const { pattern, path } of world.sending) {
      const audience = audienceOf(pattern, [...changes, ...audiences]);
      for (const who of everybody.filter((each) => !audience.includes(each))) {
        service.advance(60_000);
        const browser = world.browsers[who];
        await browser.get("/support");
        const [, token = ""] = /name="form_token" value="([^"]+)"/.exec(browser.html) ?? [];
        const response = await browser.post(path, { form_token: token, role: "none", reason: "x" });
        if (!isKeptOut(response))
          wrong.push(
            `${who} ${path}: ${response.status} ${response.headers.get("location") ?? ""}`,
          );
      }
    }
    expect(wrong).toEqual([]);
    expect(await contents(service)).toEqual(before);
  });
});

/** How many rows every table has, but for what only looking adds. */
async function contents(service: TestService): Promise<Readonly<Record<string, number>>> {
  const { orm } = service.services.database;
  const counted: Record<string, number> = {};
  for (const { table } of tables) {
    const { name } = getTableConfig(table);
    if (["page_counts", "audit_entries", "consent_subjects"].includes(name)) continue;
    counted[name] = await orm.$count(table);
  }
  return counted;
}
