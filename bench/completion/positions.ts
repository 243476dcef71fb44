/**
 * Makes benchmark positions by the rules of FORMATS: `mid` is cut at a token boundary with at least two tokens left, `start`
 * after the indentation, `partial` two characters into an identifier. A tenth of the files, chosen by the hash of their path, is held out.
 */
import { createHash } from "node:crypto";
import { languageOf, tokenize, TokenKind, type Language } from "@cloud-code/syntax";

/** One benchmark row, as it stands in the JSONL file. */
export interface Position {
  readonly path: string;
  readonly lang: Language;
  /** 1-based. */
  readonly line: number;
  /** 0-based, UTF-16 units. */
  readonly col: number;
  readonly kind: "mid" | "start" | "partial";
  readonly goldChars: number;
  readonly goldTokens: number;
  readonly goldSha1: string;
}

/** How many positions of each kind are drawn per project. */
export interface Quota {
  readonly mid: number;
  readonly start: number;
  readonly partial: number;
}

/** True for the tenth of all paths that is held out. */
export function isHeldOut(path: string): boolean {
  return createHash("sha1").update(path).digest().readUInt32BE(0) % 10 === 0;
}

/** Draws positions from the held-out ones of `files`; the same input always gives the same rows. */
export function drawPositions(
  files: readonly { path: string; text: string }[],
  quota: Quota,
): Position[] {
  const pools: Record<Position["kind"], Position[]> = { mid: [], start: [], partial: [] };
  for (const { path, text } of files) {
    const language = languageOf(path);
    if (language === undefined || !isHeldOut(path)) continue;
    for (const position of positionsOf(path, language, text)) pools[position.kind].push(position);
  }
  return (["mid", "start", "partial"] as const).flatMap((kind) =>
    pools[kind]
      .map((position) => ({
        position,
        key: sha1(`${kind}:${position.path}:${position.line}:${position.col}`),
      }))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .slice(0, quota[kind])
      .map(({ position }) => position),
  );
}

function* positionsOf(path: string, lang: Language, text: string): Generator<Position> {
  const tokens = tokenize(text, lang);
  let lineStart = 0;
  let line = 1;
  let first = 0;
  for (let i = 0; i <= tokens.count; i++) {
    const isBreak = i === tokens.count || tokens.kinds[i] === TokenKind.Newline;
    if (!isBreak) continue;
    const lineEnd = i === tokens.count ? text.length : (tokens.starts[i] as number);
    // A line that holds part of a multi-line token is not a line of its own; its number is still counted.
    const raw = text.slice(lineStart, lineEnd);
    const breaks = raw.split("\n").length - 1;
    const words = Array.from({ length: i - first }, (_, k) => first + k);
    const hasComment = words.some((k) => tokens.kinds[k] === TokenKind.Comment);
    const opening = text.slice(tokens.starts[words[0] ?? 0], tokens.ends[words[0] ?? 0]);
    if (breaks === 0 && !hasComment && words.length > 1 && !IMPORTS.has(opening)) {
      const make = (at: number, kind: Position["kind"], goldTokens: number): Position => {
        const gold = text.slice(at, lineEnd).trimEnd();
        return {
          path,
          lang,
          line,
          col: at - lineStart,
          kind,
          goldChars: gold.length,
          goldTokens,
          goldSha1: sha1(gold),
        };
      };
      yield make(tokens.starts[words[0] as number] as number, "start", words.length);
      words.forEach((k, n) => {
        const start = tokens.starts[k] as number;
        const end = tokens.ends[k] as number;
        const left = words.length - n;
        if (n > 0 && left >= 2) midCuts.push(make(start, "mid", left));
        if (tokens.kinds[k] === TokenKind.Identifier && end - start >= 4)
          partialCuts.push(make(start + 2, "partial", left));
      });
      // One cut of each kind a line, so that long lines do not weigh more than short ones.
      yield* pick(midCuts, `${path}:${line}:mid`);
      yield* pick(partialCuts, `${path}:${line}:partial`);
      midCuts.length = 0;
      partialCuts.length = 0;
    }
    line += breaks + 1;
    if (i < tokens.count) lineStart = tokens.ends[i] as number;
    first = i + 1;
  }
}

/** Lines that open with one of these say where names come from; tools write them, so they are no test of completion. */
const IMPORTS = new Set([
  "import",
  "from",
  "package",
  "using",
  "use",
  "require",
  "#include",
  "export",
]);

const midCuts: Position[] = [];
const partialCuts: Position[] = [];

function pick(cuts: readonly Position[], seed: string): Position[] {
  const chosen =
    cuts[createHash("sha1").update(seed).digest().readUInt32BE(0) % Math.max(1, cuts.length)];
  return chosen === undefined ? [] : [chosen];
}

function sha1(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}
