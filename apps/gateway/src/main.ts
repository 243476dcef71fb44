/** Puts the program together: command line, signals, processes, and the gateway itself. */
import cluster from "node:cluster";
import { setFlagsFromString } from "node:v8";
import { type Config, ConfigError } from "./config/load.ts";
import { describeLoadFailure, loadConfig, runCommand } from "./command.ts";
import { readText, watchFiles } from "./files.ts";
import { Gateway } from "./gateway.ts";
import { Log } from "./log.ts";
import { createWorkerLink, supervise } from "./processes.ts";
import { checkSurroundings, connectionsFor } from "./selfcheck.ts";
import { wordsFor } from "./words.ts";

// V8 puts objects whose like often survived among the old ones at once. After a moment with hundreds of streams it thinks so of
// whatever belongs to a request; these then keep young garbage alive, and every request costs half as much again from then on.
setFlagsFromString("--no-allocation-site-pretenuring");

const words = wordsFor(process.env);
const log = new Log("info", (text) => void process.stdout.write(text));

// A crash says where, never what: an error's message may quote what was being processed. No report, no dump.
process.on("uncaughtException", (error) => {
  const code =
    "code" in error && typeof error.code === "string" && /^[A-Z_]{1,40}$/.test(error.code)
      ? error.code
      : error.name;
  const place =
    /\((?:file:\/\/)?[^()]*?([\w-]+\.[jt]s:\d+):\d+\)/.exec(
      error.stack?.split("\n").slice(1).join("\n") ?? "",
    )?.[1] ?? "";
  log.write({
    event: "crashed",
    subject: `${/^\w{1,40}$/.test(code) ? code : "Error"} ${place}`.trim(),
  });
  log.flush();
  process.exit(1);
});
// Whoever read the log may have gone; requests go on.
process.stdout.on("error", () => undefined);
process.stderr.on("error", () => undefined);
// Without a listener this signal opens an inspector, through which memory can be read.
process.on("SIGUSR1", () => undefined);

process.exitCode = await runCommand({
  arguments: process.argv.slice(2),
  environment: process.env,
  nodeArguments: process.execArgv,
  version: readVersion(),
  input: process.stdin,
  say: (text) => void process.stdout.write(text),
  warn: (text) => void process.stderr.write(text),
  run,
});

async function run(file: string, processes: number | undefined): Promise<number> {
  let config: Config;
  try {
    config = loadConfig(file, process.env, processes);
  } catch (error) {
    process.stderr.write(`${describeLoadFailure(error, file, process.env)}\n`);
    return 1;
  }
  if (cluster.isPrimary)
    for (const code of checkSurroundings(config, process.execArgv, process.env))
      process.stderr.write(`${words.warnings[code]}\n`);
  return cluster.isPrimary && config.file.processes > 1
    ? supervise(config.file.processes, log)
    : serve(file, config, processes);
}

/** One process: serves until it is told to stop. */
async function serve(file: string, first: Config, processes: number | undefined): Promise<number> {
  log.level = first.file.log.level;
  let config = first;
  let gateway: Gateway;
  const link = cluster.isWorker ? createWorkerLink() : undefined;
  try {
    gateway = await Gateway.start(config, {
      log,
      maxConnections: connectionsFor(config),
      version: readVersion(),
      ...link,
    });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    process.stderr.write(`${words.taken(code)}\n`);
    // Its line to the supervising process would keep a serving one alive.
    if (cluster.isWorker) process.exit(1);
    return 1;
  }
  if (cluster.isPrimary || cluster.worker?.id === 1) {
    config.file.listen.forEach(({ host, tls }, index) =>
      process.stderr.write(
        `${words.listening(`${tls === undefined ? "http" : "https"}://${host}:${gateway.ports[index] ?? 0}`)}\n`,
      ),
    );
  }
  link?.answerWith(gateway.metrics);
  let unwatch = (): void => undefined;
  const reload = (): void => {
    try {
      config = loadConfig(file, process.env, processes);
      gateway.reload(config);
    } catch (error) {
      const problem = error instanceof ConfigError ? error.problems[0] : undefined;
      log.write({
        event: "reload-refused",
        ...(problem === undefined ? {} : { line: problem.line }),
      });
      process.stderr.write(`${describeLoadFailure(error, file, process.env)}\n`);
    }
    unwatch();
    unwatch = watchFiles([file, ...config.dependencies], reload);
  };
  unwatch = watchFiles([file, ...config.dependencies], reload);
  process.on("SIGHUP", reload);
  await new Promise<void>((resolve) => {
    process.once("SIGTERM", () => resolve());
    process.once("SIGINT", () => resolve());
    if (cluster.isWorker) process.once("disconnect", () => resolve());
  });
  unwatch();
  await gateway.stop(config.file.limits.drainMs);
  if (cluster.isWorker) process.exit(0);
  return 0;
}

function readVersion(): string {
  const { version } = JSON.parse(
    readText(new URL("../package.json", import.meta.url).pathname),
  ) as { version: string };
  return version;
}
