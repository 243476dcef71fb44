import type { Language } from "@cloud-code/policy";
import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Database } from "../database/database.ts";
import { readFor } from "../database/reading.ts";
import { usersClassified } from "./tables.ts";

/** Somebody who is told what is due. */
export interface Officer {
  readonly email: string;
  readonly language: Language;
}

/** The privacy officers who can sign in. Who they are and where to write to them are two purposes, so they are two reads. */
export async function readOfficers(database: Database): Promise<readonly Officer[]> {
  const officers = await readFor(database, "keep-account", usersClassified, ["id"], {
    where: ({ role, disabledAt }) => and(eq(role, "officer"), isNull(disabledAt)),
  });
  if (officers.length === 0) return [];
  return readFor(database, "service-mail", usersClassified, ["email", "language"], {
    where: ({ id }) =>
      inArray(
        id,
        officers.map((officer) => officer.id),
      ),
  });
}
