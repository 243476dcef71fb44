import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { type Language, languageOf } from "@cloud-code/syntax";
import { reasonOf } from "../../errors.ts";
import { isSecret, isSecretFolder } from "../../workspace/denied.ts";
import {
  MAX_FILE_BYTES as SOURCE_BYTES,
  isInside,
  readSource,
  skipByContent,
  skipByName,
  toText,
} from "../../workspace/source.ts";
import type { NewFile } from "../catalog.ts";
import { Zip } from "../zip.ts";
import type { PackageOnDisk } from "./package.ts";

const MAX_FILE_BYTES = 512 * 1024;
/** A package beyond this is data with some code in it. */
const MAX_FILES = 8_000;
const LEFT_OUT = /^(?:\.|node_modules$|__pycache__$|site-packages$|vendor$|locales?$)/;
const PROSE = /\.(?:md|markdown)$/i;
const NEWS =
  /^(?:change|history|contribut|code_of_conduct|security|licen|authors|release|upgrad|migrat|governance)/i;

/** The source files and the documentation of a package, one after the other. Secrets, data, built and generated files are left out. */
export async function* readPackage(
  facts: PackageOnDisk,
  unreadable: (path: string, reason: string) => void,
): AsyncGenerator<NewFile> {
  if (/\.(?:jar|zip)$/.test(facts.root)) yield* readArchive(facts);
  else yield* readFolder(facts, unreadable);
}

/** What changes when a package is installed anew in its place. */
export async function stampOf({ root, paths }: PackageOnDisk): Promise<string> {
  const { mtimeMs, size } = await stat(
    paths?.length === 1 && !isArchive(root) ? join(root, paths[0] ?? "") : root,
  ).catch(() => ({ mtimeMs: 0, size: 0 }));
  return `${mtimeMs}-${size}`;
}

/**
 * The text of a file that is in an index, and so was found to be no secret, as it is now; undefined when it is gone or no text. Without waiting: a search reads dozens of small files in a
 * thread of its own, and each detour over the pool of threads would cost more than the reading.
 */
export function readAgain(root: string, path: string): string | undefined {
  try {
    if (!isInside(root, path)) return undefined;
    const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
    const file = openSync(join(root, path), flags);
    try {
      const facts = fstatSync(file);
      if (!facts.isFile() || facts.size > SOURCE_BYTES) return undefined;
      const text = toText(readFileSync(file));
      return typeof text === "string" ? text : undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    // Gone, replaced by a link, or closed to us since it was indexed: there is nothing to show.
    return undefined;
  }
}

/** Reads files of packages again, for snippets; keeps the archive open that was asked last. */
export class PackageReader {
  #archive: { readonly path: string; readonly zip: Promise<Zip> } | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  /** The text of a file; undefined when it is gone or no text. */
  async read(path: string, root: string): Promise<string | undefined> {
    if (!isArchive(root)) return readAgain(root, path);
    // Two questions at once must not close each other's archive.
    const turn = this.#queue.then(() => this.#readEntry(path, root));
    this.#queue = turn;
    return turn;
  }

  /** Closes the archive. */
  async close(): Promise<void> {
    await this.#queue;
    await this.#closeArchive();
  }

  async #readEntry(path: string, root: string): Promise<string | undefined> {
    try {
      const bytes = await (await this.#open(root)).read(path);
      const text = bytes === undefined ? undefined : toText(bytes);
      return typeof text === "string" ? text : undefined;
    } catch {
      // The archive was replaced or removed: the package is found anew with the next look at the workspace.
      await this.#closeArchive();
      return undefined;
    }
  }

  async #closeArchive(): Promise<void> {
    const archive = this.#archive;
    this.#archive = undefined;
    const zip = await archive?.zip.catch(() => undefined);
    await zip?.close();
  }

  async #open(path: string): Promise<Zip> {
    if (this.#archive?.path !== path) {
      await this.#closeArchive();
      this.#archive = { path, zip: Zip.open(path) };
    }
    return this.#archive.zip;
  }
}

function isArchive(root: string): boolean {
  return /\.(?:jar|zip)$/.test(root);
}

async function* readArchive({ root, paths, isFlat }: PackageOnDisk): AsyncGenerator<NewFile> {
  const zip = await Zip.open(root);
  try {
    let count = 0;
    for (const { path, bytes } of zip.files) {
      // Entries of the JDK begin with the name of a module.
      const inside =
        paths === undefined ||
        paths.some((under) =>
          isUnder(path.replace(/^[a-z.]+\.[a-z.]+\//, ""), under, isFlat === true),
        );
      const language = inside ? kindOf(path) : undefined;
      if (language === undefined || bytes > MAX_FILE_BYTES || isSecret(path)) continue;
      if (++count > MAX_FILES) return;
      const content = await zip.read(path);
      const text = content === undefined ? undefined : toText(content);
      if (typeof text === "string" && skipByContent(text) !== "minified")
        yield { path, language, text, stamp: "" };
    }
  } finally {
    await zip.close();
  }
}

async function* readFolder(
  { root, paths, isFlat }: PackageOnDisk,
  unreadable: (path: string, reason: string) => void,
): AsyncGenerator<NewFile> {
  let count = 0;
  const queue = paths === undefined ? [""] : [...paths];
  for (let folder = queue.shift(); folder !== undefined; folder = queue.shift()) {
    let names;
    try {
      if (!isInside(root, folder)) continue;
      names = await readdir(join(root, folder), { withFileTypes: true });
    } catch (error) {
      const reason = reasonOf(error);
      // A module of Python may be a single file.
      if (reason === "ENOENT" && paths?.includes(folder) === true) {
        for (const ending of [".py", ".pyi"]) yield* readOne(root, `${folder}${ending}`);
      } else unreadable(join(root, folder).split(sep).join("/"), reason);
      continue;
    }
    for (const entry of names.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (isFlat !== true && !LEFT_OUT.test(entry.name) && !isSecretFolder(entry.name))
          queue.push(path);
      } else if (entry.isFile() && kindOf(path) !== undefined) {
        if (++count > MAX_FILES) return;
        yield* readOne(root, path);
      }
    }
  }
}

async function* readOne(root: string, path: string): AsyncGenerator<NewFile> {
  const language = kindOf(path);
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (language === undefined || skipByName(name, 0, MAX_FILE_BYTES) === "minified") return;
  const reading = await readSource(root, path, MAX_FILE_BYTES);
  if (reading.kind === "text") yield { path, language, text: reading.text, stamp: reading.stamp };
}

function isUnder(path: string, folder: string, isFlat: boolean): boolean {
  if (!path.startsWith(`${folder}/`)) return false;
  return !isFlat || path.indexOf("/", folder.length + 1) < 0;
}

/** The language of a file that belongs into the index; prose counts, news about versions does not. */
function kindOf(path: string): Language | "markdown" | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (PROSE.test(name)) return NEWS.test(name) ? undefined : "markdown";
  return languageOf(path);
}
