/** What an entry of the trail is about, in words: the trail keeps keys of ours, which mean nothing to who reads it. */
import { type Language, purposes, recipients, type Text } from "@cloud-code/policy";
import type { AuditDetail } from "../audit/tables.ts";
import { rightTitles } from "../requests/letters.ts";
import { redactionReasons } from "../requests/redaction.ts";
import { eventTitles } from "../requests/words.ts";
import { ticketWords } from "../support/ticket.tsx";
import { groundTitles, incidentEventTitles, words } from "./words.ts";

/**
 * The detail of an entry in words. Numbers of requests, names of tables and what has no words stay as they are, and of an id as much as
 * tells two apart.
 *
 * Example: `{ request: "R-ABCDEF", event: "begun" }` is "R-ABCDEF · Begun".
 */
export function describeDetail(detail: AuditDetail, language: Language): string {
  const entries = Object.entries(detail).toSorted(([a], [b]) => rankOf(a) - rankOf(b));
  const parts = entries.flatMap(([key, value]): readonly string[] => {
    if (typeof value === "boolean") return value ? [labelOf(key, language)] : [];
    if (typeof value === "number") return [`${labelOf(key, language)}: ${value}`];
    if (value === "") return [];
    if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(value)) return [value.slice(0, 8)];
    return [find(titlesOf(key, detail), value)?.[language] ?? value];
  });
  return parts.length === 0 ? "–" : parts.join(" · ");
}

// The database does not keep their order.
function rankOf(key: string): number {
  return ["request", "ticket", "incident", "hold", "recipient"].includes(key) ? 0 : 1;
}

type Titles = Readonly<Record<string, Text>>;

const pages: Titles = {
  requests: words.requests,
  holds: words.holds,
  transfers: words.transfers,
  disclosures: words.disclosures,
  trail: words.trail,
  consents: words.consents,
  tickets: words.tickets,
};

const labels: Titles = {
  rows: words.rows,
  held: words.held,
  people: words.people,
  drill: words.exercise,
};

function labelOf(key: string, language: Language): string {
  return find(labels, key)?.[language] ?? key;
}

function titlesOf(key: string, detail: AuditDetail): Titles {
  switch (key) {
    case "what":
      return pages;
    case "right":
      return rightTitles;
    case "event":
      if ("incident" in detail) return incidentEventTitles;
      return "ticket" in detail ? ticketWords : eventTitles;
    case "reason":
      return redactionReasons;
    case "recipient":
      return toTitles(recipients);
    case "to":
      return toTitles(purposes);
    case "mechanism":
      return groundTitles;
    case "endpoint":
      return { added: words.endpointAdded, removed: words.endpointRemoved };
    default:
      return {};
  }
}

function toTitles(named: Readonly<Record<string, { readonly title: Text }>>): Titles {
  return Object.fromEntries(Object.entries(named).map(([key, { title }]) => [key, title]));
}

function find(titles: Titles, key: string): Text | undefined {
  return Object.hasOwn(titles, key) ? titles[key] : undefined;
}
