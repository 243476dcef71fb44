/**
 * Erases a person, step by step. Every step can be repeated without harm and is marked when it is done, so a process that dies at any
 * point is followed by one that goes on; the rows themselves go in one transaction. "Done" is said after a search found nothing.
 *
 * The steps: freeze (nobody signs in, nothing new arises) · plan (what there is, counted) · recipients (who has to be told) · tombstone
 * (so that a restored backup erases again) · erase · withhold (what a hold keeps is told) · files · check · receipt.
 */
import {
  findAuthorities,
  type ItemKey,
  type Language,
  type PurposeKey,
  type Region,
  type Text,
} from "@cloud-code/policy";
import { and, eq, sql } from "drizzle-orm";
import { sessions, users } from "../accounts/tables.ts";
import { byService, type AuditTrail, type Executor } from "../audit/trail.ts";
import type { ConsentLedger } from "../consent/ledger.ts";
import type { Services } from "../services.ts";
import type { RequestProblem } from "./errors.ts";
import { writeRequestLetter } from "./letters.ts";
import { findRows, reach } from "./reach.ts";
import { type Counts, eraseRows, findKept, nothingKept } from "./rows.ts";
import {
  deleteFiles,
  inlineBlocks,
  searchDatabase,
  searchFiles,
  type Leftover,
  type Searched,
  type Trace,
} from "./search.ts";
import type { RequestLine, RequestStore, SealedContent } from "./store.ts";
import { requestSteps } from "./tables.ts";
import type { Tombstones } from "./tombstones.ts";
import type { Webhooks } from "./webhooks.ts";

/** What an erasure would do or did. */
export interface ErasurePlan {
  /** Rows that are deleted, by table; for one that only loses its link to the person, too. */
  readonly counts: Counts;
  /** Items that may not be erased now, because a hold keeps them. */
  readonly held: readonly ItemKey[];
}

/** What came of an erasure. */
export type ErasureOutcome =
  | { readonly kind: "done"; readonly counts: Counts }
  /** Everything is erased, and a search that takes longer than somebody waits is left to the next `resume`. */
  | { readonly kind: "checking" }
  /** Something is left; the request stays open, and the next run searches again. */
  | { readonly kind: "left"; readonly leftovers: readonly Leftover[] }
  | { readonly kind: "not-begun"; readonly because: RequestProblem };

/** What an erasure works with. */
export interface ErasureParts extends Pick<Services, "database" | "now" | "mail" | "config"> {
  readonly store: RequestStore;
  readonly trail: AuditTrail;
  readonly ledger: Pick<ConsentLedger, "history" | "record">;
  readonly tombstones: Tombstones;
  readonly webhooks: Webhooks;
  /** Folders in which files of the service are. */
  readonly folders: readonly string[];
  /** Called at every point at which a process could die; for tests that let it. */
  readonly onPoint?: ((point: string) => void) | undefined;
  /** A table without an index that is larger, in blocks of the database, is not searched while somebody waits. */
  readonly inlineBlocks?: number | undefined;
}

/** How far an erasure that was begun has come, for the person who waits for it. */
export type ErasureProgress = "erasing" | "checking" | "left";

const stepNames = [
  "freeze",
  "plan",
  "recipients",
  "tombstone",
  "erase",
  "withhold",
  "files",
  "check",
  "receipt",
] as const;

type StepName = (typeof stepNames)[number];

/** The points of an erasure at which a test can stop it, in order. */
export const erasurePoints: readonly string[] = [
  ...stepNames.flatMap((name) => [`${name}:before`, `${name}:after`]),
  "erase:half",
];

/** Erases people. */
export class Erasure {
  readonly #parts: ErasureParts;
  /** The requests at which this process works now: a page and the job of the minute must not take the same steps side by side. */
  readonly #underway = new Set<string>();

  constructor(parts: ErasureParts) {
    this.#parts = parts;
  }

