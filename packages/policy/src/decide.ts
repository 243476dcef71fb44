import type { ConsentEvent } from "./consent.ts";
import { findConsent } from "./consent.ts";
import type { DenialReason } from "./denial.ts";
import { PolicyError } from "./errors.ts";
import type { ItemKey } from "./inventory/index.ts";
import { inventory, isItemKey } from "./inventory/index.ts";
import type { UsedItem } from "./inventory/item.ts";
import type { Origin } from "./origin.ts";
import { parseOrigin } from "./origin.ts";
import type { ProductKey } from "./product.ts";
import { products } from "./product.ts";
import type { Purpose, PurposeKey } from "./purpose.ts";
import { needsConsent, purposes } from "./purpose.ts";
import type { Recipient, RecipientKey } from "./recipient.ts";
import { recipients } from "./recipient.ts";
import type { Region } from "./regimes.ts";

/** How long a permit holds, in milliseconds: long enough to open a connection, too short to outlive a change of mind. */
export const permitLifetimeMs = 60_000;

/** What someone wants to do with data, and all that speaks for and against it. */
export interface UseRequest {
  /** Every datum that would be sent. */
  readonly items: readonly ItemKey[];
  readonly purpose: PurposeKey;
  readonly destination: Destination;
  readonly circumstances: Circumstances;
  /** When the oldest of the data arose; `nowMs` for what is read as it is sent. A consent does not reach back. */
  readonly collectedSinceMs: number;
  /** Now, in milliseconds since 1970. */
  readonly nowMs: number;
}

/** Where the data would go. */
export interface Destination {
  readonly recipient: RecipientKey;
  /** As `new URL(address).origin` prints it: `https://models.example`, `http://127.0.0.1:8080`. */
  readonly origin: string;
  /** Where the recipient is, if known. */
  readonly region?: Region;
}

/** What holds at this moment. Start from `strictest` and state what is known: whatever is left out speaks against. */
export interface Circumstances {
  /** The person's answers, in the order in which they were recorded. */
  readonly consents: readonly ConsentEvent[];
  /** The version of each product's notice that was last shown to the person. */
  readonly noticesShown: Readonly<Partial<Record<ProductKey, number>>>;
  /** Whether the editor says that telemetry is allowed. An editor without such a switch has not said so. */
  readonly editorTelemetry: boolean;
  /** Whether `DO_NOT_TRACK` or a signal like it is set. */
  readonly doNotTrack: boolean;
  readonly workspaceTrusted: boolean;
  /** What the person's organisation rules out. It can forbid; it cannot consent in the person's place. */
  readonly organisation: OrganisationPolicy;
  /** Origins for which the operator explicitly allowed unencrypted HTTP. Loopback needs no entry. */
  readonly plainHttpOrigins: readonly string[];
  /** Where the person is. Unknown means that the strictest ground of any region applies. */
  readonly region?: Region;
}

/** An organisation's restrictions. */
export interface OrganisationPolicy {
  readonly forbiddenPurposes: readonly PurposeKey[];
  /** The only origins that may receive anything, or `any`. Empty means: nothing leaves this computer. */
  readonly allowedOrigins: "any" | readonly string[];
}

/** Nothing answered, nothing shown, nothing trusted, and no organisation: the circumstances of which nothing is known. */
export const strictest: Circumstances = {
  consents: [],
  noticesShown: {},
  editorTelemetry: false,
  doNotTrack: true,
  workspaceTrusted: false,
  organisation: { forbiddenPurposes: [], allowedOrigins: "any" },
  plainHttpOrigins: [],
};

/** The answer to a request. */
export type Decision =
  | { readonly kind: "granted"; readonly permit: Permit }
  | {
      readonly kind: "denied";
      readonly because: DenialReason;
      /** The item that stood in the way, where it was one of them. */
      readonly item?: string;
    };

// Never leaves this file, so nobody else can call the constructor: neither by name nor through `permit.constructor`.
const mint = Symbol("policy.mint");

/**
 * Leave to send certain items to one origin for one purpose, for a minute. `decide` alone creates one; an object that merely looks
 * like a permit neither type-checks nor passes `assertPermit`. It does not survive being copied, cloned or sent to a process.
 */
