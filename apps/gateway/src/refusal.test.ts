import { describe, expect, it } from "vitest";
import { parseFirstEvent, parseRetryAfter, startsWithError, statusInStream } from "./refusal.ts";

describe("a provider's refusal", () => {
  it("says when to come back, in seconds or by a date", () => {
    const now = Date.parse("Sun, 22 Nov 2026 10:00:00 GMT");
    const check = (header: string, expected: number | undefined): void =>
      expect([header, parseRetryAfter(header, now)]).toEqual([header, expected]);
    check("", undefined);
    check("7", 7);
    check("0.4", 1);
    check("-3", 0);
    check("Sun, 22 Nov 2026 10:00:30 GMT", 30);
    check("Sun, 22 Nov 2026 09:00:00 GMT", 0);
    check("soon", undefined);
  });
  it("is seen in place of a stream's first event, with the status it would have had", () => {
    const check = (text: string, status: number | undefined): void => {
      const bytes = Buffer.from(text);
      const found = startsWithError(bytes) ? statusInStream(parseFirstEvent(bytes)) : undefined;
      expect([text, found]).toEqual([text, status]);
    };
    check('data: {"error":{"type":"rate_limit_error"}}\n\n', 429);
    check('data: {"error":{"code":503}}\n\n', 503);
    check('id: 1\nevent: error\ndata: {"error":{"code":"data_inspection_failed"}}\n\n', 400);
    check('event: error\ndata: {"type":"error","error":{"type":"overloaded_error"}}\n\n', 502);
    check('data: {"id":"1","choices":[{"delta":{"content":"\\"error\\""}}]}\n\n', undefined);
  });
});
