/**
 * A receiver's reports in a folder: one file a week, `2026-W47.jsonl`, one report a line, nothing else. Written by one process.
 */
import { open, readFile, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { reasonOf, TelemetryError } from "./errors.ts";
import { append, ifThere, readNames } from "./files.ts";
import type { ReportStore } from "./receiver.ts";
import { buildReport, parseReport, type Report } from "./report.ts";
import { startOf, type Week, weekMs } from "./week.ts";

/** How long a receiver keeps a report after its week, in weeks. The inventory says 365 days; one is looked for every day. */
const keptWeeks = 52;
/** Reports of one week: far above any company, and still under a gigabyte on disk. */
const maxPerWeek = 1_000_000;

/** Reports in a folder. Every method throws `TELEMETRY_STORE_UNUSABLE` when the folder cannot be used. */
export class ReportFolder implements ReportStore {
  readonly #path: string;
  /** How many reports a week has; weeks that were not looked at are missing. */
  readonly #counts = new Map<Week, number>();
  #work: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** Writes a report to the disk; false when its week is full. */
  async add(report: Report): Promise<boolean> {
    // One at a time: two lines must not mix, and a line that was cut short is seen before the next one is written.
    const adding = this.#work.then(() => this.#guard(() => this.#add(report)));
    this.#work = adding.catch(() => undefined);
    return adding;
  }

  /** Every report, oldest week first. A line that a crash cut short was never acknowledged, and is none. */
  async reports(): Promise<readonly Report[]> {
    return this.#guard(async () => {
      const lists = await Promise.all((await this.#weeks()).map((week) => this.#read(week)));
      return lists.flat();
    });
  }

  /** Deletes the reports of a week, or all. Returns how many weeks went. */
  async purge(week?: Week): Promise<number> {
    return this.#guard(async () => {
      const weeks = (await this.#weeks()).filter((each) => week === undefined || each === week);
      for (const each of weeks) await this.#remove(each);
      return weeks.length;
    });
  }

  /** Deletes weeks whose year of keeping is over. */
  async sweep(nowMs: number): Promise<void> {
    await this.#guard(async () => {
      for (const week of await this.#weeks())
        if ((startOf(week) ?? 0) + (1 + keptWeeks) * weekMs <= nowMs) await this.#remove(week);
    });
  }

  async #add(report: Report): Promise<boolean> {
    const { week } = report;
    const count = this.#counts.get(week) ?? (await this.#mend(week));
    if (count >= maxPerWeek) return false;
    // Forgotten until the line is safe: after a failure the end of the file is looked at again.
    this.#counts.delete(week);
    await append(this.#file(week), `${buildReport(report)}\n`);
    this.#counts.set(week, count + 1);
    // The file's own time would tell when the latest report came.
    const startS = (startOf(week) ?? 0) / 1_000;
    await utimes(this.#file(week), startS, startS);
    return true;
  }

  /** Cuts off a line that was not finished, and counts the others. */
  async #mend(week: Week): Promise<number> {
    const text = (await ifThere(readFile(this.#file(week), "utf8"))) ?? "";
    const end = text.lastIndexOf("\n") + 1;
    if (end < text.length) {
      const file = await open(this.#file(week), "r+");
      try {
        await file.truncate(Buffer.byteLength(text.slice(0, end)));
      } finally {
        await file.close();
      }
    }
    return text.slice(0, end).split("\n").length - 1;
  }

  async #read(week: Week): Promise<Report[]> {
    const text = (await ifThere(readFile(this.#file(week), "utf8"))) ?? "";
    return text.split("\n").flatMap((line) => {
      const parsed = parseReport(line);
      return parsed.kind === "report" ? [parsed.report] : [];
    });
  }

  async #remove(week: Week): Promise<void> {
    this.#counts.delete(week);
    await rm(this.#file(week), { force: true });
  }

  async #weeks(): Promise<Week[]> {
    return (await readNames(this.#path)).flatMap((name) => {
      const week = name.replace(/\.jsonl$/, "");
      return name.endsWith(".jsonl") && startOf(week) !== undefined ? [week] : [];
    });
  }

  #file(week: Week): string {
    return join(this.#path, `${week}.jsonl`);
  }

  async #guard<Value>(work: () => Promise<Value>): Promise<Value> {
    try {
      return await work();
    } catch (cause) {
      const [path, reason] = [this.#path, reasonOf(cause)];
      throw new TelemetryError(
        "TELEMETRY_STORE_UNUSABLE",
        `The reports in ${path} cannot be used (${reason}). Check its permissions and the free space.`,
        { path, reason },
        { cause },
      );
    }
  }
}
