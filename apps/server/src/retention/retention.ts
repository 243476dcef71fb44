/**
 * Ends the period of every datum. The statements follow from the inventory: each item has its period and the event from which it runs,
 * and below stands, for each table, which column says when that event was. An item with a period and no such column is an error before
 * anything runs.
 */
import {
  inventory,
  isHeld,
  retentionEndMs,
  type RetentionStart,
  type UsedItem,
} from "@cloud-code/policy";
import { desc, eq, getTableColumns, isNull, sql, type SQL } from "drizzle-orm";
import { getTableConfig } from "drizzle-orm/pg-core";
import { byService, type AuditTrail } from "../audit/trail.ts";
import type { ConsentLedger } from "../consent/ledger.ts";
import { consentSubjects } from "../consent/tables.ts";
import type { ClassifiedTable } from "../database/classify.ts";
import type { StoredItem } from "../database/purposes.ts";
import { tables } from "../database/schema.ts";
import { reach } from "../requests/reach.ts";
import { processingLimits } from "../requests/tables.ts";
import type { Services } from "../services.ts";
import { legalHolds, retentionCertificates, type SweptLine } from "./tables.ts";

/** Where a table says when the event was from which a period runs. */
type Anchor =
  /** A column of the table; `format` where it is a word for a day or a week and not an instant. */
  | { readonly column: string; readonly format?: "day" | "week"; readonly only?: string }
  /** A column of the table that a key of this one points to. */
  | { readonly key: string; readonly parent: string; readonly column: string }
  /** An answer in the ledger of consents: from the no that ended it. A yes that still counts has no end. */
  | { readonly endedBy: "no" };

/**
 * The anchors. `account-closed` and `withdrawn` need none: closing an account erases its rows at once, and withdrawing a consent empties
 * what rested on it, so nothing is left whose period could run.
 */
const anchors: Readonly<Record<string, Readonly<Partial<Record<RetentionStart, Anchor>>>>> = {
  sessions: {
    "session-ended": { column: "expires_at" },
    collected: { column: "created_at" },
  },
  verifications: { collected: { column: "created_at" } },
  support_tickets: { "ticket-closed": { column: "closed_at" } },
  support_messages: {
    "ticket-closed": { key: "ticket_id", parent: "support_tickets", column: "closed_at" },
  },
  // The privacy signal is part of an answer and goes with it.
  consent_events: { collected: { endedBy: "no" }, withdrawn: { endedBy: "no" } },
  page_counts: { collected: { column: "day", format: "day" } },
  usage_weeks: { collected: { column: "week", format: "week" } },
  rights_requests: { "ticket-closed": { column: "ended_at" } },
  request_events: {
    "ticket-closed": { key: "request_id", parent: "rights_requests", column: "ended_at" },
  },
  webhook_deliveries: {
    "ticket-closed": { key: "request_id", parent: "rights_requests", column: "ended_at" },
  },
  audit_entries: { collected: { column: "at" } },
  legal_holds: { collected: { column: "placed_at", only: "status = 'lifted'" } },
  hold_events: { collected: { key: "hold_id", parent: "legal_holds", column: "placed_at" } },
  incident_letters: { collected: { column: "sent_at" } },
  transfers: { collected: { column: "at" } },
  disclosures: { collected: { column: "at" } },
};

/** What a sweep does for one item of one table. */
export interface RetentionRule {
  readonly table: string;
  readonly item: StoredItem;
  readonly days: number;
  readonly after: RetentionStart;
  readonly action: "delete" | "empty";
  /** The columns that are emptied. */
  readonly columns: readonly string[];
  readonly anchor: Anchor;
  /** Every item that goes with the row, those of rows that hang on it included: a hold on one of them keeps the row. */
  readonly covers: readonly StoredItem[];
}

/** A fault of the schema: a period that nothing could end. */
class RetentionError extends Error {
  readonly code = "anchor-missing";
}

