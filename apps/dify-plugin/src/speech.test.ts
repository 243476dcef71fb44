import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { estimateTokens } from "@cloud-code/dify-sdk";
import { truncate } from "./embedding.ts";
import { recognizeAudio, splitSentences } from "./speech.ts";

/** UTF-8 has no room for half a character: it comes back as a replacement. */
const wellFormed = (text: string): string => Buffer.from(text).toString();

describe("a long text", () => {
  it("is cut into pieces that fit and join to the whole, never within a character", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", " ", ".", "。", "好", "👋", ",", "\n", "!"),
      maxLength: 200,
    });
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 30 }), (whole, maxLength) => {
        const pieces = splitSentences(whole, maxLength);
        expect(pieces.join("")).toBe(whole);
        for (const piece of pieces) {
          expect(piece.length).toBeGreaterThan(0);
          expect(piece.length).toBeLessThanOrEqual(maxLength);
          expect(piece).toBe(wellFormed(piece));
        }
      }),
    );
  });

  it("is cut at the ends of sentences where it can be", () => {
    const check = (text: string, maxLength: number, expected: string[]): void =>
      expect(splitSentences(text, maxLength)).toEqual(expected);
    check("One two. Three four. Five.", 22, ["One two. Three four. ", "Five."]);
    check("你好。今天天气很好！再见", 6, ["你好。", "今天天气很好", "！再见"]);
    check("words without an end here", 12, ["words ", "without an ", "end here"]);
    check("aaaaaaaaaa", 4, ["aaaa", "aaaa", "aa"]);
    check("", 4, []);
  });

  it("for embedding keeps its beginning, as much as fits", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", "好", "👋", " "), maxLength: 60 }),
        fc.integer({ min: 0, max: 20 }),
        (text, maxTokens) => {
          const kept = truncate(text, maxTokens);
          expect(text.startsWith(kept)).toBe(true);
          expect(kept).toBe(wellFormed(kept));
          expect(estimateTokens(kept)).toBeLessThanOrEqual(maxTokens);
          if (estimateTokens(text) <= maxTokens) expect(kept).toBe(text);
        },
      ),
    );
  });
});

it("a recording is known by its first bytes", () => {
  const check = (bytes: readonly number[] | string, expected: string): void =>
    expect(
      recognizeAudio(
        Uint8Array.from(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes),
      ).fileName,
    ).toBe(expected);
  check("RIFF....WAVE", "audio.wav");
  check("ID3...", "audio.mp3");
  check([0xff, 0xfb, 0x90], "audio.mp3");
  check([0xff, 0xf1, 0x50], "audio.aac");
  check("OggS", "audio.ogg");
  check("fLaC", "audio.flac");
  check("....ftypM4A ", "audio.m4a");
  check([0x1a, 0x45, 0xdf, 0xa3], "audio.webm");
  check("#!AMR\n", "audio.amr");
  check("", "audio.wav");
});
