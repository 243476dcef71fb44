import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FormPart, parseForm, type PlacedFormPart, writeForm } from "./multipart.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const type = "multipart/form-data; boundary=b";

function refuses(body: string, mediaType: string, because: RegExp): void {
  expect(() => parseForm(bytes(body), mediaType)).toThrow(because);
}

describe("a form", () => {
  it("is read as browsers and HTTP libraries write it", () => {
    const body = bytes(
      'preamble\r\n--b\r\ncontent-disposition: form-data; name=model\r\n\r\nqwen3-asr-flash\r\n--b\r\nContent-Type: audio/wav\r\nContent-Disposition: form-data; filename="a%22b.wav"; name="file"\r\n\r\nRIFF\r\n--B\r\n\r\n--b--\r\nepilogue',
    );
    const parts = parseForm(body, 'Multipart/Form-Data; charset=utf-8; boundary="b"');
    const text = (part: PlacedFormPart): string =>
      new TextDecoder().decode(body.subarray(part.start, part.start + part.body.length));
    expect(
      parts.map((part) => ({
        ...part,
        body: new TextDecoder().decode(part.body),
        start: text(part),
      })),
    ).toEqual([
      { name: "model", body: "qwen3-asr-flash", start: "qwen3-asr-flash" },
      {
        name: "file",
        fileName: 'a"b.wav',
        mediaType: "audio/wav",
        body: "RIFF\r\n--B\r\n",
        start: "RIFF\r\n--B\r\n",
      },
    ]);
  });
  it("that is none, or was cut off, is refused with the reason", () => {
    refuses("", "application/json", /names no boundary/);
    refuses("x", type, /does not occur/);
    refuses("--b\r\nContent-Disposition: form-data; name=a\r\n\r\ncut", type, /cut off/);
    refuses("--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", type, /has no name/);
    refuses(
      "--bXX\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b--",
      type,
      /line break/,
    );
    refuses(
      `${'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'.repeat(100)}--b--`,
      type,
      /more than 64/,
    );
  });
  it("is read back as written", () => {
    const name = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => !text.includes("%"));
    const part = fc.record<FormPart>(
      {
        name,
        fileName: name,
        mediaType: fc.constant("audio/wav"),
        body: fc.uint8Array({ maxLength: 300 }),
      },
      { requiredKeys: ["name", "body"] },
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6, minLength: 1 }), (parts) => {
        const boundary = "property-test-boundary-0123456789";
        const form = writeForm(parts, boundary);
        const read = parseForm(form.body, form.mediaType);
        expect(read.map((one) => ({ ...one, start: undefined, body: [...one.body] }))).toEqual(
          parts.map((one) => ({ ...one, start: undefined, body: [...one.body] })),
        );
        for (const one of read)
          expect([...form.body.subarray(one.start, one.start + one.body.length)]).toEqual([
            ...one.body,
          ]);
      }),
      { numRuns: 300 },
    );
  });
  it("of arbitrary bytes is read or refused, never anything else", () => {
    const hostile = fc.array(
      fc.oneof(
        fc.constantFrom(
          "--b",
          "\r\n",
          "\r\n\r\n",
          "--",
          'Content-Disposition: form-data; name="a"',
          ";",
          "\0",
        ),
        fc.string({ maxLength: 8 }),
      ),
      { maxLength: 24 },
    );
    fc.assert(
      fc.property(hostile, (pieces) => {
        try {
          for (const part of parseForm(bytes(pieces.join("")), type))
            expect(part.name).toBeTypeOf("string");
        } catch (error) {
          expect(error).toMatchObject({ code: "INVALID_REQUEST" });
        }
      }),
      { numRuns: 1000 },
    );
  });
});
