/**
 * Which purposes each item may be read for, in a form the compiler can follow. The inventory decides; `purposes.test.ts` holds the
 * two together word for word, so neither can say more than the other.
 */
import type { ItemKey, PurposeKey } from "@cloud-code/policy";

/** The items that have columns, and what each may be read for. */
export const uses = {
  "service.username": ["keep-account", "sign-in", "answer-authorities"],
  "service.password-hash": ["sign-in"],
  "service.email": ["keep-account", "sign-in", "service-mail", "support", "answer-authorities"],
  "service.phone": ["recover-account"],
  "service.company.name": ["keep-company-profile"],
  "service.company.region": ["keep-account", "keep-company-profile"],
  "service.company.website": ["keep-company-profile"],
  "service.company.contact": ["keep-company-profile"],
  "service.support-messages": ["support"],
  "service.rights-requests": ["keep-records", "service-mail", "answer-authorities"],
  "service.age-answer": ["protect-children"],
  "service.account-state": ["keep-account", "sign-in", "secure-service"],
  "service.organizations": ["keep-account", "service-mail"],
  "service.second-factor": ["sign-in"],
  "service.one-time-codes": ["sign-in"],
  "service.sessions": ["sign-in", "secure-service"],
  "service.ip-address": ["secure-service", "answer-authorities"],
  "service.user-agent": ["secure-service"],
  "service.language": ["remember-language", "service-mail"],
  "service.consent-records": ["prove-consent", "answer-authorities"],
  "service.audit-entries": ["keep-records", "secure-service", "answer-authorities"],
  "service.page-views": ["count-visits"],
  "service.support-contact": ["support"],
  "service.privacy-signal": ["prove-consent"],
  "service.notices-shown": ["prove-consent"],
  "assistant.report.week": ["usage-statistics"],
  "assistant.figures.triggers": ["usage-statistics"],
  "assistant.figures.accepts": ["usage-statistics"],
  "assistant.figures.accept-rank-sum": ["usage-statistics"],
  "assistant.figures.accept-char-sum": ["usage-statistics"],
  "assistant.figures.response-ms-sum": ["usage-statistics"],
  "assistant.figures.responses": ["usage-statistics"],
  "assistant.figures.search-prompts": ["usage-statistics"],
  "assistant.figures.searches": ["usage-statistics"],
  "assistant.figures.search-accepts": ["usage-statistics"],
  "assistant.figures.search-accept-rank-sum": ["usage-statistics"],
  "assistant.figures.snippet-clicks": ["usage-statistics"],
  "assistant.figures.page-turns": ["usage-statistics"],
} as const satisfies Partial<Record<ItemKey, readonly PurposeKey[]>>;

/** An item that has columns. */
export type StoredItem = keyof typeof uses;

/** The purposes for which something in the database may be read. */
export type ReadingPurpose = (typeof uses)[StoredItem][number];

/** The items that may be read for a purpose. */
export type ItemFor<P extends ReadingPurpose> = {
  [K in StoredItem]: P extends (typeof uses)[K][number] ? K : never;
}[StoredItem];

/** Every purpose for which something may be read, once each. */
export const readingPurposes: readonly ReadingPurpose[] = [...new Set(Object.values(uses).flat())];

/** The database role that stands for a purpose. */
export function roleOf(purpose: ReadingPurpose): string {
  return `cc_${purpose.replaceAll("-", "_")}`;
}

/** Whether an item may be read for a purpose. */
export function mayRead(item: string, purpose: ReadingPurpose): boolean {
  const allowed: readonly string[] | undefined = Object.hasOwn(uses, item)
    ? uses[item as StoredItem]
    : undefined;
  return allowed?.includes(purpose) ?? false;
}
