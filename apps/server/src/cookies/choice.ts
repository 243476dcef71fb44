import { randomUUID } from "node:crypto";
import { storageKeys } from "@cloud-code/policy";
import { getCookie, setCookie } from "hono/cookie";
import { z } from "zod";
import type { ServerContext } from "../environment.ts";
import { sendsPrivacySignal } from "../pages/layout.tsx";

const optionalCookies = ["display"] as const;

/** An optional cookie that an operator can offer. */
export type OptionalCookie = (typeof optionalCookies)[number];

/** How the cookie question stands in a browser. */
export type CookieChoice =
  /** Nobody answered: everything optional is off. */
  | { readonly kind: "unasked" }
  /** Nobody answered, and the browser says no for its user (Global Privacy Control): off, and nobody asks. */
  | { readonly kind: "signal" }
  | {
      readonly kind: "answered";
      readonly accepted: readonly OptionalCookie[];
      /** The number by which the ledger knows this answer. It means nothing elsewhere. */
      readonly id: string;
      readonly atMs: number;
    };

// The cookie as vanilla-cookieconsent writes it in the browser; the forms here write the same, so either understands the other.
const shape = z.object({
  categories: z.array(z.string()),
  revision: z.number(),
  consentId: z.uuid(),
  consentTimestamp: z.iso.datetime(),
  lastConsentTimestamp: z.iso.datetime(),
});

const NAME = "cookie_choice";

/**
 * Reads the choice. An explicit answer on this site wins over the browser's signal, because it is the more particular of the two. An
 * answer to another `revision` of the question is none.
 */
export function readChoice(context: ServerContext, revision: number): CookieChoice {
  const parsed = shape.safeParse(parseJson(getCookie(context, NAME)));
  if (parsed.success && parsed.data.revision === revision) {
    const { categories, consentId, lastConsentTimestamp } = parsed.data;
    return {
      kind: "answered",
      accepted: optionalCookies.filter((name) => categories.includes(name)),
      id: consentId,
      atMs: Date.parse(lastConsentTimestamp),
    };
  }
  return sendsPrivacySignal(context) ? { kind: "signal" } : { kind: "unasked" };
}

/** Whether an optional cookie may be set and read. */
export function allows(choice: CookieChoice, name: OptionalCookie): boolean {
  return choice.kind === "answered" && choice.accepted.includes(name);
}

/** Remembers an answer in the browser, and gives the number for the ledger. A number from before is kept: it is one history. */
export function writeChoice(
  context: ServerContext,
  accepted: readonly OptionalCookie[],
  revision: number,
  nowMs: number,
): string {
  const before = shape.safeParse(parseJson(getCookie(context, NAME)));
  const id = before.data?.consentId ?? randomUUID();
  const now = new Date(nowMs).toISOString();
  const lifetimeSeconds = storageKeys.cookie_choice.lifetimeSeconds ?? 0;
  const value = {
    categories: ["necessary", ...accepted],
    revision,
    data: null,
    consentTimestamp: before.data?.consentTimestamp ?? now,
    consentId: id,
    services: { necessary: [], display: [] },
    languageCode: context.var.language,
    lastConsentTimestamp: now,
    expirationTime: nowMs + lifetimeSeconds * 1000,
  };
  setCookie(context, NAME, JSON.stringify(value), {
    path: "/",
    secure: context.var.secure,
    sameSite: "Lax",
    maxAge: lifetimeSeconds,
  });
  return id;
}

function parseJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // A cookie is outside input: one that is no JSON is an answer nobody gave.
    return undefined;
  }
}
