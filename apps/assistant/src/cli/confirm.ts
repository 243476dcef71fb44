import { createInterface } from "node:readline/promises";
import type { Terminal, Words } from "./terminal.ts";

const ask: Words = { en: "Allow? [y/N] ", zh: "允许吗？[y/N] " };

/** Asks whether what was just shown is allowed. Only a word for yes is one; an empty line, another word or a closed terminal is not. */
export async function confirm(terminal: Terminal): Promise<boolean> {
  const lines = createInterface({ input: terminal.input, output: terminal.output });
  const closed = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  try {
    const asked = lines.question(ask[terminal.locale], { signal: terminal.signal });
    const answer = await Promise.race([asked, closed]);
    return /^(?:y|yes|允许|是)$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
