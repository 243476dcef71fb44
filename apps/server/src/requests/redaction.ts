/**
 * Takes an erased person's name out of what others wrote. Erasure deletes a person's own rows; a message or a note of somebody else that
 * names them is found by the search afterwards, and an officer decides: the words stay, the value in them becomes "[erased]".
 *
 * Example: "Please ask ann@example.com." in a message of Ben's becomes "Please ask [erased]."
 */
import { createHash } from "node:crypto";
import { type ItemKey, type Text } from "@cloud-code/policy";
import { and, type Column, eq, getTableColumns, sql } from "drizzle-orm";
import { getTableConfig, type PgTable } from "drizzle-orm/pg-core";
import type { AuditTrail, Executor } from "../audit/trail.ts";
import { toColumns } from "../database/classify.ts";
import { tables } from "../database/schema.ts";
import { legalHolds } from "../retention/tables.ts";
import type { Services } from "../services.ts";
import { findFoundRows, toPatterns, type Trace } from "./search.ts";
import type { RequestLine, RequestStore } from "./store.ts";
import { requestSteps } from "./tables.ts";

/** A place where an erased person is named. */
export interface Occurrence {
  /** What a form sends back to choose it; it names the place and no value. */
  readonly id: string;
  readonly table: string;
  readonly column: string;
  /** Why it cannot be redacted: a legal hold keeps it, or its column holds no free words. */
  readonly kept: "held" | "fixed" | undefined;
  /** What stands there, in pieces; `named` is what would be replaced. */
  readonly pieces: readonly { readonly text: string; readonly named: boolean }[];
}

/** Why it is redacted. The trail keeps this word and nothing that was typed, which might name the person again. */
export type RedactionReason = keyof typeof redactionReasons;

/** What each reason says. */
export const redactionReasons = {
  erasure: {
    en: "The person's right to erasure reaches it (GDPR 17, PIPL 47)",
    zh: "属于本人删除权的范围（GDPR 第 17 条、个人信息保护法第 47 条）",
  },
  child: { en: "It names a child", zh: "涉及儿童" },
  mistake: { en: "It came there by mistake", zh: "误录入" },
  order: { en: "A court or an authority ordered it", zh: "法院或主管机关要求" },
} as const satisfies Readonly<Record<string, Text>>;

/** The points at which a test can stop a redaction. */
export const redactionPoints: readonly string[] = ["redact:before", "redact:half", "redact:after"];

/** What stands in place of a value. */
const placeholder = "[erased]";

// A trigger refuses every change: they are proof, or published.
const frozen: ReadonlySet<string> = new Set(["audit_entries", "consent_events", "notice_versions"]);

/** A column somebody's words can stand in. */
interface Place {
  readonly table: string;
  readonly column: string;
  readonly item: string;
  readonly kind: "text" | "json" | "fixed";
  /** By what its row is found. */
  readonly keys: readonly string[];
}

const places: readonly Place[] = tables.flatMap(({ table }) => toPlaces(table));

/** Redacts what others wrote. */
export class Redaction {
  readonly #services: Pick<Services, "database" | "now">;
  readonly #store: RequestStore;
  readonly #trail: AuditTrail;
  readonly #onPoint: ((point: string) => void) | undefined;

  constructor(
    services: Pick<Services, "database" | "now">,
    store: RequestStore,
    trail: AuditTrail,
    onPoint?: (point: string) => void,
  ) {
    this.#services = services;
    this.#store = store;
    this.#trail = trail;
    this.#onPoint = onPoint;
  }

  /** Where the person of an erasure is still named; nothing for a request that erased nobody. */
  async find(request: RequestLine): Promise<readonly Occurrence[]> {
    const found = await this.#locate(request);
    return found.map(({ occurrence }) => occurrence);
  }

  /**
   * Replaces the person's values in the chosen places, each in a transaction with its entry in the trail. What is done already is not
   * there to be chosen any more, so repeating it changes nothing. Returns how many places were changed.
   */
  async redact(
    request: RequestLine,
    ids: readonly string[],
    reason: RedactionReason,
    actor: string,
  ): Promise<number> {
    let changed = 0;
    for (const { occurrence, place, row, traces } of await this.#locate(request)) {
      if (!ids.includes(occurrence.id) || place.kind === "fixed") continue;
      this.#onPoint?.("redact:before");
      const isChanged = await this.#services.database.orm.transaction(async (transaction) => {
        if (await isHeld(transaction, place.item)) return false;
        const value = await readValue(transaction, place, row);
        const redacted = redactValue(value, traces);
        if (JSON.stringify(redacted) === JSON.stringify(value)) return false;
        await writeValue(transaction, place, row, redacted);
        this.#onPoint?.("redact:half");
        await this.#trail.record(
          {
            actor,
            action: "redacted",
            subject: this.#store.contentOf(request)?.pseudonym,
            purpose: "keep-records",
            // No key of the row: it may be somebody else's, and the trail cannot forget.
            detail: { request: request.number, table: place.table, column: place.column, reason },
          },
          transaction,
        );
        return true;
      });
      this.#onPoint?.("redact:after");
      if (isChanged) changed += 1;
    }
    return changed;
  }

  async #locate(request: RequestLine) {
    const traces = this.#store.contentOf(request)?.traces ?? [];
    // While rows of the person are not erased yet, they are not what others wrote.
    if (!request.events.some(({ kind }) => kind === "checked" || kind === "withheld")) return [];
    const { database, now } = this.#services;
    const [erased] = await database.orm
      .select({ doneAt: requestSteps.doneAt })
      .from(requestSteps)
      .where(and(eq(requestSteps.requestId, request.id), eq(requestSteps.step, "erase")));
    const found = await findFoundRows(database, traces, erased?.doneAt ?? new Date(now()));
    const held = new Set<string>();
    for (const item of new Set(places.map((place) => place.item)))
      if (await isHeld(database.orm, item)) held.add(item);
    return found.flatMap(({ table, row }) =>
      places
        .filter((place) => place.table === table && isNamed(row[place.column], traces))
        .map((place) => ({
          place,
          row,
          traces,
          occurrence: {
            id: idOf(place, row),
            table,
            column: place.column,
            kept: keptOf(place, held),
            pieces: toPieces(row[place.column], traces),
          } satisfies Occurrence,
        })),
    );
  }
}

