/** Who may see a page. A handler that calls one of these gets a person or does not go on. */
import { HTTPException } from "hono/http-exception";
import type { ServerContext } from "../environment.ts";
import { forbiddenPage } from "../refusals.tsx";
import type { Browser, Role, SignedIn } from "./port.ts";

/** How long after giving the password a person may change how they sign in, or take their data away. */
const FRESH_MS = 5 * 60 * 1000;

/** The person whose session this is; a visitor is sent to sign in, and comes back afterwards. */
export function requireSignedIn(context: ServerContext): SignedIn {
  const { signedIn } = context.var;
  if (signedIn !== undefined) return signedIn;
  throw redirect(context, `/sign-in?to=${encodeURIComponent(returnPath(context))}`);
}

/**
 * The person, if they have one of the roles. A role that sees other people's data needs a second factor: without one the person is
 * sent to set it up.
 */
export async function requireRole(
  context: ServerContext,
  ...roles: readonly Role[]
): Promise<SignedIn> {
  const signedIn = requireSignedIn(context);
  if (!roles.includes(signedIn.role)) {
    throw new HTTPException(403, { res: await forbiddenPage(context) });
  }
  if (signedIn.role !== "person" && !signedIn.secondFactor) {
    throw redirect(context, "/account/security?needed=second-factor");
  }
  return signedIn;
}

/** The person, if they gave their password within the last minutes; otherwise they are asked for it and come back. */
export function requireFresh(context: ServerContext, nowMs: number): SignedIn {
  const signedIn = requireSignedIn(context);
  if (isFresh(signedIn, nowMs)) return signedIn;
  throw redirect(context, `/account/confirm?to=${encodeURIComponent(returnPath(context))}`);
}

/** Whether the person proved who they are within the last minutes. */
export function isFresh({ authenticatedMs }: SignedIn, nowMs: number): boolean {
  return nowMs - authenticatedMs <= FRESH_MS;
}

/** The browser that sent the request, as the accounts port wants it. */
export function toBrowser(context: ServerContext): Browser {
  return {
    cookie: context.req.header("cookie") ?? "",
    address: context.var.address,
    userAgent: (context.req.header("user-agent") ?? "").slice(0, 400),
  };
}

/** A path of ours to go to after a form; anything else, above all another site, becomes the fallback. */
export function toOwnPath(to: string | undefined, fallback: string): string {
  if (to === undefined || !/^\/(?![/\\])[^\s\\]*$/.test(to)) return fallback;
  return to;
}

function redirect(context: ServerContext, location: string): HTTPException {
  return new HTTPException(303, { res: context.redirect(location, 303) });
}

function returnPath(context: ServerContext): string {
  // The answer to a form cannot be gone back to.
  if (context.req.method !== "GET") return "/account";
  // With what the link of a letter carries behind the question mark, or an invitation would be lost at the sign-in.
  const { pathname, search } = new URL(context.req.url);
  return pathname + search;
}
