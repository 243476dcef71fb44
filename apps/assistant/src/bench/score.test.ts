import { describe, expect, it } from "vitest";
import { parseRow } from "./rows.ts";
import { scoreOutcomes, type Outcome } from "./score.ts";

const right = { text: " = 1;", probability: 0.8, parses: true };
const wrong = { text: " = 2;", probability: 0.6, parses: true };
const broken = { text: " = (;", probability: 0.1, parses: false };

describe("figures of a benchmark", () => {
  function check(shown: Outcome["shown"], expected: object): void {
    const { all } = scoreOutcomes([{ cut: "mid", gold: "= 1;", shown }]);
    expect(all).toMatchObject({ n: 1, ...expected });
  }

  it("count a right candidate by its rank, blanks normalized", () => {
    check([right, wrong], {
      "EM@1": 100,
      "EM@5": 100,
      MRR: 100,
      meanRank: 1,
      ES: 100,
      charsSaved: 4,
      shown: 100,
      precision: 100,
    });
    check([wrong, right], {
      "EM@1": 0,
      "EM@5": 100,
      MRR: 50,
      meanRank: 2,
      ES: 75,
      shown: 100,
      precision: 0,
    });
    check([wrong, wrong, wrong, wrong, wrong, right], { "EM@5": 0, MRR: 0 });
  });

  it("are nothing where nothing was shown", () => {
    check([], { "EM@1": 0, "EM@5": 0, ES: 0, shown: 0, precision: 0, validity: 0 });
  });

  it("tell how much of what was shown parses", () => {
    check([right, broken], { validity: 50 });
  });

  it("are kept apart by kind of cut", () => {
    const { all, kinds } = scoreOutcomes([
      { cut: "mid", gold: "= 1;", shown: [right] },
      { cut: "start", gold: "= 1;", shown: [wrong] },
    ]);
    expect([all["EM@1"], kinds.mid["EM@1"], kinds.start["EM@1"], kinds.partial.n]).toEqual([
      50, 100, 0, 0,
    ]);
  });
});

describe("rows of a benchmark", () => {
  const row = { path: "a.ts", line: 3, col: 4, kind: "mid", goldSha1: "0".repeat(40) };

  function check(change: object, expected: string): void {
    expect(parseRow(JSON.stringify({ ...row, ...change }))).toBe(expected);
  }

  it("are read, and what else they carry is ignored", () => {
    expect(parseRow(JSON.stringify({ ...row, lang: "x", goldTokens: 2 }))).toEqual({
      path: "a.ts",
      line: 3,
      column: 4,
      cut: "mid",
      goldSha1: "0".repeat(40),
    });
  });

  it("are refused by the field that is wrong", () => {
    check({ path: "../a.ts" }, "path");
    check({ line: 0 }, "line");
    check({ col: -1 }, "col");
    check({ kind: "end" }, "kind");
    check({ goldSha1: "abc" }, "goldSha1");
    check({ blob: 1 }, "blob");
    expect(parseRow("[")).toMatch(/JSON/u);
    expect(parseRow("1")).toBe("no object");
  });
});
