/** The register of incidents, moved by the state machine of `@cloud-code/policy`, and the letters to the people it concerns. */
import {
  addressees,
  applyIncidentEvent,
  type Holder,
  type Incident,
  type IncidentClock,
  incidentClocks,
  type IncidentEvent,
  type IncidentNotice,
  type IncidentPlace,
  type IncidentRefusal,
  type ItemKey,
  type Language,
  printIncidentNotice,
  regionOfCountry,
} from "@cloud-code/policy";
import { and, asc, desc, eq, gt, sql } from "drizzle-orm";
import { users } from "../accounts/tables.ts";
import type { AuditTrail, Executor } from "../audit/trail.ts";
import { newNumber } from "../requests/store.ts";
import { reach } from "../requests/reach.ts";
import type { Services } from "../services.ts";
import { incidentEvents, incidentLetters, incidents } from "./tables.ts";

/** An incident with its timeline and its clocks. */
export interface IncidentLine {
  readonly id: string;
  readonly number: string;
  readonly title: string;
  readonly incident: Incident;
  readonly events: readonly IncidentEvent[];
  readonly clocks: readonly IncidentClock[];
  readonly told: number;
}

/** What came of a change. */
export type IncidentMoved =
  | { readonly kind: "done"; readonly id: string }
  | { readonly kind: "refused"; readonly because: IncidentRefusal };

/** Somebody an incident concerns. */
interface Affected extends Holder {
  readonly userId: string;
  readonly email: string;
  readonly language: Language;
}

const PAGE = 1_000;

/** The incidents of a service. */
export class IncidentStore {
  readonly #services: Pick<Services, "database" | "now" | "mail">;
  readonly #trail: AuditTrail;
  readonly #place: IncidentPlace;

  constructor(
    services: Pick<Services, "database" | "now" | "mail">,
    trail: AuditTrail,
    place: IncidentPlace,
  ) {
    this.#services = services;
    this.#trail = trail;
    this.#place = place;
  }

