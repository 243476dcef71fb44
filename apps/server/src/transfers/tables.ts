import { bigint, index, jsonb, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { classify } from "../database/classify.ts";

const at = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** Where each recipient really is, as the operator says. A recipient that is not here receives nothing. */
export const transferTargets = pgTable("transfer_targets", {
  recipient: text("recipient").primaryKey(),
  /** ISO 3166-1 alpha-2. */
  country: text("country").notNull(),
  origin: text("origin").notNull(),
});

/** What makes transfers to a recipient lawful. */
export const transferMechanisms = pgTable("transfer_mechanisms", {
  id: uuid("id").primaryKey().defaultRandom(),
  recipient: text("recipient").notNull(),
  kind: text("kind", { enum: ["clauses", "security-assessment"] }).notNull(),
  reference: text("reference").notNull(),
  assessment: text("assessment").notNull(),
  signedAt: at("signed_at").notNull(),
  endsAt: at("ends_at"),
});

/** The register: every transfer that was granted, and every one that was refused. */
export const transfers = pgTable(
  "transfers",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    at: at("at").notNull(),
    /** The person's pseudonym. */
    subject: text("subject").notNull(),
    fromRegion: text("from_region", { enum: ["eu", "uk", "cn", "us", "other"] }),
    recipient: text("recipient").notNull(),
    country: text("country").notNull(),
    items: jsonb("items").$type<readonly string[]>().notNull(),
    /** The ground, or why it was refused. */
    ground: text("ground"),
    refusal: text("refusal"),
  },
  (table) => [index("transfers_year").on(table.fromRegion, table.at, table.subject)],
);

/** Every time data was given to somebody outside, in a declared circumstance. */
export const disclosures = pgTable(
  "disclosures",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    at: at("at").notNull(),
    recipient: text("recipient").notNull(),
    /** A pseudonym; null when it concerned nobody in particular. */
    subject: text("subject"),
    items: jsonb("items").$type<readonly string[]>().notNull(),
    /** The demand or contract it rests on. */
    reference: text("reference").notNull(),
    /** When the person was told, or null with the reason in `untold`. */
    toldAt: at("told_at"),
    untold: text("untold"),
  },
  (table) => [index("disclosures_subject").on(table.subject)],
);

/** See `transferTargets`. */
export const transferTargetsClassified = classify(transferTargets, {
  recipient: "state",
  country: "state",
  origin: "state",
});

/** See `transferMechanisms`. */
export const transferMechanismsClassified = classify(transferMechanisms, {
  id: "key",
  recipient: "state",
  kind: "state",
  reference: "state",
  assessment: "state",
  signedAt: "state",
  endsAt: "state",
});

/** See `transfers`. */
export const transfersClassified = classify(transfers, {
  id: "key",
  at: "service.audit-entries",
  subject: "service.audit-entries",
  fromRegion: "service.audit-entries",
  recipient: "service.audit-entries",
  country: "service.audit-entries",
  items: "service.audit-entries",
  ground: "service.audit-entries",
  refusal: "service.audit-entries",
});

/** See `disclosures`. */
export const disclosuresClassified = classify(disclosures, {
  id: "key",
  at: "service.audit-entries",
  recipient: "service.audit-entries",
  subject: "service.audit-entries",
  items: "service.audit-entries",
  reference: "service.audit-entries",
  toldAt: "service.audit-entries",
  untold: "service.audit-entries",
});
