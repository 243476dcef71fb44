/**
 * May personal data go to another country? Asked before an outgoing client exists; the answer is a permit or a refusal. Example: an
 * e-mail address from China to a mail server in Ireland needs a mechanism that fits this year's number of people, and a separate
 * consent; the same address from Germany needs nothing, because Ireland is in the same region.
 */
import { PolicyError } from "./errors.ts";
import { inventory, type ItemKey } from "./inventory/index.ts";
import type { Category } from "./inventory/item.ts";
import type { PurposeKey } from "./purpose.ts";
import { purposes } from "./purpose.ts";
import type { RecipientKey } from "./recipient.ts";
import type { Region } from "./regimes.ts";
import { economicArea, isConsent, regionOfCountry } from "./regimes.ts";

/** What makes one transfer lawful. */
export type Mechanism =
  /** The authorities of the person's region found the recipient's country safe. */
  | { readonly kind: "adequacy"; readonly country: string }
  /** Contract clauses of the authorities, signed and in force, with the assessment they need. */
  | {
      readonly kind: "clauses";
      readonly reference: string;
      readonly assessment: string;
      readonly signedMs: number;
      readonly endsMs: number | undefined;
    }
  /** China: a security assessment that was passed. */
  | {
      readonly kind: "security-assessment";
      readonly reference: string;
      readonly signedMs: number;
      readonly endsMs: number;
    }
  /** The person said yes to this recipient after being told the risks. */
  | { readonly kind: "separate-consent"; readonly recipient: RecipientKey; readonly atMs: number };

/** A transfer somebody wants to make. */
export interface TransferRequest {
  readonly items: readonly ItemKey[];
  readonly purpose: PurposeKey;
  /** Where the person is; unknown is treated as the strictest place, China. */
  readonly from: Region | undefined;
  /** The person's country where it is known, ISO 3166-1 alpha-2: what stays in one country crosses no border. */
  readonly fromCountry?: string | undefined;
  readonly to: TransferTarget;
  readonly mechanisms: readonly Mechanism[];
  /** How many people's data already went from China abroad this year, this person included. */
  readonly counters: TransferCounters;
  readonly nowMs: number;
}

/** Who would receive the data, and where. */
export interface TransferTarget {
  readonly recipient: RecipientKey;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
}

/** People counted from 1 January of the year, each once. */
export interface TransferCounters {
  readonly people: number;
  readonly sensitivePeople: number;
}

/** Why a transfer is refused. */
export type TransferRefusal =
  | "item-unknown"
  | "recipient-not-declared"
  | "mechanism-missing"
  | "clauses-ended"
  | "security-assessment-needed"
  | "separate-consent-missing";

/** On what a transfer rests. */
export type TransferGround = "anonymous" | "same-region" | "exempt" | Mechanism["kind"];

/** The answer to a transfer request. */
export type TransferDecision =
  | { readonly kind: "granted"; readonly permit: TransferPermit }
  | { readonly kind: "refused"; readonly because: TransferRefusal };

// Never leaves this file, so nobody else can call the constructor.
const mint = Symbol("policy.transfer");

/** Leave to hand certain items to one recipient in one country. Only `decideTransfer` makes one; it does not survive being copied. */
export class TransferPermit {
  readonly items: readonly ItemKey[];
  readonly to: TransferTarget;
  readonly ground: TransferGround;
  readonly issuedAtMs: number;
  readonly #minted = true;

  /** Throws `POLICY_NOT_A_PERMIT` for every caller but `decideTransfer`. */
  constructor(key: symbol, request: TransferRequest, ground: TransferGround) {
    if (key !== mint) throw new PolicyError("POLICY_NOT_A_PERMIT", notAPermit);
    this.items = Object.freeze([...request.items]);
    this.to = Object.freeze({ ...request.to });
    this.ground = ground;
    this.issuedAtMs = request.nowMs;
    Object.freeze(this);
  }

  /** Whether the value came from `decideTransfer`. */
  static made(value: unknown): value is TransferPermit {
    return typeof value === "object" && value !== null && #minted in value && value.#minted;
  }
}

