/** A legal hold: data that would be erased or expire stays, because a claim or a court needs it. */
import type { ItemKey } from "../inventory/index.ts";
import { isBlank, step, type Guard, type Step } from "./machine.ts";

/** What a hold keeps. */
export interface HoldScope {
  /** The person's pseudonym; `everyone` where the claim is not about one person. */
  readonly subject: string;
  /** The items it keeps; `all` of them where that cannot be said more narrowly. */
  readonly items: "all" | readonly ItemKey[];
}

/** The subject of a hold that concerns everybody. */
export const everyone = "everyone";

/** What happened to a hold. */
export type HoldEvent =
  | {
      readonly kind: "placed";
      readonly atMs: number;
      readonly scope: HoldScope;
      readonly reason: string;
      /** When somebody looks at it again, at most a year on. */
      readonly reviewMs: number;
    }
  /** Somebody looked at it and found that it is still needed. */
  | {
      readonly kind: "reviewed";
      readonly atMs: number;
      readonly reason: string;
      readonly reviewMs: number;
    }
  | { readonly kind: "lifted"; readonly atMs: number; readonly reason: string };

/** A hold, as computed from what happened to it. */
export interface Hold {
  readonly status: "active" | "lifted";
  readonly scope: HoldScope;
  readonly placedMs: number;
  /** A hold whose review is late goes on to hold; forgetting it must not destroy evidence. */
  readonly reviewMs: number;
  readonly lastMs: number;
}

/** Why something may not happen to a hold. */
export type HoldRefusal =
  | "not-placed"
  | "placed-before"
  | "already-lifted"
  | "reason-missing"
  | "review-missing"
  | "scope-empty"
  | "time-reversed";

type HoldGuard = Guard<Hold | undefined, HoldEvent, HoldRefusal>;

const longestReviewMs = 366 * 86_400_000;

/** What may not happen. Every one is proved by a case of the tests that ends differently without it. */
export const holdGuards: readonly HoldGuard[] = [
  guard("placed-before", (hold, { kind }) => hold !== undefined && kind === "placed"),
  guard("already-lifted", (hold) => hold?.status === "lifted"),
  guard("time-reversed", (hold, { atMs }) => hold !== undefined && atMs < hold.lastMs),
  guard("reason-missing", (_, { reason }) => isBlank(reason)),
  guard(
    "scope-empty",
    (_, event) =>
      event.kind === "placed" &&
      (isBlank(event.scope.subject) ||
        (event.scope.items !== "all" && event.scope.items.length === 0)),
  ),
  guard(
    "review-missing",
    (_, event) =>
      event.kind !== "lifted" &&
      !(event.reviewMs > event.atMs && event.reviewMs <= event.atMs + longestReviewMs),
  ),
];

/** Computes what a hold is after an event, or why the event may not happen. `hold` is undefined before `placed`. */
export function applyHoldEvent(
  hold: Hold | undefined,
  event: HoldEvent,
  guards: readonly HoldGuard[] = holdGuards,
): Step<Hold, HoldRefusal> {
  const answer = step(guards, moveHold, hold, event);
  if (answer.kind === "refused") return answer;
  return answer.state === undefined
    ? { kind: "refused", because: "not-placed" }
    : { kind: "done", state: answer.state };
}

/** Whether a datum of a person may not be erased now. */
export function isHeld(
  holds: readonly Pick<Hold, "status" | "scope">[],
  subject: string,
  item: ItemKey,
): boolean {
  return holds.some(
    ({ status, scope }) =>
      status === "active" &&
      (scope.subject === everyone || scope.subject === subject) &&
      (scope.items === "all" || scope.items.includes(item)),
  );
}

function guard(code: HoldRefusal, refuses: HoldGuard["refuses"]): HoldGuard {
  return { code, refuses };
}

function moveHold(hold: Hold | undefined, event: HoldEvent): Hold | undefined {
  switch (event.kind) {
    case "placed":
      return {
        status: "active",
        scope: event.scope,
        placedMs: event.atMs,
        reviewMs: event.reviewMs,
        lastMs: event.atMs,
      };
    case "reviewed":
      return hold && { ...hold, reviewMs: event.reviewMs, lastMs: event.atMs };
    case "lifted":
      return hold && { ...hold, status: "lifted", lastMs: event.atMs };
  }
}
