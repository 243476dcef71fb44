import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PolicyError } from "./errors.ts";
import { regionOfCountry } from "./regimes.ts";
import {
  adequate,
  assertTransferPermit,
  chinaFill,
  chinaTier,
  decideTransfer,
  TransferPermit,
  type Mechanism,
  type TransferGround,
  type TransferRefusal,
  type TransferRequest,
} from "./transfer.ts";

const nowMs = Date.parse("2026-11-22T10:00:00Z");
const letter: TransferRequest = {
  items: ["service.email"],
  purpose: "service-mail",
  from: "eu",
  to: { recipient: "mail-service", country: "SG" },
  mechanisms: [],
  counters: { people: 1, sensitivePeople: 0 },
  nowMs,
};
const clauses: Mechanism = {
  kind: "clauses",
  reference: "SCC-2",
  assessment: "TIA-2",
  signedMs: nowMs - 1,
  endsMs: undefined,
};
const passed: Mechanism = {
  kind: "security-assessment",
  reference: "CAC-1",
  signedMs: nowMs - 1,
  endsMs: nowMs + 1,
};
const consent: Mechanism = { kind: "separate-consent", recipient: "mail-service", atMs: nowMs };
const manyPeople = { people: 100_000, sensitivePeople: 0 };
const millions = { people: 1_000_000, sensitivePeople: 0 };

function check(change: Partial<TransferRequest>, expected: TransferGround | TransferRefusal): void {
  const answer = decideTransfer({ ...letter, ...change });
  expect(answer.kind === "granted" ? answer.permit.ground : answer.because).toBe(expected);
}

describe("[C13] a transfer", () => {
  test("stays inside a region without more ado", () => {
    check({ to: { recipient: "mail-service", country: "DE" } }, "same-region");
    check({ from: "cn", to: { recipient: "mail-service", country: "CN" } }, "same-region");
    check({ from: "uk", to: { recipient: "mail-service", country: "GB" } }, "same-region");
    check({ from: "other", fromCountry: "SG" }, "same-region");
    // "Other" is not one place.
    check({ from: "other" }, "mechanism-missing");
  });
  test("goes where the protection was found adequate", () => {
    check({ to: { recipient: "mail-service", country: "JP" } }, "adequacy");
    check({ to: { recipient: "mail-service", country: "GB" } }, "adequacy");
    check({ from: "uk", to: { recipient: "mail-service", country: "DE" } }, "adequacy");
    check({ to: { recipient: "mail-service", country: "US" } }, "mechanism-missing");
  });
  test("needs a mechanism that is in force elsewhere", () => {
    check({}, "mechanism-missing");
    check({ mechanisms: [clauses] }, "clauses");
    check({ mechanisms: [{ ...clauses, endsMs: nowMs }] }, "clauses-ended");
    check({ mechanisms: [{ ...clauses, signedMs: nowMs + 1 }] }, "clauses-ended");
    check({ mechanisms: [{ ...clauses, assessment: "" }] }, "clauses-ended");
    check({ mechanisms: [consent] }, "separate-consent");
    check({ mechanisms: [{ ...consent, recipient: "chosen-model" }] }, "mechanism-missing");
    check({ mechanisms: [{ ...consent, atMs: nowMs + 1 }] }, "mechanism-missing");
  });
  test("from China follows the number of people of the year", () => {
    check({ from: "cn" }, "exempt");
    check({ from: "cn", counters: { people: 99_999, sensitivePeople: 0 } }, "exempt");
    check({ from: "cn", counters: manyPeople }, "mechanism-missing");
    check({ from: "cn", counters: manyPeople, mechanisms: [clauses] }, "clauses");
    check({ from: "cn", counters: manyPeople, mechanisms: [passed] }, "security-assessment");
    check(
      { from: "cn", counters: manyPeople, mechanisms: [{ ...clauses, endsMs: nowMs }] },
      "clauses-ended",
    );
    check({ from: "cn", counters: { people: 1, sensitivePeople: 1 } }, "mechanism-missing");
    check({ from: "cn", counters: millions, mechanisms: [clauses] }, "security-assessment-needed");
    check(
      { from: "cn", counters: { people: 10_000, sensitivePeople: 10_000 }, mechanisms: [clauses] },
      "security-assessment-needed",
    );
    check({ from: "cn", counters: millions, mechanisms: [passed] }, "security-assessment");
    check(
      { from: "cn", counters: millions, mechanisms: [{ ...passed, endsMs: nowMs }] },
      "security-assessment-needed",
    );
  });
  test("from China needs a separate consent where a consent is the basis", () => {
    const model: Partial<TransferRequest> = {
      items: ["assistant.source-code"],
      purpose: "ask-chosen-model",
      from: "cn",
      to: { recipient: "chosen-model", country: "SG" },
    };
    check(model, "separate-consent-missing");
    check({ ...model, mechanisms: [{ ...consent, recipient: "chosen-model" }] }, "exempt");
  });
  test("of someone whose place is unknown is treated like the strictest", () => {
    check(
      { from: undefined, to: { recipient: "mail-service", country: "CN" }, counters: manyPeople },
      "mechanism-missing",
    );
  });
  test("of figures about nobody needs nothing", () => {
    check(
      {
        items: ["assistant.figures.triggers"],
        purpose: "usage-statistics",
        to: { recipient: "statistics-receiver", country: "US" },
      },
      "anonymous",
    );
  });
  test("to a recipient or for a purpose that is not declared is refused", () => {
    check({ items: ["service.phone"], mechanisms: [clauses] }, "recipient-not-declared");
    check(
      { purpose: "support", items: ["service.rights-requests"], mechanisms: [clauses] },
      "recipient-not-declared",
    );
    check({ items: ["service.nothing" as never], mechanisms: [clauses] }, "item-unknown");
    check({ items: ["service.network-adapter"], mechanisms: [clauses] }, "item-unknown");
    check(
      { to: { recipient: "chosen-model", country: "SG" }, mechanisms: [clauses] },
      "recipient-not-declared",
    );
  });
});

