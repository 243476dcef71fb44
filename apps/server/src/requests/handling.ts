/**
 * How each right is handled from beginning to end: what goes by itself once it is certain who asks, and what an officer does. Every
 * change of a request's state is written together with what it means, in one transaction.
 */
import {
  type Language,
  limits,
  type PurposeKey,
  purposes,
  regionOfCountry,
  type RequestEvent,
  type Right,
} from "@cloud-code/policy";
import { and, eq, isNull } from "drizzle-orm";
import { users, usersClassified } from "../accounts/tables.ts";
import { byService, type AuditTrail } from "../audit/trail.ts";
import type { ConsentLedger } from "../consent/ledger.ts";
import { deleteWithdrawn } from "../consent/withdrawal.ts";
import { readFor } from "../database/reading.ts";
import type { Services } from "../services.ts";
import { makeCopy, type Copy } from "./copy.ts";
import type { Erasure } from "./erasure.ts";
import { type LetterSubject, writeRequestEscalation, writeRequestLetter } from "./letters.ts";
import type { Moved, RequestLine, RequestStore } from "./store.ts";
import { processingLimits } from "./tables.ts";
import type { Webhooks } from "./webhooks.ts";

/** What somebody asks. */
export interface Asking {
  readonly right: Right;
  readonly language: Language;
  readonly text?: string | undefined;
  readonly purposes?: readonly PurposeKey[] | undefined;
}

/** Who is answerable for requests, to be warned before one is late. */
export interface Officer {
  readonly email: string;
  readonly language: Language;
}

/** What handling works with. */
export interface HandlingParts extends Pick<Services, "database" | "now" | "mail" | "config"> {
  readonly store: RequestStore;
  readonly trail: AuditTrail;
  readonly ledger: Pick<ConsentLedger, "pseudonymOf">;
  readonly erasure: Erasure;
  readonly webhooks: Webhooks;
}

/** How often somebody may ask: far more than a person does. */
export const askingLimit = { max: 10, windowMs: 3_600_000 } as const;

/** How long a copy can be fetched after it was asked for. */
const copyDays = 7;

const dayMs = 86_400_000;

/** The purposes a person can object to and have stopped at once: they rest on legitimate interests, and nothing compels us. */
export const objectionable: readonly PurposeKey[] = (Object.keys(purposes) as PurposeKey[]).filter(
  (key) =>
    key === "keep-company-profile" &&
    Object.values(purposes[key].bases).includes("legitimate-interests"),
);

/** Handles requests. */
export class Handling {
  readonly #parts: HandlingParts;

  constructor(parts: HandlingParts) {
    this.#parts = parts;
  }

