import { sql } from "drizzle-orm";
import { describeError } from "../log.ts";
import type { Services } from "../services.ts";
import { pageCounts } from "./tables.ts";

/**
 * Counts page views as totals per page and day. No cookie, no address, no fingerprint: two views are two, whoever made them. Counts
 * wait in memory for a few seconds, so that a page costs no write; a crash loses those seconds, which is no harm to a total.
 */
export class VisitCounter {
  readonly #services: Pick<Services, "database" | "now" | "log">;
  readonly #waiting = new Map<string, { day: string; page: string; views: number }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(services: Pick<Services, "database" | "now" | "log">) {
    this.#services = services;
  }

  /** Counts one view of a page, named by the pattern of its route. */
  count(page: string): void {
    const day = new Date(this.#services.now()).toISOString().slice(0, 10);
    const key = `${day} ${page}`;
    const row = this.#waiting.get(key);
    if (row === undefined) this.#waiting.set(key, { day, page, views: 1 });
    else row.views++;
    this.#timer ??= setTimeout(() => {
      this.flush().catch((error: unknown) => {
        // Statistics never take the site down; the next page starts anew.
        this.#services.log.write({ event: "failed", route: "visits", ...describeError(error) });
      });
    }, 5_000).unref();
  }

  /** Writes what waits. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const rows = [...this.#waiting.values()];
    this.#waiting.clear();
    if (rows.length === 0) return;
    await this.#services.database.orm
      .insert(pageCounts)
      .values(rows)
      .onConflictDoUpdate({
        target: [pageCounts.day, pageCounts.page],
        set: { views: sql`${pageCounts.views} + excluded.views` },
      });
  }

  /** All views of the last days, newest day first. */
  async lastDays(
    days: number,
  ): Promise<readonly { readonly day: string; readonly views: number }[]> {
    await this.flush();
    return this.#services.database.orm
      .select({ day: pageCounts.day, views: sql<number>`sum(${pageCounts.views})::int` })
      .from(pageCounts)
      .groupBy(pageCounts.day)
      .orderBy(sql`${pageCounts.day} desc`)
      .limit(days);
  }
}
