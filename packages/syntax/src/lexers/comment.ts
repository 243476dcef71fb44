import { behind, lineEnd } from "../scan.ts";
import type { Scanner } from "../scanner.ts";
import { TokenKind } from "../token.ts";

/** Takes a `// …` or `/* … *\/` comment, if one starts here; `code` is the current character. */
export function takeSlashComment(scanner: Scanner, code: number): boolean {
  if (code !== 47 /* / */) return false;
  const next = scanner.peek(1);
  if (next === 47) scanner.push(TokenKind.Comment, lineEnd(scanner.text, scanner.at));
  else if (next === 42 /* * */)
    scanner.push(TokenKind.Comment, behind(scanner.text, "*/", scanner.at + 2));
  else return false;
  return true;
}
