import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UsageFilter } from "./usagefilter.ts";

const content =
  'data: {"choices":[{"delta":{"content":"\\"usage\\":{} \\"choices\\":[ ]"}}],"usage":null}\n\n';
const counts = 'data: {"id":"1","choices" : [ ],"usage":{"total_tokens":3}}\r\n\r\n';
const filtered = 'data: {"choices":[],"prompt_filter_results":[],"usage":null}\n\n';

describe("the usage filter", () => {
  it("takes out the event of the counts and no other, however the bytes are cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(content, counts, filtered, ": ping\n\n", "data: [DONE]\n\n")),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        (events, sizes) => {
          const bytes = Buffer.from(events.join(""));
          const filter = new UsageFilter();
          const passed: Buffer[] = [];
          for (let start = 0, step = 0; start < bytes.length; step += 1) {
            const size = sizes[step % sizes.length] ?? 1;
            passed.push(Buffer.from(filter.push(bytes.subarray(start, start + size))));
            start += size;
          }
          passed.push(filter.end());
          expect(Buffer.concat(passed).toString()).toBe(
            events.filter((event) => event !== counts).join(""),
          );
        },
      ),
    );
  });
  it("holds no more than 64 KB of what never becomes an event", () => {
    const filter = new UsageFilter();
    const piece = Buffer.alloc(50_000, "x");
    let passed = 0;
    for (let count = 0; count < 20; count += 1) passed += filter.push(piece).length;
    expect(20 * piece.length - passed).toBeLessThanOrEqual(65_536);
    expect(passed + filter.end().length).toBe(20 * piece.length);
  });
  it("is not misled by a model that writes about usage", () => {
    expect(new UsageFilter().push(Buffer.from(content)).toString()).toBe(content);
  });
});
