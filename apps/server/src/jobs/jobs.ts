/**
 * Work in the background: later, again after a failure, or every so often. A job carries identifiers, never a person's data, and
 * decides by the service's clock what is due; the queue's own clock only says when to look.
 */
import PgBoss from "pg-boss";
import type { Database } from "../database/database.ts";
import { describeError, type Log } from "../log.ts";

/** What a job is told: keys and numbers. */
export type JobData = Readonly<Record<string, string | number>>;

/** A kind of job. */
export interface Job {
  /** One word or words with hyphens; the name of its queue. */
  readonly name: string;
  /** When it runs by itself, as a cron expression in UTC; without it, when something adds it. */
  readonly cron?: string;
  /** Does the work and says how many things it dealt with. Runs again after a failure, so it must be harmless to repeat. */
  readonly run: (data: JobData) => Promise<number>;
}

/** The running queue. */
export interface Jobs {
  /** Adds a job, once per `key` as long as it waits. */
  readonly add: (name: string, data: JobData, key?: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts the queue with its kinds of jobs; on both databases it lives in a schema of its own. */
export async function startJobs(
  { pool }: Pick<Database, "pool">,
  jobs: readonly Job[],
  log: Log,
): Promise<Jobs> {
  const boss = new PgBoss({
    db: { executeSql: async (text, values) => pool.query(text, values) },
    // Finished jobs are of no use to anybody.
    deleteAfterHours: 1,
    archiveCompletedAfterSeconds: 60,
    retryLimit: 5,
    retryBackoff: true,
  });
  boss.on("error", (error) => {
    log.write({ event: "job-failed", job: "queue", code: describeError(error).code });
  });
  await boss.start();
  for (const job of jobs) {
    await boss.createQueue(job.name);
    await boss.work<JobData>(job.name, { pollingIntervalSeconds: 5 }, async (waiting) => {
      for (const { data } of waiting) await runJob(job, data, log);
    });
    if (job.cron === undefined) await boss.unschedule(job.name);
    else await boss.schedule(job.name, job.cron, {}, { tz: "UTC" });
  }
  return {
    add: async (name, data, key) => {
      await boss.send(name, data, key === undefined ? {} : { singletonKey: key });
    },
    stop: async () => boss.stop({ graceful: true, timeout: 5_000 }),
  };
}

/** Runs a job and notes how it went; a failure is thrown on, so that the queue tries again. */
async function runJob(job: Job, data: JobData, log: Log): Promise<void> {
  const startMs = performance.now();
  try {
    const count = await job.run(data);
    const durationMs = Math.round(performance.now() - startMs);
    log.write({ event: "job-done", job: job.name, count, durationMs });
  } catch (error) {
    log.write({ event: "job-failed", job: job.name, code: describeError(error).code });
    throw error;
  }
}