/** Computes what a sweep has to do. Throws `RetentionError` for an item whose period has no anchor in a table that stores it. */
export function computeRules(
  classified: readonly ClassifiedTable[],
  known: typeof anchors = anchors,
): readonly RetentionRule[] {
  return classified.flatMap(({ table, columns }) => {
    const config = getTableConfig(table);
    const properties = Object.entries(getTableColumns(table));
    const items = [...new Set(Object.values(columns))].filter((word): word is StoredItem =>
      Object.hasOwn(inventory, word),
    );
    const rules = items.flatMap((item): readonly RetentionRule[] => {
      const entry = inventory[item] as UsedItem;
      const { retention } = entry;
      if (retention.kind !== "days") return [];
      const { days, after } = retention;
      const anchor = known[config.name]?.[after];
      if (anchor === undefined) {
        if (after === "account-closed" || after === "withdrawn") return [];
        throw new RetentionError(
          `${config.name} stores ${item}, which is kept ${days} days after "${after}", but retention/retention.ts does not know which of its columns says when that was.`,
        );
      }
      const own = properties
        .filter(([property]) => columns[property] === item)
        .map(([, column]) => column);
      const outlived = items.some(
        (other) => other !== item && outlives(inventory[other] as UsedItem, entry, config.name),
      );
      const empties = outlived && own.every(({ notNull }) => !notNull);
      return [
        {
          table: config.name,
          item,
          days,
          after,
          anchor,
          action: empties ? "empty" : "delete",
          columns: own.map(({ name }) => name),
          covers: empties ? [item] : coveredItems(classified, config.name),
        },
      ];
    });
    // One statement deletes a row whichever of its items ends it; the shortest comes first and leaves the others nothing to do.
    return rules.toSorted((a, b) => a.days - b.days);
  });
}

const depths = new Map(reach.map(({ name, depth }) => [name, depth]));

/** The sweep's rules, computed when the program is loaded: what hangs on other rows first, so that every row is counted where it is. */
export const retentionRules: readonly RetentionRule[] = computeRules(tables).toSorted(
  (a, b) => (depths.get(b.table) ?? 0) - (depths.get(a.table) ?? 0),
);

/** What a sweep did or would do. */
export interface Sweep {
  readonly lines: readonly SweptLine[];
  /** Rows deleted or emptied, or in a dry run: that would be. */
  readonly rows: number;
  readonly held: number;
  readonly durationMs: number;
}

/** How many rows one statement deletes: short enough that nobody waits for it. */
const BATCH = 20_000;
const dayMs = 86_400_000;

/** What sweeping works with. */
export interface RetentionParts extends Pick<Services, "database" | "now"> {
  readonly trail: AuditTrail;
  readonly ledger: Pick<ConsentLedger, "expire">;
}

