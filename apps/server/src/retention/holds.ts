/** Legal holds in the database, moved by the state machine of `@cloud-code/policy`. */
import { applyHoldEvent, type Hold, type HoldEvent, type HoldRefusal } from "@cloud-code/policy";
import { asc, desc, eq } from "drizzle-orm";
import { z } from "zod";
import type { AuditTrail, Executor } from "../audit/trail.ts";
import type { Services } from "../services.ts";
import { holdEvents, legalHolds } from "./tables.ts";

/** A hold with everything that happened to it. */
export interface HoldLine {
  readonly id: string;
  readonly hold: Hold;
  readonly events: readonly HoldEvent[];
}

/** What came of a change. */
export type HoldMoved =
  | { readonly kind: "done"; readonly id: string }
  | { readonly kind: "refused"; readonly because: HoldRefusal };

/** The holds of a service. */
export class HoldStore {
  readonly #services: Pick<Services, "database" | "now">;
  readonly #trail: AuditTrail;

  constructor(services: Pick<Services, "database" | "now">, trail: AuditTrail) {
    this.#services = services;
    this.#trail = trail;
  }

  /** Places a hold, or says why it cannot be placed. From this moment nothing it names expires or is erased. */
  async place(event: Extract<HoldEvent, { kind: "placed" }>, actor: string): Promise<HoldMoved> {
    const answer = applyHoldEvent(undefined, event);
    if (answer.kind === "refused") return answer;
    const { scope, reviewMs } = answer.state;
    return this.#services.database.orm.transaction(async (transaction) => {
      const [row] = await transaction
        .insert(legalHolds)
        .values({
          subject: scope.subject,
          items: scope.items,
          status: "active",
          placedAt: new Date(event.atMs),
          reviewAt: new Date(reviewMs),
        })
        .returning({ id: legalHolds.id });
      if (row === undefined) throw new Error("A hold that was just written is gone.");
      await transaction.insert(holdEvents).values({ holdId: row.id, event });
      await this.#note(transaction, actor, "hold-placed", scope.subject, row.id);
      return { kind: "done", id: row.id };
    });
  }

  /** Reviews or lifts a hold. */
  async move(id: string, event: HoldEvent, actor: string): Promise<HoldMoved> {
    if (!z.uuid().safeParse(id).success) return { kind: "refused", because: "not-placed" };
    return this.#services.database.orm.transaction(async (transaction): Promise<HoldMoved> => {
      await transaction.select().from(legalHolds).where(eq(legalHolds.id, id)).for("update");
      const answer = applyHoldEvent(replay(await readEvents(transaction, id)), event);
      if (answer.kind === "refused") return answer;
      const { status, reviewMs, scope } = answer.state;
      await transaction.insert(holdEvents).values({ holdId: id, event });
      await transaction
        .update(legalHolds)
        .set({ status, reviewAt: new Date(reviewMs) })
        .where(eq(legalHolds.id, id));
      await this.#note(transaction, actor, "hold-moved", scope.subject, id);
      return { kind: "done", id };
    });
  }

  /** All holds, the newest first. */
  async list(): Promise<readonly HoldLine[]> {
    const { orm } = this.#services.database;
    const rows = await orm.select().from(legalHolds).orderBy(desc(legalHolds.placedAt)).limit(500);
    const lines: HoldLine[] = [];
    for (const { id } of rows) {
      const events = await readEvents(orm, id);
      const hold = replay(events);
      if (hold !== undefined) lines.push({ id, hold, events });
    }
    return lines;
  }

  async #note(
    within: Executor,
    actor: string,
    action: "hold-placed" | "hold-moved",
    subject: string,
    id: string,
  ): Promise<void> {
    await this.#trail.record(
      { actor, action, subject, purpose: "keep-records", detail: { hold: id } },
      within,
    );
  }
}

function replay(events: readonly HoldEvent[]): Hold | undefined {
  let hold: Hold | undefined;
  for (const event of events) {
    const answer = applyHoldEvent(hold, event);
    if (answer.kind === "refused") throw new RangeError(`A hold cannot be ${event.kind} here.`);
    hold = answer.state;
  }
  return hold;
}

async function readEvents(within: Executor, id: string): Promise<readonly HoldEvent[]> {
  const rows = await within
    .select({ event: holdEvents.event })
    .from(holdEvents)
    .where(eq(holdEvents.holdId, id))
    .orderBy(asc(holdEvents.id));
  return rows.map(({ event }) => event);
}
