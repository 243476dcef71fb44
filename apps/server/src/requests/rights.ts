/** Puts the parts of requests together. */
import type { ClockPlace } from "@cloud-code/policy";
import { readOfficers } from "../accounts/officers.ts";
import { AuditTrail } from "../audit/trail.ts";
import { ConsentLedger } from "../consent/ledger.ts";
import type { Job } from "../jobs/jobs.ts";
import { IncidentStore } from "../incidents/store.ts";
import { HoldStore } from "../retention/holds.ts";
import { Retention } from "../retention/retention.ts";
import type { Services } from "../services.ts";
import { TransferGate } from "../transfers/gate.ts";
import { Erasure } from "./erasure.ts";
import { Handling } from "./handling.ts";
import { Redaction } from "./redaction.ts";
import { RequestStore } from "./store.ts";
import { Tombstones } from "./tombstones.ts";
import { type Post, Webhooks } from "./webhooks.ts";

/** Everything that keeps the rights of people. */
export interface Rights {
  readonly place: ClockPlace;
  readonly trail: AuditTrail;
  readonly ledger: ConsentLedger;
  readonly store: RequestStore;
  readonly webhooks: Webhooks;
  readonly erasure: Erasure;
  readonly handling: Handling;
  readonly redaction: Redaction;
  readonly retention: Retention;
  readonly holds: HoldStore;
  readonly incidents: IncidentStore;
  /** The only way out to another country. */
  readonly transfers: TransferGate;
  readonly jobs: readonly Job[];
}

/** What differs between the program and a test. */
export interface RightsOptions {
  /** The folder of letters, where there is one: searched and cleared by an erasure like the database. */
  readonly outbox?: string | undefined;
  /** The file of the tombstones that survive a restore. */
  readonly tombstones?: string | undefined;
  readonly place?: ClockPlace;
  readonly post?: Post;
  readonly onPoint?: (point: string) => void;
  readonly inlineBlocks?: number;
}

/** Builds the rights of a service. */
export function createRights(
  services: Pick<Services, "database" | "now" | "config" | "mail" | "notices">,
  {
    outbox,
    tombstones: tombstoneFile,
    place = { timeZone: "UTC" },
    post,
    onPoint,
    inlineBlocks,
  }: RightsOptions = {},
): Rights {
  const trail = new AuditTrail(services);
  const ledger = new ConsentLedger(services, services.notices);
  const store = new RequestStore(services, trail, place);
  const transfers = new TransferGate(services, trail, fetch);
  const webhooks = new Webhooks(services, store, trail, transfers, post);
  const tombstones = new Tombstones(services, tombstoneFile);
  const folders = outbox === undefined ? [] : [outbox];
  const erasure = new Erasure({
    ...services,
    store,
    trail,
    ledger,
    tombstones,
    webhooks,
    folders,
    onPoint,
    inlineBlocks,
  });
  const handling = new Handling({ ...services, store, trail, ledger, erasure, webhooks });
  const redaction = new Redaction(services, store, trail, onPoint);
  const retention = new Retention({ ...services, trail, ledger });
  const holds = new HoldStore(services, trail);
  const incidents = new IncidentStore(services, trail, { ...place, critical: false });
  const jobs: readonly Job[] = [
    {
      name: "requests",
      cron: "* * * * *",
      run: async () => handling.tick(async () => readOfficers(services.database)),
    },
    { name: "webhooks", cron: "* * * * *", run: async () => webhooks.deliver() },
    { name: "retention", cron: "40 3 * * *", run: async () => (await retention.sweep()).rows },
  ];
  return {
    place,
    trail,
    ledger,
    store,
    webhooks,
    erasure,
    handling,
    redaction,
    retention,
    holds,
    incidents,
    transfers,
    jobs,
  };
}
