import { createHash, randomBytes } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { access, open, realpath, rename, unlink, type FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Language, languageOf } from "@cloud-code/syntax";
import { reasonOf } from "../errors.ts";
import { Selector } from "../workspace/select.ts";
import { MAX_FILE_BYTES } from "../workspace/source.ts";
import { wordSkipped } from "../words.ts";
import { Problem } from "./problem.ts";
import type { FileEntry, LineEnding, OpenedFile, SaveRequest, Saved } from "./protocol.ts";

interface Place {
  readonly absolute: string;
  readonly language: Language;
  readonly exists: boolean;
}

/**
 * Reads and saves the files of one root. Nothing outside the root is opened and nothing that the workspace refuses:
 * the same rules decide what is indexed. Expected refusals are thrown as `Problem`.
 */
export class ProjectFiles {
  readonly #root: string;
  readonly #rules: Selector;

  /** `root` must be a real path. */
  constructor(root: string) {
    this.#root = root;
    this.#rules = new Selector(root);
  }

  /** Every file that may be read, sorted by path. */
  async list(): Promise<readonly FileEntry[]> {
    const { files } = await this.#rules.select();
    return files.map(({ path, bytes, language }) => ({ path, bytes, language }));
  }

  /** The text of one file; fails when it is refused, gone, too large or not UTF-8. */
  async read(path: string): Promise<OpenedFile> {
    const place = await this.#locate(path);
    if (!place.exists)
      throw new Problem("not-found", `${path} is not there any more. Choose another file.`);
    const { bytes } = await readBytes(place.absolute, path);
    const { text, lineEnding } = decode(bytes, path);
    return { path, text, lineEnding, language: place.language, version: versionOf(bytes) };
  }

  /**
   * Replaces a file whole or not at all, and keeps its mode, owner, byte-order mark and line endings. Refused with
   * `changed-on-disk` when the bytes on disk are not those of `request.version`.
   */
  async save(path: string, request: SaveRequest): Promise<Saved> {
    const place = await this.#locate(path);
    const before = place.exists ? await readBytes(place.absolute, path) : undefined;
    const version = before ? versionOf(before.bytes) : null;
    if (version !== request.version) {
      const happened = version === null ? "was deleted" : "was changed";
      throw new Problem(
        "changed-on-disk",
        `${path} ${happened} on disk since it was opened. Overwrite it, or load it again.`,
        version,
      );
    }
    if (before) await requireWritable(place.absolute, path);
    const bytes = encode(request.text, before && decode(before.bytes, path));
    if (bytes.length > MAX_FILE_BYTES) throw tooLarge(path);
    // Between the comparison above and this rename another program can still write: no file system offers compare-and-swap.
    await replaceFile(place.absolute, bytes, before?.stats);
    return { version: versionOf(bytes) };
  }

  async #locate(path: string): Promise<Place> {
    if (!isPlainRelative(path))
      throw new Problem(
        "bad-request",
        "A file is named by its path below the project folder, without '..'.",
      );
    const verdict = await this.#rules.judge(path);
    const absolute = join(this.#root, path);
    switch (verdict.kind) {
      case "file":
        await requireNoLink(dirname(absolute), path);
        return { absolute, language: verdict.file.language, exists: true };
      case "missing":
        await requireNoLink(dirname(absolute), path);
        return { absolute, language: languageOf(path) ?? "generic", exists: false };
      case "folder":
        throw new Problem("bad-request", `${path} is a folder. Choose a file.`);
      case "skipped":
        if (verdict.reason === "too-large") throw tooLarge(path);
        throw new Problem(
          "refused-file",
          `${path} is not opened: ${wordSkipped(verdict.reason, "en")}.`,
        );
    }
  }
}

function isPlainRelative(path: string): boolean {
  if (path.length === 0 || path.length > 4096 || /[\0\\]/.test(path)) return false;
  return path
    .split("/")
    .every((part) => part !== "" && part !== "." && part !== ".." && !/^[A-Za-z]:/.test(part));
}

/** The rules follow no link; this holds for a folder that became one since they were asked, too. */
async function requireNoLink(folder: string, path: string): Promise<void> {
  try {
    if ((await realpath(folder)) === folder) return;
  } catch (error) {
    throw new Problem(
      "not-found",
      `${path} is not there any more, nor is its folder (${reasonOf(error)}).`,
    );
  }
  throw new Problem("refused-file", `${path} leads out of the project folder.`);
}

