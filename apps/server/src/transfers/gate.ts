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
  regionOfCountry,
  type TransferCounters,
  type TransferPermit,
  type TransferRefusal,
  type TransferTarget,
} from "@cloud-code/policy";
import { and, desc, eq, gte, isNotNull, sql } from "drizzle-orm";
import { users } from "../accounts/tables.ts";
import { byService, type AuditTrail } from "../audit/trail.ts";
import { consentSubjects } from "../consent/tables.ts";
import { letterItems, TransferRefused } from "../mail/mail.ts";
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
  /** Their country, where it is known. */
  readonly fromCountry?: string | undefined;
  /** When the person said yes to this recipient, where that is the mechanism. */
  readonly consentedMs?: number | undefined;
}

/** Something that may send what was granted, for a minute, to the recipient's origin and nowhere else. */
interface OutgoingClient {
  readonly permit: TransferPermit;
  /** `items` are the ones in the body. Throws `PolicyError` for what the permit does not cover. */
  readonly send: (path: string, items: readonly ItemKey[], init: RequestInit) => Promise<Response>;
}

/** Leave to hand something over, with the place it is for. */
export type HandOverPermit =
  | { readonly kind: "granted"; readonly permit: TransferPermit; readonly to: Target }
  | { readonly kind: "refused"; readonly because: TransferRefusal | "target-unknown" };

/** Where a recipient is. */
interface Target extends TransferTarget {
  readonly origin: string;
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
  readonly #services: Pick<Services, "database" | "now" | "config">;
  readonly #trail: AuditTrail;
  readonly #send: Send;

  constructor(
    services: Pick<Services, "database" | "now" | "config">,
    trail: AuditTrail,
    send: Send,
  ) {
    this.#services = services;
    this.#trail = trail;
    this.#send = send;
  }

  /** Says where a recipient really is. */
  async place(
    recipient: RecipientKey,
    country: string,
    origin: string,
    actor: string = byService,
  ): Promise<void> {
    // Of smtp: and the like `URL.origin` says nothing; and a password in an address is nobody's business.
    const { protocol, host } = new URL(origin);
    const values = { recipient, country, origin: `${protocol}//${host}` };
    const known = (await this.targets()).find((each) => each.recipient === recipient);
    if (known?.country === country && known.origin === values.origin) return;
    await this.#services.database.orm
      .insert(transferTargets)
      .values(values)
      .onConflictDoUpdate({ target: transferTargets.recipient, set: values });
    await this.#noteArranged(actor, { recipient, country });
  }

  /** Adds a mechanism that was agreed with a recipient. */
  async agree(
    recipient: RecipientKey,
    mechanism: Extract<Mechanism, { kind: "clauses" | "security-assessment" }>,
    actor: string = byService,
  ): Promise<void> {
    await this.#services.database.orm.insert(transferMechanisms).values({
      recipient,
      kind: mechanism.kind,
      reference: mechanism.reference,
      assessment: mechanism.kind === "clauses" ? mechanism.assessment : "",
      signedAt: new Date(mechanism.signedMs),
      endsAt: mechanism.endsMs === undefined ? null : new Date(mechanism.endsMs),
    });
    await this.#noteArranged(actor, { recipient, mechanism: mechanism.kind });
  }

  /** Asks for a client. Nothing leaves without one, or without a permit. */
  async open(wanted: HandOver): Promise<HandOverAnswer> {
    const answer = await this.permit(wanted);
    if (answer.kind === "refused") return answer;
    const { permit, to } = answer;
    return {
      kind: "granted",
      client: {
        permit,
        send: async (path, sent, init) => {
          assertTransferPermit(permit, { items: sent, to, nowMs: this.#services.now() });
          const url = new URL(path, to.origin);
          if (url.origin !== to.origin) throw new TypeError(`${path} leaves ${to.origin}.`);
          // A redirect is another place, which would need a permit of its own.
          return this.#send(url.href, { ...init, redirect: "error" });
        },
      },
    };
  }

  /** Asks for leave to send a letter. Throws `TransferRefused`. Whoever has not said where they are is taken to be where the operator is. */
  async permitLetter(address: string): Promise<Extract<HandOverPermit, { kind: "granted" }>> {
    const [reader] = await this.#services.database.orm
      .select({ country: users.companyRegion, subject: consentSubjects.pseudonym })
      .from(users)
      .leftJoin(consentSubjects, eq(consentSubjects.userId, users.id))
      .where(eq(users.email, address.toLowerCase()));
    const country = reader?.country ?? this.#services.config.operator.country;
    const answer = await this.permit({
      recipient: "mail-service",
      items: letterItems,
      purpose: "service-mail",
      subject: reader?.subject ?? "nobody",
      from: country === undefined ? undefined : regionOfCountry(country),
      fromCountry: country,
    });
    if (answer.kind === "refused") throw new TransferRefused(answer.because);
    return answer;
  }

  /** Asks for leave. What crosses a border, and what is refused, is written into the register. */
  async permit(wanted: HandOver): Promise<HandOverPermit> {
    const { orm } = this.#services.database;
    const nowMs = this.#services.now();
    const { recipient, items, purpose, subject, from, fromCountry } = wanted;
    const [target] = await orm
      .select()
      .from(transferTargets)
      .where(eq(transferTargets.recipient, recipient));
    if (target === undefined) return { kind: "refused", because: "target-unknown" };
    const { country, origin } = target;
    const to = { recipient, country, origin };
    const crosses =
      fromCountry !== country &&
      (from === undefined || from === "other" || regionOfCountry(country) !== from);
    const decision = decideTransfer({
      items,
      purpose,
      from,
      fromCountry,
      to,
      mechanisms: crosses ? await this.#mechanisms(wanted) : [],
      counters: crosses ? await this.#countersWith(wanted) : { people: 0, sensitivePeople: 0 },
      nowMs,
    });
    if (crosses || decision.kind === "refused")
      await orm.transaction(async (transaction) => {
        await transaction.insert(transfers).values({
          at: new Date(nowMs),
          subject,
          fromRegion: from ?? null,
          recipient,
          country,
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
            detail: { recipient, country },
          },
          transaction,
        );
      });
    return decision.kind === "refused"
      ? decision
      : { kind: "granted", permit: decision.permit, to };
  }

  /** Where the recipients are. */
  async targets(): Promise<readonly (typeof transferTargets.$inferSelect)[]> {
    return this.#services.database.orm
      .select()
      .from(transferTargets)
      .orderBy(transferTargets.recipient);
  }

  /** What was agreed, the newest first. */
  async agreements(): Promise<readonly (typeof transferMechanisms.$inferSelect)[]> {
    return this.#services.database.orm
      .select()
      .from(transferMechanisms)
      .orderBy(desc(transferMechanisms.signedAt));
  }

  /** The register of what crossed a border or was refused, the newest first. */
  async register(limit: number): Promise<readonly (typeof transfers.$inferSelect)[]> {
    return this.#services.database.orm
      .select()
      .from(transfers)
      .orderBy(desc(transfers.id))
      .limit(limit);
  }

  /** The register of disclosures, the newest first. */
  async disclosed(limit: number): Promise<readonly (typeof disclosures.$inferSelect)[]> {
    return this.#services.database.orm
      .select()
      .from(disclosures)
      .orderBy(desc(disclosures.id))
      .limit(limit);
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

  async #noteArranged(actor: string, detail: Readonly<Record<string, string>>): Promise<void> {
    await this.#trail.record({
      actor,
      action: "transfer-arranged",
      purpose: "keep-records",
      detail,
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
