/**
 * The way out to another country. Whoever wants to hand data to a recipient asks here; the answer is a client that can send exactly what
 * was granted, or a refusal. Both are written into the register, and China's counters run over the register of the year.
 */
import {
  assertTransferPermit,
  chinaFill,
  chinaTier,
  type ChinaTier,
  decideTransfer,
  isSensitive,
  type ItemKey,
  type Mechanism,
  type PurposeKey,
  type RecipientKey,
  type Region,
  type TransferCounters,
  type TransferPermit,
  type TransferRefusal,
} from "@cloud-code/policy";
import { and, eq, gte, isNotNull, sql } from "drizzle-orm";
import { byService, type AuditTrail } from "../audit/trail.ts";
import type { Services } from "../services.ts";
import { disclosures, transferMechanisms, transfers, transferTargets } from "./tables.ts";

/** Sends bytes to an origin; the platform's `fetch` fits. */
export type Send = (url: string, init: RequestInit) => Promise<Response>;

/** What somebody wants to hand over. */
export interface HandOver {
  readonly recipient: RecipientKey;
  readonly items: readonly ItemKey[];
  readonly purpose: PurposeKey;
  /** The person's pseudonym and where they are. */
  readonly subject: string;
  readonly from: Region | undefined;
  /** When the person said yes to this recipient, where that is the mechanism. */
  readonly consentedMs?: number | undefined;
}

/** Something that may send what was granted, for a minute, to the recipient's origin and nowhere else. */
interface OutgoingClient {
  readonly permit: TransferPermit;
  /** `items` are the ones in the body. Throws `PolicyError` for what the permit does not cover. */
  readonly send: (path: string, items: readonly ItemKey[], init: RequestInit) => Promise<Response>;
}

/** The answer. */
export type HandOverAnswer =
  | { readonly kind: "granted"; readonly client: OutgoingClient }
  | { readonly kind: "refused"; readonly because: TransferRefusal | "target-unknown" };

/** How China's counters stand this year. */
export interface ChinaStanding extends TransferCounters {
  readonly tier: ChinaTier;
  /** How full the tier is, 0 to 1. */
  readonly fill: number;
  /** From four fifths on, somebody should act. */
  readonly warning: boolean;
}

const WARN_FILL = 0.8;

/** The gate, and the register behind it. */
export class TransferGate {
  readonly #services: Pick<Services, "database" | "now">;
  readonly #trail: AuditTrail;
  readonly #send: Send;

  constructor(services: Pick<Services, "database" | "now">, trail: AuditTrail, send: Send) {
    this.#services = services;
    this.#trail = trail;
    this.#send = send;
  }

  /** Says where a recipient really is. */
  async place(recipient: RecipientKey, country: string, origin: string): Promise<void> {
    const values = { recipient, country, origin: new URL(origin).origin };
    await this.#services.database.orm
      .insert(transferTargets)
      .values(values)
      .onConflictDoUpdate({ target: transferTargets.recipient, set: values });
  }

