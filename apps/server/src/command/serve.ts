/** `start`: opens the database, takes the port, runs until told to stop. */
import { existsSync } from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import type { Language } from "@cloud-code/policy";
import { hasOfficer } from "../accounts/administration.ts";
import { type Database, openDatabase } from "../database/database.ts";
import { checkDurability } from "../database/durability.ts";
import { migrateDatabase } from "../database/migrate.ts";
import { startJobs } from "../jobs/jobs.ts";
import { upkeepJobs } from "../jobs/upkeep.ts";
import { createLog, type Log } from "../log.ts";
import { createService } from "../service.ts";
import { websiteJobs } from "../website.ts";
import { administer } from "./administer.ts";
import { listenForCommands } from "./control.ts";
import { readSecret, type Settings } from "./settings.ts";
import { phrase } from "./words.ts";

/**
 * How long a connection waits for its next request. Longer than any common proxy keeps one it does not use (ten minutes at most), so that
 * it is always the proxy that closes: were it us, a request that is under way at that moment would be lost, and a POST cannot be sent
 * again.
 */
const KEEP_ALIVE_MS = 650_000;
/** How long the head of a request may take, and all of it: a quarter of a megabyte on the slowest line, but no line held open for hours. */
const HEADERS_MS = 20_000;
const REQUEST_MS = 120_000;

type Handle = (request: Request, environment: object) => Response | Promise<Response>;

/** Runs the service; the result is the exit code. */
export async function serve(
  settings: Settings,
  environment: Readonly<Record<string, string | undefined>>,
  language: Language,
): Promise<number> {
  const { host, port } = settings;

  // The port is taken first: its number may be part of the address, and a taken one should fail before anything is created.
  let handle: Handle = () =>
    new Response("starting", { status: 503, headers: { "retry-after": "2" } });
  const server = createAdaptorServer({
    fetch: async (request: Request, bindings: object) => handle(request, bindings),
    serverOptions: {
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
    },
  }) as Server;
  const taken = await listen(server, port, host);
  if (typeof taken === "string") {
    const say = sayIn(language);
    if (taken === "EADDRINUSE") say("portTaken", port);
    else say("portRefused", port, host, taken);
    return 1;
  }
  const say = sayIn(language);
  const { directory, databaseUrl } = settings;
  try {
    // Before the database is opened: what is wrong with it should stop the start while there is nothing to put away.
    const secret = readSecret(environment, directory);
    if (databaseUrl === undefined && !existsSync(join(directory, "database"))) {
      say("creating", directory);
    }
    const log = createLog((line) => void process.stdout.write(line));
    const database = await openDatabase({ url: databaseUrl, directory });
    try {
      await serveFrom(database, { server, port: taken, settings, secret, say, log }, (next) => {
        handle = next;
      });
    } finally {
      // Also after a start that failed: the thread of an open database keeps its process alive.
      await database.close();
    }
    log.write({ event: "stopped" });
    return 0;
  } finally {
    // A listening server would keep a process alive that has failed to open its database.
    server.close();
    server.closeAllConnections();
  }
}

interface Start {
  readonly server: Server;
  readonly port: number;
  readonly settings: Settings;
  readonly secret: string;
  readonly say: Say;
  readonly log: Log;
}

/** Serves from an open database until told to stop. */
async function serveFrom(
  database: Database,
  { server, port, settings, secret, say, log }: Start,
  setHandle: (handle: Handle) => void,
): Promise<void> {
  const { directory, databaseUrl, mailServer, mailFrom, operator } = settings;
  const origin = settings.origin ?? `http://localhost:${port}`;
  await migrateDatabase(database);
  const syncs = await checkDurability(database);
  const outbox = join(directory, "outbox");
  const { app, services, rights } = await createService({
    config: {
      origin,
      trustedProxies: settings.trustedProxies,
      operator,
      optionalCookies: settings.optionalCookies,
      secret,
    },
    database,
    mail: { server: mailServer, outbox, from: mailFrom },
    tombstones: join(directory, "tombstones"),
    log,
    now: Date.now,
  });
  setHandle((request, bindings) => app.fetch(request, bindings));
  // Before anybody is served: who was erased and is back from a backup is erased again.
  await rights.erasure.replayTombstones();
  const jobs = await startJobs(
    database,
    [...upkeepJobs(services), ...websiteJobs(services), ...rights.jobs],
    log,
  );
  const stopListening =
    database.kind === "embedded"
      ? await listenForCommands(directory, services, administer)
      : undefined;

  if (syncs === undefined) say("onServer");
  else say("durable", directory, syncs);
  if (mailServer === undefined) say("outbox", outbox);
  if (operator.country === undefined || operator.timeZone === undefined) say("noPlace");
  if (!(await hasOfficer(services))) {
    const option = databaseUrl === undefined ? ` --data-dir ${directory}` : "";
    say("noOfficer", `cloud-code-server user create NAME --email ADDRESS --role officer${option}`);
  }
  say("listening", origin);
  log.write({ event: "started", port, database: database.kind });

  await untilTold();
  // Whoever is being answered is answered; nobody new is let in.
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), 5_000).unref();
  await closed;
  await stopListening?.();
  await jobs.stop();
  await services.mail.settled();
}

type Say = ReturnType<typeof sayIn>;
type Line = Parameters<typeof phrase> extends [Language, ...infer Rest] ? Rest : never;

/** What is for people goes to standard error; standard output is the log. */
function sayIn(language: Language): (...line: Line) => void {
  return (...line) => void process.stderr.write(`${phrase(language, ...line)}\n`);
}

/** The port it listens on, or the code of the system's refusal. */
async function listen(server: Server, port: number, host: string): Promise<number | string> {
  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

async function untilTold(): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once("SIGTERM", () => resolve());
    process.once("SIGINT", () => resolve());
  });
}
