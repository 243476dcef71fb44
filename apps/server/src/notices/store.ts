import type { ChangeKind, Change, Facts, Language, Notice, ProductKey } from "@cloud-code/policy";
import { and, asc, eq, sql } from "drizzle-orm";
import type { Database } from "../database/database.ts";
import { noticesShown, noticeVersions } from "./tables.ts";

/** What the store needs. */
interface NoticePorts {
  readonly database: Database;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A release of a notice as it was published. */
export interface PublishedNotice {
  readonly id: string;
  readonly product: ProductKey;
  readonly version: number;
  readonly revision: number;
  readonly hash: string;
  readonly texts: Readonly<Record<Language, Notice>>;
  readonly facts: Facts;
  /** What the change from the release before asked for. */
  readonly kind: ChangeKind;
  readonly changes: readonly Change[];
  readonly publishedMs: number;
  readonly effectiveMs: number;
}

/** Reads releases and who was shown which. */
export class NoticeStore {
  readonly #services: NoticePorts;
  #known: { readonly atMs: number; readonly all: readonly PublishedNotice[] } | undefined;

  readonly #shownTo: ReturnType<typeof prepareShownTo>;

  constructor(services: NoticePorts) {
    this.#services = services;
    this.#shownTo = prepareShownTo(services.database);
  }

  /**
   * Every release, oldest first. Remembered for half a minute, because every page asks and another process may publish; `fresh`
   * reads again.
   */
  async all(fresh = false): Promise<readonly PublishedNotice[]> {
    const { database, now } = this.#services;
    if (fresh || this.#known === undefined || Math.abs(now() - this.#known.atMs) > 30_000) {
      const rows = await database.orm
        .select()
        .from(noticeVersions)
        .orderBy(asc(noticeVersions.publishedAt), asc(noticeVersions.id));
      const all = rows.map(({ publishedAt, effectiveAt, ...row }) => ({
        ...row,
        publishedMs: publishedAt.getTime(),
        effectiveMs: effectiveAt.getTime(),
      }));
      this.#known = { atMs: now(), all };
    }
    return this.#known.all;
  }

  /** The release of a product that is in effect; undefined only before the first was published. */
  async current(product: ProductKey): Promise<PublishedNotice | undefined> {
    const nowMs = this.#services.now();
    const all = await this.all();
    return all.findLast((notice) => notice.product === product && notice.effectiveMs <= nowMs);
  }

  /** Releases that were announced and are not yet in effect, oldest first. */
  async upcoming(): Promise<readonly PublishedNotice[]> {
    const nowMs = this.#services.now();
    return (await this.all()).filter(({ effectiveMs }) => effectiveMs > nowMs);
  }

  async find(id: string): Promise<PublishedNotice | undefined> {
    return (await this.all()).find((notice) => notice.id === id);
  }

  /** The release before one, of the same product. */
  async before(notice: PublishedNotice): Promise<PublishedNotice | undefined> {
    const same = (await this.all()).filter(({ product }) => product === notice.product);
    return same[same.findIndex(({ id }) => id === notice.id) - 1];
  }

  /** Adds a release. */
  async add(notice: PublishedNotice): Promise<void> {
    const { publishedMs, effectiveMs, ...row } = notice;
    await this.#services.database.orm.insert(noticeVersions).values({
      ...row,
      publishedAt: new Date(publishedMs),
      effectiveAt: new Date(effectiveMs),
    });
    this.#known = undefined;
  }

  /** Notes that a person was shown a release; a second time is not noted. */
  async addShown(userId: string, noticeId: string, screen: string, atMs: number): Promise<void> {
    const { orm } = this.#services.database;
    const seen = await orm
      .select({ id: noticesShown.id })
      .from(noticesShown)
      .where(and(eq(noticesShown.userId, userId), eq(noticesShown.noticeId, noticeId)))
      .limit(1);
    if (seen.length > 0) return;
    await orm.insert(noticesShown).values({ userId, noticeId, screen, shownAt: new Date(atMs) });
  }

  /** Whether a person was shown one of these releases. */
  async wasShown(userId: string, noticeIds: readonly string[]): Promise<boolean> {
    if (noticeIds.length === 0) return false;
    const seen = await this.#shownTo.execute({ userId, noticeIds });
    return seen.length > 0;
  }
}

/** Every page of an account asks it, so the text is made once. */
function prepareShownTo({ orm }: Database) {
  return orm
    .select({ id: noticesShown.id })
    .from(noticesShown)
    .where(
      and(
        eq(noticesShown.userId, sql.placeholder("userId")),
        sql`${noticesShown.noticeId} = ANY(${sql.placeholder("noticeIds")})`,
      ),
    )
    .limit(1)
    .prepare("notice_shown_to");
}