test("[C13] a permit is for its items, its recipient, its country and a minute", () => {
  const answer = decideTransfer({ ...letter, mechanisms: [clauses] });
  if (answer.kind !== "granted") throw new Error(answer.because);
  const { permit } = answer;
  const use = { items: letter.items, to: letter.to, nowMs };
  const refuse = (change: Partial<typeof use>, value: unknown = permit): void =>
    expect(() => assertTransferPermit(value as TransferPermit, { ...use, ...change })).toThrow(
      PolicyError,
    );
  expect(() => assertTransferPermit(permit, use)).not.toThrow();
  refuse({ items: ["service.phone"] });
  refuse({ to: { recipient: "mail-service", country: "US" } });
  refuse({ to: { recipient: "chosen-model", country: "SG" } });
  refuse({ nowMs: nowMs + 60_000 });
  refuse({ nowMs: nowMs - 1 });
  refuse({}, Object.assign({}, permit));
  refuse({}, structuredClone(permit));
  expect(() => new TransferPermit(Symbol("policy.transfer"), letter, "adequacy")).toThrow(
    PolicyError,
  );
});

test("[C13] more people never make a transfer from China easier, and no mechanism that is added makes it harder", () => {
  const tiers = ["exempt", "clauses", "security-assessment"];
  const count = fc.nat(2_000_000);
  fc.assert(
    fc.property(
      count,
      count,
      count,
      fc.subarray([clauses, passed, consent]),
      (people, sensitivePeople, more, mechanisms) => {
        const few = { people, sensitivePeople };
        const many = { people: people + more, sensitivePeople };
        expect(tiers.indexOf(chinaTier(many))).toBeGreaterThanOrEqual(
          tiers.indexOf(chinaTier(few)),
        );
        expect(chinaFill(few)).toBeGreaterThanOrEqual(0);
        expect(chinaFill(few)).toBeLessThanOrEqual(1);
        const request: TransferRequest = { ...letter, from: "cn", counters: many };
        const bare = decideTransfer({ ...request, mechanisms });
        const rich = decideTransfer({ ...request, mechanisms: [clauses, passed, consent] });
        if (bare.kind === "granted") expect(rich.kind).toBe("granted");
      },
    ),
  );
  for (const country of adequate.uk ?? []) expect(regionOfCountry(country)).not.toBe("uk");
});
