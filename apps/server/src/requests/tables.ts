import type { RequestEvent } from "@cloud-code/policy";
import {
  bigint,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import { users } from "../accounts/tables.ts";
import { classify } from "../database/classify.ts";

const at = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** A request about one's own data. It outlives the account: proof that it was answered, with nothing left that says whose it was. */
export const rightsRequests = pgTable(
  "rights_requests",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    /** What people say to each other: `R-7F3K9D`. It opens nothing. */
    number: text("number").notNull().unique(),
    userId: text("user_id").references(() => users.id, { onDelete: "set null" }),
    right: text("right", {
      enum: ["access", "correct", "transfer", "restrict", "object", "delete"],
    }).notNull(),
    region: text("region", { enum: ["eu", "uk", "cn", "us", "other"] }),
    language: text("language", { enum: ["en", "zh"] }).notNull(),
    /** Who wrote it down: the person, or an officer for somebody who wrote in or whose child's data it is. */
    source: text("source", { enum: ["person", "officer", "child"] }).notNull(),
    /** SHA-256 of the secret in the private address of its page. */
    secretHash: text("secret_hash").notNull().unique(),
    /** What the person wrote, and where the closing letter goes, encrypted; emptied when the request ends. */
    sealed: text("sealed_content"),
    status: text("status", {
      enum: ["open", "in_progress", "fulfilled", "revoked", "denied", "expired"],
    }).notNull(),
    receivedAt: at("received_at").notNull(),
    dueAt: at("due_at").notNull(),
    escalatedAt: at("escalated_at"),
    endedAt: at("ended_at"),
    /** Until when a copy can be fetched. It is made when it is fetched and stored nowhere. */
    copyUntil: at("copy_until"),
  },
  (table) => [
    index("rights_requests_user").on(table.userId),
    index("rights_requests_due").on(table.endedAt, table.dueAt),
  ],
);

/** Everything that happened to a request, as the state machine of `@cloud-code/policy` knows it. */
export const requestEvents = pgTable(
  "request_events",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    requestId: uuid("request_id")
      .notNull()
      .references(() => rightsRequests.id, { onDelete: "cascade" }),
    event: jsonb("event").$type<RequestEvent>().notNull(),
  },
  (table) => [index("request_events_request").on(table.requestId, table.id)],
);

/** The steps of an erasure that are done, so that one that was interrupted goes on where it stopped. */
export const requestSteps = pgTable(
  "request_steps",
  {
    requestId: uuid("request_id")
      .notNull()
      .references(() => rightsRequests.id, { onDelete: "cascade" }),
    step: text("step").notNull(),
    doneAt: at("done_at").notNull(),
    /** How many rows or files, by table. */
    counts: jsonb("counts").$type<Readonly<Record<string, number>>>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.requestId, table.step] })],
);

/** What may not be done with a person's data: everything but keeping it, or one purpose they objected to. */
export const processingLimits = pgTable(
  "processing_limits",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** Null: restricted as a whole. */
    purpose: text("purpose"),
    since: at("since").notNull(),
  },
  (table) => [index("processing_limits_user").on(table.userId)],
);

/** Where recipients want to be told of erasures, corrections and restrictions (GDPR article 19). */
export const webhookEndpoints = pgTable("webhook_endpoints", {
  id: uuid("id").primaryKey().defaultRandom(),
  /** A recipient of the inventory. */
  recipient: text("recipient").notNull(),
  url: text("url").notNull(),
  /** The key of the signatures, encrypted. */
  sealedKey: text("sealed_key").notNull(),
});

/** What a recipient has to be told, until it has confirmed. */
export const webhookDeliveries = pgTable(
  "webhook_deliveries",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    requestId: uuid("request_id")
      .notNull()
      .references(() => rightsRequests.id, { onDelete: "cascade" }),
    endpointId: uuid("endpoint_id")
      .notNull()
      .references(() => webhookEndpoints.id, { onDelete: "cascade" }),
    /** What happened to the data. */
    kind: text("kind", { enum: ["erased", "corrected", "restricted", "unrestricted"] }).notNull(),
    /** Encrypted, because it names the person; emptied once confirmed. */
    sealed: text("sealed_content"),
    /** How often it was sent. */
    attempts: integer("attempts").notNull().default(0),
    nextAt: at("next_at").notNull(),
    deliveredAt: at("delivered_at"),
    /** Why the last try failed. */
    problem: text("problem"),
  },
  (table) => [
    index("webhook_deliveries_next").on(table.deliveredAt, table.nextAt),
    // A recipient is told once of each thing that happens to a request's data, however often a step is repeated.
    unique("webhook_deliveries_once").on(table.requestId, table.endpointId, table.kind),
  ],
);

/** Keyed hashes of erased accounts, so that a restored backup erases them again. The key is not in the database. */
export const tombstones = pgTable("tombstones", {
  hash: text("hash").primaryKey(),
  erasedAt: at("erased_at").notNull(),
});

/** See `rightsRequests`. */
export const rightsRequestsClassified = classify(rightsRequests, {
  id: "key",
  number: "service.rights-requests",
  userId: "key",
  right: "service.rights-requests",
  region: "service.rights-requests",
  language: "service.rights-requests",
  source: "service.rights-requests",
  secretHash: "state",
  sealed: "service.rights-requests",
  status: "service.rights-requests",
  receivedAt: "service.rights-requests",
  dueAt: "service.rights-requests",
  escalatedAt: "state",
  endedAt: "service.rights-requests",
  copyUntil: "state",
});

/** See `requestEvents`. */
export const requestEventsClassified = classify(requestEvents, {
  id: "key",
  requestId: "key",
  event: "service.rights-requests",
});

/** See `requestSteps`. */
export const requestStepsClassified = classify(requestSteps, {
  requestId: "key",
  step: "state",
  doneAt: "state",
  counts: "state",
});

/** See `processingLimits`. */
export const processingLimitsClassified = classify(processingLimits, {
  id: "key",
  userId: "key",
  purpose: "service.account-state",
  since: "service.account-state",
});

/** See `webhookEndpoints`. */
export const webhookEndpointsClassified = classify(webhookEndpoints, {
  id: "key",
  recipient: "state",
  url: "state",
  sealedKey: "state",
});

/** See `webhookDeliveries`. */
export const webhookDeliveriesClassified = classify(webhookDeliveries, {
  id: "key",
  requestId: "key",
  endpointId: "key",
  kind: "service.rights-requests",
  sealed: "service.rights-requests",
  attempts: "state",
  nextAt: "state",
  deliveredAt: "state",
  problem: "state",
});

/** See `tombstones`. */
export const tombstonesClassified = classify(tombstones, { hash: "state", erasedAt: "state" });
