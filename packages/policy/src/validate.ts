import { counters, figures } from "./figures.ts";
import { inventory } from "./inventory/index.ts";
import { products } from "./product.ts";
import { purposes } from "./purpose.ts";
import { recipients } from "./recipient.ts";
import { regimes } from "./regimes.ts";
import { languages } from "./text.ts";

/**
 * A policy before anyone has vouched for it: as wide as data from anywhere, so that a mistake can be stated and found. Ours has
 * narrower types, which make most of these mistakes impossible to compile; this catches them in what was loaded or cast, and the
 * rest, which types cannot say.
 */
export interface PolicyDraft {
  readonly items: Readonly<Record<string, ItemDraft>>;
  readonly purposes: Readonly<Record<string, PurposeDraft>>;
  readonly recipients: Readonly<Record<string, { readonly transfer: string }>>;
  readonly products: Readonly<Record<string, ProductDraft>>;
  readonly counters: Readonly<Record<string, { readonly item: string }>>;
  readonly figures: Readonly<Record<string, { readonly value: FigureValueDraft }>>;
}

/** An item of a draft. */
export interface ItemDraft {
  readonly product: string;
  readonly state: string;
  readonly origin?: string;
  readonly without?: object;
  readonly personal?: boolean;
  readonly purposes?: readonly string[];
  readonly recipients?: readonly string[];
  readonly retention?: { readonly kind: string; readonly days?: number };
  readonly export?: boolean;
  readonly level?: string;
}

/** A purpose of a draft. */
export interface PurposeDraft {
  readonly use: string;
  readonly bases: Readonly<Record<string, string>>;
  readonly recipients: readonly string[];
}

/** A product of a draft. */
export interface ProductDraft {
  readonly notice: {
    readonly version: number;
    readonly revision: number;
    readonly lastUpdated: string;
    readonly effective: string;
  };
}

/** How a figure of a draft is computed. */
export interface FigureValueDraft {
  readonly kind: string;
  readonly of?: readonly string[];
  readonly sum?: string;
  readonly by?: string;
}

/** What can be wrong with a policy. */
export type FindingCode =
  | "basis-missing"
  | "basis-unlawful"
  | "counter-stray"
  | "figures-not-eight"
  | "key-malformed"
  | "loss-unstated"
  | "period-invalid"
  | "purpose-missing"
  | "recipient-unreachable"
  | "reference-unknown"
  | "refused-but-used"
  | "release-invalid"
  | "secret-exported"
  | "statistics-personal"
  | "statistics-unlisted"
  | "text-missing"
  | "unused"
  | "use-forbidden";

/** One mistake: what, where, and what to do about it. */
export interface Finding {
  readonly code: FindingCode;
  /** The path to the entry, `items.service.email`. */
  readonly where: string;
  readonly advice: string;
}

const ours: PolicyDraft = { items: inventory, purposes, recipients, products, counters, figures };

/** Examines a policy, by default our own, and lists every mistake; an empty list is a sound policy. */
export function validateInventory(draft: PolicyDraft = ours): readonly Finding[] {
  return [
    ...checkItems(draft),
    ...checkPurposes(draft),
    ...checkUnused(draft),
    ...checkFigures(draft),
    ...checkReleases(draft),
    ...checkTexts(draft, ""),
  ];
}

