/**
 * The life of a request about one's own data. States and reasons are those of the Data Rights Protocol 0.9.4; the rules about what may
 * follow what are the law's.
 */
import { deadline, type ClockEvent, type ClockPlace, type Deadline } from "../clocks/deadline.ts";
import { limits } from "../clocks/rules.ts";
import type { ItemKey } from "../inventory/index.ts";
import type { Region } from "../regimes.ts";
import { exemptionsFor, type ExemptionKey } from "./exemptions.ts";
import type { Right } from "./right.ts";
import { isBlank, step, type Guard, type Step } from "./machine.ts";

export { type Right, rights } from "./right.ts";

/** Where a request stands, in the words of the Data Rights Protocol. */
export type RequestStatus = "open" | "in_progress" | "fulfilled" | "revoked" | "denied" | "expired";

/** Why a request was denied, in the words of the Data Rights Protocol. */
export type RequestDenial =
  | "suspected_fraud"
  | "insuf_verification"
  | "no_match"
  | "claim_not_covered"
  | "outside_jurisdiction"
  | "too_many_requests"
  | "other";

/** What happened to a request. */
export type RequestEvent =
  /** `verified` when it came from a signed-in person who had just shown who they are. */
  | {
      readonly kind: "received";
      readonly atMs: number;
      readonly right: Right;
      readonly region: Region | undefined;
      readonly verified: boolean;
    }
  | { readonly kind: "identity-asked"; readonly atMs: number }
  | { readonly kind: "identity-given"; readonly atMs: number }
  /** Work began. For `delete` this is the point of no return. */
  | { readonly kind: "begun"; readonly atMs: number }
  /** The person was told that it takes longer, and why. */
  | { readonly kind: "extended"; readonly atMs: number; readonly reason: string }
  /** Everything was searched for the person's data; `found` is how much of it is still there. */
  | { readonly kind: "checked"; readonly atMs: number; readonly found: number }
  | { readonly kind: "fulfilled"; readonly atMs: number }
  | {
      readonly kind: "denied";
      readonly atMs: number;
      readonly because: RequestDenial;
      /** The ground of the law, where the right does not reach that far (`claim_not_covered`). */
      readonly exemption?: ExemptionKey | undefined;
      readonly explanation: string;
      /** Where the person can complain; they are told. */
      readonly authority: string;
      /** That they can go to court; they are told. */
      readonly court: string;
      /** What shows that the request is unfounded or excessive, where that is the reason. */
      readonly evidence?: string;
    }
  /** A part is not erased, because a hold keeps it; the person is told which, why, and whom they can turn to. */
  | {
      readonly kind: "withheld";
      readonly atMs: number;
      readonly items: readonly ItemKey[];
      readonly explanation: string;
      readonly authority: string;
      readonly court: string;
    }
  /** What was withheld is erased, too. */
  | { readonly kind: "released"; readonly atMs: number }
  | { readonly kind: "revoked"; readonly atMs: number }
  | { readonly kind: "expired"; readonly atMs: number }
  /** The person was told that their restriction will end. */
  | { readonly kind: "lifting-announced"; readonly atMs: number }
  | { readonly kind: "lifted"; readonly atMs: number };

/** A request, as computed from what happened to it. */
export interface RightsRequest {
  readonly right: Right;
  readonly region: Region | undefined;
  readonly status: RequestStatus;
  /** What an `in_progress` request waits for. */
  readonly waitsFor: "need_user_verification" | undefined;
  readonly receivedMs: number;
  readonly verified: boolean;
  readonly identityAskedMs: number | undefined;
  readonly clock: readonly ClockEvent[];
  readonly begun: boolean;
  /** Whether the last search for what is left found nothing. */
  readonly checked: boolean;
  readonly denial: RequestDenial | undefined;
  /** What of an erasure a hold still keeps. */
  readonly withheld: readonly ItemKey[];
  /** Only for `restrict`: whether it holds, and whether its end was announced. */
  readonly restriction: "none" | "active" | "lifting-announced" | "lifted";
  readonly lastMs: number;
}

