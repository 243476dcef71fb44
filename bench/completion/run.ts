/**
 * Measures completion on the development set: fetches each project by its package manager, draws positions, runs
 * `cloud-code bench completion` on them, and writes the figures to bench/results/completion.json.
 *
 * Usage: npm run bench:completion [-- --only NAME,NAME] [-- --positions N]
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { cpus, homedir, tmpdir, totalmem } from "node:os";
import { dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { drawPositions } from "./positions.ts";
import { PROJECTS, type Project } from "./projects.ts";

interface Figures {
  readonly n: number;
  readonly [figure: string]: number;
}

/** The part of the command's report that is read here. */
interface Report {
  readonly all: Figures;
  readonly kinds: Readonly<Record<"mid" | "start" | "partial", Figures>>;
  readonly index: { readonly tokens: number; readonly cpuSeconds: number; readonly bytes: number };
  readonly latencyMs: Readonly<Record<string, number>>;
  readonly latencyCpuMs: Readonly<Record<string, number>>;
  readonly engineMs: Readonly<Record<string, number>>;
  readonly rssMb: number;
}

// npm runs scripts from the root of the repository.
const ROOT = process.cwd();
// Outside the repository, whose ignore file would hide the projects from the index.
const CACHE = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "cloud-code-bench");

const { values } = parseArgs({
  options: { only: { type: "string" }, positions: { type: "string", default: "250" } },
});
const positions = Number(values.positions);
const wanted = values.only?.split(",");
const reports: Record<string, Report & { set: Project["set"] }> = {};
for (const project of PROJECTS) {
  if (wanted !== undefined && !wanted.includes(project.name)) continue;
  const folder = fetchProject(project);
  const report = measure(folder);
  reports[project.name] = { set: project.set, ...report };
  console.log(line(project.name, report));
}
for (const set of ["develop", "confirm"] as const) {
  const chosen = Object.values(reports).filter((report) => report.set === set);
  if (chosen.length > 0) console.log(line(`mean of ${set}`, meanOf(chosen)));
}
if (wanted === undefined) {
  const machine = `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
  const result = {
    date: new Date().toISOString().slice(0, 10),
    machine,
    positionsPerKind: positions,
    projects: reports,
  };
  writeFileSync(
    join(ROOT, "bench", "results", "completion.json"),
    `${JSON.stringify(result, null, 1)}\n`,
  );
}

/** Runs the command on positions drawn from a folder. */
function measure(folder: string): Report {
  const files = sourcesIn(folder).map((path) => ({
    path: relative(folder, path).replaceAll("\\", "/"),
    text: readFileSync(path, "utf8"),
  }));
  const rows = drawPositions(files, { mid: positions, start: positions, partial: positions });
  const scratch = mkdtempSync(join(tmpdir(), "completion-bench-"));
  try {
    const items = join(scratch, "positions.jsonl");
    writeFileSync(items, rows.map((row) => JSON.stringify(row)).join("\n"));
    const cli = join(ROOT, "apps", "assistant", "bin", "cloud-code.js");
    const output = execFileSync(
      process.execPath,
      [cli, "bench", "completion", "--workspace", folder, "--items", items, "--json"],
      { encoding: "utf8", maxBuffer: 1 << 26 },
    );
    return JSON.parse(output) as Report;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Brings a project's sources into the cache, once. */
function fetchProject({ name, source }: Project): string {
  const folder = join(
    CACHE,
    `${name}-${createHash("sha1").update(JSON.stringify(source)).digest("hex").slice(0, 8)}`,
  );
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  const scratch = mkdtempSync(join(CACHE, "fetch-"));
  const run = (command: string, args: readonly string[], cwd = scratch): string =>
    execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  const unpack = (): void => {
    const [archive] = readdirSync(scratch).filter((file) => /\.(?:tgz|tar\.gz|crate)$/u.test(file));
    mkdirSync(join(scratch, "out"));
    run("tar", ["xzf", archive ?? "", "-C", "out", "--strip-components=1"]);
  };
  switch (source.kind) {
    case "npm":
      run("npm", ["pack", "--silent", source.spec]);
      unpack();
      break;
    case "pypi":
      run("pip", ["download", "--quiet", "--no-deps", "--no-binary", ":all:", source.spec]);
      unpack();
      break;
    case "maven":
      run("mvn", [
        "-q",
        "-B",
        "dependency:copy",
        `-Dartifact=${source.artifact}:jar:sources`,
        `-DoutputDirectory=${scratch}`,
      ]);
      mkdirSync(join(scratch, "out"));
      run("unzip", [
        "-q",
        readdirSync(scratch).find((file) => file.endsWith(".jar")) ?? "",
        "-d",
        "out",
      ]);
      break;
    case "go": {
      const found = JSON.parse(run("go", ["mod", "download", "-json", source.spec])) as {
        Dir: string;
      };
      symlinkSync(found.Dir, join(scratch, "out"));
      break;
    }
    case "cargo":
      run("cargo", ["init", "--quiet", "--name", "fetch", "--vcs", "none"]);
      run("cargo", ["add", "--quiet", `${source.name}@=${source.version}`]);
      run("cargo", ["vendor", "--quiet", "vendor"]);
      renameSync(join(scratch, "vendor", source.name), join(scratch, "out"));
      break;
    case "debian":
      requirePackage(source.package, source.folder);
      symlinkSync(source.folder, join(scratch, "out"));
      break;
    case "debian-zip":
      requirePackage(source.package, source.file);
      mkdirSync(join(scratch, "out"));
      run("unzip", ["-q", source.file, source.only, "-d", "out"]);
      break;
  }
  renameSync(join(scratch, "out"), folder);
  rmSync(scratch, { recursive: true });
  return folder;
}

function requirePackage(name: string, path: string): void {
  if (!existsSync(path)) throw new Error(`${path} is missing. Run \`apt-get install ${name}\`.`);
}

