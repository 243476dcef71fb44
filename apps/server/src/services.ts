import type { Operator } from "@cloud-code/policy";
import type { Database } from "./database/database.ts";

/** What whoever runs the service has decided. */
export interface Config {
  /** Scheme, host and port under which people reach the service, `https://code.example.com`. */
  readonly origin: string;
  /** How many proxies of our own stand in front; their entries in `X-Forwarded-For` are believed, counted from the right. */
  readonly trustedProxies: number;
  /** Who answers for the data; printed in the notices. */
  readonly operator: Operator;
  /** At least 32 random bytes, base64url; keys of tokens and pseudonyms are derived from it. */
  readonly secret: string;
}

/** The parts of the running service. A capability's `routes` takes the two or three it needs. */
export interface Services {
  readonly config: Config;
  readonly database: Database;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