/** Why something may not happen to a request. */
export type RequestRefusal =
  | "not-received"
  | "received-before"
  | "time-reversed"
  | "already-ended"
  | "already-begun"
  | "identity-missing"
  | "identity-known"
  | "identity-wait-running"
  | "not-begun"
  | "check-missing"
  | "reason-missing"
  | "extension-too-late"
  | "exemption-missing"
  | "nothing-withheld"
  | "explanation-missing"
  | "remedies-missing"
  | "evidence-missing"
  | "nothing-restricted"
  | "lifting-unannounced";

type State = RightsRequest | undefined;
type RequestGuard = Guard<
  { readonly request: State; readonly place: ClockPlace },
  RequestEvent,
  RequestRefusal
>;

/** Computes what a request is after an event, or why the event may not happen. `state` is undefined before `received`. */
export function applyRequestEvent(
  state: RightsRequest | undefined,
  event: RequestEvent,
  place: ClockPlace,
  guards: readonly RequestGuard[] = requestGuards,
): Step<RightsRequest, RequestRefusal> {
  const answer = step(
    guards,
    ({ request }, happened) => ({ request: moveRequest(request, happened), place }),
    { request: state, place },
    event,
  );
  if (answer.kind === "refused") return answer;
  return answer.state.request === undefined
    ? { kind: "refused", because: "not-received" }
    : { kind: "done", state: answer.state.request };
}

/** Computes a request from all that happened to it. Throws a `RangeError` for a history that cannot have happened. */
export function replayRequest(
  events: readonly RequestEvent[],
  place: ClockPlace,
): RightsRequest | undefined {
  let state: State;
  for (const event of events) {
    const answer = applyRequestEvent(state, event, place);
    if (answer.kind === "refused")
      throw new RangeError(`A request cannot be ${event.kind} here: ${answer.because}.`);
    ({ state } = answer);
  }
  return state;
}

/** When a request is due; `undefined` once it has ended. */
export function requestDeadline(
  request: RightsRequest,
  place: ClockPlace,
  nowMs: number,
): Deadline | undefined {
  if (isEnded(request)) return undefined;
  return deadline(
    {
      tasks: request.right === "delete" ? ["answer", "close-account"] : ["answer"],
      region: request.region,
      receivedMs: request.receivedMs,
      events: request.clock,
      place,
    },
    nowMs,
  );
}

/** Whether a request has its last state. */
export function isEnded({ status }: Pick<RightsRequest, "status">): boolean {
  return status !== "open" && status !== "in_progress";
}

const afterlife: ReadonlySet<RequestEvent["kind"]> = new Set([
  "lifting-announced",
  "lifted",
  "released",
]);
const dayMs = 86_400_000;

