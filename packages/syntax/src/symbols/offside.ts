import { TokenKind } from "../token.ts";
import type { Code } from "./code.ts";
import type { CodeSymbol, Span, SymbolKind } from "./symbol.ts";

const CONTAINERS: Readonly<Record<string, SymbolKind>> = {
  class: "class",
  module: "module",
  defmodule: "module",
};
const FUNCTIONS = new Set(["def", "defp", "defmacro", "function", "cdef", "cpdef", "sub"]);
const MODIFIERS = new Set(["async", "local", "private", "public", "protected", "export"]);

interface Block {
  readonly indent: number;
  readonly isContainer: boolean;
  readonly name: string;
  /** Fills in the symbol once its end is known. */
  readonly close: (end: number, isEndWord: boolean) => void;
}

/**
 * The symbols of a language whose blocks show in the indentation: Python, and those where `end` closes a block, since people put it below
 * the word that opened it. Half-written code keeps its blocks, which a grammar would lose.
 */
export function readOffside(code: Code): CodeSymbol[] {
  const symbols: CodeSymbol[] = [];
  const blocks: Block[] = [];
  let decorated = -1;
  let lastEnd = 0;
  for (let at = 0; at < code.count; at = endOfLine(code, at)) {
    const indent = code.column(at);
    const isEndWord = code.word(at) === "end";
    for (let block = blocks.at(-1); block !== undefined && indent <= block.indent;) {
      block.close(
        isEndWord && indent === block.indent ? code.end(at) : lastEnd,
        isEndWord && indent === block.indent,
      );
      blocks.pop();
      block = blocks.at(-1);
    }
    const next = endOfLine(code, at);
    lastEnd = code.end(next - 1);
    if (code.isSign(at, "@") && blocks.every(({ isContainer }) => isContainer)) {
      if (decorated < 0) decorated = at;
      continue;
    }
    const head = decorated < 0 ? at : decorated;
    decorated = -1;
    if (!blocks.every(({ isContainer }) => isContainer)) continue;
    const owner = blocks.map(({ name }) => name).join(".");
    let word = at;
    while (MODIFIERS.has(code.word(word)) && word + 1 < next) word++;
    const container = CONTAINERS[code.word(word)];
    const isFunction = FUNCTIONS.has(code.word(word));
    if (container !== undefined || isFunction) {
      const named = nameAfter(code, word + 1, next);
      if (named === undefined) continue;
      const { name, nameAt, qualifier } = named;
      const inside = [owner, qualifier].filter((part) => part !== "").join(".");
      const open = code.isSign(nameAt + 1, "(") ? nameAt + 1 : undefined;
      const index = symbols.length;
      const doc = docString(code, next, indent) ?? code.doc(head);
      const kind =
        container ??
        (inside === ""
          ? isTest(name)
            ? "test"
            : "function"
          : isMaker(name)
            ? "constructor"
            : "method");
      const symbol: CodeSymbol = {
        name,
        kind,
        owner: inside,
        start: code.doc(head)?.start ?? code.start(head),
        end: lastEnd,
        nameStart: code.start(nameAt),
        ...(open === undefined || container !== undefined
          ? {}
          : { parameters: { start: code.start(open), end: code.end(code.partner(open)) } }),
        ...(doc === undefined ? {} : { doc }),
      };
      symbols.push(symbol);
      // "class Error < StandardError; end" is whole on its line.
      if (code.word(next - 1) === "end" && next - 1 > nameAt) continue;
      blocks.push({
        indent,
        isContainer: container !== undefined,
        name: qualifier === "" ? name : `${qualifier}.${name}`,
        close: (end) => (symbols[index] = { ...symbol, end }),
      });
    } else if (code.isName(at) && isAssignment(code, at)) {
      const doc = code.doc(at);
      symbols.push({
        name: code.word(at),
        kind: owner === "" ? "constant" : "field",
        owner,
        start: doc?.start ?? code.start(at),
        end: lastEnd,
        nameStart: code.start(at),
        ...(doc === undefined ? {} : { doc }),
      });
    }
  }
  for (const block of blocks) block.close(lastEnd, false);
  return symbols;
}

/** The token after the logical line that starts at `at`: brackets may go on over many lines. */
function endOfLine(code: Code, at: number): number {
  let next = at;
  do {
    if (code.isSign(next, "(") || code.isSign(next, "[") || code.isSign(next, "{"))
      next = Math.max(next, code.partner(next));
    next++;
  } while (next < code.count && !code.isFirst(next));
  return next;
}

/** `A.b`, `A::b` and `self.b` give b with the qualifier A, A and none. */
function nameAfter(
  code: Code,
  from: number,
  to: number,
): { name: string; nameAt: number; qualifier: string } | undefined {
  let nameAt = from;
  const parts: string[] = [];
  while (
    code.isSign(nameAt + 1, ".") ||
    code.isSign(nameAt + 1, "::") ||
    code.isSign(nameAt + 1, ":")
  ) {
    // "class Foo:" ends its line there.
    if (nameAt + 2 >= to || code.isFirst(nameAt + 2)) break;
    if (code.word(nameAt) !== "self") parts.push(code.word(nameAt));
    nameAt += 2;
  }
  if (nameAt >= to || !code.isName(nameAt)) return undefined;
  return { name: code.word(nameAt), nameAt, qualifier: parts.join(".") };
}

function docString(code: Code, at: number, indent: number): Span | undefined {
  if (!code.is(at, TokenKind.String) || code.column(at) <= indent || !code.isFirst(at))
    return undefined;
  return { start: code.start(at), end: code.end(at) };
}

function isAssignment(code: Code, at: number): boolean {
  if (code.isSign(at + 1, "=")) return true;
  return code.isSign(at + 1, ":") && !code.isFirst(at + 2);
}

function isMaker(name: string): boolean {
  return name === "__init__" || name === "initialize" || name === "__new__";
}

function isTest(name: string): boolean {
  return name.startsWith("test_");
}
