import type { Database } from "./database.ts";
import { DatabaseError } from "./errors.ts";

/**
 * Commits once and counts the fsyncs that reached the disk. The embedded engine's fsync is our addition to it, so a release in which
 * that no longer takes hold must not go unnoticed: none counted is `database-not-durable`. A server looks after itself; there the
 * answer is `undefined`.
 */
export async function checkDurability(database: Database): Promise<number | undefined> {
  const before = await database.syncs();
  if (before === undefined) return undefined;
  await database.pool.query("COMMENT ON TABLE public.verifications IS 'cc:table'");
  const done = ((await database.syncs()) ?? 0) - before;
  if (done < 1) throw new DatabaseError("database-not-durable");
  return done;
}
