/**
 * The weekly report, built by the sender and parsed by the receiver.
 *
 * 123 triggers and 7 acceptances in week 47 become
 *
 *     {"schemaVersion":1,"consentVersion":1,"week":"2026-W47","triggers":120,"accepts":7,…}
 *
 * Invariant: for given values there is exactly one text, and the receiver takes no other. So no blank, order of names, notation of a
 * number or repeated name can carry a message, and what the person read is what is sent.
 */
import { type CounterKey } from "@cloud-code/policy";
import { counterKeys, type Counts, isCount } from "./counts.ts";
import { startOf, type Week } from "./week.ts";

/** The format below. Raised when a name or the meaning of a number changes. */
export const schemaVersion = 1;

/** A week with fewer triggers is not sent: few numbers would tell one person's week apart. */
export const minTriggers = 20;

/** No report is longer, in bytes. */
export const maxReportBytes = 1_024;

/** What a report says. */
export interface Report {
  /** The version of the notice that the person agreed to. */
  readonly consentVersion: number;
  readonly week: Week;
  /** Rounded to two significant digits. */
  readonly counts: Counts;
}

/** Why a text is no report. */
export type ReportFault =
  | "not-json"
  | "not-an-object"
  | "unknown-field"
  | "missing-field"
  | "schema-version"
  | "consent-version"
  | "week"
  | "count"
  | "not-rounded"
  | "too-few-triggers"
  | "not-canonical";

/** What parsing gives; `field` names where the fault is. */
export type ParsedReport =
  | { readonly kind: "report"; readonly report: Report }
  | { readonly kind: "refused"; readonly because: ReportFault; readonly field?: string };

/** Rounds to two significant digits, half up: 1,250 to 1,300; below 100 every number stays. No round number exceeds a counter's limit. */
export function roundCount(count: number): number {
  const unit = 10 ** Math.max(0, String(count).length - 2);
  return Math.round(count / unit) * unit;
}

/** The text of a report, ASCII. Numbers are rounded here; whether the week has `minTriggers` is for the sender to ask before. */
export function buildReport({ consentVersion, week, counts }: Report): string {
  const rounded = counterKeys.map((key) => [key, roundCount(counts[key])]);
  return JSON.stringify({
    schemaVersion,
    consentVersion,
    week,
    ...(Object.fromEntries(rounded) as Counts),
  });
}

/** Reads a report; whatever `buildReport` would not have written is refused. */
export function parseReport(text: string): ParsedReport {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text; the fault's name says enough.
    return { kind: "refused", because: "not-json" };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { kind: "refused", because: "not-an-object" };
  }
  const fields = value as Record<string, unknown>;
  const fault = findFault(fields);
  if (fault !== undefined) return { kind: "refused", ...fault };
  const counts = Object.fromEntries(counterKeys.map((key) => [key, fields[key]])) as Counts;
  const report: Report = {
    consentVersion: fields["consentVersion"] as number,
    week: fields["week"] as Week,
    counts,
  };
  return buildReport(report) === text
    ? { kind: "report", report }
    : { kind: "refused", because: "not-canonical" };
}

const names: readonly string[] = ["schemaVersion", "consentVersion", "week", ...counterKeys];
const maxVersion = 999;

function findFault(
  fields: Record<string, unknown>,
): { readonly because: ReportFault; readonly field?: string } | undefined {
  // A foreign name is not repeated in the answer: it may be the message.
  if (Object.keys(fields).some((name) => !names.includes(name)))
    return { because: "unknown-field" };
  const missing = names.find((name) => !Object.hasOwn(fields, name));
  if (missing !== undefined) return { because: "missing-field", field: missing };
  const { consentVersion, week } = fields;
  if (fields["schemaVersion"] !== schemaVersion)
    return { because: "schema-version", field: "schemaVersion" };
  const isVersion =
    Number.isInteger(consentVersion) &&
    Number(consentVersion) >= 1 &&
    Number(consentVersion) <= maxVersion;
  if (!isVersion) return { because: "consent-version", field: "consentVersion" };
  if (typeof week !== "string" || startOf(week) === undefined)
    return { because: "week", field: "week" };
  for (const key of counterKeys) {
    const because = judgeCount(key, fields[key]);
    if (because !== undefined) return { because, field: key };
  }
  return Number(fields["triggers"]) < minTriggers
    ? { because: "too-few-triggers", field: "triggers" }
    : undefined;
}

function judgeCount(key: CounterKey, value: unknown): ReportFault | undefined {
  if (!isCount(key, value)) return "count";
  return roundCount(value) === value ? undefined : "not-rounded";
}
