/**
 * The record of processing activities (GDPR article 30) and the data map, both computed from the inventory: what is written in them cannot
 * differ from what is done.
 */
import { inventory, type ItemKey } from "./inventory/index.ts";
import { type Item, subjectTitles, type UsedItem } from "./inventory/item.ts";
import { measures } from "./measures.ts";
import type { Operator } from "./operator.ts";
import type { ProductKey } from "./product.ts";
import { purposes, type PurposeKey } from "./purpose.ts";
import { recipients, type RecipientKey, transferTitles } from "./recipient.ts";
import { basisTitles, regimes, type Region } from "./regimes.ts";
import { describeRetention } from "./retention.ts";
import type { Language } from "./text.ts";

/** One activity of the record: everything that is done for one purpose. */
export interface Activity {
  readonly purpose: PurposeKey;
  readonly title: string;
  readonly description: string;
  /** The lawful ground, by region. */
  readonly bases: string;
  /** Whom the data is about. */
  readonly subjects: readonly string[];
  /** The kinds of data. */
  readonly categories: readonly string[];
  /** Who receives some of it. */
  readonly recipients: readonly string[];
  /** The mechanism of each recipient that may be in another country. */
  readonly transfers: readonly string[];
  /** When what is erased. */
  readonly periods: readonly string[];
  readonly items: readonly ItemKey[];
}

/** The record of one product. */
export interface ProcessingRecord {
  readonly product: ProductKey;
  readonly controller: string;
  readonly contact: string;
  readonly activities: readonly Activity[];
  /** The technical and organizational measures, which are the same for all activities of the product. */
  readonly measures: readonly string[];
}

/** Computes the record of a product in a language. */
export function processingRecord(
  product: ProductKey,
  operator: Operator,
  language: Language,
): ProcessingRecord {
  const say = (text: { readonly [L in Language]: string }): string => text[language];
  const used = (Object.entries(inventory) as [ItemKey, Item][]).filter(
    (entry): entry is [ItemKey, UsedItem] =>
      entry[1].product === product && entry[1].state === "collected",
  );
  const activities = (Object.keys(purposes) as PurposeKey[]).flatMap((key): readonly Activity[] => {
    const own = used.filter(([, item]) => item.purposes.includes(key));
    if (own.length === 0) return [];
    const purpose = purposes[key];
    const receiving = purpose.recipients;
    return [
      {
        purpose: key,
        title: say(purpose.title),
        description: say(purpose.description),
        bases: (Object.keys(regimes) as Region[])
          .map(
            (region) => `${say(regimes[region].title)}: ${say(basisTitles[purpose.bases[region]])}`,
          )
          .join("; "),
        subjects: distinct(own.map(([, { subject }]) => say(subjectTitles[subject]))),
        categories: distinct(own.map(([, { title }]) => say(title))),
        recipients: receiving.map((recipient) => say(recipients[recipient].title)),
        transfers: receiving.map(
          (recipient) =>
            `${say(recipients[recipient].title)}: ${say(transferTitles[recipients[recipient].transfer])}`,
        ),
        periods: distinct(
          own.map(
            ([, { title, retention }]) => `${say(title)}: ${say(describeRetention(retention))}`,
          ),
        ),
        items: own.map(([item]) => item),
      },
    ];
  });
  return {
    product,
    controller: say(operator.name),
    contact: say(operator.contact),
    activities,
    measures: measures.flatMap((each) => (each.products.includes(product) ? [say(each.text)] : [])),
  };
}

const columns = [
  "purpose",
  "title",
  "description",
  "bases",
  "subjects",
  "categories",
  "recipients",
  "transfers",
  "periods",
] as const satisfies readonly (keyof Activity)[];

/** The record as CSV (RFC 4180): a line of names, then a line an activity. Lists are joined by "; ". */
export function toRecordCsv(record: ProcessingRecord): string {
  const rows = record.activities.map((activity) =>
    [record.controller, record.contact, ...columns.map((name) => activity[name])].map((value) =>
      typeof value === "string" ? value : value.join("; "),
    ),
  );
  return toCsv([["controller", "contact", ...columns], ...rows]);
}

/**
 * Rows as CSV (RFC 4180). A cell that a spreadsheet would take for a formula gets an apostrophe in front, because a file that
 * strangers' texts can put commands into is not a copy but a trap.
 */
export function toCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(toCell).join(",")}\r\n`).join("");
}

function toCell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) && !/^-?\d+(?:\.\d+)?$/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One flow of the data map: so many items of a kind go to a purpose, or from a purpose to a recipient. */
export interface Flow {
  readonly from: string;
  readonly to: string;
  /** How many items flow. */
  readonly count: number;
}

/** The map: where data comes from, what it is used for, and who receives it. */
export interface DataMap {
  readonly origins: readonly string[];
  readonly purposes: readonly PurposeKey[];
  readonly recipients: readonly RecipientKey[];
  readonly flows: readonly Flow[];
}

/** Computes the data map of a product. Every item flows from its origin to each of its purposes, and on to each recipient of both. */
export function dataMap(product: ProductKey): DataMap {
  const counts = new Map<string, Flow>();
  const add = (from: string, to: string): void => {
    const key = `${from}>${to}`;
    counts.set(key, { from, to, count: (counts.get(key)?.count ?? 0) + 1 });
  };
  for (const item of Object.values(inventory)) {
    if (item.product !== product || item.state !== "collected") continue;
    for (const purpose of item.purposes) {
      add(item.origin, purpose);
      for (const recipient of item.recipients)
        if (purposes[purpose].recipients.includes(recipient)) add(purpose, recipient);
    }
  }
  const flows = [...counts.values()];
  const named = (key: string): boolean => flows.some(({ from, to }) => from === key || to === key);
  return {
    origins: ["provided", "observed", "received", "workspace"].filter(named),
    purposes: (Object.keys(purposes) as PurposeKey[]).filter(named),
    recipients: (Object.keys(recipients) as RecipientKey[]).filter(named),
    flows,
  };
}

function distinct<Value>(values: readonly Value[]): readonly Value[] {
  return [...new Set(values)];
}
