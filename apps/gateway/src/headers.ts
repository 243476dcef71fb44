/** What of a caller's headers goes on. Nothing that says who or where the caller is. */
export const passedRequestHeaders = [
  "content-type",
  "accept",
  "anthropic-version",
  "anthropic-beta",
  "openai-beta",
  "idempotency-key",
] as const;

/** The last two are OpenAI's and Anthropic's ways to tell their SDKs when to come back, and whether. */
const passedResponseHeaders = new Set([
  "content-type",
  "content-disposition",
  "retry-after",
  "retry-after-ms",
  "x-should-retry",
]);

function isPassed(name: string): boolean {
  return (
    passedResponseHeaders.has(name) ||
    name.startsWith("x-ratelimit-") ||
    name.startsWith("anthropic-ratelimit-")
  );
}

/** The headers of an answer that is passed on; `changed` says that its length is no longer the provider's. */
export function relayedHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  changed: boolean,
): Record<string, string> {
  const relayed: Record<string, string> = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value === undefined) continue;
    if (name === "content-length") {
      if (!changed) relayed[name] = headerText(value);
    } else if (name === "x-request-id" || name === "request-id") {
      // The provider's own number of the exchange, for questions to its support.
      relayed["x-upstream-request-id"] = headerText(value);
    } else if (isPassed(name)) relayed[name] = headerText(value);
  }
  return relayed;
}

/** Whether an answer is a stream of events. */
export function isEventStream(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): boolean {
  return headerText(headers["content-type"]).startsWith("text/event-stream");
}

/** A header's value as one text; empty when there is none. */
export function headerText(header: string | string[] | undefined): string {
  return header === undefined ? "" : Array.isArray(header) ? header.join(", ") : header;
}