  /** Writes an incident down; its clocks run from `awareMs`. */
  async record(
    title: string,
    event: Extract<IncidentEvent, { kind: "recorded" }>,
    actor: string,
  ): Promise<IncidentMoved> {
    const answer = applyIncidentEvent(undefined, event, this.#place);
    if (answer.kind === "refused") return answer;
    return this.#services.database.orm.transaction(async (transaction) => {
      const [row] = await transaction
        .insert(incidents)
        .values({
          number: newNumber("I"),
          title,
          status: "recorded",
          awareAt: new Date(event.awareMs),
          drill: event.drill,
        })
        .returning({ id: incidents.id });
      if (row === undefined) throw new Error("An incident that was just written is gone.");
      await this.#write(transaction, row.id, event, actor);
      return { kind: "done", id: row.id };
    });
  }

  /** Lets something happen to an incident, or says why it may not. */
  async move(id: string, event: IncidentEvent, actor: string): Promise<IncidentMoved> {
    return this.#services.database.orm.transaction(async (transaction): Promise<IncidentMoved> => {
      await transaction.select().from(incidents).where(eq(incidents.id, id)).for("update");
      const state = replay(await readEvents(transaction, id), this.#place);
      const answer = applyIncidentEvent(state, event, this.#place);
      if (answer.kind === "refused") return answer;
      await this.#write(transaction, id, event, actor);
      await transaction
        .update(incidents)
        .set({ status: answer.state.status })
        .where(eq(incidents.id, id));
      return { kind: "done", id };
    });
  }

  /**
   * Tells everybody of whom an affected item is kept, each once, in their language; a sending that was interrupted goes on. In a drill the
   * addressees are counted and nobody is written to.
   */
  async notifyPeople(id: string, notice: IncidentNotice, actor: string): Promise<IncidentMoved> {
    const line = await this.find(id);
    if (line === undefined) return { kind: "refused", because: "not-recorded" };
    const event: IncidentEvent = { kind: "people-notified", atMs: this.#services.now(), notice };
    const allowed = applyIncidentEvent(line.incident, event, this.#place);
    if (allowed.kind === "refused") return allowed;
    const { items, drill } = line.incident;
    let last = "";
    let count = 0;
    for (;;) {
      const { page, next } = await this.#affected(items, last);
      for (const person of addressees(items, page)) {
        count += 1;
        if (!drill) await this.#tell(id, person, notice, line.number);
      }
      if (next === undefined) break;
      last = next;
    }
    await this.#trail.record({
      actor,
      action: "people-told",
      purpose: "keep-records",
      detail: { incident: line.number, people: count, drill },
    });
    return this.move(id, event, actor);
  }

  /** An incident by its id. */
  async find(id: string): Promise<IncidentLine | undefined> {
    if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return undefined;
    const { orm } = this.#services.database;
    const [row] = await orm.select().from(incidents).where(eq(incidents.id, id));
    return row === undefined ? undefined : this.#toLine(row);
  }

  /** How many people an incident with these items concerns: of whom one of them is kept. */
  async count(items: readonly ItemKey[]): Promise<number> {
    const conditions = reach.flatMap(({ name, columns, links, depth }) => {
      const wanted = columns.filter(({ item }) => item !== undefined && items.includes(item));
      const key = links.find((link) => link.kind === "key" && link.source === "users");
      if (wanted.length === 0 || (depth > 0 && key?.kind !== "key")) return [];
      const filled = sql.join(
        wanted.map(({ name: column }) => sql`t.${sql.identifier(column)} IS NOT NULL`),
        sql` OR `,
      );
      if (key?.kind !== "key")
        return [sql`id IN (SELECT t.id FROM ${sql.identifier(name)} AS t WHERE ${filled})`];
      const owner = sql`t.${sql.identifier(key.column)}`;
      return [
        sql`id IN (SELECT ${owner} FROM ${sql.identifier(name)} AS t WHERE ${owner} IS NOT NULL AND (${filled}))`,
      ];
    });
    if (conditions.length === 0) return 0;
    return this.#services.database.orm.$count(users, sql.join(conditions, sql` OR `));
  }

  /** The register, the newest first. */
  async list(): Promise<readonly IncidentLine[]> {
    const rows = await this.#services.database.orm
      .select()
      .from(incidents)
      .orderBy(desc(incidents.awareAt))
      .limit(500);
    const lines: IncidentLine[] = [];
    for (const row of rows) lines.push(await this.#toLine(row));
    return lines;
  }

  /** A page of accounts, each with the items that are kept of it. */
  async #affected(
    items: readonly ItemKey[],
    after: string,
  ): Promise<{ readonly page: readonly Affected[]; readonly next: string | undefined }> {
    const { orm } = this.#services.database;
    const rows = await orm
      .select()
      .from(users)
      .where(gt(users.id, after))
      .orderBy(asc(users.id))
      .limit(PAGE);
    const held = new Map<string, ItemKey[]>(rows.map(({ id }) => [id, []]));
    for (const { name, columns, links, depth } of reach) {
      const key = links.find((link) => link.kind === "key" && link.source === "users");
      const owner = depth === 0 ? "id" : key?.kind === "key" ? key.column : undefined;
      const wanted = columns.filter(({ item }) => item !== undefined && items.includes(item));
      if (owner === undefined || wanted.length === 0 || rows.length === 0) continue;
      const own = sql.identifier(owner);
      const filled = wanted.map(
        ({ name: column }) =>
          sql`bool_or(${sql.identifier(column)} IS NOT NULL) AS ${sql.identifier(column)}`,
      );
      const { rows: found } = await orm.execute<Record<string, unknown>>(
        sql`SELECT ${own} AS owner, ${sql.join(filled, sql`, `)} FROM ${sql.identifier(name)} WHERE ${own} IN (${sql.join(
          rows.map(({ id }) => sql`${id}`),
          sql`, `,
        )}) GROUP BY 1`,
      );
      for (const row of found) {
        const list = held.get(String(row["owner"]));
        for (const { name: column, item } of wanted)
          if (row[column] === true && item !== undefined) list?.push(item);
      }
    }
    return {
      next: rows.length < PAGE ? undefined : rows.at(-1)?.id,
      page: rows.map((row) => ({
        subject: row.id,
        userId: row.id,
        email: row.email,
        language: row.language,
        region: row.companyRegion === null ? "other" : regionOfCountry(row.companyRegion),
        items: held.get(row.id) ?? [],
      })),
    };
  }

  async #tell(id: string, person: Affected, notice: IncidentNotice, number: string): Promise<void> {
    const { orm } = this.#services.database;
    const known = await orm.$count(
      incidentLetters,
      and(eq(incidentLetters.incidentId, id), eq(incidentLetters.userId, person.userId)),
    );
    if (known > 0) return;
    const subject = {
      en: `A security incident concerns you (${number})`,
      zh: `与您有关的安全事件（${number}）`,
    };
    this.#services.mail.send({
      to: person.email,
      subject: subject[person.language],
      text: printIncidentNotice(notice, person.language, false),
    });
    await orm
      .insert(incidentLetters)
      .values({ incidentId: id, userId: person.userId, sentAt: new Date(this.#services.now()) });
  }

  async #write(within: Executor, id: string, event: IncidentEvent, actor: string): Promise<void> {
    await within.insert(incidentEvents).values({ incidentId: id, event });
    await this.#trail.record(
      {
        actor,
        action: "incident-moved",
        purpose: "keep-records",
        detail: { incident: id, event: event.kind },
      },
      within,
    );
  }

  async #toLine(row: typeof incidents.$inferSelect): Promise<IncidentLine> {
    const { orm } = this.#services.database;
    const events = await readEvents(orm, row.id);
    const incident = replay(events, this.#place);
    if (incident === undefined) throw new Error(`Incident ${row.number} has no history.`);
    return {
      id: row.id,
      number: row.number,
      title: row.title,
      incident,
      events,
      clocks: incidentClocks(incident, this.#place, this.#services.now()),
      told: await orm.$count(incidentLetters, eq(incidentLetters.incidentId, row.id)),
    };
  }
}

function replay(events: readonly IncidentEvent[], place: IncidentPlace): Incident | undefined {
  let incident: Incident | undefined;
  for (const event of events) {
    const answer = applyIncidentEvent(incident, event, place);
    if (answer.kind === "refused")
      throw new RangeError(`An incident cannot be ${event.kind} here.`);
    incident = answer.state;
  }
  return incident;
}

async function readEvents(within: Executor, id: string): Promise<readonly IncidentEvent[]> {
  const rows = await within
    .select({ event: incidentEvents.event })
    .from(incidentEvents)
    .where(eq(incidentEvents.incidentId, id))
    .orderBy(asc(incidentEvents.id));
  return rows.map(({ event }) => event);
}
