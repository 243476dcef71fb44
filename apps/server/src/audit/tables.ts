import { bigint, index, jsonb, pgTable, text, timestamp } from "drizzle-orm/pg-core";
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

/** Where the chain begins once its oldest entries have reached the end of their period: the last one that was deleted. */
export const auditAnchors = pgTable("audit_anchors", {
  number: bigint("number", { mode: "number" }).primaryKey(),
  hash: text("hash").notNull(),
  at: timestamp("at", { withTimezone: true, mode: "date" }).notNull(),
});

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

/** See `auditAnchors`. */
export const auditAnchorsClassified = classify(auditAnchors, {
  number: "key",
  hash: "state",
  at: "state",
});
