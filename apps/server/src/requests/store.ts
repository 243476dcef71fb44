/** Requests in the database. Every change goes through the state machine; state and events are written together. */
import { createHash, randomBytes } from "node:crypto";
import {
  applyRequestEvent,
  type ClockPlace,
  isEnded,
  type Language,
  type PurposeKey,
  type Region,
  replayRequest,
  requestDeadline,
  type RequestEvent,
  type Right,
  type RightsRequest,
} from "@cloud-code/policy";
import { and, asc, desc, eq, isNotNull, isNull, lte } from "drizzle-orm";
import type { AuditTrail, Executor } from "../audit/trail.ts";

import type { Services } from "../services.ts";
import type { RequestProblem } from "./errors.ts";
import { createSeal, type Seal } from "./seal.ts";
import type { Trace } from "./search.ts";
import { requestEvents, rightsRequests } from "./tables.ts";

/** What is kept of a request while it runs and forgotten when it ends. */
export interface SealedContent {
  /** Where letters about the request go. */
  readonly email: string;
  /** The secret of the page's address, for the letters that carry it. */
  readonly secret?: string | undefined;
  /** The purposes objected to. */
  readonly purposes?: readonly PurposeKey[] | undefined;
  /** What is to be corrected, or why; in the person's words. */
  readonly text?: string | undefined;
  /** What an erasure searches for afterwards. */
  readonly traces?: readonly Trace[] | undefined;
  /** The pseudonym, for the trail. */
  readonly pseudonym: string;
}

/** A request as it is shown. */
export interface RequestLine {
  readonly id: string;
  readonly number: string;
  readonly userId: string | undefined;
  readonly source: "person" | "officer" | "child";
  readonly language: Language;
  readonly right: Right;
  readonly state: RightsRequest;
  readonly events: readonly RequestEvent[];
  readonly dueMs: number;
  readonly endedMs: number | undefined;
  readonly copyUntilMs: number | undefined;
  readonly sealed: string | undefined;
}

/** A new request. */
export interface NewRequest {
  readonly userId: string;
  readonly right: Right;
  readonly region: Region | undefined;
  readonly language: Language;
  readonly source: "person" | "officer" | "child";
  /** Whether it is certain already who asks. */
  readonly verified: boolean;
  readonly receivedMs: number;
  readonly content: SealedContent;
}

/** What came of a change. */
export type Moved =
  | { readonly kind: "done"; readonly request: RequestLine }
  | { readonly kind: "refused"; readonly because: RequestProblem };

const WARN_MS = 7 * 86_400_000;

/** Requests and what happened to them. */
export class RequestStore {
  readonly #services: Pick<Services, "database" | "now">;
  readonly #trail: AuditTrail;
  readonly #place: ClockPlace;
  /** Opens what is kept of a running request. */
  readonly seal: Seal;

  constructor(
    services: Pick<Services, "database" | "now" | "config">,
    trail: AuditTrail,
    place: ClockPlace,
  ) {
    this.#services = services;
    this.#trail = trail;
    this.#place = place;
    this.seal = createSeal(services.config.secret, "requests");
  }