  /** Counts what an erasure would do, and changes nothing. */
  async plan(userId: string): Promise<ErasurePlan> {
    const { orm } = this.#parts.database;
    const counts: Record<string, number> = {};
    for (const { name, erasing } of reach) {
      if (erasing === "keep") continue;
      const { rows } = await orm.execute<{ count: string }>(
        sql`SELECT count(*) AS count FROM ${sql.identifier(name)} WHERE ${findRows(reach, name, userId, { alone: true })}`,
      );
      const count = Number(rows[0]?.count ?? 0);
      if (count > 0) counts[name] = count;
    }
    const { items, tables: kept } = await findKept(this.#parts.database.orm, userId);
    return {
      counts: Object.fromEntries(Object.entries(counts).filter(([name]) => !kept.has(name))),
      held: items,
    };
  }

  /** Begins an erasure whose request may begin, or goes on with one that was interrupted. */
  async run(request: RequestLine, actor: string): Promise<ErasureOutcome> {
    const { store, now } = this.#parts;
    if (!request.state.begun) {
      const begun = await store.move(request.id, { kind: "begun", atMs: now() }, actor);
      if (begun.kind === "refused") return { kind: "not-begun", because: begun.because };
    }
    return this.#continue(request.id, this.#parts.inlineBlocks ?? inlineBlocks);
  }

  /** How far an erasure has come; undefined when it was not begun or is done. */
  async progress(request: RequestLine): Promise<ErasureProgress | undefined> {
    if (request.right !== "delete" || !request.state.begun || request.endedMs !== undefined)
      return undefined;
    if (request.events.some((event) => event.kind === "checked" && event.found > 0)) return "left";
    return (await this.#doneStep(request.id, "files")) === undefined ? "erasing" : "checking";
  }

  /** Goes on with every erasure that was begun and not finished: after a crash, or when something was left. */
  async resume(): Promise<number> {
    let finished = 0;
    for (const request of await this.#parts.store.waiting()) {
      if (request.right !== "delete" || !request.state.begun) continue;
      const outcome = await this.#continue(request.id, Number.POSITIVE_INFINITY);
      if (outcome.kind === "done") finished += 1;
    }
    for (const request of await this.#parts.store.unforgotten())
      if (await this.#release(request)) finished += 1;
    return finished;
  }

  /** Erases again who is back from a backup. */
  async replayTombstones(): Promise<number> {
    const { tombstones, database, trail } = this.#parts;
    const returned = await tombstones.findReturned();
    for (const userId of returned) {
      const { traces } = await this.#tracesOf(userId);
      await database.orm.transaction(async (transaction) => {
        await eraseRows(transaction, userId, nothingKept);
        await trail.record(
          { actor: byService, action: "tombstone-replayed", purpose: "keep-records" },
          transaction,
        );
      });
      await deleteFiles(this.#parts.folders, traces);
    }
    await tombstones.settle();
    return returned.length;
  }

  async #continue(id: string, largestBlocks: number): Promise<ErasureOutcome> {
    if (this.#underway.has(id)) return { kind: "checking" };
    this.#underway.add(id);
    try {
      return await this.#takeSteps(id, largestBlocks);
    } finally {
      this.#underway.delete(id);
    }
  }

  async #takeSteps(id: string, largestBlocks: number): Promise<ErasureOutcome> {
    for (const name of stepNames) {
      if ((await this.#doneStep(id, name)) !== undefined) continue;
      this.#point(`${name}:before`);
      const request = await this.#parts.store.find(id);
      if (request === undefined) return { kind: "not-begun", because: "unknown" };
      if (name === "check") {
        const searched = await this.#check(request, largestBlocks);
        if (searched.kind === "postponed") return { kind: "checking" };
        const { leftovers } = searched;
        if (leftovers.length > 0) return { kind: "left", leftovers };
      } else await this.#steps[name](request);
      this.#point(`${name}:after`);
    }
    return { kind: "done", counts: (await this.#doneStep(id, "erase")) ?? {} };
  }

  readonly #steps: Readonly<
    Record<Exclude<StepName, "check">, (request: RequestLine) => Promise<void>>
  > = {
    freeze: async (request) => {
      const { id, userId } = request;
      if (userId === undefined) return;
      await this.#withdrawAll(this.#content(request).pseudonym);
      await this.#parts.database.orm.transaction(async (transaction) => {
        await transaction
          .update(users)
          .set({ disabledAt: new Date(this.#parts.now()) })
          .where(eq(users.id, userId));
        const { rowCount } = await transaction.delete(sessions).where(eq(sessions.userId, userId));
        await this.#mark(transaction, id, "freeze", { sessions: rowCount ?? 0 });
      });
    },
    plan: async (request) => {
      const { id, userId } = request;
      if (userId === undefined) return;
      const { counts } = await this.plan(userId);
      const { traces, email } = await this.#tracesOf(userId);
      const content = this.#parts.store.contentOf(request);
      await this.#parts.database.orm.transaction(async (transaction) => {
        await this.#parts.store.keep(
          id,
          { ...(content ?? { pseudonym: "" }), email: content?.email ?? email, traces },
          transaction,
        );
        await this.#mark(transaction, id, "plan", counts);
      });
    },
    recipients: async (request) => {
      const count = await this.#parts.webhooks.announce(request, "erased");
      await this.#mark(this.#parts.database.orm, request.id, "recipients", { deliveries: count });
    },
    tombstone: async ({ id, userId }) => {
      // A restored backup must not erase what a hold keeps; its mark is set when it goes.
      if (
        userId !== undefined &&
        (await findKept(this.#parts.database.orm, userId)).items.length === 0
      )
        await this.#parts.tombstones.add(userId);
      await this.#mark(this.#parts.database.orm, id, "tombstone", {});
    },
    erase: async (request) => {
      const { id, userId } = request;
      const kept =
        userId === undefined ? nothingKept : await findKept(this.#parts.database.orm, userId);
      await this.#parts.database.orm.transaction(async (transaction) => {
        const counts =
          userId === undefined
            ? {}
            : await eraseRows(transaction, userId, kept, () => this.#point("erase:half"));
        // What stays of an account is nobody's way in.
        if (userId !== undefined && kept.items.length > 0)
          await transaction
            .update(users)
            .set({ disabledAt: new Date(this.#parts.now()) })
            .where(eq(users.id, userId));
        await this.#mark(transaction, id, "erase", counts);
        await this.#parts.trail.record(
          {
            actor: byService,
            action: "erased",
            subject: this.#content(request).pseudonym,
            purpose: "keep-records",
            detail: { request: request.number, ...counts },
          },
          transaction,
        );
      });
    },
    withhold: async (request) => {
      const { id, userId, language, state } = request;
      const { items } =
        userId === undefined ? nothingKept : await findKept(this.#parts.database.orm, userId);
      const mark = async (transaction: Executor): Promise<void> =>
        this.#mark(transaction, id, "withhold", {});
      if (items.length === 0) return mark(this.#parts.database.orm);
      const remedies = remediesFor(state.region, language);
      const moved = await this.#parts.store.move(
        id,
        {
          kind: "withheld",
          atMs: this.#parts.now(),
          items,
          explanation: withheldBecause[language],
          ...remedies,
        },
        byService,
        mark,
      );
      if (moved.kind === "refused")
        throw new Error(`What a hold keeps cannot be noted: ${moved.because}.`);
    },
    files: async (request) => {
      const traces = this.#content(request).traces ?? [];
      // The letter that the request has come in may still be on its way into the folder.
      await this.#parts.mail.settled();
      const count = await deleteFiles(this.#parts.folders, traces);
      await this.#mark(this.#parts.database.orm, request.id, "files", { files: count });
    },
    receipt: async (request) => {
      const { store, mail, config, database, now } = this.#parts;
      if (request.state.status === "in_progress") {
        const done = await store.move(request.id, { kind: "fulfilled", atMs: now() }, byService);
        if (done.kind === "refused") throw new Error(`The erasure cannot end: ${done.because}.`);
      }
      const content = store.contentOf(request);
      const partly = request.state.withheld.length > 0;
      if (content !== undefined) {
        // Sent before it is forgotten: a crash in between sends the letter twice, and not never.
        const subject = partly ? "partly" : "erased";
        mail.send(writeRequestLetter(subject, content.email, request, config, content.secret));
        await mail.settled();
      }
      await database.orm.transaction(async (transaction) => {
        // What names the person is needed again when the hold ends.
        if (!partly) await store.keep(request.id, undefined, transaction);
        await this.#mark(transaction, request.id, "receipt", {});
      });
    },
  };

  async #check(request: RequestLine, largestBlocks: number): Promise<Searched> {
    const { database, store, folders, now } = this.#parts;
    const traces = this.#content(request).traces ?? [];
    const [erased] = await database.orm
      .select({ doneAt: requestSteps.doneAt })
      .from(requestSteps)
      .where(and(eq(requestSteps.requestId, request.id), eq(requestSteps.step, "erase")));
    const kept =
      request.userId === undefined ? nothingKept : await findKept(database.orm, request.userId);
    // A hold that ended since the rows were erased keeps nothing any more.
    if (request.userId !== undefined && kept.items.length === 0) {
      const { userId } = request;
      await database.orm.transaction(async (transaction) => {
        await eraseRows(transaction, userId, nothingKept);
      });
    }
    // A file that came to be after the files were deleted, a letter that was under way, goes before the next search.
    if (request.events.some(({ kind }) => kind === "checked")) await deleteFiles(folders, traces);
    const since = erased?.doneAt ?? new Date(now());
    const searched = await searchDatabase(database, traces, { since, largestBlocks });
    if (searched.kind === "postponed") return searched;
    const leftovers = [
      ...searched.leftovers.filter(({ where }) => !kept.tables.has(where)),
      ...(await searchFiles(folders, traces)),
    ];
    const found = leftovers.reduce((sum, { count }) => sum + count, 0);
    const last = request.events.at(-1);
    // The job of the minute searches again and again; the history says so when something is new.
    if (found > 0 && last?.kind === "checked" && last.found === found)
      return { kind: "searched", leftovers };
    const checked = await store.move(
      request.id,
      { kind: "checked", atMs: now(), found },
      byService,
      async (transaction) => {
        if (found === 0) await this.#mark(transaction, request.id, "check", {});
      },
    );
    if (checked.kind === "refused")
      throw new Error(`The erasure cannot be checked: ${checked.because}.`);
    return { kind: "searched", leftovers };
  }

  /** Whoever goes takes back what they allowed; from here the time runs for which the proof of it is kept. */
  async #withdrawAll(pseudonym: string): Promise<void> {
    const last = new Map(
      (await this.#parts.ledger.history(pseudonym)).map((entry) => [entry.purpose, entry]),
    );
    for (const { answer, purpose, kind, question, language } of last.values()) {
      if (answer !== "given") continue;
      await this.#parts.ledger.record(pseudonym, {
        answer: "withdrawn",
        purpose: purpose as PurposeKey,
        kind,
        question,
        language,
        screen: "account-closed",
        signal: false,
      });
    }
  }

  /** Erases what a hold kept, once no hold does any more. Whether it is done; until then it is tried again. */
  async #release(request: RequestLine): Promise<boolean> {
    const { id, userId, state } = request;
    const { store, database, tombstones, trail, folders, mail, config, now } = this.#parts;
    // Stopped between its end and its receipt.
    if (state.withheld.length === 0)
      return (await this.#continue(id, Number.POSITIVE_INFINITY)).kind === "done";
    const { pseudonym, traces = [], email, secret } = this.#content(request);
    if (userId !== undefined) {
      if ((await findKept(this.#parts.database.orm, userId)).items.length > 0) return false;
      await tombstones.add(userId);
      await database.orm.transaction(async (transaction) => {
        const counts = await eraseRows(transaction, userId, nothingKept);
        const detail = { request: request.number, ...counts };
        await trail.record(
          {
            actor: byService,
            action: "erased",
            subject: pseudonym,
            purpose: "keep-records",
            detail,
          },
          transaction,
        );
      });
    }
    await deleteFiles(folders, traces);
    const since = new Date(now());
    const searched = await searchDatabase(database, traces, {
      since,
      largestBlocks: Number.POSITIVE_INFINITY,
    });
    if (searched.kind === "postponed" || searched.leftovers.length > 0) return false;
    if ((await searchFiles(folders, traces)).length > 0) return false;
    const moved = await store.move(id, { kind: "released", atMs: now() }, byService);
    if (moved.kind === "refused") throw new Error(`The rest cannot end: ${moved.because}.`);
    mail.send(writeRequestLetter("erased", email, request, config, secret));
    await mail.settled();
    await store.keep(id, undefined);
    return true;
  }

  /** What names a person: searched for afterwards, whatever row or file it may hide in. */
  async #tracesOf(
    userId: string,
  ): Promise<{ readonly traces: readonly Trace[]; readonly email: string }> {
    const [row] = await this.#parts.database.orm.select().from(users).where(eq(users.id, userId));
    if (row === undefined) return { traces: [], email: "" };
    const traces: readonly Trace[] = [
      { value: userId, match: "anywhere" },
      { value: row.email, match: "word" },
      ...(row.phone === null || row.phone.length < 5
        ? []
        : [{ value: row.phone, match: "word" } as const]),
      ...[...new Set([row.username, row.displayUsername.toLowerCase()])].map(
        (value) => ({ value, match: "name" }) as const,
      ),
    ];
    return { traces, email: row.email };
  }

  #content(request: RequestLine): SealedContent {
    const content = this.#parts.store.contentOf(request);
    if (content === undefined)
      throw new Error(`Request ${request.number} was forgotten before it was done.`);
    return content;
  }

  async #doneStep(id: string, step: StepName): Promise<Counts | undefined> {
    const [row] = await this.#parts.database.orm
      .select({ counts: requestSteps.counts })
      .from(requestSteps)
      .where(and(eq(requestSteps.requestId, id), eq(requestSteps.step, step)));
    return row?.counts;
  }

  async #mark(within: Executor, requestId: string, step: StepName, counts: Counts): Promise<void> {
    await within
      .insert(requestSteps)
      .values({ requestId, step, counts, doneAt: new Date(this.#parts.now()) })
      .onConflictDoNothing();
  }

  #point(name: string): void {
    this.#parts.onPoint?.(name);
  }
}

const withheldBecause: Text = {
  en: "A legal claim or procedure needs this part. It is kept for that alone, and erased when it is over.",
  zh: "该部分因法律诉求或程序需要而保留，仅用于此目的，结束后即予删除。",
};

/** Whom the person can turn to when they do not get all of what they asked for. */
function remediesFor(
  region: Region | undefined,
  language: Language,
): { readonly authority: string; readonly court: string } {
  const place = { eu: "", uk: "GB", cn: "CN", us: "US-CA", other: "" }[region ?? "other"];
  const found = findAuthorities(place).map(({ name, web }) => `${name}, ${web}`);
  const look = {
    en: "your authority, found under /privacy/authorities",
    zh: "您的主管机关，见 /privacy/authorities",
  };
  const court = { en: "the courts of the place where you live", zh: "您居住地的法院" };
  return {
    authority: found.length === 0 ? look[language] : found.join("; "),
    court: court[language],
  };
}
