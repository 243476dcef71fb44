/** How much a consumer may ask for. Kept in this process' memory; `sharing.ts` lets several processes keep to one limit. */

/** A bucket that fills steadily to one minute's worth. */
export class Bucket {
  #level: number;
  #filledAtMs: number;
  /** What fits into it; {@link resize} changes it. */
  perMinute: number;

  constructor(perMinute: number, nowMs: number) {
    this.perMinute = perMinute;
    this.#level = perMinute;
    this.#filledAtMs = nowMs;
  }

  /** Changes the size, keeping what was used up. */
  resize(perMinute: number, nowMs: number): void {
    this.#fill(nowMs);
    this.#level += perMinute - this.perMinute;
    this.perMinute = perMinute;
  }

  /** Milliseconds until `amount` can be taken; 0 for now. */
  waitMs(amount: number, nowMs: number): number {
    this.#fill(nowMs);
    const missing = Math.min(amount, this.perMinute) - this.#level;
    return missing <= 0 ? 0 : Math.ceil((missing / this.perMinute) * 60_000);
  }

  /** Takes an amount, even beyond what is there: what was used is used. */
  take(amount: number, nowMs: number): void {
    this.#fill(nowMs);
    this.#level -= amount;
  }

  #fill(nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.#filledAtMs);
    this.#level = Math.min(this.perMinute, this.#level + (elapsedMs / 60_000) * this.perMinute);
    this.#filledAtMs = nowMs;
  }
}

/** More tokens than any one request has. */
const maxTokens = 1_000_000_000;

/** A consumer's limits; absent ones do not limit. */
export interface LimitSettings {
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
  readonly concurrent?: number | undefined;
}

/** What is limited by the minute, and counted for it. */
export type LimitUnit = "requests" | "tokens";

/** What a consumer has used. Survives a reload of the configuration. */
export class Allowance {
  /** Requests in progress. */
  live = 0;
  /** What was used here and other processes have not been told. */
  readonly unshared: Record<LimitUnit, number> = { requests: 0, tokens: 0 };
  #concurrent: number | undefined;
  #requests: Bucket | undefined;
  #tokens: Bucket | undefined;

  /** Applies (new) limits without forgetting what was used. Requests at once are divided among so many processes. */
  configure(settings: LimitSettings, processes: number, nowMs: number): void {
    this.#concurrent =
      settings.concurrent === undefined ? undefined : Math.ceil(settings.concurrent / processes);
    this.#requests = refit(this.#requests, settings.requestsPerMinute, nowMs);
    this.#tokens = refit(this.#tokens, settings.tokensPerMinute, nowMs);
  }

  /** What is limited by the minute. */
  get limited(): LimitUnit[] {
    return [
      ...(this.#requests === undefined ? [] : (["requests"] as const)),
      ...(this.#tokens === undefined ? [] : (["tokens"] as const)),
    ];
  }

  /** Takes what other processes have used: a minute's worth at most, should they tell of a longer time at once. */
  takeForeign(unit: LimitUnit, amount: number, nowMs: number): void {
    const bucket = unit === "requests" ? this.#requests : this.#tokens;
    if (amount > 0) bucket?.take(Math.min(amount, bucket.perMinute), nowMs);
  }

  /** Begins a request: 0, or the milliseconds after which it may be tried again. */
  begin(nowMs: number): number {
    if (this.#concurrent !== undefined && this.live >= this.#concurrent) return 1000;
    const waitMs = Math.max(
      this.#requests?.waitMs(1, nowMs) ?? 0,
      this.#tokens?.waitMs(1, nowMs) ?? 0,
    );
    if (waitMs > 0) return waitMs;
    this.#requests?.take(1, nowMs);
    if (this.#requests !== undefined) this.unshared.requests += 1;
    this.live += 1;
    return 0;
  }

  /** Which limit refuses a request now. */
  limitAt(nowMs: number): LimitUnit | "concurrent" {
    if (this.#concurrent !== undefined && this.live >= this.#concurrent) return "concurrent";
    return (this.#requests?.waitMs(1, nowMs) ?? 0) > 0 ? "requests" : "tokens";
  }

  /** Ends a request that began. Whatever a provider may call a count, what is taken is a whole number, and never given back. */
  end(counted: number, nowMs: number): void {
    const tokens = Math.min(Math.max(0, Math.round(counted)), maxTokens);
    this.live -= 1;
    this.#tokens?.take(tokens, nowMs);
    if (this.#tokens !== undefined) this.unshared.tokens += tokens;
  }
}

function refit(
  bucket: Bucket | undefined,
  perMinute: number | undefined,
  nowMs: number,
): Bucket | undefined {
  if (perMinute === undefined) return undefined;
  if (bucket === undefined) return new Bucket(perMinute, nowMs);
  bucket.resize(perMinute, nowMs);
  return bucket;
}
