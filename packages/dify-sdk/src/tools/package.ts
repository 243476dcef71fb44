/** From a plugin's folder to the `.difypkg` Dify installs. */
import { readFile, readdir } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ignore from "ignore";
import { readDeclaration, type Declaration, type PluginFiles } from "../declaration.ts";
import { stdoutSymbol } from "../stdio.ts";
import { writeArchive } from "./archive.ts";
import { computeChecksum } from "./signature.ts";

/** Where Node comes from on the user's machine: a wheel installed with the plugin, or the machine itself. */
export type NodeSource = "wheel" | "system";

/** A finished package. */
export interface PluginPackage {
  readonly bytes: Uint8Array;
  readonly declaration: Declaration;
  /** `author/name:version@checksum`: how Dify names exactly these files. */
  readonly identifier: string;
}

/** Thrown when a bundle cannot be made. */
export class BundleError extends Error {
  readonly code = "BUNDLE";
}

/**
 * Packs files as they are, after checking them as Dify will.
 * @throws DeclarationError when Dify would refuse them; ArchiveError when they are too large.
 */
export function packFiles(files: PluginFiles, maxBytes?: number): PluginPackage {
  const declaration = readDeclaration(files);
  const sorted = new Map(
    [...files].toSorted(([left], [right]) => Buffer.compare(Buffer.from(left), Buffer.from(right))),
  );
  const { author, name, version } = declaration.manifest;
  return {
    bytes: writeArchive({ files: sorted, comment: "" }, maxBytes),
    declaration,
    identifier: `${author}/${name}:${version}@${computeChecksum(sorted)}`,
  };
}

/** Every file of a folder that `.difyignore`, or else `.gitignore`, does not name: what the official packager takes. */
export async function readFolder(folder: string): Promise<Map<string, Uint8Array>> {
  const rules = await readIgnoreFile(folder);
  const files = new Map<string, Uint8Array>();
  const walk = async (directory: string): Promise<void> => {
    for (const entry of (await readdir(directory, { withFileTypes: true })).toSorted(
      (left, right) => (left.name < right.name ? -1 : 1),
    )) {
      const path = join(directory, entry.name);
      const name = relative(folder, path).split(sep).join("/");
      if (rules.ignores(entry.isDirectory() ? `${name}/` : name)) continue;
      if (entry.isDirectory()) await walk(path);
      else if (entry.isFile()) files.set(name, await readFile(path));
    }
  };
  await walk(folder);
  return files;
}

/** The official packager tests each pattern by itself, so a negated one never brings a file back; nor does it here. */
async function readIgnoreFile(folder: string): Promise<ReturnType<typeof ignore>> {
  for (const name of [".difyignore", ".gitignore"]) {
    const text = await readFile(join(folder, name), "utf8").catch(() => null); // absent: try the next
    if (text !== null)
      return ignore().add(text.split("\n").filter((line) => !line.trimStart().startsWith("!")));
  }
  return ignore();
}

/** A description is made of these; with a bundle, nothing else of the folder is needed. */
const describing =
  /(^[^/]+\.(ya?ml|md)$)|(^_assets\/)|(^readme\/[^/]+\.md$)|(^(provider|models)\/.+\.ya?ml$)/;

/** The files of a folder that describe the plugin: manifest, providers, models, assets, readmes. */
export async function readDescription(folder: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const [path, content] of await readFolder(folder))
    if (describing.test(path)) files.set(path, content);
  return files;
}

/**
 * The files that run a TypeScript or JavaScript plugin: `entry` and all it imports in one module, the launcher the daemon
 * starts, and the requirements that bring Node.
 * @throws BundleError when esbuild is not installed, or with its messages.
 */
export async function createRuntimeFiles(
  entry: string,
  node: NodeSource,
): Promise<Map<string, Uint8Array>> {
  const launcher = (name: string): Promise<Uint8Array> =>
    readFile(fileURLToPath(new URL(`../../launcher/${name}`, import.meta.url)));
  const { code, notices } = await bundle(entry);
  return new Map([
    ["THIRD_PARTY_NOTICES.txt", new TextEncoder().encode(notices)],
    ["main.py", await launcher("main.py")],
    ["plugin.mjs", code],
    ["requirements.txt", await launcher(`requirements.${node}.txt`)],
  ]);
}

/** Packages written for CommonJS call require() for Node's own modules. */
const requireForCommonJs = `import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);`;

/** Before any module of the plugin runs: whatever it prints while it loads must not reach the protocol either. */
const reserveStdout = `{const{stdout,stderr}=process;globalThis[Symbol.for("${stdoutSymbol}")]=stdout.write.bind(stdout);stdout.write=stderr.write.bind(stderr);}`;

/** A plugin in one module. */
export interface Bundle {
  readonly code: Uint8Array;
  /** The licences of everything from npm that is in it, as text: most ask to be passed on with the code. */
  readonly notices: string;
}

/**
 * One ES module for Node 20, without a word about where it was built.
 * @throws BundleError when esbuild is not installed, or with its messages.
 */
export async function bundle(entry: string): Promise<Bundle> {
  const esbuild = await import("esbuild").catch((cause: unknown) => {
    throw new BundleError("Bundling needs esbuild. Run: npm install --save-dev esbuild", { cause });
  });
  const result = await esbuild
    .build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      metafile: true,
      absWorkingDir: dirname(resolve(entry)),
      platform: "node",
      target: "node20",
      format: "esm",
      minify: true,
      legalComments: "none",
      logLevel: "silent",
      banner: { js: requireForCommonJs + reserveStdout },
    })
    .catch((cause: unknown) => {
      throw new BundleError(
        `The plugin does not build:\n${cause instanceof Error ? cause.message : "unknown error"}`,
        { cause },
      );
    });
  const output = result.outputFiles[0];
  if (output === undefined) throw new BundleError(`${entry} builds to nothing.`);
  const inputs = Object.keys(result.metafile.inputs).map((path) => resolve(dirname(entry), path));
  return { code: output.contents, notices: await readNotices(inputs) };
}

async function readNotices(inputs: readonly string[]): Promise<string> {
  const folders = new Set<string>();
  for (const path of inputs) {
    const folder = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(path)?.[0];
    if (folder !== undefined) folders.add(folder);
  }
  const notices = await Promise.all([...folders].toSorted().map(readNotice));
  return notices.join("\n\n");
}

async function readNotice(folder: string): Promise<string> {
  const description = await readFile(join(folder, "package.json"), "utf8");
  const field = (name: string): string =>
    new RegExp(`"${name}"\\s*:\\s*"([^"]*)"`).exec(description)?.[1] ?? "unknown";
  const file = (await readdir(folder)).find((name) => /^licen[cs]e/i.test(name));
  const text = file === undefined ? "" : `\n\n${await readFile(join(folder, file), "utf8")}`;
  return `${field("name")} ${field("version")} (${field("license")})${text.trimEnd()}\n`;
}
