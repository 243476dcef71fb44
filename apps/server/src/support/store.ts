import { createHash, randomBytes } from "node:crypto";
import type { Language } from "@cloud-code/policy";
import { answerDeadline } from "@cloud-code/policy";
import { and, asc, desc, eq, isNull, lte } from "drizzle-orm";
import { NoticeShown } from "../notices/gate.tsx";
import type { Services } from "../services.ts";
import { ticketMessages, tickets } from "./tables.ts";

/** What a ticket is about; decides nothing but who looks first. */
type TicketKind = (typeof tickets.$inferSelect)["kind"];

/** The kinds, in the order they are offered. */
export const ticketKinds = tickets.kind.enumValues;

/** A ticket as it is shown. */
export interface Ticket {
  readonly id: string;
  readonly number: string;
  readonly userId: string | undefined;
  readonly name: string | undefined;
  readonly email: string | undefined;
  readonly kind: TicketKind;
  readonly language: Language;
  readonly receivedMs: number;
  readonly dueMs: number;
  readonly escalatedMs: number | undefined;
  readonly answeredMs: number | undefined;
  readonly closedMs: number | undefined;
}

/** One message of a ticket. */
export interface TicketMessage {
  readonly author: "person" | "service";
  readonly body: string;
  readonly writtenMs: number;
}

/** What somebody sends to open a ticket. */
export interface NewTicket {
  readonly userId: string | undefined;
  readonly name: string | undefined;
  readonly email: string | undefined;
  readonly kind: TicketKind;
  readonly language: Language;
  readonly body: string;
}

/** Tickets in the database. */
export class TicketStore {
  readonly #services: Pick<Services, "database" | "now">;

  constructor(services: Pick<Services, "database" | "now">) {
    this.#services = services;
  }

  /** Opens a ticket. The secret is given out once, here, and stored as its hash. */
  async open(
    ticket: NewTicket,
    shown: NoticeShown,
  ): Promise<{ readonly ticket: Ticket; readonly secret: string }> {
    if (!NoticeShown.is(shown))
      throw new TypeError("A ticket needs the proof that the notice was shown.");
    const { orm } = this.#services.database;
    const nowMs = this.#services.now();
    const { dueMs, escalateMs } = answerDeadline(nowMs);
    const secret = randomBytes(32).toString("base64url");
    const { body, ...columns } = ticket;
    const row = await orm.transaction(async (transaction) => {
      const [inserted] = await transaction
        .insert(tickets)
        .values({
          ...columns,
          number: newNumber(),
          secretHash: hashOf(secret),
          noticeId: shown.noticeId,
          receivedAt: new Date(nowMs),
          dueAt: new Date(dueMs),
          escalateAt: new Date(escalateMs),
        })
        .returning();
      if (inserted === undefined) throw new Error("A ticket that was just written is gone.");
      await transaction
        .insert(ticketMessages)
        .values({ ticketId: inserted.id, author: "person", body, writtenAt: new Date(nowMs) });
      return inserted;
    });
    return { ticket: toTicket(row), secret };
  }

  /** The ticket of a private address; undefined for a secret that opens none. */
  async findBySecret(secret: string): Promise<Ticket | undefined> {
    return this.#find(eq(tickets.secretHash, hashOf(secret)));
  }

