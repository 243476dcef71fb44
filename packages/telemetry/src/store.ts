/**
 * What is kept on the person's machine, and where:
 *
 *     telemetry.jsonl                      the answers, one a line
 *     telemetry/counts/2026-W47/queued-….json   counts that may be sent, one file for each program that counts
 *     telemetry/counts/2026-W47/local-….json    counts that never are
 *     telemetry/due/2026-W47.json          when the report of a finished week goes out
 *     telemetry/sent/2026-W47.json         the bytes that were sent, or may have been
 *     telemetry/refused/2026-W47.json      the bytes that a receiver declined
 *
 * No locks: a program writes only its own counts, files appear by renaming, and `sent/…` can be created by one program alone.
 */
import { rename, rm, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Choice, parseChoices, toLine } from "./choice.ts";
import { parseCounts } from "./counts.ts";
import { TelemetryError, reasonOf } from "./errors.ts";
import { append, codeOf, create, ifThere, readNames, readText, replace } from "./files.ts";
import type { Paths } from "./paths.ts";
import type { Due } from "./schedule.ts";
import type { Tally } from "./tally.ts";
import { startOf, type Week, weekMs } from "./week.ts";

/** How long anything about a week is kept here, in weeks. The inventory says a year. */
const keptWeeks = 52;

/** A report of which a copy is kept. */
export interface KeptReport {
  readonly week: Week;
  readonly outcome: "sent" | "refused";
  readonly bytes: string;
}

/** The files of usage statistics. Everything but `addChoice` and erasing rejects with the system's own error. */
export class UsageStore {
  readonly #paths: Paths;

  constructor(paths: Paths) {
    this.#paths = paths;
  }

