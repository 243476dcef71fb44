/**
 * Where a request goes, and what happens when it fails there: pure functions over plain data. Time and chance are passed in.
 */

/** What the plan needs to know of a place to send to. */
export interface PlannedTarget {
  readonly weight: number;
  /** False when its circuit is open or all its places are taken. */
  readonly available: boolean;
}

/**
 * The order in which targets are tried. Each tier (a model's own targets, then its fallbacks') is shuffled by weight
 * among its available targets; unavailable ones are left out. For example weights 3 and 1 give each order with odds 3 : 1.
 * Empty when nothing is available.
 */
export function orderTargets<Target extends PlannedTarget>(
  tiers: readonly (readonly Target[])[],
  random: () => number,
): Target[] {
  const order: Target[] = [];
  for (const tier of tiers) {
    const remaining = tier.filter(
      (target) => target.available && target.weight > 0 && !order.includes(target),
    );
    while (remaining.length > 0) {
      const [chosen] = remaining.splice(remaining.length === 1 ? 0 : pick(remaining, random()), 1);
      if (chosen !== undefined) order.push(chosen);
    }
  }
  return order;
}

function pick(targets: readonly PlannedTarget[], chance: number): number {
  const total = targets.reduce((sum, target) => sum + target.weight, 0);
  let rest = chance * total;
  for (let index = 0; index < targets.length; index += 1) {
    rest -= targets[index]?.weight ?? 0;
    if (rest < 0) return index;
  }
  return targets.length - 1;
}

/** How one attempt ended. */
export type Outcome =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly retryAfterSeconds: number | undefined;
    }
  /** No byte of the request was processed: there was no connection. */
  | { readonly kind: "unreachable" }
  /**
   * The connection broke, or time ran out, after the request had gone out: it may have been processed. `stale` when it
   * was a kept connection that broke without a word, as when the provider closed it at the moment it was used.
   */
  | { readonly kind: "broken"; readonly timeout: boolean; readonly stale: boolean };

/** What speaks for and against trying again. */
export interface Situation {
  /** How many attempts have been made, this one included. */
  readonly attempts: number;
  readonly maxAttempts: number;
  /** Whether any byte of an answer went to the caller. Then nothing can be taken back. */
  readonly answered: boolean;
  /** Whether the whole request can be sent again. */
  readonly replayable: boolean;
  /** Whether processing it twice does no harm: it creates nothing, or carries an idempotency key. */
  readonly repeatable: boolean;
  /** Whether another target is left. */
  readonly another: boolean;
  /** How many stale connections were replaced. */
  readonly renewals: number;
  /** Between 0 and 1. */
  readonly random: number;
}

/** What to do next. `same` repeats at the target just tried. */
export type NextStep =
  | { readonly kind: "stop" }
  | { readonly kind: "try"; readonly target: "same" | "next"; readonly delayMs: number };

/** Longest wait for a provider that says when to come back; beyond it the caller is told to wait instead. */
export const maxRetryAfterMs = 5_000;

/** Connections that were idle together also end together. */
const maxRenewals = 3;

/**
 * What to do after an attempt. Another target is tried at once; the same one after a pause that doubles, with jitter, or
 * that the provider named. A refusal of content or of the request's form is final: another try would be refused again.
 */
export function decideNext(outcome: Outcome, situation: Situation): NextStep {
  const { attempts, maxAttempts, answered, replayable, repeatable, another, random } = situation;
  // The fault was the old connection's and not the target's: another one is tried at once.
  if (isStale(outcome) && situation.renewals < maxRenewals && !answered && replayable && repeatable)
    return { kind: "try", target: "same", delayMs: 0 };
  if (answered || attempts >= maxAttempts || !isWorthAnother(outcome)) return { kind: "stop" };
  // Without a connection nothing of the body was read, so even a streamed body is still whole.
  if (!replayable && outcome.kind !== "unreachable") return { kind: "stop" };
  if (outcome.kind === "broken" && !repeatable) return { kind: "stop" };
  if (another) return { kind: "try", target: "next", delayMs: 0 };
  // The credentials will not be better in a moment.
  if (outcome.kind === "answered" && (outcome.status === 401 || outcome.status === 403))
    return { kind: "stop" };
  // A timeout was long enough to wait for one place.
  if (outcome.kind === "broken" && outcome.timeout) return { kind: "stop" };
  const named =
    outcome.kind === "answered" && outcome.retryAfterSeconds !== undefined
      ? outcome.retryAfterSeconds * 1000
      : undefined;
  if (named !== undefined && named > maxRetryAfterMs) return { kind: "stop" };
  const backoff = 200 * 2 ** (attempts - 1) * (0.5 + random);
  return {
    kind: "try",
    target: "same",
    delayMs: Math.round(Math.max(named ?? 0, Math.min(backoff, maxRetryAfterMs))),
  };
}

