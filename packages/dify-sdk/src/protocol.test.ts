import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PluginError, toWireError } from "./errors.ts";
import {
  formatEvent,
  formatRequest,
  maxLineBytes,
  parseEvent,
  parseRequest,
  LineCutter,
  type PluginEvent,
} from "./protocol.ts";

function linesOf(text: string, sizes: readonly number[], maxBytes?: number): string[] {
  const bytes = new TextEncoder().encode(text);
  const cutter = new LineCutter(maxBytes);
  const lines: string[] = [];
  for (let start = 0, turn = 0; start < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    lines.push(...cutter.push(bytes.subarray(start, start + size)));
    start += size;
  }
  return [...lines, ...cutter.end()];
}

describe("lines", () => {
  it("are the same however the bytes are cut", () => {
    const line = fc
      .string({ unit: "grapheme", minLength: 1 })
      .filter((text) => !text.includes("\n") && text.trim() !== "");
    const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(line), sizes, fc.constantFrom("\n", "\n\n"), (lines, cuts, newline) => {
        expect(linesOf(lines.map((text) => text + newline).join(""), cuts)).toEqual(lines);
      }),
      { numRuns: 200 },
    );
  });

  it("end with the stream even without a newline", () => {
    expect(linesOf("a\nb", [1])).toEqual(["a", "b"]);
  });

  it("beyond the limit are refused", () => {
    expect(() => linesOf("x".repeat(11), [4], 10)).toThrow(RangeError);
  });
});

describe("events", () => {
  const event = fc.oneof(
    fc.constant<PluginEvent>({ kind: "heartbeat" }),
    fc.record({
      kind: fc.constant("stream" as const),
      sessionId: fc.string(),
      data: fc.jsonValue(),
    }),
    fc.record({ kind: fc.constant("end" as const), sessionId: fc.string() }),
    fc.record({
      kind: fc.constant("error" as const),
      sessionId: fc.string(),
      error: fc.record({ error_type: fc.string(), message: fc.string(), args: fc.constant({}) }),
    }),
  );

  it("are read as they were written, each on one line", () => {
    fc.assert(
      fc.property(event, (written) => {
        const line = formatEvent(written);
        expect(line.indexOf("\n")).toBe(line.length - 1);
        expect(parseEvent(line)).toEqual(JSON.parse(JSON.stringify(written)));
      }),
    );
  });

  it("too large for a line are refused with advice instead of ending the process", () => {
    const format = (): string =>
      formatEvent({ kind: "stream", sessionId: "s", data: "好".repeat(maxLineBytes / 3) });
    expect(format).toThrow(PluginError);
    expect(format).toThrow(/max_chunks/);
  });

  it("that are none of the protocol read as null", () => {
    for (const line of [
      "",
      "hello",
      "[]",
      '{"event":"session","session_id":"s"}',
      '{"event":"session","data":{"type":"end","data":{}}}',
    ]) {
      expect(parseEvent(line)).toBeNull();
    }
  });
});

describe("requests", () => {
  it("are read as they were written", () => {
    const request = {
      sessionId: "s",
      type: "model",
      action: "invoke_llm",
      data: { stream: true, tools: null },
    };
    expect(parseRequest(formatRequest(request))).toMatchObject({
      sessionId: "s",
      type: "model",
      action: "invoke_llm",
      data: request.data,
    });
  });

  it("of other kinds, and noise, are ignored", () => {
    for (const line of [
      "{",
      '{"event":"backwards_response","session_id":"s","data":{}}',
      '{"event":"request","session_id":1,"data":{}}',
    ]) {
      expect(parseRequest(line)).toBeNull();
    }
  });
});

describe("errors", () => {
  it("thrown on purpose keep their name, message and at most ten details", () => {
    const details = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`d${index}`, index]),
    );
    const wire = toWireError(new PluginError("RATE_LIMIT", "Wait a second.", { details }));
    expect(wire).toMatchObject({ error_type: "InvokeRateLimitError", message: "Wait a second." });
    expect(Object.keys(wire.args)).toHaveLength(10);
  });

  it("thrown by accident say nothing of what they quote", () => {
    const accident = ((): unknown => {
      try {
        return JSON.parse("my secret prompt");
      } catch (error) {
        return error;
      }
    })();
    expect(String(accident)).toContain("secret"); // what would leak
    expect(JSON.stringify(toWireError(accident))).not.toContain("secret");
    expect(JSON.stringify(toWireError("my secret prompt"))).not.toContain("secret");
  });
});
