import { randomUUID } from "node:crypto";

/** The time and the random name of one signature; passed in so that a signature can be repeated. */
export interface Moment {
  readonly nowMs: number;
  /** Must never be used twice with the same key. */
  readonly nonce: string;
}

/** The present moment with a fresh nonce. */
export function now(): Moment {
  return { nowMs: Date.now(), nonce: randomUUID() };
}
