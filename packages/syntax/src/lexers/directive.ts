import type { Scanner } from "../scanner.ts";
import { nameEnd } from "../scan.ts";
import { TokenKind } from "../token.ts";

/** Takes the "#" of a directive and its name (`#include`, `# define`), if the line starts with one. */
export function takeDirective(scanner: Scanner, code: number): boolean {
  if (code !== 35 /* # */ || !scanner.fresh) return false;
  const { text, at } = scanner;
  let name = at + 1;
  while (text.charCodeAt(name) === 32 || text.charCodeAt(name) === 9) name++;
  const end = nameEnd(text, name);
  scanner.push(TokenKind.Preprocessor, end === name ? at + 1 : end);
  return true;
}
