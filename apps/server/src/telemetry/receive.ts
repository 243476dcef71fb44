import { products } from "@cloud-code/policy";
import { createReceiver } from "@cloud-code/telemetry";
import type { Services } from "../services.ts";
import { describeError } from "../log.ts";
import { UsageStore } from "./store.ts";

/** Takes weekly usage reports: adds each to the sums of its week and forgets it. No cookie, no session and no header is looked at. */
export function receiveReports({
  database,
  log,
  now,
}: Pick<Services, "database" | "log" | "now">): (request: Request) => Promise<Response> {
  return createReceiver({
    store: new UsageStore({ database }),
    isConsentValid: (version) => version === products.assistant.notice.version,
    now,
    failed: (error) => log.write({ event: "failed", route: "reports", ...describeError(error) }),
  });
}