  /** Writes a request down. The secret opens its page and is given out once, here. */
  async receive(
    request: NewRequest,
    actor: string,
  ): Promise<{ readonly request: RequestLine; readonly secret: string }> {
    const secret = randomBytes(32).toString("base64url");
    const event: RequestEvent = {
      kind: "received",
      atMs: request.receivedMs,
      right: request.right,
      region: request.region,
      verified: request.verified,
    };
    const state = replayRequest([event], this.#place);
    if (state === undefined) throw new Error("A request that was just received is none.");
    const dueMs = requestDeadline(state, this.#place, this.#services.now())?.dueMs ?? 0;
    const row = await this.#services.database.orm.transaction(async (transaction) => {
      const [inserted] = await transaction
        .insert(rightsRequests)
        .values({
          number: newNumber("R"),
          userId: request.userId,
          right: request.right,
          region: request.region ?? null,
          language: request.language,
          source: request.source,
          secretHash: hashSecret(secret),
          sealed: this.seal.close({ ...request.content, secret }),
          status: state.status,
          receivedAt: new Date(request.receivedMs),
          dueAt: new Date(dueMs),
        })
        .returning();
      if (inserted === undefined) throw new Error("A request that was just written is gone.");
      await transaction.insert(requestEvents).values({ requestId: inserted.id, event });
      await this.#trail.record(
        {
          actor,
          action: "request-received",
          subject: request.content.pseudonym,
          purpose: "keep-records",
          detail: { request: inserted.number, right: request.right },
        },
        transaction,
      );
      return inserted;
    });
    return { request: this.#toLine(row, [event]), secret };
  }

