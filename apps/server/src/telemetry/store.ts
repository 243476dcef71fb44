import type { CounterKey } from "@cloud-code/policy";
import { counters } from "@cloud-code/policy";
import { asc, sql } from "drizzle-orm";
import type { Services } from "../services.ts";
import { usageWeeks } from "./tables.ts";

/** The numbers of a report or of a week. */
export type Counts = Readonly<Record<CounterKey, number>>;

/** A report as the receiver has checked it. */
export interface UsageReport {
  /** An ISO 8601 week, `2026-W47`. */
  readonly week: string;
  readonly counts: Counts;
}

/** A week as it may be shown: of fewer than `minGroup` reports not even their number is told. */
export type UsageWeek =
  | {
      readonly kind: "shown";
      readonly week: string;
      readonly reports: number;
      readonly counts: Counts;
    }
  | { readonly kind: "too-few"; readonly week: string };

/** Fewer reports are not shown together: their sum would tell about single people. */
export const minGroup = 10;

const maxReportsPerWeek = 10_000_000;
const counterKeys = Object.keys(counters) as readonly CounterKey[];

/**
 * The sums of the weekly reports. It fits the receiver of `@cloud-code/telemetry` as its store, which has checked format, consent and
 * week before.
 */
export class UsageStore {
  readonly #database: Services["database"];

  constructor({ database }: Pick<Services, "database">) {
    this.#database = database;
  }

  /** Adds a report to the sums of its week. Resolves once that is safe; `false`: the week takes no more. */
  async add({ week, counts }: UsageReport): Promise<boolean> {
    const sums = Object.fromEntries(
      counterKeys.map((key) => [key, sql`${usageWeeks[key]} + ${counts[key]}`]),
    );
    const added = await this.#database.orm
      .insert(usageWeeks)
      .values({ week, reports: 1, ...counts })
      .onConflictDoUpdate({
        target: usageWeeks.week,
        set: { ...sums, reports: sql`${usageWeeks.reports} + 1` },
        setWhere: sql`${usageWeeks.reports} < ${maxReportsPerWeek}`,
      })
      .returning({ week: usageWeeks.week });
    return added.length > 0;
  }

  /** Every week, oldest first, small groups hidden. */
  async weeks(): Promise<readonly UsageWeek[]> {
    const rows = await this.#database.orm.select().from(usageWeeks).orderBy(asc(usageWeeks.week));
    return rows.map(({ week, reports, ...counts }) =>
      reports < minGroup ? { kind: "too-few", week } : { kind: "shown", week, reports, counts },
    );
  }
}
