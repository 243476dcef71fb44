/** `start`: opens the database, takes the port, runs until told to stop. */
import { existsSync } from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import type { Language } from "@cloud-code/policy";
import { hasOfficer } from "../accounts/administration.ts";
import { openDatabase } from "../database/database.ts";
import { checkDurability } from "../database/durability.ts";
import { migrateDatabase } from "../database/migrate.ts";
import { startJobs } from "../jobs/jobs.ts";
import { upkeepJobs } from "../jobs/upkeep.ts";
import { createLog } from "../log.ts";
import { createService } from "../service.ts";
import { websiteJobs } from "../website.ts";
import { administer } from "./administer.ts";
import { listenForCommands } from "./control.ts";
import { readSecret, type Settings } from "./settings.ts";
import { phrase } from "./words.ts";

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
  }) as Server;
  const taken = await listen(server, port, host);
  if (taken === undefined) {
    sayIn(language)("portTaken", port);
    return 1;
  }
  const origin = settings.origin ?? `http://localhost:${taken}`;
  try {
    return await serveOn(server, taken, origin, settings, environment, language, (next) => {
      handle = next;
    });
  } finally {
    // A listening server would keep a process alive that has failed to open its database.
    server.close();
    server.closeAllConnections();
  }
}

async function serveOn(
  server: Server,
  taken: number,
  origin: string,
  settings: Settings,
  environment: Readonly<Record<string, string | undefined>>,
  language: Language,
  setHandle: (handle: Handle) => void,
): Promise<number> {
  const { directory, databaseUrl, mailServer, mailFrom, operator } = settings;
  const say = sayIn(language);
  const isFirst = databaseUrl === undefined && !existsSync(join(directory, "database"));
  if (isFirst) say("creating", directory);
  const log = createLog((line) => void process.stdout.write(line));
  const database = await openDatabase({ url: databaseUrl, directory });
  await migrateDatabase(database);
  const syncs = await checkDurability(database);
  const outbox = join(directory, "outbox");
  const { app, services, rights } = await createService({
    config: {
      origin,
      trustedProxies: settings.trustedProxies,
      operator,
      optionalCookies: settings.optionalCookies,
      secret: readSecret(environment, directory),
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
  log.write({ event: "started", port: taken, database: database.kind });

  await untilTold();
  // Whoever is being answered is answered; nobody new is let in.
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), 5_000).unref();
  await closed;
  await stopListening?.();
  await jobs.stop();
  await services.mail.settled();
  await database.close();
  log.write({ event: "stopped" });
  return 0;
}

type Line = Parameters<typeof phrase> extends [Language, ...infer Rest] ? Rest : never;

/** What is for people goes to standard error; standard output is the log. */
function sayIn(language: Language): (...line: Line) => void {
  return (...line) => void process.stderr.write(`${phrase(language, ...line)}\n`);
}

async function listen(server: Server, port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
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