async function readBytes(absolute: string, path: string): Promise<{ bytes: Buffer; stats: Stats }> {
  let handle: FileHandle;
  try {
    // NOFOLLOW: the path was resolved, a link that appears now is an attack. NONBLOCK: a pipe must not hang the server.
    handle = await open(
      absolute,
      constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
    );
  } catch (error) {
    throw new Problem(
      reasonOf(error) === "ENOENT" ? "not-found" : "refused-file",
      `${path} cannot be read (${reasonOf(error)}).`,
    );
  }
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new Problem("refused-file", `${path} is not a file.`);
    if (stats.size > MAX_FILE_BYTES) throw tooLarge(path);
    return { bytes: await handle.readFile(), stats };
  } finally {
    await handle.close();
  }
}

/** Of the bytes, not of the time: a build that rewrites a file with the same text is no conflict. */
function versionOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("base64url");
}

interface Decoded {
  readonly text: string;
  readonly lineEnding: LineEnding;
  readonly hasByteOrderMark: boolean;
}

const byteOrderMark = "\uFEFF";

function decode(bytes: Buffer, path: string): Decoded {
  let whole: string;
  try {
    whole = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // The decoder says no more than this, and with a byte or two lost a save would ruin the file.
    throw new Problem("not-text", `${path} is not UTF-8 text, so it is not opened here.`);
  }
  const hasByteOrderMark = whole.startsWith(byteOrderMark);
  const raw = hasByteOrderMark ? whole.slice(1) : whole;
  const lineEnding = lineEndingOf(raw);
  return {
    text: lineEnding === "crlf" ? raw.replaceAll("\r\n", "\n") : raw,
    lineEnding,
    hasByteOrderMark,
  };
}

function encode(text: string, like: Decoded | undefined): Buffer {
  const lines = like?.lineEnding === "crlf" ? text.replaceAll("\n", "\r\n") : text;
  return Buffer.from((like?.hasByteOrderMark ? byteOrderMark : "") + lines, "utf8");
}

function lineEndingOf(text: string): LineEnding {
  const returns = text.split("\r").length - 1;
  if (returns === 0) return "lf";
  const pairs = text.split("\r\n").length - 1;
  const newlines = text.split("\n").length - 1;
  return pairs === returns && pairs === newlines ? "crlf" : "mixed";
}

async function requireWritable(absolute: string, path: string): Promise<void> {
  try {
    await access(absolute, constants.W_OK);
  } catch (error) {
    // A rename would succeed on a read-only file; the person who made it read-only meant something by it.
    throw new Problem(
      "read-only",
      `${path} is write-protected (${reasonOf(error)}). Change its permissions, then save again.`,
    );
  }
}

async function replaceFile(
  absolute: string,
  bytes: Buffer,
  like: Stats | undefined,
): Promise<void> {
  const temporary = join(
    dirname(absolute),
    `.${basename(absolute).slice(0, 64)}.${randomBytes(6).toString("hex")}.tmp`,
  );
  try {
    await writeNew(temporary, bytes, like);
    await rename(temporary, absolute);
  } catch (error) {
    await removeIfThere(temporary);
    throw new Problem(
      "failed",
      `${basename(absolute)} was not saved (${reasonOf(error)}); the file on disk is as it was.`,
    );
  }
}

async function writeNew(path: string, bytes: Buffer, like: Stats | undefined): Promise<void> {
  const handle = await open(path, "wx", 0o600);
  try {
    await handle.writeFile(bytes);
    const own = await handle.stat();
    if (like && (own.uid !== like.uid || own.gid !== like.gid))
      await handle.chown(like.uid, like.gid);
    await handle.chmod(like ? like.mode & 0o7777 : 0o666 & ~process.umask());
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (reasonOf(error) !== "ENOENT") throw error;
  }
}

function tooLarge(path: string): Problem {
  return new Problem(
    "too-large",
    `${path} is larger than ${MAX_FILE_BYTES / 1024 / 1024} MiB, the most this page opens.`,
  );
}