  /**
   * Lets something happen to a request, or says why it may not. `also` runs in the same transaction, so what it does and what is written
   * about it cannot part.
   */
  async move(
    id: string,
    event: RequestEvent,
    actor: string,
    also?: (within: Executor) => Promise<void>,
  ): Promise<Moved> {
    return this.#services.database.orm.transaction(async (transaction): Promise<Moved> => {
      const [row] = await transaction
        .select()
        .from(rightsRequests)
        .where(eq(rightsRequests.id, id))
        .for("update");
      if (row === undefined) return { kind: "refused", because: "unknown" };
      const events = await readEvents(transaction, id);
      const answer = applyRequestEvent(replayRequest(events, this.#place), event, this.#place);
      if (answer.kind === "refused") return answer;
      const { state } = answer;
      await transaction.insert(requestEvents).values({ requestId: id, event });
      const ended = isEnded(state);
      const dueMs = requestDeadline(state, this.#place, this.#services.now())?.dueMs;
      const [updated] = await transaction
        .update(rightsRequests)
        .set({
          status: state.status,
          ...(dueMs === undefined ? {} : { dueAt: new Date(dueMs) }),
          ...(ended && row.endedAt === null ? { endedAt: new Date(event.atMs) } : {}),
        })
        .where(eq(rightsRequests.id, id))
        .returning();
      await also?.(transaction);
      const content =
        row.sealed === null ? undefined : (this.seal.open(row.sealed) as SealedContent);
      await this.#trail.record(
        {
          actor,
          action: "request-moved",
          subject: content?.pseudonym,
          purpose: "keep-records",
          detail: { request: row.number, event: event.kind },
        },
        transaction,
      );
      return { kind: "done", request: this.#toLine(updated ?? row, [...events, event]) };
    });
  }

  /** What is kept of a running request; undefined once it was forgotten. */
  contentOf(request: Pick<RequestLine, "sealed">): SealedContent | undefined {
    return request.sealed === undefined
      ? undefined
      : (this.seal.open(request.sealed) as SealedContent);
  }

  /** Changes what is kept of a running request; undefined forgets it. */
  async keep(id: string, content: SealedContent | undefined, within?: Executor): Promise<void> {
    await (within ?? this.#services.database.orm)
      .update(rightsRequests)
      .set({ sealed: content === undefined ? null : this.seal.close(content) })
      .where(eq(rightsRequests.id, id));
  }

  /** Lets a copy be fetched until a moment. */
  async offerCopy(id: string, untilMs: number): Promise<void> {
    await this.#services.database.orm
      .update(rightsRequests)
      .set({ copyUntil: new Date(untilMs) })
      .where(eq(rightsRequests.id, id));
  }

  /** A request by its id. */
  async find(id: string): Promise<RequestLine | undefined> {
    if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return undefined;
    return this.#one(eq(rightsRequests.id, id));
  }

  /** The request of a private address; undefined for a secret that opens none. */
  async findBySecret(secret: string): Promise<RequestLine | undefined> {
    return this.#one(eq(rightsRequests.secretHash, hashSecret(secret)));
  }

  /** The requests of a person, newest first. */
  async ofPerson(userId: string): Promise<readonly RequestLine[]> {
    return this.#many(eq(rightsRequests.userId, userId), "newest");
  }

  /** What has not ended, the most urgent first. */
  async waiting(): Promise<readonly RequestLine[]> {
    return this.#many(isNull(rightsRequests.endedAt), "urgent");
  }

  /** Erasures that have ended and of which something is still kept sealed: a hold keeps a part, or the last step was cut off. */
  async unforgotten(): Promise<readonly RequestLine[]> {
    return this.#many(
      and(
        eq(rightsRequests.right, "delete"),
        eq(rightsRequests.status, "fulfilled"),
        isNotNull(rightsRequests.sealed),
      ),
      "urgent",
    );
  }

  /** The latest requests, ended ones included. */
  async newest(): Promise<readonly RequestLine[]> {
    return this.#many(undefined, "newest");
  }

  /** Takes the requests that are due within a week and were not escalated; each is taken once. */
  async takeEscalations(): Promise<readonly RequestLine[]> {
    const nowMs = this.#services.now();
    const rows = await this.#services.database.orm
      .update(rightsRequests)
      .set({ escalatedAt: new Date(nowMs) })
      .where(
        and(
          isNull(rightsRequests.endedAt),
          isNull(rightsRequests.escalatedAt),
          lte(rightsRequests.dueAt, new Date(nowMs + WARN_MS)),
        ),
      )
      .returning();
    return Promise.all(rows.map(async (row) => this.#toLine(row, await this.#events(row.id))));
  }

  async #events(id: string): Promise<readonly RequestEvent[]> {
    return readEvents(this.#services.database.orm, id);
  }

  async #one(condition: ReturnType<typeof and>): Promise<RequestLine | undefined> {
    const { orm } = this.#services.database;
    const [row] = await orm.select().from(rightsRequests).where(condition).limit(1);
    return row === undefined ? undefined : this.#toLine(row, await this.#events(row.id));
  }

  async #many(
    condition: ReturnType<typeof and>,
    order: "newest" | "urgent",
  ): Promise<readonly RequestLine[]> {
    const rows = await this.#services.database.orm
      .select()
      .from(rightsRequests)
      .where(condition)
      .orderBy(order === "newest" ? desc(rightsRequests.receivedAt) : asc(rightsRequests.dueAt))
      .limit(500);
    const lines: RequestLine[] = [];
    for (const row of rows) lines.push(this.#toLine(row, await this.#events(row.id)));
    return lines;
  }

  #toLine(row: typeof rightsRequests.$inferSelect, events: readonly RequestEvent[]): RequestLine {
    const state = replayRequest(events, this.#place);
    if (state === undefined) throw new Error(`Request ${row.number} has no history.`);
    const { id, number, language, right, source } = row;
    return {
      id,
      number,
      language,
      right,
      source,
      userId: row.userId ?? undefined,
      state,
      events,
      dueMs:
        requestDeadline(state, this.#place, this.#services.now())?.dueMs ?? row.dueAt.getTime(),
      endedMs: row.endedAt?.getTime(),
      copyUntilMs: row.copyUntil?.getTime(),
      sealed: row.sealed ?? undefined,
    };
  }
}

/** Six characters that cannot be mistaken for each other when read aloud, behind a letter for the kind of case. */
export function newNumber(kind: string): string {
  const letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
  return `${kind}-${[...randomBytes(6)].map((byte) => letters[byte % 32]).join("")}`;
}

/** What is stored in place of the secret of a private address. */
function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

async function readEvents(within: Executor, id: string): Promise<readonly RequestEvent[]> {
  const rows = await within
    .select({ event: requestEvents.event })
    .from(requestEvents)
    .where(eq(requestEvents.requestId, id))
    .orderBy(asc(requestEvents.id));
  return rows.map(({ event }) => event);
}
