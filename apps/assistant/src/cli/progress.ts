import type { ErrorCode } from "../errors.ts";
import type { Activity, Notice } from "../session.ts";
import { wordActivity } from "../words.ts";
import { type Terminal, warn } from "./terminal.ts";

const PATIENCE_MS = 1_000;
const REDRAW_MS = 100;
const LINE_MS = 5_000;
const BAR_WIDTH = 24;

/**
 * Keeps the person informed on the error stream. How far indexing is, once it has lasted longer than a second: as a bar on a terminal,
 * as a line now and then elsewhere. And each notice, once per code.
 */
export class Progress {
  readonly #terminal: Terminal;
  readonly #nowMs: () => number;
  readonly #beganMs: number;
  readonly #said = new Set<ErrorCode>();
  #lastMs = Number.NEGATIVE_INFINITY;
  #drawn = false;

  /** `nowMs` is a clock that only goes forward. */
  constructor(terminal: Terminal, nowMs: () => number = () => performance.now()) {
    this.#terminal = terminal;
    this.#nowMs = nowMs;
    this.#beganMs = nowMs();
  }

  /** Says a notice unless its code was said before. */
  notice({ code, details }: Notice): void {
    if (this.#said.has(code)) return;
    this.#said.add(code);
    this.end();
    warn(this.#terminal, code, details);
  }

  /** Shows what is going on, if it has gone on for long. */
  update(activity: Activity): void {
    if (activity.kind !== "indexing" || activity.filesTotal === 0) return;
    const nowMs = this.#nowMs();
    const isTerminal = this.#terminal.errors.isTTY === true;
    if (
      nowMs - this.#beganMs < PATIENCE_MS ||
      nowMs - this.#lastMs < (isTerminal ? REDRAW_MS : LINE_MS)
    )
      return;
    this.#lastMs = nowMs;
    const words = wordActivity(activity, this.#terminal.locale);
    if (!isTerminal) {
      this.#terminal.errors.write(`${words}\n`);
      return;
    }
    const filled = Math.round((BAR_WIDTH * activity.filesDone) / activity.filesTotal);
    const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
    const line = `${bar} ${words}`.slice(0, (this.#terminal.errors.columns ?? 80) - 1);
    this.#terminal.errors.write(`\r\u001b[K${line}`);
    this.#drawn = true;
  }

  /** Removes the bar; call it before anything else is written. */
  end(): void {
    if (this.#drawn) this.#terminal.errors.write("\r\u001b[K");
    this.#drawn = false;
  }
}
