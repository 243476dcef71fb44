// Gathers what pages refer to into dist/assets: styles, scripts, the font, pictures, measured figures and the titles of tests.
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL("../", import.meta.url));
const root = fileURLToPath(new URL("../../../", import.meta.url));
const assets = join(here, "dist/assets");
const require = createRequire(import.meta.url);

mkdirSync(assets, { recursive: true });
await build({
  entryPoints: [
    join(here, "src/pages/style.css"),
    join(here, "src/pages/scripts/cookies.ts"),
    join(here, "src/pages/scripts/passkeys.ts"),
    join(here, "src/pages/scripts/cookies.css"),
  ],
  outbase: join(here, "src/pages"),
  outdir: assets,
  bundle: true,
  minify: true,
  external: ["/assets/*"],
  legalComments: "linked",
  format: "esm",
  target: "es2022",
  logLevel: "warning",
});
const font = dirname(require.resolve("@fontsource-variable/inter/package.json"));
cpSync(join(font, "files/inter-latin-wght-normal.woff2"), join(assets, "inter.woff2"));
cpSync(join(font, "LICENSE"), join(assets, "inter.LICENSE.txt"));
cpSync(join(root, "docs/images"), join(assets, "images"), { recursive: true });
writeFileSync(join(assets, "figures.json"), JSON.stringify(readFigures()));
writeFileSync(join(assets, "tests.json"), JSON.stringify(readTests()));

/** The measured figures that the home page names, out of the committed results. */
function readFigures() {
  const read = (path) => JSON.parse(readFileSync(join(root, path), "utf8"));
  const completion = read("bench/results/completion.json");
  const search = read("bench/results/search.json");
  const gateway = read("bench/gateway/results.json");
  // The projects that played no part in choosing the engine's constants.
  const confirm = Object.values(completion.projects).filter(({ set }) => set === "confirm");
  const mean = (kind, figure) =>
    confirm.reduce((sum, { kinds }) => sum + kinds[kind][figure], 0) / confirm.length;
  const java = completion.projects["jdk-java.base"];
  return {
    date: completion.date,
    projects: Object.keys(completion.projects).length,
    confirmProjects: confirm.length,
    positions: completion.positionsPerKind,
    firstPercent: mean("mid", "EM@1"),
    fivePercent: mean("mid", "EM@5"),
    completionCpuMs: java.latencyCpuMs.p50,
    completionCpuP95Ms: java.latencyCpuMs.p95,
    searchFirst: search.questions["cloud-code"]["Recall@1"],
    searchFirstRipgrep: search.questions.ripgrep["Recall@1"],
    searchQuestions: search.questions["cloud-code"].queries,
    gatewayStreamsMb: gateway.memory.thousandStreams.highestMb,
  };
}

/** Every test whose title names a promise: promise, title and file. */
function readTests() {
  const files = ["packages", "apps", "e2e"].flatMap((folder) => listTests(join(root, folder)));
  return files.flatMap((path) => {
    const titles = readFileSync(path, "utf8").matchAll(
      /\b(?:test|it|describe)(?:\.\w+(?:\([^()]*(?:\([^()]*\)[^()]*)*\))?)?\(\s*(["'`])((?:\[[AGC]\d+\]\s*)+)((?:\\.|(?!\1).)*)\1/gs,
    );
    return [...titles].map(([, , ids, title]) => ({
      promises: [...ids.matchAll(/\[([AGC]\d+)\]/g)].map(([, id]) => id),
      title: title.replace(/\\(.)/g, "$1").trim(),
      file: relative(root, path).replaceAll("\\", "/"),
    }));
  });
}

function listTests(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return ["node_modules", "dist", ".output"].includes(entry.name) ? [] : listTests(path);
    }
    return /\.(test|e2e)\.tsx?$/.test(entry.name) ? [path] : [];
  });
}
