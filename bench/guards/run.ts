/**
 * Takes every guard of the policy and of the service's rights out, one at a time, and runs the tests that ask it: a guard whose absence no test
 * notices has no test. Writes bench/results/guards.json, and fails if a survivor has no reason in `reasons.ts`. What was tried before is not
 * tried again while its source and its test are the same, so a run that was ended goes on where it stopped.
 *
 * Usage: npm run mutate -- [--scope policy,requests] [--minutes 60] [--workers 2] [--list]
 */
import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { cpus, setPriority } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findGuards, type Guard } from "./find.ts";
import { reasons } from "./reasons.ts";
import { isTried, type Scope, scopes } from "./scope.ts";
import type { Job, Outcome, Trial } from "./trial.ts";

const ROOT = process.cwd();
const FOLDER = join(ROOT, ".cache/guards");
const MEMORY = join(FOLDER, "tried.json");
const RESULTS = join(ROOT, "bench/results/guards.json");
const LOG = join(FOLDER, "asked.jsonl");
/** What the tests leave behind when they are ended; the template of their database, too, so that it is made once. */
const TEMPORARY = join(FOLDER, `tmp-${process.pid}`);

/** A test file as it was when it passed with every guard in. */
interface Passed {
  readonly digest: string;
  readonly seconds: number;
  /** The keys of the guards it asks. */
  readonly asked: readonly string[];
}

/** A guard as it was when it was tried. */
interface Tried {
  readonly digest: string;
  /** The test that missed it; absent for a survivor. */
  readonly missedBy?: { readonly file: string; readonly test: string };
}

/** What earlier runs found out. */
interface Memory {
  readonly tests: Record<string, Passed>;
  readonly guards: Record<string, Tried>;
}

