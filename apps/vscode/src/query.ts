import type { HostMessage } from "@cloud-code/panel/protocol";

/** Where somebody asked for examples: a piece of a document, without the editor around it. */
export interface Spot {
  /** The editor's identifier of the language. */
  readonly language: string;
  /** The selected text; "" when there is none. */
  readonly selection: string;
  readonly lines: readonly string[];
  /** Of the cursor, from 0. */
  readonly line: number;
  /** UTF-16 units before the cursor in its line. */
  readonly character: number;
}

/** A question for the code search. */
export interface Query {
  readonly text: string;
  /** How it is to be read. */
  readonly mode: NonNullable<Extract<HostMessage, { kind: "ask" }>["mode"]>;
}

/** Longer selections are cut: a question is a paragraph at most. */
const maxCharacters = 2_000;

/**
 * What to search for at a place: what is selected, else the comment around the cursor, else the name under it with what it belongs to.
 *
 * `user.getN|ame()` asks for "getName", `Files.read|String(p)` for "Files.readString" since a name in capitals is a type, and a cursor in
 * "// reads a file⏎// line by line" for "reads a file line by line". Undefined where there is nothing to ask for.
 */
export function toQuery(spot: Spot): Query | undefined {
  const selected = spot.selection.trim();
  if (selected !== "") return ofSelection(selected, spot.language);
  const comment = commentAround(spot);
  if (comment !== "") return { text: comment.slice(0, maxCharacters), mode: "description" };
  const name = nameAt(spot.lines[spot.line] ?? "", spot.character);
  return name === undefined ? undefined : { text: name, mode: "auto" };
}

function ofSelection(selected: string, language: string): Query {
  const lines = selected.split(/\r?\n/);
  const comments = lines.map((line) => commentIn(line, language));
  const isComment = comments.every((comment) => comment?.isWhole === true);
  const text = isComment ? comments.map((comment) => comment?.text ?? "").join(" ") : selected;
  return {
    text: text.trim().slice(0, maxCharacters),
    mode: isComment ? "description" : "auto",
  };
}

/** Languages in which a line comment begins with `#`; elsewhere it may be a directive or an attribute. */
const hash = new Set(
  "python ruby shellscript perl r elixir makefile dockerfile powershell julia graphql terraform php".split(
    " ",
  ),
);
/** Languages in which a line comment begins with `--`. */
const dashes = new Set(["lua", "sql", "haskell"]);

interface Comment {
  readonly text: string;
  /** Where it begins in its line. */
  readonly start: number;
  /** Nothing else is in the line. */
  readonly isWhole: boolean;
}

/** The comment in a line. Quotes before it are counted, so that the `//` of an address in a string is none. */
function commentIn(line: string, language: string): Comment | undefined {
  const markers = [
    String.raw`\/\/+!?`,
    String.raw`\/\*+!?`,
    ...(hash.has(language) ? ["#+"] : []),
    ...(dashes.has(language) ? ["--+"] : []),
  ];
  const inside = /^\s*\*(?!\/)\s?(.*?)(?:\*+\/)?\s*$/.exec(line);
  if (inside !== null) return { text: inside[1]?.trim() ?? "", start: 0, isWhole: true };
  for (const match of line.matchAll(new RegExp(`(?:${markers.join("|")})\\s?`, "g"))) {
    const before = line.slice(0, match.index);
    const isInString = (before.match(/(?<!\\)["'`]/g)?.length ?? 0) % 2 === 1;
    if (isInString) continue;
    const text = line
      .slice(match.index + match[0].length)
      .replace(/\*+\/\s*$/, "")
      .trim();
    return { text, start: match.index, isWhole: before.trim() === "" };
  }
  return undefined;
}

/** The comment that the cursor is in, with the lines of the same comment above and below; "" when it is in none. */
function commentAround({ lines, line, character, language }: Spot): string {
  const here = commentIn(lines[line] ?? "", language);
  if (here === undefined || character <= here.start) return "";
  if (!here.isWhole) return here.text;
  const wholeAt = (index: number): string | undefined => {
    const comment = commentIn(lines[index] ?? "", language);
    return comment?.isWhole === true ? comment.text : undefined;
  };
  let first = line;
  while (first > 0 && wholeAt(first - 1) !== undefined) first -= 1;
  let last = line;
  while (last < lines.length - 1 && wholeAt(last + 1) !== undefined) last += 1;
  return (
    Array.from({ length: last - first + 1 }, (_, index) => wholeAt(first + index) ?? "")
      // Tags of documentation comments describe parameters, not what the code does.
      .filter((text) => text !== "" && !text.startsWith("@"))
      .join(" ")
  );
}

/** The name at a place, with the type it belongs to. */
function nameAt(line: string, character: number): string | undefined {
  for (const { 0: path, index } of line.matchAll(
    /[\p{L}_$][\p{L}\p{N}_$]*(?:(?:\.|::)[\p{L}_$][\p{L}\p{N}_$]*)*/gu,
  )) {
    if (character < index || character > index + path.length) continue;
    const names = [...path.matchAll(/[\p{L}\p{N}_$]+/gu)];
    const at = names.findIndex(
      ({ 0: name, index: start }) => character <= index + start + name.length,
    );
    const name = names[at]?.[0];
    const owner = names[at - 1]?.[0];
    if (name === undefined) return undefined;
    return owner !== undefined && /^\p{Lu}/u.test(owner) ? `${owner}.${name}` : name;
  }
  return undefined;
}
