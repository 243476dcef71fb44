import type { PurposeKey } from "./purpose.ts";

/** One answer of a person. Answers are only ever added, so the history of a choice stays visible. */
export type ConsentEvent =
  | {
      readonly answer: "given";
      readonly purpose: PurposeKey;
      /** The one receiver the question named, as `new URL(…).origin` prints it. Another receiver is another question. */
      readonly origin: string;
      /** The version of the notice that was on the screen. */
      readonly noticeVersion: number;
      /** Milliseconds since 1970. */
      readonly atMs: number;
    }
  | {
      readonly answer: "refused" | "withdrawn";
      readonly purpose: PurposeKey;
      /** Left out, the answer holds for every receiver. */
      readonly origin?: string;
      readonly atMs: number;
    };

/** A yes. */
export type ConsentGiven = Extract<ConsentEvent, { answer: "given" }>;

/** How a question stands. Closing a prompt is no event, so it leaves the question `unasked`. */
export type ConsentState =
  | { readonly kind: "unasked" }
  | { readonly kind: "given"; readonly event: ConsentGiven }
  | { readonly kind: "refused" };

/**
 * Finds how the question for a purpose and a receiver stands. The answer recorded last counts, so `events` come in the order in
 * which they were recorded: a clock that was once wrong must not make an old yes outlive a newer no. A yes dated in the future
 * proves nothing yet and leaves the question unasked.
 */
export function findConsent(
  events: readonly ConsentEvent[],
  purpose: PurposeKey,
  origin: string,
  nowMs: number,
): ConsentState {
  const latest = events.findLast(
    (event) => event.purpose === purpose && (event.origin === undefined || event.origin === origin),
  );
  if (latest === undefined) return { kind: "unasked" };
  if (latest.answer !== "given") return { kind: "refused" };
  return latest.atMs <= nowMs ? { kind: "given", event: latest } : { kind: "unasked" };
}
