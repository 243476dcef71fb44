/**
 * Runs tests with one guard out after the other, in one warm process: the sources are compiled once, with all guards as switches. Reads a
 * list from its standard input, writes one line of JSON for each that is done. Whoever started it watches the time and may kill it; no
 * file of the repository is ever changed.
 */
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { createVitest, type TestModule } from "vitest/node";
import { instrument } from "./find.ts";

/** What to run. */
export interface Job {
  readonly root: string;
  /** The files whose guards become switches, from the root. */
  readonly sources: readonly string[];
  /** Where the tests note which guards they asked. */
  readonly log: string;
  readonly trials: readonly Trial[];
}

/** One guard and the test files that may miss it, tried in order until one does; no guard is the run that has to pass. */
export interface Trial {
  readonly key: string;
  readonly tests: readonly string[];
}

/** What one trial showed. */
export interface Outcome {
  readonly key: string;
  /** The first test that failed; absent when all passed. */
  readonly failed?: { readonly file: string; readonly test: string };
  /** Seconds each test file took. */
  readonly seconds: Readonly<Record<string, number>>;
}

const job = JSON.parse(readFileSync(0, "utf8")) as Job;
const sources = new Set(job.sources);
const setup = fileURLToPath(new URL("../setup.ts", import.meta.url));

const vitest = await createVitest(
  "test",
  {
    root: job.root,
    watch: false,
    // Both databases would say the same twice; the embedded one needs no server.
    testNamePattern: /^(?!.*on the server database)/,
    setupFiles: ["./vitest.setup.ts", setup],
    reporters: [{}],
    bail: 1,
    maxWorkers: 1,
    testTimeout: 60_000,
  },
  {
    plugins: [
      {
        name: "guards",
        enforce: "pre",
        transform(code, id) {
          const path = relative(job.root, id.split("?")[0] ?? id);
          return sources.has(path) ? { code: instrument(path, code), map: null } : undefined;
        },
      },
    ],
  },
);
const project = vitest.getRootProject();
project.provide("guardLog", job.log);
await vitest.standalone();

for (const trial of job.trials) {
  project.provide("guardOut", trial.key);
  process.stdout.write(`${JSON.stringify(await run(trial))}\n`);
}
await vitest.close();
// A worker that a test left behind must not keep this process.
process.exit(0);

async function run({ key, tests }: Trial): Promise<Outcome> {
  const seconds: Record<string, number> = {};
  for (const file of tests) {
    const path = join(job.root, file);
    // What is remembered of earlier trials must not be taken for an outcome of this one.
    vitest.state.filesMap.clear();
    vitest.state.clearErrors();
    const specifications = await vitest.globTestSpecifications([path]);
    const startedMs = performance.now();
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
    seconds[file] = Math.round((performance.now() - startedMs) / 100) / 10;
    const [module, ...others] = testModules;
    if (module?.moduleId !== path || others.length > 0)
      throw new Error(`${file} was to run, and ${testModules.length} files did.`);
    const [error] = unhandledErrors;
    const test =
      firstFailure(module) ?? (error === undefined ? undefined : "an error that no test caught");
    if (test !== undefined) return { key, failed: { file, test: test.slice(0, 200) }, seconds };
  }
  return { key, seconds };
}

function firstFailure(module: TestModule): string | undefined {
  for (const test of module.children.allTests("failed")) return test.fullName;
  for (const suite of module.children.allSuites())
    if (suite.errors().length > 0) return `${suite.fullName} (before its tests)`;
  return module.ok()
    ? undefined
    : `${module.errors()[0]?.message ?? "the file"} (before its tests)`;
}
