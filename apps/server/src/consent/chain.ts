import { createHash } from "node:crypto";
import type { PurposeKey } from "@cloud-code/policy";
import type { ChainGap } from "../audit/gaps.ts";

/** The answers a person can give. */
export type Answer = "given" | "refused" | "withdrawn";

/** Whether a word from a form is an answer. */
export function isAnswer(value: string): value is Answer {
  return value === "given" || value === "refused" || value === "withdrawn";
}

/** One row of the ledger without its hashes. */
export interface ConsentEntry {
  readonly number: number;
  /** Stands for the person; what links the two is kept elsewhere and can be erased. */
  readonly pseudonym: string;
  readonly purpose: string;
  readonly answer: Answer;
  readonly kind: "consent" | "separate-consent";
  /** The release of the notice that was on the screen. */
  readonly noticeId: string;
  readonly question: string;
  readonly language: "en" | "zh";
  readonly screen: string;
  readonly signal: boolean;
  readonly atMs: number;
}

/** A question as it was put to a person, and where. */
export interface AskedAnswer extends Pick<
  ConsentEntry,
  "kind" | "question" | "language" | "screen" | "signal"
> {
  readonly purpose: PurposeKey;
}

/** A row of the ledger as it is stored. */
export interface ChainedEntry extends ConsentEntry {
  readonly previousHash: string;
  readonly hash: string;
}

/** Whether a ledger is as it was written; if not, the first row that shows it and how. */
export type ChainCheck =
  | { readonly kind: "intact"; readonly entries: number; readonly lastHash: string }
  /** `altered`: the row's content is not what was hashed; `missing`: rows before it were taken out, put in or moved. */
  | {
      readonly kind: "broken";
      readonly number: number;
      readonly because: "altered" | "missing";
    };

/** What the first row has in place of a predecessor's hash. */
export const chainStart: string = "0".repeat(64);

/** Links an entry to the row before it. Each hash covers the content and the hash before, so one change breaks all that follows. */
export function chain(previousHash: string, entry: ConsentEntry): ChainedEntry {
  return { ...entry, previousHash, hash: hashOf(previousHash, entry) };
}

/**
 * Walks a ledger in the order of its numbers and names the first row that does not fit. `expected` is an anchor noted elsewhere: a
 * ledger that was cut at its end is only seen by comparing with one. `gaps` are the rows that expired (`../audit/gaps.ts`).
 */
export function verifyChain(
  rows: readonly ChainedEntry[],
  expected?: { readonly entries: number; readonly lastHash: string },
  gaps: ReadonlyMap<number, ChainGap> = new Map(),
): ChainCheck {
  let previous = chainStart;
  let number = 0;
  for (const row of rows) {
    for (let gap = gaps.get(number + 1); gap !== undefined; gap = gaps.get(number + 1)) {
      number = gap.last;
      previous = gap.hash;
    }
    number += 1;
    if (row.number !== number || row.previousHash !== previous) {
      return { kind: "broken", number: row.number, because: "missing" };
    }
    if (row.hash !== hashOf(previous, row)) {
      return { kind: "broken", number: row.number, because: "altered" };
    }
    previous = row.hash;
  }
  if (expected !== undefined && rows[expected.entries - 1]?.hash !== expected.lastHash) {
    if (expected.entries > 0) {
      return {
        kind: "broken",
        number: Math.min(expected.entries, rows.length + 1),
        because: "missing",
      };
    }
  }
  return { kind: "intact", entries: rows.length, lastHash: previous };
}

/** The fields in an order of their own, so that neither the database's nor an object's order matters. */
function hashOf(previousHash: string, entry: ConsentEntry): string {
  const {
    number,
    pseudonym,
    purpose,
    answer,
    kind,
    noticeId,
    question,
    language,
    screen,
    signal,
    atMs,
  } = entry;
  const fields = [
    previousHash,
    number,
    pseudonym,
    purpose,
    answer,
    kind,
    noticeId,
    question,
    language,
    screen,
    signal,
    atMs,
  ];
  return createHash("sha256").update(JSON.stringify(fields)).digest("hex");
}
