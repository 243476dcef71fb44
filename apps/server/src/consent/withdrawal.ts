import type { PurposeKey } from "@cloud-code/policy";
import { inventory, itemsOfPurpose } from "@cloud-code/policy";
import { eq, getTableColumns } from "drizzle-orm";
import { usersClassified } from "../accounts/tables.ts";
import type { Services } from "../services.ts";

/**
 * Deletes from the account what rests on nothing but the withdrawn purpose (PIPL article 47 asks for it unasked; GDPR article
 * 17(1)(b)). What has another purpose stays for that. The columns follow from the inventory, so a new item needs no new code.
 */
export async function deleteWithdrawn(
  { database }: Pick<Services, "database">,
  userId: string,
  purpose: PurposeKey,
): Promise<void> {
  const items = new Set<string>(
    itemsOfPurpose(purpose).filter((key) => {
      const item = inventory[key];
      return item.state !== "refused" && item.purposes.length === 1;
    }),
  );
  const { table, columns } = usersClassified;
  const names = Object.keys(columns) as (keyof typeof columns)[];
  const empty = Object.fromEntries(
    names
      // A column that may not be empty holds what no account can be without, and no such thing rests on consent.
      .filter((name) => items.has(columns[name]) && !getTableColumns(table)[name].notNull)
      .map((name) => [name, null]),
  );
  if (Object.keys(empty).length === 0) return;
  await database.orm.update(table).set(empty).where(eq(table.id, userId));
}
