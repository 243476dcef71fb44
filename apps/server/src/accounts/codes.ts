/** Codes of authenticator apps are good once. The library accepts one again for as long as it is valid. */
import { eq, lt } from "drizzle-orm";
import type { Database } from "../database/database.ts";
import { hashToken } from "./hashing.ts";
import { toIdentifier } from "./library.ts";
import { verifications } from "./tables.ts";

// A code is accepted for its own half minute and the ones beside it.
const USED_MS = 2 * 60 * 1000;

/** Notes that a code was tried for the sign-in that a browser began; false when it was before. */
export async function useOnce(
  { orm }: Database,
  pending: string,
  code: string,
  now: Date,
): Promise<boolean> {
  const [challenge] = await orm
    .select({ userId: verifications.value })
    .from(verifications)
    .where(eq(verifications.identifier, toIdentifier(pending)));
  // Nothing was begun: the library says so by itself.
  if (challenge === undefined) return true;
  const expiresAt = new Date(now.getTime() + USED_MS);
  const noted = await orm
    .insert(verifications)
    .values({
      id: hashToken(`used-code:${challenge.userId}:${code}`),
      identifier: "used-code",
      value: "",
      expiresAt,
      createdAt: now,
      updatedAt: now,
    })
    .onConflictDoUpdate({
      target: verifications.id,
      set: { expiresAt },
      setWhere: lt(verifications.expiresAt, now),
    })
    .returning({ id: verifications.id });
  return noted.length === 1;
}
