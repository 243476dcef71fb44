import { figures, inventory, purposes } from "@cloud-code/policy";
import type { ConnectionView, EgressView, PermitView } from "@cloud-code/panel/protocol";
import type { PastWeek, Standing } from "@cloud-code/telemetry";
import type { Locale } from "../errors.ts";
import type { ModelPermission, ModelRequest } from "../search/meaning.ts";

/** What a model may be asked, and was. */
export interface ModelUse {
  readonly permission: ModelPermission | undefined;
  /** The latest first. */
  readonly requests: readonly ModelRequest[];
}

/**
 * Where data went from this machine, as the panel shows it: weekly reports, whose copies are the record, and requests to an embedding model since the program
 * started. Nothing else in it opens a connection.
 */
export function toEgress(
  standing: Standing,
  weeks: readonly PastWeek[],
  models: ModelUse,
  locale: Locale,
): EgressView {
  return {
    permits: [...toReportPermit(standing, locale), ...toModelPermit(models.permission, locale)],
    connections: [
      ...models.requests.map((request) => toModelConnection(request, models, locale)),
      ...toReports(standing, weeks, locale),
    ],
  };
}

function toReportPermit({ mode, decision, choices }: Standing, locale: Locale): PermitView[] {
  const agreed = choices.findLast((choice) => choice.mode === "on");
  if (mode !== "on" || decision?.kind !== "granted" || agreed?.mode !== "on") return [];
  return [
    {
      destination: new URL(agreed.receiver).host,
      purpose: purposes["usage-statistics"].title[locale],
      items: Object.values(figures).map(({ title }) => title[locale]),
      since: toDay(agreed.atMs),
    },
  ];
}

function toReports(
  { choices }: Standing,
  weeks: readonly PastWeek[],
  locale: Locale,
): ConnectionView[] {
  const agreed = choices.findLast((choice) => choice.mode === "on");
  return weeks
    .filter(({ outcome }) => outcome === "sent" || outcome === "refused")
    .map(({ week, outcome, bytes = "" }) => ({
      destination: agreed?.mode === "on" ? new URL(agreed.receiver).host : "",
      purpose: purposes["usage-statistics"].title[locale],
      // No finer time is kept of a report than the week it is about.
      at: week,
      bytesSent: bytes.length,
      outcome: outcome === "sent" ? "sent" : "failed",
    }));
}

function toModelPermit(permission: ModelPermission | undefined, locale: Locale): PermitView[] {
  if (permission === undefined) return [];
  const { origin, purpose, items, sinceMs } = permission;
  return [
    {
      destination: new URL(origin).host,
      purpose: purposes[purpose].title[locale],
      items: items.map((item) => inventory[item].title[locale]),
      ...(sinceMs === undefined ? {} : { since: toDay(sinceMs) }),
    },
  ];
}

function toModelConnection(
  { origin, atMs, bytesSent, isAnswered }: ModelRequest,
  { permission }: ModelUse,
  locale: Locale,
): ConnectionView {
  return {
    destination: new URL(origin).host,
    purpose: purposes[permission?.purpose ?? "ask-chosen-model"].title[locale],
    at: new Date(atMs).toLocaleString(locale === "en" ? "en-GB" : "zh-CN"),
    bytesSent,
    outcome: isAnswered ? "sent" : "failed",
  };
}

function toDay(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
