import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inventory } from "@cloud-code/policy";
import type { RequestLine } from "./log.ts";
import { monitoredItems } from "./monitoring.ts";
import { encodeTraces, isSampled, parseTraceparent, traceInventory } from "./trace.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";
const hex = (length: number): fc.Arbitrary<string> =>
  fc.string({
    unit: fc.constantFrom(...Array.from("0123456789abcdef")),
    minLength: length,
    maxLength: length,
  });

describe("a caller's traceparent", () => {
  const check = (header: string | string[] | undefined, sampled: boolean | undefined): void =>
    expect(parseTraceparent(header)).toEqual(
      sampled === undefined ? undefined : { traceId, parentSpanId: spanId, sampled },
    );
  it("is understood as W3C Trace Context writes it, and otherwise ignored", () => {
    check(`00-${traceId}-${spanId}-01`, true);
    check(`00-${traceId}-${spanId}-00`, false);
    check(`00-${traceId}-${spanId}-03`, true);
    check(`cc-${traceId}-${spanId}-01-what-the-future-holds`, true);
    check(`00-${traceId}-${spanId}-01-more`, undefined);
    check(`ff-${traceId}-${spanId}-01`, undefined);
    check(`00-${"0".repeat(32)}-${spanId}-01`, undefined);
    check(`00-${traceId}-${"0".repeat(16)}-01`, undefined);
    check(`00-${traceId.toUpperCase()}-${spanId}-01`, undefined);
    check([`00-${traceId}-${spanId}-01`, "b"], undefined);
    check("", undefined);
    check(undefined, undefined);
  });
  it("never lets anything but digits through, whatever is sent", () => {
    fc.assert(
      fc.property(fc.string(), hex(32), hex(16), (noise, trace, span) => {
        for (const header of [noise, `00-${trace}-${span}-01`, `${noise}-${trace}-${span}-01`]) {
          const parsed = parseTraceparent(header);
          if (parsed !== undefined)
            expect(parsed.traceId + parsed.parentSpanId).toMatch(/^[0-9a-f]{48}$/);
        }
      }),
    );
  });
});

describe("sampling", () => {
  it("keeps all, none, or about the share that was asked for, the same ones everywhere", () => {
    const ids = Array.from({ length: 4000 }, (_, index) =>
      ((BigInt(index) * 0x9e3779b97f4a7c15n) % 2n ** 64n).toString(16).padStart(32, "0"),
    );
    const kept = (share: number): string[] => ids.filter((id) => isSampled(id, share));
    expect([kept(0).length, kept(1).length]).toEqual([0, 4000]);
    expect(Math.abs(kept(0.25).length - 1000)).toBeLessThan(100);
    expect(kept(0.5)).toEqual(expect.arrayContaining(kept(0.25)));
  });
});

describe("an encoded trace", () => {
  const line: RequestLine = {
    event: "request",
    requestId: traceId,
    route: "chat",
    consumer: "editor",
    model: "qwen*",
    upstream: "second",
    status: 200,
    code: null,
    stream: true,
    attempts: 2,
    durationMs: 12.5,
    firstByteMs: 3,
    requestBytes: 10,
    responseBytes: 20,
    inputTokens: 4,
    outputTokens: 5,
    estimated: false,
  };
  const encode = (change: Partial<RequestLine>): unknown =>
    JSON.parse(
      encodeTraces(
        [
          {
            line: { ...line, ...change },
            startedMs: 1000,
            trace: {
              traceId,
              spanId,
              parentSpanId: "b7ad6b7169203331",
              attempts: [
                { upstream: "first", startedMs: 1001, endedMs: 1002, status: 503 },
                { upstream: "second", startedMs: 1002.25, endedMs: 1012.5, status: 200 },
              ],
            },
          },
        ],
        { version: "1.2.3", instanceId: "i" },
      ),
    );
  const nano = (ms: number): string => {
    const [whole = "", part = ""] = (performance.timeOrigin + ms).toFixed(6).split(".");
    return whole + part;
  };
  it("has the request above its attempts, in OTLP's JSON", () => {
    const found = encode({}) as {
      resourceSpans: { resource: object; scopeSpans: { scope: object; spans: object[] }[] }[];
    };
    const [resource] = found.resourceSpans;
    expect(resource?.resource).toEqual({
      attributes: [
        { key: "service.name", value: { stringValue: "cloud-code-gateway" } },
        { key: "service.version", value: { stringValue: "1.2.3" } },
        { key: "service.instance.id", value: { stringValue: "i" } },
      ],
    });
    const [root, first, second] = resource?.scopeSpans[0]?.spans ?? [];
    expect(root).toMatchObject({
      traceId,
      spanId,
      parentSpanId: "b7ad6b7169203331",
      name: "chat qwen*",
      kind: 2,
      status: {},
      attributes: expect.arrayContaining([
        { key: "gen_ai.operation.name", value: { stringValue: "chat" } },
        { key: "gen_ai.usage.input_tokens", value: { intValue: "4" } },
        { key: "gen_ai.request.stream", value: { boolValue: true } },
        { key: "http.response.status_code", value: { intValue: "200" } },
      ]) as unknown,
    });
    expect(first).toMatchObject({
      traceId,
      spanId: "00f067aa0ba902b8",
      parentSpanId: spanId,
      kind: 3,
      status: { code: 2 },
      attributes: expect.arrayContaining([
        { key: "gen_ai.provider.name", value: { stringValue: "first" } },
        { key: "error.type", value: { stringValue: "503" } },
      ]) as unknown,
    });
    expect(second).toMatchObject({ spanId: "00f067aa0ba902b9", status: {} });
  });
  it("[G1] [G4] has no attribute that the policy's inventory does not let go to the operator's monitoring", () => {
    const used = [...JSON.stringify(encode({ code: "internal" })).matchAll(/"key":"([^"]+)"/g)]
      .map(([, name = ""]) => name)
      .filter((name) => !name.startsWith("service."));
    expect(new Set(used)).toEqual(new Set(Object.keys(traceInventory)));
    for (const item of Object.values(traceInventory)) {
      if (item === "operations") continue;
      expect(monitoredItems).toContain(item);
      expect(inventory[item]).toMatchObject({
        recipients: expect.arrayContaining(["operator-monitoring"]) as unknown,
        personal: false,
      });
    }
  });
  it("tells times to the nanosecond, as text", () => {
    const text = JSON.stringify(encode({}));
    // A double near 2026 in milliseconds is exact to about 250 ns.
    const start = /"startTimeUnixNano":"(\d{19})"/.exec(text)?.[1] ?? "0";
    expect(Math.abs(Number(BigInt(start) - BigInt(nano(1000))))).toBeLessThan(1000);
  });
  it("says what failed by a code, and counts only what the provider counted", () => {
    const text = JSON.stringify(
      encode({ status: 502, code: "upstream_broken", estimated: true, model: null }),
    );
    expect(text).toContain('"name":"chat"');
    expect(text).toContain('{"key":"error.type","value":{"stringValue":"upstream_broken"}}');
    expect(text).toContain('"status":{"code":2}');
    expect(text).not.toContain("gen_ai.usage");
  });
});
