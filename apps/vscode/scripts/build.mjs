/// <reference types="node" />
// Puts everything the extension runs into dist: itself, the assistant's program and the panel's page. Run by this workspace's `build`
// script, after the packages it takes from are built.
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { renderNotice, toMarkdown } from "@cloud-code/policy";
import { build } from "esbuild";

const require = createRequire(import.meta.url);
const here = fileURLToPath(new URL("..", import.meta.url));
const assistant = join(here, "../assistant");
const dist = join(here, "dist");
const server = join(dist, "server");
// The Node inside the oldest editor that can load the extension.
const shared = /** @type {const} */ ({
  bundle: true,
  platform: "node",
  target: "node20.9",
  minify: true,
  keepNames: true,
  charset: "utf8",
  metafile: true,
  logLevel: "warning",
});
/** @type {Set<string>} */
const inputs = new Set();

for (const name of ["main.cjs", "server", "panel"])
  await rm(join(dist, name), { recursive: true, force: true });

await bundle({
  entryPoints: [join(here, "src/main.ts")],
  outfile: join(dist, "main.cjs"),
  format: "cjs",
  external: ["vscode"],
  conditions: ["source"],
});

// The program finds its threads and its data by its own place, so the bundles keep the places of the files they are made of.
await bundle({
  entryPoints: [join(assistant, "dist/main.js")],
  outdir: join(server, "dist/run"),
  format: "esm",
  splitting: true,
  ...program("dist/run"),
});
for (const thread of ["workspace/worker", "search/worker", "search/match/worker"]) {
  await bundle({
    entryPoints: [join(assistant, `dist/${thread}.js`)],
    outfile: join(server, `dist/${thread}.js`),
    format: "esm",
    ...program(posix.dirname(`dist/${thread}`)),
  });
}
const { version } = JSON.parse(await readFile(join(here, "package.json"), "utf8"));
await writeFile(
  join(server, "package.json"),
  `${JSON.stringify({ name: "@cloud-code/assistant", version, private: true, type: "module" }, null, 2)}\n`,
);
await copyPackage("web-tree-sitter", ["package.json", "web-tree-sitter.wasm", "LICENSE"]);
await copyPackage("node-sqlite3-wasm", ["package.json", "dist", "LICENSE"]);
await copyPackage("@vscode/tree-sitter-wasm", ["package.json", "LICENSE", ...(await grammars())]);

await mkdir(join(dist, "panel"), { recursive: true });
for (const name of ["panel.js", "panel.css"])
  await cp(require.resolve(`@cloud-code/panel/bundle/${name}`), join(dist, "panel", name));

for (const language of /** @type {const} */ (["en", "zh"]))
  await writeFile(
    join(dist, `notice.${language}.md`),
    toMarkdown(renderNotice("assistant", language)),
  );

await writeFile(join(dist, "third-party.txt"), await licences());

/** @param {import("esbuild").BuildOptions} options */
async function bundle(options) {
  const { metafile } = await build({ ...shared, ...options });
  for (const input of Object.keys(metafile?.inputs ?? {})) inputs.add(input);
}

/**
 * What a bundle of the program needs. Code that asks for its own place gets the place it had in the unbundled program; `folder` is that
 * of the bundle, relative to the program.
 * @param {string} folder
 * @returns {import("esbuild").BuildOptions}
 */
function program(folder) {
  const up = posix.relative(folder, "");
  return {
    external: ["node-sqlite3-wasm"],
    // A few dependencies ask for "require" even in modules.
    banner: {
      js: 'import { createRequire as createRequireHere } from "node:module"; const require = createRequireHere(import.meta.url);',
    },
    plugins: [
      {
        name: "places",
        setup(building) {
          building.onLoad(
            { filter: /[\\/]apps[\\/]assistant[\\/]dist[\\/].*\.js$/ },
            async ({ path }) => {
              const place = relative(assistant, path).split(sep).join("/");
              const text = await readFile(path, "utf8");
              const contents = text.replaceAll(
                "import.meta.url",
                `new URL(${JSON.stringify(`${up}/${place}`)}, import.meta.url).href`,
              );
              return { contents, loader: "js" };
            },
          );
        },
      },
    ],
  };
}

/** The grammars the program loads; the package has more. */
async function grammars() {
  const { grammarFile } = await import("@cloud-code/syntax");
  const languages = /** @type {const} */ ([
    "typescript",
    "tsx",
    "javascript",
    "java",
    "python",
    "go",
    "rust",
    "c",
    "cpp",
    "csharp",
    "php",
    "ruby",
  ]);
  return [...new Set(languages.map((language) => `wasm/${grammarFile(language)}`))];
}

/**
 * Copies files of a package to where the program looks for it.
 * @param {string} name
 * @param {readonly string[]} files
 */
async function copyPackage(name, files) {
  const from = folderOf(name);
  for (const file of files) {
    const found = file === "LICENSE" ? await licenceFile(from) : file;
    if (found === undefined) continue;
    await cp(join(from, found), join(server, "node_modules", name, found), { recursive: true });
  }
  inputs.add(relative(process.cwd(), join(from, "package.json")));
}

/**
 * Where a package is that the program depends on; not every package lets its manifest be asked for by name.
 * @param {string} name
 */
function folderOf(name) {
  const places = createRequire(join(assistant, "package.json")).resolve.paths(name) ?? [];
  const found = places.map((place) => join(place, name)).find((place) => existsSync(place));
  if (found === undefined) throw new Error(`The package ${name} is not installed. Run npm ci.`);
  return found;
}

/** @param {string} folder */
async function licenceFile(folder) {
  return (await readdir(folder)).find((name) => /^licen[cs]e(\.\w+)?$/i.test(name));
}

/** The licences of everybody else's code in the bundles. */
async function licences() {
  /** @type {Map<string, string>} */
  const folders = new Map();
  for (const input of inputs) {
    const match = /^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(input.split(sep).join("/"));
    if (match?.[1] !== undefined && match[2] !== undefined) folders.set(match[2], match[1]);
  }
  const parts = [];
  for (const [name, folder] of [...folders].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const facts = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const file = await licenceFile(folder);
    const text = file === undefined ? "" : await readFile(join(folder, file), "utf8");
    parts.push(`${name} ${facts.version} (${facts.license})\n\n${text.trim()}\n`);
  }
  return parts.join(`\n${"-".repeat(80)}\n\n`);
}
