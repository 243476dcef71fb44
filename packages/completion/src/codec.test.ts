import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeSegment, encodeSegment } from "./codec.ts";
import { CompletionError } from "./errors.ts";
import { buildSegment, type Segment } from "./segment.ts";

const SAMPLE: Segment = buildSegment([
  {
    path: "a.ts",
    language: "typescript",
    stamp: "1",
    text: "const größe = '大小';\nuse(größe);\n",
  },
  { path: "b/c.py", language: "python", stamp: "2", text: "def f(x):\n    return x\n" },
  { path: "empty.py", language: "python", stamp: "3", text: "" },
]);

function readBack(segment: Segment): Segment {
  return decodeSegment(encodeSegment(segment));
}

describe("segments as bytes", () => {
  it("come back as they were", () => {
    expect(readBack(SAMPLE)).toEqual(SAMPLE);
    expect(readBack(buildSegment([]))).toEqual(buildSegment([]));
  });

  it("come back as they were for any text, lone surrogates included", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { maxLength: 5 }), (texts) => {
        const files = texts.map((text, i) => ({
          path: `${i}`,
          language: "generic" as const,
          stamp: text,
          text,
        }));
        const segment = buildSegment(files);
        expect(readBack(segment)).toEqual(segment);
      }),
    );
  });

  it("are refused when a byte was changed or the end is missing", () => {
    const bytes = encodeSegment(SAMPLE);
    const refuses = (damaged: Uint8Array): void => {
      expect(() => decodeSegment(damaged)).toThrow(CompletionError);
    };
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        refuses(bytes.map((byte, i) => (i === at ? byte ^ change : byte)));
        refuses(bytes.slice(0, at));
      }),
    );
  });

  it("say when another release wrote them", () => {
    const bytes = encodeSegment(SAMPLE);
    bytes[4] = 99;
    expect(() => decodeSegment(bytes)).toThrow(
      expect.objectContaining({ code: "SEGMENT_VERSION" }),
    );
  });

  it("take at most twelve bytes a token on real code", () => {
    const text = Array.from(
      { length: 400 },
      (_, i) => `export const value${i} = compute(value${i >> 1}, ${i});\n`,
    );
    const segment = buildSegment([
      { path: "a.ts", language: "typescript", stamp: "", text: text.join("") },
    ]);
    expect(encodeSegment(segment).length / segment.tokens.length).toBeLessThan(12);
  });
});