  /** The answers, oldest first. */
  async choices(): Promise<readonly Choice[]> {
    return parseChoices((await readText(this.#paths.choices)) ?? "");
  }

  /** Records an answer; throws `TELEMETRY_CHOICE_UNWRITABLE`. */
  async addChoice(choice: Choice): Promise<void> {
    const { choices: path } = this.#paths;
    try {
      await append(path, toLine(choice));
    } catch (cause) {
      const reason = reasonOf(cause);
      throw new TelemetryError(
        "TELEMETRY_CHOICE_UNWRITABLE",
        `Your choice could not be written to ${path} (${reason}), so nothing changed. Check its permissions and the free space.`,
        { path, reason },
        { cause },
      );
    }
  }

  /** Every tally of every week. One that cannot be understood is no tally. */
  async tallies(): Promise<readonly Tally[]> {
    const weeks = await readNames(this.#at("counts"));
    const lists = await Promise.all(weeks.map((week) => this.#talliesOf(week)));
    return lists.flat();
  }

  /** Writes the whole of a tally. */
  async writeTally(tally: Tally): Promise<void> {
    const { sinceMs, counts } = tally;
    await replace(this.#tallyPath(tally), JSON.stringify({ sinceMs, counts }));
  }

  /** Whether a tally is still where it was: somebody else may have erased it, or taken it out of the queue. */
  async hasTally(tally: Tally): Promise<boolean> {
    return (await ifThere(stat(this.#tallyPath(tally)))) !== undefined;
  }

  /** Deletes tallies. */
  async removeTallies(tallies: readonly Tally[]): Promise<void> {
    await Promise.all(tallies.map((tally) => rm(this.#tallyPath(tally), { force: true })));
  }

  /** Takes tallies out of the queue: they are shown from now on and never sent. */
  async keepBack(tallies: readonly Tally[]): Promise<void> {
    for (const tally of tallies.filter(({ isQueued }) => isQueued)) {
      // Whoever was quicker did the same.
      await ifThere(rename(this.#tallyPath(tally), this.#tallyPath({ ...tally, isQueued: false })));
    }
  }

  /** When the report of a week goes out, if that was drawn. */
  async due(week: Week): Promise<Due | undefined> {
    const value = parseJson(await readText(this.#at("due", `${week}.json`)));
    const { atMs, attempts } = (value ?? {}) as Partial<Record<keyof Due, unknown>>;
    return Number.isFinite(atMs) && Number.isInteger(attempts)
      ? { atMs: Number(atMs), attempts: Number(attempts) }
      : undefined;
  }

  /** Keeps a first draw; the one that holds is returned, which may be another program's. */
  async draw(week: Week, due: Due): Promise<Due> {
    await create(this.#at("due", `${week}.json`), JSON.stringify(due));
    return (await this.due(week)) ?? due;
  }

  /** Puts a report off. */
  async putOff(week: Week, due: Due): Promise<void> {
    await replace(this.#at("due", `${week}.json`), JSON.stringify(due));
  }

  /** Takes the right to send a report, with the copy that stays; false when it was sent, refused, or is being sent by another program. */
  async claim(week: Week, bytes: string): Promise<boolean> {
    if ((await readText(this.#at("refused", `${week}.json`))) !== undefined) return false;
    return create(this.#at("sent", `${week}.json`), bytes);
  }

  /** Gives the right back: nothing was sent. */
  async unclaim(week: Week): Promise<void> {
    await rm(this.#at("sent", `${week}.json`), { force: true });
  }

  /** Ends a week whose report arrived (`sent`), or was declined (`refused`): nothing of it waits any more. */
  async settle(
    week: Week,
    outcome: KeptReport["outcome"],
    tallies: readonly Tally[],
  ): Promise<void> {
    if (outcome === "refused") {
      const bytes = (await readText(this.#at("sent", `${week}.json`))) ?? "";
      await replace(this.#at("refused", `${week}.json`), bytes);
      await this.unclaim(week);
    }
    await this.removeTallies(tallies);
    await rm(this.#at("due", `${week}.json`), { force: true });
  }

  /** The copies, oldest first. */
  async reports(): Promise<readonly KeptReport[]> {
    const reports: KeptReport[] = [];
    for (const outcome of ["sent", "refused"] as const) {
      for (const name of await readNames(this.#at(outcome))) {
        const bytes = await readText(this.#at(outcome, name));
        const week = name.replace(/\.json$/, "");
        if (bytes !== undefined && startOf(week) !== undefined)
          reports.push({ week, outcome, bytes });
      }
    }
    return reports.sort((one, other) => (one.week < other.week ? -1 : 1));
  }

  /** Deletes all counts, with what waits to be sent; throws `TELEMETRY_UNDELETABLE`. */
  async eraseCounts(): Promise<void> {
    await this.#erase("counts", "due");
  }

  /** Deletes all counts and all copies; throws `TELEMETRY_UNDELETABLE`. */
  async eraseAll(): Promise<void> {
    await this.#erase("counts", "due", "sent", "refused");
  }

  /** Deletes what is older than a year. */
  async sweep(nowMs: number): Promise<void> {
    for (const part of ["counts", "due", "sent", "refused"]) {
      for (const name of await readNames(this.#at(part))) {
        const startMs = startOf(name.slice(0, 8)) ?? 0;
        if (startMs + keptWeeks * weekMs < nowMs)
          await rm(this.#at(part, name), { recursive: true, force: true });
      }
    }
  }

  async #talliesOf(week: string): Promise<Tally[]> {
    if (startOf(week) === undefined) return [];
    const names = await readNames(this.#at("counts", week));
    const tallies = names.map(async (file): Promise<Tally | undefined> => {
      const [, kind, name] = /^(queued|local)-(.+)\.json$/.exec(file) ?? [];
      if (name === undefined) return undefined;
      const value = parseJson(await readText(this.#at("counts", week, file)));
      const { sinceMs, counts } = (value ?? {}) as Record<string, unknown>;
      const parsed = parseCounts(counts);
      return parsed === undefined || !Number.isFinite(sinceMs)
        ? undefined
        : { week, name, isQueued: kind === "queued", sinceMs: Number(sinceMs), counts: parsed };
    });
    return (await Promise.all(tallies)).filter((tally) => tally !== undefined);
  }

  #tallyPath({ week, name, isQueued }: Tally): string {
    return this.#at("counts", week, `${isQueued ? "queued" : "local"}-${name}.json`);
  }

  #at(...parts: readonly string[]): string {
    return join(this.#paths.figures, ...parts);
  }

  async #erase(...parts: readonly string[]): Promise<void> {
    try {
      for (const part of parts)
        await rm(this.#at(part), { recursive: true, force: true, maxRetries: 3 });
      await removeEmpty(this.#paths.figures);
    } catch (cause) {
      const [path, reason] = [this.#paths.figures, reasonOf(cause)];
      throw new TelemetryError(
        "TELEMETRY_UNDELETABLE",
        `Not everything in ${path} could be deleted (${reason}). Close the programs that use it, or delete the folder yourself.`,
        { path, reason },
        { cause },
      );
    }
  }
}

/** Removes a folder if nothing is in it. */
async function removeEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    // Something else is in it, or it never was: both are fine.
    if (!["ENOTEMPTY", "EEXIST", "ENOENT"].includes(codeOf(error))) throw error;
  }
}

function parseJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Written by something else than this program; the callers treat it as not there.
    return undefined;
  }
}
