import { constants } from "node:fs";
import { type FileHandle, open, realpath } from "node:fs/promises";
import { AssistantError, reasonOf } from "../errors.ts";
import { isSecret } from "./denied.ts";
import { MAX_FILE_BYTES, toText } from "./source.ts";

/**
 * Reads the file a person names. Throws `FILE_REFUSED`, `LINK_REFUSED`, `FILE_NOT_FOUND`, `NOT_A_FILE`, `FILE_TOO_LARGE`, `FILE_UNREADABLE`, `NOT_TEXT`
 * or `NOT_UTF8`. A secret is refused before it is opened, a large file before it is read.
 */
export async function readDocument(
  path: string,
  maxBytes: number = MAX_FILE_BYTES,
): Promise<string> {
  if (isSecret(path.replaceAll("\\", "/"))) throw new AssistantError("FILE_REFUSED", { path });
  let file: FileHandle | undefined;
  try {
    // A harmless name may be a link to a secret.
    if (isSecret((await realpath(path)).replaceAll("\\", "/")))
      throw new AssistantError("LINK_REFUSED", { path });
    // A pipe must not make us wait for somebody to write to it.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const facts = await file.stat();
    if (!facts.isFile()) throw new AssistantError("NOT_A_FILE", { path });
    if (facts.size > maxBytes)
      throw new AssistantError("FILE_TOO_LARGE", { path, bytes: facts.size, maxBytes });
    return parseDocument(await file.readFile(), path, maxBytes);
  } catch (error) {
    if (error instanceof AssistantError) throw error;
    const reason = reasonOf(error);
    const code = reason === "ENOENT" || reason === "ENOTDIR" ? "FILE_NOT_FOUND" : "FILE_UNREADABLE";
    throw new AssistantError(code, { path, reason }, { cause: error });
  } finally {
    await file?.close();
  }
}

/** The text of a document's bytes; `path` is for the error. Throws `FILE_TOO_LARGE`, `NOT_TEXT` or `NOT_UTF8`. */
export function parseDocument(
  bytes: Uint8Array,
  path: string,
  maxBytes: number = MAX_FILE_BYTES,
): string {
  if (bytes.length > maxBytes)
    throw new AssistantError("FILE_TOO_LARGE", { path, bytes: bytes.length, maxBytes });
  const text = toText(bytes);
  if (typeof text === "string") return text;
  throw new AssistantError(text.reason === "binary" ? "NOT_TEXT" : "NOT_UTF8", { path });
}

/**
 * The offset of a line (from 1) and column (UTF-16 units, from 0); throws `LINE_OUTSIDE` or `COLUMN_OUTSIDE`. Lines end as editors see them: at LF, CR LF
 * or CR.
 */
export function toOffset(text: string, line: number, column: number, path: string): number {
  const lineEnd = /\r\n?|\n/g;
  let start = 0;
  let lines = 1;
  let end = text.length;
  for (let match = lineEnd.exec(text); match !== null; match = lineEnd.exec(text)) {
    if (lines === line) {
      end = match.index;
      break;
    }
    lines++;
    start = lineEnd.lastIndex;
  }
  if (line !== lines) throw new AssistantError("LINE_OUTSIDE", { path, line, lines });
  const columns = end - start;
  if (column > columns) throw new AssistantError("COLUMN_OUTSIDE", { path, line, column, columns });
  return start + column;
}
