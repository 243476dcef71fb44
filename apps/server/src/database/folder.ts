import { accessSync, constants, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseError } from "./errors.ts";

/** Makes the data directory, for its owner alone, and makes sure that it can be written to. Throws `folder-unusable`. */
export function makeFolder(directory: string): void {
  try {
    make(directory);
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new DatabaseError("folder-unusable", { cause: error });
  }
}

/** Not `mkdir` with `recursive`: that never ends below a folder that says "no such file" to every attempt, as /proc does. */
function make(directory: string): void {
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const parent = dirname(directory);
    if (code === "EEXIST") {
      // A file of this name is no folder: reading it as one fails.
      accessSync(`${directory}/.`);
      return;
    }
    if (code !== "ENOENT" || parent === directory) throw error;
    make(parent);
    mkdirSync(directory, { mode: 0o700 });
  }
}