  /** A ticket by its id, for the desk, and for its owner with `userId`. */
  async find(id: string, userId?: string): Promise<Ticket | undefined> {
    if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return undefined;
    return this.#find(
      userId === undefined
        ? eq(tickets.id, id)
        : and(eq(tickets.id, id), eq(tickets.userId, userId)),
    );
  }

  /** The tickets of a person, newest first. */
  async ofPerson(userId: string): Promise<readonly Ticket[]> {
    const rows = await this.#services.database.orm
      .select()
      .from(tickets)
      .where(eq(tickets.userId, userId))
      .orderBy(desc(tickets.receivedAt));
    return rows.map(toTicket);
  }

  /** What still waits for an answer, the most urgent first. */
  async waiting(): Promise<readonly Ticket[]> {
    const rows = await this.#services.database.orm
      .select()
      .from(tickets)
      .where(and(isNull(tickets.answeredAt), isNull(tickets.closedAt)))
      .orderBy(asc(tickets.dueAt));
    return rows.map(toTicket);
  }

  /** How many wait past their date. */
  async countLate(): Promise<number> {
    const nowMs = this.#services.now();
    return (await this.waiting()).filter(({ dueMs }) => dueMs < nowMs).length;
  }

  /** The conversation of a ticket, oldest first. */
  async messages(ticketId: string): Promise<readonly TicketMessage[]> {
    const rows = await this.#services.database.orm
      .select()
      .from(ticketMessages)
      .where(eq(ticketMessages.ticketId, ticketId))
      .orderBy(asc(ticketMessages.writtenAt));
    return rows.map(({ author, body, writtenAt }) => ({
      author,
      body,
      writtenMs: writtenAt.getTime(),
    }));
  }

  /** Adds an answer; the clock stops. */
  async answer(ticketId: string, body: string): Promise<void> {
    const at = new Date(this.#services.now());
    await this.#services.database.orm.transaction(async (transaction) => {
      await transaction
        .insert(ticketMessages)
        .values({ ticketId, author: "service", body, writtenAt: at });
      await transaction.update(tickets).set({ answeredAt: at }).where(eq(tickets.id, ticketId));
    });
  }

  /** Adds a message of the person. After an answer it is a new question, with a clock of its own. */
  async ask(ticket: Ticket, body: string, shown: NoticeShown): Promise<void> {
    if (!NoticeShown.is(shown))
      throw new TypeError("A message needs the proof that the notice was shown.");
    const nowMs = this.#services.now();
    const { dueMs, escalateMs } = answerDeadline(nowMs);
    await this.#services.database.orm.transaction(async (transaction) => {
      await transaction
        .insert(ticketMessages)
        .values({ ticketId: ticket.id, author: "person", body, writtenAt: new Date(nowMs) });
      if (ticket.answeredMs === undefined) return;
      await transaction
        .update(tickets)
        .set({
          answeredAt: null,
          closedAt: null,
          escalatedAt: null,
          dueAt: new Date(dueMs),
          escalateAt: new Date(escalateMs),
        })
        .where(eq(tickets.id, ticket.id));
    });
  }

  /** Marks the matter as done; from now the period runs after which it is deleted. */
  async close(ticketId: string): Promise<void> {
    await this.#services.database.orm
      .update(tickets)
      .set({ closedAt: new Date(this.#services.now()) })
      .where(and(eq(tickets.id, ticketId), isNull(tickets.closedAt)));
  }

  /** Deletes a ticket with all its messages: somebody else wrote it in the reader's name, or it tells of a child. */
  async remove(ticketId: string): Promise<void> {
    await this.#services.database.orm.delete(tickets).where(eq(tickets.id, ticketId));
  }

  /** Takes the unanswered tickets whose time for an alarm has come; each is taken once. */
  async takeEscalations(): Promise<readonly Ticket[]> {
    const now = new Date(this.#services.now());
    const rows = await this.#services.database.orm
      .update(tickets)
      .set({ escalatedAt: now })
      .where(
        and(
          isNull(tickets.answeredAt),
          isNull(tickets.closedAt),
          isNull(tickets.escalatedAt),
          lte(tickets.escalateAt, now),
        ),
      )
      .returning();
    return rows.map(toTicket);
  }

  async #find(condition: ReturnType<typeof and>): Promise<Ticket | undefined> {
    const [row] = await this.#services.database.orm
      .select()
      .from(tickets)
      .where(condition)
      .limit(1);
    return row === undefined ? undefined : toTicket(row);
  }
}

function toTicket(row: typeof tickets.$inferSelect): Ticket {
  return {
    id: row.id,
    number: row.number,
    userId: row.userId ?? undefined,
    name: row.name ?? undefined,
    email: row.email ?? undefined,
    kind: row.kind,
    language: row.language,
    receivedMs: row.receivedAt.getTime(),
    dueMs: row.dueAt.getTime(),
    escalatedMs: row.escalatedAt?.getTime(),
    answeredMs: row.answeredAt?.getTime(),
    closedMs: row.closedAt?.getTime(),
  };
}

function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Six characters that cannot be mistaken for each other when read aloud: 30 bits, and the column refuses a second one. */
function newNumber(): string {
  const letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
  return `Q-${[...randomBytes(6)].map((byte) => letters[byte % 32]).join("")}`;
}
