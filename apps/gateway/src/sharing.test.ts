import { describe, expect, it } from "vitest";
import { type Ledger, MemoryLedger } from "./ledger.ts";
import { Allowance, type LimitSettings } from "./limits.ts";
import { Sharing } from "./sharing.ts";

const never = 2 ** 30;

/** A process with one consumer. */
function join(
  ledger: Ledger,
  limits: LimitSettings,
): { allowance: Allowance; sharing: Sharing; told: boolean[] } {
  const allowance = new Allowance();
  allowance.configure(limits, 1, Date.now());
  const told: boolean[] = [];
  const sharing = new Sharing(
    ledger,
    new Map([["alice", allowance]]),
    (failing) => told.push(failing),
    never,
  );
  return { allowance, sharing, told };
}

function use(allowance: Allowance, requests: number, tokens = 0): number {
  let taken = 0;
  for (let count = 0; count < requests; count += 1) {
    if (allowance.begin(Date.now()) > 0) continue;
    allowance.end(tokens, Date.now());
    taken += 1;
  }
  return taken;
}

describe("limits of several processes", () => {
  it("are one limit once they have told each other", async () => {
    const ledger = new MemoryLedger();
    const one = join(ledger, { requestsPerMinute: 10 });
    const other = join(ledger, { requestsPerMinute: 10 });
    for (const { sharing } of [one, other, one, other]) await sharing.exchange();
    expect(use(one.allowance, 7)).toBe(7);
    await one.sharing.exchange();
    await other.sharing.exchange();
    expect(use(other.allowance, 10)).toBe(3);
    await other.sharing.exchange();
    await one.sharing.exchange();
    expect(use(one.allowance, 10)).toBe(0);
  });
  it("count tokens the same way, and nothing that is not limited", async () => {
    const ledger = new MemoryLedger();
    const one = join(ledger, { tokensPerMinute: 100 });
    const other = join(ledger, { tokensPerMinute: 100 });
    for (const { sharing } of [one, other]) await sharing.exchange();
    use(one.allowance, 1, 150);
    for (const { sharing } of [one, other]) await sharing.exchange();
    expect(other.allowance.begin(Date.now())).toBeGreaterThan(0);
    expect(await ledger.add([["alice:requests", 0]])).toEqual([0]);
  });
  it("go on alone when the ledger is lost, and tell it later what was used", async () => {
    const ledger = new MemoryLedger();
    let lost = false;
    const shaky: Ledger = {
      add: (amounts) => (lost ? Promise.reject(new Error("lost")) : ledger.add(amounts)),
      close: () => undefined,
    };
    const { allowance, sharing, told } = join(shaky, { requestsPerMinute: 10 });
    await sharing.exchange();
    lost = true;
    expect(use(allowance, 4)).toBe(4);
    await sharing.exchange();
    await sharing.exchange();
    expect(told).toEqual([true]);
    expect(use(allowance, 10)).toBe(6);
    lost = false;
    await sharing.exchange();
    expect([told, await ledger.add([["alice:requests", 0]])]).toEqual([[true, false], [10]]);
  });
  it("survive a counter that begins anew", async () => {
    const ledger = new MemoryLedger();
    const { allowance, sharing } = join(ledger, { requestsPerMinute: 10 });
    await sharing.exchange();
    use(allowance, 5);
    await sharing.exchange();
    ledger.close();
    await ledger.add([["alice:requests", 3]]);
    await sharing.exchange();
    expect(use(allowance, 10)).toBe(2);
  });
  it("take a minute's worth at most from one exchange", async () => {
    const ledger = new MemoryLedger();
    const { allowance, sharing } = join(ledger, { requestsPerMinute: 60 });
    await sharing.exchange();
    await ledger.add([["alice:requests", 1_000_000]]);
    await sharing.exchange();
    expect(allowance.begin(Date.now())).toBeLessThanOrEqual(1000);
  });
});
