import type { ItemKey } from "./inventory/index.ts";
import { inventory } from "./inventory/index.ts";
import type { Item } from "./inventory/item.ts";
import type { Operator, Processor } from "./operator.ts";
import type { ProductKey } from "./product.ts";
import type { PurposeKey } from "./purpose.ts";
import { purposes } from "./purpose.ts";
import type { RecipientKey, Transfer } from "./recipient.ts";
import { recipients } from "./recipient.ts";
import type { Bases } from "./regimes.ts";
import type { Retention } from "./retention.ts";
import type { Text } from "./text.ts";

/**
 * What a notice says, without its wording: plain data that survives `JSON.stringify`, so it can be frozen with a release and
 * compared with what a later build says.
 */
export interface Facts {
  readonly product: ProductKey;
  readonly items: Readonly<Record<string, ItemFacts>>;
  readonly purposes: Readonly<Record<string, PurposeFacts>>;
  readonly recipients: Readonly<Record<string, RecipientFacts>>;
  /** Who handles data for the operator; absent where the notice is not of one operator, and in releases older than this field. */
  readonly processors?: readonly Processor[];
}

/** An item as far as its change concerns a person. Keys are words, not types: an old release may name what is gone today. */
export interface ItemFacts {
  readonly title: Text;
  readonly state: Item["state"];
  readonly category: string;
  /** Absent for refused items, like everything below. */
  readonly origin?: string;
  readonly required?: boolean;
  readonly personal?: boolean;
  readonly purposes?: readonly string[];
  readonly recipients?: readonly string[];
  readonly retention?: Retention;
  readonly survivesErasure?: boolean;
}

/** A purpose as far as its change concerns a person. */
export interface PurposeFacts {
  readonly title: Text;
  readonly use: string;
  readonly bases: Bases;
  readonly recipients: readonly string[];
}

/** A recipient as far as its change concerns a person. */
export interface RecipientFacts {
  readonly title: Text;
  readonly place: string;
  readonly transfer: Transfer;
}

/** The facts of a product in this build, with the operator's own where the notice names them. */
export function readFacts(product: ProductKey, operator?: Operator): Facts {
  const items: Record<string, ItemFacts> = {};
  const usedPurposes = new Set<PurposeKey>();
  const usedRecipients = new Set<RecipientKey>();
  for (const [key, item] of Object.entries(inventory)) {
    if (item.product !== product) continue;
    items[key] = toItemFacts(item);
    if (item.state === "refused") continue;
    for (const purpose of item.purposes) usedPurposes.add(purpose);
    for (const recipient of item.recipients) usedRecipients.add(recipient);
  }
  return {
    product,
    items,
    purposes: pick(purposes, usedPurposes, ({ title, use, bases, recipients }) => ({
      title,
      use,
      bases,
      recipients,
    })),
    recipients: pick(recipients, usedRecipients, ({ title, place, transfer }) => ({
      title,
      place,
      transfer,
    })),
    ...(operator?.processors === undefined ? {} : { processors: operator.processors }),
  };
}

// The inventory does not change while a program runs, and pages with a question ask this for every purpose there is.
const itemsByPurpose = new Map(
  (Object.keys(purposes) as PurposeKey[]).map((purpose) => [
    purpose,
    (Object.entries(inventory) as [ItemKey, Item][]).flatMap(([key, item]) =>
      item.state !== "refused" && item.purposes.includes(purpose) ? [key] : [],
    ),
  ]),
);

/** The items of a purpose, in the order of the inventory: what a consent to the purpose covers. */
export function itemsOfPurpose(purpose: PurposeKey): readonly ItemKey[] {
  return itemsByPurpose.get(purpose) ?? [];
}

function toItemFacts(item: Item): ItemFacts {
  const { title, state, category } = item;
  if (item.state === "refused") return { title, state, category };
  return {
    title,
    state,
    category,
    origin: item.origin,
    required: item.origin === "provided" && !item.optional,
    personal: item.personal,
    purposes: item.purposes,
    recipients: item.recipients,
    retention: item.retention,
    survivesErasure: item.erasure.kind === "keep",
  };
}

function pick<Key extends string, Value, Fact>(
  all: Readonly<Record<Key, Value>>,
  keys: ReadonlySet<Key>,
  toFact: (value: Value) => Fact,
): Readonly<Record<string, Fact>> {
  return Object.fromEntries([...keys].sort().map((key) => [key, toFact(all[key])]));
}
