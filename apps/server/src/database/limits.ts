/**
 * Restriction and objection, held by the database itself: a purpose's role does not see the rows of a person who forbade the purpose, or
 * of one whose data is restricted, which leaves storage, claims and the person's own way in. [C7]
 */
import type { ClassifiedColumn } from "./classify.ts";
import { readingPurposes, roleOf, type ReadingPurpose } from "./purposes.ts";

/** What a restriction leaves: keeping, proving, legal claims, protecting others, and the person's own account page and sign-in. */
const allowedWhileRestricted: ReadonlySet<ReadingPurpose> = new Set<ReadingPurpose>([
  "sign-in",
  "keep-account",
  "keep-records",
  "prove-consent",
  "answer-authorities",
  "protect-children",
  "remember-language",
]);

/** The statements that put the rule on every table that belongs to one person; done twice they change nothing. */
export function toLimits(columns: readonly ClassifiedColumn[]): readonly string[] {
  const owners = columns.flatMap(({ table, column }) => {
    if (table === "users" && column === "id") return [{ table, column }];
    return column === "user_id" && table !== "processing_limits" ? [{ table, column }] : [];
  });
  return owners.flatMap(({ table, column }) => [
    `ALTER TABLE public."${table}" ENABLE ROW LEVEL SECURITY`,
    ...readingPurposes.flatMap((purpose) => {
      const role = roleOf(purpose);
      const whole = !allowedWhileRestricted.has(purpose);
      return [
        `DROP POLICY IF EXISTS ${role} ON public."${table}"`,
        `CREATE POLICY ${role} ON public."${table}" FOR SELECT TO ${role} USING ("${column}" IS NULL OR NOT is_limited("${column}", '${purpose}', ${whole}))`,
      ];
    }),
  ]);
}
