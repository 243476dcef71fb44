import { EventParser, parseProviderError, type ProviderError } from "@cloud-code/models";

const errorBeginning =
  /^(?:id:[^\n]*\n|event:\s*error\r?\n|:[^\n]*\n|\r?\n)*data:\s*\{\s*"(?:error"|type"\s*:\s*"error")/;

/** Whether a stream begins with an error in place of its first event. */
export function startsWithError(piece: Buffer): boolean {
  // Almost every first event begins with an id or with choices; looking at 256 bytes decides.
  return errorBeginning.test(piece.toString("latin1", 0, 256));
}

/** What a stream's first event says went wrong. */
export function parseFirstEvent(raw: Buffer): ProviderError | undefined {
  const parser = new EventParser();
  const [first] = [...parser.push(raw), ...parser.end()];
  return first === undefined
    ? undefined
    : parseProviderError(parseCollected([Buffer.from(first.data)]));
}

/** The HTTP status an error inside a stream would have had; a good one was sent before it. */
export function statusInStream(error: ProviderError | undefined): number {
  const named = Number(error?.code);
  if (Number.isInteger(named) && named >= 400 && named < 600) return named;
  const code = `${error?.type ?? ""} ${error?.code ?? ""}`;
  if (/rate_?limit|throttl/i.test(code)) return 429;
  if (/invalid_request|inspection|InvalidParameter/i.test(code)) return 400;
  return 502;
}

/** The whole seconds that a Retry-After header says, as a number or as a date (RFC 9110, section 10.2.3); undefined when it says nothing. */
export function parseRetryAfter(header: string, nowMs: number): number | undefined {
  if (header === "") return undefined;
  const named = Number(header);
  const seconds = Number.isFinite(named) ? named : (Date.parse(header) - nowMs) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}

/** JSON that arrived in pieces, or undefined when it is none. */
export function parseCollected(pieces: readonly Buffer[]): unknown {
  try {
    return JSON.parse(Buffer.concat(pieces).toString("utf8"));
  } catch {
    // Not JSON: nothing is known of it.
    return undefined;
  }
}
