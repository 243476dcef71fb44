/** A service in which things have happened, so that every page of it has something to show and something to keep from others. */
import { eq } from "drizzle-orm";
import { weekMs, weekOf } from "@cloud-code/telemetry";
import { users } from "../accounts/tables.ts";
import type { Role } from "../accounts/port.ts";
import { tickets } from "../support/tables.ts";
import { rightsRequests } from "../requests/tables.ts";
import { UsageStore } from "../telemetry/store.ts";
import { goodPassword, linkIn, signUp, TestBrowser, type TestService } from "./service.ts";

/** Who asks: nobody in particular, the one whose things they are, somebody else, a colleague, and the people of the service. */
export type Visitor =
  | "visitor"
  | "owner"
  | "stranger"
  | "member"
  | "officer"
  | "auditor"
  | "admin"
  | "officer-without-second-factor";

/** An inhabited service. */
export interface Inhabited {
  readonly browsers: Readonly<Record<Visitor, TestBrowser>>;
  /** Every page and endpoint that is read, parameters filled in with what belongs to the owner. */
  readonly reading: readonly FilledRoute[];
  /** Every address that is sent to. */
  readonly sending: readonly FilledRoute[];
}

/** A route with an address it answers. */
interface FilledRoute {
  /** As the router knows it: `/support/mine/:id`. */
  readonly pattern: string;
  readonly path: string;
}