/** What may not happen. Every one is proved by a case of the tests that ends differently without it. */
export const requestGuards: readonly RequestGuard[] = [
  guard("received-before", ({ request }, { kind }) => request !== undefined && kind === "received"),
  guard("time-reversed", ({ request }, { atMs }) => request !== undefined && atMs < request.lastMs),
  guard(
    "already-ended",
    ({ request }, { kind }) => request !== undefined && isEnded(request) && !afterlife.has(kind),
  ),
  guard(
    "already-begun",
    ({ request }, { kind }) =>
      request?.begun === true &&
      (kind === "begun" ||
        (request.right === "delete" &&
          (kind === "revoked" || kind === "denied" || kind === "expired"))),
  ),
  guard(
    "identity-missing",
    ({ request }, { kind }) => kind === "begun" && request?.verified === false,
  ),
  guard(
    "identity-known",
    ({ request }, { kind }) => kind === "identity-asked" && request?.verified === true,
  ),
  guard(
    "identity-wait-running",
    ({ request }, event) =>
      (event.kind === "expired" ||
        (event.kind === "denied" && event.because === "insuf_verification")) &&
      (request?.identityAskedMs === undefined ||
        event.atMs < request.identityAskedMs + limits.identityWaitDays * dayMs),
  ),
  guard(
    "not-begun",
    ({ request }, { kind }) =>
      (kind === "fulfilled" || kind === "checked" || kind === "withheld") &&
      request?.begun === false,
  ),
  guard(
    "check-missing",
    ({ request }, { kind }) =>
      kind === "fulfilled" && request?.right === "delete" && !request.checked,
  ),
  guard("reason-missing", (_, event) => event.kind === "extended" && isBlank(event.reason)),
  guard("extension-too-late", ({ request, place }, event) => {
    if (event.kind !== "extended" || request === undefined) return false;
    const until = requestDeadline(request, place, event.atMs)?.extendUntilMs;
    return until === undefined || event.atMs > until;
  }),
  guard(
    "exemption-missing",
    ({ request }, event) =>
      event.kind === "denied" &&
      event.because === "claim_not_covered" &&
      request !== undefined &&
      (event.exemption === undefined ||
        !exemptionsFor(request.right, request.region).includes(event.exemption)),
  ),
  guard(
    "nothing-withheld",
    ({ request }, event) =>
      (event.kind === "withheld" && (event.items.length === 0 || request?.right !== "delete")) ||
      (event.kind === "released" && request?.withheld.length === 0),
  ),
  guard("explanation-missing", (_, event) => refuses(event) && isBlank(event.explanation)),
  guard(
    "remedies-missing",
    (_, event) => refuses(event) && (isBlank(event.authority) || isBlank(event.court)),
  ),
  guard(
    "evidence-missing",
    (_, event) =>
      event.kind === "denied" &&
      (event.because === "suspected_fraud" || event.because === "too_many_requests") &&
      isBlank(event.evidence),
  ),
  guard(
    "nothing-restricted",
    ({ request }, { kind }) =>
      (kind === "lifting-announced" || kind === "lifted") &&
      request?.restriction !== "active" &&
      request?.restriction !== "lifting-announced",
  ),
  guard(
    "lifting-unannounced",
    ({ request }, { kind }) => kind === "lifted" && request?.restriction !== "lifting-announced",
  ),
];

/** Whether the person does not get what they asked for, in whole or in part. */
function refuses(
  event: RequestEvent,
): event is Extract<RequestEvent, { kind: "denied" | "withheld" }> {
  return event.kind === "denied" || event.kind === "withheld";
}

function guard(code: RequestRefusal, refuses: RequestGuard["refuses"]): RequestGuard {
  return { code, refuses };
}

function moveRequest(state: State, event: RequestEvent): State {
  if (event.kind === "received")
    return {
      right: event.right,
      region: event.region,
      status: "open",
      waitsFor: undefined,
      receivedMs: event.atMs,
      verified: event.verified,
      identityAskedMs: undefined,
      clock: [],
      begun: false,
      checked: false,
      denial: undefined,
      withheld: [],
      restriction: "none",
      lastMs: event.atMs,
    };
  if (state === undefined) return undefined;
  const next = { ...state, lastMs: event.atMs };
  switch (event.kind) {
    case "identity-asked":
      return {
        ...next,
        status: "in_progress",
        waitsFor: "need_user_verification",
        identityAskedMs: event.atMs,
        clock: [...state.clock, { kind: "identity-asked", atMs: event.atMs }],
      };
    case "identity-given":
      return {
        ...next,
        waitsFor: undefined,
        verified: true,
        clock: [...state.clock, { kind: "identity-given", atMs: event.atMs }],
      };
    case "begun":
      return { ...next, status: "in_progress", waitsFor: undefined, begun: true };
    case "extended":
      return {
        ...next,
        clock: [...state.clock, { kind: "extended", atMs: event.atMs, reason: event.reason }],
      };
    case "checked":
      return { ...next, checked: event.found === 0 };
    case "fulfilled":
      return {
        ...next,
        status: "fulfilled",
        restriction: state.right === "restrict" ? "active" : "none",
      };
    case "denied":
      return { ...next, status: "denied", waitsFor: undefined, denial: event.because };
    case "withheld":
      return { ...next, withheld: event.items };
    case "released":
      return { ...next, withheld: [] };
    case "revoked":
      return { ...next, status: "revoked", waitsFor: undefined };
    case "expired":
      return { ...next, status: "expired", waitsFor: undefined };
    case "lifting-announced":
      return { ...next, restriction: "lifting-announced" };
    case "lifted":
      return { ...next, restriction: "lifted" };
  }
}