const notAPermit =
  "Only decideTransfer() creates transfer permits. Ask it, and pass on its answer.";

/** How long a transfer permit holds, in milliseconds. */
export const transferPermitLifetimeMs = 60_000;

/** Checks, last thing before data leaves, that a permit covers the items, the recipient and the country. Throws `PolicyError`. */
export function assertTransferPermit(
  permit: TransferPermit,
  use: {
    readonly items: readonly ItemKey[];
    readonly to: TransferTarget;
    readonly nowMs: number;
  },
): void {
  if (!TransferPermit.made(permit)) throw new PolicyError("POLICY_NOT_A_PERMIT", notAPermit);
  if (use.nowMs < permit.issuedAtMs || use.nowMs >= permit.issuedAtMs + transferPermitLifetimeMs)
    throw new PolicyError("POLICY_PERMIT_EXPIRED", "The transfer permit has ended. Ask again.");
  const strange = use.items.find((item) => !permit.items.includes(item));
  if (strange !== undefined)
    throw new PolicyError("POLICY_PERMIT_MISUSED", `The permit does not cover ${strange}.`);
  if (use.to.recipient !== permit.to.recipient || use.to.country !== permit.to.country)
    throw new PolicyError(
      "POLICY_PERMIT_MISUSED",
      `The permit is for ${permit.to.recipient} in ${permit.to.country}.`,
    );
}

/**
 * Countries whose protection was found adequate, by the region that found it. The United States only through certification, which a
 * country's name does not show, so they are not here; nor is Canada, whose finding is for commercial organisations only. Compared on
 * `adequacyCheckedOn` only in part: Brazil (Implementing Decision (EU) 2026/179 of 26 January 2026) as cited by others; the
 * rest is known and was not compared with the decisions again.
 */
export const adequate: Readonly<Partial<Record<Region, ReadonlySet<string>>>> = {
  eu: new Set("AD AR BR CH FO GB GG IL IM JE JP KR NZ UY".split(" ")),
  uk: new Set([...economicArea, ..."AD AR CH FO GG GI IL IM JE JP KR NZ UY".split(" ")]),
};

/** The day on which the adequacy table was last looked through. */
export const adequacyCheckedOn = "2026-11-22";

/**
 * China: from how many people a year, counted from 1 January, which mechanism is needed (Provisions on promoting and regulating
 * cross-border data flows, 22 March 2024, articles 5, 7 and 8; article 8 read as quoted by others). Not for operators of critical
 * infrastructure, who are always assessed.
 */
export const chinaThresholds: Readonly<
  Record<"exemptBelow" | "assessmentFrom" | "sensitiveAssessmentFrom", number>
> = {
  exemptBelow: 100_000,
  assessmentFrom: 1_000_000,
  sensitiveAssessmentFrom: 10_000,
};

/** What China asks for at a number of people. */
export type ChinaTier = "exempt" | "clauses" | "security-assessment";

/** The tier that a year's counters are in. One person whose data is sensitive is enough to leave the exemption. */
export function chinaTier({ people, sensitivePeople }: TransferCounters): ChinaTier {
  if (
    people >= chinaThresholds.assessmentFrom ||
    sensitivePeople >= chinaThresholds.sensitiveAssessmentFrom
  )
    return "security-assessment";
  return people >= chinaThresholds.exemptBelow || sensitivePeople > 0 ? "clauses" : "exempt";
}

/** How full the current tier is, 0 to 1; from 0.8 on the officer is warned. */
export function chinaFill(counters: TransferCounters): number {
  const next =
    chinaTier(counters) === "exempt" ? chinaThresholds.exemptBelow : chinaThresholds.assessmentFrom;
  return Math.min(
    1,
    Math.max(
      counters.people / next,
      counters.sensitivePeople / chinaThresholds.sensitiveAssessmentFrom,
    ),
  );
}

