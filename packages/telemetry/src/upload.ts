import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { assertPermit, type Permit, reportItems } from "@cloud-code/policy";
import { TelemetryError } from "./errors.ts";

/** Where a receiver takes reports, below its origin. */
export const reportPath = "/v1/usage-reports";

/** How long one attempt may take. */
const timeoutMs = 30_000;

/** How an attempt ended. */
export type Delivery =
  | { readonly kind: "accepted" }
  /** The receiver declined this report for good. */
  | { readonly kind: "refused"; readonly status: number }
  /** It certainly did not take the report; another time may do. */
  | { readonly kind: "not-delivered" }
  /** The connection ended after the report went out and before an answer came. */
  | { readonly kind: "unknown" };

/** Sends a report; `authority` is a certificate authority in PEM to trust in place of the usual ones. A parameter of `Telemetry`, so that tests can see what would be sent when. */
export type Upload = (
  bytes: string,
  permit: Permit,
  nowMs: number,
  signal: AbortSignal,
  authority?: string,
) => Promise<Delivery>;

/**
 * Makes sure that a receiver is the origin of an HTTPS address and returns it as `URL` prints it; throws `TELEMETRY_RECEIVER_INVALID`.
 */
export function parseReceiver(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isOrigin =
    url?.protocol === "https:" &&
    url.pathname === "/" &&
    `${url.username}${url.password}${url.search}${url.hash}` === "";
  if (isOrigin) return url.origin;
  throw new TelemetryError(
    "TELEMETRY_RECEIVER_INVALID",
    `${JSON.stringify(address)} is no receiver. Give the origin of an HTTPS address, such as https://statistics.example.`,
    { address },
  );
}

/**
 * Sends a report to the origin of a permit: one request on a connection of its own, with no cookie, no name of this program, and no
 * redirect followed. Never rejects because of the network. Throws a `PolicyError` when the permit does not cover this, and
 * `TELEMETRY_RECEIVER_INVALID` when its origin is not HTTPS.
 */
export const upload: Upload = async (bytes, permit, nowMs, signal, authority) => {
  const address = new URL(reportPath, parseReceiver(permit.origin));
  assertPermit(permit, {
    items: reportItems,
    purpose: "usage-statistics",
    origin: address.origin,
    nowMs,
  });
  const whole = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  if (whole.aborted) return { kind: "not-delivered" };
  const trust = authority === undefined ? {} : { ca: authority };
  const headers = {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(bytes),
    Connection: "close",
  };
  // No agent: a connection that is used again, or a session that is resumed, would tell that two reports have one sender.
  const sending = request(address, {
    method: "POST",
    headers,
    agent: false,
    signal: whole,
    ...trust,
  });
  let isOut = false;
  // Not before the handshake is done, so that an attempt which does not get that far certainly sent nothing.
  sending.once("socket", (socket) =>
    socket.once("secureConnect", () => {
      if (whole.aborted) return;
      isOut = true;
      sending.end(bytes);
    }),
  );
  sending.flushHeaders();
  const answer = once(sending, "response");
  // An error after the answer changes nothing any more, and without a listener it would end the program.
  sending.on("error", () => undefined);
  try {
    const [response] = (await answer) as [IncomingMessage];
    response.resume();
    return toDelivery(response.statusCode ?? 0);
  } catch {
    // Offline is silent: there is nothing a person should do.
    return { kind: isOut ? "unknown" : "not-delivered" };
  }
};

function toDelivery(status: number): Delivery {
  if (status >= 200 && status < 300) return { kind: "accepted" };
  // Too slow, too many, or a fault over there. A redirect is none of ours: it names a receiver that nobody agreed to.
  return status >= 400 && status < 500 && status !== 408 && status !== 429
    ? { kind: "refused", status }
    : { kind: "not-delivered" };
}
