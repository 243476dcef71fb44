import { isUtf8 } from "node:buffer";
import { constants, realpathSync } from "node:fs";
import { open, realpath } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import type { SkipReason } from "../session.ts";
import { isSecret } from "./denied.ts";

/** Files above this size are neither indexed nor completed, unless the caller sets another limit. */
export const MAX_FILE_BYTES: number = 1024 * 1024;

const CLOCK_TICK_MS = 20;

/** What came of reading one file. `stamp` changes when the file does. */
export type Reading =
  | { readonly kind: "text"; readonly text: string; readonly stamp: string }
  | { readonly kind: "skipped"; readonly reason: SkipReason; readonly stamp: string }
  | { readonly kind: "missing" };

/** Files that tools write and nobody edits, known by name, so they need no opening. */
const LOCK_NAME = /(?:^|[-.])lock(?:\.(?:json|ya?ml))?$|^(?:go\.sum|npm-shrinkwrap\.json)$/;
const MINIFIED_NAME = /[.-](?:min|bundle|chunk)\.(?:[cm]?js|css)$/i;
const GENERATED_NAME =
  /(?:\.pb(?:\.gw)?|_pb2?|_pb2_grpc|\.g|\.designer|[._]gen|[._]generated|\.freezed)\.(?:[cm]?[jt]sx?|go|py|cs|cc|h|java|rs|rb|dart|php)$/i;

/** Why a file is left out by its name and size alone, before it is opened. */
export function skipByName(name: string, size: number, maxBytes: number): SkipReason | undefined {
  if (size > maxBytes) return "too-large";
  if (MINIFIED_NAME.test(name)) return "minified";
  return LOCK_NAME.test(name) || GENERATED_NAME.test(name) ? "generated" : undefined;
}

/** What identifies one state of a file on disk. */
export function toStamp(facts: { readonly size: number; readonly mtimeMs: number }): string {
  return `${facts.size}-${facts.mtimeMs}`;
}

/**
 * Whether a path below `root`, itself a real path, is still there and leads to no other place: any folder on the way may have become a link since it was
 * found, and must not lead outside or to a secret. Throws the system's error when there is nothing.
 */
export function isInside(root: string, path: string): boolean {
  const expected = join(root, path);
  const real = realpathSync.native(expected);
  if (real === expected) return true;
  const inside = relative(root, real);
  const names = inside.split(sep);
  return names[0] !== ".." && !isAbsolute(inside) && !isSecret(names.join("/"));
}

/**
 * Reads a source file of the workspace; `path` is relative to `root`. Refuses secrets before opening, and anything that is not a plain
 * file of UTF-8 source text after it.
 */
export async function readSource(root: string, path: string, maxBytes: number): Promise<Reading> {
  if (isSecret(path)) return { kind: "skipped", reason: "secret", stamp: "" };
  try {
    if (!isInside(await realpath(root), path))
      return { kind: "skipped", reason: "symlink", stamp: "" };
    // A link put in the file's place since the walk must not lead outside, and a pipe must not make us wait.
    const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
    const file = await open(join(root, path), flags);
    try {
      const facts = await file.stat();
      // Clocks of file systems tick slowly: a file written within the last tick may change again and look the same. It is read once more.
      const isFresh = Date.now() - facts.mtimeMs < CLOCK_TICK_MS;
      const stamp = isFresh ? `${toStamp(facts)} fresh` : toStamp(facts);
      if (!facts.isFile()) return { kind: "skipped", reason: "unsupported", stamp };
      if (facts.size > maxBytes) return { kind: "skipped", reason: "too-large", stamp };
      const bytes = await file.readFile();
      if (bytes.length > maxBytes) return { kind: "skipped", reason: "too-large", stamp };
      const text = toText(bytes);
      if (typeof text !== "string") return { kind: "skipped", reason: text.reason, stamp };
      const reason = skipByContent(text);
      return reason === undefined
        ? { kind: "text", text, stamp }
        : { kind: "skipped", reason, stamp };
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return { kind: "missing" };
    return { kind: "skipped", reason: code === "ELOOP" ? "symlink" : "unreadable", stamp: "" };
  }
}

/** The text of a source file's bytes, without a byte order mark, or why they are not source text. */
export function toText(bytes: Uint8Array): string | { readonly reason: "binary" | "not-utf8" } {
  if (bytes.includes(0)) return { reason: "binary" };
  if (!isUtf8(bytes)) return { reason: "not-utf8" };
  // A search decodes dozens of files, and a strict TextDecoder takes several times as long.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

const COMMENT_LINE = /^\s*(?:\/\/|\/\*|\*|#|--|;|<!--|"""|''')/;
const GENERATED_MARK =
  /@generated\b|<auto-?generated|\bauto-?generated (?:by|file|code|from)\b|\b(?:automatically|code) generated by\b|\bfile (?:is|was|has been) (?:automatically |auto-?)?generated\b|^\W*generated by the /i;
// In capitals only: people do write "do not edit" about a single line.
const SHOUTED_MARK = /\bDO NOT (?:EDIT|MODIFY)\b/;

/** Why a text is not source that people write: a tool's mark among the comments of its first lines, or lines as no person writes them. */
export function skipByContent(text: string): "generated" | "minified" | undefined {
  const comments = text
    .slice(0, 4096)
    .split(/\r\n?|\n/, 40)
    .filter((line) => COMMENT_LINE.test(line));
  if (comments.some((line) => GENERATED_MARK.test(line) || SHOUTED_MARK.test(line)))
    return "generated";
  if (text.length < 2000) return undefined;
  let lines = 1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines++;
  return text.length / lines > 180 ? "minified" : undefined;
}
