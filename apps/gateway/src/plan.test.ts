import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  afterNothing,
  afterOutcome,
  atDeparture,
  type Circuit,
  closedCircuit,
  decideNext,
  isPassable,
  isTargetFailure,
  maxRetryAfterMs,
  type NextStep,
  orderTargets,
  type Outcome,
  type Situation,
} from "./plan.ts";

const target = (
  name: string,
  weight = 1,
  available = true,
): { name: string; weight: number; available: boolean } => ({ name, weight, available });

describe("the order of targets", () => {
  it("is by tier, and by weight within one", () => {
    const tiers = [[target("a", 3), target("b", 1), target("c", 1, false)], [target("d")]];
    const first = { a: 0, b: 0 };
    for (let chance = 0; chance < 100; chance += 1) {
      const names = orderTargets(tiers, () => chance / 100).map(({ name }) => name);
      expect(names.toSorted()).toEqual(["a", "b", "d"]);
      expect(names.at(-1)).toBe("d");
      first[names[0] as "a" | "b"] += 1;
    }
    expect(first).toEqual({ a: 75, b: 25 });
  });
  it("names every available target once, whatever the chance", () => {
    const tier = fc.array(
      fc.record({ weight: fc.integer({ min: 0, max: 5 }), available: fc.boolean() }),
    );
    fc.assert(
      fc.property(
        fc.array(tier, { maxLength: 3 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (tiers, chance) => {
          const order = orderTargets(tiers, () => chance);
          const able = tiers.flat().filter((one) => one.available && one.weight > 0);
          expect(new Set(order).size).toBe(order.length);
          expect(order.length).toBe(able.length);
        },
      ),
    );
  });
});

const situation: Situation = {
  attempts: 1,
  maxAttempts: 3,
  answered: false,
  replayable: true,
  repeatable: true,
  another: false,
  renewals: 0,
  random: 0.5,
};
const answered = (status: number, retryAfterSeconds?: number): Outcome => ({
  kind: "answered",
  status,
  retryAfterSeconds,
});
const unreachable: Outcome = { kind: "unreachable" };
const broken: Outcome = { kind: "broken", timeout: false, stale: false };
const stale: Outcome = { kind: "broken", timeout: false, stale: true };
const timeout: Outcome = { kind: "broken", timeout: true, stale: false };
const stop: NextStep = { kind: "stop" };
const next: NextStep = { kind: "try", target: "next", delayMs: 0 };
const same = (delayMs: number): NextStep => ({ kind: "try", target: "same", delayMs });

describe("after an attempt", () => {
  const check = (outcome: Outcome, more: Partial<Situation>, expected: NextStep): void =>
    expect(decideNext(outcome, { ...situation, ...more })).toEqual(expected);
  it("another target is tried for the target's faults, never for the request's", () => {
    for (const outcome of [
      answered(401),
      answered(408),
      answered(429),
      answered(500),
      answered(529),
      unreachable,
      broken,
      timeout,
    ])
      check(outcome, { another: true }, next);
    for (const status of [200, 301, 400, 404, 409, 413, 422])
      check(answered(status), { another: true }, stop);
  });
  it("the same target is tried again after a pause that doubles, or that it named", () => {
    check(answered(503), {}, same(200));
    check(answered(503), { attempts: 2 }, same(400));
    check(answered(429, 2), {}, same(2000));
    check(answered(429, 6), {}, stop);
    check(answered(401), {}, stop);
    check(timeout, {}, stop);
    check(unreachable, {}, same(200));
  });
  it("nothing is repeated once a byte was answered, attempts are used up, or the body is gone", () => {
    check(answered(503), { answered: true, another: true }, stop);
    check(answered(503), { attempts: 3, another: true }, stop);
    check(answered(503), { replayable: false, another: true }, stop);
    check(unreachable, { replayable: false, another: true }, next);
  });
  it("what may have been processed is repeated only when that does no harm", () => {
    check(broken, { repeatable: false, another: true }, stop);
    check(unreachable, { repeatable: false, another: true }, next);
    check(answered(429), { repeatable: false, another: true }, next);
  });
  it("connections that had ended are replaced at the same target, at once, a few times", () => {
    check(stale, { another: true }, same(0));
    check(stale, { another: true, attempts: 3 }, same(0));
    check(stale, { another: true, renewals: 2 }, same(0));
    check(stale, { another: true, renewals: 3 }, next);
    check(stale, { another: true, renewals: 3, attempts: 3 }, stop);
    check(stale, { repeatable: false }, stop);
    check(stale, { replayable: false }, stop);
    check(stale, { answered: true }, stop);
  });
  it("holds for every situation: never after the first byte, never beyond the attempts, never longer than five seconds", () => {
    const anyOutcome = fc.oneof(
      fc.constantFrom(unreachable, broken, stale, timeout),
      fc.record({
        kind: fc.constant("answered" as const),
        status: fc.integer({ min: 200, max: 599 }),
        retryAfterSeconds: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
      }),
    );
    const anySituation = fc.record({
      attempts: fc.integer({ min: 1, max: 5 }),
      maxAttempts: fc.integer({ min: 1, max: 5 }),
      answered: fc.boolean(),
      replayable: fc.boolean(),
      repeatable: fc.boolean(),
      another: fc.boolean(),
      renewals: fc.integer({ min: 0, max: 4 }),
      random: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(anyOutcome, anySituation, (outcome, one) => {
        const step = decideNext(outcome, one);
        const renewable = outcome === stale && one.renewals < 3;
        if (one.answered || (one.attempts >= one.maxAttempts && !renewable))
          expect(step).toEqual(stop);
        if (step.kind === "try") expect(step.delayMs).toBeLessThanOrEqual(maxRetryAfterMs);
        if (step.kind === "try" && step.target === "next") expect(one.another).toBe(true);
      }),
    );
  });
});

describe("a circuit", () => {
  const rule = { failures: 3, openMs: 1000, maxOpenMs: 4000 };
  const fail = (circuit: Circuit, nowMs: number): Circuit =>
    afterOutcome(circuit, false, rule, nowMs);
  it("opens after failures in a row, lets one request try, and closes or rests twice as long", () => {
    let circuit = fail(fail(closedCircuit, 0), 0);
    expect(isPassable(circuit, 0)).toBe(true);
    circuit = fail(circuit, 10);
    expect([isPassable(circuit, 10), isPassable(circuit, 1009), isPassable(circuit, 1010)]).toEqual(
      [false, false, true],
    );
    const probing = atDeparture(circuit, 1010);
    expect([isPassable(probing, 1010), isPassable(probing, 61_010)]).toEqual([false, true]);
    expect(afterOutcome(probing, true, rule, 1020)).toEqual(closedCircuit);
    circuit = fail(probing, 1020);
    expect([isPassable(circuit, 3019), isPassable(circuit, 3020)]).toEqual([false, true]);
    for (let turn = 0; turn < 5; turn += 1)
      circuit = fail(atDeparture(circuit, circuit.openUntilMs), circuit.openUntilMs);
    expect(fail(atDeparture(circuit, 1), 1).openUntilMs).toBe(4001);
  });
  it("rests once for all the requests that fail together, however many they are", () => {
    let circuit = closedCircuit;
    for (let count = 0; count < 50; count += 1) circuit = fail(circuit, count);
    expect(circuit).toMatchObject({ openUntilMs: 1002, openings: 1 });
  });
  it("lets the next request try it when the one that tried left", () => {
    const resting = fail(fail(fail(closedCircuit, 0), 0), 0);
    const probing = atDeparture(resting, 1000);
    expect(isPassable(probing, 1001)).toBe(false);
    expect(isPassable(afterNothing(probing), 1001)).toBe(true);
    expect(afterNothing(closedCircuit)).toBe(closedCircuit);
  });
  it("is not opened by success in between, nor by limits and refused requests", () => {
    const circuit = afterOutcome(fail(fail(closedCircuit, 0), 0), true, rule, 0);
    expect(circuit).toEqual(closedCircuit);
    expect(
      [
        answered(429),
        answered(400),
        answered(200),
        answered(503),
        answered(401),
        unreachable,
        timeout,
      ].map(isTargetFailure),
    ).toEqual([false, false, false, true, true, true, true]);
  });
});
