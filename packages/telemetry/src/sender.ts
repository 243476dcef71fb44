import { setTimeout as pause } from "node:timers/promises";
import type { Choice } from "./choice.ts";
import { askPermission, isNo, type Signals } from "./permission.ts";
import { buildReport, minTriggers } from "./report.ts";
import { drawDue, drawRetry, isTooOld } from "./schedule.ts";
import type { UsageStore } from "./store.ts";
import { isSendable, sumOf, type Tally } from "./tally.ts";
import type { Upload } from "./upload.ts";
import { type Week, weekOf } from "./week.ts";

/** From `start` to the first look: an editor that starts has better things to do. */
const firstLookMs = 5_000;
const lookIntervalMs = 15 * 60_000;
/** While a report is on its way, how often another program's no is looked for. */
const noIntervalMs = 200;

/** What sending needs. */
export interface SenderOptions {
  readonly store: UsageStore;
  readonly signals: () => Promise<Signals>;
  readonly now: () => number;
  readonly chance: () => number;
  readonly upload: Upload;
  readonly failed: (error: unknown) => void;
}

/**
 * Sends the reports of finished weeks, each at its hour and at most once: when the connection breaks after the bytes went out, nobody
 * knows whether they arrived, and a lost report is better than a doubled one.
 */
export class Sender {
  readonly #options: SenderOptions;
  readonly #end = new AbortController();
  #underway: Promise<void> | undefined;
  #upload: AbortController | undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** Looks for due reports from now on, in the background. */
  start(): void {
    void this.#run();
  }

  /** Ends for good, an upload under way included. */
  stop(): void {
    this.#end.abort();
    this.abort();
  }

  /** Ends an upload under way. */
  abort(): void {
    this.#upload?.abort();
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#underway;
  }

  /** Sends what is due; failures go to `failed`. */
  async sendDue(): Promise<void> {
    this.#underway ??= this.#sendAll()
      .catch((error: unknown) => this.#options.failed(error))
      .finally(() => (this.#underway = undefined));
    await this.#underway;
  }

  async #run(): Promise<void> {
    const { signal } = this.#end;
    try {
      await pause(firstLookMs, undefined, { signal, ref: false });
      while (!signal.aborted) {
        await this.sendDue();
        await pause(lookIntervalMs, undefined, { signal, ref: false });
      }
    } catch (error) {
      // A pause that was aborted is the end that `stop` asked for.
      if (!signal.aborted) this.#options.failed(error);
    }
  }

  async #sendAll(): Promise<void> {
    const { store, now, chance } = this.#options;
    const choices = await store.choices();
    const latest = choices.at(-1);
    if (latest === undefined || latest.mode === "off") return;
    await store.sweep(now());
    if (latest.mode !== "on") return;
    const thisWeek = weekOf(now());
    const done = new Set((await store.reports()).map(({ week }) => week));
    const tallies = (await store.tallies()).filter(
      (tally) => isSendable(tally, latest) && tally.week < thisWeek && !done.has(tally.week),
    );
    for (const week of new Set(tallies.map((tally) => tally.week))) {
      const due = (await store.due(week)) ?? (await store.draw(week, drawDue(week, chance())));
      if (now() < due.atMs) continue;
      const ofWeek = tallies.filter((tally) => tally.week === week);
      if (isTooOld(week, now()) || sumOf(ofWeek).triggers < minTriggers) {
        await store.keepBack(ofWeek);
        continue;
      }
      const goesOn = await this.#sendWeek(week, ofWeek, latest);
      if (!goesOn) return;
    }
  }

  /** Sends the report of a week; false when there is no point in trying another one now. */
  async #sendWeek(
    week: Week,
    tallies: readonly Tally[],
    choice: Choice & { readonly mode: "on" },
  ): Promise<boolean> {
    const { store, now, chance, upload } = this.#options;
    const stop = new AbortController();
    this.#upload = stop;
    const bytes = buildReport({
      consentVersion: choice.noticeVersion,
      week,
      counts: sumOf(tallies),
    });
    if (!(await store.claim(week, bytes))) return true;
    const sinceMs = Math.min(...tallies.map((tally) => tally.sinceMs));
    // The last moment: a no that came after this is seen by the watch below.
    const decision = await this.#ask(choice, sinceMs);
    if (decision?.kind !== "granted" || stop.signal.aborted) {
      await store.unclaim(week);
      return false;
    }
    const watch = setInterval(() => void this.#stopAtNo(choice, sinceMs, stop), noIntervalMs);
    let isSettled = false;
    try {
      const delivery = await upload(bytes, decision.permit, now(), stop.signal);
      if (delivery.kind === "not-delivered") {
        if (stop.signal.aborted) return false;
        const due = (await store.due(week)) ?? drawDue(week, 0);
        await store.putOff(week, drawRetry(due, now(), chance()));
        return false;
      }
      isSettled = true;
      await store.settle(week, delivery.kind === "refused" ? "refused" : "sent", tallies);
      return true;
    } finally {
      clearInterval(watch);
      this.#upload = undefined;
      if (!isSettled) await store.unclaim(week);
    }
  }

  /** What the policy says now; undefined when the person's choice is another one than `choice`. */
  async #ask(choice: Choice, sinceMs: number): Promise<ReturnType<typeof askPermission>> {
    const { store, now } = this.#options;
    const [choices, signals] = await Promise.all([store.choices(), this.#options.signals()]);
    if (JSON.stringify(choices.at(-1)) !== JSON.stringify(choice)) return undefined;
    const nowMs = now();
    const decision = askPermission(choices, signals, sinceMs, nowMs);
    if (decision !== undefined && isNo(decision, signals))
      await store.keepBack(await store.tallies());
    return decision;
  }

  async #stopAtNo(choice: Choice, sinceMs: number, stop: AbortController): Promise<void> {
    try {
      if ((await this.#ask(choice, sinceMs))?.kind !== "granted") stop.abort();
    } catch (error) {
      // Whether there is a no cannot be read, so there is one.
      stop.abort();
      this.#options.failed(error);
    }
  }
}
