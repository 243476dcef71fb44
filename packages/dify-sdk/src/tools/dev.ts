/** Hot reload: the plugin runs here, Dify talks to it over its debugging port, and every saved change restarts it. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm, watch, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { readDeclaration } from "../declaration.ts";
import { bundle, readDescription } from "./package.ts";

/** What to run, and who is to hear about it. */
export interface DevelopOptions {
  readonly folder: string;
  /** TypeScript or JavaScript module that calls `runPlugin`. */
  readonly entry: string;
  /** Added to the environment of the plugin: `REMOTE_INSTALL_URL`, `REMOTE_INSTALL_KEY`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** A sentence for the developer. */
  readonly say: (sentence: string) => void;
}

const settleMs = 200;
const ignored = /(^|[/\\])(node_modules|\.git|dist|\.venv)([/\\]|$)|\.difypkg$|~$/;

/** Runs until the signal aborts. A change that does not build, or that Dify would refuse, leaves the last good one running. */
export async function developPlugin(options: DevelopOptions): Promise<void> {
  const workshop = await mkdtemp(join(tmpdir(), "dify-sdk-"));
  const runner = new Runner(join(workshop, "plugin.mjs"), options);
  try {
    await runner.reload();
    let pending = false;
    for await (const { filename } of watch(options.folder, {
      recursive: true,
      signal: options.signal,
    })) {
      if (pending || filename === null || ignored.test(filename)) continue;
      pending = true;
      // An editor saves in several steps; wait for the dust to settle.
      void delay(settleMs).then(async () => {
        pending = false;
        await runner.reload();
      });
    }
  } catch (error) {
    if (!options.signal.aborted) throw error;
  } finally {
    await runner.stop();
    await rm(workshop, { recursive: true, force: true });
  }
}

class Runner {
  readonly #file: string;
  readonly #options: DevelopOptions;
  #child: ChildProcess | undefined;

  constructor(file: string, options: DevelopOptions) {
    this.#file = file;
    this.#options = options;
  }

  async reload(): Promise<void> {
    const { folder, entry, environment, say, signal } = this.#options;
    try {
      readDeclaration(await readDescription(folder));
      await writeFile(this.#file, (await bundle(entry)).code);
    } catch (error) {
      say(
        `${error instanceof Error ? error.message : "The plugin does not build."}\nThe last version that worked keeps running.`,
      );
      return;
    }
    if (signal.aborted) return;
    const again = this.#child !== undefined;
    await this.stop();
    this.#child = spawn(process.execPath, ["--enable-source-maps", this.#file], {
      cwd: folder,
      env: { ...environment, INSTALL_METHOD: "remote" },
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#child.stderr?.on("data", (text: Buffer) => say(text.toString("utf8").trimEnd()));
    this.#child.on("error", () => say("The plugin cannot be started."));
    if (again) say("Reloaded.");
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill("SIGKILL"); // it holds nothing that would need saving, and Dify sees the connection close
    await gone;
  }
}
