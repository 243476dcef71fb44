/**
 * How often something may be tried. A sliding window in two halves: the count of this window plus the part of the last one that still
 * overlaps. Kept in memory for as long as the window, under a hash: no address is written anywhere for this.
 */
import { createHmac, randomBytes } from "node:crypto";

/** A rule: at most `max` in `windowMs`. */
export interface Limit {
  readonly max: number;
  readonly windowMs: number;
}

/** Counts tries under a name. */
export interface Limits {
  /** Counts one try and says whether it was within the limit. */
  readonly take: (limit: Limit, ...name: readonly string[]) => Taken;
}

/** Whether a try was within its limit, and if not, when the next one may be. */
type Taken =
  | { readonly kind: "allowed" }
  | { readonly kind: "limited"; readonly retryAfterMs: number };

interface Count {
  window: number;
  current: number;
  previous: number;
  expiresMs: number;
}

const MAX_NAMES = 100_000;

/** Builds the counters of one process. */
export function createLimits(now: () => number): Limits {
  const key = randomBytes(32);
  const counts = new Map<string, Count>();
  const forget = (nowMs: number): void => {
    for (const [name, { expiresMs }] of counts) if (expiresMs <= nowMs) counts.delete(name);
    // Under a flood of names the oldest go first: forgetting an old counter is better than growing without end.
    for (const name of counts.keys()) {
      if (counts.size <= MAX_NAMES / 2) break;
      counts.delete(name);
    }
  };
  return {
    take: ({ max, windowMs }, ...name) => {
      const nowMs = now();
      if (counts.size >= MAX_NAMES) forget(nowMs);
      const hashed = createHmac("sha256", key)
        .update(JSON.stringify([max, windowMs, ...name]))
        .digest("base64");
      const window = Math.floor(nowMs / windowMs);
      const count = counts.get(hashed) ?? { window, current: 0, previous: 0, expiresMs: 0 };
      if (count.window !== window) {
        count.previous = count.window === window - 1 ? count.current : 0;
        count.current = 0;
        count.window = window;
      }
      const passedMs = nowMs - window * windowMs;
      const overlap = count.previous * (1 - passedMs / windowMs);
      const allowed = overlap + count.current < max;
      // A refused try is not counted, so who waits is let in again.
      if (allowed) count.current += 1;
      count.expiresMs = (window + 2) * windowMs;
      counts.set(hashed, count);
      return allowed ? { kind: "allowed" } : { kind: "limited", retryAfterMs: windowMs - passedMs };
    },
  };
}
