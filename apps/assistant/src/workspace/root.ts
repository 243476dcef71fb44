import { lstat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** The nearest folder at or above `folder` that holds a Git repository. */
export async function findRepository(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    const isThere = await lstat(join(at, ".git")).then(
      () => true,
      () => false,
    );
    if (isThere) return at;
    if (dirname(at) === at) return undefined;
  }
}
