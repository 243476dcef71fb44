import { products } from "@cloud-code/policy";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Choice } from "./choice.ts";
import { askPermission, isAnswered, isForbidden, isNo, type Signals } from "./permission.ts";

const receiver = "https://statistics.example";
const { version } = products.assistant.notice;
const yes: Choice = { mode: "on", receiver, noticeVersion: version, atMs: 1_000 };
const signals: Signals = {
  editorTelemetry: true,
  doNotTrack: false,
  organisation: { forbiddenPurposes: [], allowedOrigins: [receiver] },
};

describe("[A8] permission to send", () => {
  it("is granted for what arose after a yes, and refused for each single reason", () => {
    const check = (
      expected: string,
      choices: readonly Choice[],
      change: Partial<Signals> = {},
      sinceMs = 1_000,
    ): void => {
      const decision = askPermission(choices, { ...signals, ...change }, sinceMs, 2_000);
      expect(decision?.kind === "denied" ? decision.because : decision?.kind).toBe(expected);
    };
    check("granted", [yes]);
    check("collected-before-consent", [yes], {}, 999);
    check("editor-forbids", [yes], { editorTelemetry: false });
    check("editor-forbids", [yes], { editorTelemetry: undefined });
    check("do-not-track", [yes], { doNotTrack: true });
    const organisation = (
      forbiddenPurposes: "usage-statistics"[],
      allowedOrigins: string[],
    ): Signals => ({ ...signals, organisation: { forbiddenPurposes, allowedOrigins } });
    check("granted", [yes], { receiver });
    const elsewhere = { receiver: "https://other.example" };
    check("consent-missing", [yes], {
      ...elsewhere,
      organisation: { forbiddenPurposes: [], allowedOrigins: "any" },
    });
    check("organisation-forbids", [yes], elsewhere);
    check("organisation-forbids", [yes], organisation([], []));
    check("organisation-forbids", [yes], organisation([], ["https://other.example"]));
    check("organisation-forbids", [yes], organisation(["usage-statistics"], [receiver]));
    check("notice-not-shown", [{ ...yes, noticeVersion: version - 1 }]);
    check("consent-missing", [{ ...yes, atMs: 3_000 }], {}, 3_000);
    check("not-encrypted", [{ ...yes, receiver: "http://statistics.example" }], {
      organisation: { forbiddenPurposes: [], allowedOrigins: "any" },
    });
  });

  it("is not even asked for unless the latest answer is a yes", () => {
    for (const choices of [
      [],
      [yes, { mode: "local", atMs: 2 }],
      [yes, { mode: "off", atMs: 2 }],
    ] as const)
      expect(askPermission(choices, signals, 2_000, 2_000)).toBeUndefined();
  });

  it("is never granted while anything speaks against it", () => {
    const anySignals: fc.Arbitrary<Signals> = fc.record({
      editorTelemetry: fc.constantFrom(true, false, undefined),
      doNotTrack: fc.boolean(),
      organisation: fc.record({
        forbiddenPurposes: fc.constantFrom([], ["usage-statistics" as const]),
        allowedOrigins: fc.constantFrom("any" as const, [receiver], []),
      }),
    });
    fc.assert(
      fc.property(anySignals, fc.nat(2_000), fc.nat(2_000), (drawn, atMs, sinceMs) => {
        const decision = askPermission([{ ...yes, atMs }], drawn, sinceMs, 2_000);
        const { organisation } = drawn;
        const isFree =
          drawn.editorTelemetry === true &&
          !drawn.doNotTrack &&
          !isForbidden(receiver, organisation, 2_000) &&
          sinceMs >= atMs;
        expect(decision?.kind === "granted").toBe(isFree);
      }),
    );
  });

  it("tells a no from an editor that says nothing", () => {
    const check = (editorTelemetry: boolean | undefined, expected: boolean): void => {
      const said = { ...signals, editorTelemetry };
      const decision = askPermission([yes], said, 2_000, 2_000);
      expect(decision !== undefined && isNo(decision, said)).toBe(expected);
    };
    check(true, false);
    check(false, true);
    check(undefined, false);
    const moved: Signals = {
      ...signals,
      receiver: "https://other.example",
      organisation: { forbiddenPurposes: [], allowedOrigins: "any" },
    };
    const decision = askPermission([yes], moved, 2_000, 2_000);
    expect(decision !== undefined && isNo(decision, moved)).toBe(false);
  });

  it("is asked for again when notice or receiver changed, and never after a no", () => {
    const check = (expected: boolean, choices: readonly Choice[], named?: string): void =>
      expect(isAnswered(choices, named)).toBe(expected);
    check(false, []);
    check(true, [yes], receiver);
    check(true, [yes]);
    check(false, [yes], "https://other.example");
    check(false, [{ ...yes, noticeVersion: version - 1 }], receiver);
    check(true, [{ mode: "off", atMs: 1 }], receiver);
    check(true, [yes, { mode: "local", atMs: 1 }], receiver);
  });
});
