import { expect, test } from "vitest";
import { Access } from "./access.ts";
import { Problem } from "./problem.ts";

function check(
  act: (access: Access, passMs: (durationMs: number) => void) => string,
  expected: string,
): void {
  let nowMs = 0;
  const access = new Access(() => nowMs);
  let result: string;
  try {
    const key = act(access, (durationMs) => (nowMs += durationMs));
    result = key === access.key ? "key" : "another key";
  } catch (error) {
    result = error instanceof Problem ? error.code : String(error);
  }
  expect(result).toBe(expected);
}

test("a ticket opens once, within two minutes, until a newer one is issued", () => {
  check((access) => access.redeem(access.issueTicket()), "key");
  check((access) => access.redeem("guess"), "used-ticket");
  check((access) => {
    access.issueTicket();
    return access.redeem("guess");
  }, "used-ticket");
  check((access) => {
    const ticket = access.issueTicket();
    access.redeem(ticket);
    return access.redeem(ticket);
  }, "used-ticket");
  check((access) => {
    const first = access.issueTicket();
    access.issueTicket();
    return access.redeem(first);
  }, "used-ticket");
  check((access, passMs) => {
    const ticket = access.issueTicket();
    passMs(120_000);
    return access.redeem(ticket);
  }, "key");
  check((access, passMs) => {
    const ticket = access.issueTicket();
    passMs(120_001);
    return access.redeem(ticket);
  }, "used-ticket");
});

test("every run has a key of its own", () => {
  expect(new Access().key).not.toBe(new Access().key);
  expect(new Access().key.length).toBeGreaterThanOrEqual(43);
});
