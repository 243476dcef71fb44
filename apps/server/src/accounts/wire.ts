/** What goes to the accounts library and what comes back from it: headers, cookies, refusals. */
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

/** What a signed cookie carries before its signature. */
export function cookieToken(browser: Browser, name: string): string | undefined {
  const pair = onlyCookie(browser, name);
  const value = pair.slice(pair.indexOf("=") + 1);
  return pair === "" ? undefined : decodeURIComponent(value).split(".")[0];
}

/** The token of the session a browser has. */
export function sessionToken(browser: Browser): string | undefined {
  return cookieToken(browser, "session");
}

/** One cookie of a browser, `name=value`, whichever name it has over HTTPS; empty when it is not there. */
export function onlyCookie({ cookie }: Browser, name: string): string {
  return (
    cookie
      .split(/; */)
      .find((pair) => pair.startsWith(`${name}=`) || pair.startsWith(`__Host-${name}=`)) ?? ""
  );
}