const { values: options } = parseArgs({
  options: {
    scope: { type: "string", default: scopes.map(({ name }) => name).join(",") },
    minutes: { type: "string", default: "120" },
    workers: { type: "string", default: "1" },
    list: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (options.help) {
  console.log(`Usage: npm run mutate -- [--scope NAME,…] [--minutes N] [--workers N] [--list]

Takes guards out one at a time and runs the tests that ask them. No file is changed; end it whenever you like, the next run goes on.

  --scope    ${scopes.map(({ name }) => name).join(", ")}
  --minutes  end after this time; what is left is tried by the next run (default 120)
  --workers  how many guards are tried at the same time, each by a process of its own (default 1)
  --list     print the guards and try nothing`);
  process.exit(0);
}

const wanted = options.scope.split(",").map((name) => {
  const scope = scopes.find((each) => each.name === name);
  if (scope !== undefined) return scope;
  console.error(
    `There is no scope "${name}". Choose from ${scopes.map((each) => each.name).join(", ")}.`,
  );
  process.exit(2);
});
const endMs = Date.now() + Number(options.minutes) * 60_000;
const guardsOf = new Map(scopes.map((scope) => [scope, readGuards(scope)]));

if (options.list) {
  for (const scope of wanted)
    for (const { path, line, kind, text } of guardsOf.get(scope) ?? [])
      console.log(`${path}:${line} ${kind}: ${text}`);
  process.exit(0);
}

mkdirSync(TEMPORARY, { recursive: true });
const memory: Memory = existsSync(MEMORY)
  ? (JSON.parse(readFileSync(MEMORY, "utf8")) as Memory)
  : { tests: {}, guards: {} };
const running = new Set<ChildProcess>();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    stopAll();
    process.exit(130);
  });
process.once("exit", stopAll);

try {
  for (const scope of wanted) await tryScope(scope);
} finally {
  report();
}

async function tryScope(scope: Scope): Promise<void> {
  const guards = guardsOf.get(scope) ?? [];
  const tests = testsOf(scope);
  // Without knowing what every test asks, nothing can be said of a guard that none seems to ask.
  if (!(await passTests(scope, tests))) return;
  const all = digestOf(tests);
  const left = guards.flatMap((guard): readonly Trial[] => {
    if (isKnown(guard, all)) return [];
    const asking = tests
      .filter((path) => memory.tests[path]?.asked.includes(guard.key) === true)
      .toSorted((a, b) => rank(guard, a) - rank(guard, b));
    if (asking.length > 0) return [{ key: guard.key, tests: asking }];
    memory.guards[guard.key] = { digest: digestOf([guard.path]) + all };
    return [];
  });
  save();
  let done = 0;
  const startedMs = Date.now();
  const note = (outcome: Outcome): void => {
    const path = guards.find(({ key }) => key === outcome.key)?.path ?? "";
    const { failed } = outcome;
    memory.guards[outcome.key] =
      failed === undefined
        ? { digest: digestOf([path]) + all }
        : {
            digest:
              digestOf([path]) +
              (existsSync(join(ROOT, failed.file)) ? digestOf([failed.file]) : ""),
            missedBy: failed,
          };
    save();
    done += 1;
    const leftMinutes = (((Date.now() - startedMs) / done) * (left.length - done)) / 60_000;
    console.log(
      `${scope.name} ${done}/${left.length}, about ${leftMinutes.toFixed(0)} min left: ` +
        `${failed === undefined ? "MISSED BY NOBODY" : "missed"} ${outcome.key}`,
    );
  };
  const workers = Math.max(1, Number(options.workers));
  const shares = Array.from({ length: workers }, (_, own) =>
    left.filter((_trial, index) => index % workers === own),
  );
  await Promise.all(shares.map(async (share) => run(scope, share, note)));
}

/** Runs the tests with every guard in, to know that they pass and which guards they ask. Returns whether there was time for all of them. */
async function passTests(scope: Scope, tests: readonly string[]): Promise<boolean> {
  const paths = sourcesBeside(scope);
  const guards = scopes
    .filter((each) => each.tests === scope.tests)
    .flatMap((each) => guardsOf.get(each) ?? []);
  const sources = digest(...guards.map(({ key }) => key), digestOf(paths));
  const isStale = (path: string): boolean =>
    memory.tests[path]?.digest !== `${digestOf([path])}${sources}`;
  const stale = tests.filter(isStale);
  if (stale.length === 0) return true;
  console.log(
    `${scope.name}: ${guards.length} guards; ${stale.length} test files first, with every guard in`,
  );
  writeFileSync(LOG, "");
  const trials = stale.map((path) => ({ key: "", tests: [path] }));
  await run(scope, trials, ({ failed, seconds }) => {
    if (failed !== undefined)
      throw new Error(`${failed.file} fails with every guard in: ${failed.test}. Mend it first.`);
    const [[path, took] = ["", 0]] = Object.entries(seconds);
    const asked = readFileSync(LOG, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map(
        (line) => JSON.parse(line) as { readonly file: string; readonly asked: readonly string[] },
      )
      .findLast(({ file }) => file === join(ROOT, path));
    memory.tests[path] = {
      digest: `${digestOf([path])}${sources}`,
      seconds: took,
      asked: asked?.asked ?? [],
    };
    save();
    console.log(`  ${path} ${took} s, asks ${asked?.asked.length ?? 0} guards`);
  });
  return !tests.some(isStale);
}

/** Whether a guard was tried and nothing it depends on has changed. */
function isKnown(guard: Guard, allTests: string): boolean {
  const tried = memory.guards[guard.key];
  if (tried === undefined) return false;
  const file = tried.missedBy?.file;
  const tests =
    file === undefined ? allTests : existsSync(join(ROOT, file)) ? digestOf([file]) : "";
  return tried.digest === digestOf([guard.path]) + tests;
}

/** The own folder's tests first, quick ones before slow ones. */
function rank(guard: Guard, test: string): number {
  const own = guard.path.replace(/\.tsx?$/, "") === test.replace(/\.test\.ts$/, "");
  const near = dirname(guard.path) === dirname(test);
  return (memory.tests[test]?.seconds ?? 0) + (own ? -2000 : near ? -1000 : 0);
}

/** Runs trials in a process of its own; one that takes far longer than its tests ever did counts as missed, and the rest go on in another. */
async function run(
  scope: Scope,
  trials: readonly Trial[],
  done: (outcome: Outcome) => void,
): Promise<void> {
  let rest = trials;
  while (rest.length > 0 && Date.now() < endMs) {
    const child = start(scope, rest);
    const outcomes = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    for (;;) {
      const [current] = rest;
      if (current === undefined || Date.now() >= endMs) break;
      const seconds = current.tests.reduce(
        (sum, path) => sum + (memory.tests[path]?.seconds ?? 120),
        0,
      );
      const limitMs = (60 + 4 * seconds) * 1000;
      const next = await within(outcomes, Math.min(limitMs, endMs - Date.now()));
      if (next === undefined && Date.now() >= endMs) break;
      rest = rest.slice(1);
      if (next === undefined) {
        // Without it the program runs on for ever, or falls: a person would notice that, too.
        const failed = { file: current.tests[0] ?? "", test: "does not come to its end" };
        done({ key: current.key, failed, seconds: {} });
        break;
      }
      done(next);
    }
    stop(child);
  }
}

function start(
  scope: Scope,
  trials: readonly Trial[],
): ChildProcessByStdio<Writable, Readable, null> {
  const child = spawn(process.execPath, [fileURLToPath(new URL("trial.mjs", import.meta.url))], {
    cwd: ROOT,
    // A group of its own, so that it ends with everything its tests started.
    detached: true,
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, TMPDIR: TEMPORARY, NODE_ENV: "test" },
  });
  running.add(child);
  if (child.pid !== undefined) setPriority(child.pid, 10);
  const job: Job = { root: ROOT, sources: sourcesBeside(scope), log: LOG, trials };
  child.stdin.end(JSON.stringify(job));
  return child;
}

/** The next outcome, or `undefined` if the time is over or the process has ended. */
async function within(lines: AsyncIterator<string>, limitMs: number): Promise<Outcome | undefined> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), limitMs);
  try {
    for (;;) {
      const line = await Promise.race([lines.next(), once(late.signal, "abort")]);
      if (Array.isArray(line) || line.done === true) return undefined;
      if (line.value.startsWith('{"key":')) return JSON.parse(line.value) as Outcome;
    }
  } finally {
    clearTimeout(timer);
  }
}

