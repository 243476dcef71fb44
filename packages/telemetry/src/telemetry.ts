import { randomUUID } from "node:crypto";
import { type Decision, products } from "@cloud-code/policy";
import { type Choice, type Mode, modeOf } from "./choice.ts";
import { addCounts, type Counts, noCounts, toCounts, type UsageEvent } from "./counts.ts";
import { TelemetryError } from "./errors.ts";
import type { Paths } from "./paths.ts";
import { askPermission, isAnswered, isForbidden, isNo, type Signals } from "./permission.ts";
import { buildReport, minTriggers } from "./report.ts";
import { Sender } from "./sender.ts";
import { type KeptReport, UsageStore } from "./store.ts";
import { isSendable, sumOf, type Tally } from "./tally.ts";
import { parseReceiver, upload as realUpload, type Upload } from "./upload.ts";
import { type Week, weekOf } from "./week.ts";

/** Counts are on disk at most so long after they were made: a program that is killed loses no older ones. */
export const flushIntervalMs = 1_000;
/** How often a choice that was made in another window or terminal is looked for. */
const watchIntervalMs = 2_000;

/** What counting needs from the program around it. */
export interface TelemetryOptions {
  readonly paths: Paths;
  /** What speaks for or against sending at this moment; asked at every decision. */
  readonly signals: () => Promise<Omit<Signals, "receiver">>;
  /** The receiver that the settings name, an HTTPS address; undefined: none. Asked at every decision too. */
  readonly receiver: () => Promise<string | undefined> | string | undefined;
  /** Hears of failures in the background; nothing else happens because of them. */
  readonly failed?: (error: unknown) => void;
  /** Called when the choice became another one, here or in another program. */
  readonly changed?: () => void;
  /** Default `Date.now`. */
  readonly now?: () => number;
  /** A number from 0 up to and without 1. Default `Math.random`. */
  readonly chance?: () => number;
  /** Default: over HTTPS. */
  readonly upload?: Upload;
}

/** The report of one week. */
export interface NextReport {
  readonly week: Week;
  /** Exactly what is sent. */
  readonly bytes: string;
  /** Whether the week has enough triggers to be sent. */
  readonly isEnough: boolean;
  /** When it goes out; undefined before the week is over, and until the hour is drawn. */
  readonly dueMs: number | undefined;
}

/** How things stand. */
export interface Standing {
  readonly mode: Mode;
  readonly choices: readonly Choice[];
  /** Of a report that would be sent now; undefined unless the mode is `on`. */
  readonly decision: Decision | undefined;
  /** Whether this program knows of an editor's switch at all; without one it never sends. */
  readonly hasSwitch: boolean;
  /** The origin that a question would name: that of the settings, else the one agreed to. */
  readonly receiver: string | undefined;
  /** Whether the question of now was answered. */
  readonly isAnswered: boolean;
  /** Whether the organisation rules statistics out for that receiver. */
  readonly isForbidden: boolean;
  /** This week so far, sendable or not. */
  readonly week: Week;
  readonly counts: Counts;
  /** This week's report if it were over now; undefined unless the mode is `on`. */
  readonly next: NextReport | undefined;
  /** Finished weeks that wait for their hour, oldest first. */
  readonly waiting: readonly NextReport[];
}

/** A week before this one. */
export type PastWeek =
  | (KeptReport & { readonly counts?: undefined })
  | {
      readonly week: Week;
      readonly outcome: "waiting";
      readonly bytes: string;
      readonly counts: Counts;
    }
  | {
      readonly week: Week;
      readonly outcome: "kept";
      readonly bytes?: undefined;
      readonly counts: Counts;
    };

/** Everything that is kept, for the person to take along. */
export interface Export {
  readonly choices: readonly Choice[];
  readonly counted: readonly (Pick<Tally, "week" | "counts"> & { readonly mayBeSent: boolean })[];
  readonly reports: readonly KeptReport[];
}

/** What was counted and is not on disk yet. */
type Delta = Omit<Tally, "name">;

/**
 * Counts on this machine and sends if allowed. Any number of programs may do so at once for the same person.
 *
 * Invariant: nothing is written while the latest choice on disk is `off`; what is on disk goes out only if the policy grants a permit at that
 * moment, for counts that all began after the yes.
 */
