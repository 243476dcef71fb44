import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Problem } from "./problem.ts";

/** How long an address handed to a browser may be used, in milliseconds. */
const ticketMs = 120_000;

const loopbackNames: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * Decides who may talk to the console. A port on 127.0.0.1 is open to every page the browser shows and to every user of
 * the machine, so three things are asked: a loopback `Host` (a name that was re-bound to 127.0.0.1 shows here), an
 * `Origin` that is the console itself, and the key of this run.
 *
 * The key travels in the address' fragment and in a header, never in a cookie: cookies do not know ports, so any other
 * server on 127.0.0.1 would be sent it. A browser is started with a ticket in place of the key, because every user can
 * read a process' arguments: a ticket works once, and for two minutes.
 */
export class Access {
  readonly key: string = randomBytes(32).toString("base64url");
  readonly #now: () => number;
  #ticket: { readonly value: string; readonly untilMs: number } | undefined;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** A new ticket; the one before it stops working. */
  issueTicket(): string {
    const value = randomBytes(32).toString("base64url");
    this.#ticket = { value, untilMs: this.#now() + ticketMs };
    return value;
  }

  /** The key for a ticket. A ticket that was used, is too old or unknown fails with `used-ticket`. */
  redeem(ticket: string): string {
    const expected = this.#ticket;
    if (!expected || this.#now() > expected.untilMs || !isSame(ticket, expected.value)) {
      throw new Problem(
        "used-ticket",
        "This link was used already, or is older than two minutes. Open the address that the terminal shows.",
      );
    }
    this.#ticket = undefined;
    return this.key;
  }

  /** Fails when the request does not come from the console's own page, or names another host. */
  requireOwnPage(request: IncomingMessage): void {
    const { host, origin, "sec-fetch-site": site } = request.headers;
    if (host === undefined || !loopbackNames.has(host.replace(/:\d+$/, ""))) {
      throw new Problem(
        "foreign-request",
        "This server answers on 127.0.0.1 only. Open the address that the terminal shows.",
      );
    }
    if (origin !== undefined && origin !== `http://${host}`) {
      throw new Problem("foreign-request", "Another page asked; only the console's own page may.");
    }
    // "none" is an address typed or opened from outside the browser. Absent outside browsers.
    if (site !== undefined && site !== "same-origin" && site !== "none" && !isNavigation(request)) {
      throw new Problem("foreign-request", "Another page asked; only the console's own page may.");
    }
  }

  /** Fails without the key of this run. */
  requireKey(request: IncomingMessage): void {
    const [scheme, key] = (request.headers.authorization ?? "").split(" ");
    if (scheme !== "Bearer" || key === undefined || !isSame(key, this.key)) {
      throw new Problem(
        "wrong-key",
        "The key is missing or from an earlier run. Open the address that the terminal shows.",
      );
    }
  }
}

/** A link on another page may lead here: the page itself holds nothing before it has the key. */
function isNavigation(request: IncomingMessage): boolean {
  return (
    request.method === "GET" &&
    request.headers["sec-fetch-mode"] === "navigate" &&
    request.headers["sec-fetch-dest"] === "document"
  );
}

/** In constant time, and without telling the lengths. */
function isSame(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
