import { integer, pgTable, text } from "drizzle-orm/pg-core";
import { describe, expect, it } from "vitest";
import { users, usersClassified } from "../accounts/tables.ts";
import { classify, type ClassifiedTable } from "../database/classify.ts";
import { tables } from "../database/schema.ts";
import { computeRules, retentionRules } from "../retention/retention.ts";
import { computeReach, type Declarations, reach, ReachError } from "./reach.ts";

const none: Declarations = { links: {}, detached: {} };

/** What becomes of each table, farthest from the person first. */
function check(
  extra: readonly ClassifiedTable[],
  declarations: Declarations,
  expected: Readonly<Record<string, unknown>>,
): void {
  const found = computeReach([usersClassified, ...extra], declarations);
  expect(
    Object.fromEntries(found.map(({ name, depth, erasing }) => [name, [depth, erasing]])),
  ).toEqual({ users: [0, "delete"], ...expected });
}

const notes = pgTable("notes", {
  id: integer("id").primaryKey(),
  author: text("author").references(() => users.id),
  body: text("body"),
});
const notesClassified = classify(notes, {
  id: "key",
  author: "key",
  body: "service.support-messages",
});
const answers = pgTable("answers", {
  id: integer("id").primaryKey(),
  noteId: integer("note_id")
    .notNull()
    .references(() => notes.id),
  body: text("body"),
});
const answersClassified = classify(answers, {
  id: "key",
  noteId: "key",
  body: "service.support-messages",
});
const proof = pgTable("proof", {
  id: integer("id").primaryKey(),
  person: text("person").references(() => users.id),
  what: text("what"),
});
const proofClassified = classify(proof, {
  id: "key",
  person: "key",
  what: "service.rights-requests",
});
const strays = pgTable("strays", { id: integer("id").primaryKey(), email: text("email") });
const straysClassified = classify(strays, { id: "key", email: "service.email" });
const figures = pgTable("figures", { day: text("day"), views: integer("views") });
const figuresClassified = classify(figures, {
  day: "service.page-views",
  views: "service.page-views",
});

describe("[C7] the way from a person to every table", () => {
  it("follows foreign keys, however many there are in between", () => {
    check([answersClassified, notesClassified], none, {
      notes: [1, "delete"],
      answers: [2, "delete"],
    });
  });
  it("keeps proof, without its link to the person", () => {
    check([proofClassified], none, { proof: [1, { unlink: "person" }] });
  });
  it("leaves out what is about nobody", () => {
    check([figuresClassified], none, {});
  });
  it("fails before anything runs for a table with personal data that nothing leads to", () => {
    expect(() => check([straysClassified], none, {})).toThrow(ReachError);
  });
  it("takes a declared way, or a declared reason why the rows are nobody's", () => {
    check(
      [straysClassified],
      {
        ...none,
        links: {
          strays: [{ kind: "same-value", column: "email", source: "users", sourceColumn: "email" }],
        },
      },
      { strays: [1, "delete"] },
    );
    check(
      [straysClassified],
      { ...none, detached: { strays: { because: { en: "Published.", zh: "已公开。" } } } },
      {},
    );
  });
});

describe("the schema", () => {
  it("[C7] reaches every table with personal data, the account last", () => {
    expect(reach.at(-1)?.name).toBe("users");
    const kept = Object.fromEntries(
      reach
        .filter(({ erasing }) => erasing !== "delete")
        .map(({ name, erasing }) => [name, erasing]),
    );
    expect(kept).toEqual({
      rights_requests: { unlink: "user_id" },
      request_events: "keep",
      webhook_deliveries: "keep",
      consent_events: "keep",
      audit_entries: "keep",
      legal_holds: "keep",
      hold_events: "keep",
      transfers: "keep",
      disclosures: "keep",
    });
  });
  it("[C12] says for every item with a period from when it runs, or the program does not start", () => {
    expect(retentionRules.length).toBeGreaterThan(15);
    expect(() => computeRules(tables, {})).toThrow(/retention\.ts does not know/);
  });
  it("[C12] keeps a row as long as a hold keeps one of its items, or one of a row that hangs on it", () => {
    const rule = retentionRules.find(
      ({ table, item }) => table === "support_tickets" && item === "service.support-contact",
    );
    expect(rule?.covers).toContain("service.support-messages");
  });
});
