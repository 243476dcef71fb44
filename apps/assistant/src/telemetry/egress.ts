import { figures, purposes } from "@cloud-code/policy";
import type { EgressView } from "@cloud-code/panel/protocol";
import type { PastWeek, Standing } from "@cloud-code/telemetry";
import type { Locale } from "../errors.ts";

/**
 * Where data went from this machine, as the panel shows it. Weekly reports are all that this program can send: nothing else in it opens a
 * connection. The copies that are kept are the record.
 */
export function toEgress(
  { mode, decision, choices }: Standing,
  weeks: readonly PastWeek[],
  locale: Locale,
): EgressView {
  const agreed = choices.findLast((choice) => choice.mode === "on");
  const destination = agreed?.mode === "on" ? new URL(agreed.receiver).host : "";
  const purpose = purposes["usage-statistics"].title[locale];
  const isPermitted = mode === "on" && decision?.kind === "granted";
  return {
    permits: isPermitted
      ? [
          {
            destination,
            purpose,
            items: Object.values(figures).map(({ title }) => title[locale]),
            since: new Date(agreed?.atMs ?? 0).toISOString().slice(0, 10),
          },
        ]
      : [],
    connections: weeks
      .filter(({ outcome }) => outcome === "sent" || outcome === "refused")
      .map(({ week, outcome, bytes = "" }) => ({
        destination,
        purpose,
        // No finer time is kept of a report than the week it is about.
        at: week,
        bytesSent: bytes.length,
        outcome: outcome === "sent" ? "sent" : "failed",
      })),
  };
}