/** Sweeps. */
export class Retention {
  readonly #parts: RetentionParts;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
  }

  /** Counts what is overdue, or will be at a later moment, and changes nothing. It counts what a sweep would count then. */
  async dryRun(atMs: number = this.#parts.now()): Promise<Sweep> {
    return this.#run(atMs, true);
  }

  /**
   * Deletes or empties what is overdue and not held, in batches; writes a certificate. Interrupted, the next sweep goes on. `actor` is the
   * service unless an officer asked for it.
   */
  async sweep(actor: string = byService): Promise<Sweep> {
    const done = await this.#run(this.#parts.now(), false);
    await this.#parts.database.orm.insert(retentionCertificates).values({
      at: new Date(this.#parts.now()),
      counts: done.lines,
      durationMs: done.durationMs,
    });
    await this.#parts.trail.record({
      actor,
      action: "retention-swept",
      purpose: "keep-records",
      detail: { rows: done.rows, held: done.held },
    });
    return done;
  }

  /** The latest certificates. */
  async certificates(
    limit: number,
  ): Promise<readonly (typeof retentionCertificates.$inferSelect)[]> {
    return this.#parts.database.orm
      .select()
      .from(retentionCertificates)
      .orderBy(desc(retentionCertificates.id))
      .limit(limit);
  }

  async #run(atMs: number, dry: boolean): Promise<Sweep> {
    const startMs = performance.now();
    const keepers = await this.#keepers();
    const lines: SweptLine[] = [];
    const gone = new Map<string, SQL[]>();
    for (const rule of retentionRules) {
      const beforeMs = atMs - rule.days * dayMs;
      const kept = keepers(rule.covers);
      const overdue = overdueRows(rule, beforeMs);
      const free = kept.kind === "all" ? sql`false` : notOf(rule.table, kept.subjects);
      const due = sql`(${overdue} AND ${free})`;
      const held =
        kept.kind === "none" ? 0 : await this.#count(rule.table, sql`${overdue} AND NOT (${free})`);
      const before = gone.get(rule.table) ?? [];
      // A row that an earlier rule deletes is not there any more for this one.
      const rest =
        before.length === 0 ? due : sql`${due} AND (${sql.join(before, sql` OR `)}) IS NOT TRUE`;
      const rows = dry ? await this.#count(rule.table, rest) : await this.#apply(rule, due);
      if (rule.action === "delete") gone.set(rule.table, [...before, due]);
      if (rows + held > 0)
        lines.push({
          table: rule.table,
          item: rule.item,
          action: rule.action,
          beforeMs,
          rows,
          held,
        });
    }
    return {
      lines,
      rows: lines.reduce((sum, { rows }) => sum + rows, 0),
      held: lines.reduce((sum, { held }) => sum + held, 0),
      durationMs: Math.round(performance.now() - startMs),
    };
  }

  async #count(table: string, condition: SQL): Promise<number> {
    const { rows } = await this.#parts.database.orm.execute<{ count: string }>(
      sql`SELECT count(*) AS count FROM ${sql.identifier(table)} AS t WHERE ${condition}`,
    );
    return Number(rows[0]?.count ?? 0);
  }

  async #apply({ table, action, columns }: RetentionRule, condition: SQL): Promise<number> {
    if (table === "audit_entries") return this.#parts.trail.expire(condition);
    if (table === "consent_events") return this.#parts.ledger.expire(condition);
    const name = sql.identifier(table);
    const chosen = sql`ctid = ANY(ARRAY(SELECT t.ctid FROM ${name} AS t WHERE ${condition} LIMIT ${BATCH}))`;
    const empty = sql.join(
      columns.map((column) => sql`${sql.identifier(column)} = NULL`),
      sql`, `,
    );
    const statement =
      action === "delete"
        ? sql`DELETE FROM ${name} WHERE ${chosen}`
        : sql`UPDATE ${name} SET ${empty} WHERE ${chosen}`;
    let rows = 0;
    for (;;) {
      const { rowCount } = await this.#parts.database.orm.execute(statement);
      rows += rowCount ?? 0;
      if ((rowCount ?? 0) < BATCH) return rows;
    }
  }

  /** Whose data of an item stays: of those a hold names, and of those who asked that it be kept (GDPR article 18). */
  async #keepers(): Promise<(items: readonly StoredItem[]) => Kept> {
    const { orm } = this.#parts.database;
    const holds = (await orm.select().from(legalHolds).where(eq(legalHolds.status, "active"))).map(
      ({ subject, items, status }) => ({ status, scope: { subject, items } }),
    );
    const restricted = await orm
      .select({ pseudonym: consentSubjects.pseudonym })
      .from(processingLimits)
      .innerJoin(consentSubjects, eq(consentSubjects.userId, processingLimits.userId))
      .where(isNull(processingLimits.purpose));
    return (items) => {
      const holding = (subject: string): boolean =>
        items.some((item) => isHeld(holds, subject, item));
      // A subject nobody has finds the holds that concern everybody.
      if (holding("")) return { kind: "all" };
      const held = holds.map(({ scope }) => scope.subject).filter(holding);
      const subjects = [...new Set([...held, ...restricted.map(({ pseudonym }) => pseudonym)])];
      return { kind: subjects.length === 0 ? "none" : "some", subjects };
    };
  }
}

type Kept =
  | { readonly kind: "all" }
  | { readonly kind: "none" | "some"; readonly subjects: readonly string[] };

