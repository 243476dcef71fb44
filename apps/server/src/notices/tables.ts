import {
  bigint,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
} from "drizzle-orm/pg-core";
import type { Change, Facts, Language, Notice } from "@cloud-code/policy";
import { users } from "../accounts/tables.ts";
import { classify } from "../database/classify.ts";

/** Every release of every notice as it was published. Rows are never changed or deleted: a trigger refuses it. */
export const noticeVersions = pgTable("notice_versions", {
  /** Product, number, day and the beginning of the hash: `service-2.0-2026-11-22-1f9c08d4`. */
  id: text("id").primaryKey(),
  product: text("product", { enum: ["assistant", "gateway", "service"] }).notNull(),
  version: integer("version").notNull(),
  revision: integer("revision").notNull(),
  /** SHA-256 of the plain text in all languages. */
  hash: text("hash").notNull(),
  texts: jsonb("texts").$type<Readonly<Record<Language, Notice>>>().notNull(),
  facts: jsonb("facts").$type<Facts>().notNull(),
  kind: text("kind", { enum: ["editorial", "notice", "ask-again"] }).notNull(),
  changes: jsonb("changes").$type<readonly Change[]>().notNull(),
  publishedAt: timestamp("published_at", { withTimezone: true, mode: "date" }).notNull(),
  effectiveAt: timestamp("effective_at", { withTimezone: true, mode: "date" }).notNull(),
});

/** Which notice a person was shown, where and when. Being shown a notice is not consent. */
export const noticesShown = pgTable(
  "notices_shown",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    noticeId: text("notice_id")
      .notNull()
      .references(() => noticeVersions.id),
    screen: text("screen").notNull(),
    shownAt: timestamp("shown_at", { withTimezone: true, mode: "date" }).notNull(),
  },
  (table) => [index("notices_shown_user").on(table.userId, table.noticeId)],
);

/** See `noticeVersions`. */
export const noticeVersionsClassified = classify(noticeVersions, {
  id: "key",
  product: "public",
  version: "public",
  revision: "public",
  hash: "public",
  texts: "public",
  facts: "public",
  kind: "public",
  changes: "public",
  publishedAt: "public",
  effectiveAt: "public",
});

/** See `noticesShown`. */
export const noticesShownClassified = classify(noticesShown, {
  id: "key",
  userId: "key",
  noticeId: "service.notices-shown",
  screen: "service.notices-shown",
  shownAt: "service.notices-shown",
});

/** Who was told by e-mail of a release that is coming, so that nobody is told twice. */
export const noticesAnnounced = pgTable(
  "notices_announced",
  {
    noticeId: text("notice_id")
      .notNull()
      .references(() => noticeVersions.id),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    announcedAt: timestamp("announced_at", { withTimezone: true, mode: "date" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.noticeId, table.userId] })],
);

/** See `noticesAnnounced`. */
export const noticesAnnouncedClassified = classify(noticesAnnounced, {
  noticeId: "service.notices-shown",
  userId: "key",
  announcedAt: "service.notices-shown",
});