export class Permit {
  readonly items: readonly ItemKey[];
  readonly purpose: PurposeKey;
  readonly recipient: RecipientKey;
  /** The origin that may be contacted. A redirect to another origin needs a permit of its own. */
  readonly origin: string;
  readonly issuedAtMs: number;
  /** The first moment at which the permit no longer holds. */
  readonly expiresAtMs: number;
  readonly #minted = true;

  /** Throws `POLICY_NOT_A_PERMIT` for every caller but `decide`. */
  constructor(key: symbol, request: UseRequest) {
    if (key !== mint) throw new PolicyError("POLICY_NOT_A_PERMIT", notAPermit);
    this.items = Object.freeze([...request.items]);
    this.purpose = request.purpose;
    this.recipient = request.destination.recipient;
    this.origin = request.destination.origin;
    this.issuedAtMs = request.nowMs;
    this.expiresAtMs = request.nowMs + permitLifetimeMs;
    Object.freeze(this);
  }

  /** Whether the value came from `decide`. */
  static made(value: unknown): value is Permit {
    return typeof value === "object" && value !== null && #minted in value && value.#minted;
  }
}

const notAPermit = "Only decide() creates permits. Ask it, and pass on the permit of its answer.";

/** Whether a value is a permit that `decide` made. It may have expired, or be for another use: `assertPermit` checks that too. */
export function isPermit(value: unknown): value is Permit {
  return Permit.made(value);
}

/** What is about to be done under a permit. */
export interface PermittedUse {
  readonly items: readonly ItemKey[];
  readonly purpose: PurposeKey;
  /** The origin that is really about to be contacted, computed from the address in use and not from the permit. */
  readonly origin: string;
  readonly nowMs: number;
}

/**
 * Makes sure that a permit covers what is about to happen; call it last thing before the data leaves.
 * Throws a `PolicyError`: `POLICY_NOT_A_PERMIT`, `POLICY_PERMIT_EXPIRED`, or `POLICY_PERMIT_MISUSED` when purpose, origin or an
 * item is not the permit's.
 */
export function assertPermit(value: unknown, use: PermittedUse): asserts value is Permit {
  if (!isPermit(value)) throw new PolicyError("POLICY_NOT_A_PERMIT", notAPermit);
  // A clock that went backwards ends a permit as well. Written so that a moment that is not a number does.
  if (!(use.nowMs >= value.issuedAtMs && use.nowMs < value.expiresAtMs)) {
    throw new PolicyError(
      "POLICY_PERMIT_EXPIRED",
      `The permit for ${value.purpose} at ${value.origin} has expired. Ask decide() again, right before sending.`,
    );
  }
  const foreign = use.items.find((item) => !value.items.includes(item));
  if (use.purpose !== value.purpose || use.origin !== value.origin || foreign !== undefined) {
    throw new PolicyError(
      "POLICY_PERMIT_MISUSED",
      `A permit for ${value.purpose} at ${value.origin} was used for ${use.purpose} at ${use.origin}` +
        `${foreign === undefined ? "" : ` with ${foreign}`}. Ask decide() for this very use.`,
    );
  }
}

/**
 * Decides whether data may be used: the only source of permits. Pure: the same request always gets the same answer.
 *
 * Every rule can only refuse, and all of them have to be silent, so no circumstance can outvote another: refusing wins by
 * construction. The first rule that speaks names the reason.
 */
export function decide(request: UseRequest): Decision {
  const known = gather(request);
  if (known.kind === "denied") return known;
  for (const rule of rules) {
    const refusal = rule(known);
    if (refusal !== undefined) return refusal;
  }
  return { kind: "granted", permit: new Permit(mint, request) };
}

type Denied = Extract<Decision, { kind: "denied" }>;

/** A request with everything it names looked up. */
interface Known extends Circumstances {
  readonly kind: "known";
  readonly request: UseRequest;
  readonly items: readonly (readonly [ItemKey, UsedItem])[];
  readonly purpose: Purpose;
  readonly recipient: Recipient;
  readonly origin: Origin;
}

