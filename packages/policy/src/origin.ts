/** The parts of a web origin that a decision looks at. */
export interface Origin {
  readonly encrypted: boolean;
  /** The host without its port; an IPv6 address keeps its brackets. */
  readonly host: string;
  readonly loopback: boolean;
}

const shape = /^(https|http|wss|ws):\/\/(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?$/;
const loopbackHost = /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])$/;

/**
 * Parses an origin exactly as `new URL(address).origin` prints it, or answers undefined. Nothing is guessed: user names, paths,
 * upper case and abbreviated addresses are for the platform's URL parser to straighten out before, because two parsers that
 * disagree about a host are how a request ends up elsewhere than it was allowed to.
 */
export function parseOrigin(text: string): Origin | undefined {
  const match = shape.exec(text);
  if (match === null) return undefined;
  const [, scheme = "", host = ""] = match;
  return {
    encrypted: scheme === "https" || scheme === "wss",
    host,
    loopback: loopbackHost.test(host),
  };
}

/** Whether an origin, as `new URL(address).origin` prints it, is this computer itself. */
export function isLoopback(origin: string): boolean {
  return parseOrigin(origin)?.loopback ?? false;
}
