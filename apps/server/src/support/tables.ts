import { index, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { users } from "../accounts/tables.ts";
import { classify } from "../database/classify.ts";
import { noticeVersions } from "../notices/tables.ts";

const at = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** A question, suggestion, complaint or report, from its arrival to its answer. */
export const tickets = pgTable(
  "support_tickets",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    /** What people say to each other: `Q-7F3K9D`. It opens nothing. */
    number: text("number").notNull().unique(),
    userId: text("user_id").references(() => users.id, { onDelete: "cascade" }),
    name: text("name"),
    email: text("email"),
    kind: text("kind", {
      enum: ["question", "suggestion", "complaint", "privacy", "child", "security"],
    }).notNull(),
    language: text("language", { enum: ["en", "zh"] }).notNull(),
    /** SHA-256 of the secret in the private address; the secret itself is kept nowhere. */
    secretHash: text("secret_hash").notNull().unique(),
    noticeId: text("notice_id")
      .notNull()
      .references(() => noticeVersions.id),
    receivedAt: at("received_at").notNull(),
    dueAt: at("due_at").notNull(),
    escalateAt: at("escalate_at").notNull(),
    escalatedAt: at("escalated_at"),
    answeredAt: at("answered_at"),
    closedAt: at("closed_at"),
  },
  (table) => [
    index("support_tickets_due").on(table.answeredAt, table.dueAt),
    index("support_tickets_user").on(table.userId),
    // An erasure also finds what somebody wrote without signing in.
    index("support_tickets_email").on(table.email),
  ],
);

/** What was written in a ticket, by either side. */
export const ticketMessages = pgTable(
  "support_messages",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    ticketId: uuid("ticket_id")
      .notNull()
      .references(() => tickets.id, { onDelete: "cascade" }),
    author: text("author", { enum: ["person", "service"] }).notNull(),
    body: text("body").notNull(),
    writtenAt: at("written_at").notNull(),
  },
  (table) => [index("support_messages_ticket").on(table.ticketId, table.writtenAt)],
);

/** See `tickets`. */
export const ticketsClassified = classify(tickets, {
  id: "key",
  number: "key",
  userId: "key",
  name: "service.support-contact",
  email: "service.support-contact",
  kind: "service.support-messages",
  language: "service.language",
  secretHash: "state",
  noticeId: "service.notices-shown",
  receivedAt: "service.support-messages",
  dueAt: "state",
  escalateAt: "state",
  escalatedAt: "state",
  answeredAt: "service.support-messages",
  closedAt: "service.support-messages",
});

/** See `ticketMessages`. */
export const ticketMessagesClassified = classify(ticketMessages, {
  id: "key",
  ticketId: "key",
  author: "service.support-messages",
  body: "service.support-messages",
  writtenAt: "service.support-messages",
});