  /** A signed-in person asks, having shown who they are just now. What can be done by itself is done before this returns. */
  async ask(
    userId: string,
    asking: Asking,
  ): Promise<{ readonly request: RequestLine; readonly secret: string }> {
    const account = await this.#account(userId);
    if (account === undefined) throw new Error("The account of a signed-in person is gone.");
    const pseudonym = await this.#parts.ledger.pseudonymOf(userId);
    const received = await this.#parts.store.receive(
      {
        ...asking,
        userId,
        region: account.region,
        source: "person",
        verified: true,
        receivedMs: this.#parts.now(),
        content: { email: account.email, pseudonym, text: asking.text, purposes: asking.purposes },
      },
      pseudonym,
    );
    this.#send("received", account.email, received.request, received.secret);
    const request = await this.proceed(received.request.id);
    return { request: request ?? received.request, secret: received.secret };
  }

  /**
   * Somebody without a session asks. Whether the address is anybody's is looked up when the answer is on its way, so neither its words
   * nor its time can tell; what follows is a letter, to an address that has an account.
   */
  askLater(email: string, asking: Asking): void {
    this.#parts.mail.sendLater(async () => {
      await this.askUnverified(email, asking, { actor: byService, source: "person" });
      return undefined;
    });
  }

  /**
   * Somebody without a session asks, or an officer writes it down for them. A letter goes to the address we know; nothing happens before
   * its link was used. Undefined, and nothing written, when there is no such account.
   */
  async askUnverified(
    email: string,
    asking: Asking,
    by: {
      readonly actor: string;
      readonly source: "person" | "officer";
      readonly receivedMs?: number;
    },
  ): Promise<RequestLine | undefined> {
    const [row] = await readFor(this.#parts.database, "keep-account", usersClassified, ["id"], {
      where: (table) => eq(table.email, email.trim().toLowerCase()),
    });
    const account = row === undefined ? undefined : await this.#account(row.id);
    if (row === undefined || account === undefined) return undefined;
    const nowMs = this.#parts.now();
    const received = await this.#parts.store.receive(
      {
        ...asking,
        userId: row.id,
        region: account.region,
        source: by.source,
        verified: false,
        receivedMs: by.receivedMs ?? nowMs,
        content: {
          email: account.email,
          pseudonym: await this.#parts.ledger.pseudonymOf(row.id),
          text: asking.text,
          purposes: asking.purposes,
        },
      },
      by.actor,
    );
    const asked = await this.#parts.store.move(
      received.request.id,
      { kind: "identity-asked", atMs: nowMs },
      by.actor,
    );
    this.#send("identity", account.email, received.request, received.secret);
    return asked.kind === "done" ? asked.request : received.request;
  }

  /** The link of the letter was used, so it is certain who asks. */
  async confirmIdentity(secret: string): Promise<Moved> {
    const request = await this.#parts.store.findBySecret(secret);
    if (request === undefined) return { kind: "refused", because: "unknown" };
    const moved = await this.#parts.store.move(
      request.id,
      { kind: "identity-given", atMs: this.#parts.now() },
      this.#parts.store.contentOf(request)?.pseudonym ?? byService,
    );
    if (moved.kind === "refused") return moved;
    const done = await this.proceed(request.id);
    return { kind: "done", request: done ?? moved.request };
  }

  /** A child's data is deleted at once, wherever it is, by an officer's one decision; nobody has to prove anything. [C11] */
  async deleteChild(userId: string, actor: string): Promise<RequestLine | undefined> {
    const account = await this.#account(userId);
    if (account === undefined) return undefined;
    const pseudonym = await this.#parts.ledger.pseudonymOf(userId);
    const { request } = await this.#parts.store.receive(
      {
        userId,
        right: "delete",
        region: account.region,
        language: account.language,
        source: "child",
        verified: true,
        receivedMs: this.#parts.now(),
        content: { email: account.email, pseudonym },
      },
      actor,
    );
    await this.#parts.trail.record({
      actor,
      action: "child-reported",
      subject: pseudonym,
      purpose: "protect-children",
      detail: { request: request.number },
    });
    await this.#parts.erasure.run(request, actor);
    return this.#parts.store.find(request.id);
  }

  /** Does what goes by itself. What needs a person's judgement is left for the officer. */
  async proceed(id: string): Promise<RequestLine | undefined> {
    const request = await this.#parts.store.find(id);
    if (request === undefined || !request.state.verified || request.endedMs !== undefined)
      return request;
    const { userId } = request;
    if (userId === undefined && request.right !== "delete") return request;
    switch (request.right) {
      case "access":
      case "transfer":
        if (userId !== undefined) await this.#answerWithCopy(request, userId);
        break;
      case "restrict":
        if (userId !== undefined) await this.#restrict(request, userId);
        break;
      case "object":
        if (userId !== undefined) await this.#object(request, userId);
        break;
      case "delete":
        await this.#parts.erasure.run(request, this.#actorOf(request));
        break;
      case "correct":
        break;
    }
    return this.#parts.store.find(id);
  }

  /** Makes the copy of a request; undefined when there is none to fetch (any more). */
  async copyOf(request: RequestLine, language: Language): Promise<Copy | undefined> {
    const { right, userId, copyUntilMs } = request;
    if (userId === undefined || copyUntilMs === undefined || this.#parts.now() >= copyUntilMs)
      return undefined;
    if (right !== "access" && right !== "transfer") return undefined;
    const account = await this.#account(userId);
    const copy = await makeCopy(this.#parts.database, userId, right, {
      region: request.state.region,
      country: account?.country,
      language,
      operator: this.#parts.config.operator,
      nowMs: this.#parts.now(),
    });
    const pseudonym = await this.#parts.ledger.pseudonymOf(userId);
    await this.#parts.trail.record({
      actor: pseudonym,
      action: "downloaded",
      subject: pseudonym,
      purpose: "keep-records",
      detail: { request: request.number },
    });
    return copy;
  }

  /** The person calls a request off. */
  async revoke(request: RequestLine): Promise<Moved> {
    const moved = await this.#move(
      request,
      { kind: "revoked", atMs: this.#parts.now() },
      this.#actorOf(request),
    );
    if (moved.kind === "done") await this.#end(moved.request, "revoked");
    return moved;
  }

  /** An officer lets something happen to a request; the person is told where the law wants it. */
  async decide(request: RequestLine, event: RequestEvent, actor: string): Promise<Moved> {
    const moved = await this.#move(request, event, actor, event.kind === "lifted");
    if (moved.kind === "refused") return moved;
    switch (event.kind) {
      case "extended":
      case "identity-asked":
      case "lifting-announced":
      case "lifted":
        await this.#tell(letterFor[event.kind], moved.request);
        if (event.kind === "lifted")
          await this.#parts.webhooks.announce(moved.request, "unrestricted");
        break;
      case "denied":
        await this.#end(moved.request, "denied");
        break;
      case "fulfilled":
        if (request.right === "correct")
          await this.#parts.webhooks.announce(moved.request, "corrected");
        await this.#end(moved.request, "answered");
        break;
      case "expired":
        await this.#parts.store.keep(request.id, undefined);
        break;
      case "received":
      case "identity-given":
      case "begun":
      case "checked":
      case "withheld":
      case "released":
      case "revoked":
        break;
    }
    return moved;
  }

  /** What time itself does: silence that lasted too long, and warnings before something is late. Returns how many it dealt with. */
  async tick(officers: () => Promise<readonly Officer[]>): Promise<number> {
    const nowMs = this.#parts.now();
    let count = 0;
    for (const request of await this.#parts.store.waiting()) {
      const { waitsFor, identityAskedMs } = request.state;
      if (waitsFor !== "need_user_verification" || identityAskedMs === undefined) continue;
      if (nowMs < identityAskedMs + limits.identityWaitDays * dayMs) continue;
      await this.decide(request, { kind: "expired", atMs: nowMs }, byService);
      count += 1;
    }
    const late = await this.#parts.store.takeEscalations();
    if (late.length > 0) {
      for (const { email, language } of await officers()) {
        for (const request of late)
          this.#parts.mail.send(
            writeRequestEscalation(email, request, language, this.#parts.config),
          );
      }
    }
    return count + late.length + (await this.#parts.erasure.resume());
  }

  async #answerWithCopy(request: RequestLine, userId: string): Promise<void> {
    const actor = this.#actorOf(request);
    if (!request.state.begun)
      await this.#move(request, { kind: "begun", atMs: this.#parts.now() }, actor);
    // Made once and thrown away, so that "it is ready" is not said before it can be made.
    await makeCopy(
      this.#parts.database,
      userId,
      request.right === "access" ? "access" : "transfer",
      {
        region: request.state.region,
        country: undefined,
        language: request.language,
        operator: this.#parts.config.operator,
        nowMs: this.#parts.now(),
      },
    );
    await this.#parts.store.offerCopy(request.id, this.#parts.now() + copyDays * dayMs);
    const done = await this.#move(request, { kind: "fulfilled", atMs: this.#parts.now() }, actor);
    if (done.kind === "done") await this.#end(done.request, "answered");
  }

  async #restrict(request: RequestLine, userId: string): Promise<void> {
    const actor = this.#actorOf(request);
    if (!request.state.begun)
      await this.#move(request, { kind: "begun", atMs: this.#parts.now() }, actor);
    await this.#parts.webhooks.announce(request, "restricted");
    const atMs = this.#parts.now();
    const done = await this.#parts.store.move(
      request.id,
      { kind: "fulfilled", atMs },
      actor,
      async (within) => {
        await within
          .insert(processingLimits)
          .values({ userId, purpose: null, since: new Date(atMs) });
        await this.#parts.trail.record(
          {
            actor,
            action: "restricted",
            subject: actor,
            purpose: "keep-records",
            detail: { request: request.number },
          },
          within,
        );
      },
    );
    if (done.kind === "done") await this.#end(done.request, "answered");
  }

  async #object(request: RequestLine, userId: string): Promise<void> {
    const chosen = this.#parts.store.contentOf(request)?.purposes ?? [];
    // What compelling grounds may speak for is an officer's to weigh.
    if (chosen.length === 0 || !chosen.every((purpose) => objectionable.includes(purpose))) return;
    const actor = this.#actorOf(request);
    if (!request.state.begun)
      await this.#move(request, { kind: "begun", atMs: this.#parts.now() }, actor);
    const atMs = this.#parts.now();
    const done = await this.#parts.store.move(
      request.id,
      { kind: "fulfilled", atMs },
      actor,
      async (within) => {
        for (const purpose of chosen) {
          await within.insert(processingLimits).values({ userId, purpose, since: new Date(atMs) });
          await this.#parts.trail.record(
            {
              actor,
              action: "objected",
              subject: actor,
              purpose: "keep-records",
              detail: { request: request.number, to: purpose },
            },
            within,
          );
        }
      },
    );
    for (const purpose of chosen) await deleteWithdrawn(this.#parts, userId, purpose);
    if (done.kind === "done") await this.#end(done.request, "answered");
  }

  async #move(
    request: RequestLine,
    event: RequestEvent,
    actor: string,
    lifts = false,
  ): Promise<Moved> {
    const { userId } = request;
    return this.#parts.store.move(request.id, event, actor, async (within) => {
      if (!lifts || userId === undefined) return;
      await within
        .delete(processingLimits)
        .where(and(eq(processingLimits.userId, userId), isNull(processingLimits.purpose)));
      await this.#parts.trail.record(
        {
          actor,
          action: "unrestricted",
          purpose: "keep-records",
          detail: { request: request.number },
        },
        within,
      );
    });
  }

  /** Tells the person how it ended, then forgets what was only needed on the way. */
  async #end(request: RequestLine, subject: LetterSubject): Promise<void> {
    await this.#tell(subject, request);
    await this.#parts.mail.settled();
    await this.#parts.store.keep(request.id, undefined);
  }

  async #tell(subject: LetterSubject, request: RequestLine): Promise<void> {
    const content = this.#parts.store.contentOf(request);
    const account = request.userId === undefined ? undefined : await this.#account(request.userId);
    const email = content?.email ?? account?.email;
    if (email !== undefined && email !== "") this.#send(subject, email, request, content?.secret);
  }

  #send(subject: LetterSubject, email: string, request: RequestLine, secret?: string): void {
    const { mail, config } = this.#parts;
    mail.send(writeRequestLetter(subject, email, request, config, secret));
  }

  #actorOf(request: RequestLine): string {
    return this.#parts.store.contentOf(request)?.pseudonym ?? byService;
  }

  async #account(userId: string) {
    const columns = ["email", "companyRegion"] as const;
    const [row] = await readFor(this.#parts.database, "keep-account", usersClassified, columns, {
      where: (table) => eq(table.id, userId),
    });
    if (row === undefined) return undefined;
    const [preference] = await this.#parts.database.orm
      .select({ language: users.language })
      .from(users)
      .where(eq(users.id, userId));
    const country = row.companyRegion ?? undefined;
    return {
      email: row.email,
      country,
      region: country === undefined ? undefined : regionOfCountry(country),
      language: preference?.language ?? "en",
    };
  }
}

const letterFor = {
  extended: "extended",
  "identity-asked": "identity",
  "lifting-announced": "lifting",
  lifted: "lifted",
} as const satisfies Partial<Record<RequestEvent["kind"], LetterSubject>>;
