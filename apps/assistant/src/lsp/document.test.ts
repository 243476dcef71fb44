import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Documents, type Encoding, OpenDocument } from "./document.ts";

const encodings = ["utf-8", "utf-16", "utf-32"] as const;
const uri = "file:///a.ts";

function open(text: string, encoding: Encoding = "utf-16"): OpenDocument {
  return new OpenDocument({ uri, languageId: "typescript", version: 1, text }, encoding, () => 0);
}

/** The reference: a position by counting from the start of the text, one code point after the other. */
function positionOf(
  text: string,
  offset: number,
  encoding: Encoding,
): { line: number; character: number } {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  const last = lines.at(-1) ?? "";
  const counts = {
    "utf-8": Buffer.byteLength(last),
    "utf-16": last.length,
    "utf-32": Array.from(last).length,
  };
  return { line: lines.length - 1, character: counts[encoding] };
}

const anyText = fc.string({
  unit: fc.constantFrom("a", "\n", "\r\n", "\r", "é", "你", "𝕏", "👩‍💻", "\t", " "),
  maxLength: 40,
});

/** An offset that a position can name: not between the two halves of a line break or of a code point. */
function snap(text: string, offset: number): number {
  const here = Math.min(offset, text.length);
  const splits =
    /[\uDC00-\uDFFF]/.test(text[here] ?? "") || (text[here] === "\n" && text[here - 1] === "\r");
  return splits ? here - 1 : here;
}

describe("an open document", () => {
  it("is the editor's text after any edits in any position encoding", () => {
    const edit = fc.record({
      from: fc.nat({ max: 60 }),
      length: fc.nat({ max: 12 }),
      text: anyText,
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...encodings),
        anyText,
        fc.array(fc.array(edit, { maxLength: 3 }), { maxLength: 12 }),
        (encoding, start, batches) => {
          const document = open(start, encoding);
          let reference = start;
          for (const [index, batch] of batches.entries()) {
            const changes = batch.map(({ from, length, text }) => {
              const first = snap(reference, from);
              const last = Math.max(first, snap(reference, first + length));
              const range = {
                start: positionOf(reference, first, encoding),
                end: positionOf(reference, last, encoding),
              };
              reference = reference.slice(0, first) + text + reference.slice(last);
              return { range, text };
            });
            expect(document.change(index + 2, changes)).toBeUndefined();
            expect(document.text).toBe(reference);
          }
          for (let offset = 0; offset <= reference.length; offset += 1) {
            const place = snap(reference, offset);
            expect(document.positionAt(place)).toEqual(positionOf(reference, place, encoding));
            expect(document.offsetAt(positionOf(reference, place, encoding))).toBe(place);
          }
        },
      ),
    );
  });

  it("takes a character past the end of a line for its end, and a line past the last for the end of the text", () => {
    const document = open("ab\r\ncd\n");
    const offsets = [
      { line: 0, character: 99 },
      { line: 1, character: 3 },
      { line: 2, character: 7 },
      { line: 99, character: 0 },
    ];
    expect(offsets.map((position) => document.offsetAt(position))).toEqual([2, 6, 7, 7]);
    expect(
      document.change(2, [
        {
          range: { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } },
          text: "new",
        },
      ]),
    ).toBeUndefined();
    expect(document.text).toBe("new");
    expect(
      document.change(3, [
        {
          range: { start: { line: 9, character: 9 }, end: { line: 9, character: 9 } },
          text: "\nend",
        },
      ]),
    ).toBeUndefined();
    expect(document.positionAt(7)).toEqual({ line: 1, character: 3 });
  });

  it("rounds a position inside a character down", () => {
    expect(open("𝕏y", "utf-8").offsetAt({ line: 0, character: 3 })).toBe(0);
    expect(open("𝕏y", "utf-8").offsetAt({ line: 0, character: 4 })).toBe(2);
  });

  it("falls out of step by a change that cannot be right, and comes back with the full text", () => {
    const range = (
      line: unknown,
      character: unknown,
      endLine: unknown,
      endCharacter: unknown,
    ): unknown => ({
      range: { start: { line, character }, end: { line: endLine, character: endCharacter } },
      text: "x",
    });
    const impossible = [
      range(-1, 0, 0, 0),
      range(0, 2, 0, 1),
      range(0, 0.5, 0, 1),
      range(0, 0, null, 1),
      range(0, 0, 0, 2 ** 40),
    ];
    for (const change of [
      ...impossible,
      { range: null, text: "x" },
      { range: {}, text: "x" },
      { text: 7 },
      null,
      "x",
    ]) {
      const document = open("abc");
      expect([document.change(2, [change]), document.inStep, document.text]).toEqual([
        "malformed-change",
        false,
        "abc",
      ]);
      expect([document.change(3, [{ text: "again" }]), document.inStep, document.text]).toEqual([
        undefined,
        true,
        "again",
      ]);
    }
  });

  it("refuses a change to an older version, and accepts one that carries the same or none", () => {
    const document = open("abc");
    const insert = {
      range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
      text: "x",
    };
    expect(document.change(5, [insert])).toBeUndefined();
    expect(document.change(5, [insert])).toBeUndefined();
    expect(document.change(null, [insert])).toBeUndefined();
    expect(document.text).toBe("xxxabc");
    expect([document.change(4, [insert]), document.inStep]).toEqual(["stale-version", false]);
    expect([document.change(7, [insert]), document.inStep]).toEqual([undefined, false]);
  });

  it("knows where the latest edit ended and whether it only deleted", () => {
    const document = open("hello");
    const at = (start: number, end: number, text: string): unknown => ({
      range: { start: { line: 0, character: start }, end: { line: 0, character: end } },
      text,
    });
    document.change(2, [at(5, 5, " you")]);
    expect(document.lastEdit).toEqual({ end: 9, isDeletion: false });
    document.change(3, [at(8, 9, "")]);
    expect(document.lastEdit).toEqual({ end: 8, isDeletion: true });
  });
});

describe("the open documents", () => {
  it("say what was wrong with a message about a document that is not there, or is there already", () => {
    const documents = new Documents("utf-16");
    const item = { uri, languageId: "typescript", version: 1, text: "one" };
    expect(documents.change(uri, 2, [{ text: "x" }])).toBe("never-opened");
    expect(documents.close(uri)).toBe("never-opened");
    expect(documents.open(item)).toBeUndefined();
    expect(documents.open({ ...item, text: "two" })).toBe("opened-twice");
    expect(documents.get(uri)?.text).toBe("two");
    expect(documents.close(uri)).toBeUndefined();
    expect(documents.uris()).toEqual([]);
  });
});
