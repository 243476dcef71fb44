import { availableParallelism } from "node:os";
import { createInterface } from "node:readline/promises";
import { createKey, hashKey } from "@cloud-code/models";
import { type Config, ConfigError, masterKeyVariable, parseConfig } from "./config/load.ts";
import { maxProcesses, toJsonSchema } from "./config/schema.ts";
import { createMasterKey, encryptSecret } from "./config/secret.ts";
import { readText } from "./files.ts";
import { createConfiguration } from "./init.ts";
import { Routing } from "./routing.ts";
import { checkSurroundings } from "./selfcheck.ts";
import { wordsFor } from "./words.ts";

/** The world a command runs in. */
export interface World {
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly nodeArguments: readonly string[];
  readonly version: string;
  readonly input: NodeJS.ReadableStream;
  say(text: string): void;
  /** For questions and failures; the answer of a command goes to `say` alone, so that it can be redirected. */
  warn(text: string): void;
  /** `processes` as asked for on the command line; undefined for as many as the configuration says. */
  run(file: string, processes: number | undefined): Promise<number>;
}

/** Runs one command and gives its exit code: 0, 1 for a failure, 2 for wrong usage. */
export async function runCommand(world: World): Promise<number> {
  const words = wordsFor(world.environment);
  const { file, rest, flags, processes, unknown } = parseArguments(world.arguments);
  const [command = flags.has("--version") ? "version" : "help", ...more] = rest;
  if (flags.has("--help")) {
    world.say(words.help);
    return 0;
  }
  if (unknown !== undefined) {
    world.warn(`${words.unknownOption(unknown.slice(0, 64))}\n`);
    return 2;
  }
  switch (command) {
    case "help":
      world.say(words.help);
      return 0;
    case "version":
      world.say(`${world.version}\n`);
      return 0;
    case "schema":
      world.say(`${JSON.stringify(toJsonSchema(), undefined, 2)}\n`);
      return 0;
    case "init":
      return init(world);
    case "check":
      return check(world, file, flags.has("--connect"));
    case "keys":
      return keys(world, more);
    case "run":
      if (Number.isNaN(processes)) {
        world.warn(`${words.badProcesses(maxProcesses)}\n`);
        return 2;
      }
      return world.run(file, processes);
    default:
      world.warn(`${words.unknownCommand(command.slice(0, 64))}\n`);
      return 2;
  }
}

const switches: ReadonlySet<string> = new Set(["--help", "--version", "--connect"]);

function parseArguments(given: readonly string[]): {
  file: string;
  rest: string[];
  flags: Set<string>;
  processes: number | undefined;
  /** An option that does not exist, or lacks its value. */
  unknown: string | undefined;
} {
  const rest: string[] = [];
  const flags = new Set<string>();
  let file = "gateway.yaml";
  let processes: number | undefined;
  let unknown: string | undefined;
  for (let index = 0; index < given.length; index += 1) {
    const one = given[index] ?? "";
    if (one === "--config" || one === "-c") {
      file = given[(index += 1)] ?? "";
      if (file === "") unknown = one;
    } else if (one.startsWith("--config=")) file = one.slice("--config=".length);
    else if (one === "--processes") processes = toProcesses(given[(index += 1)]);
    else if (one.startsWith("--processes=")) processes = toProcesses(one.slice(12));
    else if (one === "-h" || switches.has(one)) flags.add(one === "-h" ? "--help" : one);
    else if (one.startsWith("-")) unknown ??= one;
    else rest.push(one);
  }
  return { file, rest, flags, processes, unknown };
}

/** A number of processes, or `auto` for one per processor; NaN for anything else. */
function toProcesses(text: string | undefined): number {
  const count = text === "auto" ? Math.min(availableParallelism(), maxProcesses) : Number(text);
  return Number.isInteger(count) && count >= 1 && count <= maxProcesses ? count : Number.NaN;
}

/** Reads and checks a configuration file; throws a ConfigError, or the file system's error. `processes` takes the place of what it says. */
export function loadConfig(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
  processes?: number,
): Config {
  const config = parseConfig(readText(file), { file, environment, readText });
  return processes === undefined ? config : { ...config, file: { ...config.file, processes } };
}

/** What went wrong while loading, as one message for a person. */
export function describeLoadFailure(
  error: unknown,
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const words = wordsFor(environment);
  if (error instanceof ConfigError) return `${words.unusable}\n${error.lines}`;
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
  return words.unreadable(file, code);
}

async function check(world: World, file: string, connect: boolean): Promise<number> {
  const words = wordsFor(world.environment);
  let config: Config;
  try {
    config = loadConfig(file, world.environment);
  } catch (error) {
    world.warn(`${describeLoadFailure(error, file, world.environment)}\n`);
    return 1;
  }
  world.say(
    `${words.good(file, Object.keys(config.file.models).length, config.file.consumers.length)}\n`,
  );
  for (const code of checkSurroundings(config, world.nodeArguments, world.environment))
    world.warn(`${words.warnings[code]}\n`);
  if (!connect) return 0;
  const routing = new Routing(config);
  const answers = await Promise.all(
    [...routing.upstreams.values()].map(async (upstream) => {
      const status = await upstream.ask();
      const state =
        status === 0
          ? "unreachable"
          : status === 401 || status === 403
            ? "refused"
            : status >= 500
              ? "failing"
              : "reachable";
      world.say(`${words[state](upstream.name, status)}\n`);
      return state;
    }),
  );
  await routing.destroy();
  return answers.every((state) => state === "reachable") ? 0 : 1;
}

async function init(world: World): Promise<number> {
  const lines = createInterface({ input: world.input, terminal: false });
  const answers = lines[Symbol.asyncIterator]();
  const ask = async (question: string): Promise<string> => {
    world.warn(question);
    const line: IteratorResult<string, undefined> = await answers.next();
    return line.done === true ? "" : line.value;
  };
  const text = await createConfiguration(
    ask,
    (said) => world.warn(`${said}\n`),
    wordsFor(world.environment),
  );
  lines.close();
  world.say(text);
  return 0;
}

async function keys(world: World, [action = "", name]: readonly string[]): Promise<number> {
  const words = wordsFor(world.environment);
  switch (action) {
    case "new": {
      if (name === undefined) {
        world.warn(`${words.keyName}\n`);
        return 2;
      }
      const key = createKey();
      world.say(`${words.keyShown(key)}\n${words.keyLine(name, hashKey(key))}`);
      return 0;
    }
    case "hash":
      world.say(`${hashKey((await readAll(world.input)).trim())}\n`);
      return 0;
    case "master":
      world.warn(`${words.masterMade}\n`);
      world.say(`${createMasterKey()}\n`);
      return 0;
    case "encrypt": {
      const path = world.environment[`${masterKeyVariable}_FILE`];
      const masterKey =
        world.environment[masterKeyVariable] ?? (path === undefined ? undefined : readText(path));
      if (masterKey === undefined) {
        world.warn(`${words.masterNeeded}\n`);
        return 1;
      }
      world.say(`${encryptSecret((await readAll(world.input)).trim(), masterKey)}\n`);
      return 0;
    }
    default:
      world.warn(`${words.unknownCommand(`keys ${action}`.slice(0, 64))}\n`);
      return 2;
  }
}

async function readAll(input: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const piece of input) text += piece.toString();
  return text;
}
