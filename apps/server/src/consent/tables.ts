import { bigint, boolean, index, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import { users } from "../accounts/tables.ts";
import { classify } from "../database/classify.ts";

/**
 * Which pseudonym stands for which person in the ledger. The ledger cannot forget; this table can, and with its row goes the link to
 * the person.
 */
export const consentSubjects = pgTable("consent_subjects", {
  userId: text("user_id")
    .primaryKey()
    .references(() => users.id, { onDelete: "cascade" }),
  pseudonym: text("pseudonym").notNull().unique(),
});

/** The ledger: every answer to a question for consent. Rows are only ever added: a trigger refuses everything else. */
export const consentEvents = pgTable(
  "consent_events",
  {
    /** From 1 without a gap, because the chain is written by one transaction at a time. */
    number: bigint("number", { mode: "number" }).primaryKey(),
    pseudonym: text("pseudonym").notNull(),
    purpose: text("purpose").notNull(),
    answer: text("answer", { enum: ["given", "refused", "withdrawn"] }).notNull(),
    /** A consent of its own where the law asks for one (PIPL 23, 39), else an ordinary one. */
    kind: text("kind", { enum: ["consent", "separate-consent"] }).notNull(),
    noticeId: text("notice_id").notNull(),
    /** The question word for word, as it stood on the screen. */
    question: text("question").notNull(),
    language: text("language", { enum: ["en", "zh"] }).notNull(),
    screen: text("screen").notNull(),
    /** Whether the browser sent Global Privacy Control with the answer. */
    signal: boolean("signal").notNull(),
    at: timestamp("at", { withTimezone: true, mode: "date" }).notNull(),
    /** The hash of the row before; 64 zeros in the first. */
    previousHash: text("previous_hash").notNull(),
    hash: text("hash").notNull(),
  },
  (table) => [index("consent_events_pseudonym").on(table.pseudonym, table.number)],
);

/** See `consentSubjects`. */
export const consentSubjectsClassified = classify(consentSubjects, {
  userId: "key",
  pseudonym: "service.consent-records",
});

/** See `consentEvents`. */
export const consentEventsClassified = classify(consentEvents, {
  number: "key",
  pseudonym: "service.consent-records",
  purpose: "service.consent-records",
  answer: "service.consent-records",
  kind: "service.consent-records",
  noticeId: "service.consent-records",
  question: "service.consent-records",
  language: "service.consent-records",
  screen: "service.consent-records",
  signal: "service.privacy-signal",
  at: "service.consent-records",
  previousHash: "state",
  hash: "state",
});
