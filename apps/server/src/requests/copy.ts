/**
 * A person's copy of their data, made when it is fetched and stored nowhere. `access` has everything that is theirs and says about each
 * datum what the law asks; `transfer` has what they gave or caused under a contract or a consent, for another service to read.
 */
import {
  basisTitles,
  describeRetention,
  findAuthorities,
  inventory,
  isConsent,
  type Language,
  type Operator,
  purposes,
  recipients,
  type Region,
  toCsv,
  type UsedItem,
} from "@cloud-code/policy";
import { sql } from "drizzle-orm";
import type { Database } from "../database/database.ts";
import type { StoredItem } from "../database/purposes.ts";
import { findRows, reach, type ReachedColumn } from "./reach.ts";

/** Which copy. */
export type CopyKind = "access" | "transfer";

/** One row of a person's, with the names of its columns. */
type CopiedRow = Readonly<Record<string, unknown>>;

/** What GDPR article 15 and PIPL articles 17 and 45 ask to be told of a datum. */
interface AboutItem {
  readonly item: string;
  readonly title: string;
  readonly origin: string;
  readonly purposes: readonly { readonly title: string; readonly basis: string }[];
  readonly recipients: readonly { readonly title: string; readonly transfer: string }[];
  readonly kept: string;
}

/** What a copy says about itself. */
interface About {
  readonly kind: CopyKind;
  readonly madeAt: string;
  readonly controller: string;
  readonly contact: string;
  readonly items: readonly AboutItem[];
  readonly rights: string;
  readonly automatedDecisions: string;
  readonly authorities: readonly { readonly name: string; readonly web: string }[];
}

/** The whole copy. */
export interface Copy {
  readonly about: About;
  /** Rows by record; the items of each field are in `fields`. */
  readonly records: Readonly<Record<string, readonly CopiedRow[]>>;
  /** Which item of `about` a field is: `users.email` → `service.email`. */
  readonly fields: Readonly<Record<string, string>>;
}

/** For whom a copy is made. */
export interface CopyReader {
  readonly region: Region | undefined;
  /** ISO 3166-1 alpha-2, for the authority. */
  readonly country: string | undefined;
  readonly language: Language;
  readonly operator: Operator;
  readonly nowMs: number;
}

// A person with more rows than this in one table is no person; the limit keeps one request from filling the memory.
const MAX_ROWS = 100_000;

/** Makes a copy. */
export async function makeCopy(
  { orm }: Pick<Database, "orm">,
  userId: string,
  kind: CopyKind,
  reader: CopyReader,
): Promise<Copy> {
  const records: Record<string, readonly CopiedRow[]> = {};
  const fields: Record<string, string> = {};
  const items = new Set<StoredItem>();
  for (const { name, columns } of reach.toReversed()) {
    const shown = columns.filter((column) => isCopied(column, kind, reader.region));
    if (shown.length === 0) continue;
    const list = sql.join(
      shown.map((column) => sql.identifier(column.name)),
      sql`, `,
    );
    const { rows } = await orm.execute<Record<string, unknown>>(
      sql`SELECT ${list} FROM ${sql.identifier(name)} WHERE ${findRows(reach, name, userId, { alone: false })} LIMIT ${MAX_ROWS}`,
    );
    const filled = rows.filter((row) => Object.values(row).some((value) => value !== null));
    if (filled.length === 0) continue;
    records[name] = filled;
    for (const { name: column, item } of shown) {
      if (item === undefined) continue;
      fields[`${name}.${column}`] = item;
      items.add(item);
    }
  }
  return { about: describe([...items], kind, reader), records, fields };
}

/** The copy as one table: a line for every value, so that any program reads it without knowing our tables. */
export function toCopyCsv({ records, fields }: Copy): string {
  const lines = Object.entries(records).flatMap(([record, rows]) =>
    rows.flatMap((row, index) =>
      Object.entries(row).flatMap(([field, value]) =>
        value === null
          ? []
          : [[record, String(index + 1), field, fields[`${record}.${field}`] ?? "", toText(value)]],
      ),
    ),
  );
  return toCsv([["record", "row", "field", "item", "value"], ...lines]);
}