/** The items of a table and of every table whose rows are deleted with its rows. */
function coveredItems(
  classified: readonly ClassifiedTable[],
  name: string,
  seen: ReadonlySet<string> = new Set(),
): readonly StoredItem[] {
  const found = classified.filter(({ table }) => {
    const config = getTableConfig(table);
    return (
      config.name === name ||
      config.foreignKeys.some((key) => getTableConfig(key.reference().foreignTable).name === name)
    );
  });
  const items = found.flatMap(({ table, columns }): readonly StoredItem[] => {
    const other = getTableConfig(table).name;
    if (other !== name)
      return seen.has(other) ? [] : coveredItems(classified, other, new Set([...seen, name]));
    return Object.values(columns).filter((word): word is StoredItem =>
      Object.hasOwn(inventory, word),
    );
  });
  return [...new Set(items)];
}

/** Whether an item of a row is kept after another item's period has ended. Periods from different events cannot be compared. */
function outlives(item: UsedItem, ended: UsedItem, table: string): boolean {
  const [is, was] = [item.retention, ended.retention];
  if (is.kind !== "days" || was.kind !== "days") return false;
  // What goes with the account alone does not keep the rows of a matter that is closed.
  if (anchors[table]?.[is.after] === undefined) return false;
  return is.after !== was.after || (retentionEndMs(is, 0) ?? 0) > (retentionEndMs(was, 0) ?? 0);
}

function overdueRows({ anchor, action, columns }: RetentionRule, beforeMs: number): SQL {
  const before = new Date(beforeMs).toISOString();
  const unfilled =
    action === "empty"
      ? sql` AND (${sql.join(
          columns.map((column) => sql`t.${sql.identifier(column)} IS NOT NULL`),
          sql` OR `,
        )})`
      : sql``;
  if ("endedBy" in anchor)
    return sql`EXISTS (SELECT 1 FROM consent_events AS e WHERE e.pseudonym = t.pseudonym AND e.purpose = t.purpose AND e.number >= t.number AND e.answer <> 'given' AND e.at < ${before})`;
  if ("parent" in anchor)
    return sql`EXISTS (SELECT 1 FROM ${sql.identifier(anchor.parent)} AS parent WHERE parent.id = t.${sql.identifier(anchor.key)} AND parent.${sql.identifier(anchor.column)} < ${before})${unfilled}`;
  const column = sql`t.${sql.identifier(anchor.column)}`;
  const only = anchor.only === undefined ? sql`` : sql` AND t.${sql.raw(anchor.only)}`;
  // A day or a week is over when its last moment is.
  if (anchor.format === "day") return sql`${column} < ${before.slice(0, 10)}${only}`;
  if (anchor.format === "week")
    return sql`to_date(${column}, 'IYYY-"W"IW') + 7 <= ${before}::timestamptz${only}`;
  return sql`${column} < ${before}${only}${unfilled}`;
}

/** That a row is nobody's of these people. */
function notOf(table: string, subjects: readonly string[]): SQL {
  if (subjects.length === 0) return sql`true`;
  const subject = subjectOf(table, "t");
  if (subject === undefined) return sql`true`;
  const list = sql.join(
    subjects.map((each) => sql`${each}`),
    sql`, `,
  );
  return sql`COALESCE(${subject} NOT IN (${list}), true)`;
}

/** The pseudonym of the person a row belongs to, as an expression; undefined for a table that is nobody's. */
function subjectOf(table: string, alias: string): SQL | undefined {
  const links = reach.find(({ name }) => name === table)?.links ?? [];
  for (const link of links) {
    if (link.kind === "shared" || link.kind === "mention") continue;
    const own = sql`${sql.identifier(alias)}.${sql.identifier(link.column)}`;
    if (link.source === "consent_subjects") return own;
    if (link.source === "users")
      return link.sourceColumn === "id"
        ? sql`(SELECT pseudonym FROM consent_subjects WHERE user_id = ${own})`
        : sql`(SELECT pseudonym FROM consent_subjects JOIN users ON users.id = user_id WHERE users.${sql.identifier(link.sourceColumn)} = ${own})`;
    const inner = subjectOf(link.source, `${alias}_${link.source}`);
    if (inner !== undefined)
      return sql`(SELECT ${inner} FROM ${sql.identifier(link.source)} AS ${sql.identifier(`${alias}_${link.source}`)} WHERE ${sql.identifier(`${alias}_${link.source}`)}.${sql.identifier(link.sourceColumn)} = ${own})`;
  }
  return undefined;
}
