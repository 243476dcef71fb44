import { randomUUID } from "node:crypto";
import type { PurposeKey } from "@cloud-code/policy";
import { asc, desc, eq, type SQL, sql } from "drizzle-orm";
import { ChainGaps } from "../audit/gaps.ts";
import { NoticeShown } from "../notices/shown.ts";
import type { NoticeStore, PublishedNotice } from "../notices/store.ts";
import type { Services } from "../services.ts";
import type { AskedAnswer, ChainCheck, ChainedEntry, ConsentEntry } from "./chain.ts";
import { chain, chainStart, verifyChain } from "./chain.ts";
import { consentEvents, consentSubjects } from "./tables.ts";

/** What a person answered to one question, before it has its place in the ledger. */
export type NewAnswer = AskedAnswer &
  (
    | { readonly answer: "given"; readonly shown: NoticeShown }
    /** A no needs no notice. */
    | { readonly answer: "refused" | "withdrawn" }
  );

/** How a purpose stands for a person. */
export type Standing =
  | { readonly kind: "unasked" }
  | { readonly kind: "given"; readonly entry: ConsentEntry }
  | { readonly kind: "refused" | "withdrawn"; readonly entry: ConsentEntry }
  /** A yes to something else: the notice changed in what the yes was given for. It counts as no yes. */
  | { readonly kind: "outgrown"; readonly entry: ConsentEntry; readonly by: PublishedNotice };

// Any number that only we use: one transaction at a time writes the chain.
const LEDGER_LOCK = 7_305_812;

/** The ledger of consents. */
export class ConsentLedger {
  readonly #services: Pick<Services, "database" | "now">;
  readonly #notices: NoticeStore;
  readonly #gaps: ChainGaps;

  constructor(services: Pick<Services, "database" | "now" | "config">, notices: NoticeStore) {
    this.#services = services;
    this.#notices = notices;
    this.#gaps = new ChainGaps(services, "consent_events", LEDGER_LOCK);
  }

  /** The pseudonym of a person, made when it is first needed. */
  async pseudonymOf(userId: string): Promise<string> {
    const known = await this.#findPseudonym(userId);
    if (known !== undefined) return known;
    await this.#services.database.orm
      .insert(consentSubjects)
      .values({ userId, pseudonym: randomUUID() })
      .onConflictDoNothing();
    const made = await this.#findPseudonym(userId);
    if (made === undefined) throw new Error("A pseudonym that was just written is gone.");
    return made;
  }

  async #findPseudonym(userId: string): Promise<string | undefined> {
    const [row] = await this.#services.database.orm
      .select({ pseudonym: consentSubjects.pseudonym })
      .from(consentSubjects)
      .where(eq(consentSubjects.userId, userId));
    return row?.pseudonym;
  }

  /** Adds an answer. A yes comes with the proof that the notice was shown; a literal in its place is refused. */
  async record(pseudonym: string, answer: NewAnswer): Promise<ChainedEntry> {
    if (answer.answer === "given" && !NoticeShown.is(answer.shown)) {
      throw new TypeError("A yes is recorded only with the proof that the notice was shown.");
    }
    const current = await this.#notices.current("service");
    const noticeId = answer.answer === "given" ? answer.shown.noticeId : (current?.id ?? "");
    const { purpose, kind, question, language, screen, signal } = answer;
    const atMs = this.#services.now();
    return this.#services.database.orm.transaction(async (transaction) => {
      await transaction.execute(sql`SELECT pg_advisory_xact_lock(${LEDGER_LOCK})`);
      const [last] = await transaction
        .select({ number: consentEvents.number, hash: consentEvents.hash })
        .from(consentEvents)
        .orderBy(desc(consentEvents.number))
        .limit(1);
      const gap = await this.#gaps.end(transaction);
      const before =
        gap !== undefined && gap.last > (last?.number ?? 0)
          ? { number: gap.last, hash: gap.hash }
          : (last ?? { number: 0, hash: chainStart });
      const entry = chain(before.hash, {
        number: before.number + 1,
        pseudonym,
        purpose,
        answer: answer.answer,
        kind,
        noticeId,
        question,
        language,
        screen,
        signal,
        atMs,
      });
      const { atMs: at, ...columns } = entry;
      await transaction.insert(consentEvents).values({ ...columns, at: new Date(at) });
      return entry;
    });
  }

  /** Every answer of a person, oldest first. */
  async history(pseudonym: string): Promise<readonly ChainedEntry[]> {
    const rows = await this.#services.database.orm
      .select()
      .from(consentEvents)
      .where(eq(consentEvents.pseudonym, pseudonym))
      .orderBy(asc(consentEvents.number));
    return rows.map(toEntry);
  }

  /** How a purpose stands. The last answer counts, unless the notice has outgrown it. */
  async standing(history: readonly ConsentEntry[], purpose: PurposeKey): Promise<Standing> {
    const entry = history.findLast((answer) => answer.purpose === purpose);
    if (entry === undefined) return { kind: "unasked" };
    if (entry.answer !== "given") return { kind: entry.answer, entry };
    const by = await this.#outgrownBy(entry);
    return by === undefined ? { kind: "given", entry } : { kind: "outgrown", entry, by };
  }

  /** The purposes of a list to which the person's yes counts now. */
  async given(userId: string, among: readonly PurposeKey[]): Promise<readonly PurposeKey[]> {
    // Nobody is given a pseudonym by being asked about, least of all somebody who was erased.
    const pseudonym = await this.#findPseudonym(userId);
    if (pseudonym === undefined) return [];
    const history = await this.history(pseudonym);
    const given: PurposeKey[] = [];
    for (const purpose of among)
      if ((await this.standing(history, purpose)).kind === "given") given.push(purpose);
    return given;
  }

  /** Whether a person's yes to a purpose counts now. What uses data on the ground of a consent asks this first, every time. */
  async allows(userId: string, purpose: PurposeKey): Promise<boolean> {
    return (await this.given(userId, [purpose])).length === 1;
  }

  /** Walks the whole ledger and names the first row that was tampered with. */
  async verify(): Promise<ChainCheck> {
    const rows = await this.#services.database.orm
      .select()
      .from(consentEvents)
      .orderBy(asc(consentEvents.number));
    return verifyChain(rows.map(toEntry), undefined, await this.#gaps.read());
  }

  /** Deletes the rows for which a condition over `t` holds; the chain goes on over signed notes. Returns how many rows went. */
  async expire(condition: SQL): Promise<number> {
    return this.#gaps.expire(condition);
  }

  async #outgrownBy(entry: ConsentEntry): Promise<PublishedNotice | undefined> {
    const nowMs = this.#services.now();
    const releases = (await this.#notices.all()).filter(({ product }) => product === "service");
    const given = releases.findIndex(({ id }) => id === entry.noticeId);
    return releases
      .slice(given + 1)
      .find(
        ({ effectiveMs, changes }) =>
          effectiveMs <= nowMs &&
          changes.some(
            ({ kind, purposes }) => kind === "ask-again" && purposes.includes(entry.purpose),
          ),
      );
  }
}

function toEntry({ at, ...row }: typeof consentEvents.$inferSelect): ChainedEntry {
  return { ...row, atMs: at.getTime() };
}
