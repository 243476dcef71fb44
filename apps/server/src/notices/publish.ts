import { createHash } from "node:crypto";
import type { ChangeKind, Language, Notice, ProductKey } from "@cloud-code/policy";
import {
  announcementDays,
  classifyChanges,
  clockPlace,
  compareFacts,
  dayAt,
  isProcessorChange,
  languages,
  printDay,
  products,
  readFacts,
  renderNotice,
  toPlainText,
} from "@cloud-code/policy";
import type { Services } from "../services.ts";
import type { NoticeStore, PublishedNotice } from "./store.ts";

const dayMs = 86_400_000;

/** What became of an attempt to publish. */
export type Publication =
  | { readonly kind: "published"; readonly notice: PublishedNotice }
  /** The release that is in effect, or was announced, says the same. */
  | { readonly kind: "unchanged"; readonly notice: PublishedNotice }
  | { readonly kind: "refused"; readonly code: PublicationProblem; readonly advice: string };

/** Why a release is not published. */
type PublicationProblem =
  /** The text changed, its number did not. */
  | "notice-number-used"
  /** It says something new under a number that stands for a rewording. */
  | "notice-version-needed"
  /** People have to be told earlier. */
  | "notice-announced-late";

/**
 * Publishes the notice of a product as this build renders it: frozen in every language, hashed, with the day it takes effect.
 * `effectiveMs` is by default the first moment that leaves people the announced time. The first release of a product takes effect at
 * once, since nobody relied on an earlier one.
 */
export async function publishNotice(
  store: NoticeStore,
  { config, now }: Pick<Services, "config" | "now">,
  product: ProductKey,
  effectiveMs?: number,
): Promise<Publication> {
  const texts = Object.fromEntries(
    languages.map((language) => [language, renderFor(product, language, config)]),
  ) as Record<Language, Notice>;
  const facts = readFacts(product, product === "service" ? config.operator : undefined);
  const hash = hashTexts(texts);
  const { version, revision } = products[product].notice;
  const number = `${version}.${revision}`;
  const latest = (await store.all(true)).findLast((notice) => notice.product === product);
  if (latest?.hash === hash) return { kind: "unchanged", notice: latest };

  const changes = latest === undefined ? [] : compareFacts(latest.facts, facts);
  let kind: ChangeKind = classifyChanges(changes);
  if (latest !== undefined) {
    const newer =
      version > latest.version || (version === latest.version && revision > latest.revision);
    const sameNumber = version === latest.version && revision === latest.revision;
    // Under the same number only the operator's own details can differ, and who answers for the data or handles it is news.
    if (sameNumber && changes.every(isProcessorChange)) kind = "notice";
    else if (!newer) {
      const advice = `The ${product} notice ${latest.version}.${latest.revision} is published already, and this build carries ${number} with another text. Raise the number in packages/policy/src/product.ts.`;
      return { kind: "refused", code: "notice-number-used", advice };
    }
    if (kind !== "editorial" && !changes.every(isProcessorChange) && version === latest.version) {
      const advice = `The ${product} notice says something new: ${changes[0]?.text.en ?? ""} Raise its version, not only its revision, in packages/policy/src/product.ts.`;
      return { kind: "refused", code: "notice-version-needed", advice };
    }
  }

  const publishedMs = now();
  const earliestMs =
    latest === undefined ? publishedMs : publishedMs + announcementDays[kind] * dayMs;
  if (effectiveMs !== undefined && effectiveMs < earliestMs) {
    const advice = `This change of the ${product} notice has to be announced ${announcementDays[kind]} days ahead. The first possible day is ${firstDayFrom(earliestMs, config)}.`;
    return { kind: "refused", code: "notice-announced-late", advice };
  }
  const notice: PublishedNotice = {
    id: `${product}-${number}-${toDay(publishedMs)}-${hash.slice(0, 8)}`,
    product,
    version,
    revision,
    hash,
    texts,
    facts,
    kind,
    changes,
    publishedMs,
    effectiveMs: effectiveMs ?? earliestMs,
  };
  await store.add(notice);
  return { kind: "published", notice };
}

/** Publishes what has no release yet; called at start-up, so that a new installation has its notices before its first visitor. */
export async function publishFirst(
  store: NoticeStore,
  services: Pick<Services, "config" | "now">,
): Promise<void> {
  const published = new Set((await store.all(true)).map(({ product }) => product));
  for (const product of Object.keys(products) as ProductKey[]) {
    if (!published.has(product)) await publishNotice(store, services, product);
  }
}

/** Whether the texts still spell the hash they were published with. */
export function isIntact(notice: Pick<PublishedNotice, "hash" | "texts">): boolean {
  return hashTexts(notice.texts) === notice.hash;
}

function hashTexts(texts: Readonly<Record<Language, Notice>>): string {
  const hash = createHash("sha256");
  for (const language of languages) hash.update(toPlainText(texts[language])).update("\0");
  return hash.digest("hex");
}

/** The assistant and the gateway run on machines of others; the operator answers for the service only. */
function renderFor(
  product: ProductKey,
  language: Language,
  { operator }: Pick<Services, "config">["config"],
): Notice {
  return product === "service"
    ? renderNotice(product, language, operator)
    : renderNotice(product, language);
}

/** The first day that begins no earlier than a moment, at the operator's. */
function firstDayFrom(atMs: number, { operator }: Services["config"]): string {
  return printDay(dayAt(atMs - 1, clockPlace(operator).timeZone) + 1);
}

function toDay(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