/** Whether an attempt failed because a kept connection had ended, which says nothing of the target. */
export function isStale(outcome: Outcome): boolean {
  return outcome.kind === "broken" && outcome.stale;
}

/** Whether an outcome speaks against the target, and not against the request. */
function isWorthAnother(outcome: Outcome): boolean {
  if (outcome.kind !== "answered") return true;
  const { status } = outcome;
  return status === 401 || status === 403 || status === 408 || status === 429 || status >= 500;
}

// ---------------------------------------------------------------------------------------------------------------------
// Circuit breaker

/** Whether a target rests after failures in a row. Plain data: `afterOutcome` makes the next state. */
export interface Circuit {
  /** Failures in a row. */
  readonly failures: number;
  /** Until when nothing is sent; 0 when closed. Afterwards one request tries it. */
  readonly openUntilMs: number;
  /** How often it opened in a row: each time it rests twice as long. */
  readonly openings: number;
  /** Since when one request tries a target that rested; 0 for none. */
  readonly probeSinceMs: number;
}

/** When a circuit opens, and for how long. */
export interface CircuitRule {
  readonly failures: number;
  readonly openMs: number;
  readonly maxOpenMs: number;
}

/** A circuit of which nothing is known. */
export const closedCircuit: Circuit = { failures: 0, openUntilMs: 0, openings: 0, probeSinceMs: 0 };

/** A probe that never came back must not block the target for ever. */
const probeLifetimeMs = 60_000;

/** Whether a request may go to the target now. */
export function isPassable(circuit: Circuit, nowMs: number): boolean {
  if (circuit.openUntilMs === 0) return true;
  const probing = circuit.probeSinceMs !== 0 && nowMs - circuit.probeSinceMs < probeLifetimeMs;
  return nowMs >= circuit.openUntilMs && !probing;
}

/** The circuit when a request sets out: the first one after the rest is the probe. */
export function atDeparture(circuit: Circuit, nowMs: number): Circuit {
  return circuit.openUntilMs === 0 ? circuit : { ...circuit, probeSinceMs: nowMs };
}

/** The circuit after an attempt that says nothing of the target: the caller left, or its request was at fault. The next one may try it. */
export function afterNothing(circuit: Circuit): Circuit {
  return circuit.probeSinceMs === 0 ? circuit : { ...circuit, probeSinceMs: 0 };
}

/** The circuit after an attempt. 429 is not a failure of the target. */
export function afterOutcome(
  circuit: Circuit,
  good: boolean,
  rule: CircuitRule,
  nowMs: number,
): Circuit {
  if (good)
    return circuit === closedCircuit || (circuit.failures === 0 && circuit.openings === 0)
      ? circuit
      : closedCircuit;
  const reopened = circuit.probeSinceMs !== 0;
  // What set out before the rest began brings no news: a hundred requests that fail together are one reason to rest.
  if (circuit.openUntilMs !== 0 && !reopened) return circuit;
  const failures = circuit.failures + 1;
  if (failures < rule.failures && !reopened) return { ...circuit, failures };
  const openings = circuit.openings + 1;
  const restMs = Math.min(rule.openMs * 2 ** (openings - 1), rule.maxOpenMs);
  return { failures, openUntilMs: nowMs + restMs, openings, probeSinceMs: 0 };
}

/** Whether an outcome counts as a failure of the target for its circuit. */
export function isTargetFailure(outcome: Outcome): boolean {
  return (
    outcome.kind !== "answered" ||
    outcome.status >= 500 ||
    outcome.status === 401 ||
    outcome.status === 403
  );
}
