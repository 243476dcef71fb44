/** Whom an officer means. What is typed goes no further than this: the trail cannot forget, and may hold no name and no address. */
import { everyone } from "@cloud-code/policy";
import { eq } from "drizzle-orm";
import { usersClassified } from "../accounts/tables.ts";
import { readFor } from "../database/reading.ts";
import type { Rights } from "../requests/rights.ts";
import type { Services } from "../services.ts";

/** Finds the pseudonym for the e-mail address of an account, a pseudonym or `everyone`; undefined when it is nobody's. */
export function createSubjectFinder(
  database: Services["database"],
  { ledger, trail }: Pick<Rights, "ledger" | "trail">,
): (typed: string) => Promise<string | undefined> {
  return async (typed) => {
    const subject = typed.trim();
    if (subject === everyone) return everyone;
    if (subject.includes("@")) {
      const [row] = await readFor(database, "answer-authorities", usersClassified, ["id"], {
        where: (table) => eq(table.email, subject.toLowerCase()),
      });
      return row === undefined ? undefined : ledger.pseudonymOf(row.id);
    }
    // What is kept of a person whose account is gone stands in the trail under the pseudonym, or in the ledger.
    const isKnown =
      (await trail.newest(1, subject)).length > 0 || (await ledger.history(subject)).length > 0;
    return isKnown ? subject : undefined;
  };
}
