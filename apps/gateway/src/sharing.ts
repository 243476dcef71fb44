import type { Allowance } from "./limits.ts";
import type { Ledger } from "./ledger.ts";

/** How often processes tell each other what was used; what can be overdrawn is what is used in this time. */
const sharingMs = 100;

/**
 * Makes one limit of the limits of several processes. Each has whole buckets and decides at once; ten times a second it
 * adds what it used to a ledger, and takes from its buckets what the others used. For example
 *
 *     total 7 (of which I know)   I used 2   ledger says 12   →   others used 3: take 3
 *
 * When the ledger cannot be reached each process goes on with its own buckets: a lost counter must not stop requests.
 */
export class Sharing {
  /** Whether the last exchange failed. */
  failing = false;
  readonly #ledger: Ledger;
  readonly #allowances: ReadonlyMap<string, Allowance>;
  readonly #changed: (failing: boolean) => void;
  readonly #timer: NodeJS.Timeout;
  /** Totals by counter, as of the last exchange. */
  readonly #known = new Map<string, number>();
  #running: Promise<void> | undefined;

  /** `changed` hears when the ledger was lost and when it is back. */
  constructor(
    ledger: Ledger,
    allowances: ReadonlyMap<string, Allowance>,
    changed: (failing: boolean) => void,
    intervalMs: number = sharingMs,
  ) {
    this.#ledger = ledger;
    this.#allowances = allowances;
    this.#changed = changed;
    // A slow ledger is not asked again before it has answered.
    this.#timer = setInterval(() => {
      this.#running ??= this.exchange();
    }, intervalMs);
    this.#timer.unref();
  }

  /** One exchange; never rejects. */
  async exchange(): Promise<void> {
    const parts = [...this.#allowances].flatMap(([consumer, allowance]) =>
      allowance.limited.map((unit) => ({ counter: `${consumer}:${unit}`, allowance, unit })),
    );
    const amounts = parts.map(
      ({ counter, allowance, unit }) => [counter, allowance.unshared[unit]] as const,
    );
    for (const { allowance, unit } of parts) allowance.unshared[unit] = 0;
    let failed = false;
    try {
      const totals = await this.#ledger.add(amounts);
      const nowMs = Date.now();
      parts.forEach(({ counter, allowance, unit }, index) => {
        const total = totals[index] ?? 0;
        const own = amounts[index]?.[1] ?? 0;
        allowance.takeForeign(unit, this.#foreign(counter, total, own), nowMs);
      });
    } catch {
      // Told below; what was used stays to be told to the ledger.
      parts.forEach(({ allowance, unit }, index) => {
        allowance.unshared[unit] += amounts[index]?.[1] ?? 0;
      });
      failed = true;
    }
    this.#running = undefined;
    if (failed !== this.failing) this.#changed(failed);
    this.failing = failed;
  }

  /** What others added since the last exchange. */
  #foreign(counter: string, total: number, own: number): number {
    const known = this.#known.get(counter);
    this.#known.set(counter, total);
    // Of what was before this process began nothing is known; it may be from minutes ago.
    if (known === undefined) return 0;
    // A smaller total is that of a counter that began anew.
    return Math.max(0, total - own - (total < known ? 0 : known));
  }

  /** Tells the ledger what is left to tell, and stops. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
    await this.exchange();
    this.#ledger.close();
  }
}
