import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventParser, readEvents, type ServerSentEvent, writeEvent } from "./stream.ts";

/** Feeds the text in pieces of every size up to its length and expects the same events each time. */
function check(text: string, expected: readonly Partial<ServerSentEvent>[]): void {
  const bytes = new TextEncoder().encode(text);
  for (const size of [1, 2, 3, 5, 7, bytes.length || 1]) {
    const parser = new EventParser();
    const events: ServerSentEvent[] = [];
    for (let start = 0; start < bytes.length; start += size)
      events.push(...parser.push(bytes.subarray(start, start + size)));
    events.push(...parser.end());
    expect(events.map(({ event, data, id }) => ({ event, data, id }))).toEqual(
      expected.map((event) => ({ event: undefined, id: undefined, ...event })),
    );
  }
}

describe("server-sent events", () => {
  it("are cut at empty lines, whatever the line ends", () => {
    check("data: a\n\ndata: b\n\n", [{ data: "a" }, { data: "b" }]);
    check("data: a\r\n\r\ndata: b\r\n\r\n", [{ data: "a" }, { data: "b" }]);
    check("data: a\r\rdata: b\r\r", [{ data: "a" }, { data: "b" }]);
  });
  it("join several data lines and need no blank after the colon", () => {
    check('data:{"a":\ndata: 1}\n\n', [{ data: '{"a":\n1}' }]);
    check("data:  two blanks\n\n", [{ data: " two blanks" }]);
    check("data\n\n", [{ data: "" }]);
  });
  it("may carry a name, an id, comments, fields nobody knows and a byte-order mark", () => {
    check("\uFEFF: heartbeat\nevent: delta\nid: 7\nretry: 10\ndata: x\n\n: bye\n\n", [
      { event: "delta", data: "x", id: "7" },
    ]);
  });
  it("may hold characters of several bytes, split anywhere", () => {
    check("data: 你好 🌍\n\n", [{ data: "你好 🌍" }]);
  });
  it("are delivered even when the last empty line never came", () => {
    check("data: [DONE]", [{ data: "[DONE]" }]);
    check("data: x\n", [{ data: "x" }]);
  });
  it("without data are none", () => {
    check("event: ping\n\n\n\n", []);
  });
  it("larger than the limit are refused, also when no line end ever comes", () => {
    const endless = new EventParser(1000);
    expect(() => {
      for (let count = 0; count < 100; count += 1)
        endless.push(new TextEncoder().encode(`data: ${"x".repeat(100)}`));
    }).toThrow(expect.objectContaining({ code: "EVENT_TOO_LARGE" }));
    const manyLines = new EventParser(1000);
    expect(() =>
      manyLines.push(new TextEncoder().encode(`data: ${"x".repeat(99)}\n`.repeat(20))),
    ).toThrow(/longer than 1000/);
  });
  it("are read back as written, in any pieces", () => {
    const line = fc.string({ unit: "binary" }).map((text) =>
      Buffer.from(text, "utf8")
        .toString("utf8")
        .replaceAll(/[\r\n\0]/g, ""),
    );
    const event = fc.record({
      event: fc.option(
        line.filter((name) => name !== ""),
        { nil: undefined },
      ),
      data: fc.array(line, { minLength: 1 }).map((lines) => lines.join("\n")),
    });
    fc.assert(
      fc.property(
        fc.array(event),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (events, sizes) => {
          const bytes = new TextEncoder().encode(events.map(writeEvent).join(""));
          const parser = new EventParser();
          const read: ServerSentEvent[] = [];
          for (let start = 0, step = 0; start < bytes.length; step += 1) {
            const size = sizes[step % sizes.length] ?? 1;
            read.push(...parser.push(bytes.subarray(start, start + size)));
            start += size;
          }
          read.push(...parser.end());
          expect(read).toEqual(events.map(({ event: name, data }) => ({ event: name, data })));
        },
      ),
      { numRuns: 300 },
    );
  });
  it("are the same however arbitrary bytes are cut", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (bytes, cut) => {
        const whole = new EventParser();
        const halves = new EventParser();
        const at = Math.min(cut, bytes.length);
        const expected = [...whole.push(bytes), ...whole.end()];
        expect([
          ...halves.push(bytes.subarray(0, at)),
          ...halves.push(bytes.subarray(at)),
          ...halves.end(),
        ]).toEqual(expected);
      }),
    );
  });
  it("are read from a body as it arrives, and leaving the loop cancels the body", async () => {
    let cancelled = false;
    async function* body(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield new TextEncoder().encode("data: more\n\n");
      } finally {
        cancelled = true;
      }
    }
    for await (const event of readEvents(body())) {
      expect(event.data).toBe("more");
      break;
    }
    expect(cancelled).toBe(true);
  });
});
