/** What an erasure does to rows: which a hold keeps, and what becomes of the others. */
import { isHeld, type ItemKey } from "@cloud-code/policy";
import { eq, type SQL, sql } from "drizzle-orm";
import { getTableConfig } from "drizzle-orm/pg-core";
import type { Executor } from "../audit/trail.ts";
import { consentSubjects } from "../consent/tables.ts";
import { legalHolds } from "../retention/tables.ts";
import { findRows, reach, type Reached, sourceOf } from "./reach.ts";

/** Rows by table. */
export type Counts = Readonly<Record<string, number>>;

/** What a hold keeps of a person. Everything else of theirs is erased. */
export interface Kept {
  readonly items: readonly ItemKey[];
  /** Tables whose rows stay: those of the items, and what leads from the person to them. */
  readonly tables: ReadonlySet<string>;
}

/** Where no hold keeps anything. */
export const nothingKept: Kept = { items: [], tables: new Set() };

/** What holds keep of a person: items of which there is something, and the tables it takes to keep it. */
export async function findKept(orm: Executor, userId: string): Promise<Kept> {
  const holds = await orm.select().from(legalHolds).where(eq(legalHolds.status, "active"));
  if (holds.length === 0) return nothingKept;
  const [subject] = await orm
    .select()
    .from(consentSubjects)
    .where(eq(consentSubjects.userId, userId));
  const scopes = holds.map(({ subject: held, items, status }) => ({
    status,
    scope: { subject: held, items },
  }));
  const items = new Set<ItemKey>();
  const kept = new Set<string>();
  for (const { name, erasing, columns } of reach) {
    if (erasing !== "delete") continue;
    const held = columns.filter(
      ({ item }) => item !== undefined && isHeld(scopes, subject?.pseudonym ?? "", item),
    );
    if (held.length === 0) continue;
    const filled = sql.join(
      held.map(({ name: column }) => sql`${sql.identifier(column)} IS NOT NULL`),
      sql` OR `,
    );
    const { rows } = await orm.execute(
      sql`SELECT 1 FROM ${sql.identifier(name)} WHERE ${findRows(reach, name, userId, { alone: true })} AND (${filled}) LIMIT 1`,
    );
    if (rows.length === 0) continue;
    for (const { item } of held) if (item !== undefined) items.add(item);
    keepWithSources(name, kept);
  }
  if (items.size === 0) return nothingKept;
  // The hold names a pseudonym; without its row nobody would know whose it is.
  keepWithSources(getTableConfig(consentSubjects).name, kept);
  // Proof keeps its link as long as there is something it leads to.
  for (const { name, erasing } of reach) if (typeof erasing === "object") kept.add(name);
  return { items: [...items], tables: kept };
}

/** A table, and every table that leads from the person to it. */
function keepWithSources(name: string, kept: Set<string>): void {
  if (kept.has(name)) return;
  kept.add(name);
  for (const link of reach.find((each) => each.name === name)?.links ?? [])
    keepWithSources(sourceOf(link), kept);
}

/**
 * Deletes or unlinks a person's rows, farthest from the person first, the account last; a row that has to stay loses every value that has
 * not. Inside one transaction.
 */
export async function eraseRows(
  within: Executor,
  userId: string,
  kept: Kept,
  onHalf?: () => void,
): Promise<Counts> {
  const counts: Record<string, number> = {};
  for (const [index, reached] of reach.entries()) {
    if (index === Math.floor(reach.length / 2)) onHalf?.();
    const { name, erasing } = reached;
    if (erasing === "keep") continue;
    const rows = findRows(reach, name, userId, { alone: true });
    const table = sql.identifier(name);
    if (kept.tables.has(name)) {
      if (erasing !== "delete") continue;
      const emptied = emptyAllBut(reached, kept, userId);
      if (emptied !== undefined)
        await within.execute(sql`UPDATE ${table} SET ${emptied} WHERE ${rows}`);
      continue;
    }
    const statement =
      erasing === "delete"
        ? sql`DELETE FROM ${table} WHERE ${rows}`
        : sql`UPDATE ${table} SET ${sql.identifier(erasing.unlink)} = NULL WHERE ${rows}`;
    const { rowCount } = await within.execute(statement);
    if ((rowCount ?? 0) > 0) counts[name] = rowCount ?? 0;
  }
  return counts;
}

/** What to set in a row that stays: everything personal that is not held goes, but for what leads to it. */
function emptyAllBut(
  { name, links, columns }: Reached,
  kept: Kept,
  userId: string,
): SQL | undefined {
  const own = links.find((link) => link.kind === "key" && link.source === "users");
  const isClaimed =
    own?.kind === "key" && columns.some((each) => each.name === own.column && each.nullable);
  // Found by an address only until now; from here by the key, so that the address can go.
  const claimed = isClaimed ? [sql`${sql.identifier(own.column)} = ${userId}`] : [];
  const leading = new Set([
    ...links.flatMap((link) => (isClaimed && link !== own ? [] : [link.column])),
    // Numbers of ours, by which what is kept is found; an address leads nowhere any more where a key does.
    ...reach.flatMap((other) =>
      other.links.flatMap((link) =>
        "sourceColumn" in link && link.source === name && link.sourceColumn !== "email"
          ? [link.sourceColumn]
          : [],
      ),
    ),
  ]);
  const emptied = columns.flatMap(({ name: column, item, blank }): readonly SQL[] => {
    if (item === undefined || kept.items.includes(item) || leading.has(column)) return [];
    switch (blank) {
      case "null":
        return [sql`${sql.identifier(column)} = NULL`];
      case "default":
        return [sql`${sql.identifier(column)} = DEFAULT`];
      case "placeholder":
        return [sql`${sql.identifier(column)} = 'erased-' || gen_random_uuid()`];
      case undefined:
        return [];
    }
  });
  const all = [...claimed, ...emptied];
  return all.length === 0 ? undefined : sql.join(all, sql`, `);
}