export class Telemetry {
  /** Where choices and figures are kept. */
  readonly paths: Paths;
  readonly #options: TelemetryOptions;
  readonly #store: UsageStore;
  readonly #sender: Sender;
  readonly #now: () => number;
  /** By week and kind. */
  #deltas = new Map<string, Delta>();
  /** This program's own tallies on disk, by week and kind. */
  readonly #tallies = new Map<string, Tally>();
  #choices: readonly Choice[] = [];
  /** Whether what happens now may be sent one day; decided by the policy at every look at the choices. */
  #isSendable = false;
  #isRefused = false;
  #hasLooked = false;
  #timer: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();

  private constructor(options: TelemetryOptions) {
    this.paths = options.paths;
    this.#options = options;
    this.#store = new UsageStore(options.paths);
    this.#now = options.now ?? Date.now;
    this.#sender = new Sender({
      store: this.#store,
      signals: () => this.#signals(),
      now: this.#now,
      chance: options.chance ?? Math.random,
      upload: options.upload ?? realUpload,
      failed: (error) => this.#fail(error),
    });
  }

  /** Reads what the person chose. A choice that cannot be read is told to `failed` and is `off`. */
  static async open(options: TelemetryOptions): Promise<Telemetry> {
    const telemetry = new Telemetry(options);
    await telemetry.#enqueue(() => telemetry.#look());
    telemetry.#watch = setInterval(
      () => void telemetry.#enqueue(() => telemetry.#look()),
      watchIntervalMs,
    ).unref();
    return telemetry;
  }

  /** Counts an event if the person chose that anything is counted. Costs no IO, and never throws. */
  count(event: UsageEvent): void {
    if (modeOf(this.#choices) === "off") return;
    const nowMs = this.#now();
    const week = weekOf(nowMs);
    const isQueued = this.#isSendable;
    const key = keyOf({ week, isQueued });
    const delta = this.#deltas.get(key) ?? { week, isQueued, sinceMs: nowMs, counts: noCounts };
    this.#deltas.set(key, {
      ...delta,
      sinceMs: Math.min(delta.sinceMs, nowMs),
      counts: addCounts(delta.counts, toCounts(event)),
    });
    this.#timer ??= setTimeout(() => void this.flush(), flushIntervalMs).unref();
  }

  /** Brings what was counted to the disk. Resolved: a program that is killed now loses none of it. Failures go to `failed`. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#enqueue(() => this.#flush());
  }

  /** Begins to send what is due, now and then; ends with `close`. */
  start(): void {
    this.#sender.start();
  }

  /** Sends what is due at this moment; resolves when it is done. */
  async sendDue(): Promise<void> {
    await this.flush();
    await this.#sender.sendDue();
  }

  /**
   * Records a choice. When it returns it holds: an upload under way is aborted, and unless the choice is `on` nothing waits any more.
   * A yes names the question that was on the screen and throws `TELEMETRY_QUESTION_OUTDATED` when that is not the one of now,
   * `TELEMETRY_FORBIDDEN` when the organisation rules it out, `TELEMETRY_RECEIVER_INVALID`; any choice `TELEMETRY_CHOICE_UNWRITABLE`.
   */
  async choose(
    choice:
      | { readonly mode: "off" | "local" }
      | { readonly mode: "on"; readonly receiver: string; readonly noticeVersion: number },
  ): Promise<void> {
    if (choice.mode === "on") await this.#checkYes(choice.receiver, choice.noticeVersion);
    // What was counted until now belongs to the choice until now.
    await this.flush();
    const latest = (await this.#store.choices()).at(-1);
    const atMs = this.#now();
    const next: Choice =
      choice.mode === "on"
        ? {
            mode: "on",
            receiver: parseReceiver(choice.receiver),
            noticeVersion: choice.noticeVersion,
            atMs,
          }
        : { mode: choice.mode, atMs };
    // The same answer again would put a new date on an old yes, and keep back what was counted since.
    const isSame = JSON.stringify({ ...next, atMs: 0 }) === JSON.stringify({ ...latest, atMs: 0 });
    if (!isSame) await this.#store.addChoice(next);
    this.#sender.abort();
    this.#deltas.clear();
    await this.#enqueue(() => this.#look());
    await this.#sender.idle();
    // Said here and not left to the look above, because the person has to hear of a failure.
    if (choice.mode === "off") await this.#inTurn(() => this.#store.eraseCounts());
  }

  /** Deletes every count and every copy of a report; the choice stays. Throws `TELEMETRY_UNDELETABLE`. */
  async purge(): Promise<void> {
    this.#sender.abort();
    await this.#sender.idle();
    await this.#inTurn(async () => {
      this.#deltas.clear();
      this.#tallies.clear();
      await this.#store.eraseAll();
    });
  }

  /** Tells that a signal is another one: what may no longer be sent leaves the queue before this resolves. */
  async signalsChanged(): Promise<void> {
    await this.#enqueue(() => this.#look());
    await this.#sender.idle();
  }

  /** How things stand, read from disk. */
  async standing(): Promise<Standing> {
    await this.flush();
    const [choices, tallies, reports, signals] = await Promise.all([
      this.#store.choices(),
      this.#store.tallies(),
      this.#store.reports(),
      this.#signals(),
    ]);
    const nowMs = this.#now();
    const week = weekOf(nowMs);
    const latest = choices.at(-1);
    const agreed = latest?.mode === "on" ? latest.receiver : undefined;
    const receiver = signals.receiver ?? agreed;
    const queued = tallies.filter((tally) => isSendable(tally, latest));
    const done = new Set(reports.map((report) => report.week));
    const weeks = [...new Set(queued.map((tally) => tally.week))].filter((each) => !done.has(each));
    const consentVersion =
      latest?.mode === "on" ? latest.noticeVersion : products.assistant.notice.version;
    const toNext = async (each: Week): Promise<NextReport> => {
      const counts = sumOf(queued.filter((tally) => tally.week === each));
      return {
        week: each,
        bytes: buildReport({ consentVersion, week: each, counts }),
        isEnough: counts.triggers >= minTriggers,
        dueMs: each === week ? undefined : (await this.#store.due(each))?.atMs,
      };
    };
    return {
      mode: modeOf(choices),
      choices,
      decision: askPermission(choices, signals, nowMs, nowMs),
      hasSwitch: signals.editorTelemetry !== undefined,
      receiver,
      isAnswered: isAnswered(choices, receiver),
      isForbidden: isForbidden(receiver, signals.organisation, nowMs),
      week,
      counts: sumOf(tallies.filter((tally) => tally.week === week)),
      next: latest?.mode === "on" ? await toNext(week) : undefined,
      waiting: await Promise.all(weeks.filter((each) => each < week).map(toNext)),
    };
  }

  /** The weeks before this one, newest first. */
  async history(): Promise<readonly PastWeek[]> {
    const { waiting, week, choices } = await this.standing();
    const [tallies, reports] = await Promise.all([this.#store.tallies(), this.#store.reports()]);
    const latest = choices.at(-1);
    const past = tallies.filter((tally) => tally.week < week);
    const kept = [
      ...new Set(past.filter((tally) => !isSendable(tally, latest)).map((tally) => tally.week)),
    ];
    const weeks: PastWeek[] = [
      ...reports,
      ...waiting.map(({ week: each, bytes }): PastWeek => {
        const counts = sumOf(
          past.filter((tally) => tally.week === each && isSendable(tally, latest)),
        );
        return { week: each, outcome: "waiting", bytes, counts };
      }),
      ...kept.map((each): PastWeek => {
        const counts = sumOf(
          past.filter((tally) => tally.week === each && !isSendable(tally, latest)),
        );
        return { week: each, outcome: "kept", counts };
      }),
    ];
    return weeks.sort((one, other) => other.week.localeCompare(one.week));
  }

  /** Everything that is kept on this machine about usage. */
  async export(): Promise<Export> {
    await this.flush();
    const [choices, tallies, reports] = await Promise.all([
      this.#store.choices(),
      this.#store.tallies(),
      this.#store.reports(),
    ]);
    const latest = choices.at(-1);
    const counted = tallies.map((tally) => ({
      week: tally.week,
      mayBeSent: isSendable(tally, latest),
      counts: tally.counts,
    }));
    return { choices, counted, reports };
  }

  /** Brings counts to the disk and stops sending. */
  async close(): Promise<void> {
    clearInterval(this.#watch);
    this.#sender.stop();
    await Promise.all([this.flush(), this.#sender.idle()]);
  }

  async #checkYes(receiver: string, noticeVersion: number): Promise<void> {
    const { receiver: named, organisation } = await this.#signals();
    const origin = parseReceiver(receiver);
    const isOfNow =
      noticeVersion === products.assistant.notice.version &&
      (named === undefined || named === origin);
    if (!isOfNow) {
      throw new TelemetryError(
        "TELEMETRY_QUESTION_OUTDATED",
        "The question has changed since it was shown. Show the new one and ask again.",
      );
    }
    if (!isForbidden(origin, organisation, this.#now())) return;
    throw new TelemetryError(
      "TELEMETRY_FORBIDDEN",
      `Your organisation's policy does not allow usage statistics for ${origin}. Ask whoever manages this computer.`,
      { receiver: origin },
    );
  }

  /** What speaks for or against sending, the receiver of the settings included. */
  async #signals(): Promise<Signals> {
    const [signals, named] = await Promise.all([this.#options.signals(), this.#options.receiver()]);
    return named === undefined ? signals : { ...signals, receiver: parseReceiver(named) };
  }

  /** Reads the choice and judges it; a no empties the queue, and `off` erases what a crash may have left. */
  async #look(): Promise<void> {
    const choices = await this.#store.choices();
    // All that happens every two seconds on the machines of those who never said yes.
    if (this.#hasLooked && choices.length === 0 && this.#choices.length === 0) return;
    const signals = await this.#signals();
    const nowMs = this.#now();
    const decision = askPermission(choices, signals, nowMs, nowMs);
    const isRefused = decision !== undefined && isNo(decision, signals);
    const isChanged = JSON.stringify(choices.at(-1)) !== JSON.stringify(this.#choices.at(-1));
    const wasRefused = this.#isRefused;
    const isFirst = !this.#hasLooked;
    this.#choices = choices;
    this.#isSendable = decision?.kind === "granted";
    this.#isRefused = isRefused;
    this.#hasLooked = true;
    // Not at every look: there are hundreds while somebody types.
    if (isRefused && (isFirst || isChanged || !wasRefused)) {
      this.#sender.abort();
      await this.#store.keepBack(await this.#store.tallies());
    }
    if (modeOf(choices) === "off" && (isFirst || isChanged)) {
      this.#sender.abort();
      this.#tallies.clear();
      await this.#store.eraseCounts();
    }
    if (isChanged && !isFirst) this.#options.changed?.();
  }

  async #flush(): Promise<void> {
    if (this.#deltas.size === 0) return;
    await this.#look();
    const deltas = this.#deltas;
    this.#deltas = new Map();
    if (modeOf(this.#choices) === "off") return;
    const left = new Map(deltas);
    try {
      for (const [key, delta] of deltas) {
        await this.#write(delta);
        left.delete(key);
      }
    } finally {
      // What could not be written waits for the next flush, with what came meanwhile.
      for (const [key, delta] of left) this.#deltas.set(key, merge(delta, this.#deltas.get(key)));
    }
    // Somebody may have said no between the look and the writing.
    await this.#look();
  }

  async #write(delta: Delta): Promise<void> {
    const latest = this.#choices.at(-1);
    const isQueued = this.#isSendable && isSendable(delta, latest);
    const key = keyOf({ week: delta.week, isQueued });
    const before = this.#tallies.get(key);
    const goesOn =
      before !== undefined &&
      // Counts from before a choice and after it are never in one file.
      before.sinceMs >= (latest?.atMs ?? 0) &&
      (await this.#store.hasTally(before));
    const tally: Tally = goesOn
      ? { ...before, counts: addCounts(before.counts, delta.counts) }
      : { ...delta, isQueued, name: randomUUID() };
    await this.#store.writeTally(tally);
    this.#tallies.set(key, tally);
  }

  /** One piece of work after another. */
  async #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work);
    // The next one goes on whatever became of this one; its caller is told.
    this.#work = done.catch(() => undefined);
    await done;
  }

  /** Work in its turn, the failure of which goes to `failed`. */
  async #enqueue(work: () => Promise<void>): Promise<void> {
    try {
      await this.#inTurn(work);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    // What cannot be looked at is not a yes.
    this.#isSendable = false;
    this.#options.failed?.(error);
  }
}

function keyOf({ week, isQueued }: Pick<Delta, "week" | "isQueued">): string {
  return `${week} ${isQueued}`;
}

function merge(one: Delta, other: Delta | undefined): Delta {
  if (other === undefined) return one;
  return {
    ...one,
    sinceMs: Math.min(one.sinceMs, other.sinceMs),
    counts: addCounts(one.counts, other.counts),
  };
}