/** Every source file a person wrote: declarations and compiled copies are left out. */
function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(
      (entry) =>
        entry.isFile() &&
        /\.(?:ts|tsx|java|py|go|rs)$/u.test(entry.name) &&
        !/\.d\.[cm]?ts$/u.test(entry.name),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (path) =>
        !/(?:^|\/)(?:node_modules|dist|lib\.[a-z]+)\//u.test(relative(dirname(folder), path)),
    )
    .sort();
}

function meanOf(chosen: readonly Report[]): Report {
  const mean = (pick: (report: Report) => number): number =>
    Math.round((100 * chosen.reduce((sum, report) => sum + pick(report), 0)) / chosen.length) / 100;
  const figures = (pick: (report: Report) => Figures): Figures => {
    const names = Object.keys(chosen[0] === undefined ? {} : pick(chosen[0]));
    return Object.fromEntries(
      names.map((name) => [name, mean((report) => pick(report)[name] ?? 0)]),
    ) as unknown as Figures;
  };
  const times = (
    pick: (report: Report) => Readonly<Record<string, number>>,
  ): Record<string, number> =>
    Object.fromEntries(
      ["p50", "p95", "p99"].map((name) => [name, mean((report) => pick(report)[name] ?? 0)]),
    );
  return {
    all: figures((report) => report.all),
    kinds: {
      mid: figures((report) => report.kinds.mid),
      start: figures((report) => report.kinds.start),
      partial: figures((report) => report.kinds.partial),
    },
    index: {
      tokens: mean((report) => report.index.tokens),
      cpuSeconds: mean((report) => report.index.cpuSeconds),
      bytes: mean((report) => report.index.bytes),
    },
    latencyMs: times((report) => report.latencyMs),
    latencyCpuMs: times((report) => report.latencyCpuMs),
    engineMs: times((report) => report.engineMs),
    rssMb: mean((report) => report.rssMb),
  };
}

function line(
  name: string,
  { kinds, all, index, latencyMs, latencyCpuMs, engineMs, rssMb }: Report,
): string {
  const rates = (["mid", "start", "partial"] as const).map(
    (kind) => `${kind} ${kinds[kind]["EM@1"]}/${kinds[kind]["EM@5"]}`,
  );
  const speed = `${(index.tokens / 1e6).toFixed(2)}M tokens, ${(index.tokens / index.cpuSeconds / 1e6).toFixed(2)}M/CPU s, ${(index.bytes / index.tokens).toFixed(1)} B/token`;
  return `${name.padEnd(20)} ${rates.join("  ")}  valid ${all["validity"]}  p95 engine ${engineMs["p95"]} whole ${latencyMs["p95"]} cpu ${latencyCpuMs["p95"]} ms  ${speed}  ${rssMb} MB`;
}
