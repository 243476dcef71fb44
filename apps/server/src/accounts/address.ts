/** Changing the address of an account: it changes when the link in a letter to the new one is used, and the old one is told. */
import { randomBytes, randomUUID } from "node:crypto";
import { and, eq, gt } from "drizzle-orm";
import type { Database } from "../database/database.ts";
import { hasSqlState } from "../database/errors.ts";
import { hashToken } from "./hashing.ts";
import type { AccountLetters } from "./letters.ts";
import type { Outcome } from "./port.ts";
import { users, verifications } from "./tables.ts";
import { refuse } from "./wire.ts";

interface AddressParts {
  readonly database: Database;
  readonly letters: AccountLetters;
  readonly now: () => number;
}

const LINK_MS = 60 * 60 * 1000;

/** Mails a link, good for an hour, to the address a person wants. */
export async function requestEmailChange(
  { database, letters, now }: AddressParts,
  userId: string,
  email: string,
): Promise<void> {
  const token = randomBytes(32).toString("base64url");
  const atMs = now();
  await database.orm.insert(verifications).values({
    id: randomUUID(),
    identifier: toIdentifier(token),
    value: JSON.stringify({ userId, email: email.toLowerCase() }),
    expiresAt: new Date(atMs + LINK_MS),
    createdAt: new Date(atMs),
    updatedAt: new Date(atMs),
  });
  const language = await letters.languageOf(userId);
  letters.send({ email, language }, letters.withLink("confirm-new-email", "/confirm/new", token));
}

/** Changes the address with the mailed link, which is good once. */
export async function confirmEmailChange(
  { database: { orm }, letters, now }: AddressParts,
  token: string,
): Promise<Outcome> {
  const [used] = await orm
    .delete(verifications)
    .where(
      and(
        eq(verifications.identifier, toIdentifier(token)),
        gt(verifications.expiresAt, new Date(now())),
      ),
    )
    .returning({ value: verifications.value });
  if (used === undefined) return refuse("expired");
  const { userId, email } = JSON.parse(used.value) as { userId: string; email: string };
  const old = await letters.addresseeOf(userId);
  try {
    await orm
      .update(users)
      .set({ email, emailVerified: true, updatedAt: new Date(now()) })
      .where(eq(users.id, userId));
  } catch (error) {
    // The address got an account in the meantime; whose it is stays untold.
    if (hasSqlState(error, "23505")) return refuse("expired");
    throw error;
  }
  if (old !== undefined) letters.send(old, { kind: "email-changed" });
  return { kind: "done" };
}

function toIdentifier(token: string): string {
  return hashToken(`email-change:${token}`);
}