function keptOf(place: Place, held: ReadonlySet<string>): Occurrence["kept"] {
  if (place.kind === "fixed") return "fixed";
  return held.has(place.item) ? "held" : undefined;
}

/** Whether a hold keeps an item, whosever it is: these are somebody's words, and which somebody's a search cannot say. */
async function isHeld(within: Executor, item: string): Promise<boolean> {
  const holds = await within
    .select({ items: legalHolds.items })
    .from(legalHolds)
    .where(eq(legalHolds.status, "active"));
  return holds.some(({ items }) => items === "all" || items.includes(item as ItemKey));
}

function toPlaces(table: PgTable): readonly Place[] {
  const config = getTableConfig(table);
  const keys = [
    ...config.columns.filter(({ primary }) => primary),
    ...config.primaryKeys.flatMap(({ columns }) => columns),
  ].map(({ name }) => name);
  const foreign = new Set(
    config.foreignKeys.flatMap((key) => key.reference().columns.map(({ name }) => name)),
  );
  const items = new Map(
    toColumns(tables.filter((each) => each.table === table)).map(({ column, classification }) => [
      column,
      classification,
    ]),
  );
  return Object.values(getTableColumns(table)).map((column) => {
    const item = items.get(column.name) ?? "key";
    const isFree =
      !frozen.has(config.name) &&
      keys.length > 0 &&
      !keys.includes(column.name) &&
      !foreign.has(column.name) &&
      !column.isUnique &&
      // Names and addresses of accounts are their owners', and the way in.
      !["key", "public", "service.username", "service.email"].includes(item);
    return {
      table: config.name,
      column: column.name,
      item,
      keys,
      kind: isFree ? kindOf(column) : "fixed",
    };
  });
}

function kindOf(column: Column): Place["kind"] {
  if (column.dataType === "json") return "json";
  return column.dataType === "string" && column.enumValues === undefined ? "text" : "fixed";
}

function idOf({ table, column, keys }: Place, row: Readonly<Record<string, unknown>>): string {
  return createHash("sha256")
    .update(JSON.stringify([table, column, keys.map((key) => row[key])]))
    .digest("base64url");
}

function whereRow({ keys }: Place, row: Readonly<Record<string, unknown>>) {
  return and(...keys.map((key) => sql`${sql.identifier(key)}::text = ${String(row[key])}`));
}

async function readValue(
  within: Executor,
  place: Place,
  row: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const { rows } = await within.execute<{ value: unknown }>(
    sql`SELECT ${sql.identifier(place.column)} AS value FROM ${sql.identifier(place.table)} WHERE ${whereRow(place, row)} FOR UPDATE`,
  );
  return rows[0]?.value;
}

async function writeValue(
  within: Executor,
  place: Place,
  row: Readonly<Record<string, unknown>>,
  value: unknown,
): Promise<void> {
  const written =
    place.kind === "json" ? sql`${JSON.stringify(value)}::jsonb` : sql`${String(value)}`;
  await within.execute(
    sql`UPDATE ${sql.identifier(place.table)} SET ${sql.identifier(place.column)} = ${written} WHERE ${whereRow(place, row)}`,
  );
}

/** Replaces what names the person in every text inside a value; what is no text stays as it is. */
export function redactValue(value: unknown, traces: readonly Trace[]): unknown {
  if (typeof value === "string")
    return toPatterns(traces, "giu").reduce(
      (text, pattern) => text.replace(pattern, placeholder),
      value,
    );
  if (Array.isArray(value)) return value.map((each: unknown) => redactValue(each, traces));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, each]: [string, unknown]) => [
        key,
        redactValue(each, traces),
      ]),
    );
  return value;
}

function isNamed(value: unknown, traces: readonly Trace[]): boolean {
  return value !== null && JSON.stringify(redactValue(value, traces)) !== JSON.stringify(value);
}

/** How many characters are shown on either side of what is found. */
const around = 80;

function toPieces(value: unknown, traces: readonly Trace[]): Occurrence["pieces"] {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const marked = toPatterns(traces, "giu").reduce(
    (marks, pattern) => [
      ...marks,
      ...[...text.matchAll(pattern)].map(
        (found) => [found.index, found.index + found[0].length] as const,
      ),
    ],
    [] as (readonly [number, number])[],
  );
  const pieces: { text: string; named: boolean }[] = [];
  let from = 0;
  for (const [start, end] of marked.toSorted(([a], [b]) => a - b)) {
    if (start < from) continue;
    const before = text.slice(from, start);
    pieces.push(
      { text: from === 0 ? shortened(before, "start") : shortened(before, "middle"), named: false },
      { text: text.slice(start, end), named: true },
    );
    from = end;
  }
  pieces.push({ text: shortened(text.slice(from), "end"), named: false });
  return pieces;
}

function shortened(text: string, where: "start" | "middle" | "end"): string {
  if (where === "middle")
    return text.length <= 2 * around ? text : `${text.slice(0, around)} … ${text.slice(-around)}`;
  if (text.length <= around) return text;
  return where === "start" ? `… ${text.slice(-around)}` : `${text.slice(0, around)} …`;
}
