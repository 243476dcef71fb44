/** The embedded database as processes use it: killed at any moment, opened twice, asked whether it is durable. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase } from "../database.ts";
import { checkDurability } from "../durability.ts";
import { DatabaseError } from "../errors.ts";
import { migrateDatabase } from "../migrate.ts";
import { lockFolder } from "./lock.ts";

// Where the build puts them, so that they find the packages they leave out and each other.
const programs = fileURLToPath(new URL("../../../dist/", import.meta.url));
const here = fileURLToPath(new URL("./", import.meta.url));
const folders: string[] = [];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "cc-embedded-"));
  folders.push(folder);
  return folder;
}

/** Opens the database, and commits one row after the other, each named on standard output once it is committed. */
const WRITER = `
import { openDatabase } from "../database.ts";
const database = await openDatabase({ directory: process.argv[2] });
await database.pool.query("CREATE TABLE IF NOT EXISTS written (n bigint PRIMARY KEY, half int NOT NULL)");
const { rows: [{ next }] } = await database.pool.query("SELECT coalesce(max(n), 0) + 1 AS next FROM written");
for (let n = Number(next); ; n += 1) {
  const client = await database.pool.connect();
  await client.query("BEGIN");
  await client.query("INSERT INTO written VALUES ($1, 1)", [n]);
  await client.query("UPDATE written SET half = 2 WHERE n = $1", [n]);
  await client.query("COMMIT");
  client.release();
  process.stdout.write(n + "\\n");
}
`;

beforeAll(async () => {
  await build({
    stdin: { contents: WRITER, resolveDir: here, loader: "ts" },
    outfile: join(programs, "test-writer.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    conditions: ["source"],
    external: ["@electric-sql/pglite", "pg-native"],
    banner: {
      js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);',
    },
  });
  await build({
    entryPoints: [fileURLToPath(new URL("../worker.ts", import.meta.url))],
    outfile: join(programs, "worker.js"),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    external: ["@electric-sql/pglite"],
  });
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Writes until `commits` are acknowledged, then kills the writer without warning. Returns the last acknowledged row. */
async function writeAndKill(directory: string, commits: number): Promise<number> {
  const writer: ChildProcess = spawn(
    process.execPath,
    [join(programs, "test-writer.mjs"), directory],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const ended = new Promise((resolve) => writer.once("exit", resolve));
  let last = 0;
  let seen = 0;
  if (writer.stdout === null) throw new Error("The writer has no output.");
  for await (const line of createInterface({ input: writer.stdout })) {
    last = Number(line);
    seen += 1;
    if (seen === commits) writer.kill("SIGKILL");
  }
  await ended;
  return last;
}

describe("the embedded database", () => {
  it(
    "[C10] loses nothing it acknowledged in 100 commits with 12 kills between them",
    { timeout: 300_000 },
    async () => {
      const directory = newFolder();
      let last = 0;
      let commits = 0;
      for (let kill = 0; kill < 12; kill += 1) {
        // From three commits to fourteen: now soon after the log of the last life was replayed, now later.
        const wanted = 3 + ((kill * 5) % 12);
        const acknowledged = await writeAndKill(directory, wanted);
        expect(acknowledged).toBeGreaterThanOrEqual(last + wanted);
        last = acknowledged;
        commits += wanted;
      }
      expect(commits).toBeGreaterThanOrEqual(100);
      const database = await openDatabase({ directory });
      try {
        const { rows } = await database.pool.query<{ rows: string; last: string; half: string }>(
          "SELECT count(*) AS rows, max(n) AS last, count(*) FILTER (WHERE half = 1) AS half FROM written",
        );
        const [found] = rows;
        // One more may have been committed without its answer having been read.
        expect([last, last + 1]).toContain(Number(found?.last));
        expect(Number(found?.rows)).toBe(Number(found?.last));
        expect(Number(found?.half)).toBe(0);
      } finally {
        await database.close();
      }
    },
  );

  it("is durable by count: every commit is an fsync, and the check says so", async () => {
    const database = await openDatabase({ directory: newFolder() });
    try {
      await migrateDatabase(database);
      expect(await checkDurability(database)).toBeGreaterThan(0);
      const before = (await database.syncs()) ?? 0;
      for (let index = 0; index < 20; index += 1) {
        await database.orm.execute(sql`COMMENT ON TABLE sessions IS ${sql.raw(`'${index}'`)}`);
      }
      expect(((await database.syncs()) ?? 0) - before).toBeGreaterThanOrEqual(20);
      const lost = { ...database, syncs: () => Promise.resolve(7) };
      await expect(checkDurability(lost)).rejects.toMatchObject({ code: "database-not-durable" });
    } finally {
      await database.close();
    }
  });

  it("answers others while one query takes long", async () => {
    const database = await openDatabase({ directory: newFolder() });
    try {
      let ticks = 0;
      const timer = setInterval(() => (ticks += 1), 10);
      await database.pool.query("SELECT count(*) FROM generate_series(1, 3000000)");
      clearInterval(timer);
      expect(ticks).toBeGreaterThan(5);
    } finally {
      await database.close();
    }
  });
});

describe("the lock of a data directory", () => {
  it("is not taken from a living process, neither ours nor another", async () => {
    const directory = newFolder();
    const lock = lockFolder(directory);
    expect(() => lockFolder(directory)).toThrow(DatabaseError);
    const attempt = `
      import { lockFolder } from ${JSON.stringify(join(programs, "test-lock.mjs"))};
      try { lockFolder(${JSON.stringify(directory)}); console.log("taken"); } catch (error) { console.log(error.code); }`;
    await build({
      entryPoints: [join(here, "lock.ts")],
      outfile: join(programs, "test-lock.mjs"),
      bundle: true,
      platform: "node",
      format: "esm",
    });
    const run = (): string =>
      execFileSync(process.execPath, ["--input-type=module", "-e", attempt], {
        encoding: "utf8",
      }).trim();
    expect(run()).toBe("database-locked");
    lock.release();
    expect(run()).toBe("taken");
    // The process that took it is gone; its lock is taken over.
    expect(existsSync(join(directory, "lock"))).toBe(true);
    lockFolder(directory).release();
    expect(existsSync(join(directory, "lock"))).toBe(false);
  });

  it("is taken over from a process whose number was given to another", () => {
    const directory = newFolder();
    writeFileSync(join(directory, "lock"), `{"pid":${process.pid},"started":"1"}`);
    const lock = lockFolder(directory);
    expect(readFileSync(join(directory, "lock"), "utf8")).toContain(`"pid":${process.pid}`);
    lock.release();
  });

  it("is respected when nobody can read whose it is", () => {
    const directory = newFolder();
    writeFileSync(join(directory, "lock"), "");
    expect(() => lockFolder(directory)).toThrow(DatabaseError);
  });

  it("keeps a second service out before it has touched anything", async () => {
    const directory = newFolder();
    const first = await openDatabase({ directory });
    await expect(openDatabase({ directory })).rejects.toMatchObject({ code: "database-locked" });
    await expect(first.pool.query("SELECT 1")).resolves.toBeDefined();
    await first.close();
    const second = await openDatabase({ directory });
    await second.close();
  });
});
