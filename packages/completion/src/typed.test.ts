import { describe, expect, it } from "vitest";
import { Scratch } from "./predictor.ts";
import { fitOf, readTyped, type Fit } from "./typed.ts";
import { Vocabulary } from "./vocabulary.ts";

describe("fitting a typed beginning", () => {
  function check(typed: string, word: string, expected: Fit | undefined): void {
    expect([typed, word, fitOf(typed, word)]).toEqual([typed, word, expected]);
  }

  it("tells same, prefix, other case and humps apart", () => {
    check("get", "get", "same");
    check("get", "getName", "prefix");
    check("GET", "getName", "case");
    check("getn", "getName", "case");
    check("gN", "getName", "humps");
    check("nPE", "NullPointerException", "humps");
    check("npe", "NullPointerException", "humps");
    check("NuPoEx", "NullPointerException", "humps");
    check("rhf", "readHTTPFile", "humps");
    check("rf", "read_file", "humps");
    check("u8", "utf8", "humps");
    check("a".repeat(40), "aA".repeat(60), "case");
    check(`${"a".repeat(40)}b`, "aA".repeat(60), undefined);
    check('"uti', '"utils"', "prefix");
  });

  it("refuses what only contains the letters", () => {
    check("ae", "name", undefined);
    check("me", "name", undefined);
    check("nm", "name", undefined);
    check("name", "nam", undefined);
    check("x", "y", undefined);
  });
});

describe("reading a typed word", () => {
  const scratch = new Scratch();
  scratch.reserve(100);
  const words = new Vocabulary();
  const [to, total, tone] = ["to", "total", "tone"].map((word) => words.idOf(word)) as [
    number,
    number,
    number,
  ];
  const prediction = { token: total, probability: 0.4, isSpaced: true, documentShare: 0 };

  it("prefers what the context predicts, and keeps what only stands in the document", () => {
    const readings = readTyped("to", [prediction], Int32Array.from([tone]), [], words, scratch);
    expect(readings.map(({ token }) => token)).toEqual([total, tone, to]);
    expect(readings.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1);
  });

  it("takes a word for complete when it is known and nothing longer is", () => {
    const [first] = readTyped("total", [], Int32Array.from([total]), [], words, scratch);
    expect(first).toMatchObject({ token: total, fit: "same", probability: 1 });
  });
});
