import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChainCheck, ChainedEntry, ConsentEntry } from "./chain.ts";
import { chain, chainStart, verifyChain } from "./chain.ts";

function entry(number: number): ConsentEntry {
  return {
    number,
    pseudonym: `p${number % 3}`,
    purpose: "recover-account",
    answer: number % 2 === 0 ? "withdrawn" : "given",
    kind: "consent",
    noticeId: "service-2.0-abcdef12",
    question: "May we?",
    language: "en",
    screen: "/privacy/center",
    signal: false,
    atMs: 1_000_000 + number,
  };
}

function ledger(length: number): ChainedEntry[] {
  const rows: ChainedEntry[] = [];
  for (let number = 1; number <= length; number++) {
    rows.push(chain(rows.at(-1)?.hash ?? chainStart, entry(number)));
  }
  return rows;
}

function check(rows: readonly ChainedEntry[], expected: Partial<ChainCheck>): void {
  expect(verifyChain(rows)).toMatchObject(expected);
}

test("[C8] an untouched ledger is intact", () => {
  check([], { kind: "intact", entries: 0 });
  check(ledger(5), { kind: "intact", entries: 5 });
});

test("[C8] whatever field of whatever row is changed, that row is named", () => {
  const changed: Partial<ConsentEntry>[] = [
    { pseudonym: "someone else" },
    { purpose: "support" },
    { answer: "refused" },
    { kind: "separate-consent" },
    { noticeId: "service-9.9-00000000" },
    { question: "May we not?" },
    { language: "zh" },
    { screen: "/elsewhere" },
    { signal: true },
    { atMs: 1 },
  ];
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9 }), fc.constantFrom(...changed), (index, change) => {
      const rows = ledger(10);
      const row = rows[index];
      if (row === undefined) throw new Error("no such row");
      rows[index] = { ...row, ...change };
      check(rows, { kind: "broken", number: index + 1, because: "altered" });
    }),
  );
});

test("[C8] a row that was taken out, swapped or hashed anew is noticed", () => {
  const [first, second, third, ...rest] = ledger(6);
  if (first === undefined || second === undefined || third === undefined) throw new Error("short");
  check([first, third, ...rest], { kind: "broken", number: 3, because: "missing" });
  check([second, first, third, ...rest], { kind: "broken", number: 2, because: "missing" });
  // Somebody who changes a row and computes its hash again is betrayed by the row after it.
  const forged = chain(first.hash, { ...second, answer: "given" });
  check([first, forged, third, ...rest], { kind: "broken", number: 3, because: "missing" });
});

test("[C8] a ledger that was cut at its end is noticed by an anchor noted elsewhere", () => {
  const rows = ledger(4);
  const whole = verifyChain(rows);
  if (whole.kind !== "intact") throw new Error("broken");
  expect(verifyChain(rows.slice(0, 3))).toMatchObject({ kind: "intact" });
  expect(verifyChain(rows.slice(0, 3), whole)).toEqual({
    kind: "broken",
    number: 4,
    because: "missing",
  });
  expect(verifyChain(rows, whole)).toEqual(whole);
});
