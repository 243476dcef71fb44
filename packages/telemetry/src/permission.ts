import {
  decide,
  type Decision,
  type OrganisationPolicy,
  products,
  reportItems,
  strictest,
} from "@cloud-code/policy";
import { type Choice, toConsents } from "./choice.ts";

/** What speaks for or against sending, beside the person's own choice. Read anew each time. */
export interface Signals {
  /** The editor's telemetry switch; undefined: this program knows of none, which allows nothing. */
  readonly editorTelemetry: boolean | undefined;
  /** Whether `DO_NOT_TRACK` is set. */
  readonly doNotTrack: boolean;
  readonly organisation: OrganisationPolicy;
  /** The one origin that the settings name at this moment; absent: they name none, so the one agreed to holds. */
  readonly receiver?: string | undefined;
}

/**
 * Asks the policy whether figures that arose since `collectedSinceMs` may go to the receiver of now: somebody who names another one in the
 * settings no longer means the one agreed to. Undefined unless the latest choice is `on`.
 */
export function askPermission(
  choices: readonly Choice[],
  signals: Signals,
  collectedSinceMs: number,
  nowMs: number,
): Decision | undefined {
  const choice = choices.at(-1);
  if (choice?.mode !== "on") return undefined;
  return decide({
    items: reportItems,
    purpose: "usage-statistics",
    destination: {
      recipient: "statistics-receiver",
      origin: signals.receiver ?? choice.receiver,
    },
    circumstances: {
      ...strictest,
      consents: toConsents(choices),
      // A yes is recorded with the notice that was on the screen, so that one was shown.
      noticesShown: { assistant: choice.noticeVersion },
      editorTelemetry: signals.editorTelemetry === true,
      doNotTrack: signals.doNotTrack,
      organisation: signals.organisation,
    },
    collectedSinceMs,
    nowMs,
  });
}

/** Whether the organisation rules statistics out: for every receiver, or for this one. */
export function isForbidden(
  receiver: string | undefined,
  organisation: OrganisationPolicy,
  nowMs: number,
): boolean {
  if (receiver === undefined) return organisation.forbiddenPurposes.includes("usage-statistics");
  // What the policy would say after a yes, with everything else in favour.
  const { version } = products.assistant.notice;
  const yes: Choice = { mode: "on", receiver, noticeVersion: version, atMs: nowMs };
  const signals: Signals = { editorTelemetry: true, doNotTrack: false, organisation };
  const decision = askPermission([yes], signals, nowMs, nowMs);
  return decision?.kind === "denied" && decision.because === "organisation-forbids";
}

/**
 * Whether a refusal is a no to what has been counted, which then is never sent. That this program does not know of an editor's switch is
 * none: another window may. Nor is a question about another receiver that nobody has answered yet.
 */
export function isNo(decision: Decision, signals: Signals): boolean {
  if (decision.kind === "granted") return false;
  const { because } = decision;
  if (because === "editor-forbids") return signals.editorTelemetry !== undefined;
  return because !== "consent-missing";
}

/** Whether the latest answer is one to the question of now: a no, `local`, or a yes for this receiver under the notice of now. */
export function isAnswered(choices: readonly Choice[], receiver: string | undefined): boolean {
  const choice = choices.at(-1);
  if (choice === undefined) return false;
  if (choice.mode !== "on") return true;
  return (
    choice.noticeVersion === products.assistant.notice.version &&
    (receiver === undefined || choice.receiver === receiver)
  );
}