/** The JSON Schema (2020-12) of a copy. */
export const copySchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Copy of a person's data",
  type: "object",
  required: ["about", "records", "fields"],
  properties: {
    about: {
      type: "object",
      required: ["kind", "madeAt", "controller", "items"],
      properties: {
        kind: { enum: ["access", "transfer"] },
        madeAt: { type: "string", format: "date-time" },
        controller: { type: "string" },
        items: {
          type: "array",
          items: {
            type: "object",
            required: ["item", "title", "origin", "purposes", "recipients", "kept"],
          },
        },
      },
    },
    records: {
      description: "Rows by record; a row has a value for each of its fields.",
      type: "object",
      additionalProperties: { type: "array", items: { type: "object" } },
    },
    fields: {
      description: "Which item of `about.items` a field is, under `record.field`.",
      type: "object",
      additionalProperties: { type: "string" },
    },
  },
} as const;

/** Whether a column belongs in a copy: everything that may be shown for access; for a transfer what article 20 covers. */
function isCopied(
  { item: key }: Pick<ReachedColumn, "item">,
  kind: CopyKind,
  region: Region | undefined,
): boolean {
  const item = key === undefined ? undefined : inventory[key];
  if (item === undefined || item.state === "refused" || !item.export) return false;
  if (kind === "access") return true;
  // Given or caused by the person, not found out about them; and on the ground of a contract or a consent.
  if (item.origin !== "provided" && item.origin !== "observed") return false;
  return item.purposes.some((purpose) => {
    const { bases } = purposes[purpose];
    const grounds = region === undefined ? Object.values(bases) : [bases[region]];
    return grounds.some((basis) => basis === "contract" || isConsent(basis));
  });
}

function describe(items: readonly StoredItem[], kind: CopyKind, reader: CopyReader): About {
  const { language, operator, region, country, nowMs } = reader;
  return {
    kind,
    madeAt: new Date(nowMs).toISOString(),
    controller: operator.name[language],
    contact: operator.contact[language],
    items: items.flatMap((key): readonly AboutItem[] => {
      const item = inventory[key];
      return item.state === "refused" ? [] : [describeItem(key, item, region, language)];
    }),
    rights: words.rights[language],
    automatedDecisions: words.automated[language],
    authorities: (country === undefined ? [] : findAuthorities(country)).map(({ name, web }) => ({
      name,
      web,
    })),
  };
}

function describeItem(
  key: string,
  item: UsedItem,
  region: Region | undefined,
  language: Language,
): AboutItem {
  return {
    item: key,
    title: item.title[language],
    origin: words.origins[item.origin][language],
    purposes: item.purposes.map((purpose) => {
      const { title, bases } = purposes[purpose];
      const grounds = new Set(region === undefined ? Object.values(bases) : [bases[region]]);
      return {
        title: title[language],
        basis: [...grounds].map((basis) => basisTitles[basis][language]).join(" / "),
      };
    }),
    recipients: item.recipients.map((recipient) => ({
      title: recipients[recipient].title[language],
      transfer: recipients[recipient].transfer,
    })),
    kept: describeRetention(item.retention)[language],
  };
}

function toText(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "string") return value;
  return JSON.stringify(value);
}

const words = {
  rights: {
    en: "You may see, correct, take along, restrict, object to and delete your data, withdraw any consent, and complain to an authority.",
    zh: "您可以查阅、更正、转移、限制、反对和删除您的数据，随时撤回同意，并向主管机关投诉。",
  },
  automated: {
    en: "No decision about you is made by a program alone.",
    zh: "不存在仅由程序作出的关于您的决定。",
  },
  origins: {
    provided: { en: "you gave it", zh: "由您提供" },
    observed: { en: "it arose while you used the service", zh: "在您使用服务时产生" },
    received: { en: "it came with a request", zh: "随请求传入" },
    workspace: { en: "from the files you worked on", zh: "来自您处理的文件" },
  },
} as const;
