/**
 * Which changes of the inventory may not be made before somebody has thought about their risk (GDPR article 35; PIPL articles 55 and 56).
 * Example: an item of the category `user.childrens` that is collected from now on needs an assessment that names it.
 */
import type { Facts, ItemFacts } from "./facts.ts";
import { sensitiveCategories } from "./transfer.ts";
import type { Category } from "./inventory/item.ts";
import type { Text } from "./text.ts";

/** Why an assessment is needed. */
export type AssessmentReason =
  | "sensitive-data"
  | "device-identity"
  | "new-recipient"
  | "transfer-abroad"
  | "becomes-personal"
  | "joined-purpose";

/** One need for an assessment. */
export interface AssessmentNeed {
  readonly reason: AssessmentReason;
  /** The item or recipient that changed. */
  readonly where: string;
  readonly title: Text;
}

/** An assessment that was made. Kept three years (`limits.assessmentDays`). */
export interface Assessment {
  /** A number people refer to, `DPIA-2026-01`. */
  readonly id: string;
  /** The items and recipients it covers. */
  readonly covers: readonly string[];
  /** The day it was approved, `YYYY-MM-DD`. */
  readonly approvedOn: string;
}

const identifying: ReadonlySet<string> = new Set<Category>([
  "user.device.device_id",
  "user.device.cc_installed_apps",
]);

/** The needs that a change from one release to the next raises. */
export function assessmentNeeds(before: Facts, after: Facts): readonly AssessmentNeed[] {
  const items = Object.entries(after.items).flatMap(([where, is]): readonly AssessmentNeed[] => {
    if (is.state !== "collected") return [];
    return reasonsFor(before.items[where], is).map((reason) => ({
      reason,
      where,
      title: is.title,
    }));
  });
  const receivers = Object.entries(after.recipients).flatMap(
    ([where, is]): readonly AssessmentNeed[] => {
      const was = before.recipients[where];
      const abroad = is.transfer === "contract-clauses" || is.transfer === "explicit-consent";
      if (was === undefined && is.place === "elsewhere")
        return [{ reason: "new-recipient", where, title: is.title }];
      return abroad && was?.transfer !== is.transfer
        ? [{ reason: "transfer-abroad", where, title: is.title }]
        : [];
    },
  );
  return [...items, ...receivers];
}

/** The needs that no assessment covers. Making the change all the same is a fault of whoever makes it. */
export function missingAssessments(
  needs: readonly AssessmentNeed[],
  made: readonly Assessment[],
): readonly AssessmentNeed[] {
  return needs.filter(({ where }) => !made.some(({ covers }) => covers.includes(where)));
}

function reasonsFor(was: ItemFacts | undefined, is: ItemFacts): readonly AssessmentReason[] {
  const isNew = was?.state !== "collected";
  const reasons: AssessmentReason[] = [];
  const recategorized = isNew || was.category !== is.category;
  if (recategorized && sensitiveCategories.has(is.category as Category))
    reasons.push("sensitive-data");
  if (recategorized && identifying.has(is.category)) reasons.push("device-identity");
  if (!isNew && was.personal === false && is.personal === true) reasons.push("becomes-personal");
  if (
    !isNew &&
    sensitiveCategories.has(is.category as Category) &&
    gained(was.purposes, is.purposes)
  )
    reasons.push("joined-purpose");
  return reasons;
}

function gained(was: readonly string[] = [], is: readonly string[] = []): boolean {
  return is.some((each) => !was.includes(each));
}
