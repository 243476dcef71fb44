import { bigint, index, jsonb, pgTable, primaryKey, text, timestamp } from "drizzle-orm/pg-core";
import { classify } from "../database/classify.ts";

/**
 * Who did what with personal data, and for what. Persons are pseudonyms. Rows are only ever added; a trigger refuses everything but the
 * end of their period, and then only from the oldest on.
 */
export const auditEntries = pgTable(
  "audit_entries",
  {
    /** From 1 without a gap. */
    number: bigint("number", { mode: "number" }).primaryKey(),
    at: timestamp("at", { withTimezone: true, mode: "date" }).notNull(),
    /** The pseudonym of whoever acted, `service` for the program itself. */
    actor: text("actor").notNull(),
    action: text("action").notNull(),
    /** The pseudonym of the person whose data it was; null where it was nobody's in particular. */
    subject: text("subject"),
    /** The purpose of the inventory for which it was done. */
    purpose: text("purpose").notNull(),
    /** Numbers, keys and words of ours; never a text somebody typed. */
    detail: jsonb("detail").$type<AuditDetail>().notNull(),
    previousHash: text("previous_hash").notNull(),
    hash: text("hash").notNull(),
  },
  (table) => [
    index("audit_entries_subject").on(table.subject),
    index("audit_entries_at").on(table.at),
  ],
);

/** What an entry says beside its columns. */
export type AuditDetail = Readonly<Record<string, string | number | boolean>>;

/** Runs of rows that reached the end of their period, by which a hash chain goes on without them (`gaps.ts`). */
export const chainGaps = pgTable(
  "chain_gaps",
  {
    chain: text("chain", { enum: ["audit_entries", "consent_events"] }).notNull(),
    first: bigint("first", { mode: "number" }).notNull(),
    last: bigint("last", { mode: "number" }).notNull(),
    /** The hash of the last row. */
    hash: text("hash").notNull(),
    at: timestamp("at", { withTimezone: true, mode: "date" }).notNull(),
    /** With a key that is not in the database. */
    signature: text("signature").notNull(),
  },
  (table) => [primaryKey({ columns: [table.chain, table.first] })],
);

/** See `auditEntries`. */
export const auditEntriesClassified = classify(auditEntries, {
  number: "key",
  at: "service.audit-entries",
  actor: "service.audit-entries",
  action: "service.audit-entries",
  subject: "service.audit-entries",
  purpose: "service.audit-entries",
  detail: "service.audit-entries",
  previousHash: "state",
  hash: "state",
});

/** See `chainGaps`. */
export const chainGapsClassified = classify(chainGaps, {
  chain: "key",
  first: "key",
  last: "key",
  hash: "state",
  at: "state",
  signature: "state",
});
