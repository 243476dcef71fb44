/** The website: notices, consents, cookies, support, statistics and the pages around them, as one application. */
import type { Region } from "@cloud-code/policy";
import { regionOfCountry } from "@cloud-code/policy";
import { eq } from "drizzle-orm";
import { Hono, type MiddlewareHandler } from "hono";
import { readOfficers } from "./accounts/officers.ts";
import { usersClassified } from "./accounts/tables.ts";
import { AuditTrail } from "./audit/trail.ts";
import { ConsentLedger } from "./consent/ledger.ts";
import { routes as consentRoutes } from "./consent/routes.tsx";
import { routes as cookieRoutes } from "./cookies/routes.tsx";
import { readFor } from "./database/reading.ts";
import type { ServerEnv } from "./environment.ts";
import { routes as noticeRoutes } from "./notices/routes.tsx";
import { pageState, routes as pageRoutes } from "./pages/routes.tsx";
import { VisitCounter } from "./pages/visits.ts";
import type { Job } from "./jobs/jobs.ts";
import { announceNotices } from "./notices/announce.ts";
import type { Services } from "./services.ts";
import { escalateTickets } from "./support/escalation.ts";
import { deskRoutes } from "./support/desk.tsx";
import { routes as supportRoutes } from "./support/routes.tsx";
import { TicketStore } from "./support/store.ts";
import { routes as statisticsRoutes } from "./telemetry/routes.tsx";
import { UsageStore } from "./telemetry/store.ts";

/** What the website does by itself: warns of answers that are due, and tells people of notices that are coming. */
export function websiteJobs(services: Services): readonly Job[] {
  const tickets = new TicketStore(services);
  return [
    {
      name: "escalate-tickets",
      cron: "10 * * * *",
      run: () =>
        escalateTickets(tickets, { ...services, officers: () => readOfficers(services.database) }),
    },
    {
      name: "announce-notices",
      cron: "*/10 * * * *",
      run: () => announceNotices(services),
    },
  ];
}

/** The website in two parts: what goes around every page of the service, and the pages that are not of an account. */
export interface Website {
  /** To be used before every route. */
  readonly around: MiddlewareHandler<ServerEnv>;
  /** To be mounted at `/`. */
  readonly pages: Hono<ServerEnv>;
}

/** Builds the website. */
export function createWebsite(services: Services): Website {
  const { database, now, notices } = services;
  const ledger = new ConsentLedger(services, notices);
  const visits = new VisitCounter(services);
  const tickets = new TicketStore({ database, now });
  const app = new Hono<ServerEnv>();
  app.route("/", pageRoutes({ ...services, visits, lateAnswers: () => tickets.countLate() }));
  app.route("/", noticeRoutes(services));
  app.route("/", cookieRoutes({ ...services, ledger }));
  app.route("/", consentRoutes({ ...services, ledger, regionOf }));
  app.route("/", supportRoutes({ ...services, store: tickets, emailOf }));
  app.route(
    "/",
    deskRoutes({ ...services, store: tickets, ledger, trail: new AuditTrail(services) }),
  );
  app.route("/", statisticsRoutes({ store: new UsageStore({ database }) }));
  return { around: pageState({ ...services, visits }), pages: app };

  async function regionOf(userId: string): Promise<Region | undefined> {
    const choice = { where: (table: typeof usersClassified.table) => eq(table.id, userId) };
    const [row] = await readFor(
      database,
      "keep-account",
      usersClassified,
      ["companyRegion"],
      choice,
    );
    // Where nobody knows, the strictest rules hold.
    const country = row?.companyRegion ?? undefined;
    return country === undefined ? undefined : regionOfCountry(country);
  }

  async function emailOf(userId: string): Promise<string | undefined> {
    const choice = { where: (table: typeof usersClassified.table) => eq(table.id, userId) };
    const [row] = await readFor(database, "support", usersClassified, ["email"], choice);
    return row?.email;
  }
}