/** Fills a service with an account, an organization, messages, requests, an incident and weeks of statistics. */
export async function inhabit(service: TestService): Promise<Inhabited> {
  const { database, notices } = service.services;
  const owner = await signUp(service, "owner.of.it");
  const browsers: Record<Visitor, TestBrowser> = {
    visitor: new TestBrowser(service),
    owner,
    stranger: await signUp(service, "stranger.to.it"),
    member: await signUp(service, "member.of.it"),
    officer: await withSecondFactor(service, "officer"),
    auditor: await withSecondFactor(service, "auditor"),
    admin: await withSecondFactor(service, "admin"),
    "officer-without-second-factor": await signUp(service, "officer.bare", "officer"),
  };

  await owner.get("/account/organizations");
  const founded = await owner.submit("/account/organizations", { name: "Heron & Crane" });
  const organization = founded.headers.get("location") ?? "";
  await owner.get(organization);
  const email = "member.of.it@example.com";
  await owner.submit(`${organization}/invite`, { email, role: "member" });
  const { member } = browsers;
  await member.get(linkIn(await service.letterTo(email)));
  await member.submit("/account/organizations/join");
  await owner.get(organization);
  const [, memberId = ""] = /members\/([\w-]+)"/.exec(owner.html) ?? [];

  await owner.get("/support");
  const sent = await owner.submit("/support", {
    kind: "question",
    body: "How long do you keep the e-mail address of a closed account?",
  });
  const ticketSecret = (sent.headers.get("location") ?? "").split(/[/?]/)[3] ?? "";
  const [ticket] = await database.orm.select({ id: tickets.id }).from(tickets);

  await owner.get("/privacy/center");
  await owner.submit("/privacy/center/consent", { purpose: "recover-account", answer: "given" });

  const requestSecrets: string[] = [];
  for (const [right, fields] of [
    ["access", {}],
    ["correct", { text: "My company's name is spelt with an ampersand." }],
  ] as const) {
    const page = `/privacy/requests/new/${right}`;
    await owner.get("/account/confirm");
    await owner.submit("/account/confirm", { password: goodPassword });
    await owner.get(page);
    const answer = await owner.submit(page, fields);
    requestSecrets.push((answer.headers.get("location") ?? "").split("/").at(-1) ?? "");
  }
  const [waiting] = await database.orm
    .select({ id: rightsRequests.id })
    .from(rightsRequests)
    .where(eq(rightsRequests.right, "correct"));
  const [answered] = await database.orm
    .select({ id: rightsRequests.id })
    .from(rightsRequests)
    .where(eq(rightsRequests.right, "access"));

  const { officer } = browsers;
  await officer.get("/console/incidents");
  const recorded = await officer.submit("/console/incidents", {
    title: "A laptop with a backup was left on a train",
    aware: new Date(service.services.now()).toISOString(),
  });
  const incidentId = (recorded.headers.get("location") ?? "").split("/").at(-1) ?? "";

  const usage = new UsageStore(service.services);
  for (let back = 8; back > 0; back -= 1) {
    const week = weekOf(service.services.now() - back * weekMs);
    for (let count = 0; count < 10 + back; count += 1)
      await usage.add({ week, counts: countsOf(back) });
  }

  const organizationId = organization.split("/").at(-1) ?? "";
  const noticeId = (await notices.current("service"))?.id ?? "";
  const fill = (pattern: string): string => {
    const known: readonly (readonly [RegExp, Readonly<Record<string, string>>])[] = [
      [/^\/account\/organizations/, { id: organizationId, member: memberId }],
      [/^\/support\/tickets/, { secret: ticketSecret, key: ticketSecret }],
      [/^\/support\/(mine|desk)/, { id: ticket?.id ?? "", key: ticket?.id ?? "" }],
      [/^\/privacy\/archive/, { id: noticeId }],
      [/^\/privacy\/center/, { purpose: "recover-account" }],
      [/^\/privacy\/requests\/new/, { right: "access" }],
      [
        /^\/privacy\/requests\/:secret\/:file/,
        { secret: requestSecrets[0] ?? "", file: "copy.json" },
      ],
      [/^\/privacy\/requests/, { secret: requestSecrets[1] ?? "" }],
      [/^\/api\/v1\/data-rights-request\/:id\/results/, { id: answered?.id ?? "" }],
      [/^\/api\/v1\/data-rights-request/, { id: waiting?.id ?? "" }],
      [/^\/console\/webhooks/, { id: "none" }],
      [/^\/console\/requests/, { id: waiting?.id ?? "", event: "begin" }],
      [/^\/console\/incidents/, { id: incidentId, event: "contained" }],
      [/^\/console\/holds/, { id: "none" }],
      [/^\/console\/:file/, { file: "record.csv" }],
      [/^\/language/, { language: "en" }],
    ];
    const values = known.find(([shape]) => shape.test(pattern))?.[1] ?? {};
    return pattern.replace(/:(\w+)(\{[^}]*\})?/g, (_, name: string) => {
      const value = values[name];
      if (value === undefined || value === "")
        throw new Error(`${pattern}: say in testing/inhabited.ts what "${name}" may be.`);
      return value;
    });
  };
  const routes = (method: string): readonly FilledRoute[] => {
    const patterns = service.app.routes
      .filter((route) => route.method === method && !route.path.includes("*"))
      .map(({ path }) => path);
    return [...new Set(patterns)].toSorted().map((pattern) => ({ pattern, path: fill(pattern) }));
  };
  return { browsers, reading: routes("GET"), sending: routes("POST") };
}

async function withSecondFactor(service: TestService, role: Role): Promise<TestBrowser> {
  const browser = await signUp(service, `${role}.of.it`, role);
  await service.services.database.orm
    .update(users)
    .set({ twoFactorEnabled: true })
    .where(eq(users.username, `${role}.of.it`));
  return browser;
}

/** Counts that differ from week to week as people's do. */
function countsOf(week: number): Parameters<UsageStore["add"]>[0]["counts"] {
  const triggers = 60 + ((week * 17) % 23);
  const accepts = Math.round(triggers * 0.4) + (week % 3);
  return {
    triggers,
    accepts,
    acceptRankSum: Math.round(accepts * 1.3),
    acceptCharSum: accepts * (18 + (week % 4)),
    responseMsSum: triggers * 6,
    responses: triggers,
    searchPrompts: 9 + (week % 5),
    searches: 8 + (week % 4),
    searchAccepts: 4 + (week % 2),
    searchAcceptRankSum: 6 + (week % 3),
    snippetClicks: 7 + (week % 4),
    pageTurns: 2 + (week % 2),
  };
}
