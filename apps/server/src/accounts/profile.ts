/** What a person sees and changes of their own account, each part read for the purpose it is kept for. */
import { eq } from "drizzle-orm";
import type { Database } from "../database/database.ts";
import { readFor } from "../database/reading.ts";
import type { Company, Profile, ProfileChange, SignedIn } from "./port.ts";
import { users, usersClassified } from "./tables.ts";

/** The person's profile; undefined when there is no such account. */
export async function readProfile(
  database: Database,
  { userId, language }: SignedIn,
): Promise<Profile | undefined> {
  const own = { where: (table: typeof users) => eq(table.id, userId) };
  const [[account], [company], [recovery]] = await Promise.all([
    readFor(
      database,
      "keep-account",
      usersClassified,
      ["displayUsername", "email", "createdAt"],
      own,
    ),
    readFor(
      database,
      "keep-company-profile",
      usersClassified,
      ["companyName", "companyRegion", "companyWebsite", "companyContact"],
      own,
    ),
    readFor(database, "recover-account", usersClassified, ["phone"], own),
  ]);
  if (account === undefined) return undefined;
  return {
    username: account.displayUsername,
    email: account.email,
    createdAt: account.createdAt,
    // Read with the session already, for this very request.
    language,
    phone: recovery?.phone ?? undefined,
    company: {
      name: company?.companyName ?? undefined,
      region: company?.companyRegion ?? undefined,
      website: company?.companyWebsite ?? undefined,
      contact: company?.companyContact ?? undefined,
    },
  };
}

/** Writes what changed; what is absent stays, an empty text takes it out. */
export async function changeProfile(
  { orm }: Database,
  userId: string,
  { language, phone, company }: ProfileChange,
  now: Date,
): Promise<void> {
  await orm
    .update(users)
    .set({
      // Drizzle leaves out what is undefined.
      language,
      phone: emptied(phone),
      ...(company === undefined ? {} : toColumns(company)),
      updatedAt: now,
    })
    .where(eq(users.id, userId));
}

function toColumns({ name, region, website, contact }: Company) {
  return {
    companyName: emptied(name),
    companyRegion: emptied(region),
    companyWebsite: emptied(website),
    companyContact: emptied(contact),
  };
}

function emptied(text: string | undefined): string | null | undefined {
  return text === "" ? null : text;
}
