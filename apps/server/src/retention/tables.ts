import type { HoldEvent, HoldScope } from "@cloud-code/policy";
import { bigint, index, jsonb, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { classify } from "../database/classify.ts";

const at = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** Holds: what may neither expire nor be erased, because a claim needs it. */
export const legalHolds = pgTable(
  "legal_holds",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    /** A pseudonym, or `everyone`. */
    subject: text("subject").notNull(),
    items: jsonb("items").$type<HoldScope["items"]>().notNull(),
    status: text("status", { enum: ["active", "lifted"] }).notNull(),
    placedAt: at("placed_at").notNull(),
    reviewAt: at("review_at").notNull(),
  },
  (table) => [index("legal_holds_subject").on(table.status, table.subject)],
);

/** Everything that happened to a hold. */
export const holdEvents = pgTable("hold_events", {
  id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  holdId: uuid("hold_id")
    .notNull()
    .references(() => legalHolds.id, { onDelete: "cascade" }),
  event: jsonb("event").$type<HoldEvent>().notNull(),
});

/** What each sweep deleted: counts, never content. */
export const retentionCertificates = pgTable("retention_certificates", {
  id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  at: at("at").notNull(),
  /** Rows deleted, emptied and held, by table and item. */
  counts: jsonb("counts").$type<readonly SweptLine[]>().notNull(),
  durationMs: bigint("duration_ms", { mode: "number" }).notNull(),
});

/** One line of a certificate. */
export interface SweptLine {
  readonly table: string;
  readonly item: string;
  readonly action: "delete" | "empty";
  /** Rows whose period was over before this moment, milliseconds since 1970. */
  readonly beforeMs: number;
  readonly rows: number;
  /** Rows that are overdue and stay because of a hold. */
  readonly held: number;
}

/** See `legalHolds`. */
export const legalHoldsClassified = classify(legalHolds, {
  id: "key",
  subject: "service.audit-entries",
  items: "service.audit-entries",
  status: "service.audit-entries",
  placedAt: "service.audit-entries",
  reviewAt: "state",
});

/** See `holdEvents`. */
export const holdEventsClassified = classify(holdEvents, {
  id: "key",
  holdId: "key",
  event: "service.audit-entries",
});

/** See `retentionCertificates`. */
export const retentionCertificatesClassified = classify(retentionCertificates, {
  id: "key",
  at: "state",
  counts: "state",
  durationMs: "state",
});
