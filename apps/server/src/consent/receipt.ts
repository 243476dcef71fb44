import type { ItemKey, Operator, PurposeKey, Region } from "@cloud-code/policy";
import {
  describeRetention,
  inventory,
  itemsOfPurpose,
  purposes,
  recipients,
} from "@cloud-code/policy";
import type { ChainedEntry } from "./chain.ts";

/** What a receipt is made of besides the answers. */
export interface ReceiptContext {
  readonly operator: Operator;
  /** Scheme and host of the service, so that the receipt says where it came from. */
  readonly origin: string;
  readonly issuedMs: number;
  readonly region: Region | undefined;
}

/**
 * Writes a consent receipt: ISO/IEC TS 27560:2023 in the DPV profile, as JSON-LD (https://w3id.org/dpv/guides/consent-27560). A
 * receipt covers one purpose: the last answer and, as events, everything answered before.
 */
export function toReceipt(
  history: readonly ChainedEntry[],
  purpose: PurposeKey,
  { operator, origin, issuedMs }: ReceiptContext,
): Readonly<Record<string, unknown>> | undefined {
  const events = history.filter((entry) => entry.purpose === purpose);
  const last = events.at(-1);
  if (last === undefined) return undefined;
  const items = itemsOfPurpose(purpose).filter((key) => inventory[key].product === "service");
  return {
    "@context": {
      dpv: "https://w3id.org/dpv#",
      dct: "http://purl.org/dc/terms/",
      xsd: "http://www.w3.org/2001/XMLSchema#",
      cc: `${origin}/privacy#`,
    },
    "@id": `urn:cloud-code:receipt:${last.hash}`,
    "@type": "dpv:ConsentReceipt",
    "dct:conformsTo": "https://w3id.org/dpv/schema/dpv-27560#receipt-eu-gdpr",
    "dct:identifier": last.hash,
    "dct:issued": toTime(issuedMs),
    "dct:publisher": operator.name[last.language],
    "dct:hasPart": {
      "@type": "dpv:ConsentRecord",
      "dct:identifier": `${last.pseudonym}:${last.number}`,
      "dpv:hasDataSubject": { "@type": "dpv:DataSubject", "dct:identifier": last.pseudonym },
      "dpv:hasDataController": {
        "@type": "dpv:DataController",
        "dpv:hasName": operator.name[last.language],
        "dpv:hasContact": operator.contactUrl ?? operator.contact[last.language],
      },
      "dpv:hasNotice": {
        "@type": "dpv:PrivacyNotice",
        "@id": `${origin}/privacy/archive/${last.noticeId}`,
        "dct:identifier": last.noticeId,
      },
      "dpv:hasProcess": {
        "@type": "dpv:Process",
        "dpv:hasPurpose": {
          "@id": `cc:${purpose}`,
          "dct:title": purposes[purpose].title[last.language],
          "dct:description": purposes[purpose].description[last.language],
        },
        "dpv:hasLegalBasis":
          last.kind === "separate-consent" ? "dpv:ExplicitlyExpressedConsent" : "dpv:Consent",
        "dpv:hasPersonalData": items.map((key) => describeItem(key, last.language)),
        "dpv:hasRecipient": [...new Set(items.flatMap(recipientsOf))].map((key) => ({
          "@id": `cc:${key}`,
          "dct:title": recipients[key].title[last.language],
        })),
      },
      "dpv:hasConsentStatus": statuses[last.answer],
      "dpv:isExercisedAt": `${origin}/privacy/center`,
      "cc:withdrawAt": `${origin}/privacy/center#${purpose}`,
      "cc:events": events.map((entry) => ({
        "@type": "dpv:ConsentStatus",
        "dpv:hasConsentStatus": statuses[entry.answer],
        "dct:date": toTime(entry.atMs),
        "cc:question": entry.question,
        "dct:language": entry.language,
        "cc:notice": entry.noticeId,
        "cc:screen": entry.screen,
        "cc:globalPrivacyControl": entry.signal,
        "cc:ledgerNumber": entry.number,
        "cc:ledgerHash": entry.hash,
        "cc:ledgerPreviousHash": entry.previousHash,
      })),
    },
  };
}

const statuses = {
  given: "dpv:ConsentGiven",
  refused: "dpv:ConsentRefused",
  withdrawn: "dpv:ConsentWithdrawn",
} as const;

function describeItem(key: ItemKey, language: "en" | "zh"): Readonly<Record<string, unknown>> {
  const item = inventory[key];
  if (item.state === "refused") throw new Error(`${key} is refused and has a purpose.`);
  return {
    "@id": `cc:${key}`,
    "dct:title": item.title[language],
    "cc:category": item.category,
    "dpv:hasStorageCondition": describeRetention(item.retention)[language],
  };
}

function recipientsOf(key: ItemKey): readonly (keyof typeof recipients)[] {
  const item = inventory[key];
  return item.state === "refused" ? [] : item.recipients;
}

function toTime(atMs: number): string {
  return new Date(atMs).toISOString();
}
