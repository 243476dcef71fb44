/** The website: notices, consents, cookies, support, statistics and the pages around them, as one application. */
import type { Region } from "@cloud-code/policy";
import { regionOfCountry } from "@cloud-code/policy";
import { eq } from "drizzle-orm";
import { Hono } from "hono";
import { usersClassified } from "./accounts/tables.ts";
import { ConsentLedger } from "./consent/ledger.ts";
import { routes as consentRoutes } from "./consent/routes.tsx";
import { routes as cookieRoutes } from "./cookies/routes.tsx";
import { readFor } from "./database/reading.ts";
import type { ServerEnv } from "./environment.ts";
import { routes as noticeRoutes } from "./notices/routes.tsx";
import { routes as pageRoutes } from "./pages/routes.tsx";
import { VisitCounter } from "./pages/visits.ts";
import type { Services } from "./services.ts";
import { routes as supportRoutes } from "./support/routes.tsx";
import { TicketStore } from "./support/store.ts";
import { routes as statisticsRoutes } from "./telemetry/routes.tsx";
import { UsageStore } from "./telemetry/store.ts";

/** Builds the website. `app.ts` mounts it at `/`, with `pageState` before everything that renders a page. */
export function createWebsite(services: Services): Hono<ServerEnv> {
  const { database, now, notices } = services;
  const ledger = new ConsentLedger({ database, now }, notices);
  const visits = new VisitCounter(services);
  const tickets = new TicketStore({ database, now });
  const app = new Hono<ServerEnv>();
  app.route("/", pageRoutes({ ...services, visits, lateAnswers: () => tickets.countLate() }));
  app.route("/", noticeRoutes(services));
  app.route("/", cookieRoutes({ ...services, ledger }));
  app.route("/", consentRoutes({ ...services, ledger, regionOf }));
  app.route("/", supportRoutes({ ...services, store: tickets, emailOf }));
  app.route("/", statisticsRoutes({ store: new UsageStore({ database }) }));
  return app;

  async function regionOf(userId: string): Promise<Region | undefined> {
    const choice = { where: (table: typeof usersClassified.table) => eq(table.id, userId) };
    const [row] = await readFor(
      database,
      "keep-account",
      usersClassified,
      ["companyRegion"],
      choice,
    );
    // Of nobody knows where, the strictest rules hold.
    return row?.companyRegion == null ? undefined : regionOfCountry(row.companyRegion);
  }

  async function emailOf(userId: string): Promise<string | undefined> {
    const choice = { where: (table: typeof usersClassified.table) => eq(table.id, userId) };
    const [row] = await readFor(database, "support", usersClassified, ["email"], choice);
    return row?.email;
  }
}
