import type { UsageEvent } from "@cloud-code/telemetry";
import { describe, expect, it } from "vitest";
import type { Answer } from "../session.ts";
import { countAnswer } from "./counter.ts";
import { parseSearchUse, parseUse } from "./use.ts";

const candidate = {
  text: "x",
  probability: 1,
  rank: 1,
  source: "file",
  replace: { start: 0, end: 0 },
} as const;

describe("[A5] an answer", () => {
  it("counts as a trigger when the engine was asked, and as a response when there is a candidate", () => {
    const check = (answer: Omit<Answer, "latencyMs">, expected: readonly UsageEvent[]): void => {
      const counted: UsageEvent[] = [];
      const counter = { count: (event: UsageEvent): void => void counted.push(event) };
      countAnswer(counter, { ...answer, latencyMs: 3 }, 8);
      expect(counted).toEqual(expected);
    };
    const trigger: UsageEvent = { kind: "trigger" };
    check({ candidates: [candidate] }, [trigger, { kind: "response", milliseconds: 8 }]);
    for (const why of ["no-evidence", "inside-comment", "cancelled", "indexing"] as const)
      check({ candidates: [], why }, [trigger]);
    for (const why of ["refused-file", "unsupported-language", "file-too-large"] as const)
      check({ candidates: [], why }, []);
  });
});

describe("[A5] a deed", () => {
  it("is one of five, and carries no text", () => {
    const check = (value: unknown, expected: UsageEvent | undefined): void =>
      expect([value, parseUse(value)]).toEqual([value, expected]);
    check({ kind: "click" }, { kind: "snippet-click" });
    check({ kind: "page-turn", query: "secret" }, { kind: "page-turn" });
    check({ kind: "adopt", rank: 11 }, { kind: "search-accept", rank: 11 });
    check({ kind: "accept", rank: 1, characters: 4 }, { kind: "accept", rank: 1, characters: 4 });
    for (const nonsense of [
      undefined,
      null,
      7,
      "click",
      {},
      { kind: "adopt" },
      { kind: "adopt", rank: 1.5 },
    ])
      check(nonsense, undefined);
    check({ kind: "accept", rank: 1 }, undefined);
    expect(parseSearchUse({ kind: "accept", rank: 1, characters: 4 })).toBeUndefined();
  });
});
