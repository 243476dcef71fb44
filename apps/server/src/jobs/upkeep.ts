/** What has to be done again and again so that the database stays small, quick and free of what is over. */
import { lt } from "drizzle-orm";
import { invitations, sessions, verifications } from "../accounts/tables.ts";
import type { Database } from "../database/database.ts";
import type { Services } from "../services.ts";
import type { Job } from "./jobs.ts";

/** The jobs of every service. */
export function upkeepJobs(services: Pick<Services, "database" | "now" | "mail">): readonly Job[] {
  const { database, mail } = services;
  const letters: Job = { name: "send-letters", cron: "* * * * *", run: async () => mail.retry() };
  const sweep: Job = {
    name: "sweep-expired",
    cron: "*/15 * * * *",
    run: async () => sweepExpired(services),
  };
  if (database.kind === "server") return [sweep, letters];
  return [
    sweep,
    letters,
    // Inside the process nothing checkpoints or vacuums by itself: the write-ahead log would grow for ever.
    {
      name: "checkpoint",
      cron: "*/5 * * * *",
      run: async () => runAlone(database, "CHECKPOINT"),
    },
    {
      name: "vacuum",
      cron: "20 * * * *",
      run: async () => runAlone(database, "VACUUM (ANALYZE)"),
    },
  ];
}

/** Deletes sessions, links, codes and invitations whose time is over. Returns how many. */
async function sweepExpired({
  database: { orm },
  now,
}: Pick<Services, "database" | "now">): Promise<number> {
  const at = new Date(now());
  const results = await Promise.all([
    orm.delete(sessions).where(lt(sessions.expiresAt, at)),
    orm.delete(verifications).where(lt(verifications.expiresAt, at)),
    orm.delete(invitations).where(lt(invitations.expiresAt, at)),
  ]);
  return results.reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0);
}

async function runAlone({ pool }: Database, statement: string): Promise<number> {
  await pool.query(statement);
  return 1;
}