  /** Adds a mechanism that was agreed with a recipient. */
  async agree(
    recipient: RecipientKey,
    mechanism: Extract<Mechanism, { kind: "clauses" | "security-assessment" }>,
  ): Promise<void> {
    await this.#services.database.orm.insert(transferMechanisms).values({
      recipient,
      kind: mechanism.kind,
      reference: mechanism.reference,
      assessment: mechanism.kind === "clauses" ? mechanism.assessment : "",
      signedAt: new Date(mechanism.signedMs),
      endsAt: mechanism.endsMs === undefined ? null : new Date(mechanism.endsMs),
    });
  }

  /** Asks for a client. Nothing leaves without one. */
  async open(wanted: HandOver): Promise<HandOverAnswer> {
    const { orm } = this.#services.database;
    const nowMs = this.#services.now();
    const { recipient, items, purpose, subject, from } = wanted;
    const [target] = await orm
      .select()
      .from(transferTargets)
      .where(eq(transferTargets.recipient, recipient));
    if (target === undefined) return { kind: "refused", because: "target-unknown" };
    const to = { recipient, country: target.country };
    const decision = decideTransfer({
      items,
      purpose,
      from,
      to,
      mechanisms: await this.#mechanisms(wanted),
      counters: await this.#countersWith(wanted),
      nowMs,
    });
    await orm.transaction(async (transaction) => {
      await transaction.insert(transfers).values({
        at: new Date(nowMs),
        subject,
        fromRegion: from ?? null,
        recipient,
        country: target.country,
        items: [...items],
        ground: decision.kind === "granted" ? decision.permit.ground : null,
        refusal: decision.kind === "refused" ? decision.because : null,
      });
      await this.#trail.record(
        {
          actor: byService,
          action: decision.kind === "granted" ? "transfer-granted" : "transfer-refused",
          subject,
          purpose: "keep-records",
          detail: { recipient, country: target.country },
        },
        transaction,
      );
    });
    if (decision.kind === "refused") return decision;
    const { permit } = decision;
    return {
      kind: "granted",
      client: {
        permit,
        send: async (path, sent, init) => {
          assertTransferPermit(permit, { items: sent, to, nowMs: this.#services.now() });
          const url = new URL(path, target.origin);
          if (url.origin !== target.origin) throw new TypeError(`${path} leaves ${target.origin}.`);
          // A redirect is another place, which would need a permit of its own.
          return this.#send(url.href, { ...init, redirect: "error" });
        },
      },
    };
  }

  /** How many people's data went from China abroad this year, and what that asks for. */
  async china(): Promise<ChinaStanding> {
    const counters = await this.#counters();
    const fill = chinaFill(counters);
    return { ...counters, tier: chinaTier(counters), fill, warning: fill >= WARN_FILL };
  }

  /** Notes that data was given to somebody outside in a declared circumstance; the person is told, or it says why not. */
  async disclose(
    disclosure: {
      readonly recipient: RecipientKey;
      readonly subject: string | undefined;
      readonly items: readonly ItemKey[];
      readonly reference: string;
      readonly told: { readonly atMs: number } | { readonly because: string };
    },
    actor: string,
  ): Promise<void> {
    const { recipient, subject, items, reference, told } = disclosure;
    if (reference.trim() === "")
      throw new TypeError("A disclosure names the demand or contract it rests on.");
    await this.#services.database.orm.transaction(async (transaction) => {
      await transaction.insert(disclosures).values({
        at: new Date(this.#services.now()),
        recipient,
        subject: subject ?? null,
        items: [...items],
        reference,
        toldAt: "atMs" in told ? new Date(told.atMs) : null,
        untold: "because" in told ? told.because : null,
      });
      await this.#trail.record(
        { actor, action: "disclosed", subject, purpose: "keep-records", detail: { recipient } },
        transaction,
      );
    });
  }

  async #mechanisms({ recipient, consentedMs }: HandOver): Promise<readonly Mechanism[]> {
    const rows = await this.#services.database.orm
      .select()
      .from(transferMechanisms)
      .where(eq(transferMechanisms.recipient, recipient));
    const agreed = rows.map(({ kind, reference, assessment, signedAt, endsAt }): Mechanism => {
      const signedMs = signedAt.getTime();
      return kind === "clauses"
        ? { kind, reference, assessment, signedMs, endsMs: endsAt?.getTime() }
        : { kind, reference, signedMs, endsMs: endsAt?.getTime() ?? signedMs };
    });
    return consentedMs === undefined
      ? agreed
      : [...agreed, { kind: "separate-consent", recipient, atMs: consentedMs }];
  }

  /** The counters as they would be with this person, who counts once a year. */
  async #countersWith({ subject, items }: HandOver): Promise<TransferCounters> {
    const counters = await this.#counters();
    const own = await this.#counters(subject);
    const sensitive = isSensitive(items) && own.sensitivePeople === 0;
    return {
      people: counters.people + (own.people === 0 ? 1 : 0),
      sensitivePeople: counters.sensitivePeople + (sensitive ? 1 : 0),
    };
  }

  async #counters(subject?: string): Promise<TransferCounters> {
    const year = new Date(Date.UTC(new Date(this.#services.now()).getUTCFullYear(), 0, 1));
    const rows = await this.#services.database.orm
      .select({ items: transfers.items, people: sql<string>`count(DISTINCT ${transfers.subject})` })
      .from(transfers)
      .where(
        and(
          eq(transfers.fromRegion, "cn"),
          sql`${transfers.country} <> 'CN'`,
          gte(transfers.at, year),
          isNotNull(transfers.ground),
          subject === undefined ? undefined : eq(transfers.subject, subject),
        ),
      )
      .groupBy(transfers.items);
    // Groups of items may share people; adding them counts too many rather than too few.
    return {
      people: rows.reduce((sum, { people }) => sum + Number(people), 0),
      sensitivePeople: rows.reduce(
        (sum, { items, people }) => sum + (isSensitive(items as ItemKey[]) ? Number(people) : 0),
        0,
      ),
    };
  }
}