const itemKey = /^([a-z]+)(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+$/;

function* checkItems(draft: PolicyDraft): Generator<Finding> {
  for (const [key, item] of Object.entries(draft.items)) {
    const where = `items.${key}`;
    if (itemKey.exec(key)?.[1] !== item.product) {
      const advice = `Begin the key with its product, ${item.product}, and go on in kebab case.`;
      yield { code: "key-malformed", where, advice };
    }
    if (!Object.hasOwn(draft.products, item.product)) {
      yield unknownReference(where, "product", item.product);
    }
    if (item.state === "refused") yield* checkRefused(where, item);
    else yield* checkUsed(draft, where, item);
  }
}

function* checkRefused(where: string, item: ItemDraft): Generator<Finding> {
  if (item.purposes === undefined && item.recipients === undefined) return;
  const advice = "A refused item has no purpose and no recipient. Remove them, or collect it.";
  yield { code: "refused-but-used", where, advice };
}

function* checkUsed(draft: PolicyDraft, where: string, item: ItemDraft): Generator<Finding> {
  const { purposes: used = [], recipients: receivers = [], retention, personal } = item;
  if (used.length === 0) {
    yield { code: "purpose-missing", where, advice: "Name a purpose, or refuse the item." };
  }
  for (const purpose of used) {
    if (!Object.hasOwn(draft.purposes, purpose)) yield unknownReference(where, "purpose", purpose);
  }
  for (const recipient of receivers) {
    if (!Object.hasOwn(draft.recipients, recipient)) {
      yield unknownReference(where, "recipient", recipient);
    } else if (!used.some((purpose) => draft.purposes[purpose]?.recipients.includes(recipient))) {
      const advice = `No purpose of the item sends anything to ${recipient}. Remove one or add the other.`;
      yield { code: "recipient-unreachable", where, advice };
    }
  }
  if (personal !== false && used.includes("usage-statistics")) {
    const advice = "Statistics identify nobody. Make the figure anonymous or leave it out.";
    yield { code: "statistics-personal", where, advice };
  }
  if (item.origin === "provided" && item.without === undefined) {
    const advice = "Say in `without` what the person loses by withholding it.";
    yield { code: "loss-unstated", where, advice };
  }
  if (item.level === "secret" && item.export === true) {
    const advice = "A secret is never shown again. Set `export: false`.";
    yield { code: "secret-exported", where, advice };
  }
  if (!isPeriod(retention)) {
    const advice = "Give a period in whole days from a stated moment, 0 or more.";
    yield { code: "period-invalid", where, advice };
  }
}

function isPeriod(retention: ItemDraft["retention"]): boolean {
  switch (retention?.kind) {
    case "memory":
    case "own-machine":
      return true;
    case "days":
      return Number.isInteger(retention.days) && Number(retention.days) >= 0;
    default:
      return false;
  }
}

// The grounds of article 6 GDPR that apply here, and their counterparts elsewhere. China's law has one fewer and one more.
const groundsEverywhere = ["consent", "contract", "legal-obligation"];

function isLawful(region: string, basis: string): boolean {
  const particular = region === "cn" ? "separate-consent" : "legitimate-interests";
  return groundsEverywhere.includes(basis) || basis === particular;
}

function* checkPurposes(draft: PolicyDraft): Generator<Finding> {
  for (const [key, purpose] of Object.entries(draft.purposes)) {
    const where = `purposes.${key}`;
    for (const region of Object.keys(regimes)) {
      const basis = purpose.bases[region];
      if (basis === undefined) {
        yield { code: "basis-missing", where, advice: `State the lawful basis in ${region}.` };
      } else if (!isLawful(region, basis)) {
        const advice = `The law of ${region} knows no basis called ${basis}. State another or drop the purpose.`;
        yield { code: "basis-unlawful", where, advice };
      }
    }
    for (const recipient of purpose.recipients) {
      if (!Object.hasOwn(draft.recipients, recipient)) {
        yield unknownReference(where, "recipient", recipient);
      }
    }
    if (/^(?:marketing|train_ai_system|sale)\b/.test(purpose.use)) {
      const advice = "Data is never used to advertise, to sell or to train. Drop the purpose.";
      yield { code: "use-forbidden", where, advice };
    }
  }
}

/** What nothing uses would stand in a notice as a claim about nothing. */
function* checkUnused(draft: PolicyDraft): Generator<Finding> {
  const items = Object.values(draft.items);
  const advice = "No item uses it. Remove it.";
  for (const key of Object.keys(draft.purposes)) {
    if (!items.some((item) => item.purposes?.includes(key))) {
      yield { code: "unused", where: `purposes.${key}`, advice };
    }
  }
  for (const key of Object.keys(draft.recipients)) {
    if (!items.some((item) => item.recipients?.includes(key))) {
      yield { code: "unused", where: `recipients.${key}`, advice };
    }
  }
}

function* checkFigures(draft: PolicyDraft): Generator<Finding> {
  const count = Object.keys(draft.figures).length;
  if (count !== 8) {
    const advice = `The promise names eight figures, here are ${count}. A ninth needs a new promise.`;
    yield { code: "figures-not-eight", where: "figures", advice };
  }
  const named = new Set(
    Object.values(draft.figures).flatMap(({ value }) => [
      ...(value.of ?? []),
      ...(value.sum === undefined ? [] : [value.sum]),
      ...(value.by === undefined ? [] : [value.by]),
    ]),
  );
  for (const key of named) {
    if (!Object.hasOwn(draft.counters, key)) yield unknownReference("figures", "counter", key);
  }
  const counted = new Set<string>();
  for (const [key, { item }] of Object.entries(draft.counters)) {
    const where = `counters.${key}`;
    if (!Object.hasOwn(draft.items, item)) yield unknownReference(where, "item", item);
    if (!named.has(key) || counted.has(item)) {
      const advice = "A counter serves one of the eight figures and is an item of its own.";
      yield { code: "counter-stray", where, advice };
    }
    counted.add(item);
  }
  for (const [key, item] of Object.entries(draft.items)) {
    const listed = counted.has(key) || key.startsWith("assistant.report.");
    if (item.purposes?.includes("usage-statistics") === true && !listed) {
      const advice = "A statistic is one of the counters or belongs to the report's envelope.";
      yield { code: "statistics-unlisted", where: `items.${key}`, advice };
    }
  }
}

const isoDate = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

function* checkReleases(draft: PolicyDraft): Generator<Finding> {
  for (const [key, { notice }] of Object.entries(draft.products)) {
    const sound =
      Number.isInteger(notice.version) &&
      notice.version > 0 &&
      Number.isInteger(notice.revision) &&
      notice.revision >= 0 &&
      isoDate.test(notice.lastUpdated) &&
      isoDate.test(notice.effective) &&
      notice.effective >= notice.lastUpdated;
    if (!sound) {
      const advice =
        "Number versions from 1 and revisions from 0; dates are YYYY-MM-DD, and effect follows the update.";
      yield { code: "release-invalid", where: `products.${key}`, advice };
    }
  }
}

const han = /\p{Script=Han}/u;

/** Finds every text, however deep, and asks that it says something in each language, in that language's script. */
function* checkTexts(value: unknown, where: string): Generator<Finding> {
  if (typeof value !== "object" || value === null) return;
  const entries: readonly (readonly [string, unknown])[] = Object.entries(value);
  if (languages.some((language) => Object.hasOwn(value, language))) {
    const words = new Map(entries);
    for (const language of languages) {
      const text = words.get(language);
      const says =
        typeof text === "string" && text.trim() !== "" && han.test(text) === (language === "zh");
      if (!says) {
        yield { code: "text-missing", where, advice: `Write the text in ${language}.` };
      }
    }
    return;
  }
  for (const [key, part] of entries) {
    yield* checkTexts(part, where === "" ? key : `${where}.${key}`);
  }
}

function unknownReference(where: string, kind: string, key: string): Finding {
  const advice = `There is no ${kind} called ${key}. Declare it first.`;
  return { code: "reference-unknown", where, advice };
}
