import type { IncidentEvent } from "@cloud-code/policy";
import {
  bigint,
  boolean,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { users } from "../accounts/tables.ts";
import { classify } from "../database/classify.ts";

const at = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** The register of all incidents, those of which nobody has to be told included (GDPR, article 33(5)). */
export const incidents = pgTable("incidents", {
  id: uuid("id").primaryKey().defaultRandom(),
  /** `I-7F3K9D`. */
  number: text("number").notNull().unique(),
  title: text("title").notNull(),
  status: text("status", { enum: ["recorded", "assessed", "contained", "closed"] }).notNull(),
  awareAt: at("aware_at").notNull(),
  drill: boolean("drill").notNull(),
});

/** Everything that happened to an incident: its timeline. */
export const incidentEvents = pgTable("incident_events", {
  id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  incidentId: uuid("incident_id")
    .notNull()
    .references(() => incidents.id, { onDelete: "cascade" }),
  event: jsonb("event").$type<IncidentEvent>().notNull(),
});

/** Who was told of an incident, so that nobody is told twice and a sending that was interrupted goes on. */
export const incidentLetters = pgTable(
  "incident_letters",
  {
    incidentId: uuid("incident_id")
      .notNull()
      .references(() => incidents.id, { onDelete: "cascade" }),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    sentAt: at("sent_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.incidentId, table.userId] })],
);

/** See `incidents`. */
export const incidentsClassified = classify(incidents, {
  id: "key",
  number: "key",
  title: "state",
  status: "state",
  awareAt: "state",
  drill: "state",
});

/** See `incidentEvents`. */
export const incidentEventsClassified = classify(incidentEvents, {
  id: "key",
  incidentId: "key",
  event: "state",
});

/** See `incidentLetters`. */
export const incidentLettersClassified = classify(incidentLetters, {
  incidentId: "key",
  userId: "key",
  sentAt: "service.audit-entries",
});
