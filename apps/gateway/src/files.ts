/**
 * The only file of the gateway that may touch the file system, and only to read. A test holds that it imports nothing
 * that writes; a dependency rule holds that no other file imports `node:fs`.
 */
import { readFileSync, unwatchFile, watchFile } from "node:fs";

/** The text of a file: configuration, certificates, secrets. */
export function readText(path: string): string {
  return readFileSync(path, "utf8");
}

/**
 * Calls back when one of the files has changed. By asking every two seconds, because a mounted configuration is often a
 * symbolic link that is swapped, which change events miss. Returns how to stop.
 */
export function watchFiles(
  paths: readonly string[],
  changed: () => void,
  intervalMs = 2000,
): () => void {
  const listener = (
    current: { mtimeMs: number; ino: number },
    previous: { mtimeMs: number; ino: number },
  ): void => {
    if (current.mtimeMs !== previous.mtimeMs || current.ino !== previous.ino) changed();
  };
  for (const path of paths) watchFile(path, { interval: intervalMs, persistent: false }, listener);
  return () => {
    for (const path of paths) unwatchFile(path, listener);
  };
}
