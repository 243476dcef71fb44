/**
 * Brings the stored hash of a password to the parameters in force. Only a sign-in knows the password, so that is when: an account that is
 * used follows when the parameters are raised, and nobody has to choose a new password for it.
 */
import { and, eq } from "drizzle-orm";
import type { Database } from "../database/database.ts";
import { hashPassword, isOutdated } from "./hashing.ts";
import { credentials, users } from "./tables.ts";

/**
 * Replaces an outdated hash of a password that was just accepted for a username or an address. Throws what the database throws; the
 * old hash is good as before.
 */
export async function strengthenHash(
  { orm }: Database,
  identifier: string,
  password: string,
  now: Date,
): Promise<void> {
  const [row] = await orm
    .select({ id: credentials.id, hash: credentials.password })
    .from(credentials)
    .innerJoin(users, eq(users.id, credentials.userId))
    .where(eq(identifier.includes("@") ? users.email : users.username, identifier.toLowerCase()));
  if (row === undefined || row.hash === null || !isOutdated(row.hash)) return;
  await orm
    .update(credentials)
    .set({ password: await hashPassword(password), updatedAt: now })
    // Meanwhile the person may have chosen another one elsewhere, which must stay.
    .where(and(eq(credentials.id, row.id), eq(credentials.password, row.hash)));
}
