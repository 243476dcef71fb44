import type { Language } from "@cloud-code/syntax";
import type { FileEntry } from "./protocol.ts";

/** About 500 lines. What is longer is a table or generated more often than not. In bytes. */
const largestGoodBytes = 20_000;

const firstChoice: ReadonlySet<Language> = new Set(["typescript", "tsx", "java", "python"]);
const unlikely =
  /(^|\/)(tests?|__tests__|spec|fixtures?|examples?|vendor|third_party|generated|migrations)\/|[._-](test|spec)\.|(^|\/)test_|\.d\.ts$|\.min\./i;

/**
 * The file a newcomer should see first: the largest hand-written TypeScript, Java or Python source of a size one can
 * read, else the largest of any other language; undefined when there is none. A test or a declaration file comes last.
 */
export function chooseFirstFile(files: readonly FileEntry[]): string | undefined {
  let best: FileEntry | undefined;
  let bestScore = 0;
  for (const file of files) {
    if (file.language === "generic" || file.bytes === 0) continue;
    const score = scoreOf(file);
    if (score > bestScore) {
      best = file;
      bestScore = score;
    }
  }
  return best?.path;
}

/** Each condition outweighs all that follow it; size decides among equals. */
function scoreOf(file: FileEntry): number {
  const readable = file.bytes <= largestGoodBytes;
  return (
    (firstChoice.has(file.language) ? 8 : 0) +
    (unlikely.test(file.path) ? 0 : 4) +
    (readable ? 2 + file.bytes / largestGoodBytes : largestGoodBytes / file.bytes)
  );
}
