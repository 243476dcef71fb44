/** Rows of a completion benchmark: one position each, as FORMATS describes, parsed at the door. */
import { readFile } from "node:fs/promises";
import { AssistantError, reasonOf } from "../errors.ts";

/** Where in its line a position was cut. */
export const CUTS = ["mid", "start", "partial"] as const;
/** See `CUTS`. */
export type Cut = (typeof CUTS)[number];

/** One position and the hash of what should be predicted there. */
export interface Row {
  /** Relative to the workspace, with forward slashes. */
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** 0-based, UTF-16 units. */
  readonly column: number;
  readonly cut: Cut;
  /** SHA-1 of the rest of the line, right-trimmed. */
  readonly goldSha1: string;
  /** Git blob id of the file the row was made from. */
  readonly blob?: string;
}

/** Reads a JSONL file of rows. Throws `FILE_NOT_FOUND`, or `BENCH_ROW` with the line and what is wrong in it. */
export async function readRows(path: string): Promise<Row[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw new AssistantError("FILE_NOT_FOUND", { path, reason: reasonOf(error) }, { cause: error });
  }
  return text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    const row = parseRow(line);
    if (typeof row === "string") {
      throw new AssistantError("BENCH_ROW", { path, line: index + 1, reason: row });
    }
    return [row];
  });
}

/** One row, or what is wrong with it. */
export function parseRow(json: string): Row | string {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    return error instanceof Error ? error.message : "no JSON";
  }
  if (typeof value !== "object" || value === null) return "no object";
  const row = value as Readonly<Record<string, unknown>>;
  const { path, line, col, kind, goldSha1, blob } = row;
  if (typeof path !== "string" || path === "" || path.split("/").includes("..")) return "path";
  if (!Number.isSafeInteger(line) || Number(line) < 1) return "line";
  if (!Number.isSafeInteger(col) || Number(col) < 0) return "col";
  const cut = CUTS.find((name) => name === kind);
  if (cut === undefined) return "kind";
  if (typeof goldSha1 !== "string" || !/^[0-9a-f]{40}$/u.test(goldSha1)) return "goldSha1";
  if (blob !== undefined && typeof blob !== "string") return "blob";
  const position = { path, line: Number(line), column: Number(col), cut, goldSha1 };
  return blob === undefined ? position : { ...position, blob };
}
