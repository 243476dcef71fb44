/**
 * How every table is reached from a person, computed from the foreign keys of the schema when the program is built. What foreign keys do
 * not say is declared below, with its reason. A table with somebody's data that is neither reached nor declared detached is an error
 * before anything runs: nobody finds out in the middle of an erasure.
 *
 * Example: `support_messages` is reached by `ticket_id` from `support_tickets`, which is reached by `user_id` from `users`.
 */
import { inventory, type Text } from "@cloud-code/policy";
import { type Column, getTableColumns, sql, type SQL } from "drizzle-orm";
import { getTableConfig } from "drizzle-orm/pg-core";
import { users } from "../accounts/tables.ts";
import type { ClassifiedTable } from "../database/classify.ts";
import type { StoredItem } from "../database/purposes.ts";
import { tables } from "../database/schema.ts";

/** One way from a person to the rows of a table. Columns are named as in the database. */
type Link =
  /** A foreign key, or a column that holds the same value without being one. */
  | {
      readonly kind: "key" | "same-value";
      readonly column: string;
      readonly source: string;
      readonly sourceColumn: string;
    }
  /** A text that names the person's id somewhere inside. */
  | { readonly kind: "mention"; readonly column: string; readonly source: "users" }
  /** Rows that belong to several people, and to this one alone when nobody else is left. */
  | {
      readonly kind: "shared";
      readonly column: string;
      readonly through: string;
      readonly throughColumn: string;
    };

/** What an erasure does to the rows of a table. */
type Erasing =
  | "delete"
  /** The row stays as proof, its column to the person is emptied. */
  | { readonly unlink: string }
  /** The row stays; what linked it to the person is deleted elsewhere. */
  | "keep";

/** A table as seen from a person. */
export interface Reached {
  readonly name: string;
  readonly links: readonly Link[];
  /** How many steps away it is; what is farthest is erased first. */
  readonly depth: number;
  readonly erasing: Erasing;
  readonly columns: readonly ReachedColumn[];
}

/** A column of a reached table. */
export interface ReachedColumn {
  readonly property: string;
  readonly name: string;
  /** An item of the inventory, or undefined for what describes nobody. */
  readonly item: StoredItem | undefined;
  readonly nullable: boolean;
  /** How it is emptied when its row has to stay; undefined for what cannot be. */
  readonly blank: "null" | "default" | "placeholder" | undefined;
}

/** A table whose rows are nobody's, although its columns are items of persons. */
interface Detached {
  readonly because: Text;
}

/** What the schema's foreign keys do not say. */
export interface Declarations {
  readonly links: Readonly<Record<string, readonly Link[]>>;
  readonly detached: Readonly<Record<string, Detached>>;
}

const declared: Declarations = {
  links: {
    invitations: [same("email", "users", "email")],
    verifications: [{ kind: "mention", column: "value", source: "users" }],
    support_tickets: [same("email", "users", "email")],
    consent_events: [same("pseudonym", "consent_subjects", "pseudonym")],
    audit_entries: [same("subject", "consent_subjects", "pseudonym")],
    legal_holds: [same("subject", "consent_subjects", "pseudonym")],
    disclosures: [same("subject", "consent_subjects", "pseudonym")],
    transfers: [same("subject", "consent_subjects", "pseudonym")],
    organizations: [
      { kind: "shared", column: "id", through: "members", throughColumn: "organization_id" },
    ],
  },
  detached: {},
};

/** A fault of the schema that must not reach anybody's data. */
export class ReachError extends Error {
  readonly code = "table-unreachable";
}

/** Computes how each table with personal data is reached, farthest first. Throws `ReachError` for one that is not. */
export function computeReach(
  tables: readonly ClassifiedTable[],
  declarations: Declarations = declared,
): readonly Reached[] {
  const drafts = new Map(
    tables.map((each) => [getTableConfig(each.table).name, toDraft(each, declarations)]),
  );
  const depths = new Map<string, number>([[getTableConfig(users).name, 0]]);
  // Breadth first: each round reaches what hangs on the round before, as many rounds as there are tables are enough.
  for (const depth of Array.from({ length: drafts.size }, (_, index) => index)) {
    for (const [name, { links }] of drafts) {
      if (depths.has(name)) continue;
      if (links.some((link) => depths.get(sourceOf(link)) === depth)) depths.set(name, depth + 1);
    }
  }
  const reached: Reached[] = [];
  for (const [name, draft] of drafts) {
    const depth = depths.get(name);
    const isPersonal = draft.columns.some(({ item }) => item !== undefined);
    const isDetached = Object.hasOwn(declarations.detached, name);
    if (depth === undefined) {
      if (isPersonal && !isDetached)
        throw new ReachError(
          `The table ${name} holds personal data that no foreign key connects with a person. Add the key, or declare in requests/reach.ts how it is found or why it is nobody's.`,
        );
      continue;
    }
    // A way through a table that is farther off is a way round in a circle; what hangs on it goes with it by its foreign key.
    const links = draft.links.filter((link) => (depths.get(sourceOf(link)) ?? depth) < depth);
    reached.push({ ...draft, name, links, depth, erasing: erasingOf(links, draft.columns) });
  }
  return reached.toSorted((a, b) => b.depth - a.depth);
}