/** Kinds of data that count as sensitive: what gives access, what a person wrote in confidence, and everything of children. */
export const sensitiveCategories: ReadonlySet<Category> = new Set<Category>([
  "user.authorization.password",
  "user.childrens",
  "user.content.private",
  "user.device.cc_wifi_credentials",
]);

/** Whether one of the items is sensitive. */
export function isSensitive(items: readonly ItemKey[]): boolean {
  return items.some((item) => sensitiveCategories.has(inventory[item].category));
}

/** Decides a transfer. Refuses unless something that is on record allows it. */
export function decideTransfer(request: TransferRequest): TransferDecision {
  const ground = findGround(request);
  return typeof ground === "object"
    ? { kind: "refused", because: ground.refused }
    : { kind: "granted", permit: new TransferPermit(mint, request, ground) };
}

function findGround(
  request: TransferRequest,
): TransferGround | { readonly refused: TransferRefusal } {
  const { items, purpose, to } = request;
  for (const key of items) {
    const item = inventory[key] as (typeof inventory)[ItemKey] | undefined;
    if (item === undefined || item.state === "refused") return { refused: "item-unknown" };
    if (!item.recipients.includes(to.recipient) || !item.purposes.includes(purpose))
      return { refused: "recipient-not-declared" };
  }
  if (items.every(isAnonymous)) return "anonymous";
  if (request.fromCountry === to.country) return "same-region";
  // Not knowing where a person is must not make anything easier.
  const from = request.from ?? "cn";
  if (from !== "other" && regionOfCountry(to.country) === from && request.from !== undefined)
    return "same-region";
  return from === "cn" ? findChineseGround(request) : findOtherGround(request, from);
}

function findOtherGround(
  request: TransferRequest,
  from: Region,
): TransferGround | { readonly refused: TransferRefusal } {
  const { mechanisms, to, nowMs } = request;
  if (adequate[from]?.has(to.country) === true) return "adequacy";
  const clauses = mechanisms.filter(({ kind }) => kind === "clauses");
  if (clauses.some((each) => isInForce(each, nowMs))) return "clauses";
  if (mechanisms.some((each) => isConsentTo(each, request))) return "separate-consent";
  return { refused: clauses.length > 0 ? "clauses-ended" : "mechanism-missing" };
}

function findChineseGround(
  request: TransferRequest,
): TransferGround | { readonly refused: TransferRefusal } {
  const { mechanisms, purpose, counters, nowMs } = request;
  const consented = mechanisms.some((each) => isConsentTo(each, request));
  // PIPL article 39: a consent of its own, wherever a consent is what the use rests on.
  if (isConsent(purposes[purpose].bases.cn) && !consented)
    return { refused: "separate-consent-missing" };
  const inForce = (kind: Mechanism["kind"]): boolean =>
    mechanisms.some((each) => each.kind === kind && isInForce(each, nowMs));
  switch (chinaTier(counters)) {
    case "exempt":
      return "exempt";
    case "clauses":
      if (inForce("security-assessment")) return "security-assessment";
      if (inForce("clauses")) return "clauses";
      return {
        refused: mechanisms.some(({ kind }) => kind === "clauses")
          ? "clauses-ended"
          : "mechanism-missing",
      };
    case "security-assessment":
      return inForce("security-assessment")
        ? "security-assessment"
        : { refused: "security-assessment-needed" };
  }
}

function isAnonymous(key: ItemKey): boolean {
  const item = inventory[key];
  return item.state !== "refused" && !item.personal;
}

function isConsentTo(mechanism: Mechanism, { to, nowMs }: TransferRequest): boolean {
  return (
    mechanism.kind === "separate-consent" &&
    mechanism.recipient === to.recipient &&
    mechanism.atMs <= nowMs
  );
}

function isInForce(mechanism: Mechanism, nowMs: number): boolean {
  if (mechanism.kind === "clauses" && (mechanism.reference === "" || mechanism.assessment === ""))
    return false;
  if (mechanism.kind !== "clauses" && mechanism.kind !== "security-assessment") return false;
  return (
    mechanism.signedMs <= nowMs && (mechanism.endsMs === undefined || nowMs < mechanism.endsMs)
  );
}
