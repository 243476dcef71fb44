/** Puts the parts of a service together, the same for the program and for tests. */
import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { clockPlace } from "@cloud-code/policy";
import type { Hono } from "hono";
import { createAccounts } from "./accounts/accounts.ts";
import { ConsentLedger } from "./consent/ledger.ts";
import { createApp } from "./app.ts";
import { AuditTrail } from "./audit/trail.ts";
import type { Database } from "./database/database.ts";
import type { ServerEnv } from "./environment.ts";
import { createLimits } from "./limits.ts";
import type { Log } from "./log.ts";
import { createMail, type MailPlace } from "./mail/mail.ts";
import { publishFirst } from "./notices/publish.ts";
import { NoticeStore } from "./notices/store.ts";
import { createRights, type Rights } from "./requests/rights.ts";
import type { Config, Services } from "./services.ts";
import { TransferGate } from "./transfers/gate.ts";

/** What a service is made from. */
export interface ServiceParts {
  readonly config: Config;
  /** Open and migrated. */
  readonly database: Database;
  readonly mail: MailPlace;
  readonly log: Log;
  /** The file of the marks that keep an erased account erased when a backup is restored. */
  readonly tombstones?: string;
  readonly now: () => number;
  /** Waits, milliseconds; by the machine's clock unless told. */
  readonly pause?: (ms: number) => Promise<void>;
}

/** Builds the services over an open database. */
export async function createServices(parts: ServiceParts): Promise<Services> {
  const { config, database, log, now, pause = sleep } = parts;
  const transfers = new TransferGate(
    { database, now, config },
    new AuditTrail({ database, now, config }),
    fetch,
  );
  const { server } = parts.mail;
  if (server !== undefined) await transfers.place("mail-service", server.country, server.url);
  const mail = createMail(parts.mail, log, { gate: transfers, now });
  const notices = new NoticeStore({ database, now });
  await publishFirst(notices, { config, now });
  const accounts = createAccounts({
    database,
    mail,
    notices,
    origin: config.origin,
    // A key of its own: what leaks from one use of the secret is worth nothing for another.
    secret: createHmac("sha256", config.secret).update("accounts").digest("base64url"),
    ledger: new ConsentLedger({ database, now, config }, notices),
    log,
    now,
    pause,
  });
  return { config, database, accounts, mail, log, limits: createLimits(now), notices, now };
}

/** Builds the application with its services and its rights. */
export async function createService(parts: ServiceParts): Promise<{
  readonly app: Hono<ServerEnv>;
  readonly services: Services;
  readonly rights: Rights;
}> {
  const services = await createServices(parts);
  const rights = createRights(services, {
    outbox: parts.mail.outbox,
    place: clockPlace(parts.config.operator),
    tombstones: parts.tombstones,
  });
  return { app: createApp(services, rights), services, rights };
}
