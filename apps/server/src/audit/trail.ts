/**
 * The audit trail. Each entry's hash covers its content and the hash before, so a row that is changed, added or taken out breaks all that
 * follow; `verify` names the first that does not fit.
 */
import { createHash } from "node:crypto";
import type { PurposeKey } from "@cloud-code/policy";
import { asc, desc, eq, gt, type SQL, sql } from "drizzle-orm";
import type { Services } from "../services.ts";
import { ChainGaps, type Executor } from "./gaps.ts";
import { auditEntries, type AuditDetail } from "./tables.ts";

/** What is done with personal data. */
export type AuditAction =
  | "viewed"
  | "searched"
  | "request-received"
  | "request-moved"
  | "exported"
  | "downloaded"
  | "erased"
  | "checked"
  | "restricted"
  | "unrestricted"
  | "objected"
  | "corrected"
  | "hold-placed"
  | "hold-moved"
  | "retention-swept"
  | "incident-moved"
  | "people-told"
  | "disclosed"
  | "transfer-granted"
  | "transfer-refused"
  | "transfer-arranged"
  | "webhook-changed"
  | "recipient-told"
  | "sent-again"
  | "tombstone-replayed"
  | "child-reported"
  | "ticket-moved"
  | "redacted";

/** One thing that was done. */
export interface AuditFact {
  /** A pseudonym, or `service`. */
  readonly actor: string;
  readonly action: AuditAction;
  readonly subject?: string | undefined;
  readonly purpose: PurposeKey;
  readonly detail?: AuditDetail;
}

/** An entry as it is stored. */
export type AuditEntry = typeof auditEntries.$inferSelect;

/** Whether the trail is as it was written; if not, the first row that shows it. */
export type AuditCheck =
  | { readonly kind: "intact"; readonly entries: number; readonly lastHash: string }
  /** `altered`: the row is not what was hashed; `missing`: rows before it were taken out, put in or moved. */
  | { readonly kind: "broken"; readonly number: number; readonly because: "altered" | "missing" };

export type { Executor };

/** The actor of what nobody asked for: a clock ran out, a period ended. */
export const byService = "service";

// Any number that only we use: one transaction at a time writes the chain.
const TRAIL_LOCK = 7_305_813;
const START = "0".repeat(64);
const PAGE = 5_000;

/** The trail of a service. */
export class AuditTrail {
  readonly #services: Pick<Services, "database" | "now">;
  readonly #gaps: ChainGaps;

  constructor(services: Pick<Services, "database" | "now" | "config">) {
    this.#services = services;
    this.#gaps = new ChainGaps(services, "audit_entries", TRAIL_LOCK);
  }

  /** Adds an entry, inside a transaction if one is given: what is rolled back was not done and is not in the trail. */
  async record(fact: AuditFact, within?: Executor): Promise<void> {
    if (within !== undefined) return this.#append(within, fact);
    await this.#services.database.orm.transaction(async (transaction) => {
      await this.#append(transaction, fact);
    });
  }

  /** The newest entries, of one subject if given. */
  async newest(limit: number, subject?: string): Promise<readonly AuditEntry[]> {
    return this.#services.database.orm
      .select()
      .from(auditEntries)
      .where(subject === undefined ? undefined : eq(auditEntries.subject, subject))
      .orderBy(desc(auditEntries.number))
      .limit(limit);
  }

  /** Walks the whole trail, a page at a time. */
  async verify(): Promise<AuditCheck> {
    const { orm } = this.#services.database;
    const gaps = await this.#gaps.read();
    let number = 0;
    let previous = START;
    let entries = 0;
    const skip = (): void => {
      for (let gap = gaps.get(number + 1); gap !== undefined; gap = gaps.get(number + 1)) {
        number = gap.last;
        previous = gap.hash;
      }
    };
    for (;;) {
      const rows = await orm
        .select()
        .from(auditEntries)
        .where(gt(auditEntries.number, number))
        .orderBy(asc(auditEntries.number))
        .limit(PAGE);
      for (const row of rows) {
        skip();
        if (row.number !== number + 1 || row.previousHash !== previous)
          return { kind: "broken", number: row.number, because: "missing" };
        if (row.hash !== hashOf(previous, row))
          return { kind: "broken", number: row.number, because: "altered" };
        ({ number } = row);
        previous = row.hash;
        entries += 1;
      }
      if (rows.length < PAGE) return { kind: "intact", entries, lastHash: previous };
    }
  }

  /** Deletes the rows for which a condition over `t` holds; the chain goes on over signed notes. Returns how many rows went. */
  async expire(condition: SQL): Promise<number> {
    return this.#gaps.expire(condition);
  }

  async #append(within: Executor, fact: AuditFact): Promise<void> {
    await within.execute(sql`SELECT pg_advisory_xact_lock(${TRAIL_LOCK})`);
    const last = await this.#last(within);
    const entry = {
      number: last.number + 1,
      at: new Date(this.#services.now()),
      actor: fact.actor,
      action: fact.action,
      subject: fact.subject ?? null,
      purpose: fact.purpose,
      detail: fact.detail ?? {},
    };
    await within
      .insert(auditEntries)
      .values({ ...entry, previousHash: last.hash, hash: hashOf(last.hash, entry) });
  }

  async #last(within: Executor): Promise<{ readonly number: number; readonly hash: string }> {
    const columns = { number: auditEntries.number, hash: auditEntries.hash };
    const [row] = await within
      .select(columns)
      .from(auditEntries)
      .orderBy(desc(auditEntries.number))
      .limit(1);
    const gap = await this.#gaps.end(within);
    if (gap !== undefined && gap.last > (row?.number ?? 0))
      return { number: gap.last, hash: gap.hash };
    return row ?? { number: 0, hash: START };
  }
}

/** Fields in an order of their own; the detail by its sorted keys, because the database does not keep theirs. */
function hashOf(
  previousHash: string,
  entry: Pick<AuditEntry, "number" | "at" | "actor" | "action" | "subject" | "purpose" | "detail">,
): string {
  const { number, at, actor, action, subject, purpose, detail } = entry;
  const sorted = Object.entries(detail).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const fields = [previousHash, number, at.getTime(), actor, action, subject, purpose, sorted];
  return createHash("sha256").update(JSON.stringify(fields)).digest("hex");
}