/** Looks up what the request names. Keys may have come over a wire, so they are checked although their types promise them. */
function gather(request: UseRequest): Denied | Known {
  const { purpose, destination } = request;
  const complete =
    request.items.length > 0 &&
    Number.isFinite(request.nowMs) &&
    Object.hasOwn(purposes, purpose) &&
    Object.hasOwn(recipients, destination.recipient);
  if (!complete) return denied("malformed-request");
  const items: [ItemKey, UsedItem][] = [];
  for (const key of request.items) {
    if (!isItemKey(key)) return denied("unknown-item", key);
    const item = inventory[key];
    if (item.state === "refused") return denied("item-refused", key);
    if (item.state === "declared") return denied("item-not-collected", key);
    items.push([key, item]);
  }
  const origin = parseOrigin(destination.origin);
  if (origin === undefined) return denied("origin-not-understood");
  return {
    ...request.circumstances,
    kind: "known",
    request,
    items,
    purpose: purposes[purpose],
    recipient: recipients[destination.recipient],
    origin,
  };
}

type Rule = (known: Known) => Denied | undefined;

/** In the order in which a person can do something about them: what nobody can change comes first. */
const rules: readonly Rule[] = [
  whole(({ purpose, request }) =>
    purpose.recipients.includes(request.destination.recipient)
      ? undefined
      : "recipient-not-declared",
  ),
  each((item, { request }) =>
    item.purposes.includes(request.purpose) ? undefined : "purpose-not-declared",
  ),
  each((item, { request }) =>
    item.recipients.includes(request.destination.recipient) ? undefined : "recipient-not-declared",
  ),
  whole(({ recipient, origin }) =>
    recipient.place === "this-machine" && !origin.loopback ? "not-this-machine" : undefined,
  ),
  whole(({ origin, request, plainHttpOrigins }) => {
    const secure = origin.encrypted || origin.loopback;
    return secure || plainHttpOrigins.includes(request.destination.origin)
      ? undefined
      : "not-encrypted";
  }),
  whole(({ request, origin, organisation: { forbiddenPurposes, allowedOrigins } }) => {
    if (forbiddenPurposes.includes(request.purpose)) return "organisation-forbids";
    return allowedOrigins === "any" ||
      origin.loopback ||
      allowedOrigins.includes(request.destination.origin)
      ? undefined
      : "organisation-forbids";
  }),
  whole(({ purpose, doNotTrack }) =>
    purpose.signals.includes("do-not-track") && doNotTrack ? "do-not-track" : undefined,
  ),
  whole(({ purpose, editorTelemetry }) =>
    purpose.signals.includes("editor-telemetry") && !editorTelemetry ? "editor-forbids" : undefined,
  ),
  each((item, { purpose, noticesShown }) => {
    const current = noticesShown[item.product] === products[item.product].notice.version;
    return purpose.noticeFirst && !current ? "notice-not-shown" : undefined;
  }),
  whole(personAgrees),
  each((item, { recipient, workspaceTrusted }) => {
    const leaves = item.origin === "workspace" && recipient.place === "elsewhere";
    return leaves && !workspaceTrusted ? "workspace-not-trusted" : undefined;
  }),
  each((item, { recipient, request, region }) => {
    // On the same machine nothing is transferred, and figures about nobody may go anywhere.
    if (!item.personal || recipient.place === "this-machine" || recipient.transfer !== "none") {
      return undefined;
    }
    return region !== undefined && region === request.destination.region
      ? undefined
      : "no-transfer-mechanism";
  }),
];

function personAgrees(known: Known): DenialReason | undefined {
  const { request, purpose, items, consents, region } = known;
  if (!needsConsent(purpose, region)) return undefined;
  const { origin } = request.destination;
  const state = findConsent(consents, request.purpose, origin, request.nowMs);
  if (state.kind === "refused") return "consent-refused";
  if (state.kind === "unasked") return "consent-missing";
  const { noticeVersion, atMs } = state.event;
  if (items.some(([, item]) => products[item.product].notice.version !== noticeVersion)) {
    return "consent-outdated";
  }
  // Written so that a moment that is not a number is refused.
  return request.collectedSinceMs >= atMs ? undefined : "collected-before-consent";
}

function denied(because: DenialReason, item?: string): Denied {
  return item === undefined ? { kind: "denied", because } : { kind: "denied", because, item };
}

/** A rule about the use as a whole. */
function whole(reason: (known: Known) => DenialReason | undefined): Rule {
  return (known) => {
    const because = reason(known);
    return because === undefined ? undefined : denied(because);
  };
}

/** A rule that every item has to pass. */
function each(reason: (item: UsedItem, known: Known) => DenialReason | undefined): Rule {
  return (known) => {
    for (const [key, item] of known.items) {
      const because = reason(item, known);
      if (because !== undefined) return denied(because, key);
    }
    return undefined;
  };
}
