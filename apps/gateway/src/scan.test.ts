import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonScanner, ScanPlan } from "./scan.ts";

const wanted = ["model", "stream", "usage", "response.usage"];

/** Scans the text in pieces of several sizes and expects these values, at these places in the text. */
function check(
  text: string,
  expected: Record<string, unknown>,
  flags: { duplicated?: boolean; foreign?: boolean } = {},
): void {
  const bytes = Buffer.from(text);
  for (const size of [1, 2, 3, 7, bytes.length || 1]) {
    const scanner = new JsonScanner(new ScanPlan(wanted, 64));
    for (let start = 0; start < bytes.length; start += size)
      scanner.push(bytes.subarray(start, start + size));
    const found: Record<string, unknown> = {};
    for (const path of wanted) {
      const value = scanner.get(path);
      if (value === undefined) continue;
      found[path] = value.value;
      expect(JSON.parse(bytes.subarray(value.start, value.end).toString())).toEqual(value.value);
    }
    expect(found).toEqual(expected);
    expect([scanner.duplicated, scanner.foreign]).toEqual([
      flags.duplicated ?? false,
      flags.foreign ?? false,
    ]);
  }
}

describe("scanning JSON as it passes", () => {
  it("finds a field wherever it stands, and only in the outermost object", () => {
    check('{"model":"m"}', { model: "m" });
    check(
      '{"messages":[{"model":"no","content":"\\"model\\":\\"no\\""}],"x":{"model":"no"},"model" : "yes" , "stream":true}',
      { model: "yes", stream: true },
    );
    check(' {"a":"\\\\","model":"q\\u0041 \\"你\\"","stream":false}', {
      model: 'qA "你"',
      stream: false,
    });
    check('{"a":[[],{}],"stream":true}', { stream: true });
    check("{}", {});
    check("", {});
  });
  it("finds objects, and fields one level down where they are wanted", () => {
    check('{"usage":{"prompt_tokens":1,"d":{"a":[1,"}"]}},"model":"m"}', {
      usage: { prompt_tokens: 1, d: { a: [1, "}"] } },
      model: "m",
    });
    check(
      '{"type":"x","response":{"output":[{"usage":1}],"usage":{"t":2},"model":"inner"},"model":"m"}',
      { "response.usage": { t: 2 }, model: "m" },
    );
    check('{"other":{"usage":{"t":2}},"usage":null}', { usage: null });
  });
  it("does not keep values longer than the limit", () => {
    check(`{"model":"${"x".repeat(100)}","stream":true}`, { stream: true });
  });
  it("notices a second field of the same name, however it is spelt", () => {
    check('{"model":"a","model":"b"}', { model: "b" }, { duplicated: true });
    check('{"model":"a","MODEL":"b"}', { model: "a" }, { duplicated: true });
    check('{"m\\u006fdel":"a","model":"b"}', { model: "b" }, { duplicated: true });
  });
  it("says when the text is no object", () => {
    check("[1]", {}, { foreign: true });
    check("<html>", {}, { foreign: true });
  });
  it("agrees with JSON.parse on every object", () => {
    const name = fc.oneof(
      fc.constantFrom("model", "stream", "usage", "response", "a"),
      fc.string({ maxLength: 4 }),
    );
    const object = fc.dictionary(
      name,
      fc.oneof(
        fc.jsonValue({ maxDepth: 3 }),
        fc.string({ maxLength: 5 }),
        fc.dictionary(name, fc.jsonValue({ maxDepth: 1 })),
      ),
    );
    fc.assert(
      fc.property(
        object,
        fc.constantFrom(undefined, 1, 3),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (value, indent, sizes) => {
          const bytes = Buffer.from(JSON.stringify(value, undefined, indent));
          const scanner = new JsonScanner(new ScanPlan(wanted, 100_000));
          for (let start = 0, step = 0; start < bytes.length; step += 1) {
            const size = sizes[step % sizes.length] ?? 1;
            scanner.push(bytes.subarray(start, start + size));
            start += size;
          }
          const parsed = JSON.parse(bytes.toString()) as Record<string, unknown>;
          for (const path of ["model", "stream", "usage"])
            expect(scanner.get(path)?.value).toEqual(
              Object.hasOwn(parsed, path) ? parsed[path] : undefined,
            );
          const response = parsed["response"];
          const inner =
            typeof response === "object" && response !== null && !Array.isArray(response)
              ? (response as Record<string, unknown>)["usage"]
              : undefined;
          expect(scanner.get("response.usage")?.value).toEqual(inner);
          expect(scanner.complete).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });
  it("survives any bytes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...'{}[]",:\\m'.split("")), fc.string({ maxLength: 3 }))),
        (pieces) => new JsonScanner(new ScanPlan(wanted)).push(Buffer.from(pieces.join(""))),
      ),
      { numRuns: 1000 },
    );
  });
});
