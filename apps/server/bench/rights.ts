/**
 * A million people on PostgreSQL: a retention sweep with a moved clock, the copy of one person, the erasure of one. Prints JSON; the
 * figures that are quoted stand in `bench/rights.json`. Run: npm run bench:rights -w @cloud-code/server
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { unnamedOperator } from "@cloud-code/policy";
import { sql } from "drizzle-orm";
import { openDatabase } from "../src/database/database.ts";
import { migrateDatabase } from "../src/database/migrate.ts";
import { indexWords } from "../src/database/words.ts";
import { createLog } from "../src/log.ts";
import { createRights } from "../src/requests/rights.ts";
import { searchDatabase } from "../src/requests/search.ts";
import { createServices } from "../src/service.ts";
import { startPostgres } from "../src/testing/index.ts";

const people = Number(process.argv[2] ?? 1_000_000);
const runs = 20;
const directory = mkdtempSync(join(tmpdir(), "cc-bench-rights-"));
const cluster = await startPostgres([
  "shared_buffers=512MB",
  "max_wal_size=4GB",
  "maintenance_work_mem=256MB",
]);
const database = await openDatabase({
  url: `postgres://admin@localhost/postgres?host=${encodeURIComponent(cluster.socket)}`,
  directory: "",
});
try {
  await migrateDatabase(database);
  let offsetMs = 0;
  const services = await createServices({
    config: {
      origin: "http://localhost:4000",
      trustedProxies: 0,
      operator: unnamedOperator,
      secret: "a-benchmark-needs-a-secret-of-thirty-two-characters",
    },
    database,
    mail: { outbox: join(directory, "outbox"), from: "bench@localhost" },
    log: createLog(() => undefined),
    now: () => Date.now() + offsetMs,
  });
  const rights = createRights(services, { outbox: join(directory, "outbox") });
  const { orm, pool } = database;
  // Filling the tables is not what is measured; the indexes over the words are made afterwards, as for an older database.
  await dropWordIndexes();
  await orm.execute(sql`
    INSERT INTO users (id, name, username, display_username, email, email_verified, old_enough, created_at, updated_at, company_name)
    SELECT 'person-' || lpad(n::text, 9, '0'), 'u' || n, 'walker' || n, 'Walker' || n, 'walker' || n || '@example.com', true, true, now(), now(), 'Company ' || (n % 5000)
      FROM generate_series(1, ${people}::int) AS n`);
  await orm.execute(sql`
    INSERT INTO sessions (id, token_hash, user_id, created_at, last_active_at, expires_at, ip_address, user_agent)
    SELECT 's' || n, md5(n::text) || n, 'person-' || lpad(n::text, 9, '0'), now(), now(), now() + interval '7 days', '192.0.2.' || (n % 250), 'Mozilla/5.0'
      FROM generate_series(1, ${people}::int) AS n`);
  await orm.execute(sql`INSERT INTO consent_subjects SELECT id, md5(id)::uuid::text FROM users`);
  await orm.execute(sql`
    INSERT INTO support_tickets (number, user_id, kind, language, secret_hash, notice_id, received_at, due_at, escalate_at, closed_at)
    SELECT 'Q-' || n, 'person-' || lpad(n::text, 9, '0'), 'question', 'en', md5('q' || n), (SELECT id FROM notice_versions LIMIT 1), now(), now(), now(), now()
      FROM generate_series(1, ${people / 5}::int) AS n`);
  await orm.execute(
    sql`INSERT INTO support_messages (ticket_id, author, body, written_at) SELECT id, 'person', 'How do I change the key of ' || number || '?', now() FROM support_tickets`,
  );
  // A hundred people are held, a hundred restricted: their rows must be there afterwards.
  await orm.execute(sql`
    INSERT INTO legal_holds (subject, items, status, placed_at, review_at)
    SELECT pseudonym, '"all"', 'active', now(), now() + interval '1 year' FROM consent_subjects ORDER BY user_id LIMIT 100`);
  const indexStartMs = performance.now();
  await indexWords(database);
  const indexingMs = Math.round(performance.now() - indexStartMs);
  await orm.execute(sql`VACUUM ANALYZE`);
  const { rows: sizes } = await pool.query<{ index: string; heap: string }>(String.raw`
    SELECT sum(pg_relation_size(format('public.%I', indexname)::regclass)) AS index,
           (SELECT sum(pg_table_size(c.oid)) FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace) AS heap
      FROM pg_indexes WHERE schemaname = 'public' AND indexname LIKE '%\_words\_%'`);

  const ids = Array.from(
    { length: runs },
    (_, index) => `person-${String(1000 + index * 977).padStart(9, "0")}`,
  );
  const copies = await measure(ids, async (id) => {
    const { request } = await rights.handling.ask(id, { right: "access", language: "en" });
    if ((await rights.handling.copyOf(request, "en")) === undefined) throw new Error("No copy.");
  });
  const erasing: number[] = [];
  const erasures = await measure(ids, async (id) => {
    const startMs = performance.now();
    let erasedMs = 0;
    const own = createRights(services, {
      outbox: join(directory, "outbox"),
      onPoint: (point) => {
        if (point === "erase:after") erasedMs = performance.now() - startMs;
      },
    });
    const { request } = await own.handling.ask(id, { right: "delete", language: "en" });
    if (request.state.status !== "fulfilled")
      throw new Error(`The erasure is ${request.state.status}.`);
    erasing.push(erasedMs);
  });

  await dropWordIndexes();
  const reading = await measure(ids.slice(0, 3), async (id) => {
    const traces = [
      { value: id, match: "anywhere" },
      { value: `walker${Number(id.slice(7))}@example.com`, match: "word" },
    ] as const;
    const way = { since: new Date(), largestBlocks: Number.POSITIVE_INFINITY };
    const found = await searchDatabase(database, traces, way);
    if (found.kind !== "searched" || found.leftovers.length > 0) throw new Error("Left.");
  });

  offsetMs = 400 * 86_400_000;
  const sweep = await rights.retention.sweep();
  const after = await rights.retention.dryRun();
  const { rows } = await orm.execute<{ count: string }>(
    sql`SELECT count(*) AS count FROM sessions`,
  );
  const result = {
    people,
    node: process.version,
    processors: cpus().length,
    copyOfOneMs: copies,
    erasureOfOneMs: { untilErased: summary(erasing), withSearchOfEverything: erasures },
    searchWithoutIndexMs: reading,
    wordIndexes: {
      madeInMs: indexingMs,
      megabytes: Math.round(Number(sizes[0]?.index) / 1e6),
      megabytesOfTables: Math.round(Number(sizes[0]?.heap) / 1e6),
    },
    sweep: {
      rows: sweep.rows,
      heldRows: sweep.held,
      durationMs: sweep.durationMs,
      overdueAfterwards: after.rows,
      heldSessionsKept: Number(rows[0]?.count),
    },
  };
  process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
  writeFileSync(
    new URL("../bench/rights.json", import.meta.url),
    `${JSON.stringify(result, undefined, 2)}\n`,
  );
} finally {
  await database.close();
  await cluster.stop();
  rmSync(directory, { recursive: true, force: true });
}

async function dropWordIndexes(): Promise<void> {
  const { rows } = await database.pool.query<{ name: string }>(
    String.raw`SELECT indexname AS name FROM pg_indexes WHERE schemaname = 'public' AND indexname LIKE '%\_words\_%'`,
  );
  for (const { name } of rows) await database.pool.query(`DROP INDEX "${name}"`);
}

async function measure(ids: readonly string[], run: (id: string) => Promise<void>) {
  const times: number[] = [];
  for (const id of ids) {
    const startMs = performance.now();
    await run(id);
    times.push(performance.now() - startMs);
  }
  return summary(times);
}

function summary(times: readonly number[]) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return { median: at(0.5), p95: at(0.95), runs: times.length };
}
