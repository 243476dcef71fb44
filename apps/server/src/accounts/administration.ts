/** What whoever runs the service does with accounts from the command line: opening the first officer's, giving roles, disabling. */
import { randomBytes, randomUUID } from "node:crypto";
import { asc, eq, or } from "drizzle-orm";
import { hasSqlState } from "../database/errors.ts";
import { readFor } from "../database/reading.ts";
import type { Services } from "../services.ts";
import { hashPassword } from "./hashing.ts";
import { toIdentifier } from "./library.ts";
import type { Role } from "./port.ts";
import { credentials, sessions, users, usersClassified, verifications } from "./tables.ts";

type Parts = Pick<Services, "database" | "config" | "now">;

/** An account in the list of accounts. */
export interface AccountLine {
  readonly username: string;
  readonly email: string;
  readonly role: Role;
  readonly disabled: boolean;
  readonly secondFactor: boolean;
}

const LINK_MS = 24 * 60 * 60 * 1000;

/**
 * Opens an account with a role for somebody the operator knows. Returns the path of a link, good once within a day, with which they
 * choose their password; `undefined` when name or address is taken. Nobody but them ever knows a password of it.
 */
export async function createAccount(
  { database, now }: Parts,
  {
    username,
    email,
    role,
  }: { readonly username: string; readonly email: string; readonly role: Role },
): Promise<string | undefined> {
  const at = new Date(now());
  const id = randomUUID();
  const token = randomBytes(24).toString("base64url");
  try {
    await database.orm.transaction(async (transaction) => {
      await transaction.insert(users).values({
        id,
        name: username,
        username: username.toLowerCase(),
        displayUsername: username,
        email: email.toLowerCase(),
        emailVerified: true,
        role,
        oldEnough: true,
        createdAt: at,
        updatedAt: at,
      });
      // Until they choose one there is a password nobody knows: an account without would refuse a guess quicker than others.
      await transaction.insert(credentials).values({
        id: randomUUID(),
        accountId: id,
        providerId: "credential",
        userId: id,
        password: await hashPassword(randomBytes(32).toString("base64url")),
        createdAt: at,
        updatedAt: at,
      });
      await transaction.insert(verifications).values({
        id: randomUUID(),
        identifier: toIdentifier(`reset-password:${token}`),
        value: id,
        expiresAt: new Date(at.getTime() + LINK_MS),
        createdAt: at,
        updatedAt: at,
      });
    });
  } catch (error) {
    if (hasSqlState(error, "23505")) return undefined;
    throw error;
  }
  return `/reset/choose?token=${token}`;
}

/** Gives an account another role and ends its sessions, which had the old one. False when there is no such account. */
export async function changeRole(parts: Parts, name: string, role: Role): Promise<boolean> {
  return change(parts, name, { role });
}

/** Disables an account and ends its sessions, or enables it again. False when there is no such account. */
export async function setDisabled(parts: Parts, name: string, disabled: boolean): Promise<boolean> {
  return change(parts, name, { disabledAt: disabled ? new Date(parts.now()) : null });
}

/** Every account with a role, or every account there is. */
export async function listAccounts(
  { database }: Parts,
  all: boolean,
): Promise<readonly AccountLine[]> {
  const rows = await readFor(
    database,
    "keep-account",
    usersClassified,
    ["displayUsername", "email", "role", "disabledAt", "twoFactorEnabled"],
    { orderBy: (table) => asc(table.username), limit: 10_000 },
  );
  return rows
    .filter(({ role }) => all || role !== "person")
    .map((row) => ({
      username: row.displayUsername,
      email: row.email,
      role: row.role,
      disabled: row.disabledAt !== null,
      secondFactor: row.twoFactorEnabled,
    }));
}

/** Whether anybody can handle requests yet. */
export async function hasOfficer(parts: Parts): Promise<boolean> {
  return (await listAccounts(parts, false)).some(({ role }) => role === "officer");
}

async function change(
  { database, now }: Parts,
  name: string,
  values: Partial<typeof users.$inferInsert>,
): Promise<boolean> {
  const wanted = name.toLowerCase();
  return database.orm.transaction(async (transaction) => {
    const [changed] = await transaction
      .update(users)
      .set({ ...values, updatedAt: new Date(now()) })
      .where(or(eq(users.username, wanted), eq(users.email, wanted)))
      .returning({ id: users.id });
    if (changed === undefined) return false;
    await transaction.delete(sessions).where(eq(sessions.userId, changed.id));
    return true;
  });
}
