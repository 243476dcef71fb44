/** Puts the program together: command line, signals, processes, and the gateway itself. */
import cluster from "node:cluster";
import { type Config, ConfigError } from "./config/load.ts";
import { describeLoadFailure, loadConfig, runCommand } from "./command.ts";
import { readText, watchFiles } from "./files.ts";
import { Gateway } from "./gateway.ts";
import { Log } from "./log.ts";
import { Metrics, type MetricsSnapshot } from "./metrics.ts";
import { checkSurroundings, connectionsFor } from "./selfcheck.ts";
import { wordsFor } from "./words.ts";

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

async function run(file: string): Promise<number> {
  let config: Config;
  try {
    config = loadConfig(file, process.env);
  } catch (error) {
    process.stderr.write(`${describeLoadFailure(error, file, process.env)}\n`);
    return 1;
  }
  if (cluster.isPrimary)
    for (const code of checkSurroundings(config, process.execArgv, process.env))
      process.stderr.write(`${words.warnings[code]}\n`);
  return cluster.isPrimary && config.file.processes > 1 ? supervise(config) : serve(file, config);
}

/** One process: serves until it is told to stop. */
async function serve(file: string, first: Config): Promise<number> {
  log.level = first.file.log.level;
  let config = first;
  let gateway: Gateway;
  try {
    gateway = await Gateway.start(config, {
      log,
      maxConnections: connectionsFor(config),
      ...(cluster.isWorker ? { collectMetrics } : {}),
    });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    process.stderr.write(`${words.taken(code)}\n`);
    return 1;
  }
  if (cluster.isPrimary || cluster.worker?.id === 1) {
    config.file.listen.forEach(({ host, tls }, index) =>
      process.stderr.write(
        `${words.listening(`${tls === undefined ? "http" : "https"}://${host}:${gateway.ports[index] ?? 0}`)}\n`,
      ),
    );
  }
  if (cluster.isWorker)
    process.on("message", (message: unknown) => answerMetrics(message, gateway.metrics));
  let unwatch = (): void => undefined;
  const reload = (): void => {
    try {
      config = loadConfig(file, process.env);
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

/** Several processes on one port: starts them, starts lost ones again, passes signals on, adds up their numbers. */
async function supervise(config: Config): Promise<number> {
  let stopping = false;
  const asked = new Map<number, { asker: number; left: number; sum: Metrics }>();
  let number = 0;
  for (let index = 0; index < config.file.processes; index += 1) cluster.fork();
  cluster.on("exit", (worker, code) => {
    if (stopping || code === 0) return;
    log.write({ event: "worker-lost", count: worker.id });
    log.flush();
    setTimeout(() => cluster.fork(), 200);
  });
  cluster.on("message", (worker, message: unknown) => {
    if (!isMetricsMessage(message)) return;
    const workers = Object.values(cluster.workers ?? {}).filter((one) => one !== undefined);
    if (message.kind === "metrics-wanted") {
      number += 1;
      asked.set(number, { asker: worker.id, left: workers.length, sum: new Metrics() });
      for (const one of workers) one.send({ kind: "metrics-asked", number });
    } else if (message.kind === "metrics" && message.number !== undefined) {
      const question = asked.get(message.number);
      if (question === undefined) return;
      question.sum.merge(revive(message.snapshot ?? []));
      question.left -= 1;
      if (question.left > 0) return;
      asked.delete(message.number);
      cluster.workers?.[question.asker]?.send({
        kind: "metrics-sum",
        snapshot: flatten(question.sum.snapshot()),
      });
    }
  });
  const pass = (signal: NodeJS.Signals): void => {
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill(signal);
  };
  process.on("SIGHUP", () => pass("SIGHUP"));
  await new Promise<void>((resolve) => {
    process.once("SIGTERM", () => resolve());
    process.once("SIGINT", () => resolve());
  });
  stopping = true;
  pass("SIGTERM");
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      if (Object.keys(cluster.workers ?? {}).length > 0) return;
      clearInterval(timer);
      resolve();
    }, 50);
  });
  return 0;
}

interface MetricsMessage {
  readonly kind: "metrics-wanted" | "metrics-asked" | "metrics" | "metrics-sum";
  readonly number?: number;
  readonly snapshot?: FlatSnapshot;
}

// Messages between processes are JSON, which has no maps.
type FlatSnapshot = readonly (readonly [
  string,
  Omit<MetricsSnapshot[number][1], "requests"> & {
    requests: readonly (readonly [number, number])[];
  },
])[];

function flatten(snapshot: MetricsSnapshot): FlatSnapshot {
  return snapshot.map(([key, series]) => [key, { ...series, requests: [...series.requests] }]);
}

function revive(snapshot: FlatSnapshot): MetricsSnapshot {
  return snapshot.map(([key, series]) => [key, { ...series, requests: new Map(series.requests) }]);
}

function isMetricsMessage(message: unknown): message is MetricsMessage {
  return (
    typeof message === "object" &&
    message !== null &&
    "kind" in message &&
    typeof message.kind === "string" &&
    message.kind.startsWith("metrics")
  );
}

function answerMetrics(message: unknown, metrics: Metrics): void {
  if (isMetricsMessage(message) && message.kind === "metrics-asked")
    process.send?.({
      kind: "metrics",
      number: message.number,
      snapshot: flatten(metrics.snapshot()),
    });
}

/** Asks the supervising process for what all processes have counted; after five seconds this one's own numbers have to do. */
function collectMetrics(own: Metrics): Promise<Metrics> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => finish(own), 5000);
    const receive = (message: unknown): void => {
      if (!isMetricsMessage(message) || message.kind !== "metrics-sum") return;
      const sum = new Metrics();
      sum.merge(revive(message.snapshot ?? []));
      finish(sum);
    };
    const finish = (result: Metrics): void => {
      clearTimeout(timer);
      process.off("message", receive);
      resolve(result);
    };
    process.on("message", receive);
    process.send?.({ kind: "metrics-wanted" });
  });
}

function readVersion(): string {
  const { version } = JSON.parse(
    readText(new URL("../package.json", import.meta.url).pathname),
  ) as { version: string };
  return version;
}
