import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { figures, products } from "@cloud-code/policy";
import {
  buildReport,
  createReceiver,
  ReportFolder,
  type RunningReceiver,
  serve,
  startOf,
  summarise,
  TelemetryError,
  type Tls,
  toFigures,
  type WeekSummary,
} from "@cloud-code/telemetry";
import type { ReceiverWords } from "./words.ts";

/** What the program has around it. */
export interface Surroundings {
  readonly words: ReceiverWords;
  readonly say: (line: string) => void;
  readonly warn: (line: string) => void;
  /** Ends `serve`. */
  readonly signal: AbortSignal;
  /** Hands over what reads the certificate again. */
  readonly onRenew: (renew: () => void) => void;
}

const dayMs = 86_400_000;
const OK = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

/** A failure that was foreseen: its sentence, and whether the command line is to blame. */
class Problem extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.name = "Problem";
    this.code = code;
    this.status = code === "USAGE" ? WRONG_USAGE : FAILED;
  }
}

const options = {
  data: { type: "string" },
  host: { type: "string", default: "127.0.0.1" },
  port: { type: "string", default: "8443" },
  certificate: { type: "string" },
  key: { type: "string" },
  "behind-proxy": { type: "boolean", default: false },
  "consent-versions": { type: "string" },
  week: { type: "string" },
  yes: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  version: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

type Line = ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>;
type Values = Line["values"];

/** Runs a command line; resolves with the exit code: 0 done, 1 failed, 2 wrong usage. */
export async function run(line: readonly string[], around: Surroundings): Promise<number> {
  const { words, say, warn } = around;
  try {
    const { values, positionals } = parseLine(line, words);
    const [command, surplus] = positionals;
    if (values.version) say(await readVersion());
    else if (values.help || command === undefined) say(words.help.trimEnd());
    else {
      const work = Object.hasOwn(commands, command)
        ? commands[command as keyof typeof commands]
        : undefined;
      if (work === undefined || surplus !== undefined)
        throw new Problem("USAGE", words.unknownCommand(positionals.join(" ")));
      await work(values, around);
    }
    return OK;
  } catch (error) {
    const problem = toProblem(error, words);
    if (line.includes("--json"))
      say(JSON.stringify({ error: { code: problem.code, message: problem.message } }));
    else warn(`cloud-code-receiver: ${problem.message}`);
    return problem.status;
  }
}

const commands = { serve: serveReports, summary: tellSummary, export: tellReports, purge };

async function serveReports(values: Values, around: Surroundings): Promise<void> {
  const { words, warn, signal } = around;
  const folder = openFolder(values, words);
  const port = parseNumber(values.port, "port", 65_535, words);
  const versions = (values["consent-versions"] ?? String(products.assistant.notice.version))
    .split(",")
    .map((version) => parseNumber(version, "consent-versions", 999, words));
  const tls = await readTls(values, words);
  const sweep = (): Promise<void> => folder.sweep(Date.now());
  await sweep();
  const receive = createReceiver({
    store: folder,
    isConsentValid: (version) => versions.includes(version),
    failed: (error) => warn(toProblem(error, words).message),
  });
  const running = await listen(receive, values.host, port, tls, words);
  around.onRenew(() => void renew(running, values, around));
  const address = `${tls === undefined ? "http" : "https"}://${values.host}:${running.port}`;
  warn(words.listening(address));
  const daily = setInterval(
    () => void sweep().catch((error: unknown) => warn(toProblem(error, words).message)),
    dayMs,
  );
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  clearInterval(daily);
  await running.close();
}

async function tellSummary(values: Values, { words, say }: Surroundings): Promise<void> {
  const weeks = summarise(await openFolder(values, words).reports());
  if (values.json) {
    say(JSON.stringify(weeks.map(toJson)));
    return;
  }
  if (weeks.length === 0) say(words.nothing);
  for (const week of weeks) {
    if (week.kind === "too-few") {
      say(words.tooFew(week.week));
      continue;
    }
    say(words.week(week.week, week.reports));
    for (const { figure, values: numbers } of toFigures(week.counts)) {
      const value = numbers?.map((number) => number.toLocaleString("en-US", rounded)).join(" / ");
      say(`  ${figures[figure].title[words.language]}: ${value ?? "–"}`);
    }
  }
}

const rounded = { maximumFractionDigits: 1 };

function toJson(week: WeekSummary): object {
  if (week.kind === "too-few") return { week: week.week, shown: false };
  const { reports, counts } = week;
  return { week: week.week, shown: true, reports, counts, figures: toFigures(counts) };
}

async function tellReports(values: Values, { words, say }: Surroundings): Promise<void> {
  const reports = await openFolder(values, words).reports();
  const shown = new Set(
    summarise(reports).flatMap(({ kind, week }) => (kind === "shown" ? [week] : [])),
  );
  const lines = reports.filter(({ week }) => shown.has(week)).map(buildReport);
  // By content: in the order of arrival they would tell who was first.
  for (const line of lines.sort()) say(line);
}

async function purge(values: Values, { words, say }: Surroundings): Promise<void> {
  const folder = openFolder(values, words);
  const { week } = values;
  if (week !== undefined && startOf(week) === undefined)
    throw new Problem("USAGE", words.wrongUsage(words.notNumber("week", week)));
  if (!values.yes) throw new Problem("USAGE", words.sure);
  const weeks = await folder.purge(week);
  say(values.json ? JSON.stringify({ purgedWeeks: weeks }) : words.purged(weeks));
}

async function renew(
  running: RunningReceiver,
  values: Values,
  { words, warn }: Surroundings,
): Promise<void> {
  try {
    const tls = await readTls(values, words);
    if (tls === undefined) return;
    running.renew(tls);
    warn(words.renewed);
  } catch (error) {
    // The certificate from before goes on; that is better than none.
    warn(toProblem(error, words).message);
  }
}

async function listen(
  receive: (request: Request) => Promise<Response>,
  host: string,
  port: number,
  tls: Tls | undefined,
  words: ReceiverWords,
): Promise<RunningReceiver> {
  try {
    return await serve(receive, { host, port, ...(tls === undefined ? {} : { tls }) });
  } catch (cause) {
    const code = codeOf(cause);
    throw code.startsWith("ERR_")
      ? new Problem("TLS_UNUSABLE", words.badTls(code), { cause })
      : new Problem("PORT_REFUSED", words.taken(port, code), { cause });
  }
}

async function readTls(values: Values, words: ReceiverWords): Promise<Tls | undefined> {
  const { certificate, key } = values;
  if (values["behind-proxy"]) return undefined;
  if (certificate === undefined || key === undefined)
    throw new Problem("USAGE", words.wrongUsage(words.needsTls));
  const read = async (path: string): Promise<string> => {
    try {
      return await readFile(path, "utf8");
    } catch (cause) {
      throw new Problem("FILE_UNREADABLE", words.unreadable(path, codeOf(cause)), { cause });
    }
  };
  return { certificate: await read(certificate), key: await read(key) };
}

function openFolder({ data }: Values, words: ReceiverWords): ReportFolder {
  if (data === undefined) throw new Problem("USAGE", words.wrongUsage(words.needs("data")));
  return new ReportFolder(data);
}

function parseLine(line: readonly string[], words: ReceiverWords): Line {
  try {
    return parseArgs({ args: [...line], options, allowPositionals: true, strict: true });
  } catch (cause) {
    // The parser's own sentence is in English only; it names the option, which is what matters.
    const reason = cause instanceof Error ? `${cause.message.split(". ")[0] ?? ""}.` : "";
    throw new Problem("USAGE", words.wrongUsage(reason), { cause });
  }
}

function parseNumber(text: string, option: string, max: number, words: ReceiverWords): number {
  const value = /^\d{1,5}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (value <= max) return value;
  throw new Problem("USAGE", words.wrongUsage(words.notNumber(option, text)));
}

function toProblem(error: unknown, words: ReceiverWords): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof TelemetryError) {
    const { path = "", reason = "" } = error.details;
    return new Problem(error.code, words.store(path, reason), { cause: error });
  }
  return new Problem("INTERNAL", `${codeOf(error)}`, { cause: error });
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

async function readVersion(): Promise<string> {
  const text = await readFile(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
