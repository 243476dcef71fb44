import { describe, expect, it } from "vitest";
import { measure } from "./measure.ts";

const judged = new Map([["q", new Map([["b", 1]])]]);

function check(ranking: readonly string[], expected: Readonly<Record<string, number>>): void {
  const found = measure(new Map([["q", ranking]]), judged);
  expect(found).toMatchObject(expected);
}

describe("measure", () => {
  it("gives the figures of a textbook", () => {
    check(["a", "b"], { "MRR@10": 0.5, "NDCG@10": 1 / Math.log2(3), "Recall@1": 0, "Recall@5": 1 });
    check(["b"], { "MRR@10": 1, "NDCG@10": 1, "Recall@1": 1 });
    check([...Array.from({ length: 10 }, (_, at) => String(at)), "b"], {
      "MRR@10": 0,
      "NDCG@10": 0,
      "Recall@10": 0,
      "Recall@100": 1,
    });
    check([], { "MRR@10": 0, "Recall@100": 0 });
  });
  it("counts only questions that have an answer", () => {
    expect(measure(new Map(), new Map([["q", new Map()]])).queries).toBe(0);
  });
  it("weighs better answers more", () => {
    const graded = new Map([
      [
        "q",
        new Map([
          ["a", 1],
          ["b", 2],
        ]),
      ],
    ]);
    const best = measure(new Map([["q", ["b", "a"]]]), graded)["NDCG@10"];
    const worse = measure(new Map([["q", ["a", "b"]]]), graded)["NDCG@10"];
    expect(best).toBe(1);
    expect(worse).toBeLessThan(1);
  });
});
