/** The command line: `start`, `migrate`, `doctor`, and what administers a service. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { administer, isAdministration, withLanguage } from "./command/administer.ts";
import { askRunning } from "./command/control.ts";
import { examine } from "./command/doctor.ts";
import { serve } from "./command/serve.ts";
import { readSecret, readSettings, SettingError } from "./command/settings.ts";
import { help, phrase, terminalLanguage } from "./command/words.ts";
import { DatabaseError } from "./database/errors.ts";
import { openDatabase } from "./database/database.ts";
import { migrateDatabase } from "./database/migrate.ts";
import { createServices } from "./service.ts";

const language = terminalLanguage(process.env);

process.exitCode = await run(process.argv.slice(2));

async function run(words: readonly string[]): Promise<number> {
  if (words.length === 0 || words.includes("--help") || words.includes("-h")) {
    process.stdout.write(help[language]);
    return words.length === 0 ? 2 : 0;
  }
  if (words[0] === "--version") {
    const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
    process.stdout.write(`${(JSON.parse(manifest) as { version: string }).version}\n`);
    return 0;
  }
  try {
    return await dispatch(words);
  } catch (error) {
    // An expected failure is a sentence; a fault shows where it happened, without asking for it.
    if (error instanceof DatabaseError || error instanceof SettingError) {
      process.stderr.write(`${error.code}: ${error.said[language]}\n`);
      return 1;
    }
    throw error;
  }
}

async function dispatch(words: readonly string[]): Promise<number> {
  const { own, rest } = takeOptions(words);
  const settings = readSettings(process.env, own);
  const [command = "", ...more] = rest;
  if (isAdministration(rest)) return administerHere(settings, rest);
  if (["start", "migrate", "doctor"].includes(command) && more.length > 0) {
    process.stderr.write(`${phrase(language, "badWord", command, more.join(" "))}\n`);
    return 2;
  }
  switch (command) {
    case "start":
      return serve(settings, process.env, language);
    case "migrate": {
      const database = await openDatabase({
        url: settings.databaseUrl,
        directory: settings.directory,
      });
      try {
        await migrateDatabase(database);
      } finally {
        await database.close();
      }
      process.stdout.write(`${phrase(language, "migrated")}\n`);
      return 0;
    }
    case "doctor":
      return examine(settings, process.env, language);
    default:
      process.stderr.write(`${phrase(language, "unknownCommand", rest.slice(0, 2).join(" "))}\n`);
      return 2;
  }
}

/** The options every command has, taken out of the words. */
function takeOptions(words: readonly string[]) {
  const { values, tokens } = parseArgs({
    args: [...words],
    options: { port: { type: "string" }, "data-dir": { type: "string" } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const taken = new Set<number>();
  for (const token of tokens) {
    if (token.kind !== "option" || (token.name !== "port" && token.name !== "data-dir")) continue;
    taken.add(token.index);
    if (token.inlineValue === false) taken.add(token.index + 1);
  }
  const own = {
    port: typeof values["port"] === "string" ? values["port"] : undefined,
    "data-dir": typeof values["data-dir"] === "string" ? values["data-dir"] : undefined,
  };
  return { own, rest: words.filter((_, index) => !taken.has(index)) };
}

/** In the running service when there is one, else in this process. */
async function administerHere(
  settings: ReturnType<typeof readSettings>,
  words: readonly string[],
): Promise<number> {
  const asked = withLanguage(process.env, words);
  const { directory, databaseUrl } = settings;
  let result = existsSync(directory) ? await askRunning(directory, asked) : undefined;
  if (result === undefined) {
    const database = await openDatabase({ url: databaseUrl, directory });
    try {
      await migrateDatabase(database);
      const services = await createServices({
        config: {
          origin: settings.origin ?? `http://localhost:${settings.port}`,
          trustedProxies: settings.trustedProxies,
          operator: settings.operator,
          optionalCookies: settings.optionalCookies,
          secret: readSecret(process.env, directory),
        },
        database,
        mail: {
          server: settings.mailServer,
          outbox: join(directory, "outbox"),
          from: settings.mailFrom,
        },
        log: { write: () => undefined },
        now: Date.now,
      });
      result = await administer(services, asked);
      await services.mail.settled();
    } finally {
      await database.close();
    }
  }
  (result.code === 0 ? process.stdout : process.stderr).write(`${result.text}\n`);
  return result.code;
}
