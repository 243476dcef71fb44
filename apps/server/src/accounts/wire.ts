/** What goes to the accounts library and what comes back from it: headers, cookies, refusals. */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Browser, Cookies, Refusal } from "./port.ts";

/** A refusal as an outcome. */
export function refuse(because: Refusal): { readonly kind: "refused"; readonly because: Refusal } {
  return { kind: "refused", because };
}

const refusals: Readonly<Record<string, Refusal>> = {
  USERNAME_IS_ALREADY_TAKEN: "username-taken",
  EMAIL_NOT_VERIFIED: "unconfirmed",
  TOKEN_EXPIRED: "expired",
  INVALID_TWO_FACTOR_COOKIE: "expired",
  TOTP_ALREADY_ENABLED: "already-set-up",
};

/** The library's refusals in our words. What it did not refuse but failed at is thrown on. */
export function toRefusal(error: unknown): Refusal {
  if (!(error instanceof Error) || !("body" in error) || !("statusCode" in error)) throw error;
  if (Number(error.statusCode) >= 500) throw error;
  const { body } = error as { readonly body?: { readonly code?: string } };
  return refusals[body?.code ?? ""] ?? "wrong";
}

/** A browser's request as the library wants it. */
export function toHeaders({ cookie, address, userAgent }: Browser): Headers {
  return new Headers({ cookie, "user-agent": userAgent, "x-client-address": address });
}

/** The library's cookies without their lifetime: they end with the browser's session, so nobody stays signed in unasked. */
export function toCookies(headers: Headers): Cookies {
  return headers
    .getSetCookie()
    .map((cookie) => cookie.replace(/; Max-Age=[1-9]\d*/i, "").replace(/; Expires=[^;]*/i, ""));
}

/** What a browser would send back after it was told to remember these. */
export function toCookieHeader(cookies: Cookies): string {
  return cookies.map((cookie) => cookie.split(";")[0] ?? "").join("; ");
}

/** What a signed cookie says before its signature; for what is only looked up, because whoever signs in by it is checked elsewhere. */
export function cookieToken(browser: Browser, name: string): string | undefined {
  return splitSigned(onlyCookie(browser, name))?.token;
}

/**
 * What a cookie says if the library signed it: HMAC-SHA256 over the text, base64. `name` is the whole one, prefix included, so that a
 * cookie which a neighbour under the same domain could set is never taken for one that only this host can.
 */
export function signedCookie(browser: Browser, name: string, secret: string): string | undefined {
  const signed = splitSigned(pairs(browser).find((pair) => pair.startsWith(`${name}=`)) ?? "");
  if (signed === undefined) return undefined;
  const expected = createHmac("sha256", secret).update(signed.token).digest();
  const given = Buffer.from(signed.signature, "base64");
  return given.length === expected.length && timingSafeEqual(given, expected)
    ? signed.token
    : undefined;
}

/** The token of the session a browser has. */
export function sessionToken(browser: Browser): string | undefined {
  return cookieToken(browser, "session");
}

/** One cookie of a browser, `name=value`, whichever name it has over HTTPS; empty when it is not there. */
export function onlyCookie(browser: Browser, name: string): string {
  return (
    pairs(browser).find(
      (pair) => pair.startsWith(`${name}=`) || pair.startsWith(`__Host-${name}=`),
    ) ?? ""
  );
}

function pairs({ cookie }: Browser): readonly string[] {
  return cookie.split(/; */);
}

function splitSigned(pair: string) {
  const value = decode(pair.slice(pair.indexOf("=") + 1));
  if (pair === "" || value === undefined) return undefined;
  const [token = "", signature = ""] = value.split(".");
  return { token, signature };
}

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    // A cookie is outside input: one that is not encoded as ours are is none of ours.
    return undefined;
  }
}
