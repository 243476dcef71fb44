/**
 * Real databases for tests. The embedded one starts from an archive made once per machine and build; the server is Debian's
 * PostgreSQL, started on a temporary folder and a unix socket as an unprivileged user, and stopped by its process id.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/node-postgres";
import pg from "pg";
import { type Database, openDatabase, poolOver } from "../database/database.ts";
import { openEngine } from "../database/embedded/engine.ts";
import { migrateDatabase } from "../database/migrate.ts";

/** The two databases every store has to work on. */
export type DatabaseKind = "embedded" | "server";

/** Why there is no PostgreSQL to test with; `undefined` when there is one. */
const serverMissing: string | undefined =
  findPrograms() === undefined
    ? "no PostgreSQL in /usr/lib/postgresql/*/bin (install Debian's postgresql)"
    : undefined;

/** The kinds that can be tested here; says on the console which cannot, and why. */
export function testableKinds(): readonly DatabaseKind[] {
  if (serverMissing === undefined) return ["embedded", "server"];
  console.warn(`Tests on PostgreSQL are skipped: ${serverMissing}.`);
  return ["embedded"];
}

/** An empty, migrated database. `close` removes it. */
export async function openTestDatabase(kind: DatabaseKind): Promise<Database> {
  const database = kind === "embedded" ? await openMemory() : await openCluster();
  await migrateDatabase(database);
  return database;
}

async function openMemory(): Promise<Database> {
  const engine = await openEngine(undefined, await readArchive());
  const pool = poolOver(engine.exchange);
  return {
    kind: "embedded",
    pool,
    orm: drizzle(pool),
    syncs: () => Promise.resolve(undefined),
    close: async () => {
      await pool.end();
      await engine.close();
    },
  };
}

/** A freshly made database as an archive: unpacking it takes a quarter of the time of making one. */
async function readArchive(): Promise<Blob> {
  const entry = fileURLToPath(import.meta.resolve("@electric-sql/pglite"));
  const digest = createHash("sha256").update(readFileSync(entry)).digest("hex").slice(0, 16);
  const path = join(tmpdir(), `cloud-code-test-database-${digest}.tar.gz`);
  if (!existsSync(path)) {
    const engine = await openEngine(undefined);
    const archive = await engine.dump();
    await engine.close();
    const unfinished = `${path}.${process.pid}`;
    writeFileSync(unfinished, Buffer.from(await archive.arrayBuffer()));
    renameSync(unfinished, path);
  }
  return new Blob([readFileSync(path)]);
}

async function openCluster(): Promise<Database> {
  const cluster = await startPostgres();
  // Not a superuser: what the roles forbid has to hold for the user that the service really has.
  const admin = new pg.Client({ host: cluster.socket, user: "admin", database: "postgres" });
  await admin.connect();
  await admin.query("CREATE ROLE service LOGIN CREATEROLE");
  await admin.query("CREATE DATABASE service OWNER service");
  await admin.end();
  const url = `postgres://service@localhost/service?host=${encodeURIComponent(cluster.socket)}`;
  const database = await openDatabase({ url, directory: "" });
  return {
    ...database,
    close: async () => {
      await database.close();
      await cluster.stop();
    },
  };
}

/** A running PostgreSQL. */
export interface Cluster {
  /** The folder of its unix socket; it listens on nothing else. */
  readonly socket: string;
  readonly stop: () => Promise<void>;
}

/** Starts PostgreSQL on a new folder. Throws when it is not installed. */
export async function startPostgres(settings: readonly string[] = []): Promise<Cluster> {
  const programs = findPrograms();
  if (programs === undefined) throw new Error(serverMissing);
  const folder = mkdtempSync(join(tmpdir(), "cc-postgres-"));
  // PostgreSQL refuses to run as root, so under root it runs as nobody.
  const identity = process.getuid?.() === 0 ? findNobody() : undefined;
  const data = join(folder, "data");
  mkdirSync(data);
  if (identity !== undefined)
    for (const path of [folder, data]) chownSync(path, identity.uid, identity.gid);
  chmodSync(data, 0o700);
  const options = {
    ...identity,
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: folder, LC_ALL: "C.UTF-8" },
  };
  execFileSync(
    join(programs, "initdb"),
    ["-D", data, "-U", "admin", "-A", "trust", "-E", "UTF8", "--no-sync"],
    { ...options, stdio: "pipe" },
  );
  const server = spawn(
    join(programs, "postgres"),
    [
      "-D",
      data,
      "-k",
      folder,
      "-c",
      "listen_addresses=",
      ...settings.flatMap((each) => ["-c", each]),
    ],
    { ...options, stdio: ["ignore", "ignore", "pipe"] },
  );
  await untilReady(server);
  return {
    socket: folder,
    stop: async () => {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGINT");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilReady(server: ChildProcess): Promise<void> {
  let said = "";
  await new Promise<void>((resolve, reject) => {
    server.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("ready to accept connections")) resolve();
    });
    server.once("exit", (code) => reject(new Error(`postgres ended with ${code ?? ""}: ${said}`)));
  });
}

function findPrograms(): string | undefined {
  const root = "/usr/lib/postgresql";
  if (!existsSync(root)) return undefined;
  return readdirSync(root)
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(root, version, "bin"))
    .find((folder) => existsSync(join(folder, "postgres")));
}

function findNobody(): { readonly uid: number; readonly gid: number } {
  const line = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync("/etc/passwd", "utf8"));
  if (line === null)
    throw new Error(`${userInfo().username} needs a user "nobody" to run PostgreSQL.`);
  return { uid: Number(line[1]), gid: Number(line[2]) };
}
