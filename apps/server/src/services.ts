import type { Operator } from "@cloud-code/policy";
import type { Accounts } from "./accounts/port.ts";
import type { Database } from "./database/database.ts";
import type { Limits } from "./limits.ts";
import type { Log } from "./log.ts";
import type { Mail } from "./mail/mail.ts";
import type { NoticeStore } from "./notices/store.ts";

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
  /** Cookies that are not necessary and that people are asked about; none by default, and then there is no banner. */
  readonly optionalCookies?: readonly "display"[];
}

/** The parts of the running service. A capability's `routes` takes the two or three it needs. */
export interface Services {
  readonly config: Config;
  readonly database: Database;
  readonly accounts: Accounts;
  readonly mail: Mail;
  readonly log: Log;
  readonly limits: Limits;
  readonly notices: NoticeStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