/** How every table is reached. Computed when the program is loaded: a table that is not stops the build's tests and the start. */
export const reach: readonly Reached[] = computeReach(tables);

/**
 * The condition that finds a person's rows. `alone` leaves out rows that others share; a copy shows those too, an erasure does not touch
 * them.
 */
export function findRows(
  reach: readonly Reached[],
  name: string,
  userId: string,
  { alone }: { readonly alone: boolean },
): SQL {
  const table = reach.find((each) => each.name === name);
  if (table === undefined) throw new ReachError(`The table ${name} is not reached from a person.`);
  if (table.depth === 0) return sql`${id(name, "id")} = ${userId}`;
  // `= ANY(ARRAY(…))` and not `IN (…)`: one of several ways joined by OR, an `IN` makes the database read the whole table.
  const conditions = table.links.map((link) => {
    if (link.kind === "mention") return sql`position(${userId} in ${id(name, link.column)}) > 0`;
    if (link.kind === "shared") {
      const own = sql`${id(name, link.column)} = ANY(ARRAY(SELECT ${sql.identifier(link.throughColumn)} FROM ${sql.identifier(link.through)} WHERE ${findRows(reach, link.through, userId, { alone })}))`;
      return alone
        ? sql`(${own} AND NOT EXISTS (SELECT 1 FROM ${sql.identifier(link.through)} AS other WHERE other.${sql.identifier(link.throughColumn)} = ${id(name, link.column)} AND other.user_id <> ${userId}))`
        : own;
    }
    const parent = reach.find((each) => each.name === link.source);
    if (parent?.depth === 0 && link.sourceColumn === "id")
      return sql`${id(name, link.column)} = ${userId}`;
    return sql`${id(name, link.column)} = ANY(ARRAY(SELECT ${sql.identifier(link.sourceColumn)} FROM ${sql.identifier(link.source)} WHERE ${findRows(reach, link.source, userId, { alone })}))`;
  });
  return sql`(${sql.join(conditions, sql` OR `)})`;
}

function same(column: string, source: string, sourceColumn: string): Link {
  return { kind: "same-value", column, source, sourceColumn };
}

function id(table: string, column: string): SQL {
  return sql`${sql.identifier(table)}.${sql.identifier(column)}`;
}

/** The table a way comes from. */
export function sourceOf(link: Link): string {
  return link.kind === "shared" ? link.through : link.source;
}

interface Draft {
  readonly links: readonly Link[];
  readonly columns: readonly ReachedColumn[];
}

function toDraft({ table, columns }: ClassifiedTable, { links }: Declarations): Draft {
  const config = getTableConfig(table);
  const keys = config.foreignKeys.flatMap((foreignKey): readonly Link[] => {
    const reference = foreignKey.reference();
    const [column] = reference.columns;
    const [foreign] = reference.foreignColumns;
    if (column === undefined || foreign === undefined) return [];
    const source = getTableConfig(reference.foreignTable).name;
    return [{ kind: "key", column: column.name, source, sourceColumn: foreign.name }];
  });
  return {
    links: [...keys, ...(links[config.name] ?? [])],
    columns: Object.entries(getTableColumns(table)).map(([property, column]) => {
      const classification = columns[property];
      return {
        property,
        name: column.name,
        item: isPersonal(classification) ? classification : undefined,
        nullable: !column.notNull,
        blank: blankOf(column, keys),
      };
    }),
  };
}

function blankOf(column: Column, keys: readonly Link[]): ReachedColumn["blank"] {
  if (!column.notNull) return "null";
  if (column.hasDefault) return "default";
  const isFree =
    column.dataType === "string" &&
    column.enumValues === undefined &&
    !column.primary &&
    !keys.some((link) => link.column === column.name);
  return isFree ? "placeholder" : undefined;
}

function isPersonal(classification: string | undefined): classification is StoredItem {
  if (classification === undefined || !Object.hasOwn(inventory, classification)) return false;
  const item = inventory[classification as StoredItem];
  return item.state !== "refused" && item.personal;
}

/** A row that holds one thing to be deleted is deleted; a row of proof only stays without its link. */
function erasingOf(links: readonly Link[], columns: readonly ReachedColumn[]): Erasing {
  const kept = columns.filter(({ item }) => {
    const entry = item === undefined ? undefined : inventory[item];
    return entry !== undefined && entry.state !== "refused" && entry.erasure.kind === "keep";
  });
  const others = columns.filter(
    ({ item }) => item !== undefined && !kept.some((each) => each.item === item),
  );
  // The privacy signal stands in a row of the ledger and is proof with it.
  if (kept.length === 0 || others.some(({ item }) => item !== "service.privacy-signal"))
    return "delete";
  const direct = links.find((link) => link.kind === "key" && link.source === "users");
  if (direct === undefined) return "keep";
  const column = columns.find(({ name }) => name === direct.column);
  return column?.nullable === true ? { unlink: column.name } : "delete";
}
