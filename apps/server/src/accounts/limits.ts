/**
 * How often each way into an account may be tried. Per address, so that one guesser is slowed; per account and address, so that it is
 * slowed on one account; per account alone generously, so that a guesser cannot lock the owner out from elsewhere.
 */
import type { ServerContext } from "../environment.ts";
import type { Limit, Limits } from "../limits.ts";

const QUARTER_MS = 15 * 60 * 1000;
const HOUR_MS = 60 * 60 * 1000;

const rules = {
  "sign-in": {
    address: { max: 30, windowMs: QUARTER_MS },
    both: { max: 10, windowMs: QUARTER_MS },
    account: { max: 100, windowMs: HOUR_MS },
  },
  "sign-up": {
    address: { max: 20, windowMs: HOUR_MS },
    both: { max: 5, windowMs: HOUR_MS },
    account: { max: 5, windowMs: HOUR_MS },
  },
  reset: {
    address: { max: 20, windowMs: HOUR_MS },
    both: { max: 3, windowMs: HOUR_MS },
    account: { max: 5, windowMs: HOUR_MS },
  },
  code: {
    address: { max: 30, windowMs: QUARTER_MS },
    both: { max: 15, windowMs: QUARTER_MS },
    account: { max: 30, windowMs: HOUR_MS },
  },
} as const satisfies Record<string, Readonly<Record<"address" | "both" | "account", Limit>>>;

/** How long to wait before trying again, milliseconds; `undefined` when the try is allowed. */
export function takeTry(
  limits: Limits,
  context: ServerContext,
  way: keyof typeof rules,
  account: string,
): number | undefined {
  const rule = rules[way];
  const { address } = context.var;
  const name = account.trim().toLowerCase();
  const taken = [
    limits.take(rule.address, way, "address", address),
    limits.take(rule.both, way, "both", address, name),
    limits.take(rule.account, way, "account", name),
  ];
  const waits = taken.map((each) => (each.kind === "limited" ? each.retryAfterMs : 0));
  const waitMs = Math.max(...waits);
  return waitMs === 0 ? undefined : waitMs;
}
