import { type FSWatcher, watch } from "node:fs";
import { join } from "node:path";
import { reasonOf } from "../errors.ts";

/** What a watcher tells. */
export interface WatchListener {
  /** Something about `path`, relative to the root with forward slashes, is different: content, existence, or only its times. */
  changed(path: string): void;
  /** The system will not watch (any more); told once. */
  limited(reason: string): void;
}

// Each folder costs a handle of the system's limited number; a person's other programs want some too.
const MAX_FOLDERS = 4096;

/**
 * Watches the folders it is given. Linux watches folder by folder, so that the many below `node_modules` cost nothing; macOS and
 * Windows watch a whole tree with one handle.
 */
export class Watcher {
  readonly #root: string;
  readonly #listener: WatchListener;
  readonly #watched = new Map<string, FSWatcher>();
  readonly #recursive: boolean;
  #limited = false;

  constructor(root: string, listener: WatchListener) {
    this.#root = root;
    this.#listener = listener;
    this.#recursive = process.platform === "darwin" || process.platform === "win32";
  }

  /** Watches this folder too, relative to the root, "" for the root itself. */
  add(folder: string): void {
    if (this.#limited || this.#watched.has(folder) || (this.#recursive && folder !== "")) return;
    if (this.#watched.size >= MAX_FOLDERS) this.#giveUp(`${MAX_FOLDERS} folders`);
    else this.#watch(folder);
  }

  /** Forgets a folder that is gone, and those below it: one that comes back under the same name is watched anew. */
  remove(folder: string): void {
    for (const watched of this.#watched.keys()) {
      if (watched === folder || watched.startsWith(`${folder}/`)) this.#forget(watched);
    }
  }

  /** Ends watching. */
  close(): void {
    for (const watcher of this.#watched.values()) watcher.close();
    this.#watched.clear();
  }

  #watch(folder: string): void {
    try {
      const options = { recursive: this.#recursive, persistent: false };
      const watcher = watch(join(this.#root, folder), options, (_, name) => {
        // Without a name all we know is that the folder is different.
        const below = name === null ? "" : name.replaceAll("\\", "/");
        this.#listener.changed(
          folder === "" || below === "" ? folder + below : `${folder}/${below}`,
        );
      });
      watcher.on("error", () => this.#forget(folder));
      this.#watched.set(folder, watcher);
    } catch (error) {
      const reason = reasonOf(error);
      if (reason === "ENOSPC" || reason === "EMFILE") this.#giveUp(reason);
      // Anything else concerns this folder alone: it went away, or may not be read.
    }
  }

  #forget(folder: string): void {
    this.#watched.get(folder)?.close();
    this.#watched.delete(folder);
  }

  #giveUp(reason: string): void {
    this.#limited = true;
    this.close();
    this.#listener.limited(reason);
  }
}