/** The sources of all scopes with the same tests: one run with every guard in says for all of them which test asks what. */
function sourcesBeside({ tests }: Scope): readonly string[] {
  return scopes
    .filter((each) => each.tests === tests)
    .flatMap(({ sources }) => sources)
    .flatMap((path) => walk(path))
    .filter(isTried);
}

function stop(child: ChildProcess): void {
  running.delete(child);
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

function stopAll(): void {
  for (const child of running) stop(child);
  rmSync(TEMPORARY, { recursive: true, force: true });
}

function save(): void {
  writeFileSync(MEMORY, JSON.stringify(memory));
}

/** Writes what is known of the guards as they are now, and prints it. Ends with 1 if a survivor has no reason, or a reason no survivor. */
function report(): void {
  const missed: Record<string, string> = {};
  const survivors: Record<string, string> = {};
  const all = new Set<string>();
  const modules = scopes.map((scope) => {
    const guards = guardsOf.get(scope) ?? [];
    const tests = digestOf(testsOf(scope));
    const counts = { guards: guards.length, tried: 0, missed: 0, survived: 0 };
    for (const guard of guards) {
      all.add(guard.key);
      if (!isKnown(guard, tests)) continue;
      counts.tried += 1;
      const by = memory.guards[guard.key]?.missedBy;
      counts[by === undefined ? "survived" : "missed"] += 1;
      if (by === undefined) survivors[guard.key] = reasons[guard.key] ?? "no reason given";
      else missed[guard.key] = `${by.file}: ${by.test}`;
    }
    return { name: scope.name, ...counts };
  });
  const measured = new Date().toISOString().slice(0, 10);
  const machine = `${cpus()[0]?.model.trim() ?? "unknown"}, Node ${process.version}`;
  const results = { measured, machine, modules, survivors, missed };
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
  console.table(modules);
  const unexplained = Object.keys(survivors).filter((key) => reasons[key] === undefined);
  const needless = Object.keys(reasons).filter((key) => !all.has(key) || missed[key] !== undefined);
  for (const key of unexplained) console.error(`Missed by nobody, and no reason why: ${key}`);
  for (const key of needless) console.error(`A reason that is not needed (any more): ${key}`);
  process.exitCode = unexplained.length + needless.length === 0 ? 0 : 1;
}

function testsOf({ tests }: Scope): readonly string[] {
  return tests.flatMap((path) => walk(path)).filter((path) => path.endsWith(".test.ts"));
}

function readGuards({ sources }: Scope): readonly Guard[] {
  return sources
    .flatMap((path) => walk(path))
    .filter(isTried)
    .flatMap((path) => findGuards(path, readFileSync(join(ROOT, path), "utf8")));
}

function walk(path: string): readonly string[] {
  if (!statSync(join(ROOT, path)).isDirectory()) return [path];
  return readdirSync(join(ROOT, path))
    .toSorted()
    .flatMap((name) => walk(`${path}/${name}`));
}

function digestOf(paths: readonly string[]): string {
  return digest(...paths.map((path) => readFileSync(join(ROOT, path), "utf8")));
}

function digest(...texts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(text).update("\0");
  return hash.digest("hex").slice(0, 16);
}
