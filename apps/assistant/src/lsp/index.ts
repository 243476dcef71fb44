import type { Readable, Writable } from "node:stream";
import { openSession } from "../workspace/open.ts";
import { createServer, type ServerOptions } from "./server.ts";

export { type Acceptance } from "./answers.ts";
export { type OpenSession } from "./roots.ts";
export { createServer, type Server, type ServerOptions } from "./server.ts";

/**
 * Runs the language server over two streams until the editor leaves, and sets the process's exit code as the protocol wants it: 0
 * after `shutdown`, otherwise 1. `options` replace the parts it is made of.
 */
export async function runLanguageServer(
  input: Readable,
  output: Writable,
  options: Partial<ServerOptions> = {},
): Promise<void> {
  process.exitCode = await createServer({ openSession, ...options }).listen(input, output);
}
