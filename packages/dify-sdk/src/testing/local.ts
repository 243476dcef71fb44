/** Starts a plugin as the daemon's local runtime does: a child process, three pipes, the daemon's limits. */
import { spawn, type ChildProcess } from "node:child_process";
import { LineCutter } from "../protocol.ts";
import { Invocations, lineLimitBytes } from "./invocations.ts";

/** What to start, and how patient to be. */
export interface LocalDaemonOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Time to the first heartbeat. Default 120 000 ms, as in the daemon. */
  readonly launchMs?: number;
  /** Silence after which the plugin is killed. Default 120 000 ms. */
  readonly silenceMs?: number;
}

/** A running plugin and the daemon's end of its pipes. */
export class LocalDaemon {
  readonly invocations: Invocations;
  /** Lines on stdout that are none of the protocol; a good plugin has none. */
  readonly strayLines: string[] = [];
  /** Everything on stderr, which the daemon would log. */
  stderr = "";
  /** Milliseconds from start to the first heartbeat. */
  launchedInMs = 0;

  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;
  #lastHeartbeat = performance.now();
  #watch: ReturnType<typeof setInterval> | undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.invocations = new Invocations(
      (line) => void child.stdin?.write(line),
      () => {
        this.#lastHeartbeat = performance.now();
      },
    );
    this.#exited = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
    child.stdin?.on("error", () => undefined); // the exit itself is what counts
    child.stderr?.on("data", (data: Buffer) => {
      this.stderr += data.toString("utf8");
    });
  }

  /** Starts a plugin and waits for its first heartbeat. Rejects with what it wrote to stderr, as Dify shows it. */
  static async start(options: LocalDaemonOptions): Promise<LocalDaemon> {
    const start = performance.now();
    const child = spawn(options.command, [...options.args], {
      cwd: options.folder,
      env: { PATH: process.env["PATH"], INSTALL_METHOD: "local", ...options.environment },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const daemon = new LocalDaemon(child);
    await new Promise<void>((resolve, reject) => {
      const limit = setTimeout(
        () => reject(new Error("The plugin sent no heartbeat in time.")),
        options.launchMs ?? 120_000,
      );
      child.once("error", reject);
      void daemon.#exited.then((code) =>
        reject(new Error(`The plugin exited with ${code}: ${daemon.stderr.slice(-1024)}`)),
      );
      daemon.#read(() => {
        clearTimeout(limit);
        resolve();
      });
    }).catch((error: unknown) => {
      child.kill("SIGKILL");
      throw error;
    });
    daemon.launchedInMs = performance.now() - start;
    const silenceMs = options.silenceMs ?? 120_000;
    daemon.#watch = setInterval(() => {
      if (performance.now() - daemon.#lastHeartbeat > silenceMs) child.kill("SIGKILL");
    }, silenceMs / 4);
    return daemon;
  }

  #read(onFirstHeartbeat: () => void): void {
    const cutter = new LineCutter(lineLimitBytes);
    let ready = false;
    this.#child.stdout?.on("data", (bytes: Uint8Array) => {
      let lines: string[];
      try {
        lines = cutter.push(bytes);
      } catch {
        // A line beyond the limit: the daemon stops reading and kills the process, with every session in it.
        this.invocations.fail("a line exceeded the limit");
        this.#child.kill("SIGKILL");
        return;
      }
      for (const line of lines) {
        if (!this.invocations.accept(line)) this.strayLines.push(line);
        else if (!ready) {
          ready = true;
          onFirstHeartbeat();
        }
      }
    });
    this.#child.stdout?.on("end", () => this.invocations.fail("the plugin closed its output"));
  }

  get processId(): number | undefined {
    return this.#child.pid;
  }

  /** Closes the plugin's input, as the one-shot runner does, and returns its exit code. */
  async closeInput(): Promise<number | null> {
    this.#child.stdin?.end();
    const code = await this.#exited;
    clearInterval(this.#watch);
    return code;
  }

  /** Closes all pipes, as the daemon does on shutdown, and makes sure that nothing is left. */
  async stop(): Promise<void> {
    clearInterval(this.#watch);
    this.#child.stdin?.destroy();
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
    const patience = setTimeout(() => this.#child.kill("SIGKILL"), 2_000);
    await this.#exited;
    clearTimeout(patience);
  }
}
