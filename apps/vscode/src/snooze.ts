import { env, EventEmitter, type Disposable, type Event, type Memento } from "vscode";

const key = "snoozedUntilMs";

/** Suggestions off for a while. It outlives a reload of the window, since a person who said an hour means an hour. */
export class Snooze implements Disposable {
  readonly #memory: Memento;
  readonly #changed = new EventEmitter<void>();
  #timer: NodeJS.Timeout | undefined;

  constructor(memory: Memento) {
    this.#memory = memory;
    this.#wait();
  }

  /** It began or ended. */
  get onChange(): Event<void> {
    return this.#changed.event;
  }

  /** When it ends, in milliseconds since 1970; undefined while there is none. */
  get untilMs(): number | undefined {
    const untilMs = this.#memory.get<number>(key, 0);
    return untilMs > Date.now() ? untilMs : undefined;
  }

  /** Begins, or goes on from now. */
  async begin(minutes: number): Promise<void> {
    await this.#remember(Date.now() + minutes * 60_000);
  }

  async end(): Promise<void> {
    await this.#remember(undefined);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#changed.dispose();
  }

  async #remember(untilMs: number | undefined): Promise<void> {
    await this.#memory.update(key, untilMs);
    this.#wait();
    this.#changed.fire();
  }

  #wait(): void {
    clearTimeout(this.#timer);
    const { untilMs } = this;
    if (untilMs !== undefined)
      this.#timer = setTimeout(() => this.#changed.fire(), untilMs - Date.now());
  }
}

/** A time of day as the person's language writes it. */
export function toClock(atMs: number): string {
  return new Date(atMs).toLocaleTimeString(env.language, { hour: "2-digit", minute: "2-digit" });
}
