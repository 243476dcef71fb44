import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMeter } from "./usage.ts";

/** Meters the text in pieces of several sizes. */
function check(
  mediaType: string,
  text: string,
  usage: object,
  flags: { estimated?: boolean; failed?: boolean } = {},
): void {
  const bytes = Buffer.from(text);
  for (const size of [1, 3, 8, bytes.length || 1]) {
    const meter = createMeter(mediaType);
    for (let start = 0; start < bytes.length; start += size)
      meter?.push(bytes.subarray(start, start + size));
    expect(meter?.read()).toEqual({
      usage,
      estimated: flags.estimated ?? false,
      failed: flags.failed ?? false,
    });
  }
}
const events = "text/event-stream; charset=utf-8";

describe("metering", () => {
  it("reads the counts of a whole answer wherever they stand", () => {
    check(
      "application/json",
      '{"choices":[{"usage":1}],"usage":{"prompt_tokens":3,"completion_tokens":4},"id":"x"}',
      { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
    );
    check("application/json; charset=utf-8", '{"usage":{"input_tokens":3,"output_tokens":4}}', {
      prompt_tokens: 3,
      completion_tokens: 4,
      total_tokens: 7,
    });
    check("application/json", "not json", {});
    check("application/json", '{"usage":{"prompt_tokens":-3,"completion_tokens":4}}', {
      completion_tokens: 4,
      total_tokens: 4,
    });
    expect(createMeter("audio/mpeg")).toBeUndefined();
  });
  it("reads the counts of a stream in each provider's place", () => {
    check(
      events,
      'data: {"choices":[{}],"usage":null}\r\n\r\ndata:{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}}\n\ndata: [DONE]\n\n',
      { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
    );
    check(
      events,
      'event: message_start\ndata: {"type":"message_start","message":{"usage":{"input_tokens":9,"output_tokens":1}}}\n\nevent: message_delta\ndata: {"usage":{"output_tokens":6}}\n\n',
      { prompt_tokens: 9, completion_tokens: 6, total_tokens: 15 },
    );
    check(
      events,
      'event: response.completed\ndata: {"response":{"output":[{"usage":0}],"usage":{"input_tokens":1,"output_tokens":2,"total_tokens":3}}}',
      { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
    );
  });
  it("counts events when the provider counts nothing, and says so", () => {
    check(
      events,
      ': ping\n\ndata: {"a":1}\n\ndata: {"a":2}\n\ndata: [DONE]\n\n',
      { completion_tokens: 2, total_tokens: 2 },
      { estimated: true },
    );
  });
  it("notices an error after a good beginning", () => {
    check(
      events,
      'data: {"a":1}\n\ndata: {"error":{"message":"x"}}\n\n',
      { completion_tokens: 1, total_tokens: 1 },
      { estimated: true, failed: true },
    );
  });
  it("counts the same however a stream is cut into pieces", () => {
    const line = fc.constantFrom(
      'data: {"a":1}',
      'data:{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2}}',
      'data: {"message":{"usage":{"output_tokens":9}}}',
      'data: {"a":"said \\"usage\\" and \\"error\\""}',
      'data: {"error":null}',
      "event: x",
      ": ping",
      "date: x",
      "data:",
      "",
      "",
    );
    const stream = fc.array(fc.tuple(line, fc.constantFrom("\n", "\r\n")), { maxLength: 12 });
    fc.assert(
      fc.property(stream, fc.array(fc.nat(60)), (lines, cuts) => {
        const bytes = Buffer.from(lines.map(([text, end]) => text + end).join(""));
        const [byByte, inPieces] = [createMeter(events), createMeter(events)];
        for (let at = 0; at < bytes.length; at += 1) byByte?.push(bytes.subarray(at, at + 1));
        let from = 0;
        for (const cut of [...cuts, bytes.length]) {
          inPieces?.push(bytes.subarray(from, from + cut));
          from = Math.min(bytes.length, from + cut);
        }
        expect(inPieces?.read()).toEqual(byByte?.read());
      }),
      { numRuns: 500 },
    );
  });
});
