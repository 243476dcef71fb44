/**
 * Real databases for tests. The embedded one starts from an archive made once per machine and build; the server is Debian's
 * PostgreSQL, one for each test file, on a temporary folder and a unix socket and as an unprivileged user.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { Socket } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/node-postgres";
import pg from "pg";
import { type Database, openDatabase, poolOver } from "../database/database.ts";
import { type Engine, openEngine } from "../database/embedded/engine.ts";
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
  const database = kind === "embedded" ? await openMemory() : await openServerDatabase();
  await migrateDatabase(database);
  return database;
}

async function openMemory(): Promise<Database> {
  return toMemory(await openEngine(undefined, await readArchive()));
}

function toMemory(engine: Engine): Database {
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

/** A migrated database as an archive: unpacking it takes a fraction of the time of making one. */
async function readArchive(): Promise<Blob> {
  const entry = fileURLToPath(import.meta.resolve("@electric-sql/pglite"));
  const migrations = fileURLToPath(new URL("../../migrations/", import.meta.url));
  const digest = createHash("sha256").update(readFileSync(entry));
  for (const name of readdirSync(migrations).toSorted())
    if (name.endsWith(".sql")) digest.update(readFileSync(join(migrations, name)));
  const name = `cloud-code-test-database-${digest.digest("hex").slice(0, 16)}.tar.gz`;
  const path = join(tmpdir(), name);
  if (!existsSync(path)) {
    const engine = await openEngine(undefined);
    const database = toMemory(engine);
    await migrateDatabase(database);
    await database.pool.end();
    const archive = await engine.dump();
    await engine.close();
    const unfinished = `${path}.${process.pid}`;
    writeFileSync(unfinished, Buffer.from(await archive.arrayBuffer()));
    renameSync(unfinished, path);
  }
  return new Blob([readFileSync(path)]);
}

/** The cluster of this test file, with a migrated database to copy from; both are made when they are first needed. */
let shared: Promise<Cluster> | undefined;
let databases = 0;

const TEMPLATE = "service_template";

async function openServerDatabase(): Promise<Database> {
  shared ??= startShared();
  const { socket } = await shared;
  databases += 1;
  const name = `service_${databases}`;
  await asAdmin(socket, `CREATE DATABASE ${name} OWNER service TEMPLATE ${TEMPLATE}`);
  const database = await openDatabase({ url: addressOf(socket, name), directory: "" });
  return {
    ...database,
    close: async () => {
      await database.close();
      await asAdmin(socket, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function startShared(): Promise<Cluster> {
  // Nothing in it outlives the test file, so it need not survive a loss of power.
  const cluster = await startPostgres(["fsync=off", "synchronous_commit=off"]);
  // Not a superuser: what the roles forbid has to hold for the user that the service really has.
  await asAdmin(
    cluster.socket,
    "CREATE ROLE service LOGIN CREATEROLE",
    `CREATE DATABASE ${TEMPLATE} OWNER service`,
  );
  const template = await openDatabase({ url: addressOf(cluster.socket, TEMPLATE), directory: "" });
  await migrateDatabase(template);
  await template.close();
  return cluster;
}

async function asAdmin(socket: string, ...statements: readonly string[]): Promise<void> {
  const admin = new pg.Client({ host: socket, user: "admin", database: "postgres" });
  await admin.connect();
  try {
    for (const statement of statements) await admin.query(statement);
  } finally {
    await admin.end();
  }
}

function addressOf(socket: string, database: string): string {
  return `postgres://service@localhost/${database}?host=${encodeURIComponent(socket)}`;
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
    "sh",
    ["-c", KEEPER, join(programs, "postgres"), data, folder, ...toFlags(settings)],
    {
      ...options,
      stdio: ["pipe", "ignore", "pipe"],
    },
  );
  const ended = once(server, "exit");
  await untilReady(server);
  // It is ended by the end of its input, so it must not keep this process from ending.
  server.unref();
  for (const stream of [server.stdin, server.stderr]) if (stream instanceof Socket) stream.unref();
  return {
    socket: folder,
    stop: async () => {
      server.ref();
      server.stdin?.end();
      await ended;
    },
  };
}

/**
 * Runs PostgreSQL until the standard input ends, which it does with the process that started it, however that ends: a test that is
 * killed leaves neither a server nor a folder behind.
 */
const KEEPER = `data=$1 folder=$2; shift 2
exec 3<&0
"$0" -D "$data" -k "$folder" -c listen_addresses= "$@" &
server=$!
{ while read -r line <&3; do :; done; kill -INT $server; } &
reader=$!
wait $server
kill $reader 2>/dev/null
rm -rf "$folder"`;

function toFlags(settings: readonly string[]): readonly string[] {
  return settings.flatMap((setting) => ["-c", setting]);
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
