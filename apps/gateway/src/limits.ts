/** How much a consumer may ask for. Kept in this process' memory alone; several processes each get their part. */

/** A bucket that fills steadily to one minute's worth. */
export class Bucket {
  #level: number;
  #filledAtMs: number;
  #perMinute: number;

  constructor(perMinute: number, nowMs: number) {
    this.#perMinute = perMinute;
    this.#level = perMinute;
    this.#filledAtMs = nowMs;
  }

  /** Changes the size, keeping what was used up. */
  resize(perMinute: number, nowMs: number): void {
    this.#fill(nowMs);
    this.#level += perMinute - this.#perMinute;
    this.#perMinute = perMinute;
  }

  /** Milliseconds until `amount` can be taken; 0 for now. */
  waitMs(amount: number, nowMs: number): number {
    this.#fill(nowMs);
    const missing = Math.min(amount, this.#perMinute) - this.#level;
    return missing <= 0 ? 0 : Math.ceil((missing / this.#perMinute) * 60_000);
  }

  /** Takes an amount, even beyond what is there: what was used is used. */
  take(amount: number, nowMs: number): void {
    this.#fill(nowMs);
    this.#level -= amount;
  }

  #fill(nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.#filledAtMs);
    this.#level = Math.min(this.#perMinute, this.#level + (elapsedMs / 60_000) * this.#perMinute);
    this.#filledAtMs = nowMs;
  }
}

/** A consumer's limits; absent ones do not limit. */
export interface LimitSettings {
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
  readonly concurrent?: number | undefined;
}

/** What a consumer has used. Survives a reload of the configuration. */
export class Allowance {
  /** Requests in progress. */
  live = 0;
  #settings: LimitSettings = {};
  #requests: Bucket | undefined;
  #tokens: Bucket | undefined;

  /** Applies (new) limits without forgetting what was used. `share` is this process' part, such as 0.5. */
  configure(settings: LimitSettings, share: number, nowMs: number): void {
    this.#settings = settings;
    this.#requests = refit(this.#requests, settings.requestsPerMinute, share, nowMs);
    this.#tokens = refit(this.#tokens, settings.tokensPerMinute, share, nowMs);
  }

  /** Begins a request: 0, or the milliseconds after which it may be tried again. */
  begin(nowMs: number): number {
    const { concurrent } = this.#settings;
    if (concurrent !== undefined && this.live >= concurrent) return 1000;
    const waitMs = Math.max(
      this.#requests?.waitMs(1, nowMs) ?? 0,
      this.#tokens?.waitMs(1, nowMs) ?? 0,
    );
    if (waitMs > 0) return waitMs;
    this.#requests?.take(1, nowMs);
    this.live += 1;
    return 0;
  }

  /** Ends a request that began. */
  end(tokens: number, nowMs: number): void {
    this.live -= 1;
    this.#tokens?.take(tokens, nowMs);
  }
}

function refit(
  bucket: Bucket | undefined,
  perMinute: number | undefined,
  share: number,
  nowMs: number,
): Bucket | undefined {
  if (perMinute === undefined) return undefined;
  const part = Math.max(1, perMinute * share);
  if (bucket === undefined) return new Bucket(part, nowMs);
  bucket.resize(part, nowMs);
  return bucket;
}
